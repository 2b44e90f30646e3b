"""An official list of regions (CSV, Kemendagri codes): read with every fault at once, and held against the regions we know."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ntbcare.reading.names import RegionRow, bare

LEVELS = ("province", "regency", "district", "village")
TYPES = {
    "province": ("provinsi",),
    "regency": ("kabupaten", "kota"),
    "district": ("kecamatan", "distrik"),
    "village": ("desa", "kelurahan"),
}
_COLUMNS = ("code", "name", "level", "type", "parent", "was")
_CODE = re.compile(r"[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?", re.ASCII)
_ROMAN = re.compile(r"\b(?:Ii|Iii|Iv|Vi|Vii|Viii|Ix)\b")
_TOLD = 200  # faults that are printed; of a file with more the rest is counted


class BadRegions(ValueError):
    """Nothing of this file may be used. `faults`: one sentence each, with its line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        more = len(self.faults) - _TOLD
        super().__init__("\n".join(self.faults[:_TOLD]) + (f"\nand {more} more faults" if more > 0 else ""))


class Known(NamedTuple):
    """A region as the tables have it. `successor`: what an ended one became, where that is one."""

    name: str
    level: str
    parent: str | None
    type: str
    ended: bool = False
    successor: str | None = None


class Row(NamedTuple):
    """A region of the file. `line` counts from 1, the header too; `was`: the codes it replaces."""

    line: int
    code: str
    name: str
    level: str
    parent: str | None
    type: str
    was: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change. `roots`: codes whose parent is not in the file → the levels below them that the file holds, and may end.

    `replaced`: a code that ends → the codes that name it under `was` (or, below a region that is replaced by one, the region of the same
    number and name). `split_off`: a new code → the one it came from and that stays. `after`: every region as it will stand.
    """

    rows: dict[str, Row]
    roots: dict[str, tuple[str, ...]]
    before: Mapping[str, Known]
    after: dict[str, Known]
    new: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    retyped: list[str] = field(default_factory=list)
    revived: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    replaced: dict[str, tuple[str, ...]] = field(default_factory=dict)
    split_off: dict[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> list[str]:
        """Every code whose row is new or will be another, those above first."""
        return sorted((code for code, row in self.after.items() if self.before.get(code) != row), key=lambda code: (len(code), code))

    def heirs(self, code: str) -> tuple[str, ...]:
        """The codes that replace a region; () for what ended, or stays."""
        return self.replaced.get(code, ())


def read(raw: bytes, province: str, known: Mapping[str, Known]) -> dict[str, Row]:
    """The regions of a CSV file by code, in the order of the file; `known`: every region we have, ended ones too. Raises BadRegions."""
    cells = _cells(raw)
    rows: dict[str, Row] = {}
    faults: list[str] = []
    strangers: list[tuple[int, str]] = []
    for line, given in cells:
        code, name = given["code"], _name(given["name"])
        if not _CODE.fullmatch(code):
            faults.append(f"line {line}: “{code}” is no code of Kemendagri; it looks like 52, 52.06, 52.06.03 or 52.06.03.2001.")
            continue
        if _province(code) != province:
            strangers.append((line, code))
            continue
        if code in rows:
            faults.append(f"line {line}: {code} stands already in line {rows[code].line}.")
            continue
        level, parent = LEVELS[code.count(".")], code.rpartition(".")[0] or None
        if not name:
            faults.append(f"line {line}: {code} has no name.")
        if given["level"].lower() not in ("", level):
            faults.append(f"line {line}: {code} is a {level} by its code, not “{given['level']}”.")
        if given["parent"] not in ("", parent or ""):
            faults.append(f"line {line}: {code} lies in {parent or 'no other region'} by its code, not in {given['parent']}.")
        kind = given["type"].lower()
        if kind and kind not in TYPES[level]:
            faults.append(f"line {line}: “{given['type']}” is no type of a {level}; there are {', '.join(TYPES[level])}.")
        was = tuple(dict.fromkeys(part.strip() for part in given["was"].split(";") if part.strip() not in ("", code)))
        faults += [f"line {line}: {trouble}" for old in was if (trouble := _was(old, level, known))]
        rows[code] = Row(line, code, name, level, parent, kind or _type(code), was)
    if strangers:
        (line, code), more = strangers[0], len(strangers) - 1
        others = f", and so do {more} more lines" if more else ""
        faults.append(f"line {line}: {code} belongs to another province than this one ({province}){others}.")
    if not rows and not faults:
        faults.append("There are no regions in this file.")
    if not faults:
        faults = _homeless(rows, known)
    if faults:
        raise BadRegions(faults)
    return rows


def compare(rows: Mapping[str, Row], known: Mapping[str, Known]) -> Plan:
    """Hold what `read` gave against what we know. Only what lies below a root, on a level the file holds there, ends by being absent."""
    plan = Plan(dict(rows), _roots(rows), known, dict(known))
    for code, row in rows.items():
        there = known.get(code)
        name = there.name if there is not None and _same(there.name, row.name) else row.name
        plan.after[code] = Known(name, row.level, row.parent, row.type)
        if there is None:
            plan.new.append(code)
        elif there.ended:
            plan.revived.append(code)
        elif there.name != name:
            plan.renamed.append(code)
        elif there.type != row.type:
            plan.retyped.append(code)
        else:
            plan.unchanged.append(code)
    gone = _gone(rows, known)
    heirs: dict[str, list[str]] = {}
    for code, row in rows.items():
        for old in row.was:
            if old not in rows:
                heirs.setdefault(old, []).append(code)
            elif known.get(code) is None:
                plan.split_off[code] = old
    for code in sorted(gone, key=lambda code: (len(code), code)):  # those above first: what they became says where the lower ones are
        if code not in heirs and (twin := _twin(code, known, heirs, rows)):
            heirs[code] = [twin]
    plan.ended.extend(sorted(gone - heirs.keys()))
    for code in sorted(gone | heirs.keys()):
        found = heirs.get(code, [])
        plan.after[code] = known[code]._replace(ended=True, successor=found[0] if len(found) == 1 else None)
        if found and plan.after[code] != known[code]:
            plan.replaced[code] = tuple(found)
    return plan


def home(code: str, after: Mapping[str, Known]) -> str | None:
    """Where what stands on a region belongs: itself while it is in force, else its one successor, else that of what ended above it; None
    when nobody can say."""
    for _ in after:
        row = after.get(code)
        if row is None or not row.ended:
            return code if row else None
        while row is not None and row.ended and not row.successor:
            row = after.get(row.parent or "")
        if row is None or not row.ended or not row.successor:
            return None
        code = row.successor
    return None


def spoken(name: str, level: str) -> str:
    """What people say for a region: small letters, no title ("Kabupaten Bima" → "bima"). Old names are kept so, as other names."""
    return " ".join(bare(RegionRow("", name, level, None, "")).lower().split())


def below(code: str, above: str) -> bool:
    """Does a code lie in another one, and is not that itself?"""
    return code.startswith(above + ".")


def _cells(raw: bytes) -> list[tuple[int, dict[str, str]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise BadRegions(["This is no text in UTF-8; save the list as “CSV UTF-8” and try again."]) from fault
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    cells: list[tuple[int, dict[str, str]]] = []
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in _COLUMNS[:2] if name not in names]
        if missing:
            raise BadRegions([f"line 1: there is no column {' and no column '.join(missing)}; there are {', '.join(names) or 'none'}."])
        long = []
        for row in reader:
            if any(cell.strip() for cell in row):
                given = dict.fromkeys(_COLUMNS, "") | {
                    name: cell.strip() for name, cell in zip(names, row, strict=False) if name in _COLUMNS
                }
                cells.append((reader.line_num, given))
                if len(row) > len(names):
                    long.append(
                        f"line {reader.line_num}: it has {len(row)} cells, and the header has {len(names)}; several codes stand in quotes."
                    )
    except csv.Error as fault:
        raise BadRegions([f"line {reader.line_num}: this is no CSV ({fault})."]) from fault
    if long:
        raise BadRegions(long)
    return cells


def _name(given: str) -> str:
    """Lists for offices are often in capitals; pages are not."""
    name = " ".join(given.split())
    return _ROMAN.sub(lambda found: found.group().upper(), name.title()) if name.isupper() and len(name) > 3 else name


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _province(code: str) -> str:
    return code.partition(".")[0]


def _type(code: str) -> str:
    level, last = LEVELS[code.count(".")], code.rpartition(".")[2]
    first_of_two = {"regency": last.startswith("7"), "village": last.startswith("1")}.get(level)
    if first_of_two is None:
        return TYPES[level][0]
    return {"regency": "kota", "village": "kelurahan"}[level] if first_of_two else TYPES[level][0]


def _was(old: str, level: str, known: Mapping[str, Known]) -> str:
    """What is wrong with an old code, "" when nothing is."""
    if old not in known:
        return f"“{old}” under was is no region that was ever known here."
    return "" if known[old].level == level else f"{old} under was is a {known[old].level}, and this is a {level}."


def _homeless(rows: Mapping[str, Row], known: Mapping[str, Known]) -> list[str]:
    gone, faults = _gone(rows, known), []
    for row in rows.values():
        if row.parent is None or row.parent in rows:
            continue
        above = known.get(row.parent)
        if above is None:
            faults.append(f"line {row.line}: {row.code} lies in {row.parent}, which is neither in this file nor known.")
        elif above.ended or row.parent in gone:
            faults.append(f"line {row.line}: {row.code} lies in {row.parent} {above.name}, which has ended or would end with this file.")
    return faults


def _roots(rows: Mapping[str, Row]) -> dict[str, tuple[str, ...]]:
    found = [code for code, row in rows.items() if row.parent not in rows]
    levels = {root: {row.level for code, row in rows.items() if below(code, root)} for root in found}
    return {root: tuple(level for level in LEVELS if level in levels[root]) for root in sorted(found)}


def _gone(rows: Mapping[str, Row], known: Mapping[str, Known]) -> set[str]:
    """In force now, and not any more after this file."""
    roots, replaced = _roots(rows), {old for row in rows.values() for old in row.was}
    live = [code for code, row in known.items() if not row.ended and code not in rows]
    gone: set[str] = set()
    for code in sorted(live, key=len):
        absent = any(below(code, root) and known[code].level in levels for root, levels in roots.items())
        if absent or code in replaced or known[code].parent in gone:
            gone.add(code)
    return gone


def _twin(code: str, known: Mapping[str, Known], heirs: Mapping[str, list[str]], rows: Mapping[str, Row]) -> str:
    """52.06.03.2001 Keli, when 52.06.03 became 52.06.21 and that has a 2001 Keli; "" when there is none."""
    above = heirs.get(known[code].parent or "", [])
    twin = f"{above[0]}.{code.rpartition('.')[2]}" if len(above) == 1 else ""
    return twin if twin in rows and _same(rows[twin].name, known[code].name) else ""
