"""What a sender's word about a case sets going: an answer, a rating, CEK, BATAL, STOP, or a courtesy, with at most one reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from ntbcare.casework import (
    alongside,
    attachments,
    brakes,
    doubting,
    followup,
    forwarding,
    joining,
    likeness,
    notices,
    parting,
    polling,
    triage,
)
from ntbcare.domain import tickets
from ntbcare.domain.conversation import Meaning, Understanding, beside_no
from ntbcare.domain.errors import AlreadyAnswered, DomainError, LostRace, SealedDoor
from ntbcare.domain.lifecycle import OPEN, State
from ntbcare.records import cases, polls, roads
from ntbcare.records.cases import Case
from ntbcare.records.messages import Message, Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

_PATIENCE = timedelta(days=1)  # words that waited longer for their case are no longer added to what is said later
_ASKED_AGAIN = timedelta(hours=1)
_MOST_PARKED, _SHORT = 10, 2  # messages; words
_BESIDE = (Meaning.RATING, Meaning.OBJECT)  # what somebody may say of a case that they follow
_MOST_OFFERED = 3  # cases to choose from: more fit in no SMS


def act(work: Work, contact: Contact, heard: Understanding) -> None:
    """Do what was meant."""
    _ACTS[heard.meaning](work, contact, heard)


def located(work: Work, contact: Contact, lat: float, lon: float) -> None:
    """A bare position answers our question, or belongs to what this sender reported a moment ago; without either we ask for the words."""
    soon = joining.told_here(work, work.ref.street.join_media)
    asked_first = ((Case.state == State.NEEDS_INFO).desc(), Case.id.desc())
    newest = select(Case).where(Case.contact_id == contact.id, Case.state.in_(OPEN), soon).order_by(*asked_first).limit(1)
    case = work.session.scalars(newest).first()
    if case is None:
        chat(work, contact, "help")
        return
    triage.locate(work, case, lat, lon)
    if case.state == State.NEEDS_INFO:
        work.proved.add(case.id)
        followup.answer(work, case, f"Titik lokasi: {lat:.5f}, {lon:.5f}")
    else:
        notices.say(work, contact, "words_added", case)


def _mine(work: Work, contact: Contact, heard: Understanding) -> Case | None:
    """The case named, if it was filed from this very address; anything else is unknown, and reads the same."""
    case = cases.by_ticket(work.session, heard.ticket) if heard.ticket else None
    if case is not None and case.contact_id != contact.id and heard.meaning in _BESIDE and polls.of(work.session, case.id, contact.id):
        return case  # they follow it and were asked: nothing of it is opened to them
    if case is None or case.contact_id != contact.id:
        chat(work, contact, "unknown_ticket")
        return None
    work.proved.add(case.id)
    return case


def _beside(work: Work, contact: Contact, case: Case, heard: Understanding) -> None:
    """A word of somebody who only follows the case."""
    if heard.meaning is Meaning.RATING:
        polling.rate(work, case, heard.score or 0, follower=contact)
    else:
        alongside.unsolved(work, case, contact, heard.words)


def _with_case(act: Callable[[Work, Case, Understanding], None]) -> Callable[[Work, Contact, Understanding], None]:
    """An act on the sender's own case; a refusal becomes the sentence they read."""

    def run(work: Work, contact: Contact, heard: Understanding) -> None:
        case = _mine(work, contact, heard)
        if case is None:
            return
        try:
            told = _chosen(work, contact, case, heard)
            if case.contact_id == contact.id:
                act(work, case, told)
            else:
                _beside(work, contact, case, told)
        except (LostRace, SealedDoor):
            raise  # somebody acted in this very moment, or nothing of it may be kept: the door takes the message again, from the beginning
        except AlreadyAnswered:
            pass  # a second tap: thanked once already
        except DomainError as refusal:
            notices.say(work, contact, "too_late", case, words=refusal.sentence)

    return run


def _check(work: Work, contact: Contact, heard: Understanding) -> None:
    """CEK: with a ticket anybody's progress, as on the public page; without one the newest open case of this contact."""
    if heard.ticket:
        case = cases.by_ticket(work.session, heard.ticket)
    else:
        newest = select(Case).where(Case.contact_id == contact.id).order_by(Case.state.in_(OPEN).desc(), Case.id.desc()).limit(1)
        case = work.session.scalars(newest).first()
    if case is None:
        chat(work, contact, "unknown_ticket")
    elif not brakes.impatient(work, contact.id):
        mine, away = case.contact_id == contact.id, case.state == State.FORWARDED
        told = {**notices.case_facts(work, case), "state": forwarding.label(case)}
        told |= forwarding.whereabouts(work, case, mine=mine) if away else {}
        shared = parting.together(work, case) if mine and not away else None
        told["together"] = shared.sentence if shared else ""
        notices.say(
            work, contact, "status_outside" if away else "status", case if mine else None, **told
        )  # somebody else's book stays as it is


def parked(work: Work, contact: int) -> str:
    """What this sender told while we ask which case it is about: everything, but of lone digits and yes or no only the newest."""
    waits = (Message.contact_id == contact) & (Message.meaning == Meaning.WHICH) & (Message.received_at > work.now - _PATIENCE)
    newest = work.session.scalars(select(Message.text).where(waits).order_by(Message.id.desc()).limit(_MOST_PARKED)).all()
    if all(len(text.split()) <= _SHORT for text in newest):
        return newest[0] if newest else ""
    return "\n".join(dict.fromkeys(reversed(newest)))


