"""Running promises of a case, each pinned to the rule and the calendar edition it was started with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base


class Clock(Base):
    """One promise of one case. `first_due_at` never changes; a pause moves `due_at`. `round` counts re-openings."""

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

    __table_args__ = (
        UniqueConstraint("case_id", "clock", "round"),
        Index("ix_clocks_due", "due_at", postgresql_where=text("stopped_at IS NULL AND paused_at IS NULL AND breached_at IS NULL")),
        Index("ix_clocks_remind", "remind_at", postgresql_where=text("stopped_at IS NULL AND reminded_at IS NULL")),
        Index(
            "ix_clocks_citizen", "clock", "due_at", postgresql_where=text("stopped_at IS NULL AND clock IN ('rebut', 'citizen_completes')")
        ),
    )


def of_case(session: Session, case_id: int) -> list[Clock]:
    """Every clock of a case in the order they were started."""
    return list(session.scalars(select(Clock).where(Clock.case_id == case_id).order_by(Clock.started_at, Clock.id)))
