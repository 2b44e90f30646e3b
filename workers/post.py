"""The post: a few hands for every road, so that a provider who hangs keeps only its own hands busy, never another's."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

from flask import Flask

from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands
from ntbcare.records.errands import Claim
from workers import boot

HANDS = 10  # messages under way on one road at once, in one process; the next of the same person waits for the one before
MOST_HANDS = 40  # threads of one process; each needs a database connection only for the moments around its call
RESERVE = 12  # of these, kept for roads that have none busy: as many hands as a gateway that hangs on all its roads leaves over
PARTING = 5.0  # seconds a process that is told to end waits for hands that are still busy; their leases end by themselves
_NEXT_LOOK = 0.5  # seconds until roads that have free hands are looked at again while others are busy


def drain(one: Callable[[Claim], None], longest: float) -> int:
    """Do what is due on every road until nothing is and every hand is empty, or until `longest` seconds are over.

    Then hands that are still busy stay so, and the next call finds them: a road that hangs must not stop the others from being
    looked at. Returns how many errands ended meanwhile. Raises what even the noting of a failure could not survive.
    """
    hands, count, until = _hands(), 0, time.monotonic() + longest
    while time.monotonic() < until and not boot.ending.is_set():
        hands.lend(one)
        ended = hands.ended(_NEXT_LOOK)
        count += ended
        if not ended and not hands.under_way():
            break
    return count


def under_way() -> bool:
    """Is a hand of this process busy?"""
    return _hands().under_way()


def part() -> None:
    """The process ends: wait a little for what is in hand. What hangs longer is cut off, and somebody does it once its lease is over."""
    _hands().rest(PARTING)


def shares(due: Sequence[str], busy: Counter[str]) -> Counter[str]:
    """Road → how many more hands it may have: nobody gets a second before everybody has one, nobody a third before …

    A road's first hand may come from the reserve; no other may.
    """
    more: Counter[str] = Counter()
    free = MOST_HANDS - busy.total()
    for level in range(HANDS):
        for road in due:
            if busy[road] + more[road] == level and free > (RESERVE if level else 0):
                more[road] += 1
                free -= 1
    return more


class _Hands:
    """The hands of one process. They outlive a drain, and are daemons: a call that hangs does not keep the process from ending."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._lending = threading.Lock()  # two drains (RQ's, and the one while Redis is away) share the hands, not a count of them
        self._moved = threading.Condition()
        self._busy: Counter[str] = Counter()
        self._ended = 0
        self._broken: list[BaseException] = []

    def lend(self, one: Callable[[Claim], None]) -> None:
        """Put what is due into hands that are free."""
        app = boot.app()
        with self._lending:
            with self._moved:
                busy = Counter(self._busy)
            found: list[Claim] = []
            with app.app_context(), app.extensions["house"].work(Actor(Role.TIMER)) as work:
                for road, most in shares(errands.roads_due(work.session, work.now), busy).items():
                    found += errands.claim_road(work.session, "post", road, work.now, most)
                work.commit()
            for claim in found:
                with self._moved:
                    self._busy[claim.road] += 1
                try:
                    threading.Thread(target=self._run, args=(app, one, claim), name=f"post-{claim.road}", daemon=True).start()
                except RuntimeError as none_left:
                    self._put_down(claim, none_left)

    def _run(self, app: Flask, one: Callable[[Claim], None], claim: Claim) -> None:
        broken: BaseException | None = None
        try:
            with app.app_context():
                one(claim)
        except BaseException as error:
            broken = error
        finally:
            self._put_down(claim, broken)

    def _put_down(self, claim: Claim, broken: BaseException | None) -> None:
        with self._moved:
            self._busy[claim.road] -= 1
            self._busy += Counter()  # roads with none go
            self._ended += 1
            self._broken += [broken] if broken is not None else []
            self._moved.notify_all()

    def ended(self, longest: float) -> int:
        """Wait until an errand ends; how many did. One that broke ends the round: its lease heals it."""
        with self._moved:
            self._moved.wait_for(lambda: self._ended or not self._busy, longest)
            count, self._ended = self._ended, 0
            broken, self._broken = self._broken, []
        if broken:
            raise broken[0]
        return count

    def under_way(self) -> bool:
        """Is a hand busy?"""
        with self._moved:
            return bool(self._busy)

    def rest(self, longest: float) -> None:
        """Wait until every hand is empty."""
        with self._moved:
            self._moved.wait_for(lambda: not self._busy, longest)


_of_this_process: _Hands | None = None
_making = threading.Lock()


def _hands() -> _Hands:
    """After a fork the parent's hands are not ours."""
    global _of_this_process
    with _making:
        if _of_this_process is None or _of_this_process.pid != os.getpid():
            _of_this_process = _Hands()
        return _of_this_process
