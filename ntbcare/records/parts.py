"""Parts: what a case asks of further units, each with a promise of its own; the responsible unit stays the one that answers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Select, Subquery, Text, func, literal_column, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base
from ntbcare.records.clocks import Clock


class PartState(StrEnum):
    """Where a part stands. `not_ours`: the unit gave it back; `dropped`: nobody waits for it any more."""

    ASKED = "asked"
    WORKING = "working"
    DONE = "done"
    NOT_OURS = "not_ours"
    DROPPED = "dropped"


RUNNING = (PartState.ASKED, PartState.WORKING)
COUNTED = (*RUNNING, PartState.DONE)  # whose units are counted before the citizen
READING = (*COUNTED, PartState.DROPPED)  # whose units read the case: who is let go reads why, who gave back reads no more


def _among(states: tuple[PartState, ...]) -> str:
    return "state IN (" + ", ".join(f"'{state}'" for state in states) + ")"


class Part(Base):
    """What one further unit should do for a case: `asked` in words, its promise `clock_id`, and what became of it.

    `answer`, `answered_by` (an account; None = the house itself), `answered_at` = the words with which it ended, whoever ended it. The
    clock runs as long as the part does.
    """

    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"), unique=True)
    asked: Mapped[str] = mapped_column(Text)
    state: Mapped[str]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")

    # of two who act on a part at once, one is told (as for cases)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    __table_args__ = (
        CheckConstraint("state IN (" + ", ".join(f"'{state}'" for state in PartState) + ")", name="state"),
        Index("uq_parts_running", "case_id", "unit_id", unique=True, postgresql_where=sql(_among(RUNNING))),
        Index("ix_parts_case", "case_id", "id"),
        Index("ix_parts_unit", "unit_id", "case_id"),
        Index("ix_parts_unit_running", "unit_id", "case_id", postgresql_where=sql(_among(RUNNING))),
    )


def of_case(session: Session, case_id: int) -> list[tuple[Part, Clock]]:
    """Every part of a case in the order they were asked, each with its promise, in one statement."""
    query = select(Part, Clock).join(Clock, Clock.id == Part.clock_id).where(Part.case_id == case_id)
    return [(part, clock) for part, clock in session.execute(query.order_by(Part.id))]


def of_clocks(session: Session, clock_ids: Collection[int]) -> list[Part]:
    """The parts whose promises these are."""
    return list(session.scalars(select(Part).where(Part.clock_id.in_(clock_ids)).order_by(Part.id)))


def running_of(units: Collection[int]) -> Subquery:
    """case_id and due_at (the nearest) of every case in which one of these units has a part that runs."""
    # states written out, not bound: only then can PostgreSQL keep a plan that uses the partial index
    among = Part.state.in_([literal_column(f"'{state}'") for state in RUNNING])
    query = select(Part.case_id, func.min(Clock.due_at).label("due_at")).join(Clock, Clock.id == Part.clock_id)
    return query.where(Part.unit_id.in_(units), among).group_by(Part.case_id).subquery("running")


def read_by(units: Collection[int]) -> Select[Any]:
    """Cases (ids) that these units read because they have or had a part in it."""
    return select(Part.case_id).where(Part.unit_id.in_(units), Part.state.in_([str(state) for state in READING]))
