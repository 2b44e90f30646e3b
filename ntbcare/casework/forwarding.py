"""What lies with a body outside our government: who has it, how the citizen asks there, when we ask again, and what came back.

A forwarded case is still somebody's: the clock `watch` says until when the coordinator asks there again, and on the morning its rule
names the case asks for attention. What that body answered closes the case as answered outside; nothing of it counts as our work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ntbcare.domain.errors import BadInput, NoSuchMove
from ntbcare.domain.lifecycle import LABELS, Move, State
from ntbcare.records import journal
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import Work

WATCH = "watch"  # the clock, and why a case asks for attention: it is time to ask there again
ELSEWHERE = "instansi lain"  # a body that stands in no list of ours; the coordinator's words name it
_TREE = "pusat"  # the knot of the tree of units under which these bodies hang: nobody to send anything to


@dataclass(frozen=True, slots=True)
class Outside:
    """Where a case is outside our government: the body's name ("" when only words name it), its number there, how to ask there."""

    body: str
    ref: str
    how: str


def bodies(work: Work) -> list[UnitFacts]:
    """Bodies outside our government that a case can be sent to, by name."""
    found = (unit for unit in work.ref.units.values() if unit.level == "central" and unit.function != _TREE)
    return sorted((unit for unit in found if unit.in_force(work.ref.today)), key=lambda unit: unit.name)


def answered_outside(case: Case) -> bool:
    """Was this case closed with the answer of a body outside? No unit of ours ever answered it."""
    return case.state == State.CLOSED and case.responded_at is None


def label(case: Case) -> str:
    """The state of a case as its reporter reads it: what another body answered is not called done by us."""
    return "Dijawab instansi lain" if answered_outside(case) else LABELS[State(case.state)][1]


def fits(case: Case, move: Move) -> bool:
    """Is this a move for a case like that? What was answered outside is asked there again, and only what we answered is reopened."""
    if "outside" in move.needs:
        return case.state == State.FORWARDED or answered_outside(case)
    return "ours" not in move.needs or not answered_outside(case)


def guard(work: Work, case: Case, edge: Move, body: int | None) -> None:
    """Refuse a move that does not fit, and a body that is none. Raises NoSuchMove or BadInput."""
    if not fits(case, edge):
        other = "“Sudah ditanyakan”" if "ours" in edge.needs else "“Buka kembali”"
        whose = "instansi lain" if "ours" in edge.needs else "unit kita sendiri"
        raise NoSuchMove(f"Laporan ini dijawab {whose}: pakai {other}.", subject=edge.event)
    if edge.event == "forward" and body is not None and body not in {unit.id for unit in bodies(work)}:
        raise BadInput("unit", "Pilih instansi dari daftar; unit di pemerintah daerah lewat “Teruskan ke unit”.")


def take_back(work: Work, case: Case) -> None:
    """It is with us again. The suggestion that led outside is gone, too, or the next click would send it there once more."""
    case.because = f"Sempat diteruskan ke {name(work, case) or ELSEWHERE}, lalu kembali ke sini; koordinator yang memilih unitnya."
    suggested = work.ref.units.get(case.suggested_unit_id or 0)
    if suggested is not None and suggested.level == "central":
        case.suggested_unit_id = None
    case.forwarded_to = case.forwarded_ref = None


def name(work: Work, case: Case) -> str:
    """The body that has a case, "" when no list of ours knows it."""
    body = work.ref.units.get(case.forwarded_to or 0)
    return body.name if body else ""


def holder(work: Work, case: Case) -> str:
    """For a colleague: which body has (or answered) the case and its number there; "" for what never left."""
    if case.state != State.FORWARDED and not answered_outside(case):
        return ""
    body = name(work, case) or ELSEWHERE[0].upper() + ELSEWHERE[1:]
    return f"{body} (nomor di sana: {case.forwarded_ref})" if case.forwarded_ref else body


def facts(work: Work, case: Case) -> dict[str, Any]:
    """What the words to a citizen may use: the body, its short name, its number."""
    body = work.ref.units.get(case.forwarded_to or 0)
    return {"body": body.name if body else ELSEWHERE, "body_short": body.short if body else ELSEWHERE, "ref": case.forwarded_ref or ""}


def whereabouts(work: Work, case: Case, *, mine: bool) -> dict[str, Any]:
    """For who asks where a forwarded case is: with the words that told how to ask there, and the number, only for its reporter."""
    how = outside(work, case, journal.story(work.session, case.id)).how if mine else ""
    return {**facts(work, case), "words": how} if mine else {**facts(work, case), "ref": "", "words": ""}


def outside(work: Work, case: Case, story: Iterable[journal.Event]) -> Outside:
    """Where a case is, from its row and its book."""
    told = [json.loads(entry.body) for entry in story if entry.tag == "case:forward" and entry.body]
    return Outside(name(work, case), case.forwarded_ref or "", str(told[-1].get("words") or "") if told else "")


def due(work: Work, limit: int) -> list[int]:
    """Cases (ids) of which it is time to ask outside again, the one that waits longest first."""
    ripe = (Clock.clock == WATCH) & (Clock.remind_at <= work.now) & Clock.stopped_at.is_(None) & Clock.reminded_at.is_(None)
    return list(work.session.scalars(select(Clock.case_id).where(ripe).order_by(Clock.remind_at).limit(limit)))


def call(work: Work, case_id: int) -> None:
    """A forwarded case comes under "Kabar baru", once for each round of its watch, however often and by however many this is asked.

    The case is locked before its clock, in the order in which an officer's move writes them.
    """
    case = work.session.get(Case, case_id, with_for_update=True, populate_existing=True)
    ripe = (Clock.clock == WATCH) & (Clock.remind_at <= work.now) & Clock.stopped_at.is_(None) & Clock.reminded_at.is_(None)
    for clock in work.session.scalars(select(Clock).where(Clock.case_id == case_id, ripe).with_for_update()):
        clock.reminded_at = work.now
        if case is not None and case.state == State.FORWARDED:
            case.attention = case.attention or WATCH
            work.tell("watch:due", case.id, round=clock.round, due=clock.due_at)
