"""Rule tables: promises (SLA), routing and days off, as versioned rows that are never edited once used."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.domain.routing import Rule, rule_of
from ntbcare.records.base import Base

_SEAM = "+"  # in the stamp, between the seed's fingerprint and the mark of everything else


class SlaRule(Base):
    """One promise by law or by NTB's own word; `source` says which."""

    __tablename__ = "sla_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    clock: Mapped[str]
    kind: Mapped[str]
    classification: Mapped[str]
    urgency: Mapped[str]
    amount: Mapped[int]
    measure: Mapped[str]
    starts: Mapped[str]
    stops: Mapped[str]
    pauses: Mapped[bool]
    yellow: Mapped[str]
    red: Mapped[str]
    ladder: Mapped[str]
    label: Mapped[str]
    source: Mapped[str]
    version: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    __table_args__ = (UniqueConstraint("code", "version"),)


class RoutingRule(Base):
    """One routing rule; which of those that fit wins is told in domain.routing. `also` and `words` are lists with ";" between."""

    __tablename__ = "routing_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    kind: Mapped[str]
    category: Mapped[str]
    words: Mapped[str]
    level: Mapped[str]
    function: Mapped[str]
    reason: Mapped[str]
    version: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
    region: Mapped[str] = mapped_column(server_default="")
    also: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (UniqueConstraint("position", "version"),)


class CalendarVersion(Base):
    """One edition of the days off; a clock keeps the edition it was started with."""

    __tablename__ = "calendar_versions"

    version: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[date]
    last: Mapped[date]
    source: Mapped[str]
    loaded_at: Mapped[datetime]


class DayOff(Base):
    """A national, joint (cuti bersama) or local day off within one edition; region None = everywhere."""

    __tablename__ = "days_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("calendar_versions.version"))
    day: Mapped[date]
    name: Mapped[str]
    kind: Mapped[str]
    region: Mapped[str | None]
    source: Mapped[str]

    __table_args__ = (Index("uq_days_off_version_day_region", "version", "day", "region", unique=True, postgresql_nulls_not_distinct=True),)


class OfficeHours(Base):
    """When an office is open: one stretch of one weekday (Monday = 0) from a day to a day, so that breaks, Fridays and Ramadan are rows.

    `week` = "5", "6" or "always", as the unit's. Minutes since midnight, local time. The row that began last wins for its days.
    """

    __tablename__ = "office_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[str]
    weekday: Mapped[int] = mapped_column(SmallInteger)
    opens: Mapped[int] = mapped_column(SmallInteger)
    closes: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]

    __table_args__ = (UniqueConstraint("week", "weekday", "opens", "valid_from"),)


class ReferenceStamp(Base):
    """One row that changes whenever any reference table was changed, so that processes know when to read again.

    `stamp` is the fingerprint of the seed and, behind a "+", a mark that changes with everything that did not come from the seed.
    """

    __tablename__ = "reference_stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[str]


def sla(session: Session) -> list[SlaRule]:
    """Every promise ever in force."""
    return list(session.scalars(select(SlaRule).order_by(SlaRule.id)))


def routing(session: Session, on: date) -> list[RoutingRule]:
    """Routing rules in force on a day, by position."""
    query = select(RoutingRule).where(RoutingRule.valid_from <= on, (RoutingRule.valid_to.is_(None)) | (RoutingRule.valid_to >= on))
    return list(session.scalars(query.order_by(RoutingRule.position)))


def every_way(session: Session) -> list[RoutingRule]:
    """Every routing rule there ever was or will be, by position."""
    return list(session.scalars(select(RoutingRule).order_by(RoutingRule.position, RoutingRule.id)))


def as_rule(row: RoutingRule) -> Rule:
    """A row as the domain reads it."""
    names = ("kind", "category", "words", "level", "function", "reason", "version", "region", "also")
    return rule_of({name: getattr(row, name) for name in names}, row.id, row.position, row.valid_from, row.valid_to)


def newest_calendar(session: Session) -> CalendarVersion | None:
    """The edition new clocks are started with."""
    return session.scalars(select(CalendarVersion).order_by(CalendarVersion.loaded_at.desc()).limit(1)).first()


def calendar_version(session: Session, version: str) -> CalendarVersion | None:
    """The edition a clock was pinned to."""
    return session.get(CalendarVersion, version)


def days_off(session: Session, version: str) -> list[DayOff]:
    """Days off of one edition."""
    return list(session.scalars(select(DayOff).where(DayOff.version == version).order_by(DayOff.day)))


class Deployment(Base):
    """Facts of this deployment that people read (name, zone, emergency numbers, the safe way): one row, from the seed."""

    __tablename__ = "deployment"

    id: Mapped[int] = mapped_column(primary_key=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


def deployment(session: Session) -> dict[str, Any]:
    """The facts, or an empty dictionary before the first seed."""
    row = session.get(Deployment, 1)
    return row.facts if row else {}


def stamp(session: Session) -> str:
    """Changes whenever a reference table was changed; "" before the first seed."""
    return session.execute(select(ReferenceStamp.stamp)).scalar() or ""


def seeded(session: Session) -> str:
    """The part of the stamp that names the seed; "" before the first seed."""
    return stamp(session).partition(_SEAM)[0]


def restamp(session: Session, seed: str) -> None:
    """The reference tables are those of this seed now; what came from elsewhere stays as it was marked."""
    mark = stamp(session).partition(_SEAM)[2]
    row = {"id": 1, "stamp": f"{seed}{_SEAM}{mark}" if mark else seed}
    session.execute(insert(ReferenceStamp).values(row).on_conflict_do_update(index_elements=["id"], set_={"stamp": row["stamp"]}))


def touch(session: Session) -> None:
    """Reference tables were changed by something other than the seed: every process reads them again within seconds of the commit."""
    session.execute(update(ReferenceStamp).values(stamp=f"{seeded(session)}{_SEAM}{secrets.token_hex(4)}"))


def hold(session: Session) -> None:
    """Nobody else changes reference tables through these verbs until this transaction ends."""
    session.execute(select(ReferenceStamp.stamp).with_for_update())
