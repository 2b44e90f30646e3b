"""Time that stands still: only with a question that arrived, on a ground that has a name, and never longer than that ground allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from ntbcare.domain import clock as promises
from ntbcare.domain.errors import QuestionNotDelivered
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock, Pause
from ntbcare.records.messages import Notice
from ntbcare.records.work import Work

ARRIVED = ("delivered", "shown")
_GROUND, _LONGEST = "citizen_completes", "pause"  # the rows that name the ground of a pause and how long it may last


def begin(work: Work, case: Case, notice: Notice | None) -> None:
    """Our question is in the citizen's hand: promises that may stand still do, from now on. Raises QuestionNotDelivered.

    A promise already broken is not paused: asking afterwards must not make a late case look on time. One question pauses once: when
    its words arrive a second time, after the longest pause is over, the promise runs on.
    """
    if notice is None or notice.state not in ARRIVED:
        raise QuestionNotDelivered(subject=case.ticket)
    standing = [row for row in work.clocks(case.id) if row.stopped_at is None and row.paused_at is None and row.due_at >= work.now
                and work.ref.promise_of(row.rule_id).pauses]  # fmt: skip
    if not standing:
        return
    work.session.flush()  # one that began a moment ago has no number yet
    ids = [row.id for row in standing]
    before = set(work.session.scalars(select(Pause.clock_id).where(Pause.clock_id.in_(ids), Pause.notice_id == notice.id)))
    ground, until = _ground(work, case)
    for row in standing:
        if row.id in before:
            continue
        row.paused_at = work.now
        work.session.add(Pause(clock_id=row.id, from_at=work.now, until_at=until, notice_id=notice.id, ground=ground))
        work.tell("clock:paused", case.id, clock=row.clock, notice=notice.id, ground=ground, until=until)


def _ground(work: Work, case: Case) -> tuple[str, datetime | None]:
    """(the rule that lets us wait, until when it does at most); a deployment without a row for the longest pause has none."""
    asked = (case.kind, case.classification, case.urgency)
    ground, longest = (work.ref.promise(name, *asked) for name in (_GROUND, _LONGEST))
    until = promises.due(longest[1], work.now, work.ref.calendar_for(None, case.region)) if longest else None
    return ground[1].source if ground else "", until


def ended(work: Work, clock_ids: Sequence[int], at: datetime) -> None:
    """These promises run again, or have ended, since `at`."""
    work.session.execute(update(Pause).where(Pause.clock_id.in_(clock_ids), Pause.to_at.is_(None)).values(to_at=at))


def too_long(work: Work, slice_: int) -> list[int]:
    """Cases (ids) in which something stands still for longer than its ground allows."""
    query = select(Clock.case_id).join(Pause, Pause.clock_id == Clock.id).where(Pause.to_at.is_(None), Pause.until_at < work.now)
    return list(work.session.scalars(query.distinct().order_by(Clock.case_id).limit(slice_)))


def last_moment(work: Work, case_id: int) -> datetime | None:
    """When the longest pause of a case was over; None when nothing stands still too long (any more)."""
    query = select(Pause.until_at).join(Clock, Clock.id == Pause.clock_id)
    return work.session.scalars(query.where(Clock.case_id == case_id, Pause.to_at.is_(None), Pause.until_at < work.now).limit(1)).first()
