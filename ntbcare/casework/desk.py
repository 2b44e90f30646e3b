"""Reading for officers: the queue of a desk, one case with its whole story, and the acts that are open to this very person."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, or_, select, true

from ntbcare.casework import lookup, moves
from ntbcare.domain import clock as promises
from ntbcare.domain import lifecycle, permissions, tickets
from ntbcare.domain.errors import NotAllowed, NotFound
from ntbcare.domain.kinds import CHANNEL_LABELS, KIND_LABELS, URGENCY_LABELS, Kind, Urgency
from ntbcare.domain.lifecycle import LABELS, OPEN, TO_ANSWER, WAITING_FOR_CITIZEN, State
from ntbcare.domain.permissions import ROLE_LABELS, Role, Scope
from ntbcare.domain.privacy import Audience, view
from ntbcare.records import cases, clocks, journal, messages
from ntbcare.records.cases import Case
from ntbcare.records.work import Work

PAGE = 50
_COUNT_TO = 999  # a tab says "999+" beyond this: counting every row of a large desk costs more than it tells
TABS = (("todo", "Perlu dikerjakan"), ("waiting", "Menunggu pelapor"), ("attention", "Kabar baru"), ("all", "Semua yang terbuka"), ("done", "Sudah ditutup"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer wants to see; `after` = (due, id) of the last row of the page before."""

    tab: str = "todo"
    state: str = ""
    urgency: str = ""
    after: tuple[datetime | None, int] | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a queue."""

    desk_name: str
    tab: str
    counts: dict[str, int]
    rows: list[dict[str, Any]]
    after: tuple[datetime | None, int] | None
    empty_sentence: str


def queue(work: Work, asked: Asked) -> QueuePage:
    """A desk's open cases, soonest due first. Three statements whatever the size. Raises NotAllowed."""
    if not permissions.may(work.actor, "queue.read"):
        raise NotAllowed(subject="queue.read")
    query = _tab(work, select(Case), asked.tab)
    if asked.state:
        query = query.where(Case.state == asked.state)
    if asked.urgency:
        query = query.where(Case.urgency == asked.urgency)
    query = _ordered(query, asked)
    found = list(work.session.scalars(query.limit(PAGE + 1)))
    rows = [_row(work, case) for case in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    unit = work.ref.units.get(work.actor.unit_id or 0)
    return QueuePage(
        desk_name=unit.name if unit else ROLE_LABELS[work.actor.role], tab=asked.tab, counts=_counts(work), rows=rows,
        after=(last.due_at, last.id) if last else None, empty_sentence=_EMPTY.get(asked.tab, "Tidak ada laporan di sini."),
    )  # fmt: skip


_EMPTY = {
    "todo": "Semua sudah dikerjakan. Laporan baru muncul di sini begitu masuk.",
    "waiting": "Tidak ada laporan yang menunggu jawaban pelapor.",
    "attention": "Tidak ada kabar baru dari pelapor.",
}


def _scope(work: Work) -> Any:
    """Rows this actor may list: the permissions table in SQL. A desk never lists what it may not open."""
    actor = work.actor
    scope = permissions.TABLE["queue.read"][actor.role]
    if scope is Scope.UNIT:
        return and_(Case.unit_id.in_(_desks(work)), Case.kind != Kind.TIP)
    region = actor.region or ""
    if "." in region:
        return or_(Case.region == region, Case.region.like(region + ".%"))
    return true()


def _desks(work: Work) -> list[int]:
    """Desks this actor sits at: a unit with everything below it; for a coordinator or a leader only their own."""
    actor = work.actor
    if permissions.TABLE["queue.read"][actor.role] is not Scope.UNIT:
        return [actor.unit_id or 0]
    return [unit.id for unit in work.ref.units.values() if actor.unit_id in unit.line]


def _tab(work: Work, query: Select[Any], tab: str) -> Select[Any]:
    if tab == "todo":  # what lies on my desk: one index, soonest due first
        return query.where(Case.desk_id.in_(_desks(work)), Case.state.in_(TO_ANSWER), _readable(work))
    query = query.where(_scope(work))
    if tab == "waiting":
        return query.where(Case.state.in_(WAITING_FOR_CITIZEN))
    if tab == "attention":
        return query.where(Case.attention.is_not(None))
    if tab == "all":
        return query.where(Case.state.in_(OPEN))
    return query.where(Case.state.not_in(OPEN))


def _readable(work: Work) -> Any:
    return true() if permissions.may(work.actor, "tip.read") else Case.kind != Kind.TIP


def _ordered(query: Select[Any], asked: Asked) -> Select[Any]:
    """Keyset paging: page 100 costs what page 1 costs."""
    if asked.tab in ("done", "attention"):
        if asked.after:
            query = query.where(Case.id < asked.after[1])
        return query.order_by(Case.id.desc())
    if asked.after:
        due, last = asked.after
        if due is None:
            query = query.where(Case.due_at.is_(None), Case.id > last)
        else:
            query = query.where(or_(Case.due_at > due, and_(Case.due_at == due, Case.id > last), Case.due_at.is_(None)))
    return query.order_by(Case.due_at, Case.id)


def _counts(work: Work) -> dict[str, int]:
    """Bounded counts for the tabs in one statement."""
    parts = []
    for key, _ in TABS[:3]:
        limited = _tab(work, select(Case.id), key).limit(_COUNT_TO + 1).subquery()
        parts.append(select(func.count()).select_from(limited).scalar_subquery().label(key))
    return dict(work.session.execute(select(*parts)).mappings().one())


def _row(work: Work, case: Case) -> dict[str, Any]:
    unit = work.ref.units.get(case.unit_id or 0)
    flags = [label for label, on in (("Anonim", case.anonymous), ("Rahasia", case.confidential), ("Kabar baru", case.attention)) if on]
    return {
        "ticket": case.ticket, "ticket_pretty": tickets.pretty(case.ticket), "title": case.title or case.text[:90],
        "place": work.ref.region_name(case.region), "category": work.ref.category_name(case.category),
        "state_label": LABELS[State(case.state)][0], "due_text": _short(work, case.due_at), "due_tone": lookup.tone(work, case),
        "urgency": case.urgency, "urgency_label": URGENCY_LABELS[Urgency(case.urgency)],
        "channel_label": CHANNEL_LABELS.get(case.channel, case.channel), "received_text": _short(work, case.received_at),
        "because": case.because or "", "unit_name": unit.short if unit else "", "flags": flags,
    }  # fmt: skip


def _short(work: Work, moment: datetime | None) -> str:
    return promises.short_moment(moment, work.ref.calendar) if moment else ""


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
        received_text=promises.moment_words(case.received_at, work.ref.calendar), flags=_row(work, case)["flags"], reporter=reporter,
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
        lines.append(ClockLine(promise.label, due, tone, promises.explain(promise, row.started_at, row.due_at, calendar) + f" ({promise.source})", days))
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
        lines.append(StoryLine(_short(work, entry.at), who, what, words, tone, ""))
    return lines


_NOTICE_STATES = {
    "waiting": ("menunggu dikirim", "soon"), "sent": ("terkirim", "on_time"), "delivered": ("sampai", "done"), "shown": ("sudah dibaca", "done"),
    "failed": ("gagal", "late"), "no_road": ("tidak dikirim", "soon"),
}  # fmt: skip


def _notice(work: Work, notice: messages.Notice) -> tuple[str, str, str, str, str]:
    label, tone = _NOTICE_STATES[notice.state]
    if notice.possible_repeats:
        label += f", mungkin {notice.possible_repeats + 1} kali"
    text = notice.body.replace("[[PIN]]", "••••••")
    return _short(work, notice.created_at), CHANNEL_LABELS.get(notice.channel, notice.channel), text, label, tone


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
        })  # fmt: skip
    return found


def _choices(work: Work, case: Case, move: lifecycle.Move) -> list[tuple[str, str]] | None:
    if "reason" in move.needs:
        return [(reason.code, reason.label) for reason in work.ref.reasons.values()]
    if "unit" not in move.needs and move.event != "hand_back":
        return None
    near = ".".join((case.region or "").split(".")[:2])
    units = [u for u in work.ref.units.values() if u.in_force(work.ref.today) and u.level != "central" and u.kind != "secretariat"]
    units.sort(key=lambda u: (u.id != case.suggested_unit_id, not (near and (u.region or "").startswith(near)), u.level != "province", u.name))
    return [(str(u.id), u.name) for u in units]
