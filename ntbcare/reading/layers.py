"""Outlines that are looked at together: a coarse map of squares says which few can matter, geometry decides among those."""

from __future__ import annotations

from math import atan, degrees, sinh
from typing import Any

import numpy as np
import shapely

RADIUS = 6_371_008.8
"""Metres, mean radius of the earth (IUGG): the 111.195 km of a degree."""
FINE, ROUGH = 0.005, 0.02
"""Degrees to a side of a cell, some 550 metres and 2 km: for what is asked all the time (0.7 s to build for 1,150 desa), and for the rest."""
_COARSE = 16  # cells to a side of the squares that are asked first
_SLICE = 2000  # squares asked at once: what they need meanwhile is never given back by the allocator
_QUARTERS = ((0, 0), (0, 1), (1, 0), (1, 1))


class Layer:
    """Outlines in Mercator metres: conformal, so that a distance is one number times the cosine of the latitude.

    rows     (code, WKB in degrees, longitude first)
    reach_m  metres within which neighbours will be asked for
    cell     side of a square of the coarse map in degrees
    codes    of the outlines, in order
    """

    def __init__(self, rows: list[tuple[str, bytes]], reach_m: float = 0.0, cell: float = FINE) -> None:
        rows, self._cell = sorted(rows), cell
        self.codes = [code for code, _ in rows]
        self._shapes = shapely.transform(shapely.from_wkb(np.array([shape for _, shape in rows], dtype=object)), _mercator)
        self._tree = shapely.STRtree(self._shapes)
        shapely.prepare(self._shapes)
        # GEOS builds these indexes at the first question, without a lock: asked here, threads find them finished and forks share them
        bounds = shapely.bounds(self._shapes)
        shapely.intersects(self._shapes, shapely.box(*(bounds + np.array([-1, -1, 1, 1])).T))
        shapely.intersects_xy(self._shapes, bounds[:, 0], (bounds[:, 1] + bounds[:, 3]) / 2)
        self._tree.query(shapely.box(0, 0, 1, 1))
        areas = shapely.area(self._shapes).tolist()
        # on a shared line, or where outlines overlap: the deeper level, then the smaller area (an enclave drawn over the village around it)
        self._rank = [(-code.count("."), area, code) for code, area in zip(self.codes, areas, strict=True)]
        self._groups: list[tuple[Any, list[int], bool]] = []
        self._map = np.full((0, 0), -1, dtype=np.int32)
        self._south = self._west = 0.0
        if self.codes:
            self._draw(reach_m)

    def look(self, lat: float, lon: float, x: float, y: float, reach: float = 0.0) -> tuple[str | None, list[tuple[str, float]]]:
        """(the outline that holds the point or None, others within `reach` and their distance, nearest first); Mercator metres."""
        row, column = int((lat - self._south) // self._cell), int((lon - self._west) // self._cell)
        if not (0 <= row < self._map.shape[0] and 0 <= column < self._map.shape[1]):
            return None, []
        group = self._map.item(row, column)
        if group < 0:
            return None, []
        shapes, members, whole = self._groups[group]
        if whole:
            return self.codes[members[0]], []
        far = shapely.distance(shapes, shapely.Point(x, y)).tolist()
        holding = [self._rank[member] for member, metres in zip(members, far, strict=True) if metres == 0.0]
        holder = min(holding)[2] if holding else None
        near = sorted((metres, self.codes[member]) for member, metres in zip(members, far, strict=True) if metres <= reach)
        return holder, [(code, metres) for metres, code in near if code != holder]

    def closest(self, x: float, y: float, reach: float) -> tuple[str | None, float]:
        """(code, Mercator metres) of the nearest outline, (None, infinite) when none lies within `reach`."""
        if reach <= 0 or not self.codes:
            return None, float("inf")
        found, metres = self._tree.query_nearest(shapely.Point(x, y), max_distance=reach, return_distance=True, all_matches=False)
        return (self.codes[found[0]], float(metres[0])) if len(found) else (None, float("inf"))

    def _draw(self, reach_m: float) -> None:
        """The map: for each cell the outlines that come within `reach_m` of it, found by quartering squares in which several do."""
        edge = 2 * reach_m + 1
        west, south, east, north = ((shapely.total_bounds(self._shapes) + np.array([-edge, -edge, edge, edge])) / RADIUS).tolist()
        self._south, self._west = degrees(atan(sinh(south))), degrees(west)
        size = (degrees(atan(sinh(north))) - self._south, degrees(east) - self._west)
        rows, columns = (_COARSE * (int(length / self._cell / _COARSE) + 1) for length in size)
        self._map = np.full((rows, columns), -1, dtype=np.int32)
        corners = np.array([(i, j) for i in range(0, rows, _COARSE) for j in range(0, columns, _COARSE)])
        known: dict[tuple[bool, tuple[int, ...]], int] = {}
        side = _COARSE
        while side:
            slices = np.array_split(corners, len(corners) // _SLICE + 1)
            corners = np.concatenate([self._fill(part, side, reach_m, known) for part in slices])
            side //= 2

    def _fill(self, corners: Any, side: int, reach_m: float, known: dict[tuple[bool, tuple[int, ...]], int]) -> Any:
        """Mark what is decided about squares of `side` cells; returns the corners of the quarters of all others. Single cells are decided."""
        low = np.column_stack([self._west + corners[:, 1] * self._cell, self._south + corners[:, 0] * self._cell])
        around = reach_m / np.cos(np.radians(np.abs(low[:, 1]) + side * self._cell))
        a, b = _mercator(low), _mercator(low + side * self._cell)
        squares = shapely.box(a[:, 0] - around, a[:, 1] - around, b[:, 0] + around, b[:, 1] + around)
        asked, found = self._tree.query(squares, predicate="intersects")
        touching = np.bincount(asked, minlength=len(corners))
        alone = touching[asked] == 1
        held = np.zeros(len(corners), dtype=bool)
        held[asked[alone]] = shapely.contains_properly(self._shapes[found[alone]], squares[asked[alone]])
        order = np.lexsort((found, asked))
        several = np.split(found[order], np.cumsum(touching)[:-1])
        for (row, column), members, whole in zip(corners.tolist(), several, held.tolist(), strict=True):
            if members.size and (whole or side == 1):
                key = (whole, tuple(members.tolist()))
                if key not in known:
                    known[key] = len(self._groups)
                    self._groups.append((self._shapes[members], members.tolist(), whole))
                self._map[row : row + side, column : column + side] = known[key]
        rest = corners[(touching > 0) & ~held]
        return np.concatenate([rest + np.array(quarter) * (side // 2) for quarter in _QUARTERS])


def _mercator(lonlat: Any) -> Any:
    """(n, 2) array of longitude, latitude in degrees → metres of the spherical Mercator projection."""
    turned = np.radians(lonlat)
    return RADIUS * np.column_stack([turned[:, 0], np.arcsinh(np.tan(turned[:, 1]))])
