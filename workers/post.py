"""The post: a few hands for every road, so that a provider who hangs keeps only its own hands busy, never another's."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands
from ntbcare.records.errands import Claim
from workers import boot

HANDS = 10  # messages under way on one road at once, in one process; the next of the same person waits for the one before
MOST_HANDS = 32  # threads of one process; each needs a database connection only for the moments around its call
_NEXT_LOOK = 0.5  # seconds until roads that have free hands are looked at again while others are busy


def drain(one: Callable[[Claim], None], longest: float) -> int:
    """Do what is due on every road until nothing is, or until `longest` seconds are over. Returns how many errands were run.

    Ends only when every hand is empty: an errand that was lent is finished here, or its lease ends by itself.
    """
    began, count = time.monotonic(), 0
    busy: dict[Future[None], str] = {}
    with ThreadPoolExecutor(MOST_HANDS, thread_name_prefix="post") as hands:
        while True:
            fresh = _claims(Counter(busy.values())) if time.monotonic() - began < longest else []
            for claim in fresh:
                busy[hands.submit(_in_context, one, claim)] = claim.road
            if not busy:
                return count
            done, _ = wait(busy, timeout=_NEXT_LOOK, return_when=FIRST_COMPLETED)
            for ended in done:
                del busy[ended]
                count += 1
                ended.result()  # what even the noting of a failure could not survive ends the round: the leases heal it


def _claims(busy: Counter[str]) -> list[Claim]:
    app = boot.app()
    room = MOST_HANDS - busy.total()
    found: list[Claim] = []
    with app.app_context(), app.extensions["house"].work(Actor(Role.TIMER)) as work:
        for road in errands.roads_due(work.session, work.now):
            most = min(HANDS - busy[road], room - len(found))
            if most > 0:
                found += errands.claim_road(work.session, "post", road, work.now, most)
        work.commit()
    return found


def _in_context(one: Callable[[Claim], None], claim: Claim) -> None:
    threading.current_thread().name = f"post-{claim.road}"
    with boot.app().app_context():
        one(claim)
