"""A message arrives on a channel: stored once, understood in the light of what we wait for, and acted on in one transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ntbcare import sanitise
from ntbcare.casework import attachments, brakes, candidates, delivery, intake, joining, linking, notices, replies, sorting, urging, waiting
from ntbcare.casework.consulted import HELPING, Named, answered, written
from ntbcare.casework.sealing_off import guard_sender, safe_way
from ntbcare.casework.triage import answer_emergency, locate
from ntbcare.contract import IncomingMessage, Scene
from ntbcare.domain import conversation
from ntbcare.domain.conversation import Meaning, Understanding, Waiting
from ntbcare.domain.errors import SealedDoor
from ntbcare.records import cases, messages
from ntbcare.records.cases import Case
from ntbcare.records.messages import Message, Notice
from ntbcare.records.people import Contact, Met, hear, meet
from ntbcare.records.work import NO_WAIT, Work

MESSAGE_LIMIT = 70_000  # letters: above every channel's own limit, so that nobody's words are refused at a webhook
_ALBUM = timedelta(seconds=8)  # the words may hang on the next photo of the same album
_WINDOWED = {"whatsapp", "facebook", "instagram"}  # their providers let us write only for a day after the person did
MACHINE = "machine"  # a meaning beside conversation's: kept, never answered
_ECHOES = {Meaning.NEW, Meaning.COURTESY, Meaning.ANSWER, Meaning.EMPTY}


def receive(work: Work, message: IncomingMessage, gateway: str) -> None:
    """Take one message. A resend of the same message changes nothing. The caller commits. Raises TooLong only.

    From `hear` to the commit the sender's next message waits, so that twenty photos of one album meet the case of the first.
    A twin that was stored while this one waited is met by the unique key: every way below ends in it.
    """
    try:
        _receive(work, message, gateway)
    except SealedDoor:  # only together with what was told before does it speak of misconduct: nothing of it stays
        work.rollback()
        _sealed(work, message, gateway, sanitise.text(message.text, limit=MESSAGE_LIMIT))


def _receive(work: Work, message: IncomingMessage, gateway: str) -> None:
    if message.scene is not Scene.PRIVATE:
        candidates.overhear(work, message, gateway)
        return
    if messages.find(work.session, message.channel, message.external_id) is not None:
        return
    text = sanitise.text(message.text, limit=MESSAGE_LIMIT)
    if text and work.ref.tells_violation(text):  # whatever else it means, and whoever says it: these words stand in no open table
        _sealed(work, message, gateway, text)
        return
    urgent = bool(text and message.sender and not message.automatic) and answer_emergency(work, message, text)
    if message.automatic:
        _machine(work, message, gateway, text)
        return
    if named := linking.code_in(work, text):
        if not _code(work, message, gateway, named):
            return
        text = named.rest  # what an officer tells beside it is told as by anybody
    if not message.authentic and not _quotes_us(work, message):
        _unproved(work, message, gateway, text, urgent=urgent)
        return
    if not message.sender:
        _nobody(work, message, gateway, text)
        return
    met = hear(work.session, message.channel, message.sender, work.now)
    if message.channel in _WINDOWED and not met.new:
        delivery.reopen(work, met.id)
    if text and not met.new:
        guard_sender(work, met.id, text)
    piece = None if met.new else joining.belongs(work, met.id, message, urgent=urgent)
    if piece is not None:
        if met.opted_out:
            work.session.get_one(Contact, met.id).opted_out_at = None
        _piece(work, message, gateway, met, text, piece)
        return
    heard = _understand(work, met, message, text)
    if urgent:
        heard = urging.meant(work, met.id, heard, text)
    if _helped(work, message, gateway, met, answered(work, met, message.channel, text, heard), text):
        return
    if met.opted_out and heard.meaning is not Meaning.STOP:
        work.session.get_one(Contact, met.id).opted_out_at = None  # who writes to us again wants an answer
    if not met.new and heard.meaning in _ECHOES and brakes.echo(work, met.id, text):
        _store(work, message, gateway, met.id, "echo", text)
        return
    if heard.meaning is Meaning.NEW:
        _new(work, message, gateway, met, heard, urgent=urgent)
    else:
        _other(work, message, gateway, met, heard, text)


def _helped(work: Work, message: IncomingMessage, gateway: str, met: Met, named: Named | None, text: str) -> bool:
    if named is not None and _store(work, message, gateway, met.id, HELPING, text) is not None:
        written(work, met.id, named, len(message.media))
    return named is not None


def _understand(work: Work, met: Met, message: IncomingMessage, text: str) -> Understanding:
    known = Waiting() if met.new else waiting.waits(work, met.id, message.channel, text)
    about = joining.quoted(work, met.id, message) if message.replies_to and not met.new else None
    heard = conversation.understand(text, known, about)
    if heard.meaning is Meaning.NEW and not heard.explicit and message.lat is None:
        heard = waiting.not_new(work, met.id, text, known.ended) or heard
    if heard.meaning is Meaning.ANSWER and heard.ticket and _tells(heard.words) and cases.by_ticket(work.session, heard.ticket) is None:
        return Understanding(Meaning.NEW, None, text)  # nine digits that are nobody's ticket: a customer number inside a new report
    if heard.meaning is Meaning.EMPTY and message.lat is not None and message.lon is not None:
        return Understanding(Meaning.ANSWER)
    if message.phone and _digits(message.phone) in _digits(text):
        return Understanding(Meaning.EMPTY)  # a card with their own number: some providers write it out as text
    return heard


def _machine(work: Work, message: IncomingMessage, gateway: str, text: str) -> None:
    """What a machine says of itself is kept and not answered, and is no sign that a person is there; a provider's word that
    the person blocked us is heeded."""
    contact = meet(work.session, message.channel, message.sender).id if message.sender else None
    if _store(work, message, gateway, contact, MACHINE, text) and text == "STOP" and contact is not None:
        replies.stopped(work, work.session.get_one(Contact, contact))


def _code(work: Work, message: IncomingMessage, gateway: str, named: linking.Named) -> bool:
    """A one-time code of an officer's is nobody's report and stands in no table. Returns whether there is more in the message to be taken."""
    contact = None
    if message.sender and message.authentic:
        contact = work.session.get_one(Contact, hear(work.session, message.channel, message.sender, work.now).id)
        if messages.find(work.session, message.channel, message.external_id) is not None:
            return False  # a twin was faster
        contact.opted_out_at = None
    if not named.rest and _store(work, message, gateway, contact.id if contact else None, linking.LINKED, "") is None:
        return False
    if contact is not None:
        linking.heard(work, contact, named.code)
    return bool(named.rest)


def _quotes_us(work: Work, message: IncomingMessage) -> bool:
    """Who answers a message of ours by the name we gave it holds that mailbox: the name cannot be guessed."""
    if not message.replies_to:
        return False
    sent = select(Notice.id).join(Contact, Contact.id == Notice.contact_id)
    mine = (Notice.channel == message.channel) & (Notice.external_id == message.replies_to) & (Contact.address == message.sender)
    return work.session.execute(sent.where(mine).limit(1)).first() is not None


def _unproved(work: Work, message: IncomingMessage, gateway: str, text: str, *, urgent: bool) -> None:
    """A sender nobody vouches for may report, and may ask what everybody may see; nothing is done to a case in their name.

    Their address may be a stranger's: it gets no more than a number typed into a form would, and is not awake because of this.
    """
    heard = conversation.understand(text, Waiting()) if text else Understanding(Meaning.EMPTY)
    contact = meet(work.session, message.channel, message.sender).id if message.sender else None
    if contact is not None:
        guard_sender(work, contact, text)
    if urgent or heard.meaning is Meaning.NEW or (heard.meaning is Meaning.ANSWER and _tells(heard.words)):
        intake.take(work, intake.filing_of(message, gateway, text, contact))
        return
    stored = _store(work, message, gateway, contact, "unproved", text)
    if stored is not None and contact is not None:
        words = "help" if heard.meaning in (Meaning.COURTESY, Meaning.EMPTY, Meaning.HELP, Meaning.START) else "unproved"
        replies.chat(work, work.session.get_one(Contact, contact), words)


def _nobody(work: Work, message: IncomingMessage, gateway: str, text: str) -> None:
    """Words without an address (a mail without From): a report that nobody can be answered about, never a piece of somebody else's."""
    if not text:
        _store(work, message, gateway, None, Meaning.EMPTY, text)
        return
    intake.take(work, intake.filing_of(message, gateway, text))


