"""Processor time and memory of whole process trees, read from /proc; reaped children are counted through their parents."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds


def _stats() -> dict[int, tuple[int, float]]:
    """pid → (parent, milliseconds used by itself and by children it has buried)."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            words = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we were reading
        found[int(name)] = (int(words[1]), sum(map(int, words[11:15])) * _TICK)
    return found


def tree(roots: Iterable[int], stats: dict[int, tuple[int, float]] | None = None) -> set[int]:
    """The given processes and all that descend from them."""
    stats = _stats() if stats is None else stats
    found = set(roots)
    while more := {pid for pid, (parent, _) in stats.items() if parent in found and pid not in found}:
        found |= more
    return found


def spent(groups: dict[str, list[int]]) -> dict[str, float]:
    """Milliseconds of processor time each group of process trees has used so far."""
    stats = _stats()
    return {name: sum(stats[pid][1] for pid in tree(roots, stats) if pid in stats) for name, roots in groups.items()}


def busy() -> tuple[float, float]:
    """(milliseconds all cores were busy, milliseconds there were) since the machine started."""
    words = [int(word) * _TICK for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = words[3] + words[4]
    return sum(words) - idle, sum(words)


def machine() -> dict[str, object]:
    """What one must know of the machine to read rates."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "?")
    return {"cores": os.cpu_count(), "processor": model, "load_average": [round(x, 2) for x in os.getloadavg()]}
