"""Ways of looking at the ladder: rungs and bells of a case, and moments of 2026 in WITA."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.corridor.looking import by_sms


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of 2026 in WITA."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def file(town, sender: str, text: str) -> str:
    """A report by SMS that lies on a unit's desk when this returns, whatever question came first. The ticket."""
    ticket = by_sms(town, sender, text)
    town.round()
    return ticket


def rungs(town, ticket: str) -> list[tuple]:
    """(level, clock, told?, acknowledged?, ended?) of a case, in the order in which they were raised."""
    return town.sql(
        "SELECT level, clock, told_at IS NOT NULL, acknowledged_at IS NOT NULL, ended_at IS NOT NULL FROM rungs JOIN clocks ON clocks.id = clock_id "
        "WHERE rungs.case_id = (SELECT id FROM cases WHERE ticket = :ticket) ORDER BY rungs.id",
        ticket=ticket,
    )


def told(town, ticket: str) -> list[tuple[str, str]]:
    """(who, level) of every bell of a case, in the order in which they rang."""
    rows = town.sql(
        "SELECT split_part(email, '@', 1), kind FROM bells JOIN accounts ON accounts.id = account_id "
        "WHERE case_id = (SELECT id FROM cases WHERE ticket = :ticket) ORDER BY bells.id",
        ticket=ticket,
    )
    return [(who, kind.removeprefix("ladder.")) for who, kind in rows]


def bell(town, who: str, ticket: str, level: str) -> int:
    """The id of the bell that rang for somebody."""
    return town.sql(
        "SELECT bells.id FROM bells JOIN accounts ON accounts.id = account_id WHERE email = :email AND kind = :kind "
        "AND case_id = (SELECT id FROM cases WHERE ticket = :ticket)",
        email=f"{who}@ntbcare.example", kind=f"ladder.{level}", ticket=ticket,
    )[0][0]  # fmt: skip


def only(town, ticket: str, name: str) -> None:
    """Let one promise of a case climb alone: the others are kept out of the ladder."""
    town.sql(
        "UPDATE clocks SET climb_at = NULL WHERE clock <> :name AND case_id = (SELECT id FROM cases WHERE ticket = :ticket)",
        name=name, ticket=ticket,
    )  # fmt: skip
