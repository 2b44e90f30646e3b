"""A message arrives on a channel: stored once, understood in the light of what we wait for, and acted on in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from ntbcare import sanitise
from ntbcare.casework import followup, intake, notices, polling, triage
from ntbcare.contract import IncomingMessage
from ntbcare.domain import conversation, tickets
from ntbcare.domain.conversation import Meaning, Understanding, Waiting
from ntbcare.domain.errors import AlreadyAnswered, DomainError, LostRace, SealedDoor
from ntbcare.domain.lifecycle import LABELS, OPEN, State
from ntbcare.records import cases, messages
from ntbcare.records.cases import Case
from ntbcare.records.messages import Message
from ntbcare.records.people import Contact, Met, meet
from ntbcare.records.polls import Poll
from ntbcare.records.work import Work

MESSAGE_LIMIT = 20_000  # letters: above every channel's own limit, so that nobody's words are refused at a webhook


def receive(work: Work, message: IncomingMessage) -> None:
    """Take one message. A resend of the same message changes nothing. The caller commits. Raises TooLong only."""
    if messages.find(work.session, message.channel, message.external_id) is not None:
        return
    text = sanitise.text(message.text, limit=MESSAGE_LIMIT)
    met = meet(work.session, message.channel, message.sender)
    waiting = Waiting() if met.new else what_we_wait_for(work, met.id)
    heard = conversation.understand(text, waiting)
    if heard.meaning is Meaning.ANSWER and heard.ticket and _tells(heard.words) and cases.by_ticket(work.session, heard.ticket) is None:
        heard = Understanding(Meaning.NEW, None, text)  # nine digits that are nobody's ticket: a customer number inside a new report
    if heard.meaning is Meaning.EMPTY and message.lat is not None and message.lon is not None:
        heard = Understanding(Meaning.ANSWER)
    if heard.meaning is Meaning.NEW:
        _new(work, message, met, heard.words)
        return
    contact = work.session.get_one(Contact, met.id)
    if not _store(work, message, contact.id, heard, text):
        return
    if heard.meaning is Meaning.ANSWER and heard.ticket is None and message.lat is not None and message.lon is not None:
        _located(work, contact, message.lat, message.lon)
        return
    if contact.opted_out_at is not None and heard.meaning is not Meaning.STOP:
        contact.opted_out_at = None  # who writes to us again wants an answer
    _ACTS[heard.meaning](work, contact, heard)


_case, _poll = Case.__table__, Poll.__table__
_unanswered = (_poll.c.case_id == _case.c.id) & _poll.c.answered_at.is_(None)
_waits = _case.c.state.in_((State.NEEDS_INFO, State.RESPONDED)) | (_poll.c.id.is_not(None) & (_case.c.state == State.CLOSED))
_WAITS = (  # made once: every SMS asks this
    select(_case.c.ticket, _case.c.state, _poll.c.id)
    .select_from(_case.outerjoin(_poll, _unanswered))
    .where(_case.c.contact_id == bindparam("contact"), _waits)
    .order_by(_case.c.id.desc())
    .limit(20)
)


def what_we_wait_for(work: Work, contact: int) -> Waiting:
    """Open questions, reactions and ratings of this contact, newest case first."""
    rows = work.session.execute(_WAITS, {"contact": contact}).all()
    if not rows:
        return Waiting()
    return Waiting(
        questions=_in_state(rows, State.NEEDS_INFO),
        reactions=_in_state(rows, State.RESPONDED),
        polls=_in_state(rows, State.CLOSED),
        parked=_parked(work, contact) if len(rows) > 1 else "",
    )


def _tells(words: str) -> bool:
    """Is this enough to be a report of its own?"""
    return len(words.split()) >= 4


def _in_state(rows: Sequence[Any], state: State) -> tuple[str, ...]:
    """Tickets, each once: a case closed twice has a row for every unanswered poll."""
    return tuple(dict.fromkeys(row.ticket for row in rows if row.state == state))


def _parked(work: Work, contact: int) -> str:
    query = select(Message.text).where(Message.contact_id == contact, Message.meaning == Meaning.WHICH).order_by(Message.id.desc())
    return work.session.execute(query.limit(1)).scalar() or ""


def _store(work: Work, message: IncomingMessage, contact: int, heard: Understanding, text: str) -> bool:
    """Store a message that is not a new report. False when a twin was faster."""
    values = {
        "channel": message.channel, "external_id": message.external_id, "contact_id": contact, "meaning": heard.meaning,
        "text": text, "received_at": work.now,
    }  # fmt: skip
    if message.media:
        values["media"] = list(message.media)
    if heard.ticket:
        values["case_id"] = select(Case.id).where(Case.ticket == heard.ticket).scalar_subquery()
    made = insert(Message).values(values).on_conflict_do_nothing(index_elements=[Message.channel, Message.external_id])
    return work.session.execute(made.returning(Message.id)).scalar() is not None


def _new(work: Work, message: IncomingMessage, met: Met, words: str) -> None:
    try:
        intake.take(work, intake.filing_of(message, words, met.id))
        if met.opted_out:
            work.session.get_one(Contact, met.id).opted_out_at = None
    except SealedDoor as sealed:
        # a whistleblower's words must not lie in an open table: only that something came is kept
        if _store(work, message, met.id, Understanding(Meaning.COURTESY), ""):
            notices.say(work, work.session.get_one(Contact, met.id), "sealed", words=sealed.sentence)


def _located(work: Work, contact: Contact, lat: float, lon: float) -> None:
    """A bare position answers our question, or belongs to this sender's newest open case; without one we ask for the words."""
    asked_first = ((Case.state == State.NEEDS_INFO).desc(), Case.id.desc())
    newest = select(Case).where(Case.contact_id == contact.id, Case.state.in_(OPEN)).order_by(*asked_first).limit(1)
    case = work.session.scalars(newest).first()
    if case is None:
        notices.say(work, contact, "help")
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
        notices.say(work, contact, "unknown_ticket")
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
        notices.say(work, contact, "unknown_ticket")
    else:
        notices.say(work, contact, "status", case, state=LABELS[State(case.state)][1])


def _which(work: Work, contact: Contact, heard: Understanding) -> None:
    notices.say(work, contact, "which", tickets=[tickets.pretty(ticket) for ticket in heard.choices[:3]])


def _stop(work: Work, contact: Contact, heard: Understanding) -> None:
    contact.opted_out_at = work.now
    work.tell("contact:stopped", None, contact=contact.id)
    notices.say(work, contact, "stopped")


def _plain(template: str) -> Callable[[Work, Contact, Understanding], None]:
    def run(work: Work, contact: Contact, heard: Understanding) -> None:
        notices.say(work, contact, template)

    return run


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
