"""The measurements on one house: rounds of floor and product in turn, each with the processor time of the whole stack."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench import driver, processes, scratch
from bench.lives import BUSY_UNIT
from bench.words import Writer

TRIAGED = 200  # cases of each door triaged per round


@dataclass
class Figure:
    """One row of the table: a sample per round."""

    cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=dict)
    others: list[float] = field(default_factory=list)
    wrong: int = 0
    last_wrong: str = ""


class Meter:
    """Runs loads against one house and keeps what they cost."""

    def __init__(self, house: scratch.House, places: list[tuple[str, str]], seed: int) -> None:
        self.house = house
        self.figures: dict[str, Figure] = {}
        self._seed = seed
        self._writer = Writer(seed, places)
        self._dice = random.Random(seed)
        self._places = [name.partition(",")[0] for _, name in places]
        self._cookie, self.everywhere = house.sign_in(), house.sign_in(scratch.COORDINATOR)
        self._number = 0
        rows = house.line.execute("SELECT ticket FROM cases WHERE id % greatest((SELECT count(*) FROM cases) / 5000, 1) = 0")
        self._tickets = [row[0] for row in rows]
        busy = "SELECT c.ticket FROM cases c JOIN units u ON u.id = c.unit_id WHERE u.code = %s AND c.state IN ('dispositioned', 'in_progress')"
        self._mine = [row[0] for row in house.line.execute(busy, (BUSY_UNIT,))]

    def _next(self) -> int:
        self._number += 1
        return self._number

    def empties(self) -> Iterator[bytes]:
        """The floor's empty route."""
        while True:
            yield driver.request("GET", "/")

    def floors(self) -> Iterator[bytes]:
        """The floor's four rows."""
        while True:
            _, region, text = self._writer.report()
            yield driver.json_request("/floor", {"text": text, "region": region})

    def reports(self) -> Iterator[bytes]:
        """W1."""
        while True:
            _, region, text = self._writer.report()
            yield driver.json_request(
                "/api/v1/cases", {"text": text, "region": region}, Idempotency_Key=f"bench-{self._seed}-{self._next()}"
            )

    def messages(self) -> Iterator[bytes]:
        """W1b: every sender is new."""
        while True:
            _, _, text = self._writer.report()
            number = self._next()
            yield scratch.signed_sms(f"+62855{number:08d}", text, f"SM{number:032x}")

    def queues(self, query: str = "") -> Iterator[bytes]:
        """W2."""
        while True:
            yield driver.request("GET", "/meja" + query, Cookie=self._cookie)

    def searches(self, cookie: str = "") -> Iterator[bytes]:
        """W3: a common word, a pair, a place, a rare one in turn."""
        while True:
            for words in ("jalan", "jalan rusak", "puskesmas obat", self._dice.choice(self._places), "lampu mati -jalan", "sapi"):
                yield driver.request("GET", "/meja/cari?" + urlencode({"q": words}), Cookie=cookie or self._cookie)

    def tracked(self) -> Iterator[bytes]:
        """W4."""
        while True:
            yield driver.request("GET", f"/t/{self._dice.choice(self._tickets)}")

    def cases(self) -> Iterator[bytes]:
        """An officer's case page."""
        while True:
            yield driver.request("GET", f"/meja/{self._dice.choice(self._mine)}", Cookie=self._cookie)

    def drive(self, name: str, requests: Iterator[bytes], seconds: float, *, floor: bool = False) -> None:
        """One round of one load."""
        port = self.house.floor_port if floor else self.house.port
        loads = []
        spent, others = self._watched(lambda: loads.append(driver.run(port, requests, seconds)))
        load = loads[0]
        self._note(name, spent, others, len(load.times), load.seconds)
        figure = self.figures[name]
        figure.times += load.times
        figure.wrong += load.wrong
        figure.last_wrong = load.last_wrong or figure.last_wrong

    def drain(self, name: str, kind: str, *lanes: str) -> None:
        """Let the workers of some lanes do what waits, and note what each piece cost."""
        before = self.house.waiting(kind)
        begun = time.perf_counter()
        self.house.wake(*lanes)

        def wait() -> None:
            while self.house.waiting(kind):
                if time.perf_counter() - begun > 300:
                    raise SystemExit(f"{kind}: still {self.house.waiting(kind)} of {before} wait after five minutes")
                time.sleep(0.1)

        spent, others = self._watched(wait)
        took = time.perf_counter() - begun
        self.house.sleep(*lanes)
        if before:
            self._note(name, spent, others, before, took)

    def keep_few(self) -> None:
        """Of what was filed, leave some to be triaged: the newest of each door."""
        query = """
            UPDATE errands SET done_at = now() WHERE kind = 'triage' AND done_at IS NULL AND id NOT IN (
                SELECT id FROM (SELECT e.id, row_number() OVER (PARTITION BY c.channel ORDER BY e.id DESC) AS place
                                FROM errands e JOIN cases c ON c.id = e.subject_id WHERE e.kind = 'triage' AND e.lane = 'work' AND e.done_at IS NULL)
                AS newest WHERE place <= %s)
        """
        self.house.line.execute(query, (TRIAGED,))

    def _watched(self, act: Callable[[], object]) -> tuple[dict[str, float], float]:
        """(milliseconds of each part of the stack, share of the machine that neither the stack nor the driver used)."""
        before, busy_before, own_before = processes.spent(self.house.groups), processes.busy(), time.process_time()
        act()
        own, busy, after = time.process_time() - own_before, processes.busy(), processes.spent(self.house.groups)
        spent = {name: after[name] - before[name] for name in after}
        others = busy[0] - busy_before[0] - sum(spent.values()) - 1000 * own
        return spent, max(others, 0.0) / (busy[1] - busy_before[1])

    def _note(self, name: str, spent: dict[str, float], others: float, count: int, seconds: float) -> None:
        figure = self.figures.setdefault(name, Figure())
        figure.cpu.append(sum(spent.values()) / count)
        figure.rate.append(count / seconds)
        figure.others.append(others)
        for part, used in spent.items():
            figure.parts.setdefault(part, []).append(used / count)