def _piece(work: Work, message: IncomingMessage, gateway: str, met: Met, text: str, piece: joining.Piece) -> None:
    """The rest of an album, or an edit: it belongs to a case we have, or waits with its fellows for words."""
    stored = _store(work, message, gateway, met.id, piece.meaning, text, case_id=piece.case_id)
    if stored is None:
        return
    attachments.expect(work, stored, gateway, message.media, piece.case_id, met.id)
    case = cases.get(work.session, piece.case_id) if piece.case_id else None
    if case is not None and message.lat is not None and message.lon is not None:
        locate(work, case, message.lat, message.lon)
    if case is not None and text:
        joining.add(work, case, text, edited=bool(message.edits))


def _other(work: Work, message: IncomingMessage, gateway: str, met: Met, heard: Understanding, text: str) -> None:
    """Everything that is not a new report."""
    contact = work.session.get_one(Contact, met.id)
    if heard.meaning is Meaning.EMPTY and message.phone:
        _number(work, message, gateway, contact)
        return
    if heard.meaning is Meaning.EMPTY and message.media:
        _photo(work, message, gateway, contact)
        return
    stored = _store(work, message, gateway, contact.id, heard.meaning, text, ticket=heard.ticket)
    if stored is None:
        return
    case = cases.by_ticket(work.session, heard.ticket) if heard.ticket and (message.media or message.lat is not None) else None
    mine = case if case is not None and case.contact_id == contact.id else None
    if message.media:
        attachments.expect(work, stored, gateway, message.media, mine.id if mine else None, contact.id)
    if message.lat is not None and message.lon is not None and heard.meaning is Meaning.ANSWER:
        if heard.ticket is None:
            replies.located(work, contact, message.lat, message.lon)
            return
        if mine is not None:
            locate(work, mine, message.lat, message.lon)  # a pin that came with words answers with both
    replies.act(work, contact, heard)


