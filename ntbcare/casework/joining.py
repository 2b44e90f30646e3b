"""Pieces of one story: the rest of an album, an edit, a reply to a message of ours, words and photos sent a moment later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from ntbcare.casework import asking, followup, notices, recusing, relocating, sealing_off, triage
from ntbcare.contract import IncomingMessage
from ntbcare.domain.kinds import Urgency
from ntbcare.domain.lifecycle import OPEN, State
from ntbcare.records.cases import Case
from ntbcare.records.messages import Message, Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

_YOUNG = (State.RECEIVED, State.VERIFIED, State.DISPOSITIONED)  # nobody has begun to work on it
_OWN_STORY = 4  # words: fewer are never a report of their own beside one just made


@dataclass(frozen=True, slots=True)
class Piece:
    """What a message is a piece of; `case_id` None = of something that still waits for its words."""

    meaning: str
    case_id: int | None


def belongs(work: Work, contact_id: int, message: IncomingMessage, *, urgent: bool = False) -> Piece | None:
    """The provider itself says to what this belongs: its album, or the message it edits. None = it stands alone.

    A case only where it is the sender's own: whoever asked after somebody else's has no word in it. An `urgent` message is no piece of a
    case that nobody works on any more.
    """
    mine = Message.contact_id == contact_id
    own = (Case.id == Message.case_id) & (Case.contact_id == contact_id)
    told = select(Case.id.label("case_id")).select_from(Message).outerjoin(Case, own & Case.state.in_(OPEN) if urgent else own).where(mine)
    if message.group:
        query = told.where(Message.album == message.group).order_by(Case.id.is_(None))
        found = work.session.execute(query.limit(1)).first()
        if found is not None and (found.case_id is not None or not message.text):
            return Piece("piece", found.case_id)
    if message.edits:
        query = told.where(Message.channel == message.channel, Message.ref == message.edits)
        found = work.session.execute(query.order_by(Case.id.is_(None), Message.id).limit(1)).first()
        if found is not None and found.case_id is not None:
            return Piece("edit", found.case_id)
    return None


def quoted(work: Work, contact_id: int, message: IncomingMessage) -> str | None:
    """The ticket that the message of ours they replied to was about."""
    query = (
        select(Case.ticket)
        .join(Notice, Notice.case_id == Case.id)
        .where(Notice.channel == message.channel, Notice.external_id == message.replies_to, Case.contact_id == contact_id)
    )
    return work.session.execute(query.limit(1)).scalar()


def recent(work: Work, contact_id: int, within: timedelta) -> Case | None:
    """The newest open case of this sender that waits for an answer, or that they told on this very channel so short a time ago."""
    query = select(Case).where(Case.contact_id == contact_id, Case.state.in_(OPEN), told_here(work, within))
    return work.session.scalars(query.order_by(Case.id.desc()).limit(1)).first()


def told_here(work: Work, within: timedelta) -> ColumnElement[bool]:
    """Cases that go on in this conversation. What was typed into a form with this number is not one of them: whoever typed it
    holds the PIN, and would read what the owner of the number tells next."""
    here = select(Contact.channel).where(Contact.id == Case.contact_id).scalar_subquery()
    soon = (Case.received_at > work.now - within) | (Case.offered_until > work.now)  # what waits for their word is still being talked of
    return (Case.state == State.NEEDS_INFO) | (soon & (Case.channel == here))


def continues(work: Work, contact_id: int, words: str, *, urgent: bool = False) -> Case | None:
    """The case that these words go on telling of, None when they tell of something else.

    Words soon after a report belong to it unless they are a story of their own: another topic, or another place, told with certainty.
    An `urgent` one is no piece of a report that is not, as soon as it names another matter at all.
    """
    case = recent(work, contact_id, work.ref.street.join)
    if case is None or case.state not in _YOUNG:
        return None
    if urgent and case.urgency != Urgency.URGENT and not triage.emergency(work, case.text) and not names_no_other(work, case, words):
        return None
    return None if _another(work, case, words) else case


def repeats(work: Work, case: Case, words: str) -> bool:
    """Are these the very words that were told before? Somebody pressed twice, or wonders whether they arrived."""
    mine = (Message.case_id == case.id) & (Message.meaning != "same")  # what strangers said beside it is not what its reporter said
    told = work.session.scalars(select(Message.text).where(mine).order_by(Message.id).limit(50))
    return _plain(words) in {_plain(text) for text in (case.text, *told)}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _another(work: Work, case: Case, words: str) -> bool:
    if len(words.split()) < _OWN_STORY or relocating.tells(work, case, words):
        return False
    ref = work.ref
    told, before = ref.topics.read(words), ref.topics.read(case.text)
    sure = told.category is not None and told.confidence >= triage.SURE_OF_TOPIC
    if sure and before.category is not None and told.category != before.category:
        return True
    there, here = ref.gazetteer.find(words), case.region or ref.gazetteer.find(case.text).code
    if not there.code or there.confidence < triage.SURE_OF_PLACE or not here:
        return False
    return sure and not _related(there.code, here)


def names_no_other(work: Work, case: Case, words: str) -> bool:
    """Can these words be about this very case, because they name no other topic and no place elsewhere?"""
    ref = work.ref
    told, place = ref.topics.read(words).category, ref.gazetteer.find(words).code
    before = case.category or ref.topics.read(case.text).category
    if told is not None and before is not None and told.partition(".")[0] != before.partition(".")[0]:
        return False
    here = case.region or ref.gazetteer.find(case.text).code
    return place is None or (here is not None and _related(place, here))


def _related(one: str, other: str) -> bool:
    return one == other or one.startswith(other + ".") or other.startswith(one + ".")


def add(work: Work, case: Case, words: str, *, edited: bool = False) -> None:
    """More of the same story. While it has no desk of its own it is read again as a whole; later the desk sees that something came.

    The first piece is acknowledged, the next are not: a story in ten messages is not answered ten times. What comes
    before triage needs no word of its own: the receipt is still to be written, and is about the whole.
    """
    sealing_off.guard_beside(work, case, words)
    if not edited and followup.relocated(work, case, words):
        followup.alarmed(work, case, words)
        return
    case.attention = followup.WORDS
    unread = case.region is None or case.category is None or case.offered_until is not None
    if words and case.state == State.RECEIVED and (unread or not edited):
        case.text = f"{case.text}\n{words}"
        if unread:
            asking.read_again(work, case)
    told = f"Ralat: {words}" if edited else words or "(foto atau rekaman)"
    work.tell("case:words_added", case.id, words=told)
    if case.because is not None and case.state != State.NEEDS_INFO and not _acknowledged(work, case):
        notices.owe(work, case, "words_added")
    if case.state == State.NEEDS_INFO and words:
        work.proved.add(case.id)
        followup.answer(work, case, words)
    else:
        recusing.heard(work, case, words)
    followup.alarmed(work, case, words)


def _acknowledged(work: Work, case: Case) -> bool:
    """Was the sender told within this story that more of it has come?"""
    said = (Notice.case_id == case.id) & (Notice.template == "words_added") & (Notice.created_at > work.now - work.ref.street.join_media)
    return work.session.execute(select(Notice.id).where(said).limit(1)).first() is not None
