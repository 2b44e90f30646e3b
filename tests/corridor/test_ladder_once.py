"""Once for each case and level, and one bell for each person: three houses walk at the same time on clocks that jump by a day."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.conftest import Clock
from tests.corridor.ladders import at, file
from tests.corridor.looking import CLINIC, ROAD, count

WALKERS, ROUNDS = 3, 14


def _another_house(town, clock):
    """The same database seen by a process of its own, with its own clock."""
    from channels import switchboard
    from ntbcare.app import build

    app = build(town.settings, switchboard.build(town.settings, development=True, outbox=None), now=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def _walk(app, clock, seed) -> None:
    """One scheduler: looks again and again, while its clock jumps forth and back by up to a day."""
    from workers import timetable

    chance, true = random.Random(seed), clock.moment
    for _ in range(ROUNDS):
        true += timedelta(hours=30)
        clock.moment = true + timedelta(hours=chance.choice((-24, -24, 0, 24, 24)))
        with app.app_context():
            timetable.ladder(app)
    clock.moment = true
    with app.app_context():
        timetable.ladder(app)


def test_three_schedulers_whose_clocks_jump_ring_every_level_once(new_town):
    from ntbcare.records.base import db

    town = new_town
    tickets = [file(town, f"+62811003020{n:02}", (ROAD if n % 2 else CLINIC).format(f"jam melompat {n}")) for n in range(6)]
    town.clock.moment = at(3, 25, 9)
    clocks = [Clock() for _ in range(WALKERS)]
    for clock in clocks:
        clock.moment = town.clock.moment
    houses = [_another_house(town, clock) for clock in clocks]
    try:
        with ThreadPoolExecutor(WALKERS) as pool:
            list(pool.map(_walk, houses, clocks, range(WALKERS)))
    finally:
        for app in houses:
            with app.app_context():
                db.engine.dispose()
    standing = town.sql("SELECT case_id, level, count(*) FROM rungs WHERE ended_at IS NULL GROUP BY 1, 2")
    assert {n for *_, n in standing} == {1}
    assert {level for _, level, _ in standing} == {"unit", "head", "sekda", "leader"}
    assert len({case for case, *_ in standing}) == len(tickets)
    assert count(town, "rungs") == len(standing), "none was raised, ended and raised again"
    raised = town.sql("SELECT count(*) FROM journal WHERE tag = 'ladder:raised'")[0][0]
    assert raised == len(standing), "and the book tells each once"
    twice = town.sql("SELECT account_id, rung_id FROM bells GROUP BY 1, 2 HAVING count(*) > 1")
    assert twice == [] and count(town, "bells") >= len(standing)
    assert (
        town.sql("SELECT count(*) FROM journal WHERE tag = 'ladder:told'")[0][0]
        == count(town, "rungs", "told_at IS NOT NULL")
        == len(standing)
    )
    assert count(town, "alarms", "kind IN ('ladder', 'bell')") == 0, "none of them ran into another"


def test_an_officer_who_answers_while_the_rounds_walk_is_never_held_up_by_them(new_town, office_of):
    from workers import timetable

    town = new_town
    office = office_of(town)
    tickets = [file(town, f"+62811003021{n:02}", CLINIC.format(f"sambil dijawab {n}")) for n in range(4)]
    office.desk("halim")
    town.clock.moment = at(3, 25, 9)

    def rounds(_):
        for _ in range(10):
            with town.app.app_context():
                timetable.ladder(town.app)

    def answer(_):
        return [town.act(office.desk("halim"), ticket, "answer", words="Obat sedang dikirim.").status_code for ticket in tickets]

    with ThreadPoolExecutor(3) as pool:
        walked = [pool.submit(rounds, n) for n in range(2)]
        statuses = pool.submit(answer, 0).result()
        for one in walked:
            one.result()
    assert statuses == [303] * 4
    town.round()
    left = town.sql("SELECT count(*) FROM rungs JOIN clocks ON clocks.id = clock_id WHERE ended_at IS NULL AND stopped_at IS NOT NULL")
    assert left == [(0,)], "no rung outlives its promise"
    assert count(town, "alarms", "kind IN ('ladder', 'bell')") == 0
