"""Tells which processes are servers of a given folder, whatever a stale pid file claims."""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def residents(program: str, home: Path, mark: str = "") -> list[int]:
    """Pids of live processes of ``program`` that work in ``home``, or whose command line holds home or ``mark``.

    A pid file proves nothing: its number may belong to a zombie or, after a restart, to a stranger.
    """
    marks = [text for text in (str(home), mark) if text]
    if Path("/proc/self/cwd").exists():
        found = (int(entry) for entry in os.listdir("/proc") if entry.isdigit())
        return [pid for pid in found if pid != os.getpid() and _lives_in(pid, program, home, marks)]
    listing = subprocess.run(["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=False)
    rows = (line.strip().partition(" ") for line in listing.stdout.splitlines())
    return [int(pid) for pid, _, command in rows if _named(command, program) and any(m in command for m in marks)]


def alive(pid: int) -> bool:
    """Whether a process with this pid exists and is no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return not Path("/proc/self").exists()
    return state != "Z"


def end(pids: list[int], signals: list[tuple[int, float]], nap: Callable[[float], None] = time.sleep) -> list[int]:
    """Send each (signal, patience in seconds) in turn until no pid is alive; returns those that still are."""
    left = [pid for pid in pids if alive(pid)]
    for number, patience in signals:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        limit = time.monotonic() + patience
        while left and time.monotonic() < limit:
            nap(0.02)
            left = [pid for pid in left if alive(pid)]
        if not left:
            break
    return left


def session_members(session: int) -> list[int]:
    """Live pids of the session that process ``session`` leads or led; [] where there is no /proc."""
    found = []
    for entry in os.listdir("/proc") if Path("/proc/self").exists() else []:
        if entry.isdigit():
            try:
                facts = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(facts[3]) == session and facts[0] != "Z":
                found.append(int(entry))
    return found


def _lives_in(pid: int, program: str, home: Path, marks: list[str]) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return False
    if not _named(command, program):
        return False
    if any(mark in command for mark in marks):
        return True
    try:  # a backend's title names no folder, but it works in it
        return os.readlink(f"/proc/{pid}/cwd") == str(home.resolve())
    except OSError:  # gone meanwhile, a zombie, or not ours to look at
        return False


def _named(command: str, program: str) -> bool:
    # "/…/bin/postgres -D …", and titles servers give themselves: "postgres: checkpointer", "valkey-server unix…"
    first = command.split(" ", 1)[0].rstrip(":")
    return first.rsplit("/", 1)[-1] == program
