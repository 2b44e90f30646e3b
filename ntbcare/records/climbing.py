"""What the ladder is climbed by, as one read-only part of the reference tables: steps per rule, office hours per week, the manners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ntbcare.domain import ladder, office
from ntbcare.domain.errors import NoRule
from ntbcare.domain.kinds import Urgency
from ntbcare.domain.ladder import Ladder
from ntbcare.domain.office import Hours, Stretch
from ntbcare.records.rules import OfficeHours, SlaRule

_ROWS = select(OfficeHours.week, OfficeHours.weekday, OfficeHours.opens, OfficeHours.closes, OfficeHours.valid_from, OfficeHours.valid_to)


class Climbing:
    """Steps and hours as they stand now. `manners` = [ladder] of the deployment. Errors: ValueError for a ladder nobody can climb."""

    def __init__(self, session: Session, facts: Mapping[str, Any]) -> None:
        self.manners = ladder.read(facts.get("ladder", {}))
        self.on_duty = frozenset(map(str, facts.get("ladder", {}).get("on_duty", ())))  # functions of units with people there day and night
        rows = session.execute(select(SlaRule.id, SlaRule.ladder, SlaRule.urgency))
        self._ladders = {row.id: ladder.parse(row.ladder, urgent=row.urgency == Urgency.URGENT) for row in rows}
        self._hours = office.by_week(Stretch(*row) for row in session.execute(_ROWS))

    def of_rule(self, rule_id: int) -> Ladder:
        """The ladder of a rule row; an empty one where there is none."""
        return self._ladders.get(rule_id, Ladder())

    def hours(self, week: str) -> Hours:
        """When offices with this week are open. Raises NoRule where no rows say so."""
        if week not in self._hours:
            raise NoRule("Jam kerja untuk kantor ini belum diisi.", subject=week)
        return self._hours[week]
