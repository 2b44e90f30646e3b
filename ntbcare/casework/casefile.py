"""Reading one case for an officer: the whole story, the promises explained, and the acts that are open to this very person."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ntbcare.casework import lookup, moves
from ntbcare.casework.desk import flags, short
from ntbcare.domain import clock as promises
from ntbcare.domain import lifecycle, permissions, tickets
from ntbcare.domain.errors import NotFound
from ntbcare.domain.kinds import CHANNEL_LABELS, KIND_LABELS, URGENCY_LABELS, Kind, Urgency
from ntbcare.domain.lifecycle import LABELS, State
from ntbcare.domain.permissions import ROLE_LABELS, Role
from ntbcare.domain.privacy import Audience, view
from ntbcare.records import cases, clocks, journal, messages
from ntbcare.records.cases import Case
from ntbcare.records.work import Work
from ntbcare.wording import PIN_MARK


class ClockLine(NamedTuple):
    """One promise as an officer reads it; `days` = (day, counted, why)."""

    label: str
    due_text: str
    tone: str
    explanation: str
    days: list[tuple[str, bool, str]]


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
    urgency_label: str
    channel_label: str
    received_text: str
    flags: list[str]
    reporter: dict[str, str | None] | None
    reporter_note: str
    text: str
    text_edited: str | None
    clocks: list[ClockLine]
    story: list[StoryLine]
    actions: list[dict[str, Any]]
    notices: list[tuple[str, str, str, str, str]]
    errors: dict[str, str] = field(default_factory=dict)


def open_case(work: Work, ticket: str) -> Case:
    """A case this actor may read; what they may not know of reads like what does not exist. Raises NotFound."""
    clean = tickets.normalise(ticket)
    case = cases.by_ticket(work.session, clean) if clean else None
    if case is None or not permissions.may(work.actor, "case.read", moves.standing(work, case)):
        raise NotFound(subject=ticket[:20])
    if case.kind == Kind.TIP and not permissions.may(work.actor, "tip.read", moves.standing(work, case)):
        raise NotFound(subject=ticket[:20])
    return case


def case_page(work: Work, case: Case) -> CasePage:
    """The whole story of one case in six statements."""
    unit = work.ref.units.get(case.unit_id or 0)
    reporter, note = _identity(work, case)
    owed = messages.notices_of(work.session, case.id)
    return CasePage(
        ticket=case.ticket, ticket_pretty=tickets.pretty(case.ticket), version=case.version, title=case.title or case.text[:90],
        state=case.state, state_label=LABELS[State(case.state)][0], kind_label=KIND_LABELS[Kind(case.kind)],
        category=work.ref.category_name(case.category), place=work.ref.region_name(case.region) or case.place or "",
        place_because=case.place_because or "", unit_name=unit.name if unit else "", because=case.because or "",
        urgency_label=URGENCY_LABELS[Urgency(case.urgency)], channel_label=CHANNEL_LABELS.get(case.channel, case.channel),
        received_text=promises.moment_words(case.received_at, work.ref.calendar), flags=flags(case), reporter=reporter,
        reporter_note=note, text=case.text, text_edited=case.text_edited, clocks=_clocks(work, case), story=_story(work, case),
        actions=actions(work, case), notices=[_notice(work, notice) for notice in owed],
    )  # fmt: skip


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


def _clocks(work: Work, case: Case) -> list[ClockLine]:
    lines = []
    for row in clocks.of_case(work.session, case.id):
        promise, calendar = work.ref.promise_of(row.rule_id), work.ref.calendar_of(work.session, row.calendar_version)
        if row.clock == "receipt":
            continue
        if row.stopped_at:
            tone = "done" if row.outcome == "kept" else "late"
        elif row.paused_at:
            tone = "waiting"
        else:
            tone = promises.stage(promise, row.started_at, row.due_at, work.now, calendar)
        days = [(promises.date_words(d.day), d.counted, d.why) for d in promises.day_by_day(promise, row.started_at, row.due_at, calendar)]
        due = promises.moment_words(row.due_at, calendar)
        lines.append(
            ClockLine(
                promise.label.replace("Anda dapat", "Pelapor dapat"), due, tone, promises.explain(promise, row.started_at, row.due_at, calendar) + f" ({promise.source})", days
            )
        )
    return lines


def _story(work: Work, case: Case) -> list[StoryLine]:
    lines = []
    for entry in journal.of_case(work.session, case.id):
        if entry.tag == "case:triaged":
            what = "Dipilah otomatis"
        elif entry.tag in lookup.TOLD or entry.tag.startswith("case:"):
            move = lifecycle.BY_EVENT.get(entry.tag.removeprefix("case:"))
            what = move.label if move else lookup.TOLD.get(entry.tag, (entry.tag, False))[0]
        elif entry.tag == "poll:rated":
            what = "Penilaian pelapor"
        else:
            continue
        facts = json.loads(entry.body) if entry.body else {}
        role, _, _ = entry.actor.partition(":")
        who = str(facts.get("by_name") or "") or ROLE_LABELS.get(Role(role), role)
        words = str(facts.get("because") or facts.get("words") or facts.get("score") or "")
        tone = {"citizen": "citizen", "channel": "citizen", "triage": "system", "timer": "system"}.get(role, "officer")
        lines.append(StoryLine(short(work, entry.at), who, what, words, tone, ""))
    return lines


_NOTICE_STATES = {
    "waiting": ("menunggu dikirim", "soon"), "sent": ("terkirim", "on_time"), "delivered": ("sampai", "done"), "shown": ("sudah dibaca", "done"),
    "failed": ("gagal", "late"), "no_road": ("tidak dikirim", "soon"),
}  # fmt: skip


def _notice(work: Work, notice: messages.Notice) -> tuple[str, str, str, str, str]:
    label, tone = _NOTICE_STATES[notice.state]
    if notice.possible_repeats:
        label += f", mungkin {notice.possible_repeats + 1} kali"
    text = notice.body.replace(PIN_MARK, "••••••")
    return short(work, notice.created_at), CHANNEL_LABELS.get(notice.channel, notice.channel), text, label, tone


_HELP = {
    "start": "Memberi tahu bahwa unit Anda mengerjakannya. Belum dihitung sebagai jawaban.",
    "answer": "Kabar singkat untuk pelapor; laporan tetap terbuka.",
    "respond": "Jawaban lengkap. Pelapor lalu menyatakan sudah atau belum.",
    "submit_result": "Diperiksa unit lain dulu, lalu dikirim ke pelapor.",
    "ask": "Pertanyaan dikirim lewat kanal pelapor. Waktu berhenti setelah pertanyaannya sampai.",
    "hand_back": "Sebutkan alasannya dan, bila tahu, unit yang berwenang.",
    "dispose": "Pilih satu unit penanggung jawab.",
    "archive": "Pelapor membaca alasan ini.",
    "forward": "Sebutkan ke mana dan bagaimana pelapor dapat menanyakannya.",
    "close": "Hanya dengan persetujuan pelapor: tulis kapan dan bagaimana ia setuju.",
    "reopen": "Tulis mengapa laporan ini dibuka kembali.",
}
_PRIMARY = ("verify", "dispose", "start", "respond", "submit_result", "approve")


def actions(work: Work, case: Case) -> list[dict[str, Any]]:
    """The acts open to this actor on this case now, in the order of the table: what is not possible is not drawn."""
    standing = moves.standing(work, case)
    category = work.ref.categories.get(case.category or "")
    checked = bool(category and category.needs_check)
    found = []
    for move in lifecycle.possible(case.state):
        if not permissions.may(work.actor, move.event, standing) or move.event == "escalate":
            continue
        if ("check" in move.needs and not checked) or ("no_check" in move.needs and checked):
            continue
        found.append({
            "event": move.event, "label": move.label, "help": _HELP.get(move.event, ""), "words": str(move.words),
            "words_label": "Kata-kata untuk pelapor" if move.notice else "Catatan", "choices": _choices(work, case, move),
            "choices_name": "reason" if "reason" in move.needs else "unit", "choices_label": "Alasan" if "reason" in move.needs else "Unit",
            "primary": move.event in _PRIMARY, "asks_parent": "parent" in move.needs,
                "facts": _facts_to_settle(work, case) if move.event == "verify" else None,
        })  # fmt: skip
    return found


def _facts_to_settle(work: Work, case: Case) -> dict[str, Any]:
    """What a coordinator may set when verifying, with what is known now."""
    ref = work.ref
    scope = work.actor.region or ""
    regions = [
        r for r in ref.regions.values() if r.level in ("regency", "district") and (r.code == scope or r.code.startswith(scope + "."))
    ]
    return {
        "title": case.title or "",
        "category": case.category or "",
        "categories": [(c.code, c.name) for c in ref.categories.values() if c.parent is None and c.sealed != "yes"],
        "region": case.region or "",
        "regions": [(r.code, r.name if r.level == "regency" else f"— {r.name}") for r in regions],
        "urgency": case.urgency,
        "urgencies": [(str(u), label) for u, label in URGENCY_LABELS.items()],
        "anonymous": case.anonymous,
        "confidential": case.confidential,
    }


def _choices(work: Work, case: Case, move: lifecycle.Move) -> list[tuple[str, str]] | None:
    if "reason" in move.needs:
        return [(reason.code, reason.label) for reason in work.ref.reasons.values()]
    if "unit" not in move.needs and move.event != "hand_back":
        return None
    near = ".".join((case.region or "").split(".")[:2]) or work.actor.region or ""
    units = [u for u in work.ref.units.values() if u.in_force(work.ref.today) and u.level != "central" and u.kind != "secretariat"]
    units.sort(
        key=lambda u: (u.id != case.suggested_unit_id, not (near and (u.region or "").startswith(near)), u.level != "province", u.name)
    )
    return [(str(u.id), u.name) for u in units]
