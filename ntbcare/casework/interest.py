"""Conflict of interest: whom a text accuses never gets the case about themselves, also not by hand, as a helper or as a proposal.

The rules see to it by themselves (domain.routing: overseers lead). Here the same is asked of a choice that a person makes. Which unit the
accused belong to stands in `[accused]` of the deployment: function → words of how people call them. Who is accused is kept with the case
(`Case.accused`), because for their people it does not exist: in no list, count, search, bell or file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ntbcare.domain import routing
from ntbcare.domain.accusing import accused
from ntbcare.domain.errors import BadInput
from ntbcare.domain.routing import Asked, Rule, below, regency_of
from ntbcare.records.cases import Case
from ntbcare.records.reference import Reference, UnitFacts
from ntbcare.records.work import Work

MOST_WORDS = 600  # of a text; who writes a book has named the matter by then
_COORDINATING = ("setda", "inspektorat")  # who coordinates where every coordinator is accused, in this order
_PROVINCE = frozenset({"provinsi", "prov", "ntb"})  # said after the people: those of the province are meant, too
_AFTER = 2  # words after "kepala dinas" that may still belong to it: "kepala dinas kesehatan"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Who is accused: `units` with everything below them may not have the case; `words` = how the text calls them; `over` = who leads then."""

    units: frozenset[int] = frozenset()
    words: str = ""
    over: int | None = None

    def touches(self, unit: UnitFacts) -> bool:
        """Is this an accused unit or one that answers to it?"""
        return unit.id != self.over and not self.units.isdisjoint(unit.line)


NONE = Conflict()


class Told(Protocol):
    """What the rules ask of a report, stored or not."""

    @property
    def kind(self) -> str: ...
    @property
    def category(self) -> str | None: ...
    @property
    def region(self) -> str | None: ...
    @property
    def text(self) -> str: ...


def asked(work: Work, case: Told, later: str = "") -> routing.Asked:
    """A case as the rule table reads it; `later` = what its reporter said afterwards."""
    ref = work.ref
    words = (*ref.plain.words(case.text)[:MOST_WORDS], *ref.plain.words(later)[-MOST_WORDS:])
    return routing.Asked(case.kind, case.category, ref.category_name(case.category), case.region, ref.region_name(case.region), words)


def find(work: Work, asked: Asked) -> Conflict:
    """Which units a report accuses first of all; NONE for most. Nothing is stored and nothing asked of the database."""
    return next(_conflicts(work, asked), NONE)


def everybody(work: Work, asked: Asked) -> frozenset[int]:
    """Every unit (ids) for which a report must not exist: all that it accuses, with everything below them."""
    found = list(_conflicts(work, asked))
    return frozenset(unit.id for unit in work.ref.units.values() for one in found if one.touches(unit))


def mark(work: Work, case: Case, later: str = "") -> frozenset[int]:
    """Keep with the case whom it accuses as it is known now, beside whom it was found to accuse before. Returns the units new to it."""
    known = frozenset(case.accused or ())
    new = everybody(work, asked(work, case, later)) - known
    if new:
        case.accused = sorted(known | new)
    return new


def told(work: Work, case: Told, words: str) -> frozenset[int]:
    """Whom these words, said beside a report by somebody else, accuse by themselves."""
    return everybody(work, replace(asked(work, case), words=tuple(work.ref.plain.words(words)[:MOST_WORDS])))


def coordinator(work: Work, case: Any) -> UnitFacts | None:
    """Whose desk coordinates a case (or a row of one): the regency's, else the province's, else a secretariat or an inspectorate; never one
    that is accused. None only where nobody of these is left."""
    ref, accused = work.ref, case.accused or ()
    near = [ref.coordinator_of(case.region), ref.coordinator_of(None)]
    if accused:
        places = (regency_of(case.region or ref.province), ref.province)
        named = [ref.unit_of(function, place) for function in _COORDINATING for place in places]
        near += [ref.units[one.id] for one in named if one is not None]
    return next((unit for unit in near if unit is not None and unit.id not in accused), None)


