"""A scratch house in production settings: databases that are migrated, seeded and filled, and the real processes on one of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from redis import Redis

from bench import driver, memory
from ntbcare.local.testhouse import Servers

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "kata sandi untuk pengukuran"
OFFICER = "bagus@ntbcare.example"
COORDINATOR = "citra@ntbcare.example"  # of the whole province
PUBLIC_URL = "https://care.example"
TOKEN = "0123456789abcdef0123456789abcdef"
_GUNICORN = [sys.executable, "-m", "gunicorn", "-c"]
_WEB = [*_GUNICORN, "ntbcare/local/gunicorn_conf.py", "wsgi:app"]
_FLOOR = [*_GUNICORN, "bench/floor_conf.py", "bench.floor:app"]
# apart from each other and from the web, so that each one's processor time can be read alone
_REST = {
    "work": [sys.executable, "-m", "workers.boot", "work"],
    "post": [sys.executable, "-m", "workers.boot", "post"],
    "rounds": [sys.executable, "-m", "workers.rounds"],
}


def environment(servers: Servers, database: str, folder: Path, port: int, twilio: int) -> dict[str, str]:
    """Settings of a production house on one database."""
    return {
        **os.environ, "DATABASE_URL": servers.database_url(database), "REDIS_URL": servers.redis_url, "SECRET_KEY": "s" * 40, "PIN_KEY": "p" * 40,
        "NTBCARE_ENV": "production", "PUBLIC_URL": PUBLIC_URL, "DATA_DIR": str(folder), "PORT": str(port), "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_ACCOUNT_SID": "AC" + TOKEN, "TWILIO_FROM": "+15005550006", "TWILIO_API_URL": f"http://127.0.0.1:{twilio}",
        "FLOOR_DATABASE": plain(servers, database), "PYTHONPATH": str(ROOT),
    }  # fmt: skip


def plain(servers: Servers, database: str) -> str:
    """The address of a database for psycopg itself."""
    return servers.database_url(database).replace("+psycopg", "")


def idle_memory(servers: Servers, database: str, folder: Path, twilio: int) -> float:
    """MiB (PSS) of a house as `make run` starts it, without PostgreSQL, once every process has done something."""
    port = free_port()
    words = [sys.executable, "-m", "workers.trunk", "-c", "ntbcare/local/gunicorn_conf.py"]
    told = environment(servers, database, folder, port, twilio)
    with open(folder / "trunk.log", "ab") as log:
        trunk = subprocess.Popen(words, env=told, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        await_answer(port, "/health")
        report = [driver.json_request("/api/v1/cases", {"text": "Lampu jalan mati"}, Idempotency_Key=f"memory-{n}") for n in range(200)]
        driver.run(port, iter(report), 5)
        time.sleep(5)
        found = memory.family(trunk.pid) + memory.family(servers.valkey.pid or 0)
        return sum(process.pss for process in found if not process.database) / memory.MIB
    finally:
        trunk.terminate()
        trunk.wait(20)


def await_answer(port: int, path: str) -> None:
    """Wait until somebody answers 200."""
    for _ in range(600):
        try:
            if driver.Line(port).ask(driver.request("GET", path))[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("The house did not open; see its log with --keep")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def signed_sms(sender: str, body: str, sid: str) -> bytes:
    """An SMS as Twilio delivers it, signed after the published recipe."""
    form = {"MessageSid": sid, "From": sender, "To": "+15005550006", "Body": body, "NumMedia": "0"}
    text = f"{PUBLIC_URL}/hooks/twilio/sms" + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return driver.form_request("/hooks/twilio/sms", form, X_Twilio_Signature=signature)


class House:
    """Web, floor, both lanes and the rounds as processes of their own; lanes and rounds stand still until `wake`."""

    def __init__(self, servers: Servers, database: str, folder: Path, twilio: int) -> None:
        self.servers, self.database = servers, database
        self.port, self.floor_port = free_port(), free_port()
        Redis.from_url(servers.redis_url).flushall()
        self.log = open(folder / f"{database}.log", "ab")  # noqa: SIM115 - lives as long as the house
        told = environment(servers, database, folder, self.port, twilio)
        self._children = {"web": self._start(_WEB, told), "floor": self._start(_FLOOR, {**told, "PORT": str(self.floor_port)})}
        for port, path in ((self.port, "/health"), (self.floor_port, "/")):
            await_answer(port, path)
        self._children |= {name: self._start(words, told) for name, words in _REST.items()}
        self.line = psycopg.connect(plain(servers, database), autocommit=True)
        time.sleep(4)
        self.sleep(*_REST)

    def _start(self, words: list[str], told: dict[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            words, env=told, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True
        )

    @property
    def groups(self) -> dict[str, list[int]]:
        """Process trees by name."""
        children = {name: [child.pid] for name, child in self._children.items()}
        servers = {"postgres": [self.servers.postgres.pid or 0], "valkey": [self.servers.valkey.pid or 0]}
        return {**children, **servers}

    def sleep(self, *names: str) -> None:
        """Let processes stand still, so that what they do is measured apart."""
        for name in names:
            self._children[name].send_signal(signal.SIGSTOP)

    def wake(self, *names: str) -> None:
        """Let them go on."""
        for name in names:
            self._children[name].send_signal(signal.SIGCONT)

    def waiting(self, kind: str) -> int:
        """Open errands of one kind."""
        query = "SELECT count(*) FROM errands WHERE kind = %s AND lane <> 'floor' AND done_at IS NULL AND dead_at IS NULL"
        return int(self.line.execute(query, (kind,)).fetchone()[0])  # type: ignore[index]

    def sign_in(self, who: str = OFFICER) -> str:
        """The session cookie of an officer."""
        line = driver.Line(self.port)
        _, head, body = line.ask(driver.request("GET", "/masuk"))
        token = re.search(rb'name="csrf_token" value="([^"]+)"', body)
        assert token is not None, "the sign-in page has no token"
        form = {"email": who, "password": PASSWORD, "csrf_token": token.group(1).decode()}
        status, head, _ = line.ask(driver.form_request("/masuk", form, Cookie=_cookie(head)))
        assert status == 303, f"signing in was answered {status}"
        return _cookie(head)

    def close(self) -> None:
        """End every process, web first."""
        self.line.close()
        for child in self._children.values():
            child.send_signal(signal.SIGCONT)
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.log.close()


def _cookie(head: bytes) -> str:
    found = re.findall(rb"set-cookie: ([^;\r]+)", head, re.IGNORECASE)
    return "; ".join(one.decode() for one in found)
