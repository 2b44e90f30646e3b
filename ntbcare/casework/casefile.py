"""Reading one case for an officer: the whole story, the promises explained, and the acts that are open to this very person."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from ntbcare.casework import (
    asking,
    bells,
    chronicle,
    correcting,
    doubting,
    following,
    moves,
    noting,
    offering,
    outsideboard,
    sharing,
    showing,
    splitting,
    timesheet,
    ways,
)
from ntbcare.casework.acts import Group, actions, topics
from ntbcare.casework.desk import HIDDEN, flags
from ntbcare.casework.forwarding import holder
from ntbcare.domain import clock as promises
from ntbcare.domain import permissions, tickets
from ntbcare.domain.errors import NotFound
from ntbcare.domain.kinds import CHANNEL_LABELS, KIND_LABELS, URGENCY_LABELS, Kind, Urgency
from ntbcare.domain.lifecycle import LABELS, State
from ntbcare.domain.privacy import Audience, view
from ntbcare.records import cases, journal, messages, readings
from ntbcare.records.cases import Case
from ntbcare.records.work import Work


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
    story: list[chronicle.StoryLine]
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
    outside: outsideboard.Part
    shared: sharing.Panel
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
    if case is None or work.actor.unit_id in (case.accused or ()):
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
    story = chronicle.story(work, case, owed, *reading)
    page = CasePage(
        ticket=case.ticket, ticket_pretty=tickets.pretty(case.ticket), version=case.version, title=case.title or case.text[:90],
        state=case.state, state_label=LABELS[State(case.state)][0], kind_label=KIND_LABELS[Kind(case.kind)],
        category=work.ref.category_name(case.category), place=work.ref.region_name(case.region) or case.place or "",
        place_because=case.place_because or "", unit_name=unit.name if unit else holder(work, case), because=_because(work, case),
        helpers=ways.helpers(work, case),
        urgency_label=URGENCY_LABELS[Urgency(case.urgency)], channel_label=CHANNEL_LABELS.get(case.channel, case.channel),
        received_text=promises.moment_words(case.received_at, work.ref.calendar), flags=flags(case), reporter=reporter,
        reporter_note=note, text=case.text, text_edited=case.text_edited, clocks=timesheet.lines(work, case), story=story,
        actions=actions(work, case), notices=[chronicle.notice_line(work, notice) for notice in owed], files=(shots := showing.lines(work, case) if beside.files else []),
        similar=offering.beside(work, case), followings=following.beside(work, case) if beside.same else following.NOBODY, topics=topics(work, case), asked=_asked(work, case, owed),
        parts=splitting.proposal(work, case), related=splitting.related(work, case, story),
        notes=noting.lines(work, case) if beside.notes else [], may_note=noting.may_note(work, case),
        rungs=bells.climbed(work, case, wordless=showing.wordless(work, case)) if beside.rungs else [],
        outside=outsideboard.part(work, case, reporter, shots, asked=beside.outside),
        shared=sharing.panel(work, case, wordless=showing.wordless(work, case)),
    )  # fmt: skip
    return _without_words(work, case, page) if showing.wordless(work, case) else page


def _without_words(work: Work, case: Case, page: CasePage) -> CasePage:
    """Rahasia, for leadership: how it goes, and nobody's words (domain.md 9.4)."""
    return replace(
        page, title=HIDDEN, text=HIDDEN, text_edited=None, place_because="", because="", notes=[], place=work.ref.region_name(case.region),
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
    road = "Ditanyakan di halaman laporannya." if on_page else chronicle.delivery(receipt) if receipt else ""
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
