"""From a point on the map to the nearest desa or kelurahan, told as approximate; `outlines` is the exact way, where outlines are loaded."""

from collections.abc import Callable, Iterable
from math import cos, radians, sqrt
from typing import NamedTuple

import numpy as np

REACH = 8.0
"""Kilometres: 99.5 % of 13,794 sampled border corners of NTB's desa lie within 8.2 km of some desa's point (median 1.2, 99 % within 7.1)."""
FAR = 14.0
"""Kilometres: the farthest such corner lies at 13.5 km (Bajo Pulau); nothing beyond this is ever inside."""
EVEN = 1.25
"""Points at most this many times as far away as the nearest are about as near: 280 m to either side of a border between points 5 km apart."""
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
        points = [(code, float(lat), float(lon)) for code, lat, lon in rows]
        self._codes = [code for code, _, _ in points]
        self._lat = np.array([lat for _, lat, _ in points])
        self._lon = np.array([lon for _, _, lon in points])
        self._reach = {}
        for code, lat, lon in points:
            lonely = self.closest(lat, lon, lambda other, own=code: other != own)[1]  # type: ignore[misc]
            self._reach[code] = min(FAR, max(REACH, lonely))
        self.codes = frozenset(self._reach)

    def _squares(self, lat: float, lon: float) -> np.ndarray:
        """Square kilometres to every point. Degrees are flat enough over the few kilometres that are asked for."""
        high, wide = (self._lat - lat) * _DEGREE, (self._lon - lon) * (_DEGREE * cos(radians(lat)))
        return high * high + wide * wide

    def closest(self, lat: float, lon: float, among: Callable[[str], bool] | None = None) -> tuple[str | None, float]:
        """(code, km) of the nearest point; `among`: of those whose code fits, (None, infinite) when none lies within FAR."""
        found = self._near(self._squares(lat, lon), among)
        return (self._codes[found[0]], found[1]) if found else (None, float("inf"))

    def _near(self, squares: np.ndarray, among: Callable[[str], bool] | None) -> tuple[int, float] | None:
        if not len(squares):
            return None
        if among is None:
            first = int(squares.argmin())
            return first, sqrt(squares[first])
        within = np.flatnonzero(squares <= FAR * FAR)
        return next(((int(at), sqrt(squares[at])) for at in within[squares[within].argsort(kind="stable")] if among(self._codes[at])), None)

    def _rivals(self, squares: np.ndarray, first: int, least: float, among: Callable[[str], bool] | None) -> tuple[str, ...]:
        """The other areas whose points are about as near as the nearest one, `least` kilometres away; the nearer first."""
        even = np.flatnonzero(squares <= (least * EVEN) ** 2).tolist()
        found = sorted((squares[at], self._codes[at]) for at in even if at != first)
        return tuple(code for _, code in found if code != self._codes[first] and (among is None or among(code)))

    def nearest(self, lat: float, lon: float, among: Callable[[str], bool] | None = None) -> BorderReading:
        """The area whose point lies nearest. Coordinates that are no place on earth (or not numbers) are outside, never an error."""
        if not on_earth(lat, lon):
            return NO_PLACE
        squares = self._squares(lat, lon)
        found = self._near(squares, among)
        if found is None or found[1] > self._reach[self._codes[found[0]]]:
            return BorderReading(
                None, round(found[1] if found else float("inf"), 2), True, True, "Titik itu terlalu jauh dari desa mana pun di wilayah ini."
            )
        first, distance = found
        code = self._codes[first]
        because = f"Titik desa terdekat berjarak {distance:.1f} km; batas desa hanya perkiraan.".replace(".", ",", 1)
        return BorderReading(code, round(distance, 2), True, False, because, self._rivals(squares, first, distance, among))
