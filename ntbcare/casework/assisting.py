"""On behalf of somebody at a counter, on the telephone or in a village office: an officer writes, the report is the citizen's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from ntbcare.casework import intake, lookup
from ntbcare.domain import clock as promises
from ntbcare.domain import permissions, tickets
from ntbcare.domain.errors import BadInput, NotAllowed, NotFound
from ntbcare.domain.kinds import CHANNEL_LABELS
from ntbcare.records.cases import Case
from ntbcare.records.messages import Message
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

CHANNELS = ("counter", "phone", "village")
JUST_NOW = timedelta(minutes=10)  # the receipt is for the person who is still there; afterwards the PIN is theirs alone
_BROKEN_OFF = "Laporan dari formulir ini sudah tersimpan dengan nomor {}. Bila ini laporan lain, tekan Simpan sekali lagi."


class FormUsed(BadInput):
    """This form was sent before, with other contents: what stands in it now is another report."""

    def __init__(self, ticket: str) -> None:
        super().__init__("form", _BROKEN_OFF.format(tickets.pretty(ticket)))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the officer reads out or prints. `pin` is "" once it was shown; `phone` = the end of the number that gets the SMS."""

    ticket: str
    ticket_pretty: str
    pin: str
    who_label: str
    who: str
    due: str
    track: str
    phone: str
    stopped: bool  # the number asked us to send nothing any more
    channel_label: str


def file(work: Work, given: intake.Filing) -> intake.Filed:
    """Store what somebody told the officer. Raises NotAllowed, FormUsed, and what intake.file raises.

    The citizen owns ticket and PIN: news goes to their telephone, never to the officer. The book says who wrote it down.
    """
    _may(work)
    if given.channel not in CHANNELS:
        raise BadInput("channel", "Pilih dulu laporan ini disampaikan lewat mana.")
    _check_unused(work, given)
    with intake.in_their_name(work):
        filed = intake.file(work, given)
    if not filed.again:
        work.tell("case:assisted", filed.case_id, account=work.actor.id, by_name=work.actor.name, channel=given.channel)
    return filed


def receipt(work: Work, ticket: str, *, show_pin: bool) -> Receipt:
    """The receipt of a report that an officer filed a moment ago. Raises NotAllowed; NotFound for any other."""
    _may(work)
    case = lookup.by_ticket(work, ticket)
    if case.channel not in CHANNELS or work.now - case.received_at > JUST_NOW:
        raise NotFound(subject=case.ticket)
    contact = work.session.get(Contact, case.contact_id) if case.contact_id else None
    who_label, who = lookup.who_has_it(work, case)
    return Receipt(
        ticket=case.ticket, ticket_pretty=tickets.pretty(case.ticket), pin=lookup.pin_of(work, case) if show_pin else "",
        who_label=who_label, who=who, due=promises.moment_words(case.due_at, work.ref.calendar) if case.due_at else "",
        track=f"{work.house.public_url}/t/{case.ticket}", phone=contact.address[-3:] if contact else "", stopped=contact is not None and contact.opted_out_at is not None,
        channel_label=CHANNEL_LABELS[case.channel],
    )  # fmt: skip


def _may(work: Work) -> None:
    if not permissions.may(work.actor, "assist"):
        raise NotAllowed(subject="assist")


def _check_unused(work: Work, given: intake.Filing) -> None:
    """One form is one case, also when the officer goes back and only says that it came by telephone after all."""
    before = (
        select(Case.ticket)
        .join(Message, Message.case_id == Case.id)
        .where(Message.external_id == given.key, Message.channel.in_(CHANNELS))
        .where((Message.channel != given.channel) | (Message.digest != given.digest()))
    )
    ticket = work.session.execute(before.limit(1)).scalar()
    if ticket is not None:
        raise FormUsed(ticket)
