"""Forks the processes of a house from one that has everything loaded, and forks again whoever dies."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import structlog

log = structlog.get_logger()
Role = Callable[[], None]
END_LIMIT = 8.0  # seconds between SIGTERM and SIGKILL
CALM = 60.0  # a branch that lived this long is forked again with the shortest delay
SHORTEST, LONGEST = 0.2, 30.0  # seconds before a dead branch is forked again; doubled at each death
_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_OURS = (*_STOP, signal.SIGCHLD)
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15  # linux/prctl.h


@dataclass
class Branch:
    """One child. `pid` is None while it is dead, `again_at` the monotonic time of its next start."""

    name: str
    role: Role
    pid: int | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float = 0.0


class Branches:
    """The children of one process, which must have no threads and no open connections."""

    def __init__(self, roles: dict[str, Role]) -> None:
        self._branches = [Branch(name, role) for name, role in roles.items()]
        self._stopping = False
        self._ear, self._bell = os.pipe()
        for end in (self._ear, self._bell):
            os.set_blocking(end, False)

    def tend(self) -> Role | None:
        """Keep every branch alive until SIGTERM or SIGINT, then end them all and return None.

        In a new child it returns at once, with what that child is to do: so nothing of the trunk is left on its stack.
        """
        for number in _OURS:
            signal.signal(number, self._heard)
        signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)
        while not self._stopping:
            self._reap()
            for branch in self._branches:
                if branch.pid is None and branch.again_at <= time.monotonic() and not self._stopping:
                    role = self._fork(branch)
                    if role is not None:
                        return role
            self._sleep(min((branch.again_at for branch in self._branches if branch.pid is None), default=None))
        self._end()
        return None

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self._stopping = self._stopping or number in _STOP

    def _sleep(self, until: float | None) -> None:
        """Until a signal comes (its number arrives in the pipe, so none is missed) or a dead branch is due."""
        select.select([self._ear], [], [], None if until is None else max(0.0, until - time.monotonic()))
        with contextlib.suppress(BlockingIOError):
            os.read(self._ear, 4096)

    def _fork(self, branch: Branch) -> Role | None:
        sys.stdout.flush()
        sys.stderr.flush()
        trunk = os.getpid()
        # blocked until the child has put away the trunk's handlers: a SIGTERM in between must end it, not be lost
        signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)
        branch.started = time.monotonic()
        branch.pid = os.fork()
        if branch.pid == 0:
            self._part()
            settle(branch.name, trunk)
            return branch.role
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
        log.info("trunk.branch", branch=branch.name, pid=branch.pid)
        return None

    def _part(self) -> None:
        signal.set_wakeup_fd(-1)
        os.close(self._ear)
        os.close(self._bell)

    def _reap(self) -> None:
        for branch in self._branches:
            if branch.pid is None:
                continue
            pid, status = os.waitpid(branch.pid, os.WNOHANG)
            if not pid:
                continue
            branch.pid = None
            if time.monotonic() - branch.started > CALM:
                branch.deaths = 0
            delay = min(SHORTEST * 2.0**branch.deaths, LONGEST)
            branch.deaths += 1
            branch.again_at = time.monotonic() + delay
            if not self._stopping:
                log.warning("trunk.branch_died", branch=branch.name, pid=pid, how=told(status), again_in=round(delay, 1))

    def _end(self) -> None:
        limit = time.monotonic() + END_LIMIT
        self._send(signal.SIGTERM)
        while self._alive() and time.monotonic() < limit:
            self._sleep(min(limit, time.monotonic() + 0.5))
            self._reap()
        if late := [branch.name for branch in self._alive()]:
            log.warning("trunk.killing", branches=" ".join(late))
            self._send(signal.SIGKILL)
        while self._alive():
            self._sleep(time.monotonic() + 0.05)
            self._reap()

    def _alive(self) -> list[Branch]:
        return [branch for branch in self._branches if branch.pid is not None]

    def _send(self, number: int) -> None:
        for branch in self._alive():
            if branch.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(branch.pid, number)


def settle(name: str, parent: int) -> None:
    """In a new child: signals as in a fresh process, a name for ps, and an end when the parent ends, however it ends."""
    for number in _OURS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    call_me(name)
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGTERM))
    if os.getppid() != parent:  # it died before we had asked to be told
        os._exit(1)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)


def call_me(name: str) -> None:
    """The process's name in ps and top (Linux only; at most 15 letters)."""
    if sys.platform == "linux":
        _prctl(_PR_SET_NAME, ctypes.c_char_p(f"ntbcare-{name}".encode()[:15]))


def _prctl(option: int, value: ctypes.c_ulong | ctypes.c_char_p) -> None:
    ctypes.CDLL(None).prctl(option, value, *[ctypes.c_ulong(0)] * 3)


def told(status: int) -> str:
    """How a process ended, from its wait status."""
    code = os.waitstatus_to_exitcode(status)
    return signal.Signals(-code).name if code < 0 else f"code {code}"
