"""Forked processes: whoever dies is forked again, and however the trunk ends, nobody is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ntbcare.local.places import CHECKOUT
from ntbcare.local.residents import alive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc, and only Linux tells a child that its parent died")

# Each child writes a line "name pid" to the file, then lives as its name says.
SCRIPT = """
import os, signal, sys, time
from workers import branches
branches.END_LIMIT, branches.SHORTEST = 1.0, 0.05
def child(name):
    def role():
        if name == "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with open(sys.argv[1], "a") as out:
            print(name, os.getpid(), signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, file=out)
        if name == "brief":
            sys.exit(3)
        time.sleep(60)
    return role
role = branches.Branches({name: child(name) for name in sys.argv[2:]}).tend()
if role:
    role()
print("the trunk ended in order" if role is None else "a child ended in order", flush=True)
"""


class Tree:
    """A trunk with idle children, and what they wrote."""

    def __init__(self, book: Path, *names: str) -> None:
        self.book = book
        book.touch()
        words = [sys.executable, "-c", SCRIPT, str(book), *names]
        self.process = subprocess.Popen(words, cwd=CHECKOUT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def lives(self, name: str) -> list[int]:
        """Pids of every life of a child so far."""
        rows = [line.split() for line in self.book.read_text().splitlines()]
        return [int(row[1]) for row in rows if row[0] == name and len(row) == 3]


def until(holds: Callable[[], object], seconds: float = 15.0) -> bool:
    """Wait until it holds; False when it never did."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if holds():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Callable[..., Tree]]:
    """Start trunks; whatever a failed test leaves is ended."""
    trees: list[Tree] = []

    def start(*names: str) -> Tree:
        trees.append(Tree(tmp_path / f"book{len(trees)}", *names))
        assert until(lambda: all(trees[-1].lives(name) for name in names)), names
        return trees[-1]

    yield start
    for tree in trees:
        tree.process.kill()
        tree.process.wait()
        for line in tree.book.read_text().splitlines():
            if alive(int(line.split()[1])):
                os.kill(int(line.split()[1]), signal.SIGKILL)


def test_a_killed_child_is_forked_again_and_its_siblings_stay(plant: Callable[..., Tree]) -> None:
    tree = plant("web", "work")
    os.kill(tree.lives("work")[0], signal.SIGKILL)
    assert until(lambda: len(tree.lives("work")) == 2)
    assert len(tree.lives("web")) == 1 and alive(tree.lives("web")[0])


def test_a_child_that_dies_at_once_is_forked_ever_more_slowly_and_each_death_is_said(plant: Callable[..., Tree]) -> None:
    tree = plant("brief")
    assert until(lambda: len(tree.lives("brief")) == 4)
    time.sleep(0.3)
    assert len(tree.lives("brief")) <= 5
    tree.process.terminate()
    told = tree.process.communicate(timeout=10)[0]
    assert told.count("code 3") >= 4


def test_sigterm_ends_the_children_and_then_the_trunk_in_order(plant: Callable[..., Tree]) -> None:
    tree = plant("web", "work")
    pids = tree.lives("web") + tree.lives("work")
    tree.process.terminate()
    assert "the trunk ended in order" in tree.process.communicate(timeout=10)[0]
    assert tree.process.returncode == 0 and not any(alive(pid) for pid in pids)


def test_a_child_that_ignores_sigterm_is_killed(plant: Callable[..., Tree]) -> None:
    tree = plant("stubborn")
    tree.process.terminate()
    assert tree.process.wait(10) == 0
    assert not alive(tree.lives("stubborn")[0])


def test_kill_9_of_the_trunk_leaves_no_orphans(plant: Callable[..., Tree]) -> None:
    tree = plant("web", "work")
    tree.process.kill()
    assert until(lambda: not any(alive(pid) for pid in tree.lives("web") + tree.lives("work")), 5)


def test_a_child_has_the_signals_of_a_fresh_process_and_a_name_of_its_own(plant: Callable[..., Tree]) -> None:
    tree = plant("web")
    assert "True" in tree.book.read_text()
    assert Path(f"/proc/{tree.lives('web')[0]}/comm").read_text().strip() == "ntbcare-web"
