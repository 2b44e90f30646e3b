"""Administrative regions with Kemendagri codes, their other names, and one point per village."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base


class Region(Base):
    """Province, regency, district or village; `code` is Kemendagri's, with dots, and never reused."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[str]
    parent: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    type: Mapped[str]
    postal_code: Mapped[str | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    valid_to: Mapped[date | None]

    __table_args__ = (Index(None, "parent"),)


class RegionAlias(Base):
    """Another name people use for a region; officers may add some."""

    __tablename__ = "region_aliases"

    alias: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)


def every(session: Session) -> list[Region]:
    """All regions in code order, ended ones too: old cases must stay readable."""
    return list(session.scalars(select(Region).order_by(Region.code)))


def aliases(session: Session) -> list[tuple[str, str]]:
    """(alias, region code) pairs."""
    return [(row.alias, row.code) for row in session.scalars(select(RegionAlias))]
