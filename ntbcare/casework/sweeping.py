"""What the passing of time does: windows that close, reminders, promises that were broken. Asked every minute, cheap, safe to repeat."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select

from ntbcare.casework import clockwork, forwarding, moves, notices, pausing
from ntbcare.domain.kinds import Classification, Kind, Urgency
from ntbcare.domain.lifecycle import State
from ntbcare.records import cases
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock
from ntbcare.records.work import Work

_SLICE = 200
# citizen's clock → (state it belongs to, the move when it is over, reminder)
_WINDOWS = {
    "citizen_completes": (State.NEEDS_INFO, "lapse", "question_reminder"),
    "rebut": (State.RESPONDED, "window_over", "response_reminder"),
}
_STATUTE = clockwork.STATUTE["citizen_completes"]  # UU 25/2009 ps. 44: we never lapse before the law's own days are over (domain.md 9.1)


def windows(work: Work) -> list[int]:
    """Cases whose citizen's window is over, oldest first (ids); each is then handled in its own transaction.

    What the statute does not let lapse yet is not asked for: a slice full of it would hold up everything behind it.
    """
    ripe = (Clock.clock != "citizen_completes") | (Clock.started_at < _may_lapse(work))
    query = select(Clock.case_id).where(Clock.clock.in_(_WINDOWS), Clock.stopped_at.is_(None), Clock.due_at < work.now, ripe)
    return list(work.session.scalars(query.order_by(Clock.due_at).limit(_SLICE)))


def close_window(work: Work, case_id: int) -> None:
    """The citizen's time is over: an unanswered question lapses, an unanswered reply closes, without any rating."""
    case = cases.get(work.session, case_id)
    if case is None:
        return
    for clock in _running(work, case):
        state, event, _ = _WINDOWS[clock.clock]
        if case.state != state or clock.due_at >= work.now:
            continue
        if event == "lapse" and not _lapses(work, clock):
            continue
        moves.move(work, case, event)


def _lapses(work: Work, clock: Clock) -> bool:
    """Is the law's own length of this question over, as it was pinned when the question arrived? Older ones have none pinned."""
    pinned = next((row for row in work.clocks(clock.case_id) if row.clock == _STATUTE and row.round == clock.round), None)
    return pinned.due_at < work.now if pinned is not None else clock.started_at < _may_lapse(work)


def _may_lapse(work: Work) -> datetime:
    """Questions that arrived before this moment are over by the law, too: its last day was yesterday. Without such a row, any."""
    found = work.ref.promise(_STATUTE, Kind.COMPLAINT, Classification.ORDINARY, Urgency.NORMAL)
    today = work.now.astimezone(work.ref.zone).date()
    return datetime.combine(today - timedelta(days=found[1].amount), time(0), work.ref.zone) if found else work.now


def long_pauses(work: Work) -> list[int]:
    """Cases (ids) that have waited for their citizen as long as the ground of the pause allows."""
    return pausing.too_long(work, _SLICE)


def run_again(work: Work, case_id: int) -> None:
    """Nobody waits longer than that: the promises of this case run again since the end of the longest pause, and its page tells so."""
    case, over = cases.get(work.session, case_id), pausing.last_moment(work, case_id)
    if case is not None and over is not None:
        clockwork.resume(work, case, over, "longest_pause")
        clockwork.settle(work, case)
        work.tell("case:waited_long", case.id)


def reminders(work: Work) -> list[int]:
    """Clocks (ids) whose citizen should be reminded once."""
    unsaid = Clock.stopped_at.is_(None) & Clock.reminded_at.is_(None) & Clock.clock.in_(_WINDOWS)
    query = select(Clock.id).where(Clock.remind_at <= work.now, unsaid)
    return list(work.session.scalars(query.order_by(Clock.remind_at).limit(_SLICE)))


def remind(work: Work, clock_id: int) -> None:
    """Remind once, at the moment the rule row names (half-way for a question, three working days before the end for an answer)."""
    clock = work.session.get(Clock, clock_id, with_for_update=True)
    if clock is None or clock.reminded_at is not None or clock.stopped_at is not None:
        return
    state, _, template = _WINDOWS[clock.clock]
    clock.reminded_at = work.now
    case = cases.get(work.session, clock.case_id)
    if case is not None and case.state == state:
        notices.owe(work, case, template)


def watches(work: Work) -> list[int]:
    """Cases (ids) that lie with a body outside, of which it is time to ask there again."""
    return forwarding.due(work, _SLICE)


def breaches(work: Work) -> int:
    """Mark promises that were broken since the last look; the desk and the figures read the mark. Returns how many."""
    late = select(Clock).where(Clock.stopped_at.is_(None), Clock.paused_at.is_(None), Clock.breached_at.is_(None), Clock.due_at < work.now)
    count = 0
    for clock in work.session.scalars(late.order_by(Clock.due_at).limit(_SLICE).with_for_update(skip_locked=True)):
        clock.breached_at = work.now
        work.tell("clock:breached", clock.case_id, clock=clock.clock, due=clock.due_at)
        count += 1
    return count


def _running(work: Work, case: Case) -> list[Clock]:
    query = select(Clock).where(Clock.case_id == case.id, Clock.clock.in_(_WINDOWS), Clock.stopped_at.is_(None))
    return list(work.session.scalars(query))