def _chosen(work: Work, contact: Contact, case: Case, heard: Understanding) -> Understanding:
    """The case is named: what was parked goes there and waits no longer."""
    waits = update(Message).where(Message.contact_id == contact.id, Message.meaning == Meaning.WHICH)
    told = parked(work, contact.id) if heard.meaning is Meaning.ANSWER else ""
    if not work.session.execute(waits.values(meaning="which_done", case_id=case.id).returning(Message.id)).all():
        return heard
    if case.contact_id == contact.id:
        attachments.adopt(work, case.id, contact.id)
    if not told or told in heard.words:
        return heard
    return replace(heard, words=f"{told}\n{heard.words}")  # the ticket came with more words


def _which(work: Work, contact: Contact, heard: Understanding) -> None:
    """Asked once: who goes on telling before choosing has everything brought to the case they choose."""
    asked = (Notice.contact_id == contact.id) & (Notice.template == "which") & (Notice.created_at > work.now - _ASKED_AGAIN)
    waits = (Message.contact_id == contact.id) & (Message.meaning == Meaning.WHICH) & (Message.received_at > work.now - _ASKED_AGAIN)
    parked_before = len(work.session.execute(select(Message.id).where(waits).limit(2)).all()) > 1
    if parked_before and work.session.execute(select(Notice.id).where(asked).limit(1)).first() is not None:
        return
    offered = heard.choices[:_MOST_OFFERED]
    named = work.session.scalars(select(Case).where(Case.ticket.in_(offered)))
    about = {case.ticket: _title(work, contact, case) for case in named}
    notices.say(work, contact, "which", choices=offered, options=[(tickets.pretty(ticket), about[ticket]) for ticket in offered])


def _title(work: Work, contact: Contact, case: Case) -> str:
    """What a case is about, so that its sender knows it; of somebody else's that they follow only what anybody may know."""
    if case.contact_id == contact.id:
        return case.title or case.text
    return likeness.about(work, case) if likeness.may_be_public(work, case) else ""


def offered(work: Work, contact: int) -> tuple[str, ...]:
    """The tickets we offered this sender to choose from, in the order of their numbers."""
    asked = (Notice.contact_id == contact) & (Notice.template == "which") & (Notice.created_at > work.now - _PATIENCE)
    return tuple(work.session.execute(select(Notice.choices).where(asked).order_by(Notice.id.desc()).limit(1)).scalar() or ())


def _stop(work: Work, contact: Contact, heard: Understanding) -> None:
    if contact.opted_out_at is not None:
        return  # told once already
    stopped(work, contact)
    if not brakes.stopped_today(work, contact.id):
        notices.say(work, contact, "stopped")


def stopped(work: Work, contact: Contact) -> None:
    """From now on nothing is sent to this address, until it writes to us again; it is no officer's road before they choose it again."""
    if contact.opted_out_at is None:
        contact.opted_out_at = work.now
        roads.close(work.session, contact.id)
        work.tell("contact:stopped", None, contact=contact.id)


def _plain(template: str) -> Callable[[Work, Contact, Understanding], None]:
    def run(work: Work, contact: Contact, heard: Understanding) -> None:
        chat(work, contact, template)

    return run


def chat(work: Work, contact: Contact, template: str, case: Case | None = None) -> None:
    """Chatter: a few an hour, then silence, so that two machines cannot thank each other all night."""
    if not brakes.talkative(work, contact.id):
        notices.say(work, contact, template, case)


_taken_back = _with_case(lambda work, case, heard: followup.withdraw(work, case, heard.words))


def _answer(work: Work, case: Case, words: str) -> None:
    """Words that name their case; of one that waits to be told apart from another they are read with the rest."""
    if case.offered_until is not None and case.state == State.RECEIVED:
        joining.add(work, case, words)
    else:
        followup.answer(work, case, words)


def _apart(work: Work, case: Case, words: str) -> None:
    """Not the same; what is told with it is more of the same story."""
    doubting.decline(work, case)
    if told := beside_no(words):
        joining.add(work, case, told)


def _withdraw(work: Work, contact: Contact, heard: Understanding) -> None:
    """BATAL without a number is about the only open case of this sender; of several they are asked which."""
    if heard.ticket is None:
        mine = select(Case.ticket, Case.title, Case.text).where(Case.contact_id == contact.id, Case.state.in_(OPEN))
        rows = work.session.execute(mine.order_by(Case.id.desc()).limit(_MOST_OFFERED)).all()
        if len(rows) > 1:
            notices.say(work, contact, "which_withdrawn", options=[(tickets.pretty(row.ticket), row.title or row.text) for row in rows])
            return
        heard = replace(heard, ticket=rows[0].ticket if rows else None)
    _taken_back(work, contact, heard)


_ACTS: dict[Meaning, Callable[[Work, Contact, Understanding], None]] = {
    Meaning.ANSWER: _with_case(lambda work, case, heard: _answer(work, case, heard.words)),
    Meaning.RATING: _with_case(lambda work, case, heard: polling.rate(work, case, heard.score or 0)),
    Meaning.CONFIRM: _with_case(lambda work, case, heard: followup.confirm(work, case, heard.words)),
    Meaning.OBJECT: _with_case(lambda work, case, heard: followup.object_(work, case, heard.words)),
    Meaning.WITHDRAW: _withdraw,
    Meaning.SAME: _with_case(lambda work, case, heard: doubting.accept(work, case)),
    Meaning.APART: _with_case(lambda work, case, heard: _apart(work, case, heard.words)),
    Meaning.CHECK: _check,
    Meaning.WHICH: _which,
    Meaning.STOP: _stop,
    Meaning.START: _plain("started"),
    Meaning.HELP: _plain("help"),
    Meaning.EMPTY: _plain("help"),
    Meaning.COURTESY: _plain("courtesy"),
}
