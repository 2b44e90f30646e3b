"""Internal notes: what colleagues tell each other about a case. They are read here and leave by no door (field.md B34)."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from ntbcare.casework import moves
from ntbcare.domain import clock as promises
from ntbcare.domain import permissions
from ntbcare.domain.errors import BadInput, NotAllowed
from ntbcare.records.cases import Case
from ntbcare.records.desks import Note
from ntbcare.records.work import Work

LONGEST = 4000  # letters
_MOST = 100  # notes on a page


class NoteLine(NamedTuple):
    """One note: when, whose, what."""

    when_text: str
    who: str
    words: str


def may_note(work: Work, case: Case) -> bool:
    """Does this actor work on the case, so that colleagues should know what they know?"""
    return permissions.may(work.actor, "note", moves.standing(work, case))


def write(work: Work, case: Case, words: str) -> None:
    """Keep a note. The book tells that there is one, never what it says: the book may be shown to others. Raises NotAllowed, BadInput."""
    if not may_note(work, case) or not work.actor.id:
        raise NotAllowed(subject="note")
    if not words.strip():
        raise BadInput("note", "Tulis dulu catatannya.")
    if len(words) > LONGEST:
        raise BadInput("note", f"Catatan paling panjang {LONGEST:,} huruf; sisanya tulis di catatan kedua.".replace(",", "."))
    work.session.add(Note(case_id=case.id, by=work.actor.id, by_name=work.actor.name, words=words.strip(), at=work.now))
    work.tell("case:noted", case.id, by_name=work.actor.name)


def lines(work: Work, case: Case) -> list[NoteLine]:
    """The notes of a case for whoever works on it, oldest first; nothing for anybody else. One statement."""
    if not may_note(work, case):
        return []
    rows = work.session.scalars(select(Note).where(Note.case_id == case.id).order_by(Note.id.desc()).limit(_MOST)).all()
    return [NoteLine(promises.short_moment(row.at, work.ref.calendar), row.by_name, row.words) for row in reversed(rows)]
