"""The rounds of the ladder: who above hears of a promise in danger, once for each level, and only when somebody sits at that desk.

Both verbs take the case's row first: whoever acts on the case, and every other process that walks the rounds, waits or looks elsewhere.
What is raised twice all the same meets the unique constraints of `rungs`, so that no clock of any machine can ring a level twice.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from ntbcare.casework import bells, rungs, telling, upkeep, whom
from ntbcare.domain import ladder, office
from ntbcare.domain.kinds import Urgency
from ntbcare.domain.ladder import Stand
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock, Pause
from ntbcare.records.ladder import Bell, Rung
from ntbcare.records.work import Work

_SLICE = 200
NOBODY = "level_empty"  # the alarm: a level of the ladder that nobody holds


def due(work: Work) -> list[int]:
    """Cases (ids) of which a promise is to be looked at, longest waiting first; each is then handled in its own transaction.

    Among them those whose promise stopped in the very moment in which it climbed: whoever stopped it could not see the rung.
    """
    ripe = (Clock.climb_at <= work.now) & Clock.stopped_at.is_(None) & Clock.paused_at.is_(None)
    found = list(work.session.scalars(select(Clock.case_id).where(ripe).order_by(Clock.climb_at).limit(_SLICE)))
    over = select(Rung.case_id).join(Clock, Clock.id == Rung.clock_id).where(Rung.ended_at.is_(None), Clock.stopped_at.is_not(None))
    return list(dict.fromkeys([*found, *work.session.scalars(over.limit(_SLICE))]))


def climb(work: Work, case_id: int) -> None:
    """Raise every level that the promises of a case have reached, and note when to look again. Safe to repeat at any moment."""
    case = _take(work, case_id)
    if case is None:
        return
    over = [row for row in work.clocks(case.id) if row.stopped_at is not None]
    if over:
        rungs.end(work, over)
    for row in work.clocks(case.id):
        if row.climb_at is not None and row.climb_at <= work.now and row.stopped_at is None and row.paused_at is None:
            _climb(work, case, row)


def _climb(work: Work, case: Case, row: Clock) -> None:
    steps = rungs.steps(work, case, row)
    standing = list(work.session.scalars(select(Rung).where(Rung.clock_id == row.id, Rung.ended_at.is_(None))))
    since = work.session.execute(select(func.max(Pause.to_at)).where(Pause.clock_id == row.id)).scalar()
    patience = work.ref.climbing.manners.patience(hurry=rungs.hurry(work, case, row))

    def stand(rung: Rung) -> Stand:
        answer_by = None
        if rung.told_at is not None:
            calendar, hours = rungs.desk_time(work, work.ref.units[rung.unit_id or case.desk_id], urgent=_urgent(case))
            answer_by = office.after(max(rung.told_at, since or rung.told_at), patience, calendar, hours)  # what stood still is not waited
        return Stand(rung.level, answer_by, rung.acknowledged_at is not None, rung.snoozed_until)

    found = ladder.height(steps, [stand(rung) for rung in standing], work.now)
    there = {rung.level for rung in standing}
    for level in found.levels:
        if level not in there:
            _raise(work, case, row, level)
    row.climbed, row.climb_at = max(row.climbed, found.reached), found.look_at


def _raise(work: Work, case: Case, row: Clock, level: str) -> None:
    """Put the case on a level, unless it stands there already or this promise was told there before and has not begun anew.

    A part climbs beside the case: that the responsible unit was told tells nothing to the one that was asked.
    """
    seat = whom.seat_of(work, case, level, row.unit_id)
    rings = office.next_open(work.now, *rungs.desk_time(work, seat, urgent=_urgent(case)))
    values = {"unit_id": seat.id, "raised_at": work.now, "ring_at": rings, "of_part": row.unit_id is not None}
    new = insert(Rung).values(case_id=case.id, clock_id=row.id, level=level, **values).on_conflict_do_nothing().returning(Rung.id)
    made, again = work.session.execute(new).scalar(), False
    if made is None:
        other = aliased(Rung)
        stands = select(other.id).where(other.case_id == case.id, other.level == level, other.ended_at.is_(None), ~other.of_part).exists()
        # an ended rung of a running promise: the citizen objected, or what had ended it was undone
        anew = values | {"ended_at": None, "told_at": None, "acknowledged_at": None, "acknowledged_by": None, "snoozed_until": None, "snooze_reason": None}  # fmt: skip
        mine = update(Rung).where(Rung.clock_id == row.id, Rung.level == level, Rung.ended_at.is_not(None), ~stands)
        quiet = {"synchronize_session": False}
        made, again = work.session.execute(mine.values(**anew).returning(Rung.id), execution_options=quiet).scalar(), True
    if made is not None:
        work.tell("ladder:raised", case.id, level=level, clock=row.clock, round=row.round, unit=seat.id, rings=rings, again=again)


def _urgent(case: Case) -> bool:
    return case.urgency == Urgency.URGENT


def to_ring(work: Work) -> list[int]:
    """Rungs (ids) whose people may be told now, longest waiting first; a promise that stands still tells nobody."""
    ripe = Rung.told_at.is_(None) & Rung.ended_at.is_(None) & (Rung.ring_at <= work.now)
    query = select(Rung.id).join(Clock, Clock.id == Rung.clock_id).where(ripe, Clock.paused_at.is_(None))
    return list(work.session.scalars(query.order_by(Rung.ring_at).limit(_SLICE)))


def ring(work: Work, rung_id: int) -> None:
    """Tell the people of one rung, one bell each; who comes too late in the day is told when the desk opens again."""
    case_id = work.session.execute(select(Rung.case_id).where(Rung.id == rung_id)).scalar()
    case = _take(work, case_id) if case_id is not None else None
    rung = work.session.get(Rung, rung_id)
    if case is None or rung is None or rung.told_at is not None or rung.ended_at is not None:
        return
    row = work.session.get_one(Clock, rung.clock_id)
    if row.paused_at is not None or row.stopped_at is not None:
        return
    found = whom.find(work, case, rung.level, row.unit_id)
    opens = office.next_open(work.now, *rungs.desk_time(work, found.unit, urgent=_urgent(case)))
    if opens > work.now:
        rung.ring_at = opens
        return
    rung.told_at, rung.unit_id = work.now, found.unit.id
    rungs.look_again(row)
    if found.people:
        _bells(work, case, rung, bells.words(work, case, row, rung.level), found.people, work.now)
    if found.lacking:
        upkeep.alarm(work, NOBODY, f"{rung.level}:{found.unit.code}", found.lacking)
    work.tell("ladder:told", case.id, level=rung.level, clock=row.clock, unit=found.unit.id, accounts=found.people)


def _bells(work: Work, case: Case, rung: Rung, words: str, people: list[int], at: datetime) -> None:
    """One bell for each person and rung, on the desk and by the roads they chose; a rung told anew rings the same bell again."""
    rows = [
        {"account_id": who, "subject": f"rung:{rung.id}", "kind": f"ladder.{rung.level}", "case_id": case.id, "rung_id": rung.id, "words": words, "rung_at": at}
        for who in people
    ]  # fmt: skip
    made = insert(Bell).values(rows)
    again = {"words": made.excluded.words, "rung_at": made.excluded.rung_at, "read_at": None}
    rung_now = made.on_conflict_do_update(index_elements=["account_id", "subject"], set_=again).returning(Bell.account_id, Bell.id)
    telling.bells_rang(work, case, {row.account_id: row.id for row in work.session.execute(rung_now)}, words)


def _take(work: Work, case_id: int) -> Case | None:
    """The case's row, held until the commit; None while somebody else holds it: the next round looks again."""
    query = select(Case).where(Case.id == case_id).with_for_update(skip_locked=True, key_share=True)
    return work.session.scalars(query).one_or_none()
