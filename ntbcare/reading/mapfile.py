"""Outlines of regions out of a GeoJSON file, each one checked: what can be used, what was repaired, what is refused and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape as _made

CODE_PROPERTIES = ("code", "kode", "KODE", "KDEPUM", "kemendagri", "id")
"""Where the code is looked for when nobody says: ours, and those of files that offices hand round."""
AWAY = 0.5
"""Degrees (55 km): no outline lies so far from the points of its own villages; NTB's widest regency reaches 0.2 beyond them."""
_POLYGONS = ("Polygon", "MultiPolygon")
_METRES, _SWAPPED, _ELSEWHERE = "not in degrees", "latitude and longitude are swapped", "lies nowhere near its region"
_HELP = {
    _METRES: "The coordinates are not degrees; the first corner is {0}. Save the file as WGS 84 (EPSG:4326), longitude first, and try again.",
    _SWAPPED: "Latitude and longitude are swapped; the first corner is {0}. GeoJSON wants longitude first.",
    _ELSEWHERE: "The outlines lie nowhere near their regions; the first corner is {0}. Is this another province, or another numbering?",
}


class BadMap(ValueError):
    """Nothing in this file may be used; the sentence says why and what to do."""


class _Refused(ValueError):
    """One feature cannot be used."""


@dataclass(frozen=True, slots=True)
class MapFile:
    """What a file holds. Codes are Kemendagri's with dots; `outlines` maps a code to WKB (degrees, longitude first, normalised)."""

    property: str
    features: int
    outlines: dict[str, bytes]
    repaired: list[tuple[str, str]] = field(default_factory=list)  # (code, what was wrong)
    refused: list[tuple[str, str]] = field(default_factory=list)  # (code or number of the feature, why)
    unknown: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)  # codes of several features, which became one outline


def read(raw: bytes, known: Mapping[str, Sequence[tuple[float, float]]], code_property: str | None = None) -> MapFile:
    """Read a FeatureCollection. `known`: every code in force → (latitude, longitude) of points known to lie in it, maybe none.

    Raises BadMap when it is no such file, when nothing in it can be used, or when as much lies in a wrong place as in the right one.
    """
    features = _features(raw)
    name = code_property or _property(features, known)
    parts: dict[str, list[Any]] = {}
    misplaced: list[tuple[str, str]] = []
    found = MapFile(name, len(features), {})
    for number, feature in enumerate(features, 1):
        code = tidy(_value(feature, name))
        if not code:
            found.refused.append((f"feature {number}", f"no property {name}"))
        elif code not in known:
            found.unknown.append(code)
        else:
            try:
                outline = _polygons(feature.get("geometry"))
                trouble = _misplaced(outline, known[code])
                if trouble:
                    misplaced.append((trouble, _corner(outline)))
                    raise _Refused(trouble)
                outline, wrong = _valid(outline)
            except _Refused as fault:
                found.refused.append((code, str(fault)))
            else:
                parts.setdefault(code, []).append(outline)
                if wrong:
                    found.repaired.append((code, wrong))
    if misplaced and len(misplaced) >= len(parts):
        worst = Counter(trouble for trouble, _ in misplaced).most_common(1)[0][0]
        raise BadMap(_HELP[worst].format(next(corner for trouble, corner in misplaced if trouble == worst)))
    if not parts:
        raise BadMap(_nothing(found))
    for code, several in parts.items():
        if len(several) > 1:
            found.joined.append(code)
        whole = shapely.union_all(several) if len(several) > 1 else several[0]
        found.outlines[code] = shapely.to_wkb(shapely.normalize(whole), output_dimension=2, byte_order=1)
    return found


def tidy(value: object) -> str:
    """A code as the tables write it: 5206032001, "5206032001" and "52.06.03.2001" are one. "" for what is none."""
    if value is None or isinstance(value, bool | list | dict):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    code = str(value).strip()
    if code.isascii() and code.isdigit() and len(code) in (4, 6, 10):
        code = ".".join(part for part in (code[:2], code[2:4], code[4:6], code[6:]) if part)
    return code


