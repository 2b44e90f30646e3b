"""Memory of a running house: `python -m bench.memory [DATA_DIR or pid]` prints PSS and RSS per process and the sums.

PSS shares a page among the processes that hold it, so its sum is what the house really takes; RSS counts it every time.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MIB = 1024


@dataclass(frozen=True)
class Process:
    """One process; sizes in KiB."""

    pid: int
    depth: int
    name: str
    pss: int
    rss: int
    private: int

    @property
    def database(self) -> bool:
        """Is it PostgreSQL's?"""
        return self.name == "postgres"


def house_pid(given: str) -> int:
    """The pid itself, or who holds the lock of a DATA_DIR."""
    if given.isdigit():
        return int(given)
    try:
        return int((ROOT / given / "house.lock").read_text().strip())
    except (OSError, ValueError):
        sys.exit(f"No house runs on {given}: there is no house.lock with a pid in it.")


def family(root: int) -> list[Process]:
    """`root` and everything below it, parents before children; who ends meanwhile is left out."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parent = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry))
    found: list[Process] = []

    def visit(pid: int, depth: int) -> None:
        try:
            found.append(weigh(pid, depth))
        except OSError:
            return
        for child in sorted(children.get(pid, ())):
            visit(child, depth + 1)

    visit(root, 0)
    return found


def weigh(pid: int, depth: int = 0) -> Process:
    """The sizes of one process. Raises OSError when it has ended or is not ours to look at."""
    sizes: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        sizes[name] = int(rest.split()[0])
    private = sizes["Private_Clean"] + sizes["Private_Dirty"]
    return Process(pid, depth, Path(f"/proc/{pid}/comm").read_text().strip(), sizes["Pss"], sizes["Rss"], private)


def main() -> None:
    """Print the table."""
    found = family(house_pid(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("DATA_DIR") or "instance"))
    if not found:
        sys.exit("That process does not run, or is not ours to look at.")
    ours = [process for process in found if not process.database]
    databases = [process for process in found if process.database]
    print(f"{'process':32} {'pid':>8} {'PSS MiB':>9} {'RSS MiB':>9} {'private':>9}")
    for process in ours:
        print(f"{'  ' * process.depth + process.name:32} {process.pid:8} {_row([process])}")
    if databases:
        print(f"{f'postgres, {len(databases)} processes':32} {'':8} {_row(databases)}")
    print(f"{'sum without PostgreSQL':32} {'':8} {_row(ours)}")
    print(f"{'sum with PostgreSQL':32} {'':8} {_row(found)}")


def _row(processes: list[Process]) -> str:
    sums = (sum(p.pss for p in processes), sum(p.rss for p in processes), sum(p.private for p in processes))
    return " ".join(f"{size / MIB:9.1f}" for size in sums)


if __name__ == "__main__":
    main()
