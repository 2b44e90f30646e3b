"""From a point on the map to the nearest desa or kelurahan, told as approximate; `outlines` is the exact way, where outlines are loaded."""

from collections.abc import Callable, Iterable
from math import cos, hypot, radians
from typing import NamedTuple

REACH = 8.0
"""Kilometres: 99.5 % of 13,794 sampled border corners of NTB's desa lie within 8.2 km of some desa's point (median 1.2, 99 % within 7.1)."""
FAR = 14.0
"""Kilometres: the farthest such corner lies at 13.5 km (Bajo Pulau); nothing beyond this is ever inside."""
EVEN = 1.25
"""Points at most this many times as far away as the nearest are about as near: 280 m to either side of a border between points 5 km apart."""
_CELL = 0.1
_DEGREE = 111.195


class BorderReading(NamedTuple):
    """Where a point lies, and a sentence why.

    code         the most exact area, None when `outside`
    distance_km  to the point of a village that was taken by its point, to an outline beside which the point lies, 0 inside one; infinite
                 when nothing is known
    approximate  the code is only the nearest, not the one whose outline holds the point
    near         codes of the areas across a border so close by, or whose points are so evenly near, that the place may be one of them, nearest
                 first
    within       the area whose outline holds the point: certain also where the code below it is approximate; None without outlines
    """

    code: str | None
    distance_km: float
    approximate: bool
    outside: bool
    because: str
    near: tuple[str, ...] = ()
    within: str | None = None

    @property
    def exact(self) -> bool:
        """Does the outline of `code` itself hold the point?"""
        return self.code is not None and not self.approximate


NO_PLACE = BorderReading(None, float("inf"), True, True, "Titik itu bukan koordinat di bumi.")


def on_earth(lat: float, lon: float) -> bool:
    """Are these degrees of a place where people live (no pole, no NaN)?"""
    return -85.0 <= lat <= 85.0 and -180.0 <= lon <= 180.0


def spoken(km: float) -> str:
    """1.26 → "1,3 km"; 0.084 → "80 meter"."""
    return f"{km:.1f} km".replace(".", ",") if km >= 0.95 else f"{max(10, round(100 * km) * 10)} meter"


class Points:
    """Nearest-point look-up over one point per area; `rows`: (code, latitude, longitude) in degrees.

    A lonely point reaches farther than REACH: as far as its own nearest neighbour, at most FAR, because large desa have lonely points
    (nearest neighbours: median 1.8 km, 95 % within 5.9 km, 99 % within 10.1 km).
    """

    def __init__(self, rows: Iterable[tuple[str, float, float]]) -> None:
        self._cells: dict[tuple[int, int], list[tuple[str, float, float]]] = {}
        points = [(code, float(lat), float(lon)) for code, lat, lon in rows]
        for point in points:
            self._cells.setdefault(self._cell(point[1], point[2]), []).append(point)
        self._reach = {}
        for code, lat, lon in points:
            lonely = self.closest(lat, lon, lambda other, own=code: other != own)[1]  # type: ignore[misc]
            self._reach[code] = min(FAR, max(REACH, lonely))
        self.codes = frozenset(self._reach)

    @staticmethod
    def _cell(lat: float, lon: float) -> tuple[int, int]:
        return int(lat // _CELL), int(lon // _CELL)

    def closest(self, lat: float, lon: float, among: Callable[[str], bool] | None = None) -> tuple[str | None, float]:
        """(code, km) of the nearest point (`among` those whose code fits), (None, infinite) when there is none within about FAR.

        Rings of cells outwards; stops when no farther ring can hold a nearer point.
        """
        row, column = self._cell(lat, lon)
        narrow = cos(radians(lat))
        side = _CELL * _DEGREE * max(0.05, narrow)
        best: str | None = None
        least = float("inf")
        for ring in range(int(FAR / side) + 2):
            if best is not None and least <= (ring - 1) * side:
                break
            for key in self._ring(row, column, ring):
                for code, other_lat, other_lon in self._cells.get(key, ()):
                    distance = hypot((other_lat - lat) * _DEGREE, (other_lon - lon) * _DEGREE * narrow)
                    if distance < least and (among is None or among(code)):
                        best, least = code, distance
        return best, least

    def _rivals(self, code: str, lat: float, lon: float, least: float, among: Callable[[str], bool] | None) -> tuple[str, ...]:
        """The other areas whose points are about as near as the nearest one, `least` kilometres away; the nearer first."""
        row, column = self._cell(lat, lon)
        narrow = cos(radians(lat))
        wide = least * EVEN
        found = []
        for ring in range(int(wide / (_CELL * _DEGREE * max(0.05, narrow))) + 2):
            for key in self._ring(row, column, ring):
                for other, other_lat, other_lon in self._cells.get(key, ()):
                    distance = hypot((other_lat - lat) * _DEGREE, (other_lon - lon) * _DEGREE * narrow)
                    if distance <= wide and other != code and (among is None or among(other)):
                        found.append((distance, other))
        return tuple(other for _, other in sorted(found))

    @staticmethod
    def _ring(row: int, column: int, ring: int) -> Iterable[tuple[int, int]]:
        if not ring:
            return ((row, column),)
        edge = range(-ring, ring + 1)
        sides = [(row + step, column + far) for step in edge for far in (-ring, ring)]
        return sides + [(row + far, column + step) for step in edge[1:-1] for far in (-ring, ring)]

    def nearest(self, lat: float, lon: float, among: Callable[[str], bool] | None = None) -> BorderReading:
        """The area whose point lies nearest. Coordinates that are no place on earth (or not numbers) are outside, never an error."""
        if not on_earth(lat, lon):
            return NO_PLACE
        code, distance = self.closest(lat, lon, among)
        if code is None or distance > self._reach[code]:
            return BorderReading(None, round(distance, 2), True, True, "Titik itu terlalu jauh dari desa mana pun di wilayah ini.")
        because = f"Titik desa terdekat berjarak {distance:.1f} km; batas desa hanya perkiraan.".replace(".", ",", 1)
        return BorderReading(code, round(distance, 2), True, False, because, self._rivals(code, lat, lon, distance, among))
