"""Is yours the same as this one? Asked of whoever told it, before their report goes to a desk; what their answer or silence does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from ntbcare.casework import asking, merging, moves, notices
from ntbcare.casework.likeness import Similar, about, bounds, keep_apart, may_be_public, similar
from ntbcare.domain import clock as promises
from ntbcare.domain import tickets
from ntbcare.domain.errors import BadInput, TooLate
from ntbcare.domain.kinds import Kind, Urgency
from ntbcare.domain.lifecycle import BY_EVENT, OPEN, State
from ntbcare.reading.likeness import district_of
from ntbcare.records import cases, journal
from ntbcare.records.cases import Case
from ntbcare.records.messages import Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work
from ntbcare.wording import MAX_PARTS, parts

_SPOKEN = ("sms", "telegram", "whatsapp", "facebook", "instagram", "x", "email")  # channels on which "1" can be answered
_OFFERS = ("receipt", "similar")  # the notices whose number 1 stands for a case
_TOLD = "likeness:offered"  # the book's line of it: a report is asked about once
_GONE = "Laporan itu sudah tidak terbuka untuk digabung. Laporan Anda tetap kami tangani sendiri."
_UNLIKE = "Laporan itu sudah tidak cocok lagi: ternyata tempatnya lain. Laporan Anda tetap kami tangani sendiri."
_SAME_DAY = timedelta(hours=12)  # a clock without its day is clear for so long


def likest(work: Work, case: Case) -> list[Similar]:
    """What may be offered to whoever told this case, the likest first; nothing where nobody can answer "1" or nothing is alike enough.

    A number that was only typed into a form proves nobody: whoever holds it must not be able to end somebody else's case.
    """
    contact = work.session.get(Contact, case.contact_id) if case.contact_id else None
    asked = contact is not None and contact.channel == case.channel and contact.channel in _SPOKEN and contact.opted_out_at is None
    if not asked or case.confidential or case.kind == Kind.TIP or case.state not in BY_EVENT["merge"].sources:
        return []
    found = similar(work, case, at=case.received_at, case_id=case.id, public=True, least=bounds(work).offer)
    return [one for one in found if not merging.reads(work, one.case, frozenset(case.accused or ()))]


def hold(work: Work, case: Case, found: list[Similar], *, first: bool) -> bool:
    """Does this report, which the rules could send to a desk now, wait until its sender said whether it is the likest of `found`?

    Once, and no longer than [likeness] wait_minutes: an errand written in this transaction sends it on then. While it waits, more words
    must still tell of the case that was named.
    """
    wait = timedelta(minutes=bounds(work).wait_minutes)
    if case.offered_until is not None:
        named = {ticket for notice in _offered(work, case) for ticket in notice.choices}
        same = case.urgency != Urgency.URGENT and any(one.case.ticket in named for one in found)
        case.offered_until = case.offered_until if same and case.offered_until > work.now else None
    elif found and wait and _may_wait(case) and (first or not _told_before(work, case)):
        case.offered_until = work.now + wait
        work.errand("route", case.id, after=wait, key=f"route:{case.id}")
    return case.offered_until is not None


def _may_wait(case: Case) -> bool:
    """Nothing urgent, nothing an officer took apart, and nobody who has been asked something already: one question is enough."""
    return case.urgency != Urgency.URGENT and case.split_from is None and case.question is None


def release(work: Work, case: Case) -> None:
    """No word is waited for any more: a worker sends the report to its desk at once. Safe for one that does not wait."""
    if case.offered_until is not None and case.state == State.RECEIVED:
        case.offered_until = None
        asking.read_again(work, case)


def receipt(work: Work, case: Case, found: list[Similar] | None, *, choices: Sequence[str] = (), **facts: Any) -> None:
    """The receipt, and with it a case that is very much the same: inside it where both fit, else right after it. `found` None = not
    looked for yet."""
    asked = choices or facts.get("question")
    found = likest(work, case) if found is None and not asked else found
    if not found or asked:
        notices.owe(work, case, "receipt", choices=choices, like="", wait="", **facts)
        return
    like, wait = _sentence(work, case, found[0]), case.offered_until
    known = {**notices.case_facts(work, case), **facts, "like": like, "wait": wait}
    if case.channel == "sms" and parts(work.house.wording.write("receipt", "sms", **known)) > MAX_PARTS:
        notices.owe(work, case, "receipt", like="", wait="", **facts)
        notices.owe(work, case, "similar", choices=(found[0].case.ticket,), like=like, wait=wait)
    else:
        notices.owe(work, case, "receipt", choices=(found[0].case.ticket,), like=like, wait=wait, **facts)
    _tell(work, case, found[0])


def read_later(work: Work, case: Case, found: list[Similar] | None) -> None:
    """Place or topic came only with later words: now a case like this one can be named, once. `found` None = not looked for yet."""
    found = likest(work, case) if found is None else found
    if found and not _told_before(work, case):
        notices.owe(work, case, "similar", choices=(found[0].case.ticket,), like=_sentence(work, case, found[0]), wait=case.offered_until)
        _tell(work, case, found[0])


def _sentence(work: Work, case: Case, one: Similar) -> str:
    """What is asked; of a report that waits also until when."""
    like = f"Mirip laporan {tickets.pretty(one.case.ticket)} ({about(work, one.case)}). Balas 1 bila sama"
    return f"{like}, 2 bila lain. Tanpa balasan kami teruskan {_until(work, case)}." if case.offered_until else f"{like}."


def _until(work: Work, case: Case) -> str:
    """When the wait is over, as a neighbour says it: `pukul 12.30`, with the day only where the clock alone could mean another."""
    assert case.offered_until is not None
    *day, clock, _ = promises.short_moment(case.offered_until, work.ref.calendar).split()
    return f"pukul {clock}" if case.offered_until - work.now < _SAME_DAY else f"{' '.join(day)} pukul {clock}"


def _tell(work: Work, case: Case, one: Similar) -> None:
    work.tell(_TOLD, case.id, other=one.case.ticket, score=one.score, because=list(one.reasons))


def _told_before(work: Work, case: Case) -> bool:
    """Was another case named to this sender before, whatever they said to it?"""
    told = select(journal.Entry.id).where(journal.Entry.case_id == case.id, journal.Entry.tag == _TOLD).limit(1)
    return work.session.execute(told).first() is not None


def waits(work: Work, case: Case, owed: Sequence[Notice]) -> tuple[str, str, str] | None:
    """(what its sender was asked, how it stands, "") of a report that waits for their word, from its notices; None for any other."""
    if case.offered_until is None or case.state != State.RECEIVED:
        return None
    named = next((notice.choices[0] for notice in reversed(owed) if notice.template in _OFFERS and len(notice.choices) == 1), "")
    return f"Apakah sama dengan laporan {tickets.pretty(named)}?", f"Menunggu kata pelapor sampai {_until(work, case)}.", ""


def offers(work: Work, contact: int) -> tuple[tuple[str, str], ...]:
    """(their new case, the one we named) of every offer that still waits for this sender's "1", newest first."""
    answerable = work.now - timedelta(hours=bounds(work).answer_hours)
    query = (
        select(Case.ticket, Notice.choices)
        .join(Case, Case.id == Notice.case_id)
        .where(Notice.contact_id == contact, Notice.created_at > answerable, Notice.template.in_(_OFFERS))
        .where(func.cardinality(Notice.choices) == 1, Case.contact_id == contact, Case.state.in_(BY_EVENT["merge"].sources))
    )
    rows = work.session.execute(query.order_by(Notice.id.desc()).limit(5)).all()
    return tuple((row.ticket, row.choices[0]) for row in rows if tickets.valid(row.choices[0]))


