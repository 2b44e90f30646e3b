"""What a merge and its undoing do beside the status: who may be joined, who follows whom, what becomes of what was joined before."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, literal, select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import interest, notices
from ntbcare.domain import tickets
from ntbcare.domain.errors import BadInput, NoSuchMove, TooLate
from ntbcare.domain.kinds import Kind
from ntbcare.domain.lifecycle import OPEN, State
from ntbcare.domain.permissions import Role
from ntbcare.domain.privacy import Audience, may_be_offered, view
from ntbcare.domain.routing import below
from ntbcare.reading import likeness
from ntbcare.reading.masks import mask
from ntbcare.records import journal, readings
from ntbcare.records.cases import Case
from ntbcare.records.categories import ENDS_ONE
from ntbcare.records.likeness import Follower
from ntbcare.records.messages import Message
from ntbcare.records.people import Contact
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import Work

# event → what those who follow a case are told of it; a question to the reporter is nobody else's, and nor is what they say to it
_NEWS = {
    "hand_back": "Dicarikan petugas lain.",
    "dispose": "{moved} {unit}.",
    "object": "Dikerjakan lagi karena belum selesai.",
    "take_back": "Kembali ke pemerintah daerah; dicarikan petugasnya.",
    "relay": "Sudah dijawab instansi itu.",
    "answer": "Ada kabar dari petugas.",
    "respond": "Sudah dijawab petugas.",
    "approve": "Sudah dijawab petugas.",
    "forward": "Diteruskan ke instansi lain.",
    "watch_on": "Kami sudah menanyakannya ke instansi itu.",
    "archive": "Tidak dilanjutkan.",
    "reopen": "Dibuka kembali.",
    "confirm": "Selesai menurut pelapornya. Masih ada masalahnya? Kirim laporan baru.",
    "window_over": "Sudah ditutup.",
    "close": "Sudah ditutup.",
    "withdraw": "Ditarik pelapornya. Masih ada masalahnya? Kirim laporan baru.",
    "lapse": "Ditutup karena pelapornya tidak menjawab. Masih ada masalahnya? Kirim laporan baru.",
    "merge": "Digabung dengan laporan {other}; kabarnya tetap Anda terima.",
}
_HIDDEN = "Ada kabar baru."
_WITH_WORDS = ("answer", "respond", "approve", "forward", "relay", "archive", "reopen")
_BEREAVING = ("withdraw", "lapse")  # its own reporter ended it, which must end nobody else's


def bereaves(work: Work, case: Case, event: str) -> bool:
    """Did this event end `case` alone, so that what is joined to it goes on? By its own reporter, or archived for a reason that lies in
    this one report (`children` in archive_reasons.csv)."""
    return event in _BEREAVING or (event == "archive" and case.archive_reason in work.ref.facts.get(ENDS_ONE, ()))


def guard(work: Work, case: Case, parent_id: int | None) -> None:
    """Refuse a merge with what is not there, not open, or not for everybody's ears. Raises BadInput.

    Both rows are locked, the lower id first: of two who join A to B and B to A at once the second finds B merged already.
    """
    pair = select(Case.id).where(Case.id.in_((case.id, parent_id or 0))).order_by(Case.id).with_for_update()
    work.session.execute(pair).all()
    parent = work.session.get(Case, parent_id, populate_existing=True) if parent_id and parent_id != case.id else None
    if parent is None or parent.state not in OPEN:
        raise BadInput("parent", "Tulis nomor laporan lain yang masih terbuka.")
    if parent.confidential or case.confidential:
        raise BadInput("parent", "Laporan rahasia tidak digabung dengan laporan lain.")
    if for_few(work, parent) or for_few(work, case):
        raise BadInput("parent", "Laporan ini hanya dibaca sedikit orang, jadi tidak digabung dengan laporan lain.")
    accused = frozenset(case.accused or ()) | interest.everybody(work, interest.asked(work, case))
    if reads(work, parent, accused):
        raise BadInput(
            "parent", "Yang dilaporkan di sini membaca laporan itu, jadi keduanya tidak digabung. Tangani laporan ini tersendiri."
        )


def reads(work: Work, case: Any, accused: frozenset[int]) -> bool:
    """Do people of these units read a case (or a row with unit_id, region and accused): as the unit that has it, as one that helps, or
    because they coordinate or lead there? What accuses them is never joined to it. Asks nothing for a report that accuses nobody."""
    left = accused - frozenset(case.accused or ())
    if not left:
        return False
    holders = [*(unit for units in readings.beside(work.session, case.id) for unit in units), case.unit_id or 0]
    line = {above for unit in holders if unit in work.ref.units for above in work.ref.units[unit].line}
    return any(unit in line or _oversees(work.ref.units[unit], case.region) for unit in left if unit in work.ref.units)


def _oversees(unit: UnitFacts, region: str | None) -> bool:
    """Do its coordinators and leaders read every case from there?"""
    over = unit.kind == "coordinator" or unit.function in ("pemda", "setda")
    return over and unit.region is not None and (region is None or below(region, unit.region))


def for_few(work: Work, case: Any) -> bool:
    """Is this case (or row of one) for few readers only: a tip, or of a topic with readers of its own?"""
    category = work.ref.categories.get(case.category or "")
    return (category is not None and category.sealed != "no") or case.kind == Kind.TIP


def gather(work: Work, case: Case, parent_id: int) -> None:
    """`case` now stands in `parent_id`: whatever had been joined to it goes along, and who heard of it hears of the other."""
    for child in work.session.scalars(select(Case).where(Case.merged_into == case.id).with_for_update()):
        child.merged_into = parent_id
    parent = work.session.get_one(Case, parent_id)
    followers = select(literal(parent_id), Follower.contact_id, Follower.message_id, literal(work.now)).where(Follower.case_id == case.id)
    _follow(work, followers.where(Follower.contact_id.is_distinct_from(parent.contact_id)))
    if case.contact_id is not None and case.contact_id != parent.contact_id:
        said = select(Message.id).where(Message.case_id == case.id).order_by(Message.id).limit(1).scalar_subquery()
        _follow(work, select(literal(parent_id), literal(case.contact_id), said, literal(work.now)))
    work.tell("case:joined", parent_id, words=tickets.pretty(case.ticket))


def _follow(work: Work, rows: Any) -> None:
    names = ["case_id", "contact_id", "message_id", "at"]
    work.session.execute(insert(Follower).from_select(names, rows).on_conflict_do_nothing())


def children(work: Work, case: Case) -> list[Case]:
    """What is joined to a case, the oldest first; locked."""
    query = select(Case).where(Case.merged_into == case.id).order_by(Case.received_at, Case.id)
    return list(work.session.scalars(query.with_for_update()))


def carrier(work: Work, case: Case) -> Case | None:
    """The case that this one is joined to; None for one that stands on its own."""
    return work.session.get(Case, case.merged_into) if case.merged_into else None


def parents(work: Work, case: Case) -> bool:
    """Is anything joined to this case?"""
    return bool(work.session.scalar(select(exists().where(Case.merged_into == case.id))))


def followed(work: Work, case: Case) -> bool:
    """Does anybody beside its reporter follow this case?"""
    return bool(work.session.scalar(select(exists().where(Follower.case_id == case.id))))


def hand_down(work: Work, heir: Case, ended: Case, rest: list[Case]) -> None:
    """What was joined to `ended` is joined to `heir` from now on, which stands on its own; each reporter is told which case they hear of."""
    left = [child for child in rest if child.merged_into == ended.id]
    for child in left:
        child.merged_into = heir.id
        gather(work, child, heir.id)
        work.tell("case:inherited", child.id, parent=heir.id, words=tickets.pretty(heir.ticket))
        notices.owe(work, child, "merged", other=tickets.pretty(heir.ticket) if known(work, heir) else "")
    theirs = select(Message.id).where(Message.case_id.in_([child.id for child in left]))
    work.session.execute(delete(Follower).where(Follower.case_id == ended.id, Follower.message_id.in_(theirs)))
    other = tickets.pretty(ended.ticket) if known(work, ended) else ""
    notices.owe(work, heir, "inherited", other=other, archived=ended.archived_by == "admin")


def since(work: Work, case: Case) -> datetime:
    """When the case was merged the last time. Raises NoSuchMove for one that never was."""
    found = _last_merge(work, case.id)
    if found is None:
        raise NoSuchMove("Laporan ini tidak pernah digabung.", subject=case.ticket)
    return found.at


def _last_merge(work: Work, case_id: int) -> journal.Event | None:
    return next((entry for entry in reversed(journal.story(work.session, case_id)) if entry.tag == "case:merge"), None)


def _put_into(work: Work, case_id: int) -> int | None:
    """The case it was joined to when anybody last said so of this very case; a chain may have carried it further since."""
    told = (entry for entry in reversed(journal.story(work.session, case_id)) if entry.tag in ("case:merge", "case:inherited"))
    entry = next(told, None)
    return json.loads(entry.body).get("parent") if entry is not None and entry.body else None


def guard_undoing(work: Work, case: Case) -> None:
    """A merge is undone while people remember it, or whenever what it was joined to is gone. Raises TooLate."""
    if case.state_before is None:
        raise NoSuchMove("Gabungan ini dibuat sebelum dapat dipisahkan lagi.", subject=case.ticket)
    if work.actor.role is Role.TIMER:
        return
    days = likeness.limits(work.ref.facts.get("likeness", {})).unmerge_days
    if work.now - since(work, case) > timedelta(days=days):
        raise TooLate(
            f"Sudah lebih dari {days:.0f} hari sejak digabung. Buat laporan baru dan sebut nomor laporan ini.", subject=case.ticket
        )


def scatter(work: Work, case: Case) -> None:
    """`case` stands on its own again: what had been joined to it before comes along, and nobody follows the other because of them.

    Words and followers that came to the other meanwhile stay there.
    """
    parent_id = case.merged_into
    assert parent_id is not None  # the state says so
    apart = [case]
    for child in work.session.scalars(select(Case).where(Case.merged_into == parent_id, Case.id != case.id).with_for_update()):
        if _put_into(work, child.id) == case.id:
            child.merged_into = case.id
            apart.append(child)
    case.merged_into = None
    if case.offered_until is not None and case.state == State.RECEIVED:  # joined before it went to any desk: it goes there now
        case.offered_until = case.triaged_at = None
        work.errand("triage", case.id, key=f"triage:{case.id}:unmerged:{case.version}")
    theirs = select(Message.id).where(Message.case_id.in_([one.id for one in apart]))
    work.session.execute(delete(Follower).where(Follower.case_id == parent_id, Follower.message_id.in_(theirs)))
    work.tell("case:left", parent_id, words=tickets.pretty(case.ticket))


def news(work: Work, case: Case, event: str, words: str, other: Case | None = None) -> None:
    """What happened to a case, to everybody who follows it, on their own channels: a sentence of ours and where to look.

    Officers' words go along only where everybody may read them on the tracking page, and nothing of what few may know of by now. A number
    that only somebody typed is written to once its owner has written to us, unless it is that of a reporter whose case is joined to this one.
    """
    if event not in _NEWS or work.actor.role is Role.TRIAGE:
        return
    unit = work.ref.units.get(case.unit_id or 0)
    facts = {"other": tickets.pretty(other.ticket) if other and known(work, other) else "lain", "unit": unit.short if unit else "unit lain",
             "moved": "Dipindahkan ke" if case.hand_backs else "Sekarang ditangani"}  # fmt: skip
    said, told = "", _NEWS[event].format(**facts)
    if not known(work, case):
        told = _HIDDEN
    elif event in _WITH_WORDS and view(Audience.PUBLIC, **_protection(case)).story:
        said = mask(words)
    joined = exists().where(Case.merged_into == case.id, Case.contact_id == Contact.id)
    heard = Contact.heard_at.is_not(None)
    query = select(Contact).join(Follower, Follower.contact_id == Contact.id).where(Follower.case_id == case.id)
    # whose own case was joined hears of that itself when this one ends by its reporter (hand_down)
    query = query.where(heard & ~joined if bereaves(work, case, event) else heard | joined)
    for contact in work.session.scalars(query.where(Contact.id.is_distinct_from(case.contact_id)).order_by(Contact.id)).all():
        notices.say(work, contact, "followed", case, news=told, words=said)


def known(work: Work, case: Case) -> bool:
    """May anybody know of this case at this moment?"""
    few = "yes" if for_few(work, case) else "no"
    return may_be_offered(tip=case.kind == Kind.TIP, sealed=few, **_protection(case))


def _protection(case: Case) -> dict[str, bool]:
    return {"anonymous": case.anonymous, "confidential": case.confidential, "published": case.published}