def _number(work: Work, message: IncomingMessage, gateway: str, contact: Contact) -> None:
    """Somebody shares their own number: it stands with their report, for whoever works on it, and is no new report."""
    case = joining.recent(work, contact.id, work.ref.street.join_media)
    if _store(work, message, gateway, contact.id, "number", "", case_id=case.id if case else None) is None:
        return
    if case is None:
        replies.chat(work, contact, "help")
    elif not case.anonymous:
        cases.leave_number(work.session, case.id, message.phone)
        work.tell("case:number_left", case.id)
        replies.chat(work, contact, "words_added", case)


def _photo(work: Work, message: IncomingMessage, gateway: str, contact: Contact) -> None:
    """A photo without words: it joins what was reported a moment ago, or waits while we ask for the words."""
    case = joining.recent(work, contact.id, work.ref.street.join_media)
    stored = _store(work, message, gateway, contact.id, "photo", "", case_id=case.id if case else None)
    if stored is None:
        return
    attachments.expect(work, stored, gateway, message.media, case.id if case else None, contact.id)
    if case is not None:
        joining.add(work, case, "")
    elif not brakes.talkative(work, contact.id):
        notices.say(work, contact, "media_words", after=_ALBUM if message.group else NO_WAIT)


def _tells(words: str) -> bool:
    """Is this enough to be a report of its own?"""
    return len(words.split()) >= 4


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isdigit())


def _store(
    work: Work, message: IncomingMessage, gateway: str, contact: int | None, meaning: str, text: str, *,
    ticket: str | None = None, case_id: int | None = None,
) -> int | None:  # fmt: skip
    """Store a message that is not a new report; its id, or None when a twin was faster."""
    values: dict[str, Any] = {
        "channel": message.channel, "external_id": message.external_id, "contact_id": contact, "meaning": meaning,
        "text": text, "received_at": work.now, "gateway": gateway, "ref": message.ref or None, "album": message.group or None,
        "case_id": case_id,
    }  # fmt: skip
    if ticket:
        # only the sender's own: who asks after somebody else's case has no word, photo or edit in it
        values["case_id"] = select(Case.id).where(Case.ticket == ticket, Case.contact_id == contact).scalar_subquery()
    made = insert(Message).values(values).on_conflict_do_nothing(index_elements=[Message.channel, Message.external_id])
    return work.session.execute(made.returning(Message.id)).scalar()


def _new(work: Work, message: IncomingMessage, gateway: str, met: Met, heard: Understanding, *, urgent: bool) -> None:
    """A report: the rest of the one sent a moment ago, or a case of its own."""
    case = None if met.new or heard.explicit else joining.continues(work, met.id, heard.words, urgent=urgent)
    if case is not None and not message.media and joining.repeats(work, case, heard.words):
        if _store(work, message, gateway, met.id, "repeat", heard.words, case_id=case.id) and case.because is not None:
            replies.act(work, work.session.get_one(Contact, met.id), Understanding(Meaning.CHECK, case.ticket))
        return
    if case is not None:
        _piece(work, message, gateway, met, heard.words, joining.Piece("piece", case.id))
        return
    if not urgent and not heard.explicit and not message.media and message.lat is None and (sort := sorting.sort_of(work, heard.words)):
        if _store(work, message, gateway, met.id, sorting.PREFIX + sort, heard.words) and sort in sorting.ANSWERS:
            replies.chat(work, work.session.get_one(Contact, met.id), sorting.ANSWERS[sort])
        return
    filed = intake.take(work, intake.filing_of(message, gateway, heard.words, met.id))
    if not met.new:
        attachments.adopt(work, filed.case_id, met.id)


def _sealed(work: Work, message: IncomingMessage, gateway: str, text: str) -> None:
    """A whistleblower's words must not lie in an open table: only that something came is kept, and the sender is told the safe way. Whom it
    puts in danger now is told the number to call all the same."""
    contact = None
    if message.sender and not message.automatic:
        answer_emergency(work, message, text)
    if message.sender and message.authentic and not message.automatic:
        contact = hear(work.session, message.channel, message.sender, work.now).id
    elif message.sender:
        contact = meet(work.session, message.channel, message.sender).id
    if _store(work, message, gateway, contact, Meaning.COURTESY, "") is None or contact is None or message.automatic:
        return
    if not brakes.talkative(work, contact):
        notices.say(work, work.session.get_one(Contact, contact), "sealed", words=safe_way(work))
