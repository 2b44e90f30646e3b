"""Notices on their way: what to send next, what the provider said, and what follows once words have really arrived."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import brakes, clockwork, notices, upkeep
from ntbcare.contract import ChannelError, DeliveryReceipt, OptedOut, OutgoingMessage, Refused, Sent, Throttled, WindowClosed
from ntbcare.domain import lifecycle, tickets
from ntbcare.domain.rating import LABELS
from ntbcare.records import cases, errands, messages, street
from ntbcare.records.cases import Case
from ntbcare.records.errands import Claim
from ntbcare.records.messages import EarlyReceipt, Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work
from ntbcare.wording import PIN_MARK

TRIES_AFTER_RECEIPT = 4
MOST_REPEATS = 3  # words that may have left this often already are not sent once more: somebody looks
NOBODY_CARRIES = timedelta(minutes=15)  # a channel that is missing from the settings is looked for again after this
_TOLD = tuple(field.name for field in fields(DeliveryReceipt))  # a receipt that comes early is kept whole
DOWN_AFTER = 6  # failures of a provider in a row, about two minutes: then somebody is told


@dataclass(frozen=True, slots=True)
class Dial:
    """A message ready to leave, and by which gateway. `trial`: this `way` of it (street.ways) stumbled before."""

    gateway: str
    message: OutgoingMessage
    way: str
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: nothing was dialled, and nothing is counted as a try. `chain`: it waits there, so that it holds up nothing else."""

    until: datetime
    chain: int | None = None


def next_message(work: Work, notice_id: int) -> Dial | Wait | None:
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
        gave_up(work, notice)
        return None
    morning = None if notice.prompted else work.ref.street.quiet_until(notice.channel, work.now, work.ref.zone)
    if morning is not None:  # what could not leave by day rings nobody awake, and holds up no answer asked at night
        return Wait(morning, chain=notices.aside(contact.id))
    brake = brakes.sending(work, notice, contact)
    if brake.never:
        notice.last_error = brake.never
        gave_up(work, notice)
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
    return Dial(found.gateway, _message(work, notice, contact), found.way, trial=found.trial)


class Found(NamedTuple):
    """Who takes a message."""

    gateway: str
    way: str
    trial: bool


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
    subject = f"Laporan {tickets.pretty(case.ticket)}" if case else ""
    # who wrote to us in private is reached directly; a public post is the way only to somebody who never did
    thread = notice.thread if notice.public or contact.heard_at is None or notice.channel not in notices.PUBLIC else None
    return OutgoingMessage(
        f"notice-{notice.id}", contact.address, _with_pin(work, notice, case), () if notice.public else _choices(notice, case),
        channel=notice.channel, thread=thread or "", public=notice.public, heard_at=contact.heard_at, subject=subject,
    )  # fmt: skip


def _with_pin(work: Work, notice: Notice, case: Case | None) -> str:
    if PIN_MARK not in notice.body or case is None:
        return notice.body
    return notice.body.replace(PIN_MARK, tickets.pin(work.house.pin_key, case.pin_salt, case.ticket))


def _choices(notice: Notice, case: Case | None) -> tuple[tuple[str, str], ...]:
    """Short answers to tap, where the channel has buttons; each carries its ticket, so it can never reach another case."""
    if notice.template == "which":
        return tuple((tickets.pretty(ticket), ticket) for ticket in _tickets_in(notice.body))
    if case is None:
        return ()
    if notice.template in ("response", "response_reminder"):
        return (("Sudah selesai", f"{case.ticket} YA"), ("Belum selesai", f"{case.ticket} BELUM"))
    if notice.template == "poll":
        return tuple((f"{score} {label}", f"{case.ticket} {score}") for score, label in LABELS.items())
    return ()


def _tickets_in(words: str) -> Iterator[str]:
    """Every ticket that words of ours name, in their order."""
    rest = words
    while (found := tickets.find(rest)) is not None:
        ticket, rest = found
        yield ticket


def _alone(work: Work, channel: str, external_id: str) -> None:
    """Wait for whoever speaks of the same message: what its sender and its receipt each look for, the other may be writing."""
    work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{channel}:{external_id}", 0))))


