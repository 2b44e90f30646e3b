"""Runs child processes: their lines with a name before them, restarted when they die, ended all together."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from ntbcare.local.residents import session_members

END_LIMIT = 10.0  # seconds between SIGTERM and SIGKILL
BACKOFF_LIMIT = 30.0
CALM = 60.0  # a child that lived this long starts again without delay


def say(sentence: str, name: str = "house") -> None:
    """Print one line for the person at the terminal; a terminal that is gone must not stop the tidying up."""
    with contextlib.suppress(OSError, ValueError):
        print(f"{name:<8}| {sentence}", flush=True)  # noqa: T201 - spoken to the person at the terminal


@dataclass
class Child:
    """One child process. ``process`` is None while it is dead, ``code`` how it last ended.

    ``again_at`` is the monotonic time of its next start; a child that runs ``once`` has none.
    """

    name: str
    words: list[str]
    once: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float | None = None
    code: int | None = None
    rest: bytes = field(default=b"", repr=False)


class Family:
    """Children of one supervisor. Single-threaded: call ``pump`` often. Lines are read without blocking."""

    def __init__(self, environment: dict[str, str], home: Path):
        """All children get ``environment`` and work in ``home``."""
        self.environment = environment
        self._home = home
        self._selector = selectors.DefaultSelector()
        self.children: list[Child] = []

    def wake_on(self, descriptor: int) -> None:
        """Let ``pump`` return early when ``descriptor`` becomes readable."""
        self._selector.register(descriptor, selectors.EVENT_READ, None)

    def start(self, name: str, words: list[str], once: bool = False) -> Child:
        """Start a child that shall keep running, or run ``once``."""
        child = Child(name, words, once)
        self.children.append(child)
        self._launch(child)
        return child

    def pids(self) -> list[int]:
        """Pids of the children that have not been reaped."""
        return [child.process.pid for child in self.children if child.process]

    def pump(self, seconds: float) -> None:
        """Pass on what children print for up to ``seconds``, and note who has died."""
        for key, _ in self._selector.select(seconds):
            if key.data is not None:
                self._read(key.data)
        for child in self.children:
            if child.process and child.process.poll() is not None:
                self._note_death(child)

    def revive(self) -> bool:
        """Start again whoever is dead and has waited long enough; True when somebody was started."""
        now = time.monotonic()
        due = [child for child in self.children if child.again_at is not None and child.again_at <= now]
        for child in due:
            say(f"starting {child.name} again")
            self._launch(child)
        return bool(due)

    def end(self) -> None:
        """SIGTERM to all, wait, SIGKILL to the process groups of those that stay."""
        for child in self.children:
            child.again_at = None
            if child.process and child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        limit = time.monotonic() + END_LIMIT
        while any(child.process and child.process.poll() is None for child in self.children):
            if time.monotonic() > limit:
                break
            for key, _ in self._selector.select(0.05):
                if key.data is not None:
                    self._read(key.data)
                elif key.fd is not None:
                    self._selector.unregister(key.fd)  # a second Ctrl-C: we are on it already
        for child in self.children:
            self._bury(child)

    def _launch(self, child: Child) -> None:
        child.again_at = None
        child.started = time.monotonic()
        # A session of its own: a Ctrl-C in the terminal reaches only us, and we choose the order of ending.
        child.process = subprocess.Popen(
            child.words,
            env=self.environment,
            cwd=self._home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _read(self, child: Child) -> None:
        assert child.process is not None and child.process.stdout is not None
        try:
            chunk = os.read(child.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return
        if not chunk:
            self._selector.unregister(child.process.stdout)
            child.process.stdout.close()
        *lines, child.rest = (child.rest + chunk).split(b"\n")
        if child.rest and (not chunk or len(child.rest) > 65536):
            lines.append(child.rest)
            child.rest = b""
        for line in lines:
            say(line.decode(errors="replace").rstrip(), child.name)

    def _note_death(self, child: Child) -> None:
        assert child.process is not None
        child.code = child.process.returncode
        self._bury(child)
        if child.once:
            return
        if time.monotonic() - child.started > CALM:
            child.deaths = 0
        child.again_at = time.monotonic() + min(2.0**child.deaths, BACKOFF_LIMIT)
        child.deaths += 1
        say(f"{child.name} {_how(child.code)}")

    def _bury(self, child: Child) -> None:
        """End what is left of a child and of those it started, and pass on its last words."""
        if child.process is None:
            return
        # The session, not only the group: RQ gives the process that runs a job a group of its own.
        for pid in session_members(child.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        # The whole group may be gone; macOS says EPERM for a group of zombies.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        while child.process.stdout and not child.process.stdout.closed:
            self._read_rest(child)
        child.process = None

    def _read_rest(self, child: Child) -> None:
        assert child.process is not None and child.process.stdout is not None
        stream = child.process.stdout
        self._read(child)
        if not stream.closed and not _readable(stream.fileno()):
            # A grandchild that left the group may hold the pipe; its words are not worth waiting for.
            self._selector.unregister(stream)
            stream.close()


def _readable(descriptor: int) -> bool:
    """Whether ``descriptor`` can be read without waiting."""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        return bool(selector.select(0))


def python(*words: str) -> list[str]:
    """The command line of this interpreter with ``words``."""
    return [sys.executable, *words]


def _how(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
