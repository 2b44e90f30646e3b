"""What to send next for a notice: to whom, in which words, by which gateway, or until when to wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from ntbcare.casework import brakes, consulting, delivery, notices, telling, upkeep
from ntbcare.contract import OutgoingMessage
from ntbcare.domain import tickets
from ntbcare.domain.rating import LABELS
from ntbcare.records import cases, outside, street
from ntbcare.records.cases import Case
from ntbcare.records.messages import Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work
from ntbcare.wording import LINK_MARK, PIN_MARK

MOST_REPEATS = 3  # words that may have left this often already are not sent once more: somebody looks
NOBODY_CARRIES = timedelta(minutes=15)  # a channel that is missing from the settings is looked for again after this


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: nothing was dialled, and nothing is counted as a try. `chain`: it waits there, so that it holds up nothing else."""

    until: datetime
    chain: int | None = None


class Found(NamedTuple):
    """Who takes a message."""

    gateway: str
    way: str
    trial: bool


def next_message(work: Work, notice_id: int) -> delivery.Dial | Wait | None:
    """What to send for a notice, until when to wait, or None when it was sent already or must not be.

    The moment of dialling is stored before the provider is called. Finding it set means an earlier run died between the
    call and its record, or never heard the answer: the message may leave a second time, so that is counted and shown (at-least-once, never silently).
    """
    notice = work.session.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.state != "waiting":
        return None
    contact = work.session.get(Contact, notice.contact_id) if notice.contact_id else None
    if contact is None or (contact.opted_out_at is not None and notice.template != "stopped"):
        notice.state = "no_road"
        return None
    if notice.dialled_at is not None and notice.possible_repeats >= MOST_REPEATS:
        notice.last_error = f"mungkin sudah terkirim {notice.possible_repeats + 1} kali tanpa jawaban penyedia; tidak dikirim lagi"
        delivery.gave_up(work, notice)
        return None
    if notice.template in notices.OFFICER_TEMPLATES:
        leave = telling.may_leave(work, notice, contact)
        if leave.never or leave.until:
            return Wait(leave.until) if leave.until else None
    morning = None if notice.prompted else work.ref.street.quiet_until(notice.channel, work.now, work.ref.zone)
    if morning is not None:  # what could not leave by day rings nobody awake, and holds up no answer asked at night
        return Wait(morning, chain=notices.aside(contact.id))
    brake = brakes.sending(work, notice, contact)
    if brake.never:
        notice.last_error = brake.never
        delivery.gave_up(work, notice)
        return None
    found, until = (None, brake.until) if brake.until else _gateway(work, notice, contact.address)
    if found is None:
        return Wait(until or work.now + NOBODY_CARRIES)
    if notice.dialled_at is not None:
        notice.possible_repeats += 1
        work.tell("notice:possible_repeat", notice.case_id, notice=notice.id)
    notice.dialled_at = notice.dialled_last = work.now
    notice.attempts += 1
    notice.gateway = found.gateway
    return delivery.Dial(found.gateway, _message(work, notice, contact), found.way, trial=found.trial)


def _gateway(work: Work, notice: Notice, address: str) -> tuple[Found | None, datetime | None]:
    """(who takes it, until when all are lowered). The first upright gateway in the order of this number.

    Who has said that it does not reach this address is not asked again; who lost the message once comes last.
    """
    every = work.ref.street.order(notice.channel, address, work.house.gateways.get(notice.channel, ()))
    if not every:
        upkeep.alarm(work, "channel_missing", notice.channel, f"Pesan {notice.channel} menunggu, tetapi tidak ada penyedia yang dipasang.")
        return None, None
    order = [name for name in every if name not in notice.tried] or list(every)
    if notice.returns:
        order.sort(key=lambda name: name == notice.gateway)
    ways = {name: street.ways(work.house.gateways, name)[notice.channel] for name in order}
    rows = street.health(work.session, tuple(ways.values()))
    for name, way in ways.items():
        row = rows.get(way)
        if row is None or row.lowered_until is None:
            return Found(name, way, row is not None and row.failures > 0), None
        if row.lowered_until <= work.now and street.on_trial(work.session, way, work.now):
            return Found(name, way, True), None
    return None, min(max(row.lowered_until, work.now + timedelta(seconds=1)) for row in rows.values() if row.lowered_until)


def _message(work: Work, notice: Notice, contact: Contact) -> OutgoingMessage:
    case = cases.get(work.session, notice.case_id) if notice.case_id else None
    subject = f"Laporan {tickets.pretty(case.ticket)}" if case else {**telling.SUBJECTS, **notices.HELPERS}.get(notice.template, "")
    # who wrote to us in private is reached directly; a public post is the way only to somebody who never did
    thread = notice.thread if notice.public or contact.heard_at is None or notice.channel not in notices.PUBLIC else None
    return OutgoingMessage(
        f"notice-{notice.id}", contact.address, _with_pin(work, notice, case), () if notice.public else _choices(notice, case),
        channel=notice.channel, thread=thread or "", public=notice.public, heard_at=contact.heard_at, subject=subject,
    )  # fmt: skip


def _with_pin(work: Work, notice: Notice, case: Case | None) -> str:
    if LINK_MARK in notice.body and (row := outside.of_notice(work.session, notice.id)):
        return notice.body.replace(LINK_MARK, consulting.secret(work, row))
    if PIN_MARK not in notice.body or case is None:
        return notice.body
    return notice.body.replace(PIN_MARK, tickets.pin(work.house.pin_key, case.pin_salt, case.ticket))


def _choices(notice: Notice, case: Case | None) -> tuple[tuple[str, str], ...]:
    """Short answers to tap, where the channel has buttons; each carries its ticket, so it can never reach another case."""
    if notice.template == "which":
        return tuple((tickets.pretty(ticket), ticket) for ticket in notice.choices)
    if case is None:
        return ()
    if notice.template in ("response", "response_reminder"):
        return (("Sudah selesai", f"{case.ticket} YA"), ("Belum selesai", f"{case.ticket} BELUM"))
    if notice.template == "poll":
        return tuple((f"{score} {label}", f"{case.ticket} {score}") for score, label in LABELS.items())
    return ()