def sent(work: Work, dial: Dial, notice_id: int, result: Sent) -> None:
    """The provider took it. `final`: no later receipt will come, so sent is delivered."""
    _alone(work, dial.message.channel, result.external_id)  # before the notice's row, as receipt() does
    if dial.trial:
        street.recovered(work.session, dial.way, work.now)
    notice = work.session.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.state != "waiting":
        return
    _taken(work, dial, notice, result.external_id)
    if result.final:
        delivered(work, notice)
    for early in work.session.query(EarlyReceipt).filter_by(channel=notice.channel, external_id=result.external_id):
        _heed(work, notice, DeliveryReceipt(**{name: getattr(early, name) for name in _TOLD}))
        work.session.delete(early)


def _taken(work: Work, dial: Dial, notice: Notice, external_id: str | None) -> None:
    notice.state, notice.sent_at, notice.external_id, notice.last_error = "sent", work.now, external_id, None
    notice.dialled_at = None
    work.tell("notice:sent", notice.case_id, notice=notice.id, template=notice.template, channel=notice.channel, gateway=dial.gateway)


def failed(work: Work, dial: Dial, error: ChannelError, claim: Claim) -> None:
    """The provider refused or did not answer: again later, by the next gateway, or never.

    A refusal is about this message, and a limit may be about this person; everything else is about the provider, who is
    lowered so that others go round it.
    """
    notice = work.session.get(Notice, claim.subject_id, with_for_update=True)
    if notice is None or notice.state != "waiting":
        errands.finish(work.session, claim, work.now)
        return
    notice.last_error = error.reason[:300]
    if not error.perhaps_sent:
        notice.dialled_at = None
    if isinstance(error, OptedOut) and notice.contact_id:
        _opt_out(work, notice.contact_id)
    personal = isinstance(error, Throttled) and error.person
    if dial.trial and (error.permanent or personal):
        street.recovered(work.session, dial.way, work.now)  # it answers, and has an opinion
    if error.permanent:
        _refused(work, dial, notice, error, claim)
        return
    throttle = error.after if isinstance(error, Throttled) else None
    if throttle is not None and personal:  # counted: who is never let through ends as undeliverable one day
        _later(work, notice, claim, max(timedelta(seconds=throttle), errands.backoff(claim.attempts)))
        return
    failures = street.stumbled(work.session, dial.way, work.now, notice.last_error, throttle)
    others = _others(work, dial, notice)
    if throttle is not None:  # nobody failed: it is not counted, and another gateway need not wait for this one
        rest = timedelta(seconds=min(throttle, 1.0) if others else throttle)
        notice.attempts -= 1
        errands.postpone(work.session, claim, work.now + rest)
        return
    if failures >= DOWN_AFTER:
        upkeep.alarm(work, "channel_down", dial.way, f"Penyedia {dial.way} belum menerima pesan kita: {notice.last_error}")
    _later(work, notice, claim, timedelta(seconds=1) if others and not error.perhaps_sent else errands.backoff(claim.attempts))


def _later(work: Work, notice: Notice, claim: Claim, again: timedelta) -> None:
    if errands.fail(work.session, claim, work.now, notice.last_error or "", again):
        gave_up(work, notice)


def _others(work: Work, dial: Dial, notice: Notice) -> list[str]:
    """Gateways that have not said yet that they do not reach this address."""
    return [name for name in work.house.gateways.get(notice.channel, ()) if name not in (dial.gateway, *notice.tried)]


def _refused(work: Work, dial: Dial, notice: Notice, error: ChannelError, claim: Claim) -> None:
    """Never by this gateway; by another one, where that may be; only the last refusal is final."""
    if isinstance(error, Refused) and error.elsewhere:
        others = _others(work, dial, notice)
        notice.tried = [*notice.tried, dial.gateway]
        if others:
            errands.postpone(work.session, claim, work.now)
            return
    if isinstance(error, Refused) and error.already and notice.possible_repeats:
        notice.possible_repeats -= 1  # this time nothing left: the words are there from before, once
        _taken(work, dial, notice, None)
        delivered(work, notice)
        errands.finish(work.session, claim, work.now)
        return
    if isinstance(error, WindowClosed) and not notice.public:
        hold(work, notice)
        errands.finish(work.session, claim, work.now)
        return
    errands.fail(work.session, claim, work.now, notice.last_error or "", None)
    gave_up(work, notice)


def hold(work: Work, notice: Notice) -> None:
    """Private words that may leave only after the person wrote again: they wait for that. The answer stands on the tracking page meanwhile."""
    notice.state, notice.dialled_at = "held", None
    work.tell("notice:held", notice.case_id, notice=notice.id, template=notice.template, error=notice.last_error)
    _undelivered(work, notice)


