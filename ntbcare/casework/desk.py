"""Reading for officers: the queue of a desk, soonest due first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, true

from ntbcare.casework import lookup
from ntbcare.domain import clock as promises
from ntbcare.domain import permissions, tickets
from ntbcare.domain.errors import NotAllowed
from ntbcare.domain.kinds import CHANNEL_LABELS, URGENCY_LABELS, Kind, Urgency
from ntbcare.domain.lifecycle import LABELS, OPEN, TO_ANSWER, WAITING_FOR_CITIZEN, State
from ntbcare.domain.permissions import ROLE_LABELS, Scope
from ntbcare.records.cases import Case
from ntbcare.records.work import Work

PAGE = 50
_COUNT_TO = 999  # a tab says "999+" beyond this: counting every row of a large desk costs more than it tells
TABS = (
    ("todo", "Perlu dikerjakan"),
    ("waiting", "Menunggu pelapor"),
    ("attention", "Kabar baru"),
    ("all", "Semua yang terbuka"),
    ("done", "Sudah ditutup"),
)


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
    return {
        "ticket": case.ticket, "ticket_pretty": tickets.pretty(case.ticket), "title": case.title or case.text[:90],
        "place": work.ref.region_name(case.region), "category": work.ref.category_name(case.category),
        "state_label": LABELS[State(case.state)][0], "due_text": short(work, case.due_at), "due_tone": lookup.tone(work, case),
        "urgency": case.urgency, "urgency_label": URGENCY_LABELS[Urgency(case.urgency)],
        "channel_label": CHANNEL_LABELS.get(case.channel, case.channel), "received_text": short(work, case.received_at),
        "because": case.because or "", "unit_name": unit.short if unit else "", "flags": flags(case),
    }  # fmt: skip


def flags(case: Case) -> list[str]:
    """What an officer must not overlook."""
    return [label for label, on in (("Anonim", case.anonymous), ("Rahasia", case.confidential), ("Kabar baru", case.attention)) if on]


def short(work: Work, moment: datetime | None) -> str:
    """A moment for a table, "" for none."""
    return promises.short_moment(moment, work.ref.calendar) if moment else ""
