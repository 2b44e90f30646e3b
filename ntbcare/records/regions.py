"""Administrative regions with Kemendagri codes, their other names, and one point per village."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, select
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
    successor: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))  # what an ended region became, where that is one

    __table_args__ = (Index(None, "parent"),)


class RegionAlias(Base):
    """Another name people use for a region; officers may add some, and an official list leaves the old names of what it changes.

    Who it is from: a seed (neither `added_by` nor `added_at`), an official list (only `added_at`), an officer (both).
    """

    __tablename__ = "region_aliases"

    alias: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # taken back by an officer: kept, never read


class Border(Base):
    """The outline of a region as loaded by `import-borders`: `shape` is WKB of a (multi)polygon, degrees, longitude first (WGS 84)."""

    __tablename__ = "borders"

    code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    shape: Mapped[bytes] = mapped_column(LargeBinary)
    source: Mapped[str]
    loaded_at: Mapped[datetime]


def every(session: Session) -> list[Region]:
    """All regions in code order, ended ones too: old cases must stay readable."""
    return list(session.scalars(select(Region).order_by(Region.code)))


def aliases(session: Session) -> list[tuple[str, str]]:
    """(alias, region code) pairs in force."""
    return [(row.alias, row.code) for row in session.scalars(select(RegionAlias).where(RegionAlias.ended_at.is_(None)))]


def end_seeded_aliases(session: Session, kept: Collection[tuple[str, str]], now: datetime) -> None:
    """Names that came from a seed and are not among `kept` (alias, code) are read no more; those of officers and official lists stay."""
    ours = select(RegionAlias).where(RegionAlias.added_by.is_(None), RegionAlias.added_at.is_(None), RegionAlias.ended_at.is_(None))
    names = set(kept)
    for row in session.scalars(ours):
        if (row.alias, row.code) not in names:
            row.ended_at = now


def former_names(session: Session) -> set[tuple[str, str]]:
    """(name in small letters, code) of names that an official list has replaced."""
    listed = select(RegionAlias).where(RegionAlias.added_by.is_(None), RegionAlias.added_at.is_not(None))
    return {(row.alias, row.code) for row in session.scalars(listed)}


def borders(session: Session) -> list[tuple[str, bytes]]:
    """(region code, WKB) of every outline that was loaded."""
    return [(row.code, row.shape) for row in session.scalars(select(Border).order_by(Border.code))]
