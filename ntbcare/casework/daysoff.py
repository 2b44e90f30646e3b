"""Days off added by hand: each makes a new edition of the calendar, old ones are never touched, and no later seed loses one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ntbcare.domain import clock as promises
from ntbcare.domain import permissions
from ntbcare.domain.calendar import holds_in
from ntbcare.domain.errors import BadInput, NoRule, NotAllowed
from ntbcare.records import rules
from ntbcare.records.rules import CalendarVersion, DayOff
from ntbcare.records.work import Work

VERB = "board.calendar"
KINDS = {"local": "Libur daerah", "joint": "Cuti bersama", "national": "Libur nasional"}
_BY_HAND = "+"  # in the name of an edition, between the seed's own and the number of days added since
_LEVELS = ("province", "regency")  # where an office can lie: a day off of one village closes none
_TICK = timedelta(microseconds=1)
_LONGEST_NAME, _LONGEST_SOURCE = 80, 200


class Edition(NamedTuple):
    """One edition of the days off, newest first: when it was loaded, where it comes from, how many days it holds."""

    version: str
    loaded_text: str
    source: str
    days: int
    newest: bool


class DayLine(NamedTuple):
    """One day off of the newest edition; `by_hand` = an admin added it."""

    day: str
    name: str
    kind: str
    where: str
    source: str
    by_hand: bool


def add(work: Work, day: date | None, name: str, source: str, *, kind: str = "local", region: str | None = None) -> str:
    """Add a day off: returns the name of the new edition. Clocks that start from now on use it; no stored due date moves by it.

    Raises NotAllowed; BadInput for a day the calendar does not know, one that is off already, or a local one without a region.
    """
    if not permissions.may(work.actor, VERB):
        raise NotAllowed(subject=VERB)
    rules.hold(work.session)
    newest = rules.newest_calendar(work.session)
    if newest is None:
        raise NoRule("Kalender kerja belum dimuat; jalankan `flask --app wsgi seed`.")
    off = rules.days_off(work.session, newest.version)
    checked = _checked(work, newest, off, day, kind, region)
    if not name or len(name) > _LONGEST_NAME:
        raise BadInput("name", f"Tulis nama harinya, paling panjang {_LONGEST_NAME} huruf.")
    if not source or len(source) > _LONGEST_SOURCE:
        raise BadInput("source", "Tulis dasarnya: surat keputusan mana, tanggal berapa.")
    added = DayOff(day=checked, name=name, kind=kind, region=region, source=source)
    version = _edition(work.session, newest, [*off, added], f"{newest.version} ditambah {checked.isoformat()} {name}: {source}")
    rules.touch(work.session)
    work.tell("calendar:edition", None, version=version, was=newest.version, day=checked, name=name, kind=kind, region=region,
              source=source, by_name=work.actor.name)  # fmt: skip
    return version


def _checked(work: Work, newest: CalendarVersion, off: Sequence[DayOff], day: date | None, kind: str, region: str | None) -> date:
    if day is None or not newest.first <= day <= newest.last:
        raise BadInput("day", f"Pilih tanggal antara {promises.date_words(newest.first)} dan {promises.date_words(newest.last)}.")
    if kind not in KINDS:
        raise BadInput("kind", "Pilih libur daerah, cuti bersama, atau libur nasional.")
    if kind == "local" and (region not in work.ref.regions or work.ref.regions[region].level not in _LEVELS):
        raise BadInput("region", "Pilih provinsi, kabupaten, atau kota yang libur.")
    if kind != "local" and region:
        raise BadInput("region", "Libur nasional dan cuti bersama berlaku di mana-mana: kosongkan daerahnya, atau pilih libur daerah.")
    there = next((row for row in off if row.day == day and holds_in(row.region, region)), None)
    if there is not None:
        raise BadInput("day", f"{promises.date_words(day)} sudah libur: {there.name}.")
    return day


def _edition(session: Session, newest: CalendarVersion, days: Sequence[DayOff], source: str) -> str:
    base, _, number = newest.version.partition(_BY_HAND)
    version = f"{base}{_BY_HAND}{int(number or 0) + 1}"
    store(session, version, (newest.first, newest.last), source, [(d.day, d.name, d.kind, d.region, d.source) for d in days])
    return version


def store(
    session: Session, version: str, span: tuple[date, date], source: str, days: Sequence[tuple[date, str, str, str | None, str]]
) -> None:
    """Write an edition as the newest one: (day, name, kind, region, source), the first of two that say the same day."""
    newest = rules.newest_calendar(session)
    loaded = max(datetime.now(UTC), newest.loaded_at + _TICK) if newest else datetime.now(UTC)  # two in one moment keep their order
    session.add(CalendarVersion(version=version, first=span[0], last=span[1], source=source, loaded_at=loaded))
    session.flush()
    unique = {(day, region): (name, kind, by) for day, name, kind, region, by in reversed(days)}
    rows = [
        {"version": version, "day": day, "name": name, "kind": kind, "region": region, "source": by}
        for (day, region), (name, kind, by) in sorted(unique.items(), key=lambda pair: (pair[0][0], pair[0][1] or ""))
    ]
    if rows:
        session.execute(insert(DayOff).values(rows))


def by_hand(session: Session, edition: CalendarVersion | None) -> list[DayOff]:
    """The days of an edition that no seed knows: those that were added since."""
    base, added, _ = edition.version.partition(_BY_HAND) if edition else ("", "", "")
    if edition is None or not added:
        return []
    seeded = {(row.day, row.region) for row in rules.days_off(session, base)}
    return [row for row in rules.days_off(session, edition.version) if (row.day, row.region) not in seeded]


def keep(work: Work, added: Sequence[DayOff]) -> None:
    """A seed has just written the newest edition: the days that were added by hand are put on top of it, in one of its own."""
    newest = rules.newest_calendar(work.session)
    assert newest is not None
    off = rules.days_off(work.session, newest.version)
    missing = [row for row in added if newest.first <= row.day <= newest.last
               and not any(row.day == one.day and holds_in(one.region, row.region) for one in off)]  # fmt: skip
    if missing:
        version = _edition(work.session, newest, [*off, *missing], f"{newest.version} dan {len(missing)} hari yang ditambahkan sebelumnya")
        work.tell("calendar:edition", None, version=version, was=newest.version, kept=[row.day for row in missing])


def editions(work: Work) -> list[Edition]:
    """Every edition, the newest first."""
    counted = select(DayOff.version, func.count()).group_by(DayOff.version)
    days = {row[0]: row[1] for row in work.session.execute(counted)}
    rows = work.session.scalars(select(CalendarVersion).order_by(CalendarVersion.loaded_at.desc()))
    return [
        Edition(row.version, promises.short_moment(row.loaded_at, work.ref.calendar), row.source, days.get(row.version, 0), number == 0)
        for number, row in enumerate(rows)
    ]


def days(work: Work) -> list[tuple[int, list[DayLine]]]:
    """The days off of this year and the next in the newest edition, by year."""
    newest = rules.newest_calendar(work.session)
    hand = {(row.day, row.region) for row in by_hand(work.session, newest)}
    found: dict[int, list[DayLine]] = {work.ref.today.year: [], work.ref.today.year + 1: []}
    for row in rules.days_off(work.session, newest.version) if newest else []:
        if row.day.year in found:
            where = work.ref.region_name(row.region) if row.region else ""
            line = DayLine(
                promises.date_words(row.day), row.name, KINDS.get(row.kind, row.kind), where, row.source, (row.day, row.region) in hand
            )
            found[row.day.year].append(line)
    return list(found.items())


def regions(work: Work) -> list[tuple[str, str]]:
    """(code, name) of the regions that may have a day off of their own."""
    return [(one.code, work.ref.region_name(one.code)) for one in work.ref.regions.values() if one.level in _LEVELS]
