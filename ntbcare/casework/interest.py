"""Conflict of interest: whom a text accuses never gets the case about themselves, also not by hand, as a helper or as a proposal.

The rules see to it by themselves (domain.routing: overseers lead). Here the same is asked of a choice that a person makes. Which unit the
accused belong to stands in `[accused]` of the deployment: function → words of how people call them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ntbcare.domain import routing
from ntbcare.domain.accusing import accused
from ntbcare.domain.errors import BadInput
from ntbcare.domain.routing import Asked, Rule, below
from ntbcare.records.reference import Reference, UnitFacts
from ntbcare.records.work import Work

MOST_WORDS = 600  # of a text; who writes a book has named the matter by then
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


def asked(work: Work, case: Told) -> routing.Asked:
    """A case as the rule table reads it."""
    ref = work.ref
    words = tuple(ref.plain.words(case.text)[:MOST_WORDS])
    return routing.Asked(case.kind, case.category, ref.category_name(case.category), case.region, ref.region_name(case.region), words)


def find(work: Work, asked: Asked) -> Conflict:
    """Which units a report accuses; NONE for most. Nothing is stored and nothing asked of the database."""
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
            return Conflict(frozenset(units), " ".join(asked.words[called[0][0] : called[0][1]]), decision.unit)
    return NONE


def guard(work: Work, asked: Asked, unit: int | None) -> None:
    """Refuse a unit that the report accuses. Raises BadInput with the reason and who may have it instead."""
    chosen = work.ref.units.get(unit or 0)
    conflict = find(work, asked) if chosen is not None else NONE
    if chosen is None or not conflict.touches(chosen):
        return
    over = work.ref.units.get(conflict.over or 0)
    instead = f"Pilih {over.name} atau unit lain yang tidak dilaporkan." if over else "Pilih unit di atasnya."
    raise BadInput("unit", f"Yang dilaporkan di sini {conflict.words}, jadi {chosen.name} tidak menangani laporan ini. {instead}")


def _meant(ref: Reference, asked: Asked, rule: Rule, called: Sequence[str], after: Sequence[str]) -> set[int]:
    """Units of the people who are called like that: by the table, by the words that follow, else whoever would have had this matter."""
    near = [unit for unit in ref.units.values() if unit.in_force(ref.today) and _near(unit, asked.region, rule)]
    functions = _functions(ref.facts.get("accused", {}), called)
    if functions is not None:
        return {unit.id for unit in near if unit.function in functions}
    named = _named(ref, near, after)
    if named:
        return named
    plain = [row for row in ref.rules if not (row.deeds or row.suffered or routing.rank(row)[0] < 2)]
    unit = routing.choose(asked, plain, ref.unit_of).unit
    return {unit} if unit in {one.id for one in near} else set()


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