def reopen(work: Work, contact_id: int) -> int:
    """The person wrote to us in private: what waited for that leaves, in its order. Returns how many."""
    held = select(Notice).where(Notice.contact_id == contact_id, Notice.state == "held").order_by(Notice.id)
    found = list(work.session.scalars(held.with_for_update()))
    for notice in found:
        notice.state, notice.external_id, notice.tried, notice.prompted = "waiting", None, [], True
        notices.send(work, notice, key=f"deliver:{notice.id}:{secrets.token_hex(6)}")  # it may be held more than once
    return len(found)


def gave_up(work: Work, notice: Notice) -> None:
    """Undeliverable: shown on the case and on the board. The answer still stands on the tracking page, so the citizen's window opens."""
    notice.state = "failed"
    work.tell("notice:failed", notice.case_id, notice=notice.id, template=notice.template, error=notice.last_error)
    upkeep.alarm(
        work, "notice_failed", f"{notice.channel}:{notice.template}", f"Pesan {notice.channel} tidak terkirim: {notice.last_error}"
    )
    _undelivered(work, notice)


def _undelivered(work: Work, notice: Notice) -> None:
    case = cases.get(work.session, notice.case_id) if notice.case_id else None
    edge = lifecycle.upon_delivery(notice.template, case.state) if case else None
    if case is not None and edge is not None and not edge.pauses:
        clockwork.arrived(work, case, edge)
    elif case is not None and edge is not None:
        case.attention = "undelivered"  # nobody was asked, so nobody will answer: the desk must find another way


def receipt(work: Work, told: DeliveryReceipt) -> None:
    """A provider's later word about a message. Receipts come late, doubled, out of order, or before we noted the sending."""
    _alone(work, told.channel, told.external_id)  # before the notice's row, as sent() does
    query = work.session.query(Notice).filter(Notice.channel == told.channel, Notice.external_id == told.external_id)
    notice = query.with_for_update().first()
    if notice is not None:
        _heed(work, notice, told)
    elif told.state != "sent":
        values = {name: getattr(told, name) for name in _TOLD} | {"reason": told.reason[:300], "at": work.now}
        work.session.execute(insert(EarlyReceipt).values(values).on_conflict_do_nothing())


def _heed(work: Work, notice: Notice, told: DeliveryReceipt) -> None:
    """Only forward steps count, and a letter that comes back. A failure that may pass (a phone that is off) is tried again, a few times."""
    came_back = told.bounce and told.state == "failed" and notice.state == "delivered"  # a mail server took it, another did not
    if (notice.state != "sent" and not came_back) or told.state == "sent":
        return
    if told.state == "delivered":
        delivered(work, notice)
        return
    notice.last_error = told.reason[:300] or "the provider could not deliver it"
    if told.opted_out and notice.contact_id:
        _opt_out(work, notice.contact_id)
    if told.closed and not notice.public:
        hold(work, notice)
        return
    notice.returns += 1
    if told.permanent or notice.returns >= TRIES_AFTER_RECEIPT:
        gave_up(work, notice)
        return
    notice.state, notice.external_id = "waiting", None
    notices.send(work, notice, after=errands.backoff(notice.returns + 5), key=f"deliver:{notice.id}:back:{notice.returns}")


def _opt_out(work: Work, contact_id: int) -> None:
    contact = work.session.get(Contact, contact_id)
    if contact is not None and contact.opted_out_at is None:
        contact.opted_out_at = work.now
        work.tell("contact:stopped", None, contact=contact_id)


def delivered(work: Work, notice: Notice, state: str = "delivered") -> None:
    """The words arrived: a question pauses the clocks, an answer opens the citizen's window, a receipt keeps its promise."""
    notice.state, notice.delivered_at = state, work.now
    work.tell("notice:delivered", notice.case_id, notice=notice.id, template=notice.template, channel=notice.channel)
    case = cases.get(work.session, notice.case_id) if notice.case_id else None
    if case is None:
        return
    if notice.template == "receipt":
        clockwork.stop(work, case, "receipt")
    edge = lifecycle.upon_delivery(notice.template, case.state)
    if edge is not None:
        clockwork.arrived(work, case, edge)


def seen(work: Work, case: Case) -> None:
    """The reporter opened the tracking page: what waited there is delivered."""
    for notice in messages.notices_of(work.session, case.id):
        if notice.channel == "web" and notice.state == "waiting":
            delivered(work, notice, "shown")
