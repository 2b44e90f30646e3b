"""Notices on their way: what to send next, what the provider said, and what follows once words have really arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import clockwork, upkeep
from ntbcare.contract import ChannelError, DeliveryReceipt, OptedOut, OutgoingMessage, Sent, Throttled
from ntbcare.domain import lifecycle, tickets
from ntbcare.domain.rating import LABELS
from ntbcare.records import cases, errands, messages
from ntbcare.records.cases import Case
from ntbcare.records.messages import EarlyReceipt, Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work
from ntbcare.wording import PIN_MARK

TRIES_AFTER_RECEIPT = 4
MOST_REPEATS = 3  # words that may have left this often already are not sent once more: somebody looks
ALARM_AFTER = 8  # tries, about four minutes: a provider that is away for longer is told to somebody


@dataclass(frozen=True, slots=True)
class Dial:
    """A message ready to leave, and by which channel."""

    channel: str
    message: OutgoingMessage


def held_until(work: Work, notice_id: int) -> datetime | None:
    """A case's words leave in the order in which they were written: until when must this notice wait for an older one?"""
    notice = work.session.get(Notice, notice_id)
    if notice is None or notice.case_id is None:
        return None
    same = (Notice.case_id == notice.case_id) & (Notice.contact_id == notice.contact_id) & (Notice.channel == notice.channel)
    unsent = (Notice.id < notice.id) & (Notice.state == "waiting") & Notice.sent_at.is_(None)
    older = work.session.scalars(select(Notice.id).where(same, unsent)).all()
    if not older:
        return None
    begun = errands.open_under(work.session, [f"deliver:{number}" for number in older])
    return max(*begun, work.now) + timedelta(seconds=1) if begun else None


def next_message(work: Work, notice_id: int) -> Dial | None:
    """What to send for a notice, or None when it was sent already or must not be.

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
    if notice.dialled_at is not None:
        if notice.possible_repeats >= MOST_REPEATS:
            notice.last_error = f"mungkin sudah terkirim {notice.possible_repeats + 1} kali tanpa jawaban penyedia; tidak dikirim lagi"
            gave_up(work, notice)
            return None
        notice.possible_repeats += 1
        work.tell("notice:possible_repeat", notice.case_id, notice=notice.id)
    notice.dialled_at = work.now
    notice.attempts += 1
    case = cases.get(work.session, notice.case_id) if notice.case_id else None
    message = OutgoingMessage(f"notice-{notice.id}", contact.address, _with_pin(work, notice, case), _choices(notice, case))
    return Dial(notice.channel, message)


def _with_pin(work: Work, notice: Notice, case: Case | None) -> str:
    if PIN_MARK not in notice.body or case is None:
        return notice.body
    return notice.body.replace(PIN_MARK, tickets.pin(work.house.pin_key, case.pin_salt, case.ticket))


def _choices(notice: Notice, case: Case | None) -> tuple[tuple[str, str], ...]:
    """Short answers to tap, where the channel has buttons; each carries its ticket, so it can never reach another case."""
    if case is None:
        return ()
    if notice.template in ("response", "response_reminder"):
        return (("Sudah selesai", f"{case.ticket} YA"), ("Belum selesai", f"{case.ticket} BELUM"))
    if notice.template == "poll":
        return tuple((f"{score} {label}", f"{case.ticket} {score}") for score, label in LABELS.items())
    return ()


def sent(work: Work, notice_id: int, result: Sent) -> None:
    """The provider took it. `final`: no later receipt will come, so sent is delivered."""
    notice = work.session.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.state != "waiting":
        return
    notice.state, notice.sent_at, notice.external_id, notice.last_error, notice.dialled_at = (
        "sent",
        work.now,
        result.external_id,
        None,
        None,
    )
    work.tell("notice:sent", notice.case_id, notice=notice.id, template=notice.template, channel=notice.channel)
    if result.final:
        delivered(work, notice)
    for early in work.session.query(EarlyReceipt).filter_by(channel=notice.channel, external_id=result.external_id):
        _heed(work, notice, DeliveryReceipt(early.channel, early.external_id, early.state, early.reason, early.permanent, early.opted_out))
        work.session.delete(early)


def failed(work: Work, notice_id: int, error: ChannelError, claim: errands.Claim) -> None:
    """The provider did not take it: again later, or never, as the error says; never is somebody's business."""
    notice = work.session.get(Notice, notice_id, with_for_update=True)
    if notice is None or notice.state != "waiting":  # settled by another run
        errands.finish(work.session, claim, work.now)
        return
    notice.last_error = f"{type(error).__name__}: {error.reason}"[:300]
    if not error.perhaps_sent:
        notice.dialled_at = None
    if isinstance(error, OptedOut) and notice.contact_id:
        _opt_out(work, notice.contact_id)
    again = None if error.permanent else timedelta(seconds=error.after) if isinstance(error, Throttled) else errands.backoff(claim.attempts)
    if errands.fail(work.session, claim, work.now, notice.last_error, again):
        gave_up(work, notice)
    elif claim.attempts == ALARM_AFTER:
        upkeep.alarm(work, "channel_down", notice.channel, f"Kanal {notice.channel} belum menerima pesan kita: {notice.last_error}")


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
    """Only forward steps count. A failure that may pass (a phone that is off) is tried again, a few times."""
    if notice.state != "sent" or told.state == "sent":
        return
    if told.state == "delivered":
        delivered(work, notice)
        return
    notice.last_error = told.reason[:300] or "the provider could not deliver it"
    if told.opted_out and notice.contact_id:
        _opt_out(work, notice.contact_id)
    if told.permanent or notice.attempts >= TRIES_AFTER_RECEIPT:
        gave_up(work, notice)
        return
    notice.state, notice.external_id = "waiting", None
    work.errand("deliver", notice.id, after=errands.backoff(notice.attempts + 5), key=f"deliver:{notice.id}:{notice.attempts}")


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
