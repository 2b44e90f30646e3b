"""Notices on their way: what the provider said, and what follows once words have really arrived. What to send next: dialling.py."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import clockwork, notices, upkeep
from ntbcare.contract import ChannelError, DeliveryReceipt, OptedOut, OutgoingMessage, Refused, Sent, Throttled, WindowClosed
from ntbcare.domain import lifecycle
from ntbcare.records import cases, errands, messages, roads, street
from ntbcare.records.cases import Case
from ntbcare.records.errands import Claim
from ntbcare.records.messages import EarlyReceipt, Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

TRIES_AFTER_RECEIPT = 4
_TOLD = tuple(field.name for field in fields(DeliveryReceipt))  # a receipt that comes early is kept whole
DOWN_AFTER = 6  # failures of a provider in a row, about two minutes: then somebody is told


@dataclass(frozen=True, slots=True)
class Dial:
    """A message ready to leave, and by which gateway. `trial`: this `way` of it (street.ways) stumbled before."""

    gateway: str
    message: OutgoingMessage
    way: str
    trial: bool = False


def _alone(work: Work, channel: str, external_id: str) -> None:
    """Wait for whoever speaks of the same message: what its sender and its receipt each look for, the other may be writing."""
    work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{channel}:{external_id}", 0))))


def sent(work: Work, dial: Dial, notice_id: int, result: Sent) -> None:
    """The provider took it. `final`: no later receipt will come, so sent is delivered."""
    _alone(work, dial.message.channel, result.external_id)  # before the notice's row, as receipt() does
    if dial.trial:
        street.recovered(work.session, dial.way, work.now)
        errands.wake(work.session, dial.message.channel, work.now, street.LONGEST)
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
        errands.wake(work.session, dial.message.channel, work.now, street.LONGEST)
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
    notice.state = "held"
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
        roads.close(work.session, contact_id)
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
        clockwork.arrived(work, case, edge, notice)


def seen(work: Work, case: Case) -> None:
    """The reporter opened the tracking page: what waited there is delivered."""
    for notice in messages.notices_of(work.session, case.id):
        if notice.channel == "web" and notice.state == "waiting":
            delivered(work, notice, "shown")