def _conflicts(work: Work, asked: Asked) -> Iterator[Conflict]:
    """What each rule about accused people finds in a report, the most specific first."""
    ref = work.ref
    for rule in routing.contest(asked, ref.rules):
        if not (rule.deeds or rule.suffered):
            continue
        decision = routing.apply(rule, asked, ref.unit_of)
        units: set[int] = set()
        called = accused(asked.words, rule.words, rule.deeds, rule.suffered)
        for start, end in called:
            units |= _meant(ref, asked, rule, asked.words[start:end], asked.words[end : end + _AFTER])
        units.discard(decision.unit or 0)
        if units:
            yield Conflict(frozenset(units), " ".join(asked.words[called[0][0] : called[0][1]]), decision.unit)


def guard(work: Work, asked: Asked, unit: int | None, accused: Sequence[int] | None = ()) -> None:
    """Refuse a unit that the report accuses, by its words or by what is kept with it (`accused`). Raises BadInput with the reason and who
    may have it instead."""
    chosen = work.ref.units.get(unit or 0)
    if chosen is None:
        return
    conflict = next((one for one in _conflicts(work, asked) if one.touches(chosen)), NONE)
    if conflict is NONE and chosen.id in (accused or ()):
        conflict = Conflict(frozenset(accused or ()), "pegawainya")
    if conflict is NONE:
        return
    over = work.ref.units.get(conflict.over or 0)
    instead = f"Pilih {over.name} atau unit lain yang tidak dilaporkan." if over else "Pilih unit di atasnya."
    raise BadInput("unit", f"Yang dilaporkan di sini {conflict.words}, jadi {chosen.name} tidak menangani laporan ini. {instead}")


def _meant(ref: Reference, asked: Asked, rule: Rule, called: Sequence[str], after: Sequence[str]) -> set[int]:
    """Units of the people who are called like that: by the table, by the words that follow, else whoever would have had this matter."""
    near = [unit for unit in ref.units.values() if unit.in_force(ref.today) and _near(unit, asked.region, rule)]
    functions = _functions(ref.facts.get("accused", {}), called)
    if functions is not None:
        meant = [unit for unit in near if unit.function in functions]
        ours = [unit for unit in meant if "." in (unit.region or "")]  # "petugas kominfo" from Woha: those of the regency
        if not _PROVINCE.intersection(after) and ours:  # but "petugas samsat": of whoever would have had the matter, too
            meant = [unit for unit in meant if unit in ours or unit.id == _owner(ref, asked)]
        return {unit.id for unit in meant}
    named = _named(ref, near, after)
    if named:
        return named
    unit = _owner(ref, asked)
    return {unit} if unit in {one.id for one in near} else set()


def _owner(ref: Reference, asked: Asked) -> int | None:
    """The unit that would have had this matter if nobody were accused."""
    plain = [row for row in ref.rules if not (row.deeds or row.suffered or routing.rank(row)[0] < 2)]
    return routing.choose(asked, plain, ref.unit_of).unit


def _functions(table: Mapping[str, Sequence[str]], called: Sequence[str]) -> set[str] | None:
    """Functions whose words are among these; None when the words say no more than "people of an office"."""
    said = f" {' '.join(called)} "
    found = {function for function, words in table.items() if any(f" {word} " in said for word in words)}
    return found or None


def _near(unit: UnitFacts, region: str | None, rule: Rule) -> bool:
    """May people of this unit be meant by a report from there? A provincial one only by a rule about the province."""
    if unit.level == "central" or unit.region is None:
        return False
    if "." not in unit.region:
        return rule.level == f"{routing.OVERSEER}province"
    return below(region, unit.region) or (region is not None and below(unit.region, region))


def _named(ref: Reference, near: Sequence[UnitFacts], after: Sequence[str]) -> set[int]:
    """Units of whose name one of these words is said alone: "kesehatan", not "dinas" or "Bima"."""
    whose: dict[str, set[str]] = {}
    for unit in near:
        for word in (unit.function, *ref.plain.words(unit.name)):
            whose.setdefault(word, set()).add(unit.function)
    found = {function for word in after for function in whose.get(word, ()) if len(whose[word]) == 1}
    return {unit.id for unit in near if unit.function in found}
