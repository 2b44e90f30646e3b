"""Reading one case for the one who filed it, or for anybody who knows its ticket: the tracking page and the API."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ntbcare.casework import triage
from ntbcare.domain import clock as promises
from ntbcare.domain import tickets
from ntbcare.domain.errors import NotFound
from ntbcare.domain.lifecycle import LABELS, OPEN, State
from ntbcare.domain.permissions import ROLE_LABELS, Role
from ntbcare.domain.privacy import Audience, View, view
from ntbcare.records import cases, journal, polls
from ntbcare.records.cases import Case
from ntbcare.records.work import Work

_SENTENCES = {
    State.RECEIVED: "Laporan Anda sudah kami simpan dan sedang dibaca.",
    State.NEEDS_INFO: "Petugas perlu keterangan dari Anda sebelum bisa melanjutkan.",
    State.VERIFIED: "Laporan sudah diperiksa. Kami sedang mencarikan petugas yang tepat.",
    State.DISPOSITIONED: "Laporan sudah di meja petugas yang berwenang.",
    State.IN_PROGRESS: "Petugas sedang mengerjakannya.",
    State.AWAITING_CHECK: "Petugas melaporkan pekerjaannya selesai; unit lain sedang memeriksa hasilnya.",
    State.RESPONDED: "Petugas sudah menjawab. Menurut Anda, sudah selesai?",
    State.CLOSED: "Laporan ini sudah selesai.",
    State.ARCHIVED: "Laporan ini tidak dilanjutkan.",
    State.FORWARDED: "Urusan ini milik instansi lain; laporan sudah kami teruskan.",
    State.MERGED: "Laporan ini digabung dengan laporan lain tentang hal yang sama.",
}
# journal tag → (what happened, are its words for the citizen?)
TOLD = {
    "case:submit": ("Laporan diterima", True), "case:dispose": ("Diteruskan ke petugas", False), "case:ask": ("Petugas bertanya", True),
    "case:complete": ("Anda menjawab", True), "case:lapse": ("Tidak dilengkapi sampai batas waktu", False),
    "case:archive": ("Tidak dilanjutkan", True), "case:withdraw": ("Laporan ditarik", True), "case:merge": ("Digabung", False),
    "case:hand_back": ("Dicarikan petugas lain", False), "case:forward": ("Diteruskan ke instansi lain", True),
    "case:start": ("Mulai dikerjakan", False), "case:answer": ("Kabar dari petugas", True), "case:respond": ("Jawaban petugas", True),
    "case:submit_result": ("Hasil sedang diperiksa", False), "case:approve": ("Jawaban petugas", False),
    "case:object": ("Menurut pelapor belum selesai", True), "case:confirm": ("Menurut pelapor sudah selesai", False),
    "case:window_over": ("Ditutup karena tidak ada tanggapan", False), "case:close": ("Ditutup", False),
    "case:reopen": ("Dibuka kembali", True), "case:words_added": ("Keterangan tambahan dari pelapor", True),
    "poll:rated": ("Penilaian pelapor", False),
}  # fmt: skip
_STEPS: tuple[tuple[str, str | None], ...] = (
    ("Diterima", "case:submit"),
    ("Diteruskan", "case:dispose"),
    ("Dikerjakan", "case:start"),
    ("Dijawab", "case:respond"),
    ("Selesai", None),
)


class Step(NamedTuple):
    """One stop of the way a report goes."""

    label: str
    done: bool
    current: bool
    when_text: str


class Told(NamedTuple):
    """One line of the story as a reader may see it."""

    when_text: str
    who: str
    what: str
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class TrackPage:
    """Everything the tracking page draws; parts the audience may not see are empty, not hidden."""

    ticket: str
    ticket_pretty: str
    state: str
    state_label: str
    state_sentence: str
    tone: str
    who_has_it: str
    next_sentence: str
    due_text: str
    steps: list[Step]
    story: list[Told]
    mine: bool
    text: str = ""
    place: str = ""
    fresh: bool = False
    pin: str = ""
    question: str = ""
    can_answer: bool = False
    can_add: bool = False
    can_confirm: bool = False
    can_object: bool = False
    can_rate: bool = False
    can_withdraw: bool = False
    rating: int | None = None
    sms_hint: bool = False
    clocks: list[dict[str, Any]] = field(default_factory=list)


def by_ticket(work: Work, ticket: str) -> Case:
    """The case of a ticket as a person typed it. Raises NotFound, in the same words whatever is wrong."""
    clean = tickets.normalise(ticket)
    case = cases.by_ticket(work.session, clean) if clean else None
    if case is None:
        raise NotFound(subject=ticket[:20])
    return case


def pin_opens(work: Work, case: Case, given: str) -> bool:
    """Is this the PIN of the case?"""
    return tickets.pin_matches(work.house.pin_key, case.pin_salt, case.ticket, given)


def pin_of(work: Work, case: Case) -> str:
    """The PIN, for a reader who has proved that the case is theirs."""
    return tickets.pin(work.house.pin_key, case.pin_salt, case.ticket)


def track(work: Work, case: Case, *, mine: bool, fresh: bool = False) -> TrackPage:
    """The tracking page: progress for anybody with the ticket, the story only for the one who filed it (until published)."""
    audience = Audience.REPORTER if mine else Audience.PUBLIC
    seen = view(audience, anonymous=case.anonymous, confidential=case.confidential, published=case.published)
    entries = journal.of_case(work.session, case.id)
    state = State(case.state)
    poll = polls.latest(work.session, case.id) if mine and state is State.CLOSED else None
    story = [line for entry in entries if (line := _line(work, case, entry, seen)) is not None]
    questions = [line.words for line in story if line.what == "Petugas bertanya"]
    return TrackPage(
        ticket=case.ticket, ticket_pretty=tickets.pretty(case.ticket), state=state, state_label=LABELS[state][1],
        state_sentence=_SENTENCES[state], tone=tone(work, case), who_has_it=who_has_it(work, case), next_sentence=_next(work, case),
        due_text=due_text(work, case), steps=_steps(work, case, entries), story=story, mine=mine,
        text=case.text if seen.words else "", place=work.ref.region_name(case.region) if seen.place else "",
        fresh=fresh, pin=pin_of(work, case) if fresh else "", question=questions[-1] if mine and questions and state is State.NEEDS_INFO else "",
        can_answer=mine and state is State.NEEDS_INFO, can_add=mine and state in OPEN and state is not State.NEEDS_INFO,
        can_confirm=mine and state is State.RESPONDED, can_object=mine and state in (State.RESPONDED, State.CLOSED),
        can_rate=poll is not None and poll.answered_at is None, can_withdraw=mine and state in OPEN,
        rating=poll.score if poll else None, sms_hint=case.contact_id is not None,
    )  # fmt: skip


def tone(work: Work, case: Case) -> str:
    """The colour with a meaning: done, waiting, late, soon or on_time."""
    if case.state not in OPEN:
        return "done"
    if case.state in (State.NEEDS_INFO, State.RESPONDED):
        return "waiting"
    if case.due_at is None:
        return "on_time"
    if case.due_at < work.now:
        return "late"
    return "soon" if (case.due_at - work.now).total_seconds() < 24 * 3600 else "on_time"


def due_text(work: Work, case: Case) -> str:
    """The next date in words, "" when nothing is due."""
    return promises.moment_words(case.due_at, work.ref.calendar) if case.due_at and case.state in OPEN else ""


def who_has_it(work: Work, case: Case) -> str:
    """The office that has the case now, in words for the citizen."""
    unit = work.ref.units.get(case.unit_id or (triage.foresee(work, case) if case.triaged_at is None else None) or case.desk_id)
    return unit.name if unit else ""


def _next(work: Work, case: Case) -> str:
    state, due = State(case.state), due_text(work, case)
    by = f" paling lambat {due}" if due else ""
    if state is State.NEEDS_INFO:
        return f"Jawab pertanyaannya di bawah ini{by}." if due else "Jawab pertanyaannya di bawah ini."
    if state is State.RESPONDED:
        return f"Katakan sudah atau belum{by}. Bila Anda diam, laporan ditutup sendiri tanpa nilai." if due else "Katakan sudah atau belum."
    if state in OPEN:
        label = {"verify": "Kami meneruskannya ke petugas", "check": "Hasilnya selesai diperiksa"}.get(
            case.due_clock or "", "Petugas menjawab"
        )
        return f"{label}{by}." if due else "Informasi ini dibaca koordinator; tidak ada batas waktu jawaban."
    return ""


def _steps(work: Work, case: Case, entries: list[journal.Entry]) -> list[Step]:
    reached: dict[str, journal.Entry] = {}
    for entry in entries:
        reached.setdefault({"case:approve": "case:respond", "case:answer": "case:start"}.get(entry.tag, entry.tag), entry)
    position = {
        State.RECEIVED: 0, State.VERIFIED: 0, State.DISPOSITIONED: 1, State.IN_PROGRESS: 2, State.AWAITING_CHECK: 2, State.RESPONDED: 3,
        State.NEEDS_INFO: 2 if case.state_before == State.IN_PROGRESS else 1 if case.unit_id else 0,
    }.get(State(case.state), 4)  # fmt: skip
    steps = []
    for number, (label, tag) in enumerate(_STEPS):
        made = reached.get(tag) if tag else None
        when = made.at if made else case.closed_at if tag is None else None
        if number == 4 and case.state in (State.ARCHIVED, State.FORWARDED, State.MERGED):
            label = LABELS[State(case.state)][1]
        done = number <= position and (number < position or number == 4 or made is not None)
        steps.append(Step(label, done, number == position, promises.short_moment(when, work.ref.calendar) if when and done else ""))
    return steps


def _line(work: Work, case: Case, entry: journal.Entry, seen: View) -> Told | None:
    """One journal entry as this audience may read it; None for what is not theirs."""
    if entry.tag not in TOLD:
        return None
    what, for_citizen = TOLD[entry.tag]
    facts = _facts(entry)
    words = str(facts.get("words") or "") if seen.words and for_citizen else ""
    if entry.tag == "case:approve" and seen.words:
        words = case.result_words or ""
    if entry.tag == "case:dispose":
        unit = work.ref.units.get(facts.get("unit") or 0)
        words = unit.name if unit else ""
    if not seen.story and entry.tag not in ("case:submit", "case:dispose", "case:start", "case:respond", "case:approve", "case:archive"):
        return None
    role = entry.actor.split(":")[0]
    tone_ = {"citizen": "citizen", "channel": "citizen", "triage": "system", "timer": "system"}.get(role, "officer")
    return Told(promises.short_moment(entry.at, work.ref.calendar), _who(work, entry, role, case, seen), what, words, tone_)


def _who(work: Work, entry: journal.Entry, role: str, case: Case, seen: View) -> str:
    """An office, never an officer's name: citizens deal with an office, officers are people with families."""
    if role in ("citizen", "channel"):
        return "Anda" if seen.story and not case.published else "Pelapor"
    if role in ("triage", "timer"):
        return work.ref.name
    if role == Role.COORDINATOR:
        return ROLE_LABELS[Role.COORDINATOR]
    unit = work.ref.units.get(case.unit_id or 0)
    return unit.short if unit else ROLE_LABELS[Role.OFFICER]


def _facts(entry: journal.Entry) -> dict[str, Any]:
    return json.loads(entry.body) if entry.body else {}
