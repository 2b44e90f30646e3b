"""Names that people use for a place: an officer teaches one, every process reads it within seconds, and an admin takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.domain.errors import BadInput, NotAllowed
from ntbcare.domain.permissions import Role
from ntbcare.reading.everyday import HARD, MARKS, NEVER_GUESS, NOT_PLACES, SOFT, STREETS
from ntbcare.reading.names import bare, compact
from ntbcare.reading.places import RegionRow
from ntbcare.reading.plain import FILLERS, split
from ntbcare.reading.roles import place_follows
from ntbcare.records import regions, rules
from ntbcare.records.cases import Case
from ntbcare.records.readings import Correction
from ntbcare.records.regions import RegionAlias
from ntbcare.records.work import Work

SHORTEST, LONGEST = 3, 40  # letters of a name
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
    """A name that an officer added."""

    alias: str
    region: str
    place: str


def teach(work: Work, words: str, region: str, sure: bool = False) -> str:
    """From now on `words` mean `region`. Returns them as kept. Raises BadInput, NotAllowed.

    An ordinary word, or a name of another place, is refused once with the reason and taken when the officer is `sure`.
    """
    guard(work, region)
    name = " ".join(split(words)[0])
    key = name.replace(" ", "")
    if not SHORTEST <= len(key) <= LONGEST or len(name.split()) > _WORDS or not any(c.isalpha() for c in key):
        raise BadInput("words", "Tulis nama tempatnya saja: tiga huruf atau lebih, paling banyak empat kata.")
    doubt = "" if sure else _doubt(work, name, region)
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
    if work.actor.role is Role.COORDINATOR and not _within(region, work.actor.region):
        raise NotAllowed(subject="names")


def _within(region: str, own: str | None) -> bool:
    return not own or region == own or region.startswith(f"{own}.")


def _doubt(work: Work, name: str, region: str) -> str:
    """Why this name needs a second look; "" when it does not."""
    key = compact(name)
    if _everyday(key):
        return f"“{name}” juga kata sehari-hari, jadi laporan lain bisa salah terbaca. Centang “Saya yakin” bila tetap mau."
    rows = (RegionRow(r.code, r.name, r.level, r.parent, r.type) for r in work.ref.regions.values())
    others = [row.code for row in rows if row.code != region and compact(bare(row)) == key]
    others += [
        code for alias, code in regions.aliases(work.session) if code != region and compact(alias) == key and code in work.ref.regions
    ]
    if others:
        return f"“{name}” juga nama {work.ref.region_name(others[0])}. Centang “Saya yakin” bila tetap mau."
    return ""


def take_back(work: Work, alias: str, region: str) -> None:
    """A name means this place no more; it is kept and not read. For admins. Raises NotAllowed, BadInput."""
    if work.actor.role is not Role.ADMIN:
        raise NotAllowed(subject="names")
    row = work.session.get(RegionAlias, (alias, region))
    if row is None or row.added_by is None or row.ended_at is not None:
        raise BadInput("alias", "Nama itu sudah dicabut atau bukan tambahan petugas.")
    row.ended_at = work.now
    rules.touch(work.session)
    work.tell("name:taken_back", None, alias=alias, region=region, by_name=work.actor.name)


def taught(work: Work) -> list[Taught]:
    """Names in force that officers added, newest first."""
    query = select(RegionAlias).where(RegionAlias.added_by.is_not(None), RegionAlias.ended_at.is_(None))
    rows = work.session.scalars(query.order_by(RegionAlias.added_at.desc()))
    return [Taught(row.alias, row.code, work.ref.region_name(row.code)) for row in rows]


def lessons(work: Work) -> list[Lesson]:
    """Cases whose place a person corrected lately and which the reader would still read otherwise; a coordinator's own region only."""
    query = select(Correction, Case).join(Case, Case.id == Correction.case_id).where(Correction.what == "region")
    query = query.where(Correction.at >= work.now - _LOOK_BACK, Case.region == Correction.now).order_by(Correction.at.desc()).limit(_SHOWN)
    found: dict[int, Lesson] = {}
    for _, case in work.session.execute(query):
        region = case.region or ""
        known = region in work.ref.regions and (work.actor.role is Role.ADMIN or _within(region, work.actor.region))
        if known and case.id not in found and work.ref.gazetteer.find(case.text).code != region:
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


def _everyday(word: str) -> bool:
    tables = (HARD, SOFT, NEVER_GUESS, FILLERS, MARKS, NOT_PLACES, STREETS)
    return any(word in table for table in tables) or place_follows(word, "")


def _namelike(word: str) -> bool:
    return word.isalpha() and len(word) >= SHORTEST and not _everyday(word)
