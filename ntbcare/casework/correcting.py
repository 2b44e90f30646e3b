"""What people made of a reading: what they set otherwise, who said "not ours" and whose it is, and who must not get a case again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.domain import clock as promises
from ntbcare.domain.errors import BadInput, NoSuchMove, WordsRequired
from ntbcare.domain.lifecycle import LABELS, OPEN, State
from ntbcare.records.cases import Case
from ntbcare.records.readings import Correction, Reading, Transfer
from ntbcare.records.work import Work

NOBODY_KNOWS = 0  # the proposed unit of an officer who says that they do not know whose it is
RAISED = "raised"  # why a case asks for attention: handed back so often that it went to the secretary


def note(work: Work, case: Case, *, category: str | None = None, region: str | None = None, urgency: str | None = None,
         unit: int | None = None) -> None:  # fmt: skip
    """A person is about to set these facts of a case (None: not touched); what changes and is not what the reader had read is kept.

    What the reader left open counts too, with `was` None: that is an answer it did not have, not an error of it. To be called before
    the row is changed; the same transaction keeps both.
    """
    ref = work.ref
    asked = {"category": (category, case.category), "region": (region, case.region), "urgency": (urgency, case.urgency),
             "unit": (ref.units[unit].code if unit else None, None)}  # fmt: skip
    changed = {what: now for what, (now, stands) in asked.items() if now is not None and now != stands}
    reading = _reading(work, case) if changed and work.actor.id else None
    if reading is None:
        return
    sent = ref.units.get(reading.unit_id or 0)
    read = {"category": (reading.category, reading.confidence), "region": (reading.region, reading.region_confidence),
            "urgency": (reading.urgency, reading.confidence), "unit": (sent.code if sent else None, reading.confidence)}  # fmt: skip
    for what, now in changed.items():
        was, confidence = read[what]
        if now != was:
            row = Correction(case_id=case.id, what=what, was=was, now=now, version=reading.version, confidence=confidence,
                             rule_id=reading.rule_id, by=work.actor.id, at=work.now)  # fmt: skip
            work.session.add(row)


def retopic(work: Work, case: Case, category: str) -> None:
    """Say that a case has another topic. It stays where it is. Raises BadInput or NoSuchMove; whoever calls asks for the permission."""
    if not can_retopic(case):
        label = LABELS[State(case.state)][0].lower()
        raise NoSuchMove(f"Topiknya tidak dapat diperbaiki di sini: laporan ini berstatus {label}.", subject="retopic")
    if category not in work.ref.categories:
        raise BadInput("category", "Pilih topik dari daftar.")
    if work.ref.categories[category].sealed == "yes":
        raise BadInput("category", "Topik ini milik jalur tertutup Inspektorat; laporan di sini tidak dapat dipindahkan ke sana.")
    if category == case.category:
        raise BadInput("category", "Topiknya memang sudah itu. Pilih topik lain.")
    note(work, case, category=category)
    before, case.category = case.category, category
    told = f"{work.ref.category_name(category)}, sebelumnya {work.ref.category_name(before) or 'belum dipilah'}"
    work.tell("case:retopic", case.id, was=before, now=category, words=told, by_name=work.actor.name)


def can_retopic(case: Case) -> bool:
    """Is the topic of this case to be corrected by itself? What nobody has read yet gets its topic with the verification."""
    return case.state in OPEN and case.state != State.RECEIVED


def guard_owner(work: Work, case: Case, proposed: int | None) -> None:
    """Who hands a case back says whose it is, or that they do not know. Raises BadInput."""
    if proposed == NOBODY_KNOWS:
        return
    unit = work.ref.units.get(proposed or 0)
    if unit is None or not unit.in_force(work.ref.today):
        raise BadInput("unit", "Pilih unit yang menurut Anda berwenang, atau pilih “Saya tidak tahu”.")
    if unit.id == case.unit_id:
        raise BadInput("unit", "Itu unit yang sekarang memegang laporan ini. Pilih unit lain, atau “Saya tidak tahu”.")


def hand_back(work: Work, case: Case, proposed: int | None, reason: str) -> None:
    """The unit gives the case back: counted, with its reason and whose it thinks it is. A unit the rule had not named is no fault of the rule."""
    reading = _reading(work, case)
    ruled = reading is not None and reading.unit_id == case.unit_id
    case.hand_backs += 1
    row = {
        "case_id": case.id, "number": case.hand_backs, "rule_id": case.rule_id if ruled else None, "category": case.category,
        "from_unit": case.unit_id, "proposed_unit": proposed or None, "reason": reason, "at": work.now,
    }  # fmt: skip
    with work.session.no_autoflush:  # of two who hand back at once the slower must fail at the case's version, not at this key
        work.session.execute(insert(Transfer).values(row).on_conflict_do_nothing())
    case.suggested_unit_id, case.unit_id = proposed or None, None


def guard_again(work: Work, case: Case, unit: int | None, words: str) -> None:
    """A unit gets a case again that it has handed back only when somebody says why. Raises WordsRequired."""
    back = next((row for row in handed_back(work, case) if row.from_unit == unit), None)
    if back is not None and not words.strip():
        name = work.ref.units[back.from_unit].short
        raise WordsRequired(
            f"{name} sudah mengembalikan laporan ini: “{back.reason}” Tulis mengapa tetap dikirim ke sana.", subject="dispose"
        )


def handed_back(work: Work, case: Case) -> list[Transfer]:
    """Every hand-back of a case, newest first; asks only where there is one."""
    if not case.hand_backs:
        return []
    return list(work.session.scalars(select(Transfer).where(Transfer.case_id == case.id).order_by(Transfer.number.desc())))


def warnings(work: Work, case: Case) -> list[str]:
    """For the one who sends a case on: who has handed it back, when, why, and whose they think it is."""
    told = []
    for row in handed_back(work, case):
        proposed = work.ref.units.get(row.proposed_unit or 0)
        whose = f"Menurut mereka ini tugas {proposed.name}." if proposed else "Mereka tidak tahu ini tugas siapa."
        when = promises.short_moment(row.at, work.ref.calendar)
        told.append(f"{work.ref.units[row.from_unit].name} mengembalikannya {when}: “{row.reason}” {whose}")
    return told


def news(work: Work, case: Case) -> dict[str, Any]:
    """For the words to the citizen: who gave the case back, who looks at it now, and whether that is the secretary."""
    last = work.session.get(Transfer, (case.id, case.hand_backs))
    assert last is not None
    back, desk = work.ref.units[last.from_unit], work.ref.units[case.desk_id]
    return {"back": back.name, "back_short": back.short, "desk": desk.name, "desk_short": desk.short, "raised": case.attention == RAISED}


def in_words(work: Work, facts: dict[str, Any]) -> str:
    """One hand-back in the story of a case, from the facts of its journal line."""
    proposed, desk = work.ref.units.get(facts.get("unit") or 0), work.ref.units.get(facts.get("raised_to") or 0)
    whose = f"menurut unit ini tugas {proposed.short}" if proposed else "unit ini tidak tahu tugas siapa"
    return f"Bukan wewenang kami; {whose}{f'. Sudah terlalu sering dikembalikan: sekarang diputuskan {desk.short}' if desk else ''}"


def read_by(work: Work, case: Case) -> tuple[Reading | None, str]:
    """The reading of a case, and in words who read it and how sure it was; (None, "") for a case nobody read."""
    reading = _reading(work, case)
    if reading is None:
        return None, ""
    reader = "daftar kata" if reading.version == "lexicon" else reading.version
    unsure = "" if reading.category else ", belum cukup untuk menentukan topiknya"
    return reading, f"Dibaca oleh {reader}, {reading.confidence * 100:.0f} % yakin{unsure}."


def _reading(work: Work, case: Case) -> Reading | None:
    with work.session.no_autoflush:
        return work.session.get(Reading, case.id)
