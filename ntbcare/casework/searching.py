"""Finding a case by its words, its place, its topic or its number, each officer within what they may list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, true

from ntbcare.casework import desk, showing
from ntbcare.domain import permissions, tickets
from ntbcare.domain.errors import NotAllowed
from ntbcare.domain.lifecycle import OPEN
from ntbcare.domain.permissions import Role, Scope
from ntbcare.records import cases, finding
from ntbcare.records.cases import Case
from ntbcare.records.desks import CaseWords
from ntbcare.records.work import Work

COUNT_TO = 1000  # "lebih dari 1.000" beyond this: counting every match of a common word costs more than it tells
LONGEST = 200  # letters of a question
WHICH = (("", "Semua"), ("open", "Yang terbuka"), ("done", "Yang sudah ditutup"))
_case = Case.__table__.c
_SLICE = 2000
_PIECE = re.compile(r'-?"[^"]*"?|\S+')


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: words (quotes hold words together, -word leaves out), open or done cases or both, below this id."""

    words: str
    which: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of matches, newest first; `count` stops at COUNT_TO. `ticket` = the case whose number was typed, when it may be read."""

    rows: list[dict[str, Any]]
    count: int
    before: int | None
    ticket: str | None = None


def search(work: Work, asked: Asked) -> Found:
    """Cases that hold every word, in two statements whatever the number of cases. Raises NotAllowed."""
    if not permissions.may(work.actor, "queue.read"):
        raise NotAllowed(subject="queue.read")
    words = asked.words.strip()[:LONGEST]
    number = tickets.normalise(words)
    if number and _may_open(work, number):
        return Found([], 1, None, ticket=number)
    plain = spelt_out(work, words)
    if not plain:
        return Found([], 0, None)
    scope, without = _scope(work)
    if not scope and _reach(work) is not Scope.ALL:
        return Found([], 0, None)
    matches = finding.matches(plain, scope, without)
    found = work.session.execute(_page(matches, asked)).all()
    many = select(CaseWords.case_id).where(matches)
    if asked.which:
        many = many.join(Case, Case.id == CaseWords.case_id).where(_which(asked.which))
    count = work.session.execute(select(func.count()).select_from(many.limit(COUNT_TO + 1).subquery())).scalar_one()
    rows = [desk.row(work, case) for case in found[: desk.PAGE]]
    return Found(rows, count, found[desk.PAGE - 1].id if len(found) > desk.PAGE else None)


def spelt_out(work: Work, words: str) -> str:
    """The question in plain words, as reports are kept: "jln rusak" → "jalan rusak". Quotes and the minus before a word stay."""
    pieces = []
    for piece in _PIECE.findall(words):
        minus = "-" if piece.startswith("-") and len(piece) > 1 else ""
        plain = work.ref.plain.text(piece.removeprefix("-").strip('"'))
        if plain:
            together = '"' in piece or (minus and " " in plain)
            pieces.append(f'{minus}"{plain}"' if together else minus + plain)
    return " ".join(pieces)


def _page(matches: Any, asked: Asked) -> Select[Any]:
    query = select(*desk.DRAWN).join(CaseWords, CaseWords.case_id == _case.id).where(matches, _which(asked.which))
    if asked.before:
        query = query.where(CaseWords.case_id < asked.before)
    return query.order_by(CaseWords.case_id.desc()).limit(desk.PAGE + 1)


def _which(which: str) -> Any:
    still_open = _case.state.in_(OPEN)
    return still_open if which == "open" else ~still_open if which == "done" else true()


def _reach(work: Work) -> Scope:
    """How far this actor's list reaches; the province's own coordinator and leader see every regency."""
    scope = permissions.TABLE["queue.read"][work.actor.role]
    return Scope.ALL if scope is Scope.REGION and work.actor.region and "." not in work.actor.region else scope


def _scope(work: Work) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The permissions table as lexemes: (one of these must be there, none of those may)."""
    actor = work.actor
    without: tuple[str, ...] = () if permissions.may(actor, "tip.read") else (finding.TIP,)
    if actor.unit_id:
        without += (finding.about(actor.unit_id),)
    if actor.role is Role.LEADER:
        without += (finding.SECRET,)  # whose words a leader does not read must not be found by them either
    reach = _reach(work)
    if reach is Scope.ALL:
        return (), without
    if reach is Scope.UNIT:
        return (f"u:{actor.unit_id}",) if actor.unit_id else (), without
    return (f"r:{actor.region}",) if actor.region else (), without


def _may_open(work: Work, ticket: str) -> bool:
    """A number opens its case only for whoever may read it; for everybody else it is a word like others."""
    case = cases.by_ticket(work.session, ticket)
    return case is not None and showing.may_read(work, case)


def catch_up(work: Work, after: int) -> int | None:
    """Whatever was stored before it could be found: one slice above the id `after`; where to go on, None at the end. Safe to begin again."""
    return finding.catch_up(work.session, work.ref, after, _SLICE)