def few(names: Iterable[str], most: int = 10) -> str:
    """ "a, b, … and 12 more"."""
    every = list(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


def _features(raw: bytes) -> list[dict[str, Any]]:
    try:
        told = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        raise BadMap("This is not JSON; a GeoJSON file is needed.") from fault
    features = told.get("features") if isinstance(told, dict) and told.get("type") == "FeatureCollection" else None
    if not isinstance(features, list):
        raise BadMap("This is JSON, but no GeoJSON FeatureCollection.")
    features = [feature for feature in features if isinstance(feature, dict)]
    if not features:
        raise BadMap("There are no features in this file.")
    return features


def _value(feature: dict[str, Any], name: str) -> object:
    properties = feature.get("properties")
    value = properties.get(name) if isinstance(properties, dict) else None
    return feature.get("id") if value is None and name == "id" else value  # GeoJSON keeps its own id beside the properties


def _property(features: list[dict[str, Any]], known: Mapping[str, object]) -> str:
    values = {name: {tidy(_value(feature, name)) for feature in features} - {""} for name in CODE_PROPERTIES}
    best = max(CODE_PROPERTIES, key=lambda name: (len(values[name] & known.keys()), bool(values[name])))
    if not values[best]:
        there = sorted({str(name) for feature in features for name in (feature.get("properties") or {})})
        raise BadMap(f"No feature has a property {', '.join(CODE_PROPERTIES)}. Name the right one: {few(there) or 'there are none'}.")
    return best


def _polygons(geometry: object) -> Any:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in _POLYGONS:
        raise _Refused(f"{kind or 'nothing'} instead of a polygon")
    try:
        outline = shapely.force_2d(_made(geometry))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError) as fault:
        raise _Refused("its coordinates cannot be read") from fault
    corners = shapely.get_coordinates(outline)
    if not len(corners):
        raise _Refused("it is empty")
    if not np.isfinite(corners).all():
        raise _Refused("its coordinates cannot be read")
    return outline


def _misplaced(outline: Any, points: Sequence[tuple[float, float]]) -> str:
    """What is wrong with where it lies, "" when nothing is."""
    west, south, east, north = shapely.bounds(outline).tolist()
    first, second = max(abs(west), abs(east)), max(abs(south), abs(north))
    if first > 180 or second > 90:
        return _SWAPPED if first <= 90 and second <= 180 else _METRES
    if not points or _gap(outline, points) <= AWAY:
        return ""
    return _SWAPPED if _gap(outline, [(lon, lat) for lat, lon in points]) <= AWAY else _ELSEWHERE


def _gap(outline: Any, points: Sequence[tuple[float, float]]) -> float:
    places = np.asarray(points, dtype=float)
    return float(shapely.distance(outline, shapely.points(places[:, 1], places[:, 0])).min())


def _corner(outline: Any) -> str:
    return ", ".join(f"{part:.5g}" if abs(part) < 1000 else f"{part:.0f}" for part in shapely.get_coordinates(outline)[0])


def _valid(outline: Any) -> tuple[Any, str]:
    """(a valid outline, what was wrong with it or ""). Raises _Refused when no area is left."""
    wrong = "" if shapely.is_valid(outline) else str(shapely.is_valid_reason(outline))
    if wrong:
        mended = shapely.get_parts(shapely.make_valid(outline))
        areas = [part for piece in mended for part in shapely.get_parts(piece) if part.geom_type == "Polygon"]
        outline = shapely.union_all(areas)
    if not shapely.area(outline) > 0:
        raise _Refused("it has no area")
    return outline, wrong


def _nothing(found: MapFile) -> str:
    told = []
    if found.unknown:
        told.append(f"{len(found.unknown)} with codes that are no region here ({few(found.unknown)})")
    if found.refused:
        told.append(f"{len(found.refused)} refused ({few(f'{what}: {why}' for what, why in found.refused)})")
    return f"None of its {found.features} features can be used, by the property {found.property}: {'; '.join(told)}."
