"""Reading one case for an officer: the whole story, the promises explained, and the acts that are open to this very person."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ntbcare.casework import (
    asking,
    bells,
    correcting,
    doubting,
    following,
    lookup,
    moves,
    noting,
    offering,
    showing,
    splitting,
    timesheet,
    ways,
)
from ntbcare.casework.acts import Group, actions, topics
from ntbcare.casework.desk import HIDDEN, flags, short
from ntbcare.casework.forwarding import holder
from ntbcare.domain import clock as promises
from ntbcare.domain import lifecycle, permissions, tickets
from ntbcare.domain.errors import NotFound
from ntbcare.domain.kinds import CHANNEL_LABELS, KIND_LABELS, URGENCY_LABELS, Kind, Urgency
from ntbcare.domain.lifecycle import LABELS, State
from ntbcare.domain.permissions import ROLE_LABELS, Role
from ntbcare.domain.privacy import Audience, view
from ntbcare.records import cases, journal, messages, readings
from ntbcare.records.cases import Case
from ntbcare.records.readings import Reading
from ntbcare.records.work import Work
from ntbcare.wording import PIN_MARK


class StoryLine(NamedTuple):
    """One line of the book as an officer reads it."""

    when_text: str
    who: str
    what: str
    words: str
    tone: str
    delivery: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case for the one who works on it."""

    ticket: str
    ticket_pretty: str
    version: int
    title: str
    state: str
    state_label: str
    kind_label: str
    category: str
    place: str
    place_because: str
    unit_name: str
    because: str
    helpers: list[str]
    urgency_label: str
    channel_label: str
    received_text: str
    flags: list[str]
    reporter: dict[str, str | None] | None
    reporter_note: str
    text: str
    text_edited: str | None
    clocks: list[timesheet.ClockLine]
    story: list[StoryLine]
    actions: list[dict[str, Any]]
    notices: list[tuple[str, str, str, str, str]]
    files: list[showing.FileLine]
    similar: list[offering.SimilarLine]
    followings: following.Followings
    topics: list[Group] | None
    asked: tuple[str, str, str] | None
    parts: list[splitting.Part]
    related: list[splitting.Related]
    notes: list[noting.NoteLine]
    may_note: bool
    rungs: list[bells.RungLine]
    errors: dict[str, str] = field(default_factory=dict)


def open_case(work: Work, ticket: str) -> Case:
    """A case this actor may read; what they may not know of reads like what does not exist. Raises NotFound."""
    clean = tickets.normalise(ticket)
    found = readings.opened(work.session, clean) if clean else None
    if found is None or not showing.may_read(work, found.case):
        raise NotFound(subject=ticket[:20])
    work.opened[found.case.id] = found
    return found.case


def still_here(work: Work, case: Case) -> bool:
    """May the actor still read the case after what they did? Who hands a case back may not."""
    return permissions.may(work.actor, "case.read", moves.standing(work, case))


def has_left(work: Work, ticket: str) -> bool:
    """Did this case lie on the actor's desk before it went elsewhere? Then their half-written words deserve better than "not found"."""
    clean = tickets.normalise(ticket)
    case = cases.by_ticket(work.session, clean) if clean else None
    if case is None:
        return False
    sent_to = [
        json.loads(entry.body).get("unit") for entry in journal.story(work.session, case.id) if entry.tag == "case:dispose" and entry.body
    ]
    units = [work.ref.units[unit] for unit in sent_to if unit in work.ref.units]
    return any(work.actor.unit_id in unit.line for unit in units)


