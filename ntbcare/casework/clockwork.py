"""Starting, stopping, pausing and resuming a case's promises; the rows ask domain.clock what is right."""

from __future__ import annotations

from datetime import datetime, time

from ntbcare.casework import pausing, rungs
from ntbcare.domain import clock as promises
from ntbcare.domain.calendar import Calendar
from ntbcare.domain.kinds import NO_PROMISE
from ntbcare.domain.lifecycle import WAITING_FOR_CITIZEN, Move, State
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock
from ntbcare.records.messages import Notice
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import Work

CITIZEN_CLOCKS = ("citizen_completes", "rebut")
STATUTE = {"citizen_completes": "citizen_completes_statute"}  # the law's own length of a promise: runs beside it, ends with it
_END_TOGETHER = {**{name: (beside,) for name, beside in STATUTE.items()}, "complete": ("kip_request", "kip_extension")}
_OF_THE_DESK = ("verify", "check", "completeness", "watch")  # what is owed by whoever coordinates, whichever unit is responsible
_OVERALL = ("complete", "complete_calendar")
_AFTER = {"kip_extension": "kip_request"}  # begins where the other would have ended, not on the day somebody asked for it
# promises about our own messages, not about the case: they never decide what is due on a desk
_BACKGROUND = ("receipt", *STATUTE.values())


def start(work: Work, case: Case, name: str, at: datetime | None = None, *, unit: UnitFacts | None = None) -> Clock | None:
    """Start a promise, pinned to today's rule, calendar edition and the week and region of whoever has to keep it.

    `unit`: a further unit promises its part of the case, and its rounds count the parts. None where no such promise is made (a tip, say).
    """
    ref = work.ref
    if case.kind in NO_PROMISE and name not in _BACKGROUND:
        return None
    found = ref.promise(name, case.kind, case.classification, case.urgency)
    if found is None:
        return None
    rule_id, promise = found
    started = at or _end_of(work, case, _AFTER.get(name)) or work.now
    before = [clock for clock in work.clocks(case.id) if clock.clock == name]
    week, region = ref.office_of(unit, case.region) if unit else _office(work, case, name)
    row = Clock(
        case_id=case.id, clock=name, round=len(before) + 1, rule_id=rule_id, calendar_version=ref.calendar_version,
        week=week, region=region, started_at=started, unit_id=unit.id if unit else None,
    )  # fmt: skip
    row.due_at = row.first_due_at = promises.due(promise, started, calendar_of(work, row))
    if name in (*CITIZEN_CLOCKS, "watch") and promise.yellow.isdigit():
        row.remind_at = nine_o_clock(work, row, int(promise.yellow))
    work.session.add(row)
    work.clocks(case.id).append(row)
    work.tell("clock:started", case.id, clock=name, round=row.round, due=row.due_at, rule=promise.code, version=promise.version,
              calendar=ref.calendar_version, week=week, region=region, **({"unit": unit.id} if unit else {}))  # fmt: skip
    if name == "followup":
        _same_breath(work, case, row)
    return row


def _end_of(work: Work, case: Case, name: str | None) -> datetime | None:
    """When the newest round of another promise was due; None without one."""
    return next((row.due_at for row in reversed(work.clocks(case.id)) if row.clock == name), None)


def calendar_of(work: Work, row: Clock) -> Calendar:
    """The calendar a clock is pinned to: edition, week and region."""
    return work.ref.calendar_of(work.session, row.calendar_version, row.week, row.region)


def _office(work: Work, case: Case, name: str) -> tuple[str, str | None]:
    """Whose days a promise is counted in: the citizen's, the desk's, or those of the unit that is responsible (domain.md 8.1)."""
    units = work.ref.units
    if name in CITIZEN_CLOCKS or name in STATUTE.values():
        return work.ref.office_of(None, case.region)
    unit = None if name in _OF_THE_DESK else units.get(case.unit_id or 0)
    return work.ref.office_of(unit or units.get(case.desk_id), case.region)


def _same_breath(work: Work, case: Case, followup: Clock) -> None:
    """Read and routed in one transaction: the overall promise, begun a line before its unit was known, counts that unit's days, too.

    Only then. Whoever gets the case later, by a coordinator or after a hand-back, moves no date (domain.md 9.5 row 3).
    """
    for row in work.clocks(case.id):
        if row.clock not in _OVERALL or row.stopped_at is not None or row.started_at != followup.started_at:
            continue
        if (row.week, row.region) != (followup.week, followup.region):
            row.week, row.region = followup.week, followup.region
            row.due_at = row.first_due_at = promises.due(work.ref.promise_of(row.rule_id), row.started_at, calendar_of(work, row))
            work.tell("clock:pinned", case.id, clock=row.clock, due=row.due_at, week=row.week, region=row.region)


