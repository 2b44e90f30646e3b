"""When a promise is looked at next by the ladder, and the end of its rungs; kept with the clock, so that every change of it counts."""

from __future__ import annotations

from sqlalchemy import update

from ntbcare.domain import ladder, office
from ntbcare.domain.calendar import Calendar
from ntbcare.domain.kinds import Urgency
from ntbcare.domain.ladder import Rise
from ntbcare.domain.office import Hours
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock
from ntbcare.records.ladder import Bell, Rung
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import Work


def arm(work: Work, case: Case) -> None:
    """After anything that changed the clocks of a case: when each is looked at next; rungs of those that stopped are over.

    Costs no statement for a case that has not climbed. What has climbed is looked at in the next round, which reads its rungs; the
    moment set is one long past, because a clock of the house that is put back must not put the look off.
    """
    ended = []
    for row in work.clocks(case.id):
        row.climbed = row.climbed or 0
        if row.stopped_at is not None:
            if row.climb_at is not None and (row.climbed or row.climb_at <= work.now):  # it may climb at this very moment
                ended.append(row)
        elif row.climbed:
            look_again(row)
        else:
            row.climb_at = next((step.at for step in steps(work, case, row) if step.at is not None), None)
    if ended:
        end(work, ended)


def look_again(row: Clock) -> None:
    """The next round looks at this promise, whatever was found before."""
    row.climb_at = row.started_at


def hurry(work: Work, case: Case, row: Clock) -> bool:
    """Is this promise climbed faster?"""
    return ladder.hurries(work.ref.climbing.of_rule(row.rule_id), urgent=case.urgency == Urgency.URGENT, vulnerable=bool(case.vulnerable))


def steps(work: Work, case: Case, row: Clock) -> list[Rise]:
    """The steps of a promise with their moments; [] where its rule has no ladder."""
    promise, climbing = work.ref.promise_of(row.rule_id), work.ref.climbing
    ways = climbing.of_rule(row.rule_id)
    if not ways.steps:
        return []
    calendar = work.ref.calendar_of(work.session, row.calendar_version, row.week or "5", row.region)
    return ladder.rises(promise, ways, row.started_at, row.due_at, calendar, climbing.manners, hurry=hurry(work, case, row))


def desk_time(work: Work, unit: UnitFacts, *, urgent: bool = False) -> tuple[Calendar, Hours]:
    """When people of a unit may be told something: its days and its hours; of what is urgent at any hour where somebody is on duty.
    Raises NoRule."""
    if urgent and unit.function in work.ref.climbing.on_duty:
        return work.ref.calendar_of(work.session, work.ref.calendar_version, "always", None), work.ref.climbing.hours(office.ON_DUTY)
    return work.ref.calendar_for(unit, None), work.ref.climbing.hours(unit.week)


def put_away(work: Work, rungs: list[int]) -> None:
    """Nobody has to answer these bells any more."""
    unread = Bell.rung_id.in_(rungs) & Bell.read_at.is_(None)
    work.session.execute(update(Bell).where(unread).values(read_at=work.now), execution_options={"synchronize_session": False})


def end(work: Work, rows: list[Clock]) -> None:
    """These promises of one case were kept or are over: nobody above has to look any more."""
    for row in rows:
        row.climb_at = None
    over = update(Rung).where(Rung.clock_id.in_([row.id for row in rows]), Rung.ended_at.is_(None)).values(ended_at=work.now)
    told = over.returning(Rung.id, Rung.level, Rung.clock_id)
    ended = work.session.execute(told, execution_options={"synchronize_session": False}).all()
    if ended:
        put_away(work, [one.id for one in ended])
    for row in rows:
        levels = sorted(one.level for one in ended if one.clock_id == row.id)
        if levels:
            work.tell("ladder:ended", row.case_id, clock=row.clock, round=row.round, levels=levels)
