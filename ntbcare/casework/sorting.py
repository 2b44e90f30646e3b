"""What is no report: greetings, tests, thanks, advertising and mere abuse. Kept and answered honestly; a person can still make it a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from ntbcare.casework import intake
from ntbcare.domain import clock as promises
from ntbcare.domain import permissions
from ntbcare.domain.errors import NotAllowed, NotFound
from ntbcare.domain.kinds import CHANNEL_LABELS
from ntbcare.reading import chatter
from ntbcare.reading.masks import mask
from ntbcare.records.messages import Message
from ntbcare.records.work import Work

LONGEST = 25  # words: who writes more has something to tell
KEPT = timedelta(days=30)
MOST = 100
LABELS = {"sapaan": "Sapaan", "tes": "Percobaan", "iklan": "Iklan", "kasar": "Kata kasar", "pujian": "Terima kasih"}
ANSWERS = {
    "sapaan": "help",
    "tes": "help",
    "kasar": "abuse",
    "pujian": "courtesy",
}  # advertising gets no answer: it would prove that we read
PREFIX = "sort:"  # of the meaning of such a message
_SAYS = ("violation", "tip")  # kinds that words alone make: they are somebody's to read


@dataclass(frozen=True, slots=True)
class Aside:
    """One message that was not made a case."""

    id: int
    label: str
    text: str
    channel: str
    when: str


def sort_of(work: Work, text: str) -> str | None:
    """What kind of no-report this surely is; None for everything that may be one: a place, a danger or a topic makes it a report.

    Thanks for something, and offers, are none wherever that is: 'terima kasih jalan di Woha sudah bagus'. 'Terima kasih, tapi …' is one.
    """
    if chatter.is_offer(work.ref.plain, text):
        return "iklan"
    if len(text.split()) > LONGEST:
        return None
    told = work.ref.topics.read(text)
    if told.urgency == "mendesak" or (told.kind in _SAYS and told.kind_words):
        return None
    if chatter.is_praise(work.ref.plain, text):
        return "pujian"
    if told.sort not in LABELS or told.scores:
        return None
    return None if work.ref.gazetteer.find(text).code else told.sort


def asides(work: Work) -> list[Aside]:
    """The newest of them that nobody has made a report of, for a coordinator, with numbers and addresses masked. Raises NotAllowed."""
    _may(work)
    query = (
        select(Message)
        .where(Message.meaning.startswith(PREFIX), Message.case_id.is_(None), Message.received_at > work.now - KEPT)
        .order_by(Message.id.desc())
        .limit(MOST)
    )
    return [
        Aside(
            row.id,
            LABELS.get(row.meaning.removeprefix(PREFIX), row.meaning),
            mask(row.text),
            CHANNEL_LABELS.get(row.channel, row.channel),
            promises.short_moment(row.received_at, work.ref.calendar),
        )
        for row in work.session.scalars(query)
    ]


def take(work: Work, message_id: int) -> str:
    """A person says that it is a report after all. Returns the ticket; saying it twice is saying it once. Raises NotAllowed, NotFound."""
    _may(work)
    message = work.session.scalars(select(Message).where(Message.id == message_id).with_for_update()).first()
    if message is None or not message.meaning.startswith(PREFIX):
        raise NotFound(subject=str(message_id))
    sort = message.meaning
    ticket = intake.from_message(work, message)
    message.meaning = sort  # what it was taken for stays known, and whoever presses twice finds the same case
    return ticket


def _may(work: Work) -> None:
    if not permissions.may(work.actor, "candidate.decide"):
        raise NotAllowed(subject="candidate.decide")
