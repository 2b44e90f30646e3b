"""What rang on an officer's bell leaves by the roads they chose too, and is looked at once more at the moment of dialling.

The words are the bell's. They name no case to the ledger (`case_id` stays NULL), so that no page of a case ever shows them. Of topics with
readers of their own nothing leaves at all, and of a tip nothing to those who may not read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from ntbcare.casework import bells, morning, notices, rungs
from ntbcare.casework.accounts import actor_of
from ntbcare.domain import office, permissions
from ntbcare.domain.kinds import Kind
from ntbcare.domain.permissions import Standing
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock
from ntbcare.records.ladder import Bell, Rung
from ntbcare.records.messages import Notice
from ntbcare.records.people import Account, Contact
from ntbcare.records.roads import OfficerNotice, Road
from ntbcare.records.work import NO_WAIT, Work

SUBJECTS = {"officer_bell": "Pengingat janji kepada pelapor", "officer_digest": "Ringkasan pagi ini"}  # of a mail


class Leave(NamedTuple):
    """Go (both empty), wait `until` their office opens, or `never` because of this."""

    until: datetime | None = None
    never: str = ""


def bells_rang(work: Work, case: Case, rang: Mapping[int, int], words: str) -> None:
    """Bells of a case rang (account → bell): write the notices for those who chose to be told elsewhere as well."""
    if _sealed(work, case):
        return
    chosen = _open_roads().where(Road.account_id.in_(list(rang)), Road.bells).order_by(Road.account_id, Contact.channel)
    for account, contact in work.session.execute(chosen).all():
        if _may_hear(work, account, case):
            bell = rang[account.id]
            write(work, "officer_bell", account, contact, f"bell:{bell}:{work.now.isoformat()}", bell, **_facts(work, words, bell))


def write(work: Work, template: str, account: Account, contact: Contact, subject: str, bell: int | None = None, **facts: Any) -> None:
    """Words owed to one officer by one road; `subject` makes them once."""
    notice = notices.say(work, contact, template, after=max(_opens(work, account) - work.now, NO_WAIT), **facts)
    row = OfficerNotice(notice_id=notice.id, account_id=account.id, contact_id=contact.id, subject=subject, bell_id=bell)
    work.session.add(row)
    work.session.flush()


def good_morning(work: Work, account_id: int) -> None:
    """The digest of this day for one officer, by every road that they chose for it; once, whoever else walks the rounds.

    What is looked at too late in the day leaves tomorrow. Raises NoRule, CalendarTooShort.
    """
    chosen = work.session.execute(_open_roads().where(Road.account_id == account_id, Road.digest).order_by(Contact.channel)).all()
    if not chosen or _opens(work, chosen[0][0]) > work.now or not morning.begin(work, account_id):
        return
    told = morning.facts(work, chosen[0][0])
    if told is not None:
        for account, contact in chosen:
            write(work, "officer_digest", account, contact, f"digest:{morning.today(work).isoformat()}", None, **told)
    work.tell("digest:looked", None, account=account_id, told=told is not None)


def may_leave(work: Work, notice: Notice, contact: Contact) -> Leave:
    """May words to an officer leave at this moment? Their body is made what may be told now: a case may have become rahasia meanwhile."""
    found = work.session.get(OfficerNotice, notice.id)
    account = work.session.get(Account, found.account_id) if found else None
    road = work.session.get(Road, (account.id, contact.id)) if account else None
    if found is None or account is None or not account.active or road is None or not (road.bells if found.bell_id else road.digest):
        leave = Leave(never="petugas ini tidak (lagi) memilih jalan ini")
    elif contact.channel == "email" and contact.address != mailbox(account):
        leave = Leave(never="alamat surel petugas sudah diganti")
    elif (opens := _opens(work, account)) > work.now:
        return Leave(until=opens)
    else:
        leave = Leave(never=_anew(work, notice, found, account))
    if leave.never:
        notice.state, notice.last_error = "no_road", leave.never
        work.tell("notice:not_told", None, notice=notice.id, template=notice.template, because=leave.never)
    return leave


def mailbox(account: Account) -> str:
    """The address of an account as a contact knows it."""
    return account.email.strip().lower()


def _anew(work: Work, notice: Notice, found: OfficerNotice, account: Account) -> str:
    """Write the body as it may be read now; why it must not be any more, "" when all is well."""
    wording = work.house.wording
    if found.bell_id is None:
        told = morning.facts(work, account) if found.subject == f"digest:{morning.today(work).isoformat()}" else None
        if told is None:
            return "ringkasan ini sudah lewat"
        notice.body = wording.write(notice.template, notice.channel, **told)
        return ""
    bell = work.session.get_one(Bell, found.bell_id)
    case, rung = work.session.get(Case, bell.case_id), work.session.get(Rung, bell.rung_id)
    if case is None or rung is None or bell.read_at is not None:
        return "sudah ditangani atau selesai"
    if _sealed(work, case) or not _may_hear(work, account, case):
        return "bukan untuk jalan ini"
    if bells.hidden(work, case):
        said = bells.words(work, case, work.session.get_one(Clock, rung.clock_id), rung.level)
        notice.body = wording.write(notice.template, notice.channel, **_facts(work, said, bell.id))
    return ""


def _facts(work: Work, words: str, bell: int) -> dict[str, str]:
    return {"words": words, "link": f"{work.house.public_url}/meja/kabar#b{bell}"}


def _open_roads() -> Select[Account, Contact]:
    """(account, contact) of people who still have a desk, by addresses that have not said STOP."""
    query = select(Account, Contact).join(Road, Road.account_id == Account.id).join(Contact, Contact.id == Road.contact_id)
    return query.where(Account.active, Contact.opted_out_at.is_(None))


def _sealed(work: Work, case: Case) -> bool:
    return case.category in morning.sealed_topics(work)


def _may_hear(work: Work, account: Account, case: Case) -> bool:
    actor = actor_of(account, work.ref.units)
    return permissions.may(actor, "bell.answer", Standing(told=True, accused=frozenset(case.accused or ()))) and (
        case.kind != Kind.TIP or bells.readable(work, actor, case)
    )


def _opens(work: Work, account: Account) -> datetime:
    """When this officer's office is open next; at once for somebody without a unit."""
    unit = work.ref.units.get(account.unit_id or 0)
    return office.next_open(work.now, *rungs.desk_time(work, unit)) if unit else work.now
