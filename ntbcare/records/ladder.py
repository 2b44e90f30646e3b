"""The ladder: who above was told that a promise is in danger or broken, and what was rung on which officer's bell."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, ForeignKey, Identity, Index, Select, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from ntbcare.records.base import Base


class Rung(Base):
    """A case stands on this `level` of the ladder because of this clock. Unique constraints, not checks, make it once for each.

    `ring_at` = the first office hour from which people may be told, `told_at` when they were. Acknowledged or snoozed (with a reason)
    it does not climb before `snoozed_until`; `ended_at` when the promise was kept in the end or nobody has to look any more.
    `of_part`: the promise is that of a part, whose unit climbs a ladder of its own beside the case's.
    """

    __tablename__ = "rungs"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"))
    level: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    raised_at: Mapped[datetime]
    ring_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    snoozed_until: Mapped[datetime | None]
    snooze_reason: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    of_part: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        UniqueConstraint("clock_id", "level"),
        Index("uq_rungs_standing", "case_id", "level", unique=True, postgresql_where=text("ended_at IS NULL AND NOT of_part")),
        Index("ix_rungs_ring", "ring_at", postgresql_where=text("told_at IS NULL AND ended_at IS NULL")),
        Index("ix_rungs_unit", "unit_id", "id", postgresql_where=text("ended_at IS NULL")),
    )


class Bell(Base):
    """Something one officer should know: one row for each and `subject`. Words are ours and name a ticket, never a citizen."""

    __tablename__ = "bells"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    subject: Mapped[str]
    kind: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    rung_id: Mapped[int | None] = mapped_column(ForeignKey("rungs.id"))
    words: Mapped[str] = mapped_column(Text)
    rung_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("account_id", "subject"),
        Index("ix_bells_unread", "account_id", "id", postgresql_where=text("read_at IS NULL")),
    )


def unread(account: BindParameter[int]) -> Select[int]:
    """The bells of an account that wait for an answer, to be counted as part of another statement."""
    return select(Bell.id).where(Bell.account_id == account, Bell.read_at.is_(None))
