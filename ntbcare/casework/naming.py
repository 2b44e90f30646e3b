"""Names that people use for a place: an officer teaches one, every process reads it within seconds, and it can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import learning, moves, nameable
from ntbcare.domain import permissions
from ntbcare.domain.errors import BadInput, NotAllowed
from ntbcare.domain.permissions import Role
from ntbcare.reading.everyday import MARKS
from ntbcare.reading.plain import split
from ntbcare.reading.roles import place_follows
from ntbcare.records import rules
from ntbcare.records.cases import Case
from ntbcare.records.readings import Correction
from ntbcare.records.regions import RegionAlias
from ntbcare.records.work import Work

LONGEST = 40  # letters of a name
_WORDS = 4  # as many as the reader looks at together
_LOOK_BACK = timedelta(days=30)
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Lesson:
    """A case whose place a person corrected: the place now, and the words of the case that may be its name ("" when none can be told)."""

    ticket: str
    region: str
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Taught:
    """A name that an officer added; `mine`: may whoever looks take it back?"""

    alias: str
    region: str
    place: str
    mine: bool


def teach(work: Work, words: str, region: str, sure: bool = False) -> str:
    """From now on `words` mean `region`. Returns them as kept. Raises BadInput, NotAllowed.

    Words that would bend other people's reports are refused (casework.nameable). What another village is called, too, is refused once
    with the reason and taken when the officer is `sure`. What is in force already stays as it is, also whose it is.
    """
    guard(work, region)
    name = " ".join(split(words)[0])
    key = name.replace(" ", "")
    if not nameable.SHORTEST <= len(key) <= LONGEST or len(name.split()) > _WORDS or not any(c.isalpha() for c in key):
        raise BadInput("words", "Tulis nama tempatnya saja: tiga huruf atau lebih, paling banyak empat kata.")
    known = work.session.get(RegionAlias, (name, region))
    if known is not None and known.ended_at is None:
        return name
    nameable.refuse(work, name, region)
    doubt = "" if sure else nameable.doubt(work, name, region)
    if doubt:
        raise BadInput("sure", doubt)
    row = {"alias": name, "code": region, "added_by": work.actor.id, "added_at": work.now, "ended_at": None}
    made = insert(RegionAlias).values(row)
    changes = {column: made.excluded[column] for column in ("added_by", "added_at", "ended_at")}
    work.session.execute(made.on_conflict_do_update(index_elements=["alias", "code"], set_=changes))
    rules.touch(work.session)
    work.tell("name:taught", None, alias=name, region=region, by_name=work.actor.name)
    return name


def guard(work: Work, region: str) -> None:
    """May this officer name this place? A coordinator those of the own region, an admin all. Raises BadInput, NotAllowed."""
    if work.actor.role not in (Role.COORDINATOR, Role.ADMIN):
        raise NotAllowed(subject="names")
    if region not in work.ref.regions or work.ref.regions[region].level == "province":
        raise BadInput("region", "Pilih wilayah dari daftar.")
    if not nameable.within(work, region):
        raise NotAllowed(subject="names")


def take_back(work: Work, alias: str, region: str) -> None:
    """A name means this place no more; it is kept and not read. For whoever taught it, and for admins. Raises NotAllowed, BadInput."""
    row = work.session.get(RegionAlias, (alias, region))
    if not _may_take_back(work, row.added_by if row is not None else None):
        raise NotAllowed(subject="names")
    if row is None or row.added_by is None or row.ended_at is not None:
        raise BadInput("alias", "Nama itu sudah dicabut atau bukan tambahan petugas.")
    row.ended_at = work.now
    rules.touch(work.session)
    work.tell("name:taken_back", None, alias=alias, region=region, by_name=work.actor.name)


def _may_take_back(work: Work, added_by: int | None) -> bool:
    return work.actor.role is Role.ADMIN or (added_by is not None and added_by == work.actor.id)


def taught(work: Work) -> list[Taught]:
    """Names in force that officers added, newest first."""
    query = select(RegionAlias).where(RegionAlias.added_by.is_not(None), RegionAlias.ended_at.is_(None))
    rows = work.session.scalars(query.order_by(RegionAlias.added_at.desc()))
    return [Taught(row.alias, row.code, work.ref.region_name(row.code), _may_take_back(work, row.added_by)) for row in rows]


def lessons(work: Work) -> list[Lesson]:
    """Cases whose place a person corrected lately and which the reader would still read otherwise: only those whose words this actor may
    read, and none that somebody asked protection for."""
    own = work.actor.region
    if own is None or not permissions.may(work.actor, "case.read"):
        return []
    query = select(Correction, Case).join(Case, Case.id == Correction.case_id).where(Correction.what == "region")
    query = query.where(Correction.at >= work.now - _LOOK_BACK, Case.region == Correction.now, learning.unguarded(work.ref))
    query = query.where(or_(Case.region == own, Case.region.like(f"{own}.%"))).order_by(Correction.at.desc()).limit(_SHOWN)
    found: dict[int, Lesson] = {}
    for _, case in work.session.execute(query):
        region = case.region or ""
        readable = region in work.ref.regions and permissions.may(work.actor, "case.read", moves.standing(work, case))
        if readable and case.id not in found and work.ref.gazetteer.find(case.text).code != region:
            found[case.id] = Lesson(case.ticket, region, work.ref.region_name(region), proposal(case.text))
    return list(found.values())


def proposal(text: str) -> str:
    """The words of a text that stand where a place does ('di Kokoq Beleq'): up to two, without what is no name; "" when there are none."""
    raw, breaks = split(text)
    for i in range(1, len(raw)):
        announced = raw[i - 1] in MARKS or place_follows(raw[i - 1], "")
        if announced and i not in breaks and _namelike(raw[i]):
            follows = raw[i + 1] if i + 1 < len(raw) and i + 1 not in breaks else ""
            return f"{raw[i]} {follows}" if follows and _namelike(follows) and raw[i - 1] in MARKS else raw[i]
    return ""


def _namelike(word: str) -> bool:
    return word.isalpha() and len(word) >= nameable.SHORTEST and not nameable.ordinary(word)
