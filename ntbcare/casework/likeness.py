"""Open cases like one that was just told: found by topic and district, scored, and offered where everybody may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select, true
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import moves, notices
from ntbcare.domain import clock as promises
from ntbcare.domain import tickets
from ntbcare.domain.errors import TooLate
from ntbcare.domain.kinds import Kind
from ntbcare.domain.lifecycle import BY_EVENT, OPEN
from ntbcare.domain.privacy import may_be_offered
from ntbcare.reading.likeness import Limits, Told, alike, district_of, limits, words_of
from ntbcare.reading.plain import Plain, split
from ntbcare.records import cases
from ntbcare.records.cases import Case
from ntbcare.records.likeness import Unlike
from ntbcare.records.messages import Notice
from ntbcare.records.people import Contact
from ntbcare.records.work import Work
from ntbcare.wording import MAX_PARTS, parts, shorten

MOST_COMPARED = 200
MOST_READ = 2000  # letters of a text: what it is about stands there, and nobody makes us compare more
_MOST_OF_A_PLACE = 200  # letters
_SPOKEN = ("sms", "telegram", "whatsapp", "facebook", "instagram", "x", "email")  # channels on which "1" can be answered
_OFFERS = ("receipt", "similar")  # the notices whose number 1 stands for a case
_WEIGHED = (
    Case.id, Case.ticket, Case.kind, Case.state, Case.title, func.left(Case.text, MOST_READ).label("text"), Case.place, Case.category, Case.region, Case.lat, Case.lon,
    Case.received_at, Case.anonymous, Case.confidential, Case.published, Case.unit_id,
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
    """domain.privacy.may_be_offered as far as a row knows it, so that what is hidden does not use up the limit."""
    return and_(Case.kind != Kind.TIP, Case.confidential.is_(False), or_(Case.published, Case.anonymous.is_(False)))


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


def receipt(work: Work, case: Case, *, choices: Sequence[str] = (), **facts: Any) -> None:
    """The receipt, and with it a case that is very much the same: inside it where both fit, else right after it."""
    found = None if choices or facts.get("question") else _likest(work, case)
    if found is None:
        notices.owe(work, case, "receipt", choices=choices, like="", **facts)
        return
    like = f"Mirip laporan {tickets.pretty(found.case.ticket)} ({about(work, found.case)}). Balas 1 bila sama."
    known = {**notices.case_facts(work, case), **facts, "like": like}
    if case.channel == "sms" and parts(work.house.wording.write("receipt", "sms", **known)) > MAX_PARTS:
        notices.owe(work, case, "receipt", like="", **facts)
        notices.owe(work, case, "similar", choices=(found.case.ticket,), like=like)
    else:
        notices.owe(work, case, "receipt", choices=(found.case.ticket,), like=like, **facts)
    work.tell("likeness:offered", case.id, other=found.case.ticket, score=found.score, because=list(found.reasons))


def read_later(work: Work, case: Case) -> None:
    """Place or topic came only with later words: now a case like this one can be named, once."""
    found = _likest(work, case)
    if found is None or _offered(work, case, ever=True):
        return
    like = f"Mirip laporan {tickets.pretty(found.case.ticket)} ({about(work, found.case)}). Balas 1 bila sama."
    notices.owe(work, case, "similar", choices=(found.case.ticket,), like=like)
    work.tell("likeness:offered", case.id, other=found.case.ticket, score=found.score, because=list(found.reasons))


def _likest(work: Work, case: Case) -> Similar | None:
    """The likest case that may be offered to whoever told this one, None where nobody can answer "1" or nothing is alike enough.

    A number that was only typed into a form proves nobody: whoever holds it must not be able to end somebody else's case.
    """
    contact = work.session.get(Contact, case.contact_id) if case.contact_id else None
    asked = contact is not None and contact.channel == case.channel and contact.channel in _SPOKEN and contact.opted_out_at is None
    if not asked or case.confidential or case.kind == Kind.TIP or case.state not in BY_EVENT["merge"].sources:
        return None
    found = similar(work, case, at=case.received_at, case_id=case.id, public=True, least=bounds(work).offer)
    return next(iter(found), None)


def offers(work: Work, contact: int) -> tuple[tuple[str, str], ...]:
    """(their new case, the one we named) of every offer that still waits for this sender's "1", newest first."""
    answerable = work.now - timedelta(hours=bounds(work).answer_hours)
    query = (
        select(Case.ticket, Notice.choices)
        .join(Case, Case.id == Notice.case_id)
        .where(Notice.contact_id == contact, Notice.created_at > answerable, Notice.template.in_(_OFFERS))
        .where(func.cardinality(Notice.choices) == 1, Case.contact_id == contact, Case.state.in_(BY_EVENT["merge"].sources))
    )
    rows = work.session.execute(query.order_by(Notice.id.desc()).limit(5)).all()
    return tuple((row.ticket, row.choices[0]) for row in rows if tickets.valid(row.choices[0]))


def _offered(work: Work, case: Case, *, ever: bool = False) -> list[Notice]:
    """The notices of this case that named another."""
    mine = select(Notice).where(Notice.case_id == case.id, Notice.template.in_(_OFFERS), func.cardinality(Notice.choices) == 1)
    recent = Notice.created_at > work.now - timedelta(hours=bounds(work).answer_hours)
    found = work.session.scalars(mine.where(true() if ever else recent).order_by(Notice.id.desc())).all()
    return [notice for notice in found if tickets.valid(notice.choices[0])]


def accept(work: Work, case: Case) -> None:
    """ "1", says the citizen: their new case is joined to the one we named. Raises TooLate when that has ended meanwhile."""
    named = _offered(work, case)
    other = cases.by_ticket(work.session, named[0].choices[0]) if named else None
    if other is not None and other.merged_into is not None:  # joined to a third one meanwhile
        other = cases.get(work.session, other.merged_into)
    if other is None or other.state not in OPEN or not may_be_public(work, other):
        raise TooLate("Laporan itu sudah selesai. Laporan Anda tetap kami tangani sendiri.", subject=case.ticket)
    moves.move(work, case, "merge", moves.Given(parent=other.id))
    _answered(named)


def decline(work: Work, case: Case) -> None:
    """ "0", says the citizen: their case stays its own, nobody proposes that pair again, and a later number means something else."""
    named = _offered(work, case)
    for other in (cases.by_ticket(work.session, ticket) for notice in named for ticket in notice.choices):
        if other is not None:
            keep_apart(work, case.id, other.id)
    _answered(named)
    work.tell("likeness:declined", case.id)
    notices.owe(work, case, "apart")


def keep_apart(work: Work, one: int, other: int) -> None:
    """These two cases were said not to be the same; the lower id stands first."""
    low, high = sorted((one, other))
    row = insert(Unlike).values(case_a=low, case_b=high, by=work.actor.id or None, at=work.now)
    work.session.execute(row.on_conflict_do_nothing())


def _answered(named: list[Notice]) -> None:
    for notice in named:
        notice.choices = []
