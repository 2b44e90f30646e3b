"""Of two processes that could walk the rounds one walks; when it is killed the other takes over within seconds."""

from __future__ import annotations

from tests.faults.town_of_processes import Town, until

TAKE_OVER = 5.0  # seconds
# which process holds the advisory lock of the rounds, straight from PostgreSQL
_HOLDERS = """SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
              WHERE locktype = 'advisory' AND granted AND objid = 1314144835"""


def _holders(town: Town) -> list[str]:
    return [row[0] for row in town.sql(_HOLDERS)]


def test_one_walks_and_the_other_takes_over(town: Town) -> None:
    second = town.add("rounds2", "rounds")
    town.start("rounds2", wait=False)
    until(lambda: town.sql("SELECT 1 FROM pg_stat_activity WHERE application_name = 'rounds2'"), 60, "the second one is there")
    assert _holders(town) == ["rounds"]
    town["rounds"].kill()
    took = until(lambda: _holders(town) == ["rounds2"], TAKE_OVER, lambda: f"the second one walks: {_holders(town)}")
    print(f"took over after {took:.2f} s")
    town.start("rounds", wait=False)
    town.sql("INSERT INTO errands (kind, lane, subject_id, not_before, created_at) VALUES ('triage', 'work', 0, now(), now())")
    town.quiet(5)  # nobody rang for it but the one who walks
    assert second.end() == 0  # as a supervisor ends it
    until(lambda: _holders(town) == ["rounds"], 60, "the first one walks again")
