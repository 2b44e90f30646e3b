"""The question after closing: asked once per closing, answered once, reminded never, guessed never."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ntbcare.casework import alongside, merging, notices, recusing, sealing_off
from ntbcare.domain.errors import AlreadyAnswered, BadInput, NotFound
from ntbcare.domain.lifecycle import State
from ntbcare.domain.rating import LABELS, UNHAPPY
from ntbcare.records import cases, polls
from ntbcare.records.cases import Case
from ntbcare.records.likeness import Follower
from ntbcare.records.people import Contact
from ntbcare.records.polls import Poll
from ntbcare.records.work import NO_WAIT, Work


def ask(work: Work, case_id: int) -> None:
    """Ask whether it was good: the reporter now, the others not before their day has passed, however soon the reporter said yes.

    Safe to run twice; a case that was opened again meanwhile is not asked.
    """
    case = cases.get(work.session, case_id)
    if case is None or case.state != State.CLOSED:
        return
    if polls.add(work.session, case, case.contact_id, case, work.now):
        work.tell("poll:asked", case.id, round=case.reopenings + 1)
        notices.owe(work, case, "poll", asked="own")
    _ask_others(work, case)


def _ask_others(work: Work, case: Case) -> None:
    """Everybody whose report was joined to this one or who follows it, once, on the channel they wrote to us from."""
    others = _others(work, case)
    early = (case.closed_at or work.now) + work.house.poll_after - work.now
    if others and early > NO_WAIT:
        work.errand("poll", case.id, after=early, key=f"poll:{case.id}:{case.reopenings}:others")
        return
    for contact, child in others:
        about = child or case
        before = polls.latest(work.session, child, case) if child else None
        if before is None and polls.add(work.session, about, contact.id, case, work.now):
            work.tell("poll:asked", about.id, round=case.reopenings + 1, follower=True)
            notices.say(work, contact, "poll", about, asked="joined" if child else "followed")


def _others(work: Work, case: Case) -> list[tuple[Contact, Case | None]]:
    """(whom we can ask, their oldest report that is joined to this case; None for who only follows it), each person once.

    A number that was only typed into a form is nobody we can ask: its owner has to have written to us.
    """
    child = aliased(Case)
    theirs = (child.merged_into == case.id) & (child.contact_id == Contact.id)
    query = select(Contact, child).join(Follower, Follower.contact_id == Contact.id).outerjoin(child, theirs)
    here = (Follower.case_id == case.id) & Contact.heard_at.is_not(None) & Contact.opted_out_at.is_(None) & ~Contact.address.startswith("@")
    rows = work.session.execute(query.where(here, Contact.id.is_distinct_from(case.contact_id)).order_by(Contact.id, child.id)).all()
    found = {contact.id: (contact, own) for contact, own in reversed(rows)}
    hidden = not merging.known(work, case)  # since then few may know of it: a stranger is not told that it has closed
    return [(contact, own) for contact, own in reversed(found.values()) if own is not None or not hidden]


def rate(work: Work, case: Case, score: int, words: str = "", *, follower: Contact | None = None) -> None:
    """Keep one rating: of the one who filed `case`, or of somebody who follows it. Raises BadInput, NotFound, AlreadyAnswered.

    The row is locked, so of two taps at once one is kept and the other is told. Who told of the same by a report of their own may rate as
    soon as the other has closed, asked or not.
    """
    if score not in LABELS:
        raise BadInput("score", "Balas dengan satu angka, 1 sampai 5.")
    poll = polls.of(work.session, case.id, follower.id, lock=True) if follower else _own(work, case)
    if poll is None:
        raise NotFound("Laporan ini belum selesai, jadi belum dapat dinilai.")
    if poll.answered_at is not None:
        raise AlreadyAnswered("Nilai Anda sudah kami catat. Terima kasih.")
    sealing_off.guard_beside(work, case, words)
    poll.score, poll.words, poll.answered_at = score, words or None, work.now
    label = LABELS[score]
    template = "rated_unhappy" if score in UNHAPPY else "rated"
    if follower is None:
        work.tell("poll:rated", case.id, score=score, words=words, round=poll.round)
        notices.owe(work, case, template, score=score, label=label)
        recusing.heard(work, case, words)
    else:  # the book of somebody else's case is read by its reporter: there stands only what an officer must see
        work.tell("poll:rated_beside", case.id, score=score, round=poll.round)
        notices.say(work, follower, template, case, score=score, label=label)
    carrier = merging.carrier(work, case) if follower is None else case
    if score in UNHAPPY and carrier is not None:
        alongside.note(work, carrier, alongside.who(case, follower), f"memberi nilai {score} dari 5. {words}")


def _own(work: Work, case: Case) -> Poll | None:
    """The poll that the one who filed `case` may answer, locked."""
    carrier = merging.carrier(work, case)
    if carrier is None:
        return polls.latest(work.session, case, lock=True)
    if carrier.state != State.CLOSED:
        return None
    found = polls.latest(work.session, case, carrier, lock=True)
    if found is None and polls.add(work.session, case, case.contact_id, carrier, work.now):
        found = polls.latest(work.session, case, carrier, lock=True)
    return found
