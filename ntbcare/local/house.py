"""Composes a whole running house on one machine: servers and the trunk of all our processes; what make run starts."""

import contextlib
import errno
import io
import os
import socket
import sys
import time

from ntbcare.local import lock, settings
from ntbcare.local.errors import Ended, LocalError, Refused
from ntbcare.local.minder import Minder
from ntbcare.local.places import CHECKOUT, Places, places
from ntbcare.local.postgres import Postgres
from ntbcare.local.processes import Child, Family, python, say
from ntbcare.local.signs import StopSign
from ntbcare.local.valkey import Valkey
from ntbcare.local.welcome import welcome

HEALTH_LIMIT = 90.0  # seconds from the first answer on the port until /health must have answered 200
PREPARE_LIMIT = 3600.0  # seconds until anybody answers at all: migrations of a large database come before

TRUNK = python("-m", "workers.trunk", "-c", str(CHECKOUT / "ntbcare/local/gunicorn_conf.py"))


def up() -> None:
    """Run the house until Ctrl-C or SIGTERM. Ends the process with code 1 and a sentence when it cannot start."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without our letters must not cost a line
    sign = StopSign()
    sign.install()
    try:
        port = settings.port_of(os.environ)
        at = places()
        held = lock.acquire(at, say, sign.nap)
    except LocalError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"DATA_DIR cannot be used: {error}.")
    except Ended:
        return
    minder = Minder(held)
    house = _House(at, port, minder, sign)
    failure = None
    try:
        house.open()
        house.watch_over()
    except LocalError as error:
        failure = str(error)
    except Ended:
        say("closing")
    finally:
        house.close()
        minder.dismiss()
        os.close(held)
    if failure:
        sys.exit(failure)
    say("closed; the data stay in " + str(at.data_dir))


class _House:
    def __init__(self, at: Places, port: int, minder: Minder, sign: StopSign):
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = port
        self._minder = minder
        self._sign = sign
        self._at = at
        # Real servers, when given, are used by the same code; then nothing embedded is started.
        self._postgres = None if os.environ.get("DATABASE_URL") else Postgres(at, say, self._nap)
        self._valkey = None if os.environ.get("REDIS_URL") else Valkey(at, say, self._nap)
        self._family = Family({}, CHECKOUT)
        self._family.wake_on(sign.wake)

    def open(self) -> None:
        """Start everything in order; raises LocalError or Ended, and leaves the tidying up to ``close``."""
        _refuse_taken_port(self.host, self.port)
        self._at.prepare()
        self._family.environment = settings.compose(os.environ, self._at, self.port)
        # Loading the application takes longer than starting the servers, so both are done at once; the trunk waits for the database.
        trunk = self._start("trunk", TRUNK)
        self._start_servers()
        self._await(trunk)
        self._welcome()

    def watch_over(self) -> None:
        """Pass on lines and start again whoever dies, until a signal comes (raises Ended)."""
        while True:
            self._nap(0.5)
            changed = self._family.revive()
            if (self._postgres and self._postgres.pid is None) or (self._valkey and self._valkey.pid is None):
                say("a server has died; starting it again")
                self._start_servers()
            elif changed:
                self._watch()

    def close(self) -> None:
        """Children first, then Valkey, then PostgreSQL: nobody loses the ground he stands on."""
        self._family.end()
        if self._valkey:
            self._valkey.stop()
        if self._postgres:
            self._postgres.stop()
        self._at.tidy()

    def _start_servers(self) -> None:
        if self._postgres and self._postgres.pid is None:
            self._postgres.start()
            self._postgres.ensure_database("ntbcare")
        if self._valkey and self._valkey.pid is None:
            self._valkey.start()
        self._watch()

    def _welcome(self) -> None:
        # Straight to the terminal, without a name before each line.
        with contextlib.suppress(OSError, ValueError):
            print(welcome(self._family.environment), flush=True)  # noqa: T201 - spoken to the person at the terminal

    def _nap(self, seconds: float) -> None:
        """Wait up to ``seconds`` while the children's lines pass; raises Ended when somebody wants us to end."""
        self._sign.check()
        self._family.pump(seconds)
        self._sign.check()

    def _start(self, name: str, words: list[str]) -> Child:
        child = self._family.start(name, words)
        self._watch()
        return child

    def _watch(self) -> None:
        children: list[tuple[str, int | None]] = [("TERM", pid) for pid in self._family.pids()]
        valkey = self._valkey.pid if self._valkey else None
        postgres = self._postgres.pid if self._postgres else None
        self._minder.watch(children, [("TERM", valkey)], [("INT", postgres)])

    def _await(self, trunk: Child) -> None:
        """Wait until /health answers 200. Refused when it does not within its limits, or when the trunk dies."""
        began = time.monotonic()
        limit = began + PREPARE_LIMIT
        answered = False
        while time.monotonic() < limit:
            self._nap(0.05)
            if trunk.process is None:
                raise Refused(f"The application ended (code {trunk.code}) before it answered; see the lines above.")
            status = self._health()
            if status == 200:
                return
            if status is not None and not answered:
                answered, limit = True, time.monotonic() + HEALTH_LIMIT
        raise Refused(f"The house did not become healthy in {time.monotonic() - began:.0f} s; see the lines above.")

    def _health(self) -> int | None:
        """The status GET /health answers, None when nobody does."""
        # By hand: http.client would bring TLS and mail parsing into a process that stays for months.
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        try:
            with socket.create_connection((host, self.port), timeout=2) as line:
                line.sendall(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return int(line.makefile("rb").readline(100).split()[1])
        except (OSError, ValueError, IndexError):
            return None


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused(f"Port {port} on {host} is taken by another program. Set PORT to a free one.") from None
        raise Refused(f"Cannot listen on {host}, PORT {port}: {error}.") from None
