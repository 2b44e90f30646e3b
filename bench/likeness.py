"""How well likeness tells the same from the similar: `python -m bench.likeness` prints precision and recall over invented pairs."""

import csv
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from ntbcare.reading.likeness import Likeness, Limits, Told, alike, limits, words_of
from ntbcare.reading.plain import Plain, split

ROOT = Path(__file__).parents[1]
SEED = ROOT / "ntbcare" / "seed" / "ntb"
PAIRS = Path(__file__).with_name("likeness_pairs.tsv")
_NOON = datetime(2026, 3, 13, 4, tzinfo=UTC)


class Pair(NamedTuple):
    """Two told things, and whether they are one."""

    same: bool
    one: Told
    other: Told
    texts: tuple[str, str]


def _rows(name: str) -> list[dict[str, str]]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pairs() -> Iterator[Pair]:
    """Every pair of the file."""
    plain = Plain((row["token"], row["expansion"]) for row in _rows("abbreviations.csv"))
    regions = {row["code"]: (row["name"], row["parent"]) for row in _rows("regions.csv")}

    def told(place: str, topic: str, text: str, at: datetime) -> Told:
        code, _, point = place.partition("@")
        lat, lon = map(float, point.split(",")) if point else (None, None)
        names, above = "", code
        while above in regions:
            names, above = f"{names} {regions[above][0]}", regions[above][1]
        return Told(code, topic, *words_of(plain, text, frozenset(split(names)[0])), at, lat, lon)

    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        same, days, *rest = line.split("\t")
        one = told(*rest[:3], _NOON)
        yield Pair(same == "1", one, told(*rest[3:], _NOON + timedelta(days=int(days))), (rest[2], rest[5]))


def given() -> Limits:
    """The limits of the deployment."""
    return limits(tomllib.loads((SEED / "deployment.toml").read_text(encoding="utf-8")).get("likeness", {}))


def measure(at: float, bounds: Limits) -> tuple[float, float]:
    """(precision, recall) when a score from `at` on is taken for the same thing."""
    found = [(pair.same, alike(pair.one, pair.other, bounds).score >= at) for pair in pairs()]
    hits = sum(same and taken for same, taken in found)
    return hits / max(1, sum(taken for _, taken in found)), hits / sum(same for same, _ in found)


def main() -> None:
    """Prints the table and what went wrong at the threshold of the deployment."""
    bounds = given()
    every = list(pairs())
    print(f"{len(every)} pairs, {sum(pair.same for pair in every)} of one thing; offered from {bounds.offer}, shown from {bounds.show}")
    for at in (0.45, 0.5, 0.55, 0.6, bounds.offer, 0.65, 0.7, 0.75, 0.8):
        print("from {:.2f}   precision {:.2f}   recall {:.2f}".format(at, *measure(at, bounds)))
    for pair in every:
        found: Likeness = alike(pair.one, pair.other, bounds)
        if (found.score >= bounds.offer) is not pair.same:
            print(
                f"{'missed' if pair.same else 'WRONG'}  {found.score:.2f}  {pair.texts[0]} | {pair.texts[1]}   {', '.join(found.reasons)}"
            )


if __name__ == "__main__":
    main()
