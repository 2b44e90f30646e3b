"""Citizens and the gateways that carry their words: they send again until somebody says 2xx, and sometimes once more."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from tests.faults.town_of_processes import Town

PLACES = ("Desa Tente Kecamatan Woha", "Kecamatan Praya Lombok Tengah", "Kota Mataram", "Kecamatan Taliwang")
PATIENCE = 90.0  # seconds: real gateways go on for hours
_OPENER = build_opener(ProxyHandler({}))


@dataclass
class Story:
    """One report: by which door, under which key, and what became of sending it."""

    door: str  # api or sms
    key: str
    phone: str
    text: str
    statuses: list[int] = field(default_factory=list)  # 0: no answer at all
    took: list[float] = field(default_factory=list)
    tickets: set[str] = field(default_factory=set)

    @property
    def accepted(self) -> bool:
        """Was it promised to the sender that nothing will be lost?"""
        return any(200 <= status < 300 for status in self.statuses)


def stories(count: int, mark: str) -> list[Story]:
    """`count` reports, half by the API and half by SMS, each from a number and under a key of its own."""
    found, seal = [], hashlib.sha256(mark.encode()).hexdigest()
    for number in range(count):
        door = "api" if number % 2 else "sms"
        key = f"{mark}-{number}" if door == "api" else f"SM{seal[:24]}{number:08x}"
        phone = f"+62812{int(seal, 16) % 10_000:04d}{number:04d}"
        found.append(Story(door, key, phone, f"Jalan berlubang di {PLACES[number % 4]}, sudah dua bulan ({mark} {number})"))
    return found


def send(town: Town, story: Story) -> int:
    """Send once; the status, 0 without an answer."""
    began = time.monotonic()
    try:
        status = _by_api(town, story) if story.door == "api" else _by_sms(town, story)
    except OSError:  # refused, cut, timed out
        status = 0
    story.took.append(time.monotonic() - began)
    story.statuses.append(status)
    return status


def insist(town: Town, story: Story, *, twice: bool = False) -> None:
    """Send until it is accepted, as gateways do; `twice`: the answer was lost on the way, so once more."""
    limit = time.monotonic() + PATIENCE
    while not 200 <= (status := send(town, story)) < 300:
        assert status in (0, 500, 502, 503), f"{story.key}: {status}"
        assert time.monotonic() < limit, f"{story.key}: {story.statuses}"
        time.sleep(0.3)
    if twice:
        send(town, story)


class Crowd:
    """Many senders at once, at an even pace, until every story is accepted or told to hurry."""

    def __init__(self, town: Town, told: list[Story], *, senders: int = 5, seconds: float = 20.0) -> None:
        self._town, self._told, self._next = town, told, iter(told)
        self._pause = seconds * senders / max(len(told), 1)
        self._lock, self.faults = threading.Lock(), list[str]()
        self._threads = [threading.Thread(target=self._run, args=(seed,), daemon=True) for seed in range(senders)]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done()

    def done(self) -> None:
        """Wait for all; what a sender could not bear with is a fault."""
        for thread in self._threads:
            thread.join(PATIENCE + 30)
        assert not self.faults, self.faults

    def _run(self, seed: int) -> None:
        dice = random.Random(seed)
        while True:
            with self._lock:
                story = next(self._next, None)
            if story is None:
                return
            try:
                insist(self._town, story, twice=dice.random() < 0.2)
            except AssertionError as fault:
                self.faults.append(str(fault))
            time.sleep(self._pause * dice.uniform(0.5, 1.5))


def _by_api(town: Town, story: Story) -> int:
    body = json.dumps({"text": story.text, "phone": story.phone}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": story.key}
    try:
        with _OPENER.open(Request(f"{town.url}/api/v1/cases", body, headers), timeout=15) as answer:
            story.tickets.add(json.loads(answer.read())["ticket"])
            return int(answer.status)
    except HTTPError as refusal:
        return refusal.code


def _by_sms(town: Town, story: Story) -> int:
    return town.provider.post_sms(f"{town.url}/hooks/twilio/sms", story.phone, story.text, sid=story.key)[0]


def within(limit: float, call: Callable[[], object]) -> float:
    """How long a call took; it must not take longer."""
    began = time.monotonic()
    call()
    took = time.monotonic() - began
    assert took < limit, f"{took:.2f} s"
    return took