def _offered(work: Work, case: Case) -> list[Notice]:
    """The notices of this case that named another and wait for an answer."""
    mine = select(Notice).where(Notice.case_id == case.id, Notice.template.in_(_OFFERS), func.cardinality(Notice.choices) == 1)
    recent = Notice.created_at > work.now - timedelta(hours=bounds(work).answer_hours)
    found = work.session.scalars(mine.where(recent).order_by(Notice.id.desc())).all()
    return [notice for notice in found if tickets.valid(notice.choices[0])]


def accept(work: Work, case: Case) -> None:
    """ "1", says the citizen: their new case is joined to the one we named, and goes to no desk before that is undone. Raises TooLate when it
    cannot be joined any more; then it waits no longer."""
    named = _offered(work, case)
    other = cases.by_ticket(work.session, named[0].choices[0]) if named else None
    if other is not None and other.merged_into is not None:  # joined to a third one meanwhile
        other = cases.get(work.session, other.merged_into)
    if other is None or other.state not in OPEN or not may_be_public(work, other):
        release(work, case)
        raise TooLate(_GONE, subject=case.ticket)
    if district_of(case.region) is not None and district_of(other.region) != district_of(case.region):  # put right meanwhile
        release(work, case)
        raise TooLate(_UNLIKE, subject=case.ticket)
    try:
        moves.move(work, case, "merge", moves.Given(parent=other.id))
    except BadInput as refused:  # it ended in this very moment
        release(work, case)
        raise TooLate(_GONE, subject=case.ticket) from refused
    _answered(named)


def decline(work: Work, case: Case) -> None:
    """ "2", says the citizen: their case stays its own, nobody proposes that pair again, and a later number means something else.

    What waited for this word goes to its desk now, and that news is the answer.
    """
    named = _offered(work, case)
    for other in (cases.by_ticket(work.session, ticket) for notice in named for ticket in notice.choices):
        if other is not None:
            keep_apart(work, case.id, other.id)
    _answered(named)
    work.tell("likeness:declined", case.id)
    if case.offered_until is None or case.state != State.RECEIVED:
        notices.owe(work, case, "apart")
        return
    case.question = asking.ANSWERED  # should the rules find no desk any more, asking.thank says that the word has come
    release(work, case)


def _answered(named: list[Notice]) -> None:
    for notice in named:
        notice.choices = []