def case_page(work: Work, case: Case) -> CasePage:
    """The whole story of one case that `open_case` gave, in six statements and one for each thing that lies beside it."""
    beside = work.opened[case.id]
    unit = work.ref.units.get(case.unit_id or 0)
    reporter, note = _identity(work, case)
    owed = messages.notices_of(work.session, case.id)
    reading = correcting.read_by(work, case)  # held, so that the session need not ask for it again below
    story = _story(work, case, owed, *reading)
    page = CasePage(
        ticket=case.ticket, ticket_pretty=tickets.pretty(case.ticket), version=case.version, title=case.title or case.text[:90],
        state=case.state, state_label=LABELS[State(case.state)][0], kind_label=KIND_LABELS[Kind(case.kind)],
        category=work.ref.category_name(case.category), place=work.ref.region_name(case.region) or case.place or "",
        place_because=case.place_because or "", unit_name=unit.name if unit else holder(work, case), because=_because(work, case),
        helpers=ways.helpers(work, case),
        urgency_label=URGENCY_LABELS[Urgency(case.urgency)], channel_label=CHANNEL_LABELS.get(case.channel, case.channel),
        received_text=promises.moment_words(case.received_at, work.ref.calendar), flags=flags(case), reporter=reporter,
        reporter_note=note, text=case.text, text_edited=case.text_edited, clocks=timesheet.lines(work, case), story=story,
        actions=actions(work, case), notices=[_notice(work, notice) for notice in owed], files=showing.lines(work, case) if beside.files else [],
        similar=offering.beside(work, case), followings=following.beside(work, case) if beside.same else following.NOBODY, topics=topics(work, case), asked=_asked(work, case, owed),
        parts=splitting.proposal(work, case), related=splitting.related(work, case, story),
        notes=noting.lines(work, case) if beside.notes else [], may_note=noting.may_note(work, case),
        rungs=bells.climbed(work, case, wordless=showing.wordless(work, case)) if beside.rungs else [],
    )  # fmt: skip
    return _without_words(work, case, page) if showing.wordless(work, case) else page


def _without_words(work: Work, case: Case, page: CasePage) -> CasePage:
    """Rahasia, for leadership: how it goes, and nobody's words (domain.md 9.4)."""
    return replace(
        page, title=HIDDEN, text=HIDDEN, text_edited=None, place=work.ref.region_name(case.region),
        story=[line._replace(words="") for line in page.story], notices=[], files=[], asked=None, followings=page.followings._replace(newest=[]),
        related=[row._replace(title=HIDDEN) for row in page.related],
    )  # fmt: skip


def _asked(work: Work, case: Case, owed: list[messages.Notice]) -> tuple[str, str, str] | None:
    """(what the reader asked the reporter, how it stands, how the asking was delivered); None when it asked nothing."""
    words = asking.asked(work, case)
    if not words:
        return doubting.waits(work, case, owed)
    stands = "Belum dijawab." if case.question else "Sudah dijawab; jawabannya ada di perjalanan laporan."
    receipt = next((one for one in reversed(owed) if one.template == "receipt"), None)
    on_page = case.channel == asking.ON_ITS_PAGE
    road = "Ditanyakan di halaman laporannya." if on_page else _delivery(receipt) if receipt else ""
    return words, stands, road


def _because(work: Work, case: Case) -> str:
    """Why the case lies where it lies. After a hand-back the first reason no longer holds."""
    if case.unit_id is not None or not case.hand_backs:
        return case.because or ""
    wished = work.ref.units.get(case.suggested_unit_id or 0)
    return f"Dikembalikan unit sebelumnya{f', yang menyarankan {wished.name}' if wished else ''}. Alasannya ada di perjalanan laporan."


def _identity(work: Work, case: Case) -> tuple[dict[str, str | None] | None, str]:
    """Name and number where privacy and permission both allow; reading them is an entry in the book."""
    seen = view(Audience.HANDLER, anonymous=case.anonymous, confidential=case.confidential, published=case.published)
    if case.anonymous:
        return None, "Pelapor minta anonim. Balas lewat sistem; namanya tidak dibuka."
    if not seen.identity or not permissions.may(work.actor, "identity.read", moves.standing(work, case)):
        return None, "Nama dan nomor hanya terlihat oleh yang menangani."
    row = cases.reporter(work.session, case.id)
    if row is None:
        return None, "Pelapor tidak meninggalkan nama."
    work.tell("identity:read", case.id)
    return {"name": row.name, "phone": row.phone}, ""


_HOW_MADE = {
    "case:assisted": "Mencatat laporan ini untuk pelapor",
    "case:triaged": "Dipilah otomatis",
    "case:verify": "Diperiksa",
    "poll:rated": "Penilaian pelapor",
    "case:followed": "Orang lain melaporkan hal yang sama",
    "case:joined": "Laporan lain digabung ke sini",
    "case:left": "Laporan lain dipisahkan lagi",
    "case:inherited": "Pindah gabungan",
    "case:told_beside": "Kata orang lain tentang hal yang sama",
    "case:retopic": "Topik diperbaiki",
    "case:reader_asked": "Bertanya kepada pelapor",
    "case:split_off": "Dipisahkan dari laporan lain",
    "case:waited_long": "Menunggu pelapor terlalu lama; batas waktu petugas berjalan lagi",
}
_NOTICE_OF = {
    "case:triaged": "receipt",
    "case:confirm": "poll",
    "case:words_added": "words_added",
    "case:place_corrected": "place_corrected",
}


