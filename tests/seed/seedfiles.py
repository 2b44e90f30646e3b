"""Reads the seed files for the tests."""

from __future__ import annotations

import csv
import re
import tomllib
from functools import cache
from pathlib import Path

from ntbcare.domain.routing import Asked, Rule, contest
from ntbcare.domain.rulebook import from_csv

SEED = Path(__file__).resolve().parents[2] / "ntbcare" / "seed" / "ntb"
TODAY = "2026-06-01"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    with (SEED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def by_code(name: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows(name)}


@cache
def deployment() -> dict:
    return tomllib.loads((SEED / "deployment.toml").read_text(encoding="utf-8"))


def regencies() -> list[str]:
    return [row["code"] for row in rows("regions") if row["level"] == "regency"]


def words(row: dict[str, str], column: str) -> list[str]:
    return [word for word in row[column].split(";") if word]


def live(unit: dict[str, str], day: str = TODAY) -> bool:
    return unit["valid_from"] <= day and (not unit["valid_to"] or day <= unit["valid_to"])


@cache
def units_at(level: str, function: str, region: str) -> tuple[str, ...]:
    return tuple(
        unit["code"]
        for unit in rows("units")
        if live(unit) and (unit["level"], unit["function"], unit["region"]) == (level, function, region)
    )


@cache
def abbreviations() -> dict[str, str]:
    return {row["token"]: row["expansion"] for row in rows("abbreviations") if row["lang"] == "id"}


def normalised(text: str) -> str:
    table = abbreviations()
    return " ".join(table.get(word, word) for word in re.findall(r"[a-z0-9'-]+", text.lower()))


def lost(known: list[str]) -> list[str]:
    """Words that a text with its abbreviations spelled out can no longer hit."""
    return [word for word in known if not any(f" {other} " in f" {normalised(word)} " for other in known)]


@cache
def rules() -> tuple[Rule, ...]:
    with (SEED / "routing_rules.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(from_csv(lines))


def route(kind: str, category: str, text: str, region: str) -> tuple[str, str]:
    """(level of the rule that wins, code of the unit); where nobody is, or a person decides first, the coordinator's."""
    asked = Asked(kind, category, category, region or None, region, normalised(text).split())
    rule = contest(asked, rules())[0]
    place = {"province": "52", "central": "52", "regency": region[:5], "district": region[:8]}.get(rule.level, "")
    found = units_at(rule.level, rule.function, place)
    if not found and rule.level != "sealed":
        found = units_at("regency", "kominfo", region[:5]) or (deployment()["coordination"]["fallback_unit"],)
    return rule.level, found[0] if found else ""
