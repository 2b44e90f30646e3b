"""The seed: a folder of CSV files becomes reference rows; running it twice changes nothing, and nothing is ever deleted."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version as edition
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import daysoff, learning
from ntbcare.reading.regionfile import spoken
from ntbcare.records import categories, regions, rules, templates, units
from ntbcare.records.base import Base
from ntbcare.records.clocks import Clock
from ntbcare.records.work import Work

HOLIDAY_YEARS = range(2024, 2028)  # the package's later years are estimates (domain.md 8.2): a newer edition is loaded when decreed
_NATIONAL, _JOINT = "public", "government"


def fingerprint(folder: Path) -> str:
    """Names the contents of a seed folder and the edition of the holiday list, so an unchanged seed is skipped."""
    digest = hashlib.sha256(f"{edition('holidays')} {HOLIDAY_YEARS}".encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def loaded(work: Work, folder: Path) -> bool:
    """Are the reference tables those of `folder`?"""
    return rules.seeded(work.session) == fingerprint(folder)


def seed(work: Work, folder: Path) -> bool:
    """Bring every reference table up to the files of `folder`. Returns False when there was nothing to do.

    Rows are matched by their code; a row that left the files stays, because old cases point at it.
    """
    if loaded(work, folder):
        return False
    stamp = fingerprint(folder)
    _deployment(work, folder)
    _regions(work, folder)
    _units(work, folder)
    _topics(work, folder)
    _rules(work, folder)
    sentences(work, folder)
    _calendar(work, folder)
    _office_hours(work, folder)
    learning.first_model(work, folder)
    rules.restamp(work.session, stamp)
    work.tell("reference:seeded", None, folder=folder.name, stamp=stamp)
    return True


def read(path: Path) -> list[dict[str, Any]]:
    """Rows of a CSV file with empty cells as None; [] when the file is not there."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as lines:
        return [{key: (value or None) for key, value in row.items() if key} for row in csv.DictReader(lines)]


