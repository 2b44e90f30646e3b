"""From a point on the map to the village, district or regency whose outline holds it, and which border is close by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import asinh, cos, radians, tan

from ntbcare.reading.borders import NO_PLACE, BorderReading, Points, on_earth, spoken
from ntbcare.reading.layers import RADIUS, ROUGH, Layer

_KINDS = {1: "kabupaten/kota", 2: "kecamatan", 3: "desa"}
_NAMED = 3  # neighbours that the sentence names; `near` holds them all


class Borders:
    """Outlines of regions, most exact first. Read-only after it was built, so threads and forked processes may share it.

    rows      (Kemendagri code, WKB of a (multi)polygon in degrees WGS 84, longitude first); villages, districts, regencies, in any mixture
    points    what answers where no outline is loaded, and names the village where only its district has an outline
    near_m    metres from a border within which the neighbour is named too
    shore_m   metres from the nearest outline within which a point in none (at sea) still belongs to it
    called    code → the name that people read, "Desa Tente"
    villages  every village in force: a district in which some have no outline is told as such
    """

    def __init__(
        self,
        rows: Iterable[tuple[str, bytes]],
        points: Points,
        *,
        near_m: float = 0.0,
        shore_m: float = 0.0,
        called: Callable[[str], str] = str,
        villages: Iterable[str] = (),
    ) -> None:
        shapes = dict(rows)
        self._points, self._near, self._shore, self._called = points, near_m, shore_m, called
        above = {upper for code in shapes for upper in _above(code)}
        # the tips carry no outline below them and are asked first; what lies above them only answers in the gaps between them
        self._tips = Layer([(code, shape) for code, shape in shapes.items() if code not in above], near_m)
        self._wider = Layer([(code, shape) for code, shape in shapes.items() if code in above], cell=ROUGH)
        self._drawn = frozenset(shapes)
        covered = frozenset(shapes) | {_parent(code) for code in shapes if code.count(".") == 3}
        # villages of whose land nothing is known: no outline of their own, of a sister, of their district, of their regency
        self._open = frozenset(code for code in points.codes if covered.isdisjoint((code, *_above(code))))
        bare = {_parent(code) for code in villages if code not in shapes}
        self._unfinished = frozenset(bare & {_parent(code) for code in shapes if code.count(".") == 3})

    def nearest(self, lat: float, lon: float) -> BorderReading:
        """Where does this point (degrees) lie? Coordinates that are no place on earth (or not numbers) are outside, never an error."""
        if not on_earth(lat, lon):
            return NO_PLACE
        x, y, stretch = radians(lon) * RADIUS, asinh(tan(radians(lat))) * RADIUS, cos(radians(lat))
        holder, close = self._tips.look(lat, lon, x, y, self._near / stretch)
        if holder is None and self._wider.codes:
            holder, _ = self._wider.look(lat, lon, x, y)
        beside = [(code, metres * stretch / 1000) for code, metres in close if code != holder]
        if holder is None:
            return self._in_none(lat, lon, x, y, stretch, beside)
        if holder.count(".") == 3:
            return self._told(holder, 0.0, False, holder, beside)
        return self._village_in(holder, lat, lon, beside)

    def _told(self, code: str, km: float, approximate: bool, within: str, close: list[tuple[str, float]]) -> BorderReading:
        """The reading of a point inside the outline of `within`."""
        name = self._called(within)
        kind = "kelurahan" if name.startswith("Kelurahan ") else _KINDS.get(within.count("."), "wilayah")
        words = f"Titik itu ada di {name}, menurut batas {kind}"
        if code != within:
            words += f"; {self._called(code)} hanya perkiraan karena terdekat, {spoken(km)}"
        elif within.count(".") < 3:
            words += "; desanya belum jelas"
        elif _parent(code) in self._unfinished:
            words += f" (sebagian desa di {self._called(_parent(code))} belum punya batas di peta)"
        others = [(other, far) for other, far in close if other != code]
        near = tuple(other for other, _ in others)
        return BorderReading(code, round(km, 2), approximate, False, f"{words}{self._neighbours(within, others)}.", near, within)

    def _neighbours(self, own: str, close: list[tuple[str, float]]) -> str:
        """ ", tetapi hanya 80 meter dari Desa Woha di Kecamatan Woha": the least that tells two neighbours apart."""
        if not close:
            return ""
        said, known = [], (own, *_above(own))
        for code, km in close[:_NAMED]:
            uppers = [upper for upper in reversed(_above(code)) if upper not in known and "." in upper]
            said.append(f"{spoken(km)} dari {self._called(code)}" + (f" di {self._called(uppers[0])}" if uppers else ""))
        return f", tetapi hanya {' dan '.join(said)}"

    def _village_in(self, holder: str, lat: float, lon: float, close: list[tuple[str, float]]) -> BorderReading:
        """Inside a district or regency: its village by the nearest outline (a gap between two) or by the nearest point without one."""
        for code, km in close:
            if code.startswith(holder + "."):
                return self._told(code, km, True, holder, close)
        village, km = self._points.closest(lat, lon, lambda other: other.startswith(holder + ".") and other not in self._drawn)
        if village is None:
            return self._told(holder, 0.0, False, holder, close)
        return self._told(village, km, True, holder, close)

    def _in_none(self, lat: float, lon: float, x: float, y: float, stretch: float, close: list[tuple[str, float]]) -> BorderReading:
        """In no outline: land whose outlines are not loaded, the sea close by, or outside."""
        first = self._points.nearest(lat, lon) if self._open else NO_PLACE
        if first.code in self._open:
            return first._replace(near=tuple(dict.fromkeys((*(code for code, _ in close), *first.near))))
        code, metres = self._tips.closest(x, y, self._shore / stretch)
        if code is not None:
            km = metres * stretch / 1000
            words = f"Titik itu tidak ada di dalam batas mana pun, mungkin di laut; yang terdekat {self._called(code)}, {spoken(km)}."
            return BorderReading(code, round(km, 2), True, False, words, tuple(other for other, _ in close if other != code))
        second = self._points.nearest(lat, lon, self._open.__contains__) if self._open else NO_PLACE
        if not second.outside:
            return second
        return BorderReading(None, float("inf"), True, True, "Titik itu ada di luar batas wilayah ini.")


def _parent(code: str) -> str:
    return code.rpartition(".")[0]


def _above(code: str) -> list[str]:
    """`52.06.03.2001` → ["52.06.03", "52.06", "52"], the nearest first."""
    parts = code.split(".")
    return [".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