def _story(work: Work, case: Case, owed: list[messages.Notice], reading: Reading | None, read_by: str) -> list[StoryLine]:
    """The book in words. What stands elsewhere on the page (the report itself, why it came here) is not said again."""
    lines: list[StoryLine] = []
    unsaid, kept = list(owed), 0
    for entry in journal.story(work.session, case.id):
        if entry.tag in showing.TOLD:
            # twenty photos of one album are one line
            kept = kept + 1 if entry.tag == "file:kept" else 0
            if kept > 1:
                lines.pop()
            facts = json.loads(entry.body) if entry.body else {}
            what = showing.TOLD[entry.tag].format(kept or facts.get("count"))
            lines.append(StoryLine(short(work, entry.at), work.ref.name, what, str(facts.get("note") or ""), "system", ""))
            continue
        role, _, _ = entry.actor.partition(":")
        by_machine = role == Role.TRIAGE
        if (not entry.tag.startswith("case:") and entry.tag != "poll:rated") or (by_machine and entry.tag == "case:verify"):
            continue
        kept = 0
        move = lifecycle.BY_EVENT.get(entry.tag.removeprefix("case:"))
        what = _HOW_MADE.get(entry.tag) or (move.label if move else lookup.TOLD.get(entry.tag, (entry.tag, False))[0])
        facts = json.loads(entry.body) if entry.body else {}
        words = str(facts.get("words") or "")
        if entry.tag == "case:submit" or (by_machine and entry.tag == "case:dispose"):
            words = ""
        if entry.tag in ("case:dispose", "case:forward"):
            unit = work.ref.units.get(facts.get("unit") or 0)
            what = f"Diteruskan ke {unit.short}" if unit else what
        if entry.tag == "case:hand_back":
            what = correcting.in_words(work, facts)
        if entry.tag == "poll:rated":
            what = f"Pelapor memberi nilai {facts.get('score')} dari 5"
        who = str(facts.get("by_name") or "") or ROLE_LABELS.get(Role(role), role)
        tone = {"citizen": "citizen", "channel": "citizen", "triage": "system", "timer": "system"}.get(role, "officer")
        template = _NOTICE_OF.get(entry.tag) or (move.notice if move else None)
        sent = next((one for one in unsaid if one.template == template and one.created_at >= entry.at), None)
        if sent is not None:
            unsaid.remove(sent)
        beside = [read_by] if entry.tag == "case:triaged" and reading is not None and reading.at == entry.at else []
        beside += [_delivery(sent)] if sent else []
        lines.append(StoryLine(short(work, entry.at), who, what, words, tone, " ".join(beside)))
    return lookup.once(lines)


def _delivery(notice: messages.Notice) -> str:
    label, _ = _standing(notice)
    road = "di halaman laporannya" if notice.channel == "web" else f"lewat {CHANNEL_LABELS.get(notice.channel, notice.channel)}"
    return f"Kabar untuk pelapor {road}: {label}."


_NOTICE_STATES = {
    "waiting": ("menunggu", "soon"), "sent": ("terkirim", "on_time"), "delivered": ("sampai", "done"), "shown": ("sudah dibaca", "done"),
    "failed": ("gagal, tidak dicoba lagi", "late"), "no_road": ("tidak dikirim, pelapor tidak mau dihubungi", "done"),
    "held": ("menunggu pelapor menulis lagi", "waiting"),
}  # fmt: skip


def _standing(notice: messages.Notice) -> tuple[str, str]:
    """How the sending of a notice stands, with its tone; on the web it waits until the reporter looks."""
    label, tone = _NOTICE_STATES.get(notice.state, (notice.state, "soon"))
    if notice.channel == "web" and notice.state == "waiting":
        label, tone = "belum dibuka pelapor", "waiting"
    elif notice.state == "waiting" and notice.last_error:
        label = "gagal, dicoba lagi"
    if notice.possible_repeats:
        label += f", mungkin diterima {notice.possible_repeats + 1} kali"
    return label, tone


def _notice(work: Work, notice: messages.Notice) -> tuple[str, str, str, str, str]:
    label, tone = _standing(notice)
    text = notice.body.replace(PIN_MARK, "••••••")
    return short(work, notice.created_at), CHANNEL_LABELS.get(notice.channel, notice.channel), text, label, tone
