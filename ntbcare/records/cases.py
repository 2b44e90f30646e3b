"""Cases (what we owe an answer to) and who reported them, kept apart so that a desk's query cannot bring a name by accident."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, LargeBinary, SmallInteger, Text, bindparam, func, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.domain.lifecycle import OPEN
from ntbcare.records.base import Base
from ntbcare.records.clocks import Clock

_OPEN_SQL = "state IN (" + ", ".join(f"'{state}'" for state in OPEN) + ")"


class Case(Base):
    """One case. `text` is what the citizen sent and never changes; `version` grows with every change and decides races.

    `unit_id` = the unit responsible, once there is one; `desk_id` = the desk on which the next act is owed, always set.
    `question` = what the reader itself asked the reporter and still waits for; the coordinator may act all the same.
    `offered_until` = until then the reporter may say that an open case is the same, and this one goes to no desk yet.
    `vulnerable`: it concerns people for whom waiting is worse; the ladder is climbed faster. `forwarded_to` / `forwarded_ref`: the body
    outside that has it now, and its number there. `accused` = units (ids, with everything below them) that it is about: for their people
    it does not exist. None: about nobody.
    """

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    ticket: Mapped[str] = mapped_column(unique=True)
    pin_salt: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(server_default="1")
    kind: Mapped[str]
    classification: Mapped[str]
    state: Mapped[str]
    state_before: Mapped[str | None]
    channel: Mapped[str]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    text_edited: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(ForeignKey("categories.code"))
    region: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    place_because: Mapped[str | None] = mapped_column(Text)
    because: Mapped[str | None] = mapped_column(Text)
    routing_version: Mapped[str | None]
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rules.id"))
    question: Mapped[str | None] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    desk_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    suggested_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    urgency: Mapped[str]
    anonymous: Mapped[bool] = mapped_column(server_default=sql("false"))
    confidential: Mapped[bool] = mapped_column(server_default=sql("false"))
    published: Mapped[bool] = mapped_column(server_default=sql("false"))
    attention: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    triaged_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    due_clock: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    result_words: Mapped[str | None] = mapped_column(Text)
    result_author: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    result_unit: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    responded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    first_closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    archived_by: Mapped[str | None]
    archive_reason: Mapped[str | None] = mapped_column(ForeignKey("archive_reasons.code"))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    split_from: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    hand_backs: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    objections: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    reopenings: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    vulnerable: Mapped[bool] = mapped_column(server_default=sql("false"))
    offered_until: Mapped[datetime | None]
    forwarded_to: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    forwarded_ref: Mapped[str | None]
    accused: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))

    # SQLAlchemy adds "AND version = the one we read" to every UPDATE: of two who act at once, one is told
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy

    __table_args__ = (
        CheckConstraint("closed_by IN ('reporter', 'system', 'admin')", name="closed_by"),
        CheckConstraint("archived_by IN ('reporter', 'system', 'admin')", name="archived_by"),
        # the sealed corridor has its own tables; no violation may ever stand in this one
        CheckConstraint("kind <> 'violation'", name="no_violation"),
        Index("ix_cases_desk", "desk_id", "due_at", "id", postgresql_where=sql(_OPEN_SQL)),
        Index("ix_cases_unit", "unit_id", "due_at", "id", postgresql_where=sql(_OPEN_SQL)),
        Index("ix_cases_unit_final", "unit_id", "id", postgresql_where=sql(f"NOT ({_OPEN_SQL})")),
        Index("ix_cases_region", "region", "due_at", "id", postgresql_where=sql(_OPEN_SQL), postgresql_ops={"region": "text_pattern_ops"}),
        Index("ix_cases_open_due", "due_at", "id", postgresql_where=sql(_OPEN_SQL)),
        Index("ix_cases_forwarded", "due_at", "id", postgresql_where=sql("state = 'forwarded'")),
        Index("ix_cases_attention", "id", postgresql_where=sql("attention IS NOT NULL")),
        Index("ix_cases_contact", "contact_id", "id", postgresql_where=sql("contact_id IS NOT NULL")),
        Index("ix_cases_merged", "merged_into", postgresql_where=sql("merged_into IS NOT NULL")),
        Index("ix_cases_split", "split_from", postgresql_where=sql("split_from IS NOT NULL")),
    )


class Reporter(Base):
    """Who filed a case, when they said. Read only where domain.privacy allows it."""

    __tablename__ = "reporters"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    name: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]


# made once: building a statement costs more than running it
_BY_TICKET = select(Case).where(Case.ticket == bindparam("ticket"))
_PROMISED = (
    select(Case, Clock)
    .outerjoin(Clock, (Clock.case_id == Case.id) & (Clock.clock == Case.due_clock) & Clock.stopped_at.is_(None))
    .where(Case.ticket == bindparam("ticket"))
)
_ADD = insert(Case.__table__).on_conflict_do_nothing(index_elements=["ticket"]).returning(Case.__table__.c.id)
_ADD_REPORTER = insert(Reporter.__table__).inline()


def add(session: Session, values: dict[str, Any]) -> int | None:
    """Store a new case without loading it again (design.md W1); its id, or None when the ticket is taken."""
    return session.execute(_ADD, values).scalar()


def add_reporter(session: Session, case_id: int, name: str | None, phone: str | None, email: str | None) -> None:
    """Who filed it."""
    session.execute(_ADD_REPORTER, {"case_id": case_id, "name": name, "phone": phone, "email": email})


def leave_number(session: Session, case_id: int, phone: str) -> None:
    """The reporter's own number, left after the report; one that was given before stays."""
    made = insert(Reporter.__table__).values(case_id=case_id, phone=phone)
    kept = {"phone": func.coalesce(Reporter.__table__.c.phone, made.excluded.phone)}
    session.execute(made.on_conflict_do_update(index_elements=["case_id"], set_=kept))


def get(session: Session, case_id: int) -> Case | None:
    """A case by id."""
    return session.get(Case, case_id)


def by_ticket(session: Session, ticket: str) -> Case | None:
    """A case by its ticket (nine digits)."""
    return session.scalars(_BY_TICKET, {"ticket": ticket}).one_or_none()


def promised(session: Session, ticket: str) -> tuple[Case, Clock | None] | None:
    """A case by its ticket (nine digits) with the promise that is due next, in one statement."""
    row = session.execute(_PROMISED, {"ticket": ticket}).first()
    return (row[0], row[1]) if row else None


def reporter(session: Session, case_id: int) -> Reporter | None:
    """Who filed it; ask domain.privacy before drawing it."""
    return session.get(Reporter, case_id)
