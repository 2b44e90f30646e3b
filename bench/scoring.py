"""How right the reader is: topics, places and emergencies against labelled texts, scored as tables of shares."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ntbcare.reading.places import Gazetteer, PlaceReading
from ntbcare.reading.topics import TopicReading

SURE_OF_PLACE = 0.7  # as triage
MISCONDUCT = "korupsi_pungli"
SHARES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text. `place`: a code, "-" none, "?a|b" ambiguous, None not labelled; `category`, `alt`, `urgency`, `kind` may be ""."""

    text: str
    category: str = ""
    alt: str = ""
    place: str | None = None
    urgency: str = ""
    kind: str = ""
    how: str = ""


def load(path: Path) -> list[Row]:
    """Rows of a .csv, .csv.gz or .tsv with the columns text, category and, when there, alt, place, place_how, urgency, kind."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(
            lines, delimiter="\t" if path.suffix == ".tsv" else ",", quoting=csv.QUOTE_NONE if path.suffix == ".tsv" else csv.QUOTE_MINIMAL
        )
        return [
            Row(
                r["text"],
                r.get("category") or "",
                r.get("alt") or "",
                r.get("place"),
                r.get("urgency") or "",
                r.get("kind") or "",
                r.get("place_how") or "",
            )
            for r in rows
        ]


def topics(rows: Sequence[Row], read: Callable[[str], TopicReading]) -> dict[str, Any]:
    """Shares of the likeliest topic right, or its alternative, among the first three; F1 over topics; right and reach when sure."""
    told = [(row, read(row.text)) for row in rows if row.category]
    best = [(row, _best(said), said) for row, said in told]
    total = len(best)
    by_chance = sorted(best, key=lambda one: -_chance(one[2]))
    found = {
        "texts": total,
        "top1": sum(code == row.category for row, code, _ in best) / total,
        "or alt": sum(code in (row.category, row.alt) for row, code, _ in best) / total,
        "top3": sum(row.category in [code for code, _ in said.ranked[:3]] or code == row.category for row, code, said in best) / total,
        "macro F1": _f1([(row.category, code) for row, code, _ in best]),
    }
    for share in SHARES[1:]:
        part = by_chance[: max(1, round(share * total))]
        found[f"surest {share:.0%}"] = sum(code in (row.category, row.alt) for row, code, _ in part) / len(part)
    sure = [(row, said) for row, said in told if said.category or said.kind == "violation"]
    found["answers"] = len(sure) / total
    found["right when it answers"] = sum(_best(said) in (row.category, row.alt) for row, said in sure) / max(1, len(sure))
    return found


def _best(said: TopicReading) -> str | None:
    """What the house makes of it: words of misconduct are that topic whatever else they name."""
    if said.kind == "violation":
        return MISCONDUCT
    return said.category or (said.ranked[0][0] if said.ranked else None)


def _chance(said: TopicReading) -> float:
    if said.kind == "violation":
        return 1.0
    return said.confidence if said.category else min(said.confidence, 0.49)


def _f1(pairs: Sequence[tuple[str, str | None]]) -> float:
    scores = []
    for code in sorted({right for right, _ in pairs}):
        both = sum(right == code == said for right, said in pairs)
        scores.append(2 * both / (sum(right == code for right, _ in pairs) + sum(said == code for _, said in pairs)))
    return sum(scores) / len(scores)


def place_right(row: Row, said: PlaceReading) -> bool:
    """Strict: exactly the labelled region; where it is none or ambiguous, no region at all."""
    code = said.code if said.confidence >= SURE_OF_PLACE else None
    return code == row.place if row.place and row.place[0] not in "-?" else code is None


def places(rows: Sequence[Row], gazetteer: Gazetteer) -> dict[str, Any]:
    """Strict share, right kecamatan, wrong kabupaten/kota, region chosen where none or ambiguous, and asked where ambiguous."""
    told = [(row, gazetteer.find(row.text)) for row in rows if row.place]
    chosen = [(row, said.code if said.confidence >= SURE_OF_PLACE else None, said) for row, said in told]
    clear = [(row, code) for row, code, _ in chosen if (row.place or "")[0] not in "-?"]
    deep = [(row, code) for row, code in clear if len((row.place or "").split(".")) > 2]
    open_ = [(row, code, said) for row, code, said in chosen if (row.place or "")[0] in "-?"]
    asked = [said for row, code, said in open_ if (row.place or "")[0] == "?"]
    return {
        "texts": len(told),
        "strict": sum(place_right(row, said) for row, said in told) / max(1, len(told)),
        "kecamatan right": f"{sum(_part(code, 3) == _part(row.place, 3) for row, code in deep)} of {len(deep)}",
        "wrong kabupaten/kota": sum(code is not None and _part(code, 2) != _part(row.place, 2) for row, code in clear),
        "chosen where none or ambiguous": f"{sum(code is not None for _, code, _ in open_)} of {len(open_)}",
        "asked where ambiguous": f"{sum(said.question is not None for said in asked)} of {len(asked)}",
    }  # fmt: skip


def _part(code: str | None, size: int) -> tuple[str, ...]:
    return tuple((code or "").split(".")[:size])


def emergencies(rows: Sequence[Row], read: Callable[[str], TopicReading]) -> dict[str, Any]:
    """How many of the emergencies are found, and how many others are called one."""
    told = [(row.urgency in ("mendesak", "darurat"), read(row.text).urgency == "mendesak") for row in rows if row.urgency]
    real = sum(is_one for is_one, _ in told)
    return {
        "found": f"{sum(a and b for a, b in told)} of {real}",
        "false alarms": f"{sum(b and not a for a, b in told)} of {len(told) - real}",
    }


def violations(rows: Sequence[Row], read: Callable[[str], TopicReading]) -> dict[str, Any]:
    """Misconduct found by rule, and what was called misconduct wrongly."""
    told = [(row.category == MISCONDUCT, read(row.text).kind == "violation") for row in rows if row.category]
    real = sum(is_one for is_one, _ in told)
    return {"found": f"{sum(a and b for a, b in told)} of {real}", "wrongly": f"{sum(b and not a for a, b in told)} of {len(told) - real}"}
