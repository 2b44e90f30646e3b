"""The ledger itself is killed while citizens write: nobody is told yes who was not heard, and whoever was told yes is not lost."""

from __future__ import annotations

import time

from tests.faults import observer
from tests.faults.citizens import Crowd, stories
from tests.faults.town_of_processes import Town, until

DOWN = 1.5  # seconds between the kill and the new start, recovery comes on top


def test_a_killed_postgresql_loses_and_doubles_nothing(town: Town) -> None:
    told = stories(60, "buku besar mati")
    children = {name: town[name].pid for name in ("web", "work", "post", "rounds")}
    left: list[int] = []
    with Crowd(town, told, seconds=12):
        for _ in range(2):
            time.sleep(2.5)
            town.servers.kill_postgres()
            time.sleep(DOWN)
            assert town.health() == 503  # it says so itself, and does not hang
            town.servers.start_postgres()
            left += town.held("work") + town.held("post")  # lent to a worker that lost the ledger with them in hand
    until(lambda: town.health() == 200, 10, "the web serves again")
    statuses = [status for story in told for status in story.statuses]
    time.sleep(3)  # whoever was at work has noticed by now
    town.lapse(left)
    town.quiet(45)
    print(f"answers { ({s: statuses.count(s) for s in set(statuses)}) }, leases left behind {left}, repeats {observer.repeats(town, told)}")
    assert any(status in (500, 503) for status in statuses), "the kill was not felt"
    assert set(statuses) <= {200, 201, 500, 503, 0}
    assert observer.faults(town, told) == []
    assert {name: town[name].pid for name in children} == children  # none of them had to be started again
