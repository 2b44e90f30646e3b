"""From a point on the map to the nearest desa or kelurahan, told as approximate."""

from collections.abc import Iterable
from math import cos, hypot, radians
from typing import NamedTuple

REACH = 8.0
"""Kilometres: 99.5 % of 13,794 sampled border corners of NTB's desa lie within 8.2 km of some desa's point (median 1.2, 99 % within 7.1)."""
FAR = 14.0
"""Kilometres: the farthest such corner lies at 13.5 km (Bajo Pulau); nothing beyond this is ever inside."""
_CELL = 0.1
_DEGREE = 111.195


class BorderReading(NamedTuple):
    """code of the nearest area or None when `outside`; distance in km to its point (infinite when none is known); a sentence why."""

    code: str | None
    distance_km: float
    approximate: bool
    outside: bool
    because: str


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
            lonely = self._closest(lat, lon, skip=code)[1]
            self._reach[code] = min(FAR, max(REACH, lonely))

    @staticmethod
    def _cell(lat: float, lon: float) -> tuple[int, int]:
        return int(lat // _CELL), int(lon // _CELL)

    def _closest(self, lat: float, lon: float, skip: str = "") -> tuple[str | None, float]:
        """Rings of cells outwards; stops when no farther ring can hold a nearer point."""
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
                    if distance < least and code != skip:
                        best, least = code, distance
        return best, least

    @staticmethod
    def _ring(row: int, column: int, ring: int) -> Iterable[tuple[int, int]]:
        if not ring:
            return ((row, column),)
        edge = range(-ring, ring + 1)
        sides = [(row + step, column + far) for step in edge for far in (-ring, ring)]
        return sides + [(row + far, column + step) for step in edge[1:-1] for far in (-ring, ring)]

    def nearest(self, lat: float, lon: float) -> BorderReading:
        """The area whose point lies nearest. Coordinates that are no place on earth (or not numbers) are outside, never an error."""
        if not (-85.0 <= lat <= 85.0 and -180.0 <= lon <= 180.0):
            return BorderReading(None, float("inf"), True, True, "Titik itu bukan koordinat di bumi.")
        code, distance = self._closest(lat, lon)
        if code is None or distance > self._reach[code]:
            return BorderReading(None, round(distance, 2), True, True, "Titik itu terlalu jauh dari desa mana pun di wilayah ini.")
        because = f"Titik desa terdekat berjarak {distance:.1f} km; batas desa hanya perkiraan.".replace(".", ",", 1)
        return BorderReading(code, round(distance, 2), True, False, because)
