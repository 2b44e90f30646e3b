"""`make bench` or `python -m bench`: the budgets of docs/design.md measured in one run on scratch servers of its own.

--cases 1000,200000   sizes of house, one after the other      --rounds 5       rounds of floor and product in turn
--seconds 3           length of one load in a round            --burst 40x60    open loop: reports a second × seconds ("" = none)
--keep FOLDER         keep the filled databases for next time  --out FILE       the figures as JSON
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from bench import prepare, processes, provider, reading, report
from bench.burst import burst
from bench.measure import measure
from bench.scratch import House, idle_memory
from bench.statements import statements
from ntbcare.local.testhouse import servers


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default="1000,200000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--burst", default="40x60")
    parser.add_argument("--keep")
    parser.add_argument("--out")
    given = parser.parse_args()
    machine = processes.machine()
    print(f"{machine['cores']} cores, {machine['processor']}, load average at the start {machine['load_average']}", flush=True)
    told: dict[str, Any] = {"machine": machine, "sizes": {}, "burst": {}, "memory_mib": {}}
    for name in ("DATABASE_URL", "TELEGRAM_TOKEN", "TELEGRAM_SECRET"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="ntbcare-bench-") as scratch:
        folder = Path(given.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        twilio, port = provider.serve()
        try:
            with servers(folder, keep=bool(given.keep), durable=True) as running:
                for count in map(int, given.cases.split(",")):
                    _size(running, folder, count, port, given, told)
        finally:
            twilio.terminate()
    print(report.table(told["sizes"], {name: len(said) for name, said in told["statements"].items()}))
    for count, found in told["burst"].items():
        print(f"\nburst on {count:,} cases: " + ", ".join(f"{name} {value:.1f}" for name, value in found.items()))
    memory = ", ".join(f"{mib:.0f} MiB" for mib in told["memory_mib"].values())
    print(f"\nW7 idle memory without PostgreSQL (must 350, aim 220): {memory}")
    print("\nW6 reading in process (must 5 ms, aim 2 ms for place and topic)\n", flush=True)
    reading.main()
    if given.out:
        Path(given.out).write_text(json.dumps(told, indent=1))


def _size(running: Any, folder: Path, count: int, port: int, given: argparse.Namespace, told: dict[str, Any]) -> None:
    """Everything on a house of one size."""
    name = prepare.database(running, folder, count)
    app = prepare.application(running, folder, name)
    places = prepare.places(app)
    told["statements"] = statements(app, places[0][0])
    house = House(running, name, folder, port)
    try:
        told["sizes"][count] = report.facts(measure(house, places, given.rounds, given.seconds, seed=count))
        if given.burst:
            rate, seconds = given.burst.split("x")
            told["burst"][count] = burst(house, places, float(rate), float(seconds))
    finally:
        house.close()
    told["memory_mib"][count] = idle_memory(running, name, folder, port)
    running.drop_database(name)


if __name__ == "__main__":
    main()
