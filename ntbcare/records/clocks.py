"""Running promises of a case, each pinned to the rule and the calendar edition it was started with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base


class Clock(Base):
    """One promise of one case. `first_due_at` never changes; a pause moves `due_at`. `round` counts re-openings.

    Whose days are counted is pinned with it: `calendar_version` the edition, `week` the days its unit works ("5", "6", "always"),
    `region` where local days off hold. `climb_at` = when the next rung of the rule's ladder is due, `climbed` = how many were reached.
    `unit_id` = the further unit that promised its part of the case; None: the promise of whoever has the case.
    """

    __tablename__ = "clocks"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    clock: Mapped[str]
    round: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    rule_id: Mapped[int] = mapped_column(ForeignKey("sla_rules.id"))
    calendar_version: Mapped[str] = mapped_column(ForeignKey("calendar_versions.version"))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    first_due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
    week: Mapped[str] = mapped_column(server_default="5")
    region: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    climb_at: Mapped[datetime | None]
    climbed: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))

    __table_args__ = (
        UniqueConstraint("case_id", "clock", "round"),
        Index("ix_clocks_due", "due_at", postgresql_where=text("stopped_at IS NULL AND paused_at IS NULL AND breached_at IS NULL")),
        Index("ix_clocks_remind", "remind_at", postgresql_where=text("stopped_at IS NULL AND reminded_at IS NULL")),
        Index("ix_clocks_climb", "climb_at", postgresql_where=text("stopped_at IS NULL AND paused_at IS NULL AND climb_at IS NOT NULL")),
        Index(
            "ix_clocks_citizen", "clock", "due_at", postgresql_where=text("stopped_at IS NULL AND clock IN ('rebut', 'citizen_completes')")
        ),
    )


class Pause(Base):
    """A stretch during which a promise stood still: which question was in the citizen's hands, on what ground, and until when at most.

    `until_at` = the end the ground allows; `to_at` None while it lasts. One may last at a time.
    """

    __tablename__ = "pauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"))
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))
    ground: Mapped[str]

    __table_args__ = (
        Index("uq_pauses_running", "clock_id", unique=True, postgresql_where=text("to_at IS NULL")),
        Index("ix_pauses_clock", "clock_id", "from_at"),
        Index("ix_pauses_until", "until_at", postgresql_where=text("to_at IS NULL")),
    )


def of_case(session: Session, case_id: int) -> list[Clock]:
    """Every clock of a case in the order they were started."""
    return list(session.scalars(select(Clock).where(Clock.case_id == case_id).order_by(Clock.started_at, Clock.id)))


def with_pauses(session: Session, case_id: int) -> list[tuple[Clock, list[Pause]]]:
    """Every clock of a case in the order they were started, each with its pauses, in one statement."""
    query = select(Clock, Pause).outerjoin(Pause, Pause.clock_id == Clock.id).where(Clock.case_id == case_id)
    found: dict[int, tuple[Clock, list[Pause]]] = {}
    for clock, pause in session.execute(query.order_by(Clock.started_at, Clock.id, Pause.from_at)):
        found.setdefault(clock.id, (clock, []))[1].extend([pause] if pause is not None else [])
    return list(found.values())
