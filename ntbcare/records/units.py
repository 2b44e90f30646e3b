"""Units (OPD, kecamatan, hospitals, utilities …) as one tree with validity dates and successors."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base


class Unit(Base):
    """Who is responsible. A unit that ended keeps its row and names its successor: old cases keep the old name."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short: Mapped[str]
    function: Mapped[str]
    level: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    region: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    calendar: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    source: Mapped[str]

    __table_args__ = (Index(None, "function", "region"), Index(None, "parent_id"))


def every(session: Session) -> list[Unit]:
    """All units, ended ones too, in code order."""
    return list(session.scalars(select(Unit).order_by(Unit.code)))
