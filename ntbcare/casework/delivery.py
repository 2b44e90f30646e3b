"""Notices on their way: what to send next, what the provider said, and what follows once words have really arrived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import brakes, clockwork, notices, upkeep
from ntbcare.contract import ChannelError, DeliveryReceipt, OptedOut, OutgoingMessage, Sent, Throttled
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
DOWN_AFTER = 6  # failures of a provider in a row, about two minutes: then somebody is told


@dataclass(frozen=True, slots=True)
class Dial:
    """A message ready to leave, and by which gateway. `trial`: this gateway stumbled before."""

    gateway: str
    message: OutgoingMessage
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: nothing was dialled, and nothing is counted as a try."""

    until: datetime


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
    if not notice.prompted and work.ref.street.quiet_until(notice.channel, work.now, work.ref.zone) is not None:
        # what could not leave by day rings nobody awake; an errand of its own, so that it holds up no answer asked at night
        notices.send(work, notice, key=f"deliver:{notice.id}:{notice.attempts}:{work.now:%Y%m%d%H}")
        return None
    brake = brakes.sending(work, notice, contact)
    if brake.never:
        notice.last_error = brake.never
        gave_up(work, notice)
        return None
    gateway, until = (None, brake.until) if brake.until else _gateway(work, notice.channel, contact.address)
    if gateway is None:
        return Wait(until or work.now + NOBODY_CARRIES)
    if notice.dialled_at is not None:
        notice.possible_repeats += 1
        work.tell("notice:possible_repeat", notice.case_id, notice=notice.id)
    notice.dialled_at = notice.dialled_last = work.now
    notice.attempts += 1
    notice.gateway = gateway[0]
    return Dial(gateway[0], _message(work, notice, contact), trial=gateway[1])


def _gateway(work: Work, channel: str, address: str) -> tuple[tuple[str, bool] | None, datetime | None]:
    """((who takes it, is it a trial) or None, until when all are lowered). The first upright gateway in the order of this number."""
    order = work.ref.street.order(channel, address, work.house.gateways.get(channel, ()))
    if not order:
        upkeep.alarm(work, "channel_missing", channel, f"Pesan {channel} menunggu, tetapi tidak ada penyedia yang dipasang.")
        return None, None
    rows = street.health(work.session, order)
    for name in order:
        row = rows.get(name)
        if row is None or row.lowered_until is None:
            return (name, row is not None and row.failures > 0), None
        if row.lowered_until <= work.now and street.on_trial(work.session, name, work.now):
            return (name, True), None
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


def sent(work: Work, dial: Dial, notice_id: int, result: Sent) -> None:
    """The provider took it. `final`: no later receipt will come, so sent is delivered."""
    if dial.trial:
        street.recovered(work.session, dial.gateway, work.now)
    notice = work.session.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.state != "waiting":
        return
    notice.state, notice.sent_at, notice.external_id, notice.last_error = "sent", work.now, result.external_id, None
    notice.dialled_at = None
    work.tell("notice:sent", notice.case_id, notice=notice.id, template=notice.template, channel=notice.channel, gateway=dial.gateway)
    if result.final:
        delivered(work, notice)
    for early in work.session.query(EarlyReceipt).filter_by(channel=notice.channel, external_id=result.external_id):
        _heed(work, notice, DeliveryReceipt(early.channel, early.external_id, early.state, early.reason, early.permanent, early.opted_out))
        work.session.delete(early)


def failed(work: Work, dial: Dial, error: ChannelError, claim: Claim) -> None:
    """The provider refused or did not answer: again later, by the next gateway, or never.

    A refusal is about this message; everything else is about the provider, who is lowered so that others go round it.
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
    if error.permanent:
        if dial.trial:
            street.recovered(work.session, dial.gateway, work.now)  # it answers, and has an opinion
        errands.fail(work.session, claim, work.now, notice.last_error, None)
        gave_up(work, notice)
        return
    throttle = error.after if isinstance(error, Throttled) else None
    failures = street.stumbled(work.session, dial.gateway, work.now, notice.last_error, throttle)
    others = [name for name in work.house.gateways.get(notice.channel, ()) if name != dial.gateway]
    if throttle is not None:  # nobody failed: it is not counted, and another gateway need not wait for this one
        rest = timedelta(seconds=min(throttle, 1.0) if others else throttle)
        notice.attempts -= 1
        errands.postpone(work.session, claim, work.now + rest)
        return
    if failures >= DOWN_AFTER:
        upkeep.alarm(work, "channel_down", dial.gateway, f"Penyedia {dial.gateway} belum menerima pesan kita: {notice.last_error}")
    again = timedelta(seconds=1) if others and not error.perhaps_sent else errands.backoff(claim.attempts)
    if errands.fail(work.session, claim, work.now, notice.last_error, again):
        gave_up(work, notice)


def gave_up(work: Work, notice: Notice) -> None:
    """Undeliverable: shown on the case and on the board. The answer still stands on the tracking page, so the citizen's window opens."""
    notice.state = "failed"
    work.tell("notice:failed", notice.case_id, notice=notice.id, template=notice.template, error=notice.last_error)
    upkeep.alarm(
        work, "notice_failed", f"{notice.channel}:{notice.template}", f"Pesan {notice.channel} tidak terkirim: {notice.last_error}"
    )
    case = cases.get(work.session, notice.case_id) if notice.case_id else None
    edge = lifecycle.upon_delivery(notice.template, case.state) if case else None
    if case is not None and edge is not None and not edge.pauses:
        clockwork.arrived(work, case, edge)
    elif case is not None and edge is not None:
        case.attention = "undelivered"  # nobody was asked, so nobody will answer: the desk must find another way


def receipt(work: Work, told: DeliveryReceipt) -> None:
    """A provider's later word about a message. Receipts come late, doubled, out of order, or before we noted the sending."""
    query = work.session.query(Notice).filter(Notice.channel == told.channel, Notice.external_id == told.external_id)
    notice = query.with_for_update().first()
    if notice is not None:
        _heed(work, notice, told)
    elif told.state != "sent":
        values = {"channel": told.channel, "external_id": told.external_id, "state": told.state, "reason": told.reason[:300],
                  "permanent": told.permanent, "opted_out": told.opted_out, "at": work.now}  # fmt: skip
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
