"""The first door: a message is stored once and becomes a new case, an answer, a rating, a question about a case, or a courtesy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from ntbcare.casework import attachments, clockwork, sealing_off, ways
from ntbcare.contract import IncomingMessage, Media
from ntbcare.domain import kinds, lifecycle, tickets
from ntbcare.domain.errors import BadInput, SealedDoor, WordsRequired
from ntbcare.domain.kinds import Kind, Urgency
from ntbcare.domain.permissions import Actor, Role
from ntbcare.records import cases, messages
from ntbcare.records.messages import Message, Stored
from ntbcare.records.people import meet
from ntbcare.records.work import Work

_TICKET_TRIES = 8


@dataclass(frozen=True, slots=True)
class Filing:
    """A new report as a door understood it, already sanitised. `key` is the sender's own name for it (idempotency)."""

    channel: str
    key: str
    text: str
    kind: Kind = Kind.COMPLAINT
    category: str | None = None
    region: str | None = None
    place: str | None = None
    lat: float | None = None
    lon: float | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    anonymous: bool = False
    confidential: bool = False
    sender: str = ""  # address on the channel itself (SMS number, chat id)
    contact: int | None = None  # the sender's contact, where the door has met them already
    media: tuple[Media, ...] = ()  # the provider's names of photos and sound, fetched later
    gateway: str | None = None  # who brought it
    ref: str | None = None  # the provider's own name of the message, as an edit quotes it
    album: str | None = None
    thread: str | None = None  # the public post it was said below

    def digest(self) -> str:
        """Tells two different reports under one key apart."""
        told = (self.text, self.kind, self.category, self.region, self.place, self.lat, self.lon, self.name, self.phone, self.email,
                self.anonymous, self.confidential)  # fmt: skip
        return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Filed:
    """What the sender is told. `again` = this very message had been stored before."""

    case_id: int
    ticket: str
    pin: str
    state: str
    unit_id: int | None
    due_at: datetime | None
    again: bool = field(default=False)


class KeyTaken(BadInput):
    """The same idempotency key came with a different report."""

    def __init__(self) -> None:
        super().__init__("Idempotency-Key", "Kunci ini sudah dipakai untuk laporan lain. Pakai kunci baru untuk laporan baru.")


def file(work: Work, filing: Filing) -> Filed:
    """Store one new report: message, case, journal line and errand in this transaction; the caller commits.

    Raises SealedDoor, WordsRequired, BadInput, KeyTaken. The same (channel, key) again gives the same case.
    """
    before = messages.find(work.session, filing.channel, filing.key)
    return take(work, filing) if before is None else _again(work, before, filing)


def take(work: Work, filing: Filing) -> Filed:
    """`file` for a door that has just looked and found nothing under this key."""
    check(work, filing)
    contact = _contact(work, filing)
    case_id, ticket, salt, due = _add_case(work, filing, contact)
    stored = _add_message(work, filing, case_id, contact)
    if stored is None:  # a twin was faster: forget ours, show theirs
        work.rollback()
        twin = messages.find(work.session, filing.channel, filing.key)
        if twin is None:
            raise BadInput("text", "Laporan ini sedang kami simpan. Coba kirim sekali lagi.")
        return _again(work, twin, filing)
    if filing.media and filing.gateway:
        attachments.expect(work, stored, filing.gateway, filing.media, case_id, contact)
    if filing.name or filing.phone or filing.email:
        cases.add_reporter(work.session, case_id, filing.name, filing.phone, filing.email)
    work.tell("case:submit", case_id, before=None, after="received", words=filing.text, channel=filing.channel)
    work.errand("triage", case_id, key=f"triage:{case_id}")
    pin = tickets.pin(work.house.pin_key, salt, ticket)
    return Filed(case_id, ticket, pin, lifecycle.State.RECEIVED, ways.foresee(work, filing), due)


def from_message(work: Work, message: Message) -> str:
    """A stored message becomes a case of its sender's. Returns the ticket."""
    if message.case_id is not None:
        case = cases.get(work.session, message.case_id)
        assert case is not None  # the foreign key says so
        return case.ticket
    filing = Filing(channel=message.channel, key=message.external_id, text=message.text, kind=Kind.COMPLAINT)
    check(work, filing)
    case_id, ticket, _, _ = _add_case(work, filing, message.contact_id)
    message.case_id, message.meaning = case_id, "new"
    with in_their_name(work):
        work.tell("case:submit", case_id, before=None, after="received", words=message.text, channel=message.channel)
    work.errand("triage", case_id, key=f"triage:{case_id}")
    return ticket


@contextmanager
def in_their_name(work: Work) -> Iterator[Actor]:
    """An officer files for somebody: in the book the report is the citizen's. Gives the officer, who acts again afterwards."""
    officer, work.actor = work.actor, Actor(Role.CITIZEN)
    try:
        yield officer
    finally:
        work.actor = officer


