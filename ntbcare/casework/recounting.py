"""Another edition of the calendar applied to promises that already run: shown first, then done in slices, logged, never earlier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, or_, select

from ntbcare.casework import clockwork, daysoff, upkeep
from ntbcare.domain import clock as promises
from ntbcare.domain import permissions, tickets
from ntbcare.domain.clock import Measure
from ntbcare.domain.errors import CalendarTooShort, NotAllowed
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock, Pause
from ntbcare.records.work import Work

SLICE = 200  # cases in one transaction
SHOWN = 50
_COLUMNS = (Clock.id, Clock.case_id, Clock.rule_id, Clock.started_at, Clock.due_at, Clock.week, Clock.region)


class Moving(NamedTuple):
    """One promise whose date would move."""

    ticket: str
    ticket_pretty: str
    label: str
    old: str
    new: str


class Preview(NamedTuple):
    """What applying the newest edition would do: how many running promises it concerns, how many dates move, and some of them."""

    edition: str
    concerned: int
    moving: int
    lines: list[Moving]


def preview(work: Work) -> Preview:
    """Count and show, and change nothing. Only promises in working days that are not due yet can move (domain.md 8.2)."""
    found = list(work.session.execute(select(*_COLUMNS).where(_concerned(work)).order_by(Clock.due_at, Clock.id)))
    pauses = _pauses(work, _concerned(work))
    moving = [(row, new) for row in found if (new := _new_due(work, row, pauses.get(row.id, []))) not in (None, row.due_at)]
    first = moving[:SHOWN]
    named: dict[int, str] = {}
    for case_id, ticket in work.session.execute(select(Case.id, Case.ticket).where(Case.id.in_({row.case_id for row, _ in first}))):
        named[case_id] = ticket
    lines = [
        Moving(named[row.case_id], tickets.pretty(named[row.case_id]), work.ref.promise_of(row.rule_id).label.replace("Anda dapat", "Pelapor dapat"),
               promises.short_moment(row.due_at, work.ref.calendar), promises.short_moment(new, work.ref.calendar))
        for row, new in first if new is not None
    ]  # fmt: skip
    return Preview(work.ref.calendar_version, len(found), len(moving), lines)


def begin(work: Work) -> None:
    """Apply the newest edition to what runs: an errand does it slice by slice. Twice is once. Raises NotAllowed."""
    if not permissions.may(work.actor, daysoff.VERB):
        raise NotAllowed(subject=daysoff.VERB)
    work.errand("recount", 0)
    work.tell("calendar:apply", None, edition=work.ref.calendar_version, by_name=work.actor.name)


def apply(work: Work, after: int) -> None:
    """One slice: the cases with a number above `after`. The next one is written into the same transaction.

    Each clock is pinned to the newest edition and told with its old and new date; a date never moves earlier. What the new edition
    cannot count keeps the old one, with an alarm.
    """
    here = select(Clock.case_id).where(_concerned(work), Clock.case_id > after).distinct().order_by(Clock.case_id).limit(SLICE)
    ids = list(work.session.scalars(here))
    cases = list(work.session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id).with_for_update()))
    still = _concerned(work) & Clock.case_id.in_(ids)
    concerned = set(work.session.scalars(select(Clock.id).where(still)))  # asked again: somebody may have answered meanwhile
    pauses = _pauses(work, still)
    for case in cases:
        for row in work.clocks(case.id):
            if row.id in concerned:
                _recount(work, case, row, pauses.get(row.id, []))
        clockwork.settle(work, case)
    if len(ids) == SLICE:
        work.errand("recount", ids[-1])


def _recount(work: Work, case: Case, row: Clock, pauses: list[tuple[datetime, datetime]]) -> None:
    new, old, was = _new_due(work, row, pauses), row.due_at, row.calendar_version
    if new is None:
        sentence = f"Kalender edisi {work.ref.calendar_version} belum cukup panjang untuk laporan {tickets.pretty(case.ticket)}."
        upkeep.alarm(work, "window", f"recount:{row.id}", sentence)
        return
    row.calendar_version, row.due_at = work.ref.calendar_version, new
    if new != old:
        day = promises.date_words(work.ref.calendar.local_date(work.now))
        row.note = f"Dihitung ulang {day} dengan kalender edisi {row.calendar_version}."
    promise = work.ref.promise_of(row.rule_id)
    if row.remind_at is not None and row.reminded_at is None and promise.yellow.isdigit():
        row.remind_at = max(row.remind_at, clockwork.nine_o_clock(work, row, int(promise.yellow)))
    work.tell("clock:recounted", case.id, clock=row.clock, old=old, new=new, edition=row.calendar_version, was=was)


def _new_due(work: Work, row: Any, pauses: list[tuple[datetime, datetime]]) -> datetime | None:
    """The date of a clock, or of _COLUMNS of one, under the newest edition; None where that does not reach far enough."""
    calendar = work.ref.calendar_of(work.session, work.ref.calendar_version, row.week, row.region)
    try:
        return promises.recounted(work.ref.promise_of(row.rule_id), row.started_at, pauses, row.due_at, calendar)
    except CalendarTooShort:
        return None


def _concerned(work: Work) -> ColumnElement[bool]:
    """Promises in working days that run, are not due yet, and are pinned to an edition that differs for whoever keeps them."""
    running = Clock.stopped_at.is_(None) & Clock.breached_at.is_(None) & (Clock.due_at >= work.now)
    groups = [
        and_(Clock.calendar_version == version, Clock.week == week, Clock.region.is_not_distinct_from(region), Clock.rule_id == rule_id)
        for version, week, region, rule_id in _differing(work, running)
    ]
    return running & or_(false(), *groups)


def _differing(work: Work, running: ColumnElement[bool]) -> Iterator[tuple[str, str, str | None, int]]:
    """(edition, week, region, rule) of what runs under other days off than those of the newest edition."""
    newest = work.ref.calendar_version
    asked = select(Clock.calendar_version, Clock.week, Clock.region, Clock.rule_id).where(running, Clock.calendar_version != newest)
    for version, week, region, rule_id in work.session.execute(asked.distinct()).all():
        old, new = (work.ref.calendar_of(work.session, edition, week, region) for edition in (version, newest))
        if work.ref.promise_of(rule_id).measure == Measure.working_days and dict(old.days_off) != dict(new.days_off):
            yield version, week, region, rule_id


def _pauses(work: Work, which: ColumnElement[bool]) -> dict[int, list[tuple[datetime, datetime]]]:
    """Clock → its pauses that are over, in order. One that lasts is counted when it ends."""
    query = (
        select(Pause.clock_id, Pause.from_at, Pause.to_at).join(Clock, Clock.id == Pause.clock_id).where(which, Pause.to_at.is_not(None))
    )
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    for clock_id, since, until in work.session.execute(query.order_by(Pause.clock_id, Pause.from_at)):
        if until is not None:
            found.setdefault(clock_id, []).append((since, until))
    return found
