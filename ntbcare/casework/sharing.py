"""Sharing a case out: one unit asks another for a part, and that one starts it, answers it or says that it is not theirs."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from ntbcare.casework import acts, clockwork, interest, moves, parting, ways
from ntbcare.casework.desk import short
from ntbcare.domain import clock as promises
from ntbcare.domain import permissions
from ntbcare.domain.errors import BadInput, LostRace, NoSuchMove, NotAllowed, NotFound
from ntbcare.domain.kinds import Kind
from ntbcare.domain.lifecycle import OPEN, State
from ntbcare.domain.permissions import Standing
from ntbcare.records import parts
from ntbcare.records.cases import Case
from ntbcare.records.clocks import Clock
from ntbcare.records.parts import RUNNING, Part, PartState
from ntbcare.records.work import Work

LONGEST = 2000  # letters of what is asked, answered or given as a reason
_WHILE = tuple(state for state in OPEN if state not in (State.RECEIVED, State.RESPONDED))
# act → (permission, label, label of its words or "" for none, where it may be done)
ACTS = {
    "start": ("part.start", "Kerjakan bagian ini", "", (PartState.ASKED,)),
    "answer": ("part.answer", "Bagian ini selesai", "Apa yang sudah dikerjakan, untuk unit yang menjawab pelapor", RUNNING),
    "return": ("part.return", "Bukan urusan kami", "Alasannya", RUNNING),
    "drop": ("part.drop", "Tidak usah ditunggu", "Alasannya", RUNNING),
}
_LABELS = {
    PartState.ASKED: ("Belum dimulai", "soon"), PartState.WORKING: ("Sedang dikerjakan", "on_time"), PartState.DONE: ("Selesai", "done"),
    PartState.NOT_OURS: ("Dikembalikan: bukan urusan mereka", "waiting"), PartState.DROPPED: ("Tidak ditunggu lagi", "done"),
}  # fmt: skip
# what the book tells of parts, as an officer reads it
TOLD = {
    parting.ASKED: "Meminta bagian dari {unit}", "case:part_started": "Bagian {unit} mulai dikerjakan",
    "case:part_answered": "Bagian {unit} selesai", "case:part_returned": "{unit}: bukan urusan kami",
    "case:part_dropped": "Bagian {unit} tidak ditunggu lagi",
}  # fmt: skip


class PartAct(NamedTuple):
    """What this officer may do with a part: its name, the words on its button, what words it asks for ("" for none)."""

    name: str
    label: str
    words_label: str


class PartLine(NamedTuple):
    """One part as an officer reads it; `answer` = the words with which it ended, `ended` by whom and when."""

    id: int
    version: int
    unit: str
    mine: bool
    asked: str
    asked_text: str
    state_label: str
    tone: str
    due_text: str
    answer: str
    ended: str
    acts: list[PartAct]


class Panel(NamedTuple):
    """The parts of a case, and the units that may be asked for one ([] for who may not ask). `wide`: who is asked reads what is rahasia."""

    lines: list[PartLine]
    units: list[acts.Group]
    wide: bool


def panel(work: Work, case: Case, *, wordless: bool) -> Panel:
    """What stands on the page of a case; one statement, and none for a case without parts. `wordless`: nobody's words."""
    there = case.id not in work.opened or work.opened[case.id].parts
    rows = parts.of_case(work.session, case.id) if there else []
    units = _choices(work, case, [part for part, _ in rows]) if may_ask(work, case) else []
    return Panel([_line(work, case, part, row, wordless=wordless) for part, row in rows], units, case.confidential)


def may_ask(work: Work, case: Case) -> bool:
    """May this actor ask a further unit for a part of this case now? A tip is the coordinator's alone."""
    return case.state in _WHILE and case.kind != Kind.TIP and permissions.may(work.actor, "part.ask", moves.standing(work, case))


def _choices(work: Work, case: Case, rows: list[Part]) -> list[acts.Group]:
    busy = {parting.holder(work, part.unit_id).id for part in rows if part.state in RUNNING}.union(case.accused or ())
    accused = interest.find(work, ways.asked(work, case))
    free = lambda one: int(one) not in busy and not accused.touches(work.ref.units[int(one)])  # noqa: E731
    groups = [(heading, [row for row in rows_ if free(row[0])]) for heading, rows_ in acts.units_to_choose(work, case)]
    return [group for group in groups if group[1]]


def _line(work: Work, case: Case, part: Part, row: Clock, *, wordless: bool) -> PartLine:
    unit, state = parting.holder(work, part.unit_id), PartState(part.state)
    label, tone = _LABELS[state]
    due = ""
    if state in RUNNING:
        due = promises.moment_words(row.due_at, work.ref.calendar)
        tone = "late" if row.due_at < work.now else tone
    mine = _may(work, case, part, "answer")
    open_to_me = [
        PartAct(name, said, words) for name, (_, said, words, states) in ACTS.items() if state in states and _may(work, case, part, name)
    ]
    return PartLine(
        part.id, part.version, unit.name, mine, "" if wordless else part.asked, short(work, part.asked_at), label, tone, due,
        "" if wordless else part.answer or "", short(work, part.answered_at), open_to_me,
    )  # fmt: skip


