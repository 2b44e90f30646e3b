"""Kind × category × region × words → the unit responsible, and because.

Which rule wins is a matter of the rows, never of the order in which they were read. Of all rules that fit, the one that comes first by:

1. protection: `sealed`, then `first` and `overseer.*` (nobody may lead a case about themselves), then everything else;
2. a rule for this kind of report before one for "*";
3. a rule with words before one without: what the citizen wrote is more exact than the topic it was sorted under;
4. a rule for a sub-category before one for its parent, that before "*";
5. a rule for a region before one without, a district before its regency;
6. the lower `order`; at last the lower id, so that even a faulty table (domain.rulebook) has one answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ntbcare.domain.accusing import accuses

LEVELS = {"district": 3, "regency": 2, "province": 1, "central": 1}  # → how many parts of a Kemendagri code name its region
OVERSEER = "overseer."
DESKS = ("coordinator", "first", "sealed")  # a person decides
FIELDS = ("category", "region", "unit")  # what a reason may name
LONGEST = 4  # words of a phrase
_FIELD = re.compile(r"\{([^{}]*)\}")
_BY_COORDINATOR = "jadi koordinator yang memilih."


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rule table. "*" (kind, category) and "" (region) fit everything.

    `level` says which unit with `function` is meant: of the district, the regency or the province of the case; "central" = a body
    we can only forward to; "coordinator" = a person decides; "first" = a person decides before any other rule is asked;
    "sealed" = the inspectorate's own door; "overseer.district|regency|province" = who stands above the unit that is accused.
    `words`: one of them must be in the text; with `deeds` or `suffered` they are people, and the text must accuse them (domain.accusing).
    `also`: functions of further units that help. `region`: a Kemendagri code, which fits itself and everything below it.
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
    region: str = ""
    also: tuple[str, ...] = ()
    deeds: tuple[str, ...] = ()
    suffered: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a case goes. `unit` is None when a person must decide; `because` is what the officer and the citizen read.

    `suggestion`: a central body to forward to. `also`: units that help. `fault`: what is wrong with the table, for the board.
    """

    unit: int | None
    because: str
    rule: int | None
    version: str
    suggestion: int | None = None
    also: tuple[int, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit as a rule finds it."""

    id: int
    name: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the table: the most exact Kemendagri code known, names for the reason, `words` = the text in plain words."""

    kind: str
    category: str | None
    category_name: str
    region: str | None
    region_name: str
    words: Sequence[str] = ()


UnitFinder = Callable[[str, str], UnitRef | None]  # (function, region code) → the unit in force, or None


def rule_of(row: dict[str, str], rule_id: int, order: int, valid_from: date | None = None, valid_to: date | None = None) -> Rule:
    """A rule from the text of its columns; `words` = "one;two", or people & what they do & what is suffered from them."""
    who, does, suffered = ([*row["words"].split("&"), "", ""])[:3]
    return Rule(
        rule_id, order, row["kind"], row["category"], listed(who), row["level"], row["function"], row["reason"], row["version"],
        row["region"], listed(row["also"]), listed(does), listed(suffered), valid_from, valid_to,
    )  # fmt: skip


def listed(text: str) -> tuple[str, ...]:
    """ "one; two" → ("one", "two")."""
    return tuple(word for part in text.split(";") if (word := " ".join(part.split())))


def rank(rule: Rule) -> tuple[int, bool, bool, int, int, int, int]:
    """Lower comes first; the order is that of this file's first lines."""
    protection = 0 if rule.level == "sealed" else 1 if rule.level == "first" or rule.level.startswith(OVERSEER) else 2
    return (protection, rule.kind == "*", not rule.words, -_depth(rule.category), -_depth(rule.region), rule.order, rule.id)


def choose(asked: Asked, rules: Iterable[Rule], unit_of: UnitFinder) -> Decision:
    """The most specific rule that fits decides. Anything missing (topic, place, unit in force) is said, and goes to a person."""
    ways = contest(asked, rules)
    if ways:
        return apply(ways[0], asked, unit_of)
    if asked.category is None:
        return Decision(None, f"Topiknya belum jelas dari tulisan pelapor, {_BY_COORDINATOR}", None, "")
    because = f"Belum ada aturan untuk topik {asked.category_name}, {_BY_COORDINATOR}"
    return Decision(None, because, None, "", fault=f"Tidak ada aturan yang cocok untuk topik {asked.category}.")


def contest(asked: Asked, rules: Iterable[Rule]) -> list[Rule]:
    """Every rule that fits, the most specific first. Without a topic only what protects somebody can be said."""
    heard = _phrases(asked.words)
    fitting = (rule for rule in rules if _fits(rule, asked, heard))
    if asked.category is None:
        fitting = (rule for rule in fitting if rank(rule)[0] < 2 and rule.category == "*")
    return sorted(fitting, key=rank)


def regency_of(code: str | None) -> str:
    """`52.06.03.2001` → `52.06`; a province stays itself, no place is ""."""
    return ".".join((code or "").split(".")[:2])


def below(code: str | None, above: str) -> bool:
    """Is `code` the category or region `above`, or a part of it?"""
    return code is not None and (code == above or code.startswith(above + "."))


def strange_field(reason: str) -> str:
    """The first {field} of a reason that nothing can fill in; "" when all is well."""
    rest = _FIELD.sub(lambda found: "" if found.group(1) in FIELDS else found.group(), reason)
    found = re.search(r"\{[^}]*\}?|\}", rest)
    return found.group() if found else ""


def level_of(rule: Rule) -> str:
    """Where the unit is looked for: district, regency, province, central; "" when a person decides or the level is unknown."""
    level = rule.level.removeprefix(OVERSEER)
    return level if level in LEVELS and not (rule.level.startswith(OVERSEER) and level == "central") else ""


def apply(rule: Rule, asked: Asked, unit_of: UnitFinder) -> Decision:
    """What this rule says of this report. Never raises: a broken rule sends it to a person and says what is broken."""
    level, parts = level_of(rule), asked.region.split(".") if asked.region else []
    if (not level and rule.level not in DESKS) or strange_field(rule.reason):
        wrong = f"kata {strange_field(rule.reason)} dalam alasannya" if strange_field(rule.reason) else f"tingkat “{rule.level}”"
        fault = f"Aturan nomor {rule.order} ({rule.version}) rusak: {wrong} tidak dikenal."
        return Decision(None, f"Aturan untuk laporan ini perlu diperbaiki, {_BY_COORDINATOR}", rule.id, rule.version, fault=fault)
    if not level:
        desk = unit_of(rule.function, regency_of(asked.region))
        return Decision(None, _reason(rule, asked, desk.name if desk else "koordinator"), rule.id, rule.version)
    aside = " Unit yang dilaporkan tidak memimpin." if rule.level.startswith(OVERSEER) else ""
    topic = asked.category_name or "Laporan ini"
    if len(parts) < LEVELS[level] and level in ("district", "regency"):
        because = f"Topiknya {topic}, tetapi tempatnya belum jelas, {_BY_COORDINATOR}{aside}"
        return Decision(None, because, rule.id, rule.version)
    unit = unit_of(rule.function, ".".join(parts[: LEVELS[level]]))  # "" = the province of this deployment
    if unit is None:
        where = asked.region_name or "tempat yang belum jelas"
        because = f"Unit untuk {topic} di {where} tidak ditemukan, {_BY_COORDINATOR}{aside}"
        fault = (
            f"Aturan nomor {rule.order} ({rule.version}) mencari unit “{rule.function}” ({level}) di {where}, tetapi unit itu tidak ada."
        )
        return Decision(None, because, rule.id, rule.version, fault=fault)
    because = _reason(rule, asked, unit.name)
    if "central" in (level, unit.level):
        return Decision(None, because, rule.id, rule.version, suggestion=unit.id)
    also, missing = _helpers(rule, parts, unit, unit_of)
    fault = f"Aturan nomor {rule.order} ({rule.version}) meminta bantuan “{missing}”, tetapi unit itu tidak ada." if missing else ""
    return Decision(unit.id, because, rule.id, rule.version, also=also, fault=fault)


def _helpers(rule: Rule, parts: Sequence[str], lead: UnitRef, unit_of: UnitFinder) -> tuple[tuple[int, ...], str]:
    """Units named in `also`, the nearest with that function, without the one that leads; and the first function nobody has."""
    found, missing = [], ""
    for function in rule.also:
        near = (unit_of(function, ".".join(parts[:depth])) for depth in (3, 2, 1) if len(parts) >= depth)
        unit = next((one for one in near if one is not None), None) or unit_of(function, "")
        if unit is None:
            missing = missing or function
        elif unit.id != lead.id and unit.id not in found and unit.level != "central":
            found.append(unit.id)
    return tuple(found), missing


def _reason(rule: Rule, asked: Asked, unit: str) -> str:
    said = {"category": asked.category_name or "Laporan ini", "region": asked.region_name or "tempat yang belum jelas", "unit": unit}
    return _FIELD.sub(lambda found: said[found.group(1)], rule.reason)


def _depth(code: str) -> int:
    return 0 if code in ("", "*") else code.count(".") + 1


def _phrases(words: Sequence[str]) -> frozenset[str]:
    return frozenset(" ".join(words[i : i + n]) for n in range(1, LONGEST + 1) for i in range(len(words) - n + 1))


def _fits(rule: Rule, asked: Asked, heard: frozenset[str]) -> bool:
    if rule.kind not in ("*", asked.kind):
        return False
    if rule.category != "*" and not below(asked.category, rule.category):
        return False
    if rule.region and not below(asked.region, rule.region):
        return False
    if rule.words and heard.isdisjoint(rule.words):
        return False
    return not (rule.deeds or rule.suffered) or accuses(asked.words, rule.words, rule.deeds, rule.suffered)
