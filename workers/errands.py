"""Errands are claimed under a lease, run, and marked; a job may be run twice, a lane is drained until it is empty."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from prometheus_client import Histogram

from ntbcare.casework import delivery, doorlinks, polling, recounting, triage, upkeep
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import errands
from ntbcare.records.errands import Claim
from ntbcare.records.messages import Notice
from ntbcare.records.work import Work
from workers import boot, deliver, fetch, letter, listen, look, post

log = structlog.get_logger()
_TOOK = Histogram("ntbcare_errand_seconds", "Time one errand took", ["kind"])

# kind → (who does it, the verb): effect and mark are one transaction
VERBS: dict[str, tuple[Actor, Callable[[Work, int], None]]] = {
    "triage": (Actor(Role.TRIAGE), triage.triage),
    "route": (Actor(Role.TRIAGE), triage.route),
    "poll": (Actor(Role.TIMER), polling.ask),
    "recount": (Actor(Role.TIMER), recounting.apply),
    "forgotten": (Actor(Role.TIMER), doorlinks.answer),
}
# kind → what the post does: each of these hangs up the database before it dials
CALLS: dict[str, Callable[[Claim], None]] = {
    "deliver": deliver.deliver, "fetch": fetch.fetch, "look": look.look, "listen": listen.listen, "letter": letter.letter,
}  # fmt: skip
RUNNERS = {*VERBS, *CALLS}
_LONGEST_DRAIN = 60.0  # seconds: then the job ends and rings for the next, so RQ sees that this worker is alive


class WorkerLost(Exception):
    """Every worker that took this errand died with it in hand."""


def run(lane: str) -> int:
    """The doorbell rang (or the process began): drain the lane. Returns how many errands were run."""
    app = boot.app()
    bell = app.extensions["doorbell"]
    bell.answered(lane)
    if lane == "post":
        count = post.drain(one, _LONGEST_DRAIN)
        if post.under_way() and not boot.ending.is_set():
            bell.ring({lane})  # its time was over: the next one minds the hands that are busy
        return count
    began, count = time.monotonic(), 0
    with app.app_context():
        while time.monotonic() - began < _LONGEST_DRAIN and not boot.ending.is_set():
            claims = _claim(lane)
            if not claims:
                return count
            for claim in claims:
                one(claim)
                count += 1
    bell.ring({lane})
    return count


def _claim(lane: str) -> list[Claim]:
    with boot.app().extensions["house"].work(Actor(Role.TIMER)) as work:
        claims = errands.claim(work.session, lane, work.now)
        work.commit()
        return claims


def one(claim: Claim) -> None:
    """Run one errand. Nothing is swallowed: a failure is noted, tried again later, and ends as a dead letter with an alarm."""
    with _TOOK.labels(claim.kind).time():
        try:
            if claim.attempts > errands.most_attempts(claim.kind):
                raise WorkerLost  # nobody lived to note a failure: begin it no more
            if claim.kind in CALLS:
                CALLS[claim.kind](claim)
            else:
                _run(claim)
        except Exception as error:
            log.exception("errand.failed", errand=claim.id, kind=claim.kind, attempts=claim.attempts)
            _failed(claim, error)  # with the ledger away this raises: the lease ends by itself and somebody tries again


def _run(claim: Claim) -> None:
    """The effect and the mark in one transaction: with the lease lost, both are rolled back, so the effect happens once."""
    actor, verb = VERBS[claim.kind]
    with boot.app().extensions["house"].work(actor) as work:
        verb(work, claim.subject_id)
        if errands.finish(work.session, claim, work.now):
            work.commit()
        else:
            log.warning("errand.lease_lost", errand=claim.id, kind=claim.kind)


def _failed(claim: Claim, error: Exception) -> None:
    with boot.app().extensions["house"].work(Actor(Role.TIMER)) as work:
        told = f"{type(error).__name__}"
        if errands.fail(work.session, claim, work.now, told, errands.backoff(claim.attempts)):
            upkeep.alarm(
                work,
                "errand_dead",
                f"{claim.kind}:{claim.id}",
                f"Pekerjaan {claim.kind} #{claim.subject_id} gagal {claim.attempts} kali: {told}",
            )
            work.tell("errand:dead", None, errand=claim.id, kind=claim.kind, subject=claim.subject_id)
            notice = work.session.get(Notice, claim.subject_id) if claim.kind == "deliver" else None
            if notice is not None and notice.state == "waiting":
                notice.last_error = told
                delivery.gave_up(work, notice)
        work.commit()
