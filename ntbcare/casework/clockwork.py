"""Starting, stopping, pausing and resuming a case's promises; the rows ask domain.clock what is right."""

from __future__ import annotations

from datetime import datetime, time

from ntbcare.domain import clock as promises
from ntbcare.domain.kinds import NO_PROMISE
from ntbcare.domain.lifecycle import WAITING_FOR_CITIZEN, Move, State
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock
from ntbcare.records.work import Work

CITIZEN_CLOCKS = ("citizen_completes", "rebut")
# promises about our own messages, not about the case: they never decide what is due on a desk
_BACKGROUND = ("receipt",)


def start(work: Work, case: Case, name: str, at: datetime | None = None) -> Clock | None:
    """Start a promise, pinned to today's rule and calendar edition. None where no such promise is made (a tip, say)."""
    ref = work.ref
    if case.kind in NO_PROMISE and name not in _BACKGROUND:
        return None
    found = ref.promise(name, case.kind, case.classification, case.urgency)
    if found is None:
        return None
    rule_id, promise = found
    started = at or work.now
    before = [clock for clock in work.clocks(case.id) if clock.clock == name]
    due = promises.due(promise, started, ref.calendar)
    reminding = name in CITIZEN_CLOCKS and promise.yellow.isdigit()
    row = Clock(
        remind_at=_nine_o_clock(work, started, int(promise.yellow)) if reminding else None,
        case_id=case.id, clock=name, round=len(before) + 1, rule_id=rule_id, calendar_version=ref.calendar_version,
        started_at=started, due_at=due, first_due_at=due,
    )  # fmt: skip
    work.session.add(row)
    work.clocks(case.id).append(row)
    work.tell("clock:started", case.id, clock=name, round=row.round, due=due, rule=promise.code, version=promise.version,
              calendar=ref.calendar_version)  # fmt: skip
    return row


def hasten(work: Work, case: Case, name: str) -> None:
    """More words made the case more urgent: the promise of its urgency, from the day it came, where that is due earlier; never later."""
    found = work.ref.promise(name, case.kind, case.classification, case.urgency)
    running = [row for row in work.clocks(case.id) if row.clock == name and row.stopped_at is None]
    if found is None or not running:
        return
    rule_id, promise = found
    row = running[-1]
    due = promises.due(promise, row.started_at, work.ref.calendar)
    if due < row.due_at:
        work.tell("clock:hastened", case.id, clock=name, was=row.due_at, due=due, rule=promise.code, version=promise.version)
        row.rule_id, row.calendar_version, row.due_at = rule_id, work.ref.calendar_version, due


def arrived(work: Work, case: Case, edge: Move) -> None:
    """The words of a move are in the citizen's hands: their own time begins, and with a question ours stands still.

    Safe to hear twice (a reminder, a second receipt): a clock that runs is not started again.
    """
    running = {row.clock for row in work.clocks(case.id) if row.stopped_at is None}
    for name in edge.on_delivery:
        if name not in running:
            start(work, case, name)
    if edge.pauses:
        pause(work, case, work.now)
    settle(work, case)


def _nine_o_clock(work: Work, started: datetime, days: int) -> datetime:
    """Nine in the morning, local time, `days` working days later: nobody is reminded at midnight (field.md A)."""
    calendar = work.ref.calendar
    day = calendar.add_working_days(calendar.local_date(started), days)
    return datetime.combine(day, time(9), work.ref.zone)


def stop(work: Work, case: Case, name: str, at: datetime | None = None) -> None:
    """Stop every running round of a promise; kept or late is judged by `at` (a result handed in in time stays in time)."""
    moment = at or work.now
    for row in work.clocks(case.id):
        if row.clock == name and row.stopped_at is None:
            row.stopped_at = moment
            row.paused_at = None
            row.outcome = "kept" if moment <= row.due_at else "late"
            work.tell("clock:stopped", case.id, clock=name, round=row.round, outcome=row.outcome)


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
        if row.stopped_at == stopped_at:
            row.stopped_at = row.outcome = None
            work.tell("clock:reopened", case.id, clock=row.clock, due=row.due_at)


def pause(work: Work, case: Case, at: datetime) -> None:
    """Our question is in the citizen's hand: promises that may stand still do, from the moment it was delivered.

    A promise already broken is not paused: asking afterwards must not make a late case look on time.
    """
    for row in work.clocks(case.id):
        if row.stopped_at is None and row.paused_at is None and row.due_at >= at and work.ref.promise_of(row.rule_id).pauses:
            row.paused_at = at
            work.tell("clock:paused", case.id, clock=row.clock)
    settle(work, case)


def resume(work: Work, case: Case) -> None:
    """The answer is here: each due date moves by exactly the working time that stood still, told with old and new."""
    for row in work.clocks(case.id):
        if row.paused_at is None or row.stopped_at is not None:
            continue
        old = row.due_at
        calendar = work.ref.calendar_of(work.session, row.calendar_version)
        row.due_at = promises.resumed(work.ref.promise_of(row.rule_id), old, row.paused_at, work.now, calendar)
        work.tell("clock:resumed", case.id, clock=row.clock, old=old, new=row.due_at)
        row.paused_at = None


def settle(work: Work, case: Case) -> None:
    """Store the moment that is due next on the case, so that a queue is one index and a sweep one cheap question."""
    running = [row for row in work.clocks(case.id) if row.stopped_at is None and row.paused_at is None]
    waiting = case.state in WAITING_FOR_CITIZEN
    if case.state == State.RESPONDED or case.state == State.NEEDS_INFO:
        running = [row for row in running if row.clock in CITIZEN_CLOCKS] or ([] if waiting else running)
    else:
        running = [row for row in running if row.clock not in CITIZEN_CLOCKS + _BACKGROUND]
    nearest = min(running, key=lambda row: row.due_at, default=None)
    case.due_at = nearest.due_at if nearest else None
    case.due_clock = nearest.clock if nearest else None


def first_answer_due(work: Work, kind: str, classification: str, urgency: str) -> datetime | None:
    """When the first human answer is promised for something filed now: what the receipt says before triage has run."""
    found = None if kind in NO_PROMISE else work.ref.promise("first_response", kind, classification, urgency)
    return promises.due(found[1], work.now, work.ref.calendar) if found else None