def hasten(work: Work, case: Case, name: str) -> None:
    """More words made the case more urgent: the promise of its urgency, from the day it came, where that is due earlier; never later."""
    found = work.ref.promise(name, case.kind, case.classification, case.urgency)
    running = [row for row in work.clocks(case.id) if row.clock == name and row.stopped_at is None]
    if found is None or not running:
        return
    rule_id, promise = found
    row = running[-1]
    due = promises.due(promise, row.started_at, work.ref.calendar_of(work.session, work.ref.calendar_version, row.week, row.region))
    if due < row.due_at:
        work.tell("clock:hastened", case.id, clock=name, was=row.due_at, due=due, rule=promise.code, version=promise.version)
        row.rule_id, row.calendar_version, row.due_at = rule_id, work.ref.calendar_version, due


def arrived(work: Work, case: Case, edge: Move, notice: Notice | None = None) -> None:
    """The words of a move are in the citizen's hands: their own time begins, and with a question ours stands still.

    Safe to hear twice (a reminder, a second receipt): a clock that runs is not started again. Raises QuestionNotDelivered when a
    move that pauses names no `notice` that has arrived.
    """
    running = {row.clock for row in work.clocks(case.id) if row.stopped_at is None}
    for name in edge.on_delivery:
        for each in (name, STATUTE.get(name)):
            if each is not None and each not in running:
                start(work, case, each)
    if edge.pauses:
        pausing.begin(work, case, notice)
    settle(work, case)


def nine_o_clock(work: Work, row: Clock, days: int) -> datetime:
    """Nine in the morning, local time, `days` working days after a clock began: nobody is reminded at midnight (field.md A)."""
    calendar = calendar_of(work, row)
    day = calendar.add_working_days(calendar.local_date(row.started_at), days)
    return datetime.combine(day, time(9), work.ref.zone)


def stop(work: Work, case: Case, name: str, at: datetime | None = None) -> None:
    """Stop every running round of a promise; kept or late is judged by `at` (a result handed in in time stays in time)."""
    moment = at or work.now
    ending = (name, *_END_TOGETHER.get(name, ()))
    for row in work.clocks(case.id):
        if row.clock in ending and row.stopped_at is None:
            stop_one(work, row, moment)


def stop_one(work: Work, row: Clock, moment: datetime) -> None:
    """Stop one running round."""
    row.stopped_at = moment
    if row.paused_at is not None:
        pausing.ended(work, [row.id], max(moment, row.paused_at))
        row.paused_at = None
    row.outcome = "kept" if moment <= row.due_at else "late"
    work.tell("clock:stopped", row.case_id, clock=row.clock, round=row.round, outcome=row.outcome)


def reopen(work: Work, case: Case, name: str) -> None:
    """The citizen objects: the promise runs again with the same due date, which is never extended (domain.md 9.1)."""
    rows = [row for row in work.clocks(case.id) if row.clock == name]
    if rows and rows[-1].stopped_at is not None:
        rows[-1].stopped_at = None
        rows[-1].outcome = None
        work.tell("clock:reopened", case.id, clock=name, due=rows[-1].due_at)


def run_on(work: Work, case: Case, stopped_at: datetime) -> None:
    """What was stopped at that moment is undone: those promises run on with the due dates they had, as if they had never stopped."""
    for row in work.clocks(case.id):
        if row.stopped_at == stopped_at and row.unit_id is None:  # a part that was dropped is asked anew, or not
            row.stopped_at = row.outcome = None
            work.tell("clock:reopened", case.id, clock=row.clock, due=row.due_at)


def resume(work: Work, case: Case, at: datetime | None = None, why: str = "answered") -> None:
    """The answer is here, or a pause is over: each due date moves by exactly the working time that stood still, told with old and new."""
    moment = at or work.now
    standing = [row for row in work.clocks(case.id) if row.paused_at is not None and row.stopped_at is None]
    if standing:
        pausing.ended(work, [row.id for row in standing], moment)
    for row in standing:
        old, since = row.due_at, row.paused_at
        assert since is not None
        row.due_at = promises.resumed(work.ref.promise_of(row.rule_id), old, since, moment, calendar_of(work, row))
        row.paused_at = None
        work.tell("clock:resumed", case.id, clock=row.clock, old=old, new=row.due_at, why=why)


def settle(work: Work, case: Case) -> None:
    """Store the moment that is due next on the case, so that a queue is one index and a sweep one cheap question.

    What further units promised is due on their desks, not on this one.
    """
    running = [row for row in work.clocks(case.id) if row.stopped_at is None and row.paused_at is None and row.unit_id is None]
    waiting = case.state in WAITING_FOR_CITIZEN
    if case.state == State.RESPONDED or case.state == State.NEEDS_INFO:
        running = [row for row in running if row.clock in CITIZEN_CLOCKS] or ([] if waiting else running)
    else:
        running = [row for row in running if row.clock not in CITIZEN_CLOCKS + _BACKGROUND]
    nearest = min(running, key=lambda row: row.due_at, default=None)
    case.due_at = nearest.due_at if nearest else None
    case.due_clock = nearest.clock if nearest else None
    rungs.arm(work, case)


def first_answer_due(work: Work, kind: str, classification: str, urgency: str) -> datetime | None:
    """When the first human answer is promised for something filed now: what the receipt says before triage has run."""
    found = None if kind in NO_PROMISE else work.ref.promise("first_response", kind, classification, urgency)
    return promises.due(found[1], work.now, work.ref.calendar) if found else None
