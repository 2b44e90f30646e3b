"""Open cases like one that was just told: found by topic and district, scored, and named only where everybody may know of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select, true
from sqlalchemy.dialects.postgresql import insert

from ntbcare.domain import clock as promises
from ntbcare.domain.kinds import Kind
from ntbcare.domain.lifecycle import OPEN, State
from ntbcare.domain.privacy import may_be_offered
from ntbcare.reading.likeness import Limits, Told, alike, district_of, limits, words_of
from ntbcare.reading.plain import Plain, split
from ntbcare.records.cases import Case
from ntbcare.records.likeness import Unlike
from ntbcare.records.work import Work
from ntbcare.wording import shorten

MOST_COMPARED = 200
MOST_READ = 2000  # letters of a text: what it is about stands there, and nobody makes us compare more
_MOST_OF_A_PLACE = 200  # letters
_WEIGHED = (
    Case.id, Case.ticket, Case.kind, Case.state, Case.title, func.left(Case.text, MOST_READ).label("text"), Case.place, Case.category, Case.region, Case.lat, Case.lon,
    Case.received_at, Case.anonymous, Case.confidential, Case.published, Case.unit_id, Case.accused,
)  # fmt: skip


class Tells(Protocol):
    """What is compared: a case, a row of one, or a report not stored yet."""

    @property
    def text(self) -> str: ...
    @property
    def place(self) -> str | None: ...
    @property
    def category(self) -> str | None: ...
    @property
    def region(self) -> str | None: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def lon(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Similar:
    """An open case like another: its row (columns of Case), how much (0..1) and why."""

    case: Any
    score: float
    reasons: tuple[str, ...]


def bounds(work: Work) -> Limits:
    """[likeness] of this deployment."""
    return limits(work.ref.facts.get("likeness", {}))


def similar(work: Work, told: Tells, *, at: datetime, case_id: int | None = None, public: bool, least: float) -> list[Similar]:
    """Open cases like `told` from a score of `least` on, the likest first; one statement, none where place or topic is unknown.

    `public`: only what anybody may know of (domain.privacy); `case_id`: the case itself, which is left out with all it is unlike.
    """
    district, topic = district_of(told.region), (told.category or "").partition(".")[0]
    if district is None or not topic or (public and not _open(work, told.category)):
        return []
    given = bounds(work)
    since = at - timedelta(days=given.days)
    near = or_(Case.region == district, Case.region.like(district + ".%"))
    same = or_(Case.category == topic, Case.category.like(topic + ".%"))
    # states written out, not bound: only then can PostgreSQL keep a plan that uses the partial index of regions
    still_open = Case.state.in_([literal_column(f"'{state}'") for state in OPEN])
    query = select(*_WEIGHED).where(still_open, near, same, Case.received_at > since, Case.triaged_at.is_not(None))
    query = query.where(_offerable() if public else true(), _not_unlike(case_id) if case_id else true())
    mine = _told(work, told, at)
    found = []
    for row in work.session.execute(query.order_by(Case.received_at.desc(), Case.id.desc()).limit(MOST_COMPARED)):
        if row.id == case_id or (public and not may_be_public(work, row)):
            continue
        like = alike(mine, _told(work, row, row.received_at), given)
        if like.score >= least:
            found.append(Similar(row, like.score, like.reasons))
    return sorted(found, key=lambda one: (-one.score, one.case.id))


def _offerable() -> ColumnElement[bool]:
    """domain.privacy.may_be_offered as far as a row knows it, so that what is hidden does not use up the limit. What waits for its own
    reporter's word is offered to nobody: it may be gone in a moment."""
    waits = and_(Case.offered_until.is_not(None), Case.state == State.RECEIVED)
    return and_(Case.kind != Kind.TIP, Case.confidential.is_(False), or_(Case.published, Case.anonymous.is_(False)), ~waits)


def _not_unlike(case_id: int) -> ColumnElement[bool]:
    told_apart = or_(and_(Unlike.case_a == case_id, Unlike.case_b == Case.id), and_(Unlike.case_b == case_id, Unlike.case_a == Case.id))
    return ~exists().where(told_apart)


def may_be_public(work: Work, case: Any) -> bool:
    """May anybody who tells of the same be told that this case (or row) is there?"""
    category = work.ref.categories.get(case.category or "")
    root = work.ref.categories.get((case.category or "").partition(".")[0])
    sealed = next((one.sealed for one in (category, root) if one is not None and one.sealed != "no"), "no")
    return may_be_offered(
        tip=case.kind == Kind.TIP, anonymous=case.anonymous, confidential=case.confidential, published=case.published, sealed=sealed
    )


def _open(work: Work, code: str | None) -> bool:
    root = work.ref.categories.get((code or "").partition(".")[0])
    return root is None or root.sealed == "no"


def _told(work: Work, told: Tells, at: datetime) -> Told:
    names = frozenset(split(work.ref.region_name(told.region))[0])
    words, marks = _words(work.ref.plain, f"{told.text[:MOST_READ]}\n{(told.place or '')[:_MOST_OF_A_PLACE]}", names)
    return Told(told.region, (told.category or "").partition(".")[0] or None, words, marks, at, told.lat, told.lon)


@lru_cache(maxsize=1024)  # at MOST_READ letters each: some 40 MB if every text were as long as can be
def _words(plain: Plain, text: str, names: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    return words_of(plain, text, names)


def about(work: Work, case: Any) -> str:
    """What may be said of somebody else's case: topic, place and date; never its words or who told it."""
    topic = shorten(work.ref.category_name(case.category).lower(), 34)
    place = work.ref.region_name(case.region).partition(",")[0]
    return ", ".join(part for part in (topic, place, f"sejak {day(work, case.received_at)}") if part)


def day(work: Work, moment: datetime) -> str:
    """A day for a short line: `12 Nov`."""
    return " ".join(promises.short_moment(moment, work.ref.calendar).split()[1:3])


def keep_apart(work: Work, one: int, other: int) -> None:
    """These two cases were said not to be the same; the lower id stands first."""
    low, high = sorted((one, other))
    row = insert(Unlike).values(case_a=low, case_b=high, by=work.actor.id or None, at=work.now)
    work.session.execute(row.on_conflict_do_nothing())
