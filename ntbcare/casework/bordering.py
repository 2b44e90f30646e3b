"""Official outlines: a file is compared with the table `borders`, told, and loaded; doing it twice changes nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import shapely
from sqlalchemy.dialects.postgresql import insert

from ntbcare.reading import mapfile
from ntbcare.reading.mapfile import BadMap, MapFile, few
from ntbcare.records import regions, rules
from ntbcare.records.regions import Border
from ntbcare.records.work import Work

__all__ = ["BadMap", "Diff", "compare", "lines", "load"]
_LEVELS = {"regency": "regencies", "district": "districts", "village": "villages"}
_SLICE = 200  # outlines in one statement: those of an official map may have megabytes
_BESIDE = 0.01
"""Degrees (1.1 km): a village whose known point lies farther from its outline is told; the points are rounded to 100 m."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What a file would change. Lists of codes; `missing` per level: (level, villages … without an outline afterwards, how many there are)."""

    file: MapFile
    digest: str
    new: list[str]
    changed: list[str]
    unchanged: list[str]
    kept: list[str]
    missing: list[tuple[str, list[str], int]]
    odd: list[str]


def compare(work: Work, raw: bytes, code_property: str | None = None) -> Diff:
    """Read a GeoJSON file and hold it against what is loaded. Changes nothing, and no other import begins meanwhile. Raises BadMap."""
    rules.hold(work.session)
    known = {row.code: row for row in regions.every(work.session) if row.valid_to is None and row.level in _LEVELS}
    points: dict[str, list[tuple[float, float]]] = {code: [] for code in known}
    for code, row in known.items():
        if row.lat is not None and row.lon is not None:
            for holder in _line(code):
                points.setdefault(holder, []).append((row.lat, row.lon))
    found = mapfile.read(raw, {code: points[code] for code in known}, code_property)
    there = dict(regions.borders(work.session))
    new = sorted(found.outlines.keys() - there.keys())
    changed = sorted(code for code, shape in found.outlines.items() if code in there and there[code] != shape)
    after = there.keys() | found.outlines.keys()
    missing = []
    for level in _LEVELS:
        every = [code for code, row in known.items() if row.level == level]
        without = [code for code in every if code not in after]
        if level == "village" or len(without) < len(every):
            missing.append((level, without, len(every)))
    odd = [code for code in sorted(found.outlines) if known[code].level == "village" and _beside(found.outlines[code], points[code])]
    unchanged = sorted(found.outlines.keys() - set(new) - set(changed))
    kept = sorted(there.keys() - found.outlines.keys())
    return Diff(found, hashlib.sha256(raw).hexdigest()[:16], new, changed, unchanged, kept, missing, odd)


def lines(work: Work, diff: Diff) -> list[str]:
    """The diff in words, for the command line."""

    def named(codes: list[str]) -> str:
        return f": {few(f'{code} {_name(work, code)}' for code in codes)}" if codes else ""

    file = diff.file
    told = [
        f"{file.features} features, {len(file.outlines)} outlines (code from the property {file.property})",
        f"  new        {len(diff.new)}",
        f"  changed    {len(diff.changed)}{named(diff.changed)}",
        f"  unchanged  {len(diff.unchanged)}",
        f"  unknown    {len(file.unknown)}{': ' + few(file.unknown) if file.unknown else ''}",
        f"  repaired   {len(file.repaired)}{_reasons(file.repaired)}",
        f"  refused    {len(file.refused)}{_reasons(file.refused)}",
    ]
    if file.joined:
        told.append(f"  joined     {len(file.joined)} that came in several features{named(file.joined)}")
    if diff.odd:
        told.append(f"  doubtful   {len(diff.odd)} lie over 1 km from the point known for the village{named(diff.odd)}")
    if diff.kept:
        told.append(f"  kept       {len(diff.kept)} loaded before and not in this file")
    for level, without, total in diff.missing:
        told.append(f"  missing    {len(without)} of {total} {_LEVELS[level]} have no outline of their own{named(without)}")
    return told


def load(work: Work, diff: Diff, source: str) -> bool:
    """Put what is new or changed into the table; outlines that are not in the file stay. False when there was nothing to do."""
    codes = [*diff.new, *diff.changed]
    if not codes:
        return False
    rows = [{"code": code, "shape": diff.file.outlines[code], "source": source, "loaded_at": work.now} for code in codes]
    for start in range(0, len(rows), _SLICE):
        statement = insert(Border).values(rows[start : start + _SLICE])
        again = {name: statement.excluded[name] for name in ("shape", "source", "loaded_at")}
        work.session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=again))
    rules.touch(work.session)
    work.tell("reference:borders", None, source=source, file=diff.digest, new=len(diff.new), changed=len(diff.changed),
              unchanged=len(diff.unchanged), unknown=len(diff.file.unknown), repaired=len(diff.file.repaired), refused=len(diff.file.refused))  # fmt: skip
    return True


def _line(code: str) -> list[str]:
    """A code and those of the district and regency above it."""
    parts = code.split(".")
    return [".".join(parts[:count]) for count in range(2, len(parts) + 1)]


def _beside(shape: bytes, points: list[tuple[float, float]]) -> bool:
    outline = shapely.from_wkb(shape)
    return any(shapely.distance(outline, shapely.Point(lon, lat)) > _BESIDE for lat, lon in points)


def _name(work: Work, code: str) -> str:
    return work.ref.region_name(code).partition(",")[0]


def _reasons(rows: list[tuple[str, str]]) -> str:
    return f": {few(f'{what} ({why})' for what, why in rows)}" if rows else ""
