"""The question after closing: asked once per closing, answered once, reminded never, guessed never."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import notices
from ntbcare.domain.errors import AlreadyAnswered, BadInput, NotFound
from ntbcare.domain.lifecycle import State
from ntbcare.domain.rating import LABELS, UNHAPPY
from ntbcare.records import cases
from ntbcare.records.cases import Case
from ntbcare.records.polls import Poll
from ntbcare.records.work import Work


def ask(work: Work, case_id: int) -> None:
    """Ask whether it was good. Safe to run twice; a case that was opened again meanwhile is not asked."""
    case = cases.get(work.session, case_id)
    if case is None or case.state != State.CLOSED:
        return
    row = {"case_id": case.id, "round": case.reopenings + 1, "contact_id": case.contact_id, "asked_at": work.now}
    made = insert(Poll).values(row).on_conflict_do_nothing().returning(Poll.id)
    if work.session.execute(made).scalar() is None:
        return
    work.tell("poll:asked", case.id, round=case.reopenings + 1)
    notices.owe(work, case, "poll")


def rate(work: Work, case: Case, score: int, words: str = "") -> None:
    """Keep one rating. The row is locked, so of two taps at once one is kept and the other is told."""
    if score not in LABELS:
        raise BadInput("score", "Balas dengan satu angka, 1 sampai 5.")
    newest = select(Poll).where(Poll.case_id == case.id).order_by(Poll.round.desc()).limit(1).with_for_update()
    poll = work.session.scalars(newest).first()
    if poll is None:
        raise NotFound("Laporan ini belum selesai, jadi belum dapat dinilai.")
    if poll.answered_at is not None:
        raise AlreadyAnswered("Nilai Anda sudah kami catat. Terima kasih.")
    poll.score, poll.words, poll.answered_at = score, words or None, work.now
    work.tell("poll:rated", case.id, score=score, words=words, round=poll.round)
    notices.owe(work, case, "rated_unhappy" if score in UNHAPPY else "rated", score=score, label=LABELS[score])