def check(work: Work, filing: Filing) -> None:
    """Refuse what an open door must not take, before anything is stored."""
    ref = work.ref
    if not filing.text:
        raise WordsRequired("Tulis dulu apa yang terjadi, lalu kirim.", field="text")
    if filing.kind not in kinds.OPEN_DOOR_KINDS:
        raise SealedDoor(sealing_off.safe_way(work))
    if filing.category is not None:
        category = ref.categories.get(filing.category)
        if category is None:
            raise BadInput("category", "Topik ini tidak ada dalam daftar.")
        if category.sealed == "yes":
            raise SealedDoor(sealing_off.safe_way(work))
    if filing.region is not None and filing.region not in ref.regions:
        raise BadInput("region", "Kode wilayah ini tidak ada dalam daftar.")
    if (filing.lat is None) != (filing.lon is None):
        raise BadInput("lat", "Titik lokasi perlu lintang dan bujur.")
    if filing.lat is not None and filing.lon is not None and not (-90 <= filing.lat <= 90 and -180 <= filing.lon <= 180):
        raise BadInput("lat", "Titik lokasi ini tidak ada di bumi.")
    sealing_off.guard(work, filing.text, filing.place)
    for written in (filing.name, filing.email, filing.key):  # nobody reads these after the text, but they stand in tables as well
        sealing_off.guard(work, written)


def _again(work: Work, before: Stored, filing: Filing) -> Filed:
    """The case that this very report made. What follows leads to the PIN, so words that only stand beside somebody's case open nothing."""
    if before.case_id is None or before.meaning != "new" or before.digest != filing.digest():
        raise KeyTaken()
    case = cases.get(work.session, before.case_id)
    assert case is not None  # the foreign key says so
    unit = case.unit_id or ways.foresee(work, case)
    pin = tickets.pin(work.house.pin_key, case.pin_salt, case.ticket)
    return Filed(case.id, case.ticket, pin, case.state, unit, case.due_at, again=True)


def _add_case(work: Work, filing: Filing, contact: int | None) -> tuple[int, str, bytes, datetime | None]:
    """The case row under a free ticket."""
    classification = kinds.classify(filing.kind)
    due = clockwork.first_answer_due(work, filing.kind, classification, Urgency.NORMAL)
    desk = work.ref.coordinator_of(filing.region) or work.ref.coordinator_of(None)
    assert desk is not None, "the seed has no coordinator"
    salt = tickets.new_salt()
    values = {
        "pin_salt": salt, "kind": filing.kind, "classification": classification, "state": lifecycle.State.RECEIVED,
        "channel": filing.channel, "contact_id": contact, "text": filing.text, "place": filing.place,
        "category": filing.category, "region": filing.region, "lat": filing.lat, "lon": filing.lon, "urgency": Urgency.NORMAL,
        "anonymous": filing.anonymous, "confidential": filing.confidential, "received_at": work.now,
        "due_at": due, "due_clock": "first_response" if due else None, "desk_id": desk.id,
    }  # fmt: skip
    for _ in range(_TICKET_TRIES):
        ticket = tickets.new()
        case_id = cases.add(work.session, {"ticket": ticket, **values})
        if case_id is not None:
            return case_id, ticket, salt, due
    raise RuntimeError("no free ticket found: the ticket space is full")


def _contact(work: Work, filing: Filing) -> int | None:
    """Whom to answer: the sender on the channel itself, else the phone number left on a form."""
    if filing.contact is not None:
        return filing.contact
    if filing.sender:
        return meet(work.session, filing.channel, filing.sender).id
    return meet(work.session, "sms", filing.phone).id if filing.phone else None


def _add_message(work: Work, filing: Filing, case_id: int, contact: int | None) -> int | None:
    return messages.add(work.session, {
        "channel": filing.channel, "external_id": filing.key, "case_id": case_id, "meaning": "new", "text": filing.text,
        "digest": filing.digest(), "received_at": work.now,
        "contact_id": contact if filing.sender else None, "gateway": filing.gateway, "ref": filing.ref, "album": filing.album,
        "thread": filing.thread,
    })  # fmt: skip


def filing_of(message: IncomingMessage, gateway: str, words: str, contact: int | None = None, kind: Kind = Kind.COMPLAINT) -> Filing:
    """A new report that came as a message. It is received when it reaches us: a promise cannot start on a provider's or a phone's clock."""
    return Filing(
        channel=message.channel, key=message.external_id, text=words, kind=kind, lat=message.lat, lon=message.lon,
        sender=message.sender, contact=contact if message.sender else None, media=message.media,
        gateway=gateway, ref=message.ref or None, album=message.group or None, thread=message.thread or None, phone=message.phone or None,
    )  # fmt: skip
