"""Open loop: reports come when they come, for a minute, with workers and rounds at work; and how long until the last one is triaged."""

from __future__ import annotations

import time

from bench import driver, processes, scratch
from bench.measure import Meter


def burst(house: scratch.House, places: list[tuple[str, str]], rate: float, seconds: float) -> dict[str, float]:
    """p50, p95, p99 (from the planned moment of each report), wrong answers, lost cases, seconds until the last is triaged, processor share."""
    meter = Meter(house, places, seed=77)
    house.wake("work", "post", "rounds")
    time.sleep(2)
    count = "SELECT count(*), count(triaged_at) FROM cases"
    before = house.line.execute(count).fetchone()
    spent, busy, own, begun = processes.spent(house.groups), processes.busy(), time.process_time(), time.perf_counter()
    load = driver.run(house.port, meter.reports(), seconds, lines=64, rate=rate)
    ended = time.perf_counter()
    while house.waiting("triage") and time.perf_counter() - ended < 300:
        time.sleep(0.05)
    after, used = house.line.execute(count).fetchone(), processes.spent(house.groups)
    behind = time.perf_counter() - ended
    took, ours, now = time.perf_counter() - begun, sum(used[name] - spent[name] for name in used) / 1000, processes.busy()
    others = (now[0] - busy[0]) / 1000 - ours - (time.process_time() - own)
    assert before is not None and after is not None
    house.sleep("work", "post", "rounds")
    return {
        "rate": rate, "answered per second": load.rate, "p50": load.quantile(0.5), "p95": load.quantile(0.95), "p99": load.quantile(0.99),
        "wrong": load.wrong, "lost": len(load.times) - load.wrong - (after[0] - before[0]), "not triaged": after[0] - after[1] - (before[0] - before[1]),
        "last triaged after (s)": behind,
        "cores used": ours / took, "cores used by others": others / took,
    }  # fmt: skip
