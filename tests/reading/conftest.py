"""The seed of NTB as the reading rooms see it; read only from ntbcare/seed/ntb."""

from pathlib import Path

import pytest
from seed_rows import rows

from ntbcare.casework.learning import carried
from ntbcare.reading.borders import Points
from ntbcare.reading.places import Gazetteer, RegionRow
from ntbcare.reading.plain import Plain
from ntbcare.reading.reader import Topics
from ntbcare.reading.topics import CategoryRow, Lexicon
from ntbcare.reading.training import train


@pytest.fixture(scope="session")
def plain() -> Plain:
    return Plain((row["token"], row["expansion"]) for row in rows("abbreviations.csv"))


@pytest.fixture(scope="session")
def regions() -> list[RegionRow]:
    return [RegionRow(r["code"], r["name"], r["level"], r["parent"] or None, r["type"]) for r in rows("regions.csv")]


@pytest.fixture(scope="session")
def gazetteer(regions, plain) -> Gazetteer:
    aliases = [(row["alias"], row["code"]) for row in rows("region_aliases.csv")]
    return Gazetteer(regions, aliases + [(row["name"], row["code"]) for row in rows("landmarks.csv")], plain)


@pytest.fixture(scope="session")
def lexicon(plain) -> Lexicon:
    categories = [
        CategoryRow(r["code"], r["name"], tuple(filter(None, r["keywords"].split(";"))), r["default_urgency"], r["sealed"] != "no")
        for r in rows("categories.csv")
    ]
    return Lexicon(categories, plain)


@pytest.fixture(scope="session")
def points() -> Points:
    return Points((row["code"], float(row["lat"]), float(row["lon"])) for row in rows("points.csv"))


@pytest.fixture(scope="session")
def code_of(regions):
    """'village|district', '|district' or '||code' → the code it means."""

    def find(path: str) -> str:
        parts = path.split("|")
        if len(parts) == 3:
            return parts[2]
        district = next(row.code for row in regions if row.level == "district" and row.name == parts[1])
        return district if not parts[0] else next(row.code for row in regions if row.parent == district and row.name == parts[0])

    return find


@pytest.fixture(scope="session")
def topics(lexicon, plain) -> Topics:
    """The reader as it is on the first day: trained on the examples of the seed."""
    folder = Path(__file__).parents[2] / "ntbcare/seed/ntb"
    return Topics(lexicon, train(carried(folder, ("korupsi_pungli",)), plain, lexicon, origin="examples"))
