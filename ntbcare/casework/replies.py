"""What a sender's word about a case sets going: an answer, a rating, CEK, BATAL, STOP, or a courtesy, with at most one reply."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from ntbcare.casework import brakes, followup, notices, polling, triage
from ntbcare.domain import tickets
from ntbcare.domain.conversation import Meaning, Understanding
from ntbcare.domain.errors import AlreadyAnswered, DomainError, LostRace
from ntbcare.domain.lifecycle import LABELS, OPEN, State
from ntbcare.records import cases
from ntbcare.records.cases import Case
from ntbcare.records.messages import Message
from ntbcare.records.people import Contact
from ntbcare.records.work import Work


def act(work: Work, contact: Contact, heard: Understanding) -> None:
    """Do what was meant."""
    _ACTS[heard.meaning](work, contact, heard)


def located(work: Work, contact: Contact, lat: float, lon: float) -> None:
    """A bare position answers our question, or belongs to this sender's newest open case; without one we ask for the words."""
    asked_first = ((Case.state == State.NEEDS_INFO).desc(), Case.id.desc())
    newest = select(Case).where(Case.contact_id == contact.id, Case.state.in_(OPEN)).order_by(*asked_first).limit(1)
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
    if case is None or case.contact_id != contact.id:
        chat(work, contact, "unknown_ticket")
        return None
    work.proved.add(case.id)
    return case


def _with_case(act: Callable[[Work, Case, Understanding], None]) -> Callable[[Work, Contact, Understanding], None]:
    """An act on the sender's own case; a refusal becomes the sentence they read."""

    def run(work: Work, contact: Contact, heard: Understanding) -> None:
        case = _mine(work, contact, heard)
        if case is None:
            return
        work.session.execute(
            update(Message).where(Message.contact_id == contact.id, Message.meaning == Meaning.WHICH).values(meaning="which_done")
        )
        try:
            act(work, case, heard)
        except LostRace:
            raise  # somebody acted in this very moment: the door takes the message again, from the beginning
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
    else:
        notices.say(work, contact, "status", case, state=LABELS[State(case.state)][1])


def _which(work: Work, contact: Contact, heard: Understanding) -> None:
    notices.say(work, contact, "which", tickets=[tickets.pretty(ticket) for ticket in heard.choices[:3]])


def _stop(work: Work, contact: Contact, heard: Understanding) -> None:
    stopped(work, contact)
    notices.say(work, contact, "stopped")


def stopped(work: Work, contact: Contact) -> None:
    """From now on nothing is sent to this address, until it writes to us again."""
    if contact.opted_out_at is None:
        contact.opted_out_at = work.now
        work.tell("contact:stopped", None, contact=contact.id)


def _plain(template: str) -> Callable[[Work, Contact, Understanding], None]:
    def run(work: Work, contact: Contact, heard: Understanding) -> None:
        chat(work, contact, template)

    return run


def chat(work: Work, contact: Contact, template: str, case: Case | None = None) -> None:
    """Chatter: a few an hour, then silence, so that two machines cannot thank each other all night."""
    if not brakes.talkative(work, contact.id):
        notices.say(work, contact, template, case)


_ACTS: dict[Meaning, Callable[[Work, Contact, Understanding], None]] = {
    Meaning.ANSWER: _with_case(lambda work, case, heard: followup.answer(work, case, heard.words)),
    Meaning.RATING: _with_case(lambda work, case, heard: polling.rate(work, case, heard.score or 0)),
    Meaning.CONFIRM: _with_case(lambda work, case, heard: followup.confirm(work, case)),
    Meaning.OBJECT: _with_case(lambda work, case, heard: followup.object_(work, case, heard.words)),
    Meaning.WITHDRAW: _with_case(lambda work, case, heard: followup.withdraw(work, case, heard.words)),
    Meaning.CHECK: _check,
    Meaning.WHICH: _which,
    Meaning.STOP: _stop,
    Meaning.START: _plain("started"),
    Meaning.HELP: _plain("help"),
    Meaning.EMPTY: _plain("help"),
    Meaning.COURTESY: _plain("courtesy"),
}