def measure(house: scratch.House, places: list[tuple[str, str]], rounds: int, seconds: float, seed: int) -> dict[str, Figure]:
    """Every figure of one house; floor and product take turns so that both see the same weather."""
    meter = Meter(house, places, seed)
    _warm(meter)
    for _ in range(rounds):
        meter.drive("empty", meter.empties(), seconds / 3, floor=True)
        meter.drive("floor", meter.floors(), seconds, floor=True)
        meter.drive("W1", meter.reports(), seconds)
        meter.drive("W1b", meter.messages(), seconds)
        meter.drive("W2", meter.queues(), seconds)
        meter.drive("W2 filtered", meter.queues("?state=dispositioned"), seconds / 2)
        meter.drive("W3", meter.searches(), seconds)
        meter.drive("W3 province", meter.searches(meter.everywhere), seconds)
        meter.drive("W4", meter.tracked(), seconds)
        meter.drive("case page", meter.cases(), seconds / 2)
        meter.keep_few()
        meter.drain("W1c", "triage", "work", "rounds")
        meter.drain("deliver", "deliver", "post", "rounds")
    return meter.figures


def _warm(meter: Meter) -> None:
    """Every process has done everything once before it counts."""
    for name, requests, floor in (
        ("warm", meter.empties(), True), ("warm", meter.floors(), True), ("warm", meter.reports(), False), ("warm", meter.messages(), False),
        ("warm", meter.queues(), False), ("warm", meter.tracked(), False), ("warm", meter.cases(), False),
    ):  # fmt: skip
        meter.drive(name, requests, 1.5, floor=floor)
    meter.keep_few()
    meter.drain("warm", "triage", "work", "rounds")
    meter.drain("warm", "deliver", "post", "rounds")
    warm = meter.figures.pop("warm")
    if warm.wrong:
        print(f"  {warm.wrong} requests were not answered well: {warm.last_wrong}", flush=True)
