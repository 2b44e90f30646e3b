"""Every promise of a case as an officer reads it: how it stands, one sentence, the days one by one, the pauses, and why it is pinned so."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from ntbcare.casework import clockwork
from ntbcare.casework.desk import short
from ntbcare.domain import clock as promises
from ntbcare.domain.calendar import WEEK_WORDS, Calendar
from ntbcare.domain.clock import Measure
from ntbcare.records import clocks
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock, Pause
from ntbcare.records.work import Work

# practice → the ceiling of the law that runs beside it: read together, because a case can keep one and break the other (domain.md 1.2)
CEILING = {"complete": "complete_calendar", **clockwork.STATUTE}
_OF_THE_CITIZEN = (*clockwork.CITIZEN_CLOCKS, *clockwork.STATUTE.values())  # nobody of ours has missed anything when these end
_BEFORE_GROUNDS = "question"  # the ground of pauses that began before grounds were written down (migration 0007)


class Day(NamedTuple):
    """One day of the list: `number` = which of the promised days it is, None for one that is not counted."""

    day: str
    number: int | None
    counted: bool
    why: str


class ClockLine(NamedTuple):
    """One promise as an officer reads it; `how` = how it stands, `pinned` = rule, edition and week it was started with, `ceiling` = the
    law's own length of the same thing."""

    label: str
    due_text: str
    tone: str
    how: str
    running: bool
    explanation: str
    days: list[Day]
    pauses: list[str]
    pinned: str
    ceiling: ClockLine | None = None


def lines(work: Work, case: Case) -> list[ClockLine]:
    """Every promise of the case, what still runs first and soonest due first; the law's ceiling lies with its practice. One statement."""
    every = clocks.with_pauses(work.session, case.id)
    work.hold_clocks(case.id, [clock for clock, _ in every])
    rows = [pair for pair in every if pair[0].clock != "receipt"]
    rows.sort(key=lambda pair: (pair[0].stopped_at is not None, pair[0].stopped_at or pair[0].due_at))
    drawn = {(row.clock, row.round): (row, _line(work, row, pauses)) for row, pauses in rows}
    found = []
    for (name, number), (row, line) in drawn.items():
        above = drawn.get((CEILING.get(name, ""), number))
        below = next((drawn[key] for key in drawn if CEILING.get(key[0]) == name and key[1] == number), None)
        if below is not None and _together(row, below[0]):
            continue
        found.append(line._replace(ceiling=above[1]) if above is not None and _together(row, above[0]) else line)
    return found


def _together(one: Clock, other: Clock) -> bool:
    """Do both still run, or neither?"""
    return (one.stopped_at is None) == (other.stopped_at is None)


def _line(work: Work, row: Clock, pauses: list[Pause]) -> ClockLine:
    promise, calendar = work.ref.promise_of(row.rule_id), clockwork.calendar_of(work, row)
    if row.stopped_at:
        tone, how = ("done", "Ditepati") if row.outcome == "kept" else ("late", "Terlewat")
        if row.clock in _OF_THE_CITIZEN:
            tone, how = "done", "Sudah lewat"
        how += f", {short(work, row.stopped_at)}"
    elif row.paused_at:
        tone, how = "waiting", "Berhenti selama menunggu pelapor"
    else:
        tone = promises.stage(promise, row.started_at, row.due_at, work.now, calendar)
        how = promises.remaining(promise, row.due_at, work.now, calendar).words.capitalize()
    over = [(one.from_at, one.to_at) for one in pauses if one.to_at is not None]
    told = over if pauses or row.note else None  # the older ones left no row, only a date that moved
    explanation = f"{promises.explain(promise, row.started_at, row.due_at, calendar, pauses=told)} ({promise.source})"
    whose = f" ({work.ref.units[row.unit_id].short})" if row.unit_id else ""
    return ClockLine(
        promise.label.replace("Anda dapat", "Pelapor dapat") + whose, promises.moment_words(row.due_at, calendar), tone, how,
        row.stopped_at is None, explanation, _days(work, row, calendar, over), [_pause(one, calendar) for one in pauses],
        _pinned(work, row, calendar),
    )  # fmt: skip


def _days(work: Work, row: Clock, calendar: Calendar, over: list[tuple[datetime, datetime]]) -> list[Day]:
    stood = [*over, (row.paused_at, max(row.paused_at, work.now))] if row.paused_at is not None else over
    found = promises.day_by_day(work.ref.promise_of(row.rule_id), row.started_at, row.due_at, calendar, pauses=stood)
    return [Day(promises.date_words(one.day), one.number, one.counted, one.why) for one in found]


def _pause(one: Pause, calendar: Calendar) -> str:
    """A pause with its dates, its ground, and why it ended when nobody answered."""
    since = f"Berhenti sejak {promises.moment_words(one.from_at, calendar)}"
    ground = f" Dasar: {one.ground}." if one.ground not in ("", _BEFORE_GROUNDS) else ""
    if one.to_at is None:
        most = f"; paling lama sampai {promises.moment_words(one.until_at, calendar)}" if one.until_at else ""
        return f"{since}, menunggu jawaban pelapor{most}.{ground}"
    why = (
        "batas menunggu habis, jadi waktu berjalan lagi"
        if one.until_at is not None and one.to_at >= one.until_at
        else "menunggu jawaban pelapor"
    )
    return f"{since} sampai {promises.moment_words(one.to_at, calendar)}: {why}.{ground}"


def _pinned(work: Work, row: Clock, calendar: Calendar) -> str:
    """Why the date is what it is: the rule, the edition of the calendar and whose week, as they were when the promise began."""
    promise = work.ref.promise_of(row.rule_id)
    rule = f"Aturan {promise.code} versi {promise.version}"
    if promise.measure == Measure.working_days:
        where = work.ref.region_name(row.region) or "seluruh provinsi"
        rule += f", kalender edisi {row.calendar_version}, bekerja {WEEK_WORDS[row.week]}"
        rule += "" if row.week == "always" else f", hari libur yang berlaku di {where}"
    moved = f" Semula paling lambat {promises.moment_words(row.first_due_at, calendar)}." if row.first_due_at != row.due_at else ""
    return f"{rule}.{moved}{f' {row.note}' if row.note else ''}"
