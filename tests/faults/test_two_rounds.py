"""Of two processes that could walk the rounds one walks; when it is killed the other takes over within seconds."""

from __future__ import annotations

import signal

from tests.faults.town_of_processes import STARTED, Town, until

TAKE_OVER = 5.0  # seconds
# who holds the advisory lock of the rounds, straight from PostgreSQL
_HOLDERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %(key)s AND classid = 0"
_KEY = 0x4E544243
_WALKING = STARTED["rounds"]


def _holders(town: Town) -> list[int]:
    return [row[0] for row in town.sql(_HOLDERS, key=_KEY)]


def test_one_walks_and_the_other_takes_over(town: Town) -> None:
    second = town.add("rounds2", "rounds")
    town.start("rounds2", wait=False)
    started = until(lambda: _lines(town) >= 3, 30, "the second one is there and waits")
    first_holder = _holders(town)
    assert len(first_holder) == 1
    assert _WALKING not in second.said()
    town["rounds"].kill()
    took = until(lambda: _WALKING in second.said(), TAKE_OVER, "the second one walks")
    holder = _holders(town)
    assert len(holder) == 1 and holder != first_holder
    print(f"second one ready after {started:.1f} s, took over after {took:.2f} s")
    town.start("rounds", wait=False)
    town.sql("INSERT INTO errands (kind, lane, subject_id, not_before, created_at) VALUES ('triage', 'work', 0, now(), now())")
    town.quiet(5)  # nobody rang for it: the one who walks did
    assert second.end() == 0  # a supervisor's SIGTERM, not only a kill
    until(lambda: _WALKING in town["rounds"].said(), 30, "the first one walks again")
    assert len(_holders(town)) == 1


def _lines(town: Town) -> int:
    """Connections from rounds that ask for the lock: each look of a process is one."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE %(like)s AND datname = current_database() AND pid <> pg_backend_pid()"
    return int(town.one(query, like="%pg_try_advisory_lock%")) + int(signal.SIGTERM > 0)
