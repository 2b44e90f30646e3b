"""What a merge and its undoing do beside the status: who may be joined, who follows whom, what becomes of what was joined before."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import notices
from ntbcare.domain import tickets
from ntbcare.domain.errors import BadInput, NoSuchMove, TooLate
from ntbcare.domain.kinds import Kind
from ntbcare.domain.lifecycle import OPEN
from ntbcare.reading import likeness
from ntbcare.reading.masks import mask
from ntbcare.records import journal
from ntbcare.records.cases import Case
from ntbcare.records.likeness import Follower
from ntbcare.records.messages import Message
from ntbcare.records.people import Contact
from ntbcare.records.work import Work

# event → what those who follow a case are told of it; a question to the reporter is nobody else's, and nor is what they say to it
_NEWS = {
    "answer": "Kabar dari petugas:",
    "respond": "Sudah dijawab petugas:",
    "approve": "Sudah dijawab petugas:",
    "forward": "Diteruskan ke instansi lain:",
    "archive": "Tidak dilanjutkan:",
    "reopen": "Dibuka kembali:",
    "confirm": "Selesai menurut pelapornya.",
    "window_over": "Sudah ditutup.",
    "close": "Sudah ditutup.",
    "withdraw": "Ditarik pelapornya. Masih ada masalahnya? Kirim laporan baru.",
    "lapse": "Ditutup karena pelapornya tidak menjawab. Masih ada masalahnya? Kirim laporan baru.",
    "merge": "Digabung dengan laporan {other}; kabarnya tetap Anda terima.",
}


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


def follow(work: Work, case: Case, contact_id: int, message_id: int | None) -> None:
    """This contact hears of the case as its reporter does; once, however often they say so."""
    if contact_id != case.contact_id:
        _follow(work, select(literal(case.id), literal(contact_id), literal(message_id), literal(work.now)))


def _follow(work: Work, rows: Any) -> None:
    names = ["case_id", "contact_id", "message_id", "at"]
    work.session.execute(insert(Follower).from_select(names, rows).on_conflict_do_nothing())


def since(work: Work, case: Case) -> datetime:
    """When the case was merged the last time. Raises NoSuchMove for one that never was."""
    found = _last_merge(work, case.id)
    if found is None:
        raise NoSuchMove("Laporan ini tidak pernah digabung.", subject=case.ticket)
    return found.at


def _last_merge(work: Work, case_id: int) -> journal.Event | None:
    return next((entry for entry in reversed(journal.story(work.session, case_id)) if entry.tag == "case:merge"), None)


def guard_undoing(work: Work, case: Case) -> None:
    """A merge is undone while people remember it. Raises TooLate."""
    if case.state_before is None:
        raise NoSuchMove("Gabungan ini dibuat sebelum dapat dipisahkan lagi.", subject=case.ticket)
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
        merge = _last_merge(work, child.id)
        if merge is not None and merge.body and json.loads(merge.body).get("parent") == case.id:
            child.merged_into = case.id
            apart.append(child)
    case.merged_into = None
    theirs = select(Message.id).where(Message.case_id.in_([one.id for one in apart]))
    work.session.execute(delete(Follower).where(Follower.case_id == parent_id, Follower.message_id.in_(theirs)))
    work.tell("case:left", parent_id, words=tickets.pretty(case.ticket))


def news(work: Work, case: Case, event: str, words: str, other: str = "") -> None:
    """What happened to a case, to everybody who follows it, on their own channels. The words are officers', with numbers masked."""
    if event not in _NEWS:
        return
    followers = select(Contact).join(Follower, Follower.contact_id == Contact.id).where(Follower.case_id == case.id).order_by(Contact.id)
    hidden = case.confidential or for_few(work, case)
    said = "" if hidden or event not in _WITH_WORDS else mask(words)
    for contact in work.session.scalars(followers.where(Contact.id.is_distinct_from(case.contact_id))).all():
        notices.say(work, contact, "followed", case, news=_NEWS[event].format(other=other), words=said)


_WITH_WORDS = ("answer", "respond", "approve", "forward", "archive", "reopen")
