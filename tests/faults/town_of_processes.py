"""A town of real processes: web, two workers and the rounds on servers of their own, each of which may be killed at any moment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import psycopg
import redis

from ntbcare.local import binaries
from ntbcare.local.minder import Minder
from ntbcare.local.testhouse import Servers
from tests.counterparts.twilio_api import ACCOUNT_SID, AUTH_TOKEN, SENDER, Mood, TwilioApi

CHECKOUT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "web": ["-m", "gunicorn", "-c", "ntbcare/local/gunicorn_conf.py", "wsgi:app"],
    "work": ["-m", "workers.boot", "work"],
    "post": ["-m", "workers.boot", "post"],
    "rounds": ["-m", "workers.rounds"],
}
STARTED = {"work": "worker.ready", "post": "worker.ready", "rounds": "rounds.walking"}  # what their log says once they are at work
START_LIMIT = 60.0
# these tests run by the real clock, and their reports are alike by their making only
_NO_MANNERS = """UPDATE deployment SET facts = jsonb_set(jsonb_set(jsonb_set(facts, '{street,quiet_from}', '"00:00"'), '{street,quiet_to}', '"00:00"'),
                 '{likeness,offer}', '2')"""
_OPENER = build_opener(ProxyHandler({}))


class Provider(TwilioApi):
    """Twilio on loopback that can be away altogether, broken, or take a message and keep its answer to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: int = 0  # an HTTP status for every request while set
        self.hold = threading.Event()  # set: answers leave at once
        self.hold.set()
        self.taken = threading.Event()  # set when a message was taken while answers were held back

    def take(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """As Twilio, with the faults of the moment."""
        if self.broken:
            return self.broken, {"code": 20500, "message": "An internal server error has occurred", "status": self.broken}
        answer = super().take(form)
        if not self.hold.is_set():
            self.taken.set()
            self.hold.wait(30)
        return answer

    def away(self) -> None:
        """Nobody listens any more; a line that was kept is cut at its next use."""
        self._server.shutdown()
        self._server.server_close()
        self.moods.append(Mood(hang_up=True))

    def back(self) -> None:
        """Listens again, at the same address."""
        self.moods.clear()
        self._server = type(self._server)(self._server.server_address, self._server.RequestHandlerClass)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def to(self, number: str) -> list[str]:
        """The words this number was sent, in order."""
        return [form["Body"] for form in list(self.messages) if form["To"] == number]


class Child:
    """One process of the house. Its lines go to a file of its own."""

    def __init__(self, name: str, words: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self._words, self._environment, self.log = name, [sys.executable, *words], environment, log
        self._process: subprocess.Popen[bytes] | None = None
        self._log_from = 0

    @property
    def pid(self) -> int | None:
        """None while it is dead."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def code(self) -> int | None:
        """How it ended; None while it lives."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start it unless it runs; does not wait."""
        if self.pid is None:
            with self.log.open("ab") as out:
                self._log_from = out.tell()
                own = {"env": self._environment, "cwd": CHECKOUT, "start_new_session": True}
                self._process = subprocess.Popen(self._words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **own)

    def said(self) -> str:
        """What it has printed since its last start."""
        return self.log.read_bytes()[self._log_from :].decode(errors="replace")

    def signal(self, number: int) -> None:
        """Send a signal to it, and only to it."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """kill -9 of the process and all it started; returns when they are gone."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def end(self) -> int:
        """SIGTERM, as a supervisor does; the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(20)


class Town:
    """The processes, the servers below them, the provider beside them, and plain SQL to look with."""

    def __init__(self, servers: Servers, database: str, provider: Provider, folder: Path) -> None:
        self.servers, self.provider = servers, provider
        self.dsn = servers.database_url(database).replace("+psycopg", "")
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": servers.database_url(database), "REDIS_URL": servers.redis_url, "SECRET_KEY": "s" * 40, "PIN_KEY": "p" * 40,
            "PORT": str(self.port), "PUBLIC_URL": self.url, "NTBCARE_ENV": "development", "DATA_DIR": str(folder),
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN, "TWILIO_FROM": SENDER, "TWILIO_API_URL": provider.url,
        }  # fmt: skip
        self._folder = folder
        self._fd = os.open(os.devnull, os.O_RDONLY)
        self._minder = Minder(self._fd)
        self._children: dict[str, Child] = {}

    def __getitem__(self, name: str) -> Child:
        return self._children[name]

    def add(self, name: str, kind: str) -> Child:
        """One more process of a kind (web, work, post, rounds); not started yet."""
        named = self.environment | {"DATABASE_URL": f"{self.environment['DATABASE_URL']}&application_name={name}"}
        self._children[name] = Child(name, COMMANDS[kind], named, self._folder / f"{name}.log")
        return self._children[name]

    def start(self, *names: str, wait: bool = True) -> None:
        """Start what does not run, all at once, and wait until each is at work."""
        for name in names:
            self._children[name].start()
        self._minder.watch([("KILL", child.pid) for child in self._children.values()])
        for name in names if wait else ():
            until(lambda name=name: self._at_work(name), START_LIMIT, f"{name} is at work")

    def healed(self) -> None:
        """Every server and every process runs; the provider is well."""
        self.provider.broken = 0
        self.provider.moods.clear()
        self.provider.hold.set()
        self.servers.start_postgres()
        self.servers.start_redis()
        self.start(*COMMANDS)

    def end(self) -> None:
        """Leave nothing behind."""
        for child in self._children.values():
            child.kill()
        self._minder.dismiss()
        os.close(self._fd)

    def sql(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """Rows, straight from the database, past all our code."""
        with psycopg.connect(self.dsn, autocommit=True) as line:
            found = line.execute(query, values)
            return found.fetchall() if found.description else []

    def one(self, query: str, **values: object) -> Any:
        """The first column of the first row."""
        return self.sql(query, **values)[0][0]

    def redis(self) -> redis.Redis:
        """A connection of the observer's own."""
        return redis.Redis.from_url(self.servers.redis_url)

    def quiet(self, limit: float) -> None:
        """Wait until no errand is open and none was lost on the way."""
        until(lambda: not self.open_errands(), limit, lambda: f"no errand is open: {self.open_errands()}")

    def open_errands(self) -> list[tuple[Any, ...]]:
        """Work not done yet (an errand that shall begin later, a poll or the end of a wait for somebody's word, is not due)."""
        return self.sql("""SELECT id, kind, subject_id, attempts, not_before, lease_until, last_error FROM errands
                           WHERE done_at IS NULL AND dead_at IS NULL AND kind NOT IN ('poll', 'route') ORDER BY id""")

    def kill_in_mid_errand(self, name: str, lane: str, limit: float = 15) -> list[int]:
        """kill -9 a worker at a moment at which it holds errands; the ids it held.

        It is frozen first and killed only when a look into the ledger shows that it holds something.
        """
        held: list[int] = []

        def caught() -> bool:
            if not self.held(lane):
                return False
            self[name].signal(signal.SIGSTOP)
            held[:] = self.held(lane)
            if not held:
                self[name].signal(signal.SIGCONT)
            return bool(held)

        until(caught, limit, f"{name} holds an errand", every=0.002)
        self[name].kill()
        return held

    def lapse(self, errands: list[int]) -> None:
        """Let the leases of a dead worker end now: a minute of waiting that proves nothing more."""
        self.sql("UPDATE errands SET lease_until = now() WHERE id = ANY(%(ids)s) AND done_at IS NULL AND lease_until > now()", ids=errands)

    def held(self, lane: str) -> list[int]:
        """Errands that are lent to a worker of this lane at this moment."""
        query = "SELECT id FROM errands WHERE lane = %(lane)s AND done_at IS NULL AND dead_at IS NULL AND lease_until > now() ORDER BY id"
        return [row[0] for row in self.sql(query, lane=lane)]

    def _at_work(self, name: str) -> bool:
        child = self._children[name]
        assert child.pid is not None, f"{name} ended with code {child.code}:\n{child.said()[-2000:]}"
        return self.health() == 200 if name == "web" else STARTED[name] in child.said()

    def health(self) -> int:
        """The status of GET /health; 0 when nobody answers."""
        try:
            with _OPENER.open(f"{self.url}/health", timeout=5) as answer:
                return int(answer.status)
        except OSError as error:
            return int(getattr(error, "code", 0))


def until(true: Callable[[], object], limit: float, what: str | Callable[[], str], every: float = 0.05) -> float:
    """Wait until something is true and say how long it took; after `limit` seconds the test fails."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < limit, f"not within {limit:.0f} s: {what() if callable(what) else what}"
        time.sleep(every)
    return time.monotonic() - began


@contextmanager
def town_of_processes(servers: Servers, model: Servers, template: str, folder: Path) -> Iterator[Town]:
    """A town on `servers`, whose database is a copy of `template` on the servers `model`."""
    database = f"faults_{os.getpid()}"
    servers.create_database(database)
    source, target = (one.replace("+psycopg", "") for one in (model.database_url(template), servers.database_url(database)))
    programs = binaries.postgres_home(servers.places.identity) / "bin"
    dump = subprocess.run([programs / "pg_dump", "--no-owner", source], capture_output=True, check=True, cwd="/")
    words = [programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", target]
    subprocess.run(words, input=dump.stdout, stdout=subprocess.DEVNULL, check=True, cwd="/")
    with Provider() as provider:
        town = Town(servers, database, provider, folder)
        town.sql(_NO_MANNERS)  # what is lost or doubled must not depend on the hour
        try:
            for kind in COMMANDS:
                town.add(kind, kind)
            yield town
        finally:
            provider.hold.set()
            town.end()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
