"""Units and regions without their rows: what stays true of them while a process holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ntbcare.records import units
from ntbcare.records.calendars import FIVE


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit without its row. `line` = its own id and every id above it."""

    id: int
    code: str
    name: str
    short: str
    function: str
    level: str
    kind: str
    region: str | None
    valid_from: date
    valid_to: date | None
    successor_id: int | None
    line: tuple[int, ...]
    week: str = FIVE

    def in_force(self, on: date) -> bool:
        """Does this unit exist on that day?"""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """A region without its row."""

    code: str
    name: str
    level: str
    type: str
    parent: str | None
    successor: str | None = None  # what an ended one became


def units_of(session: Session) -> dict[int, UnitFacts]:
    """Every unit there ever was, by its id."""
    rows = {row.id: row for row in units.every(session)}
    facts = {}
    for row in rows.values():
        line: list[int] = []
        above: units.Unit | None = row
        while above is not None and above.id not in line:
            line.append(above.id)
            above = rows.get(above.parent_id) if above.parent_id else None
        facts[row.id] = UnitFacts(
            row.id, row.code, row.name, row.short, row.function, row.level, row.kind, row.region,
            row.valid_from, row.valid_to, row.successor_id, tuple(line), row.calendar,
        )  # fmt: skip
    return facts
