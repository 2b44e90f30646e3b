"""Keeps one embedded Valkey on a unix socket: append-only file each second, nothing ever evicted."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable

from ntbcare.local import binaries
from ntbcare.local.errors import Ended, ServerFailed
from ntbcare.local.places import Places
from ntbcare.local.residents import end, residents

LOAD_LIMIT = 60.0  # seconds to read a large append-only file
PROGRAM = "valkey-server"


class Valkey:
    """The Valkey of one house, a direct child of ours. Losing it loses nothing: it is only the doorbell."""

    def __init__(self, places: Places, say: Callable[[str], None] = print, nap: Callable[[float], None] = time.sleep):
        """``say`` gets sentences for the terminal; ``nap`` sleeps and may raise Ended."""
        self.places = places
        self._say = say
        self._nap = nap
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's pid, or None when it does not run under us."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Bring the server up and wait until it answers PING. Raises ServerFailed with the end of its log."""
        self.places.prepare()
        self._clear_the_way()
        self._launch()
        try:
            self._wait()
        except Ended:
            self.stop()
            raise

    def stop(self) -> None:
        """Ask it to write and end; end it harder after ten seconds."""
        if self.pid is not None and self._process is not None:
            end([self._process.pid], [(signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)])
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """SIGKILL the server; at most the last second of writes is gone."""
        if self.pid is not None and self._process is not None:
            self._process.kill()
            self._process.wait()

    def _clear_the_way(self) -> None:
        # Two servers on one append-only file would ruin it, and Valkey itself does not look.
        orphans = residents(PROGRAM, self.places.valkey_data, mark=str(self.places.valkey_socket))
        if orphans:
            self._say("Valkey: ending the server an earlier run left behind")
            if end(orphans, [(signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)], self._nap):
                raise ServerFailed(f"Processes {orphans} still hold {self.places.valkey_data} and do not end.")
        self.places.valkey_socket.unlink(missing_ok=True)

    def _launch(self) -> None:
        settings = {
            "port": "0",
            "unixsocket": str(self.places.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.places.valkey_data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        words = [str(binaries.valkey_server())]
        for key, value in settings.items():
            words += [f"--{key}", value]
        log = self.places.valkey_data / "valkey.log"
        if log.exists() and log.stat().st_size > 10_000_000:
            log.replace(log.with_suffix(".log.1"))
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(descriptor, "ab") as out:
            # A session of its own: the terminal's Ctrl-C reaches us, and we end the servers last.
            self._process = subprocess.Popen(
                words, cwd="/", umask=0o077, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )

    def _wait(self) -> None:
        limit = time.monotonic() + LOAD_LIMIT
        while not self._answers():
            if self.pid is None or time.monotonic() > limit:
                log = self.places.valkey_data / "valkey.log"
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
                self.stop()
                raise ServerFailed(f"Valkey did not start. Its log {log} ends:\n{tail}")
            self._nap(0.02)

    def _answers(self) -> bool:
        # While it loads, Valkey answers PING with -LOADING.
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2.0)
            try:
                line.connect(str(self.places.valkey_socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False
