""" "Sama", says somebody who fills in the form: nothing is filed, their words stand beside the open case, and they may hear of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import intake, likeness, lookup, notices, offering
from ntbcare.domain import tickets
from ntbcare.domain.errors import BadInput, NotFound
from ntbcare.domain.lifecycle import OPEN
from ntbcare.records import messages
from ntbcare.records.cases import Case
from ntbcare.records.likeness import Follower
from ntbcare.records.messages import SAME, Message, Stored
from ntbcare.records.people import Contact, meet
from ntbcare.records.work import Work

MOST_A_DAY = 100  # whose words are kept beside one case
_MOST_READABLE, _READABLE = 20, 500  # people; letters of each
_MOST_UNHEARD = 5  # open cases that follow a number nobody has written to us from
_DAY = timedelta(days=1)


class Followed(NamedTuple):
    """What became of it: `numbered` = a number was left, `kept` = their words are kept (not after MOST_A_DAY)."""

    ticket: str
    numbered: bool
    kept: bool


class Followings(NamedTuple):
    """How many people said that a case is theirs too, and (when, words) of the newest, each at most 500 letters."""

    people: int
    newest: list[tuple[str, str]]


NOBODY = Followings(0, [])


class OwnCase(BadInput):
    """Somebody chose the very case that they had made of this form."""

    def __init__(self) -> None:
        super().__init__("text", "Laporan yang Anda pilih adalah laporan Anda sendiri, jadi tidak perlu diikuti lagi.")


def follow(work: Work, filing: intake.Filing, ticket: str) -> Followed:
    """Follow a case that may be offered for this very report. Safe to hear twice: one report follows one case once.

    Such words have keys of their own, beside those of reports. Raises what intake.check raises, KeyTaken, OwnCase, and BadInput when that
    case is no longer open to all or not alike.
    """
    intake.check(work, filing)
    key = f"same:{tickets.normalise(ticket)}:{filing.key}"
    before = messages.find(work.session, filing.channel, key)
    if before is not None:
        return _again(work, before, filing, key)
    case = _chosen(work, filing, ticket)
    made = messages.find(work.session, filing.channel, filing.key)
    if made is not None and made.case_id == case.id:
        raise OwnCase()
    kept = _today(work, case) < MOST_A_DAY
    said = messages.add(work.session, {
        "channel": filing.channel, "external_id": key, "case_id": case.id, "meaning": SAME, "text": filing.text if kept else "",
        "digest": filing.digest(), "received_at": work.now, "contact_id": None, "gateway": None, "ref": None, "album": None, "thread": None,
    })  # fmt: skip
    if said is not None:  # else a twin was faster: all is done
        work.tell("likeness:followed", case.id, message=said, channel=filing.channel, kept=kept)
        if filing.phone:
            _hear(work, case, meet(work.session, "sms", filing.phone).id, said)
    return Followed(case.ticket, bool(filing.phone), kept)


def _again(work: Work, before: Stored, filing: intake.Filing, key: str) -> Followed:
    if before.meaning != SAME or before.digest != filing.digest() or before.case_id is None:
        raise intake.KeyTaken()
    case = work.session.get_one(Case, before.case_id)
    words = select(Message.text).where(Message.channel == filing.channel, Message.external_id == key)
    return Followed(case.ticket, bool(filing.phone), bool(work.session.scalar(words)))


def _chosen(work: Work, filing: intake.Filing, ticket: str) -> Case:
    """The case, when it is one of those that may be offered for this report: a number alone opens no way to a case."""
    try:
        case = open_to_all(work, ticket)
    except NotFound:
        case = None
    if case is None or case.id not in {one.case.id for one in offering.alike(work, filing)}:
        raise BadInput(
            "text", "Laporan yang Anda pilih tidak dapat diikuti: mungkin baru saja selesai. Kirim cerita Anda sebagai laporan baru."
        )
    return case


def open_to_all(work: Work, ticket: str) -> Case:
    """A case that may be offered to anybody and is still open. Raises NotFound in the same words whatever is wrong."""
    case = lookup.by_ticket(work, ticket)
    if case.state not in OPEN or not likeness.may_be_public(work, case):
        raise NotFound(subject=case.ticket)
    return case


def _today(work: Work, case: Case) -> int:
    said = select(func.count()).where(Message.case_id == case.id, Message.meaning == SAME, Message.received_at > work.now - _DAY)
    return work.session.scalar(said) or 0


def _hear(work: Work, case: Case, contact_id: int, message_id: int) -> None:
    """This contact follows: once, not its own case, and of a number nobody wrote to us from only a few cases.

    Told is only whose owner has written to us: anybody can type a stranger's number into a form, as often as they like.
    """
    if contact_id == case.contact_id:
        return
    contact = work.session.get_one(Contact, contact_id, with_for_update=True)  # one at a time, or two would both be the fifth
    followed = select(func.count()).select_from(Follower).join(Case, Case.id == Follower.case_id)
    many = work.session.scalar(followed.where(Follower.contact_id == contact_id, Case.state.in_(OPEN))) or 0
    if contact.heard_at is None and many >= _MOST_UNHEARD:
        return
    names = ["case_id", "contact_id", "message_id", "at"]
    row = select(literal(case.id), literal(contact_id), literal(message_id), literal(work.now))
    made = insert(Follower).from_select(names, row).on_conflict_do_nothing().returning(Follower.case_id)
    if work.session.execute(made).first() is not None and contact.heard_at is not None:
        notices.say(work, contact, "following", ticket=tickets.pretty(case.ticket), about=likeness.about(work, case))


def beside(work: Work, case: Any) -> Followings:
    """Who told of the same, for those who may read the case: the words are kept with their messages, never in the case's book."""
    query = select(Message.text, Message.received_at, func.count().over()).where(Message.case_id == case.id, Message.meaning == SAME)
    rows = work.session.execute(query.order_by((Message.text == "").asc(), Message.id.desc()).limit(_MOST_READABLE)).all()
    newest = [(likeness.day(work, at), cut(text)) for text, at, _ in rows if text]
    return Followings(rows[0][2] if rows else 0, newest)


def cut(text: str) -> str:
    """At most 500 letters, with an honest "…" where something was left out."""
    return text if len(text) <= _READABLE else text[: _READABLE - 1] + "…"
