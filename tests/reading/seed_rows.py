"""Rows of the seed of NTB, for the tests of the reading rooms."""

import csv
from pathlib import Path

SEED = Path(__file__).parents[2] / "ntbcare" / "seed" / "ntb"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one seed file."""
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
