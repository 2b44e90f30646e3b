"""Outlines measured: `python -m bench.reading --borders FILE` adds time, memory and the share of points that are put right."""

import argparse
import random
import tomllib
from math import cos, radians
from pathlib import Path
from statistics import median
from time import perf_counter

import shapely

from ntbcare.reading.borders import BorderReading, Points
from ntbcare.reading.mapfile import read
from ntbcare.reading.outlines import Borders

SEED = Path(__file__).parents[1] / "ntbcare" / "seed" / "ntb"
SAMPLE = 5000
BLUR_M = 30.0  # how far a phone's position is off, one standard deviation to each side

Spots = list[tuple[str, float, float]]


def resident() -> float:
    """Resident memory of this process in MiB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def sample(outlines: dict[str, bytes], dice: random.Random) -> Spots:
    """(code, latitude, longitude) of random points on land, each with the code of the outline it was drawn in."""
    codes = sorted(outlines)
    shapes = shapely.from_wkb([outlines[code] for code in codes])
    tree = shapely.STRtree(shapes)
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    drawn: Spots = []
    while len(drawn) < SAMPLE:
        lon, lat = dice.uniform(west, east), dice.uniform(south, north)
        held = tree.query(shapely.Point(lon, lat), predicate="intersects")
        if len(held) == 1:
            drawn.append((codes[held[0]], lat, lon))
    return drawn


def asked(places: Spots, reader: Points | Borders) -> tuple[list[BorderReading], list[float]]:
    """The readings and the microseconds of each."""
    readings, times = [], []
    for _, lat, lon in places:
        begun = perf_counter()
        readings.append(reader.nearest(lat, lon))
        times.append(1e6 * (perf_counter() - begun))
    return readings, sorted(times)


def row(label: str, places: Spots, reader: Points | Borders) -> None:
    """Prints one line: right village, right district, and of those with a wrong village the share that was told as unsure."""
    readings, times = asked(places, reader)
    right = [reading.code == code for (code, _, _), reading in zip(places, readings, strict=True)]
    district = sum((reading.code or "")[:8] == code[:8] for (code, _, _), reading in zip(places, readings, strict=True))
    wrong = [reading for reading, fits in zip(readings, right, strict=True) if not fits]
    told = sum(bool(reading.approximate or reading.near) for reading in wrong)
    unsure = f"{told / len(wrong):6.1%} of {len(wrong)} wrong ones told as unsure" if wrong else "none wrong"
    speed = f"median {median(times):6.1f} us   95 % {times[int(0.95 * len(times))]:6.1f} us"
    print(f"{label:34} {speed}   village {sum(right) / len(right):6.1%}   district {district / len(right):6.1%}   {unsure}")


def report(spots: Spots) -> None:
    """The part of bench.reading that needs a file of outlines; nothing without one. `spots`: (code, latitude, longitude) of villages."""
    options = argparse.ArgumentParser(description="how long reading takes")
    options.add_argument("--borders", type=Path, help="GeoJSON with outlines of villages")
    path = options.parse_known_args()[0].borders
    if path is None:
        return
    known: dict[str, list[tuple[float, float]]] = {}
    for line in (SEED / "regions.csv").read_text(encoding="utf-8").splitlines()[1:]:
        known[line.split(",", 1)[0]] = []
    outlines = {code: shape for code, shape in read(path.read_bytes(), known).outlines.items() if code.count(".") == 3}
    places = tomllib.loads((SEED / "deployment.toml").read_text(encoding="utf-8"))["places"]
    points = Points(spots)
    before, begun = resident(), perf_counter()
    reader = Borders(outlines.items(), points, near_m=places["near_border_m"], shore_m=places["near_shore_m"])
    took, kept = perf_counter() - begun, resident() - before
    corners = sum(shapely.get_num_coordinates(shapely.from_wkb(shape)) for shape in outlines.values())
    print(
        f"outlines: {len(outlines)} with {corners} corners, {sum(map(len, outlines.values())) / 1024:.0f} KiB as WKB; "
        f"set-up {1000 * took:.0f} ms, kept {kept:.1f} MiB"
    )
    dice = random.Random(1)
    drawn = sample(outlines, dice)
    whole: dict[str, list[object]] = {}
    for code, shape in outlines.items():
        whole.setdefault(code[:8], []).append(shapely.from_wkb(shape))
    districts = Borders([(code, shapely.to_wkb(shapely.union_all(parts))) for code, parts in whole.items()], points)
    row("random land, nearest point", drawn, points)
    row("random land, districts only", drawn, districts)
    row("random land, outlines", drawn, reader)
    blurred = [
        (code, lat + dice.gauss(0, BLUR_M) / 111_195, lon + dice.gauss(0, BLUR_M) / 111_195 / cos(radians(lat))) for code, lat, lon in drawn
    ]
    row(f"the same, {BLUR_M:.0f} m off, outlines", blurred, reader)
    held = [spot for spot in spots if spot[0] in outlines]
    row("points.csv, rounded to 100 m", held, reader)
    homes = [  # as many in each village: where people live close together, squares and outlines are small
        (code, point.y, point.x) for code, shape in outlines.items() for point in shapely.points(dice_in(shapely.from_wkb(shape), dice, 4))
    ]
    row("as many in each village, outlines", homes, reader)


def dice_in(outline: object, dice: random.Random, count: int) -> list[tuple[float, float]]:
    """`count` random (longitude, latitude) inside an outline."""
    west, south, east, north = shapely.bounds(outline).tolist()
    found: list[tuple[float, float]] = []
    while len(found) < count:
        lon, lat = dice.uniform(west, east), dice.uniform(south, north)
        if shapely.contains_xy(outline, lon, lat):
            found.append((lon, lat))
    return found
