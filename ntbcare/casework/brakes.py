"""Brakes: caps on what one person and everybody may be sent, and an end to two machines thanking each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from ntbcare.casework import upkeep
from ntbcare.casework.notices import OFFICER_TEMPLATES
from ntbcare.records.messages import Message, Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# words that answer words and change no case: of these a sender gets a few an hour, then silence
CHATTER = (
    "help",
    "courtesy",
    "started",
    "unknown_ticket",
    "too_late",
    "which",
    "words_added",
    "reopening_asked",
    "unsolved_beside",
    "media_words",
    "sealed",
    "unproved",
    "abuse",
    "which_withdrawn",
    "not_linked",
    "outside_over",
)
MOST_CHATTER = 3
MOST_STATUS = 6  # answers to CEK an hour: a person may be impatient, a machine must end
_PAUSE = timedelta(minutes=5)
_LOOK_BACK = 50  # messages
_MOMENT = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[:.]\d{2}(?:[:.]\d{2})?")  # 2026-03-13, 13/3/26, 12:01, 12.01.33


def _undated(text: str) -> str:
    """The words without dates and times; "" when nothing else is left."""
    return " ".join(_MOMENT.sub(" ", text).casefold().split())


@dataclass(frozen=True, slots=True)
class Brake:
    """Go (both empty), wait `until`, or `never` with the reason."""

    until: datetime | None = None
    never: str = ""


def sending(work: Work, notice: Notice, contact: Contact) -> Brake:
    """May this notice leave now? Raises no alarm for a person's cap that is kept; one for the house's."""
    street = work.ref.street
    today = _dialled(work, notice, contact.id, work.now - _DAY, street.person_day + 1)
    asked_for = notice.template in OFFICER_TEMPLATES  # an officer switched it on, signed in
    stranger = contact.heard_at is None and not notice.public and not asked_for
    if stranger and notice.channel == "sms" and not contact.address.startswith(street.stranger_prefix):
        return Brake(never="nomor luar daerah yang belum pernah menulis kepada kami")
    if stranger and (notice.channel == "email" or not notice.thread) and len(today) >= street.stranger_day:
        if _waiting(work, contact.id) <= street.stranger_day:
            return Brake(until=work.now + _PAUSE)  # soon again: more may have come meanwhile
        upkeep.alarm(
            work, "stranger_cap", notice.channel, "Terlalu banyak pesan ke alamat yang belum pernah menulis kepada kami; sisanya ditahan."
        )
        return Brake(never="batas pesan ke alamat yang belum pernah menulis kepada kami")
    if len(today) >= street.person_day:
        return _later(work, notice, today[street.person_day - 1] + _DAY)
    if len(today) >= street.person_hour and today[street.person_hour - 1] > work.now - _HOUR:
        return _later(work, notice, today[street.person_hour - 1] + _HOUR)
    if _house(work) >= street.house_hour:
        upkeep.alarm(work, "sending_breaker", "house", f"Lebih dari {street.house_hour} pesan dalam satu jam: pengiriman ditahan dulu.")
        return Brake(until=work.now + _PAUSE)
    return Brake()


def _waiting(work: Work, contact_id: int) -> int:
    """How much waits for this person."""
    query = select(func.count()).select_from(Notice).where(Notice.contact_id == contact_id, Notice.state == "waiting")
    return int(work.session.execute(query).scalar_one())


def _later(work: Work, notice: Notice, until: datetime) -> Brake:
    upkeep.alarm(work, "person_cap", f"contact:{notice.contact_id}", "Satu orang mencapai batas pesan; sisanya dikirim nanti.")
    return Brake(until=max(until, work.now + timedelta(seconds=1)))


def _dialled(work: Work, notice: Notice, contact_id: int, since: datetime, most: int) -> list[datetime]:
    """When this person was last sent something else, newest first."""
    query = select(Notice.dialled_last).where(Notice.contact_id == contact_id, Notice.dialled_last > since, Notice.id != notice.id)
    return [moment for moment in work.session.scalars(query.order_by(Notice.dialled_last.desc()).limit(most)) if moment]


def _house(work: Work) -> int:
    """Notices dialled in the last hour, counted at most every ten seconds by each process."""
    return work.house.counted.within(timedelta(seconds=10), work.now, lambda: _count(work))


def _count(work: Work) -> int:
    query = select(func.count()).select_from(Notice).where(Notice.dialled_last > work.now - _HOUR)
    return int(work.session.execute(query).scalar_one())


def echo(work: Work, contact_id: int, text: str) -> bool:
    """Has this sender said these very words so often within an hour that no person can be behind it? Dates and times do not count
    as words: a machine puts the moment into each of its answers."""
    street, bare = work.ref.street, _undated(text)
    recent = (Message.contact_id == contact_id) & (Message.received_at > work.now - _HOUR) & (Message.text != "")
    said = work.session.scalars(select(Message.text).where(recent).order_by(Message.id.desc()).limit(_LOOK_BACK))
    if sum(before == text or (bare != "" and _undated(before) == bare) for before in said) < street.echoes - 1:
        return False
    upkeep.alarm(work, "echo", f"contact:{contact_id}", "Satu pengirim mengulang kalimat yang sama; disimpan, tidak dijawab lagi.")
    return True


def talkative(work: Work, contact_id: int) -> bool:
    """Did this sender get its few courtesies of the hour already?"""
    return _said(work, contact_id, CHATTER, MOST_CHATTER)


def impatient(work: Work, contact_id: int) -> bool:
    """Was this sender told how things stand often enough within the hour?"""
    return _said(work, contact_id, ("status",), MOST_STATUS)


def stopped_today(work: Work, contact_id: int) -> bool:
    """Was STOP confirmed to this sender within a day?"""
    return _said(work, contact_id, ("stopped",), 1, _DAY)


def _said(work: Work, contact_id: int, templates: tuple[str, ...], most: int, within: timedelta = _HOUR) -> bool:
    query = select(Notice.id).where(
        Notice.contact_id == contact_id,
        Notice.template.in_(templates),
        Notice.created_at > work.now - within,
        Notice.contact_id.is_not(None),
    )
    return len(work.session.execute(query.limit(most)).all()) >= most
