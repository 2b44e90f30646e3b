"""Kind × category × region × rules → the unit responsible, and because."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rule table; rules are tried in `order`, the first that fits wins. "*" fits everything.

    `level` says which unit with `function` is meant: of the district, the regency or the province of the case;
    "central" = a vertical office we can only forward to; "coordinator" = a person decides.
    """

    id: int
    order: int
    kind: str
    category: str
    words: tuple[str, ...]
    level: str
    function: str
    reason: str
    version: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a case goes. `unit` is None when a person must decide; `because` is what the officer and the citizen read."""

    unit: int | None
    because: str
    rule: int | None
    version: str
    suggestion: int | None = None


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit as a rule finds it."""

    id: int
    name: str


UnitFinder = Callable[[str, str], UnitRef | None]  # (function, region code) → the unit in force, or None


def choose(
    kind: str, category: str | None, category_name: str, region: str | None, region_name: str, words: Collection[str],
    rules: Iterable[Rule], unit_of: UnitFinder,
) -> Decision:  # fmt: skip
    """The first rule that fits decides. Anything missing (topic, place, unit in force) is said, and goes to a person.

    `region` is the most exact Kemendagri code known. `words` = normalised words and two-word phrases of the text.
    """
    if category is None:
        return Decision(None, "Topiknya belum jelas dari tulisan pelapor, jadi koordinator yang memilih.", None, "")
    for rule in rules:
        if not _fits(rule, kind, category, words):
            continue
        return _apply(rule, category_name, region, region_name, unit_of)
    return Decision(None, f"Belum ada aturan untuk topik {category_name}, jadi koordinator yang memilih.", None, "")


def regency_of(code: str | None) -> str:
    """`52.06.03.2001` → `52.06`; a province stays itself, no place is ""."""
    return ".".join((code or "").split(".")[:2])


def _fits(rule: Rule, kind: str, category: str, words: Collection[str]) -> bool:
    if rule.kind not in ("*", kind):
        return False
    if rule.category != "*" and category != rule.category and not category.startswith(rule.category + "."):
        return False
    return not rule.words or any(word in words for word in rule.words)


def _apply(rule: Rule, category_name: str, region: str | None, region_name: str, unit_of: UnitFinder) -> Decision:
    fields = {"category": category_name, "region": region_name or "tempat yang belum jelas", "unit": ""}
    parts = region.split(".") if region else []
    if rule.level in ("coordinator", "sealed"):
        desk = unit_of(rule.function, regency_of(region))
        fields["unit"] = desk.name if desk else "koordinator"
        return Decision(None, rule.reason.format(**fields), rule.id, rule.version)
    depth = {"district": 3, "regency": 2, "province": 1, "central": 1}[rule.level]
    if len(parts) < depth and rule.level in ("district", "regency"):
        return Decision(
            None, f"Topiknya {category_name}, tetapi tempatnya belum jelas, jadi koordinator yang memilih.", rule.id, rule.version
        )
    unit = unit_of(rule.function, ".".join(parts[:depth]))  # "" = the province of this deployment
    if unit is None:
        where = fields["region"]
        return Decision(
            None, f"Unit untuk {category_name} di {where} tidak ditemukan, jadi koordinator yang memilih.", rule.id, rule.version
        )
    fields["unit"] = unit.name
    because = rule.reason.format(**fields)
    if rule.level == "central":
        return Decision(None, because, rule.id, rule.version, suggestion=unit.id)
    return Decision(unit.id, because, rule.id, rule.version)
