"""Redis is only the doorbell: without it cases are filed as fast, read and answered; with it again everything is as before."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.faults import observer
from tests.faults.citizens import Story, send, stories, within
from tests.faults.officer import Officer
from tests.faults.town_of_processes import Town, until

RING_LIMIT = 2.5  # seconds a ring may hold up one filing while Redis hangs; a dead one holds up nothing
SLOW = 0.5


@pytest.fixture
def deaf(town: Town) -> Iterator[Town]:
    """The town with Redis down."""
    town.servers.stop_redis()
    yield town
    town.servers.start_redis()


def test_cases_are_filed_and_worked_off_while_redis_is_away(deaf: Town) -> None:
    workers = {name: deaf[name].pid for name in ("work", "post", "rounds")}
    told = stories(16, "tanpa redis")
    _file(deaf, told)
    assert all(story.statuses in ([200], [201]) for story in told), [story.statuses for story in told]
    assert max(took for story in told[2:] for took in story.took) < SLOW
    deaf.quiet(15)
    assert observer.faults(deaf, told) == []
    deaf.servers.start_redis()
    after = stories(2, "redis kembali")
    _file(deaf, after)
    took = until(lambda: not deaf.open_errands(), 10, "the bell is heard again")
    print(f"slowest filing {max(t for s in told for t in s.took):.3f} s; after the return {took:.2f} s")
    assert observer.faults(deaf, after) == []
    assert {name: deaf[name].pid for name in workers} == workers


def test_a_worker_that_never_saw_redis_works_and_hears_the_bell_later(deaf: Town) -> None:
    deaf["work"].kill()
    deaf.start("work")
    pid = deaf["work"].pid
    told = stories(4, "belum pernah")
    _file(deaf, told)
    deaf.quiet(15)
    deaf.servers.start_redis()
    until(lambda: deaf.redis().smembers("rq:workers"), 10, "the worker has found Redis")
    after = stories(4, "baru kenal")
    _file(deaf, after)
    deaf.quiet(10)
    assert observer.faults(deaf, told + after) == []
    assert deaf["work"].pid == pid
    assert deaf["work"].end() == 0


def test_a_redis_that_takes_calls_and_says_nothing_costs_each_process_little(town: Town) -> None:
    pid = town.servers.valkey.pid
    assert pid is not None
    told = stories(20, "redis membisu")
    os.kill(pid, signal.SIGSTOP)
    try:
        _file(town, told)
        town.quiet(15)
        signing_in = within(6, lambda: Officer(town, "bagus"))  # the limiter of sign-ins counts in Redis
    finally:
        os.kill(pid, signal.SIGCONT)
    slow = [took for story in told for took in story.took if took > SLOW]
    print(f"slow filings {[f'{took:.2f}' for took in slow]} of {len(told)}; signing in {signing_in:.2f} s")
    assert max(slow, default=0) < RING_LIMIT
    assert len(slow) <= 12, slow  # without the growing silence: all twenty
    assert observer.faults(town, told) == []


def test_a_worker_whose_redis_dies_in_mid_job_goes_on(town: Town) -> None:
    pid = town["post"].pid
    town.provider.hold.clear()
    told = stories(2, "putus di tengah")
    _file(town, told)
    assert town.provider.taken.wait(15)
    town.servers.kill_redis()
    town.provider.hold.set()
    town.provider.taken.clear()
    town.quiet(15)
    town.servers.start_redis()
    after = stories(2, "sambung lagi")
    _file(town, after)
    town.quiet(10)
    assert observer.faults(town, told + after) == []
    assert observer.repeats(town, told) == (0, 0)
    assert town["post"].pid == pid


def _file(town: Town, told: list[Story]) -> None:
    for story in told:
        send(town, story)
        time.sleep(0.1)