def _may(work: Work, case: Case, part: Part, act: str) -> bool:
    """The one who was asked works on the part; who coordinates the case says that nobody waits for it."""
    theirs = Standing(units=parting.holder(work, part.unit_id).line, accused=frozenset(case.accused or ()))
    return permissions.may(work.actor, ACTS[act][0], moves.standing(work, case) if act == "drop" else theirs)


def ask(work: Work, case: Case, unit: int | None, words: str) -> None:
    """Ask a further unit for a part. It reads the case from now on. Raises NotAllowed, NoSuchMove, BadInput.

    The case's row is written, so that the last word of the responsible unit, said in the same moment, is not said past the part.
    """
    if not permissions.may(work.actor, "part.ask", moves.standing(work, case)):
        raise NotAllowed(subject="part.ask")
    work.session.refresh(case, with_for_update=True)
    if not may_ask(work, case):
        raise NoSuchMove("Sekarang tidak dapat meminta bagian unit lain untuk laporan ini.", subject=case.ticket)
    chosen = work.ref.units.get(unit or 0)
    if chosen is None or not chosen.in_force(work.ref.today) or chosen.level == "central" or chosen.id == case.unit_id:
        raise BadInput("unit", "Pilih unit yang diminta membantu.")
    interest.guard(work, interest.asked(work, case), chosen.id, case.accused)
    if any(row.unit_id and parting.holder(work, row.unit_id).id == chosen.id for row in parting.running(work, case)):
        raise BadInput("unit", f"{chosen.name} sudah diminta dan belum selesai.")
    said = _said(words, "Tulis apa yang diminta dari unit itu.")
    row = clockwork.start(work, case, "part", unit=chosen)
    if row is None:
        raise NoSuchMove("Belum ada aturan batas waktu untuk bagian unit lain (baris “part” di tabel janji).", subject=case.ticket)
    work.session.flush()  # the part names its clock
    part = Part(
        case_id=case.id, unit_id=chosen.id, clock_id=row.id, asked=said, state=PartState.ASKED, asked_by=work.actor.id, asked_at=work.now
    )
    work.session.add(part)
    flag_modified(case, "attention")
    clockwork.settle(work, case)
    work.session.flush()
    work.tell(parting.ASKED, case.id, part=part.id, unit=chosen.id, words=said, due=row.due_at, by_name=work.actor.name)


def act(work: Work, case: Case, part_id: int, name: str, words: str, seen: int | None) -> None:
    """Start, answer, give back or drop a part; `seen` = the version the officer was looking at.

    Raises NotFound, NotAllowed, NoSuchMove, LostRace, BadInput.
    """
    part = work.session.get(Part, part_id) if part_id < 2**31 else None
    if part is None or part.case_id != case.id or name not in ACTS:
        raise NotFound()
    verb, label, asks, states = ACTS[name]
    if not _may(work, case, part, name):
        raise NotAllowed(subject=verb)
    if seen is not None and seen != part.version:
        raise LostRace(subject=case.ticket)
    if part.state not in states:
        raise NoSuchMove(f"“{label}” tidak dapat dilakukan: bagian ini {_LABELS[PartState(part.state)][0].lower()}.", subject=case.ticket)
    said = _said(words, "Tulis dulu: " + asks[0].lower() + asks[1:] + ".") if asks else ""
    row = next(row for row in work.clocks(case.id) if row.id == part.clock_id)
    ticket = case.ticket
    try:
        if name == "start":
            part.state = PartState.WORKING
            work.tell("case:part_started", case.id, part=part.id, unit=part.unit_id, by_name=work.actor.name)
        else:
            end(work, case, part, row, name, said)
        work.session.flush()
    except StaleDataError as lost:
        raise LostRace(subject=ticket) from lost


def end(work: Work, case: Case, part: Part, row: Clock, name: str, words: str) -> None:
    """A part ends by a person; what its unit said is news for the one that answers the citizen."""
    parting.end(work, part, row, {"answer": PartState.DONE, "return": PartState.NOT_OURS}.get(name, PartState.DROPPED), words)
    if name != "drop":
        case.attention = case.attention or parting.NEWS
    clockwork.settle(work, case)


def _said(words: str, lacking: str) -> str:
    if not words.strip():
        raise BadInput("words", lacking)
    if len(words) > LONGEST:
        raise BadInput("words", f"Paling panjang {LONGEST:,} huruf.".replace(",", "."))
    return words.strip()