def _upsert(work: Work, table: type[Base], rows: list[dict[str, Any]], keys: list[str], only: tuple[str, ...] | None = None) -> None:
    """Insert or bring up to date (`only` these columns), in slices that keep a statement below PostgreSQL's limit of parameters."""
    if not rows:
        return
    size = max(1, 30_000 // len(rows[0]))
    for start in range(0, len(rows), size):
        statement = insert(table).values(rows[start : start + size])
        changes = {name: statement.excluded[name] for name in (only or rows[0]) if name not in keys}
        work.session.execute(
            statement.on_conflict_do_update(index_elements=keys, set_=changes) if changes else statement.on_conflict_do_nothing()
        )


def _deployment(work: Work, folder: Path) -> None:
    facts = tomllib.loads((folder / "deployment.toml").read_text(encoding="utf-8"))
    facts[categories.ENDS_ONE] = [row["code"] for row in read(folder / "archive_reasons.csv") if row.get("children") == "free"]
    _upsert(work, rules.Deployment, [{"id": 1, "facts": facts}], ["id"])


def _regions(work: Work, folder: Path) -> None:
    """What an official list has changed stays: a name it has replaced does not come back, and what it has ended stays ended, because
    `valid_to` and `successor` are never a seed's."""
    points = {row["code"]: row for row in read(folder / "points.csv")}
    former = regions.former_names(work.session)
    listed = {row.code: row.name for row in regions.every(work.session)} if former else {}
    rows = []
    for row in read(folder / "regions.csv"):
        point = points.get(row["code"])
        name = listed[row["code"]] if (spoken(row["name"], row["level"]), row["code"]) in former else row["name"]
        rows.append({
            "code": row["code"], "name": name, "level": row["level"], "parent": row["parent"], "type": row["type"],
            "postal_code": row["postal_code"], "lat": float(point["lat"]) if point else None, "lon": float(point["lon"]) if point else None,
        })  # fmt: skip
    rows.sort(key=lambda row: len(row["code"]))
    _upsert(work, regions.Region, rows, ["code"])
    names = [(row["alias"], row["code"]) for row in read(folder / "region_aliases.csv")]
    names += [(row["name"], row["code"]) for row in read(folder / "landmarks.csv")]
    _upsert(work, regions.RegionAlias, [{"alias": name, "code": code} for name, code in names], ["alias", "code"])
    regions.end_seeded_aliases(work.session, names, work.now)


def _units(work: Work, folder: Path) -> None:
    """Units first without their links, then the tree: a parent may stand below its child in the file."""
    files = read(folder / "units.csv")
    rows = [
        {name: row[name] for name in ("code", "name", "short", "function", "level", "kind", "region", "calendar", "source")}
        | {
            "valid_from": date.fromisoformat(row["valid_from"]),
            "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        }
        | {"source": row["source"] or ""}
        for row in files
    ]
    _upsert(work, units.Unit, rows, ["code"])
    ids = {row.code: row.id for row in work.session.execute(select(units.Unit.code, units.Unit.id))}
    links = [
        {"id": ids[row["code"]], "parent_id": ids.get(row["parent"] or ""), "successor_id": ids.get(row["successor"] or "")}
        for row in files
    ]
    work.session.execute(update(units.Unit), links)


def _topics(work: Work, folder: Path) -> None:
    rows = [
        {
            "code": row["code"], "parent": row["parent"], "name": row["name"], "description": row["description"] or "",
            "sp4n_id": row["sp4n_id"], "keywords": [w.strip() for w in (row["keywords"] or "").split(";") if w.strip()],
            "default_urgency": row["default_urgency"], "needs_check": row["needs_check"] == "yes", "sealed": row["sealed"] or "no",
            "position": position,
        }
        for position, row in enumerate(read(folder / "categories.csv"))
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["parent"] is not None, row["position"]))
    _upsert(work, categories.Category, rows, ["code"])
    reasons = [
        {"code": row["code"], "label": row["label"], "sentence": row["sentence"], "position": position}
        for position, row in enumerate(read(folder / "archive_reasons.csv"))
    ]
    _upsert(work, categories.ArchiveReason, reasons, ["code"])
    short = {
        row["token"]: {"token": row["token"], "expansion": row["expansion"] or "", "lang": row["lang"]}
        for row in read(folder / "abbreviations.csv")
    }
    _upsert(work, categories.Abbreviation, list(short.values()), ["token"])


def _rules(work: Work, folder: Path) -> None:
    promises = [_dated(row) | {"amount": int(row["amount"]), "pauses": row["pauses"] == "yes"} for row in read(folder / "sla_rules.csv")]
    for row in promises:
        row.pop("evidence", None)  # where the source itself was read: for those who keep the file, not for those who read a case
        row.update({name: row[name] or "" for name in ("yellow", "red", "ladder", "starts", "stops")})
    # amounts of a version in use never change: running clocks are pinned to the row, a new amount is a new version
    _upsert(work, rules.SlaRule, promises, ["code", "version"], only=("label", "source", "ladder", "valid_to"))
    ways = [_dated(row) | {"position": int(row["order"])} for row in read(folder / "routing_rules.csv")]
    for row in ways:
        row.update({name: row.get(name) or "" for name in ("words", "region", "also")})
        del row["order"]
    _upsert(work, rules.RoutingRule, ways, ["position", "version"])


def sentences(work: Work, folder: Path) -> None:
    """Sentences ready to use: new ones are added, changed ones become another version. What people here have changed or ended is theirs and stays."""
    known = templates.newest_of_all(work.session)
    for position, row in enumerate(read(folder / "reply_templates.csv"), start=1):
        now = {name: row[name] or "" for name in ("code", "act", "category", "channel", "language", "title", "words")}
        old = known.get(now["code"])
        if old is not None:
            if old.valid_to is not None or old.made_by is not None or all(getattr(old, name) == now[name] for name in now):
                continue
            old.valid_to = work.now
            work.session.flush()
        version = old.version + 1 if old else 1
        work.session.add(templates.ReplyTemplate(**now, position=position, version=version, made_at=work.now))


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    return row | {"valid_from": date.fromisoformat(row["valid_from"]), "valid_to": ends}


def _calendar(work: Work, folder: Path) -> None:
    """A new edition of the days off when they changed; old editions stay, because running clocks are pinned to them."""
    rows = [*_decreed(), *_local(folder)]
    version = hashlib.sha256(repr(rows).encode()).hexdigest()[:8]
    first, last = date(HOLIDAY_YEARS[0], 1, 1), date(HOLIDAY_YEARS[-1], 12, 31)
    name = f"{first.year}-{last.year}.{version}"
    if work.session.get(rules.CalendarVersion, name) is not None:
        return
    added = daysoff.by_hand(work.session, rules.newest_calendar(work.session))
    source = f"holidays {edition('holidays')} (SKB 3 Menteri) dan {folder.name}/days_off_extra.csv"
    daysoff.store(work.session, name, (first, last), source, rows)
    daysoff.keep(work, added)


def _office_hours(work: Work, folder: Path) -> None:
    """As the file says, all of them: nothing points at a row of office hours, and one left behind would keep a desk open."""
    rows = [
        {
            "week": row["week"], "weekday": day, "opens": _minutes(row["opens"]), "closes": _minutes(row["closes"]), "name": row["name"],
            "valid_from": date.fromisoformat(row["valid_from"]),
            "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None, "source": row["source"] or "",
        }
        for row in read(folder / "office_hours.csv")
        for day in _weekdays(row["weekdays"])
    ]  # fmt: skip
    work.session.execute(delete(rules.OfficeHours))
    _upsert(work, rules.OfficeHours, rows, ["week", "weekday", "opens", "valid_from"])
    # promises given before there was a ladder begin to climb when they are due; what was broken before is no news of that morning
    early = Clock.stopped_at.is_(None) & Clock.climb_at.is_(None) & (Clock.climbed == 0) & (Clock.due_at > work.now)
    work.session.execute(update(Clock).where(early).values(climb_at=Clock.due_at), execution_options={"synchronize_session": False})


def _minutes(clock: str) -> int:
    """ "07:30" → 450, minutes since midnight; "24:00" is the end of the day."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _weekdays(span: str) -> range:
    """ "0-3" → Monday to Thursday, "4" → Friday."""
    first, _, last = span.partition("-")
    return range(int(first), int(last or first) + 1)


def _decreed() -> Iterable[tuple[date, str, str, str | None, str]]:
    import holidays  # the tables of every country: only who seeds pays for them, nobody who merely looks at the stamp

    for kind, category in (("national", _NATIONAL), ("joint", _JOINT)):
        known = holidays.country_holidays("ID", years=HOLIDAY_YEARS, categories=(category,), language="id")
        for day, name in sorted(known.items()):
            yield day, name, kind, None, f"SKB 3 Menteri menurut paket holidays {holidays.__version__}"


def _local(folder: Path) -> Iterable[tuple[date, str, str, str | None, str]]:
    for row in read(folder / "days_off_extra.csv"):
        yield date.fromisoformat(row["date"]), row["name"], row["kind"] or "local", row["region"], row["source"] or ""


def counts(work: Work) -> dict[str, int]:
    """Rows per reference table, for the command line and for tests."""
    tables = (regions.Region, units.Unit, categories.Category, rules.SlaRule, rules.RoutingRule, rules.DayOff)
    return {table.__tablename__: work.session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}
