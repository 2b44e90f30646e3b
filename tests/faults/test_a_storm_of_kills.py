"""Whatever is killed, emptied or away while citizens write: each report is one case, triaged once, answered at least once."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.faults import observer
from tests.faults.citizens import Crowd, stories
from tests.faults.town_of_processes import CHECKOUT, Town

COUNT = 150
TRIAGE_LEASE = 30.0  # seconds: what a killed worker held is taken up by the next after this


def test_nothing_is_lost_or_doubled_in_a_storm_of_kills(town: Town) -> None:
    told = stories(COUNT, "badai")
    with Crowd(town, told[::2], seconds=8):
        held = _kill_and_restart(town, "work")
        town.redis().flushall()
        posted = _kill_and_restart(town, "post")
        _without_redis(town, 3)
        town["rounds"].kill()
        town.start("rounds", wait=False)
        town.redis().flushall()
    town.start("work", "post", "rounds")
    with Crowd(town, told[1::2], seconds=5):
        held += _kill_and_restart(town, "work")
        posted += _kill_and_restart(town, "post")
        town.redis().flushall()
        town["rounds"].kill()
    town.start("work", "post", "rounds")
    town.lapse(posted)
    began = time.monotonic()
    verified = _verify_journal(town)  # while the dead worker's leases run out
    town.quiet(TRIAGE_LEASE + 30)
    print(f"quiet {time.monotonic() - began:.1f} s after the last start; held {len(held)} triages, {len(posted)} notices; "
          f"repeats (real, owned up to) {observer.repeats(town, told)}; refusals {_refusals(told)}")  # fmt: skip
    assert observer.faults(town, told) == []
    assert verified == 0


def _kill_and_restart(town: Town, name: str) -> list[int]:
    held = town.kill_in_mid_errand(name, name)
    assert held
    town.start(name, wait=False)
    return held


def _without_redis(town: Town, seconds: float) -> None:
    town.servers.stop_redis()
    time.sleep(seconds)
    town.servers.start_redis()


def _refusals(told: list) -> int:
    return sum(not 200 <= status < 300 for story in told for status in story.statuses)


def _verify_journal(town: Town) -> int:
    words = [sys.executable, "-m", "ntbcare.cli", "verify-journal"]
    return subprocess.run(words, env=town.environment, cwd=CHECKOUT, check=False, stdout=subprocess.DEVNULL).returncode
