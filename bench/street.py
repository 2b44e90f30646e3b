"""The street measured: `python -m bench.street [--cases 1000] [--seconds 4] [--rounds 3]`, on scratch servers of its own.

Every provider's webhook beside the house's own API in turns (processor milliseconds of the whole stack, answers a second, p95,
each as a ratio to the API of the same run); then messages that leave by a provider who answers in 200 ms, and the memory of the
process that sends. Messenger and Instagram walk the door of WhatsApp; X, mail and the modem are asked and have no door.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import itertools
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench import driver, memory, prepare, processes, provider, scratch
from bench.words import Writer
from ntbcare.local.testhouse import servers

SECRET = "rahasia-rahasia-untuk-ukur"
APP_SECRET = "rahasia-aplikasi-meta"
MESSAGES = 400
_SETTINGS = {
    "TELEGRAM_TOKEN": "123456:ukur", "TELEGRAM_SECRET": SECRET, "KANNEL_URL": "http://127.0.0.1:9", "KANNEL_USER": "lapor",
    "KANNEL_PASSWORD": "rahasia", "KANNEL_SECRET": SECRET, "META_APP_SECRET": APP_SECRET, "META_VERIFY_TOKEN": "sandi", "META_TOKEN": "EAA",
    "WHATSAPP_NUMBER_ID": "106540352242922", "META_PAGE_ID": "1066", "META_API_URL": "http://127.0.0.1:9",
}  # fmt: skip


class Doors:
    """Endless requests for each door; every sender is new."""

    def __init__(self, places: list[tuple[str, str]]) -> None:
        self._writer, self._numbers = Writer(7, places), itertools.count(1)

    def _next(self) -> tuple[int, str]:
        return next(self._numbers), self._writer.report()[2]

    def api(self) -> Iterator[bytes]:
        """The ratio's one: the house's own API."""
        while True:
            number, text = self._next()
            yield driver.json_request("/api/v1/cases", {"text": text}, Idempotency_Key=f"street-{number}")

    def twilio(self) -> Iterator[bytes]:
        """Signed over the public address and every field."""
        while True:
            number, text = self._next()
            yield scratch.signed_sms(f"+62855{number:08d}", text, f"SM{number:032x}")

    def kannel(self) -> Iterator[bytes]:
        """A GET with the secret in the query."""
        while True:
            number, text = self._next()
            told = {"secret": SECRET, "from": f"+62856{number:08d}", "to": "1708", "text": text, "charset": "UTF-8", "coding": "0",
                    "id": f"k{number}", "at": "2026-11-22 02:00:00", "smsc": "X"}  # fmt: skip
            yield driver.request("GET", f"/hooks/kannel/sms?{urlencode(told)}")

    def telegram(self) -> Iterator[bytes]:
        """An update with the secret token."""
        while True:
            number, text = self._next()
            who = {"id": 10**9 + number, "type": "private", "first_name": "Aminah"}
            message = {"message_id": 1, "date": 1795312800, "chat": who, "from": {**who, "is_bot": False}, "text": text}
            yield driver.json_request("/hooks/telegram", {"update_id": number, "message": message}, X_Telegram_Bot_Api_Secret_Token=SECRET)

    def whatsapp(self) -> Iterator[bytes]:
        """A batch of one, signed over the raw body."""
        while True:
            number, text = self._next()
            message = {
                "from": f"62857{number:08d}",
                "id": f"wamid.{number}",
                "timestamp": "1795312800",
                "type": "text",
                "text": {"body": text},
            }
            value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "106540352242922"}, "messages": [message]}
            yield _signed(
                {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"value": value, "field": "messages"}]}]}
            )

    def comments(self) -> Iterator[bytes]:
        """Comments on a page that is only watched: they become candidates."""
        while True:
            number, text = self._next()
            value = {"item": "comment", "verb": "add", "comment_id": f"9_{number}", "post_id": "9_1", "created_time": 1795312800,
                     "message": text, "from": {"id": f"{number}", "name": "Aminah"}}  # fmt: skip
            yield _signed({"object": "page", "entry": [{"id": "9", "time": 1795312800, "changes": [{"field": "feed", "value": value}]}]})


def _signed(body: dict[str, object]) -> bytes:
    raw = json.dumps(body).encode()
    signature = hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
    return driver.request("POST", "/hooks/meta", raw, Content_Type="application/json", X_Hub_Signature_256=f"sha256={signature}")


def doors(house: scratch.House, places: list[tuple[str, str]], rounds: int, seconds: float) -> None:
    """The table of doors."""
    made = Doors(places)
    loads = {"API": made.api(), "Twilio": made.twilio(), "Kannel": made.kannel(), "Telegram": made.telegram(),
             "WhatsApp": made.whatsapp(), "page comments": made.comments()}  # fmt: skip
    cpu: dict[str, list[float]] = {name: [] for name in loads}
    rate: dict[str, list[float]] = {name: [] for name in loads}
    p95: dict[str, list[float]] = {name: [] for name in loads}
    for turn in range(rounds + 1):
        for name, requests in loads.items():
            before = processes.spent(house.groups)
            load = driver.run(house.port, requests, seconds if turn else 1.0)
            spent = sum(processes.spent(house.groups).values()) - sum(before.values())
            if load.wrong:
                raise SystemExit(f"{name}: {load.wrong} requests were not answered well: {load.last_wrong}")
            if turn:  # the first round only warms
                cpu[name].append(spent / len(load.times))
                rate[name].append(load.rate)
                p95[name].append(load.quantile(0.95))
        house.line.execute("UPDATE errands SET done_at = now() WHERE done_at IS NULL")
    print(f"\n{'door':16} {'cpu ms':>8} {'x API':>6} {'per s':>7} {'x API':>6} {'p95 ms':>8} {'x API':>6}")
    for name in loads:
        figures = [(statistics.median(row[name]), statistics.median(row["API"])) for row in (cpu, rate, p95)]
        print(f"{name:16} " + " ".join(f"{mine:{wide}.1f} {mine / api:6.2f}" for (mine, api), wide in zip(figures, (8, 7, 8), strict=True)))


def deliveries(house: scratch.House, slow: float) -> None:
    """Notices to MESSAGES people by a provider that answers after `slow` seconds."""
    line = driver.Line(house.port)
    for number in range(MESSAGES):
        line.ask(scratch.signed_sms(f"+62858{number:08d}", f"LAPOR lampu jalan mati nomor {number}", f"SMletter{number:026x}"))
    house.wake("work", "rounds")
    while house.waiting("triage"):
        time.sleep(0.1)
    house.sleep("work", "rounds")
    waiting = house.waiting("deliver")
    before, begun = sum(processes.spent(house.groups).values()), time.perf_counter()
    house.wake("post", "rounds")
    while house.waiting("deliver"):
        time.sleep(0.05)
    took, spent = time.perf_counter() - begun, sum(processes.spent(house.groups).values()) - before
    house.sleep("post", "rounds")
    print(f"\ndeliveries by a provider that answers in {1000 * slow:.0f} ms: {waiting} in {took:.1f} s = {waiting / took:.1f}/s, "
          f"one process; {spent / waiting:.1f} CPU-ms each")  # fmt: skip
    post = memory.weigh(house.groups["post"][0])
    print(
        f"memory of the sending worker after that: PSS {post.pss / memory.MIB:.0f} MiB, RSS {post.rss / memory.MIB:.0f} MiB, alone in its process"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.street", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--slow", type=float, default=0.2)
    given = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(_SETTINGS)
    print(f"{processes.machine()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="ntbcare-bench-") as scratched:
        folder = Path(scratched)
        twilio, port = provider.serve(given.slow)
        try:
            with servers(folder, keep=False, durable=True) as running:
                name = prepare.database(running, folder, given.cases)
                places = prepare.places(prepare.application(running, folder, name))
                house = scratch.House(running, name, folder, port)
                try:
                    doors(house, places, given.rounds, given.seconds)
                    deliveries(house, given.slow)
                finally:
                    house.close()
        finally:
            twilio.terminate()


if __name__ == "__main__":
    main()
