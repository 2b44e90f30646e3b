"""How long reading takes: `python -m bench.reading` prints medians per message, per look-up, set-up times and memory."""

import csv
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from runpy import run_path
from statistics import median
from time import perf_counter
from typing import TypeVar

from ntbcare.reading.borders import Points
from ntbcare.reading.masks import mask
from ntbcare.reading.places import Gazetteer, RegionRow
from ntbcare.reading.plain import Plain
from ntbcare.reading.topics import CategoryRow, Lexicon

ROOT = Path(__file__).parents[1]
SEED = ROOT / "ntbcare" / "seed" / "ntb"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one seed file."""
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def texts() -> list[str]:
    """The texts of the tests, and longer letters made of them."""
    folder = ROOT / "tests" / "reading"
    places = run_path(str(folder / "place_texts.py"))["PLACES"]
    topics = run_path(str(folder / "topic_texts.py"))["TOPICS"]
    short = [row[0] for row in (*places, *topics)]
    return short + [". ".join(short[i : i + 6]) for i in range(0, len(short), 6)]


T = TypeVar("T")


def timed(label: str, make: Callable[[], T]) -> T:
    """Makes something once and prints seconds and kibibytes kept."""
    tracemalloc.start()
    made = make()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    begun = perf_counter()
    make()
    print(f"{label:28} set-up {1000 * (perf_counter() - begun):7.1f} ms   kept {kept / 1024:7.0f} KiB")
    return made


def report(label: str, read: Callable[[str], object], messages: list[str]) -> float:
    """Prints and returns the median milliseconds per message."""
    times = []
    for _ in range(3):
        for message in messages:
            begun = perf_counter()
            read(message)
            times.append(1000 * (perf_counter() - begun))
    times.sort()
    print(f"{label:28} median {median(times):7.3f} ms   95 % {times[int(0.95 * len(times))]:7.3f} ms")
    return median(times)


def main() -> None:
    """Prints the table."""
    regions = [RegionRow(r["code"], r["name"], r["level"], r["parent"] or None, r["type"]) for r in rows("regions.csv")]
    aliases = [(r["alias"], r["code"]) for r in rows("region_aliases.csv")]
    categories = [
        CategoryRow(r["code"], r["name"], tuple(filter(None, r["keywords"].split(";"))), r["default_urgency"], r["sealed"] != "no")
        for r in rows("categories.csv")
    ]
    pairs = [(r["token"], r["expansion"]) for r in rows("abbreviations.csv")]
    spots = [(r["code"], float(r["lat"]), float(r["lon"])) for r in rows("points.csv")]
    plain = timed("plain", lambda: Plain(pairs))
    gazetteer = timed("gazetteer", lambda: Gazetteer(regions, aliases, plain))
    lexicon = timed("lexicon", lambda: Lexicon(categories, plain))
    points = timed("points", lambda: Points(spots))
    messages = texts()
    print(f"{len(messages)} messages")
    whole = report("places", gazetteer.find, messages) + report("topics", lexicon.read, messages)
    report("masks", mask, messages)
    print(f"{'place and topic':28} median {whole:7.3f} ms")
    dice = random.Random(1)
    for label, spread in (("borders, on land", 0.02), ("borders, anywhere", 0.5)):
        places = [(lat + dice.uniform(-spread, spread), lon + dice.uniform(-spread, spread)) for _, lat, lon in spots]
        times = []
        for lat, lon in places:
            begun = perf_counter()
            points.nearest(lat, lon)
            times.append(1e6 * (perf_counter() - begun))
        print(f"{label:28} median {median(times):7.1f} us   95 % {sorted(times)[int(0.95 * len(times))]:7.1f} us")


if __name__ == "__main__":
    main()
