"""A rule table as a file, and what is wrong with it: said before it sends anybody anywhere."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from ntbcare.domain.errors import BadInput
from ntbcare.domain.kinds import Kind
from ntbcare.domain.routing import DESKS, LONGEST, OVERSEER, Rule, level_of, rank, rule_of, strange_field

COLUMNS = ("order", "kind", "category", "words", "level", "function", "reason", "version", "valid_from")
_MOST_ROWS = 5_000
_PLAIN = re.compile(r"[a-z0-9]+( [a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule may name. `functions`: function → levels at which a unit with it exists."""

    functions: Mapping[str, frozenset[str]]
    categories: frozenset[str]
    regions: frozenset[str]


def from_csv(lines: Iterable[str]) -> list[Rule]:
    """Rules of a file shaped like the seed's routing_rules.csv; their ids are line numbers. Raises BadInput("rules", …)."""
    try:
        rows = csv.DictReader(lines, strict=True)
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise BadInput("rules", f"Berkas ini bukan tabel aturan: kolom {', '.join(missing)} tidak ada.")
        found = []
        for row in rows:
            found.append(_rule(row, rows.line_num))
            if len(found) > _MOST_ROWS:
                raise BadInput("rules", f"Tabel aturan paling banyak {_MOST_ROWS} baris.")
    except csv.Error as error:
        raise BadInput("rules", "Berkas ini tidak dapat dibaca sebagai CSV.") from error
    if not found:
        raise BadInput("rules", "Tabel aturan ini kosong.")
    return found


def _rule(row: dict[str, str | None], line: int) -> Rule:
    said = {name: row.get(name) or "" for name in (*COLUMNS, "region", "also", "valid_to")}
    try:
        order, start = int(said["order"]), date.fromisoformat(said["valid_from"])
        end = date.fromisoformat(said["valid_to"]) if said["valid_to"] else None
    except ValueError as error:
        raise BadInput("rules", f"Baris {line}: nomor urut atau tanggalnya tidak terbaca.") from error
    return rule_of(said, line, order, start, end)


def in_force(rule: Rule, on: date) -> bool:
    """Does this rule hold on that day?"""
    return (rule.valid_from is None or rule.valid_from <= on) and (rule.valid_to is None or on <= rule.valid_to)


def faults(rules: Sequence[Rule], known: Known) -> list[str]:
    """What is wrong with a table, one sentence each in the order of the rules; [] when all is well."""
    found = [(rule.order, f"{_name(rule)}: {what}") for rule in rules for what in _own(rule, known)]
    found += [(rule.order, f"{_name(rule)}: {what}") for rule, what in (*_doubles(rules), *_gaps(rules))]
    return [sentence for _, sentence in sorted(found)]


def _name(rule: Rule) -> str:
    return f"rule {rule.order} ({rule.version})"


def _own(rule: Rule, known: Known) -> Iterable[str]:
    level = level_of(rule)
    if not level and rule.level not in DESKS:
        yield f"level “{rule.level}” is unknown"
    if rule.kind != "*" and rule.kind not in set(Kind):
        yield f"kind “{rule.kind}” is unknown"
    if rule.category != "*" and rule.category not in known.categories:
        yield f"category “{rule.category}” is unknown"
    if rule.region and rule.region not in known.regions:
        yield f"region “{rule.region}” is unknown"
    if rule.function not in known.functions:
        yield f"function “{rule.function}” belongs to no unit"
    elif level and level not in known.functions[rule.function]:
        yield f"no unit of level {level} has the function “{rule.function}”"
    yield from (f"helper “{function}” belongs to no unit" for function in rule.also if function not in known.functions)
    if strange_field(rule.reason):
        yield f"the reason names {strange_field(rule.reason)}, which nothing fills in"
    for phrase in (*rule.words, *rule.deeds, *rule.suffered):
        if not _PLAIN.fullmatch(phrase) or phrase.count(" ") >= LONGEST:
            yield f"the words “{phrase}” can never be found: plain small letters, at most {LONGEST} words"
    if rule.level.startswith(OVERSEER) and not rule.words:
        yield "an overseer's rule without words would take every case"
    if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
        yield "it ends before it begins"


def _doubles(rules: Sequence[Rule]) -> Iterable[tuple[Rule, str]]:
    """Two rules of which neither comes first by the documented order, on the same day."""
    same: dict[tuple[object, ...], list[Rule]] = {}
    for rule in rules:
        same.setdefault(rank(rule)[:-1], []).append(rule)
    for rows in same.values():
        rows.sort(key=lambda rule: (rule.valid_from or date.min, rule.id))
        for one, other in pairwise(rows):
            if one.valid_to is None or other.valid_from is None or other.valid_from <= one.valid_to:
                yield other, f"as specific as {_name(one)} and of the same order, so that chance would decide"


def _gaps(rules: Sequence[Rule]) -> Iterable[tuple[Rule, str]]:
    """A rule that was followed by a newer version, with days between them on which none was in force."""
    versions: dict[int, list[Rule]] = {}
    for rule in rules:
        versions.setdefault(rule.order, []).append(rule)
    for rows in versions.values():
        rows.sort(key=lambda rule: (rule.valid_from or date.min, rule.id))
        for one, other in pairwise(rows):
            # the days between are counted: a rule may hold to the last day there is, and that has no day after it
            if one.valid_to and other.valid_from and (other.valid_from - one.valid_to).days > 1:
                yield other, f"nothing was in force from {one.valid_to + timedelta(days=1)} to {other.valid_from - timedelta(days=1)}"
