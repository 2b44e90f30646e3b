"""Reading one case for the one who filed it, or for anybody who knows its ticket: the tracking page and the API."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ntbcare.casework import dated, forwarding, merging, parting, ways
from ntbcare.casework.steps import Step, steps
from ntbcare.domain import clock as promises
from ntbcare.domain import tickets
from ntbcare.domain.errors import NotFound
from ntbcare.domain.kinds import Kind
from ntbcare.domain.lifecycle import OPEN, State
from ntbcare.domain.permissions import ROLE_LABELS, Role
from ntbcare.domain.privacy import Audience, View, view
from ntbcare.records import cases, files, journal, polls
from ntbcare.records.cases import Case
from ntbcare.records.work import Work

# state → (what the reporter reads, what anybody else with the ticket reads)
_SENTENCES = {
    State.RECEIVED: ("Laporan Anda sudah kami simpan dan sedang dibaca.", "Laporan ini sudah kami simpan dan sedang dibaca."),
    State.NEEDS_INFO: ("Petugas perlu keterangan dari Anda sebelum bisa melanjutkan.", "Petugas menunggu keterangan dari pelapor."),
    State.VERIFIED: ("Laporan sudah diperiksa. Kami sedang mencarikan petugas yang tepat.",) * 2,
    State.DISPOSITIONED: ("Laporan sudah di meja petugas yang berwenang.",) * 2,
    State.IN_PROGRESS: ("Petugas sedang mengerjakannya.",) * 2,
    State.AWAITING_CHECK: ("Petugas melaporkan pekerjaannya selesai; orang kedua sedang memeriksa hasilnya.",) * 2,
    State.RESPONDED: ("Petugas sudah menjawab. Menurut Anda, sudah selesai?", "Petugas sudah menjawab dan menunggu kata pelapor."),
    State.CLOSED: ("Laporan ini sudah selesai.",) * 2,
    State.ARCHIVED: ("Laporan ini tidak dilanjutkan.",) * 2,
    State.FORWARDED: ("Urusan ini milik instansi lain; laporan sudah kami teruskan.",) * 2,
    State.MERGED: ("Laporan ini digabung dengan laporan lain tentang hal yang sama.",) * 2,
}
_ALSO = {  # the same, with how the other one stands, for the reporter
    State.RESPONDED: "Laporan itu sudah dijawab petugas.", State.CLOSED: "Laporan itu sudah selesai.",
    State.ARCHIVED: "Laporan itu tidak dilanjutkan.", State.FORWARDED: "Laporan itu diteruskan ke instansi lain.",
}  # fmt: skip
_OUTSIDE = ("Instansi yang berwenang sudah menjawab, dan jawabannya sudah kami sampaikan.",) * 2
_ENDED_BY = {  # (state, who ended it) where that says more than the state
    (State.CLOSED, "reporter"): ("Anda menyatakan masalahnya sudah selesai. Terima kasih.", "Menurut pelapor, masalahnya sudah selesai."),
    (State.CLOSED, "system"): ("Laporan ditutup karena tidak ada tanggapan sampai batas waktunya.",) * 2,
    (State.ARCHIVED, "reporter"): ("Laporan ini Anda tarik, jadi tidak kami tangani lagi.", "Laporan ini ditarik oleh pelapor."),
    (State.ARCHIVED, "system"): ("Laporan ini kami tutup karena pertanyaan petugas belum terjawab. Anda boleh melapor lagi.",
                                 "Laporan ini ditutup karena pertanyaan petugas belum terjawab."),
}  # fmt: skip
_NEXT = {
    State.RECEIVED: ("Kami meneruskannya ke petugas yang tepat.",) * 2,
    State.VERIFIED: ("Kami meneruskannya ke petugas yang tepat.",) * 2,
    State.NEEDS_INFO: (
        "Jawab pertanyaannya di bawah ini. Kalau lewat batas waktunya, laporan ditutup, tetapi Anda boleh melapor lagi.",
        "",
    ),
    State.DISPOSITIONED: ("Petugas membaca laporan Anda, lalu menjawab.", "Petugas membaca laporan ini, lalu menjawab."),
    State.IN_PROGRESS: ("Petugas mengabari hasilnya, lalu Anda mengatakan sudah atau belum.", "Petugas mengabari hasilnya kepada pelapor."),
    State.AWAITING_CHECK: (
        "Kalau hasilnya baik, jawabannya kami kirim kepada Anda.",
        "Kalau hasilnya baik, jawabannya dikirim kepada pelapor.",
    ),
    State.RESPONDED: ("Katakan sudah atau belum di bawah ini. Bila Anda diam, laporan ditutup sendiri tanpa nilai.", ""),
    State.FORWARDED: (
        "Kami menanyakan kelanjutannya di sana dan mengabari Anda. Anda juga boleh menanyakannya sendiri.",
        "Kami menanyakan kelanjutannya di sana.",
    ),
}
_DUE = {"verify": "Diteruskan paling lambat", "check": "Selesai diperiksa paling lambat", "complete": "Diselesaikan paling lambat",
        "complete_calendar": "Diselesaikan paling lambat", forwarding.WATCH: "Kami tanyakan lagi ke sana paling lambat"}  # fmt: skip
# journal tag → (what happened, are its words for the citizen?)
TOLD = {
    "case:submit": ("Mengirim laporan", False), "case:dispose": ("Diteruskan ke petugas", False), "case:ask": ("Petugas bertanya", True),
    "case:complete": ("Menjawab pertanyaan", True), "case:lapse": ("Tidak dilengkapi sampai batas waktu", False),
    "case:archive": ("Tidak dilanjutkan", True), "case:withdraw": ("Menarik laporan", True), "case:merge": ("Digabung", False),
    "case:hand_back": ("Dicarikan petugas lain", False), "case:recuse": ("Dicarikan petugas lain", False), "case:forward": ("Diteruskan ke instansi lain", True),
    "case:watch_on": ("Kami menanyakan ke instansi itu", True), "case:relay": ("Jawaban instansi itu", True),
    "case:take_back": ("Kembali ditangani di sini", True),
    "case:start": ("Mulai dikerjakan", False), "case:answer": ("Kabar dari petugas", True), "case:respond": ("Jawaban petugas", True),
    "case:submit_result": ("Hasil sedang diperiksa", False), "case:approve": ("Jawaban petugas", False),
    "case:object": ("Menyatakan belum selesai", True), "case:confirm": ("Menyatakan sudah selesai", False),
    "case:window_over": ("Ditutup karena tidak ada tanggapan", False), "case:close": ("Ditutup", False),
    "case:kip_register": ("Dicatat sebagai permohonan informasi publik", True), "case:kip_extend": ("Waktu menjawab diperpanjang", True),
    "case:reopen": ("Dibuka kembali", True), "case:words_added": ("Menambah keterangan", True), "case:place_corrected": ("Meralat tempat", True),
    "poll:rated": ("Memberi nilai", True), "case:reader_asked": ("Kami bertanya", True), "case:told_reader": ("Menjawab pertanyaan", True),
    "case:region_moved": ("Wilayahnya berganti nama atau kode", True),
    "case:split": ("Hal lain kami catat tersendiri", True), "case:split_off": ("Dipisahkan dari laporan Anda yang lain", True), parting.ASKED: ("Unit lain diminta ikut menangani", False), "case:part_answered": ("Bagiannya sudah selesai", False),
}  # fmt: skip
ONLY_FILES = "(foto atau rekaman)"  # the words of casework/joining.py for what came without any


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
    who_label: str
    who_has_it: str
    next_sentence: str
    due_label: str
    due_text: str
    due_because: str
    steps: list[Step]
    story: list[Told]
    mine: bool
    text: str = ""
    place: str = ""
    fresh: bool = False
    pin: str = ""
    question: str = ""
    answer: str = ""
    can_answer: bool = False
    can_add: bool = False
    can_confirm: bool = False
    can_object: bool = False
    can_rate: bool = False
    can_withdraw: bool = False
    rating: int | None = None
    sms_hint: bool = False
    clocks: list[dict[str, Any]] = field(default_factory=list)
    outside: forwarding.Outside | None = None  # while another body has it; number and words only for the reporter
    together: parting.Together | None = None  # how far each unit is, for the reporter of a case of several
    files: files.Held | None = None  # only for the one who sent them, and only when there are any


def by_ticket(work: Work, ticket: str) -> Case:
    """The case of a ticket as a person typed it. Raises NotFound, in the same words whatever is wrong."""
    clean = tickets.normalise(ticket)
    found = cases.promised(work.session, clean) if clean else None
    if found is None:
        raise NotFound(subject=ticket[:20])
    case, clock = found
    if clock is not None:
        work.promised[case.id] = clock
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
    entries = journal.story(work.session, case.id)
    state = State(case.state)
    carrier = merging.carrier(work, case) if mine else None
    over = State(carrier.state) if carrier else state  # a report that is joined to another is answered and closed with that one
    poll = polls.latest(work.session, case, carrier) if mine and over == State.CLOSED else None
    story = once([line for entry in entries if (line := _line(work, case, entry, seen, mine)) is not None])
    questions = [line.words for line in story if line.what == TOLD["case:ask"][0]]
    who_label, who = who_has_it(work, case)
    ended = _OUTSIDE if forwarding.answered_outside(case) else _ENDED_BY.get((state, case.closed_by or case.archived_by or ""))
    label = forwarding.label(case)
    colour, away = tone(work, case), forwarding.outside(work, case, entries) if mine and state is State.FORWARDED else None
    due_label, due = _due(work, case, mine=mine)
    return TrackPage(
        ticket=case.ticket, ticket_pretty=tickets.pretty(case.ticket), state=state,
        state_label=label if mine else label.replace("Anda", "pelapor"),
        state_sentence=f"{(ended or _SENTENCES[state])[not mine]} {_ALSO.get(over, '') if carrier else ''}".strip(), tone=colour, who_label=who_label, who_has_it=who,
        next_sentence=_next(work, case, colour, mine=mine), due_label=due_label, due_text=due, due_because=dated.because(work, case, mine=mine) if due else "", steps=steps(work, case, entries), story=story, mine=mine,
        text=case.text if seen.words else "", place=work.ref.region_name(case.region) if seen.place else "",
        fresh=fresh, pin=pin_of(work, case) if fresh else "", question=questions[-1] if mine and questions and state is State.NEEDS_INFO else "",
        answer=(case.result_words or "") if mine and state is State.RESPONDED else "",
        can_answer=mine and state is State.NEEDS_INFO, can_add=mine and _awaited(case) and state is not State.NEEDS_INFO,
        can_confirm=mine and state is State.RESPONDED, can_object=mine and over in (State.RESPONDED, State.CLOSED),
        can_rate=poll.answered_at is None if poll else carrier is not None and over == State.CLOSED, can_withdraw=mine and state in OPEN,
        rating=poll.score if poll else None, sms_hint=case.contact_id is not None, outside=away, files=_held(work, case) if mine else None, together=parting.progress(work, case, entries) if mine else None,
    )  # fmt: skip


def once(story: list[Any]) -> list[Any]:
    """Lines (Told, StoryLine) in which photo after photo without a word is told once."""
    pairs = zip([None, *story], story, strict=False)
    return [line for before, line in pairs if before is None or line.words != ONLY_FILES or before[1:4] != line[1:4]]


def _held(work: Work, case: Case) -> files.Held | None:
    found = files.held(work.session, case.id)
    return found if any(found) else None


def _awaited(case: Case) -> bool:
    """Does anybody still owe anything: an open case, or one that another body has and of which we ask there?"""
    return case.state in OPEN or case.state == State.FORWARDED


def tone(work: Work, case: Case) -> str:
    """The colour with a meaning: done, waiting, late, soon or on_time."""
    if not _awaited(case) or (case.state == State.FORWARDED and case.due_at is None):
        return "done"
    if case.state in (State.NEEDS_INFO, State.RESPONDED):
        return "waiting"
    if case.due_at is None:
        return "on_time"
    if case.due_at < work.now:
        return "late"
    return "soon" if (case.due_at - work.now).total_seconds() < 24 * 3600 else "on_time"


def _due(work: Work, case: Case, *, mine: bool) -> tuple[str, str]:
    """(who does what by then, the moment in words); both empty when nothing is due."""
    if not case.due_at or not _awaited(case):
        return "", ""
    label = _DUE.get(case.due_clock or "", "Dijawab paling lambat")
    if case.state == State.NEEDS_INFO:
        label = "Jawab paling lambat" if mine else "Pelapor menjawab paling lambat"
    elif case.state == State.RESPONDED:
        label = "Beri tahu kami paling lambat" if mine else "Pelapor menanggapi paling lambat"
    return label, promises.moment_words(case.due_at, work.ref.calendar)


def who_has_it(work: Work, case: Case) -> tuple[str, str]:
    """(what it does, the office that has the case now), in words for the citizen; empty when nobody has it any more."""
    foreseen = ways.foresee(work, case) if case.triaged_at is None else None
    unit = work.ref.units.get(case.unit_id or foreseen or 0)
    if unit is not None:
        return "Ditangani oleh", unit.name
    if case.state == State.FORWARDED:
        return "Diteruskan ke", forwarding.name(work, case) or forwarding.ELSEWHERE
    desk = work.ref.units.get(case.desk_id) if case.state in OPEN else None
    return ("Sedang dibaca oleh", desk.name) if desk else ("", "")


def _next(work: Work, case: Case, colour: str, *, mine: bool) -> str:
    state = State(case.state)
    if state is State.FORWARDED and case.due_at is None:
        return ""
    if colour == "late":
        return "Batas waktunya sudah lewat, dan itu tercatat. Laporan ini tetap {}.".format(
            "kami tanyakan" if state is State.FORWARDED else "dikerjakan"
        )
    if state in OPEN and case.kind == Kind.TIP:
        return "Informasi ini dibaca koordinator; tidak ada batas waktu jawaban."
    return _NEXT[state][not mine] if state in _NEXT else ""


def _line(work: Work, case: Case, entry: journal.Event, seen: View, mine: bool) -> Told | None:
    """One journal entry as this audience may read it; None for what is not theirs."""
    if entry.tag not in TOLD:
        return None
    what, for_citizen = TOLD[entry.tag]
    facts = _facts(entry)
    words = str(facts.get("words") or "") if seen.words and for_citizen else ""
    if entry.tag == "case:approve" and seen.words:
        words = case.result_words or ""
    if entry.tag == "case:archive" and words and facts.get("reason") in work.ref.reasons:
        words = f"{work.ref.reasons[facts['reason']].sentence} {words}"
    if entry.tag == "poll:rated":
        what = f"{what} {facts.get('score')} dari 5"
    if entry.tag in ("case:dispose", parting.ASKED, "case:part_answered"):
        unit = work.ref.units.get(facts.get("unit") or 0)
        words = unit.name if unit else ""
    if entry.tag == "case:forward" and facts.get("unit") in work.ref.units:
        what = f"Diteruskan ke {work.ref.units[facts['unit']].name}"
    if not seen.story and entry.tag not in ("case:submit", "case:dispose", "case:start", "case:respond", "case:approve", "case:archive"):
        return None
    role = entry.actor.split(":")[0]
    tone_ = {"citizen": "citizen", "channel": "citizen", "triage": "system", "timer": "system"}.get(role, "officer")
    return Told(promises.short_moment(entry.at, work.ref.calendar), _who(work, entry, role, case, mine), what, words, tone_)


def _who(work: Work, entry: journal.Event, role: str, case: Case, mine: bool) -> str:
    """An office, never an officer's name: citizens deal with an office, officers are people with families."""
    if role in ("citizen", "channel"):
        return "Anda" if mine else "Pelapor"
    if role in ("triage", "timer"):
        return work.ref.name
    if role == Role.COORDINATOR and entry.tag != "case:approve":  # the answer is the unit's, whoever let it through
        return ROLE_LABELS[Role.COORDINATOR]
    unit = work.ref.units.get(case.unit_id or 0)
    return unit.short if unit else ROLE_LABELS[Role.OFFICER]


def _facts(entry: journal.Event) -> dict[str, Any]:
    return json.loads(entry.body) if entry.body else {}
