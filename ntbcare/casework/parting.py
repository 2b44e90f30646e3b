"""Parts of a case with further units, seen from the case: what still runs, what must wait for it, how it ends, how far all are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ntbcare.casework import clockwork
from ntbcare.domain.errors import BadInput
from ntbcare.domain.lifecycle import FINAL, Move, State
from ntbcare.records import parts
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock
from ntbcare.records.journal import Event
from ntbcare.records.parts import COUNTED, Part, PartState
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import Work

ASKED = "case:part_asked"  # the tag that tells a reader of the book that there are parts
NEWS = "part"  # why a case asks for attention: a unit answered its part, or gave it back
WAITS = ("respond", "submit_result")  # the last word of the responsible unit, which waits for the others
_ANSWERED = (State.RESPONDED, State.CLOSED)
_ENDED = {
    "merge": "Laporan ini digabung dengan laporan lain; bagian ini tidak perlu lagi.",
    "forward": "Laporan ini diteruskan ke instansi lain; bagian ini tidak perlu lagi.",
    "withdraw": "Pelapor menarik laporannya; bagian ini tidak perlu lagi.",
}
_CASE_ENDED = "Laporannya sudah ditutup; bagian ini tidak perlu lagi."
_LEADS_NOW = "Unit ini sekarang menangani seluruh laporannya."


class Together(NamedTuple):
    """How far all units of a case are, for its reporter: `sentence`, and for each unit (name, how it stands, tone)."""

    sentence: str
    units: list[tuple[str, str, str]]


def holder(work: Work, unit: int) -> UnitFacts:
    """The unit that has a part now: the one that was asked, or the successor that took over its work."""
    asked = work.ref.units[unit]
    return work.ref.heir(asked) or asked


def running(work: Work, case: Case) -> list[Clock]:
    """The promises of parts that run; asks nothing beyond the clocks that every move reads."""
    return [row for row in work.clocks(case.id) if row.unit_id is not None and row.stopped_at is None]


def waited_for(work: Work, case: Case) -> list[str]:
    """Names of the units whose part still runs."""
    return [holder(work, row.unit_id).short for row in running(work, case) if row.unit_id is not None]


def guard(work: Work, case: Case, event: str, without: str) -> None:
    """The last word waits for the parts, unless the officer says why it does not (`without`). Raises BadInput."""
    if event not in WAITS or without.strip():
        return
    units = waited_for(work, case)
    if units:
        raise BadInput("without", f"{', '.join(units)} belum selesai dengan bagiannya. Tunggu, atau tulis mengapa dijawab tanpa menunggu.")


def follow(work: Work, case: Case, edge: Move) -> None:
    """After a move: a case that has ended waits for nobody, and who has the whole of it has no part in it any more."""
    over = running(work, case) if case.state in FINAL else []
    leads = [row for row in running(work, case) if case.unit_id and row.unit_id and holder(work, row.unit_id).id == case.unit_id]
    ending = over or (leads if edge.event == "dispose" else [])
    if not ending:
        return
    why = _ENDED.get(edge.event, _CASE_ENDED) if over else _LEADS_NOW
    clocks = {row.id: row for row in ending}
    for part in parts.of_clocks(work.session, list(clocks)):
        end(work, part, clocks[part.clock_id], PartState.DROPPED, why)
    clockwork.settle(work, case)


def end(work: Work, part: Part, row: Clock, state: PartState, words: str) -> None:
    """A part is over: its promise stops and the book tells with which words. Which end it is, `state` says.

    Who gives back or loses a part did not keep or break a promise by their work; the clock only says whether it was over by then.
    """
    part.state, part.answer, part.answered_by, part.answered_at = state, words, work.actor.id or None, work.now
    clockwork.stop_one(work, row, work.now)
    tag = {PartState.DONE: "case:part_answered", PartState.NOT_OURS: "case:part_returned"}.get(state, "case:part_dropped")
    work.tell(tag, part.case_id, part=part.id, unit=part.unit_id, words=words, by_name=work.actor.name)


def progress(work: Work, case: Case, entries: Iterable[Event]) -> Together | None:
    """For the reporter, with the book of the case at hand: asks nothing where no part was ever asked for."""
    return together(work, case) if any(entry.tag == ASKED for entry in entries) else None


def together(work: Work, case: Case) -> Together | None:
    """How far all units of a case are; None for a case of one unit. The one that answers counts as one of them. One statement."""
    rows = [part for part, _ in parts.of_case(work.session, case.id) if part.state in COUNTED and part.unit_id != case.unit_id]
    if not rows:
        return None
    found: dict[str, bool] = {}
    lead = work.ref.units.get(case.unit_id or 0)
    if lead is not None:
        found[lead.name] = case.state in _ANSWERED
    for part in rows:  # asked twice, a unit is done when its last part is
        found[holder(work, part.unit_id).name] = part.state == PartState.DONE
    units = [(name, "sudah selesai" if done else "masih mengerjakan", "done" if done else "on_time") for name, done in found.items()]
    return Together(f"{sum(found.values())} dari {len(found)} unit sudah selesai.", units)
