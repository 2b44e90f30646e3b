"""What the reader made of each case, what people made of it afterwards, and the models it read with."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Identity, Index, LargeBinary, SmallInteger, Text, bindparam, exists, literal, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base
from ntbcare.records.cases import Case
from ntbcare.records.desks import Note
from ntbcare.records.files import File
from ntbcare.records.ladder import Rung
from ntbcare.records.messages import SAME, Message
from ntbcare.records.outside import OutsideAsk
from ntbcare.records.parts import READING, Part
from ntbcare.records.people import Contact


class Reading(Base):
    """What triage read in one case, as it stood when the case was first sent somewhere; never changed by people.

    `version` = the model's, "lexicon" without one. Confidences are 0..1. `unit_id` = the unit that was named, None when a
    coordinator had to choose; `rule_id` = the rule that named it. `split` = parts that may be reports of their own:
    [[first letter, end, category], …]. `helpers` = ids of further units that were told of it.
    """

    __tablename__ = "readings"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[str]
    kind: Mapped[str | None]
    category: Mapped[str | None]
    confidence: Mapped[float]
    ranked: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")  # [[category, probability], …], likeliest first
    urgency: Mapped[str]
    region: Mapped[str | None]
    region_confidence: Mapped[float]
    rests_on: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")  # the words of the place and the topic
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rules.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    split: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    at: Mapped[datetime]

    __table_args__ = (Index("ix_readings_at", "at"), Index("ix_readings_rule", "rule_id", "at"))


class Correction(Base):
    """A person set something else than the reader had read. `what`: kind | category | urgency | region | unit; was, now: codes."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    what: Mapped[str]
    was: Mapped[str | None]
    now: Mapped[str | None]
    version: Mapped[str]
    confidence: Mapped[float]
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rules.id"))
    by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_corrections_case", "case_id"), Index("ix_corrections_at", "at"))


class Transfer(Base):
    """One hand-back: the unit says it is not theirs, why, and whose it thinks it is. `number` counts them for a case, from 1."""

    __tablename__ = "transfers"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rules.id"))
    category: Mapped[str | None]
    from_unit: Mapped[int] = mapped_column(ForeignKey("units.id"))
    proposed_unit: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_transfers_at", "at"),)


class CaseUnit(Base):
    """A further unit that works on a case beside the one responsible, and why."""

    __tablename__ = "case_units"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    because: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_case_units_unit", "unit_id", "case_id"),)


class Model(Base):
    """A trained reader: `origin` = "examples" (what the project carries) or "cases" or a file's name; `card` = what it learned from
    and what was measured; `body` = its weights (reading.model). One is active."""

    __tablename__ = "models"

    version: Mapped[str] = mapped_column(primary_key=True)
    origin: Mapped[str]
    card: Mapped[dict[str, Any]] = mapped_column(JSONB)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    active: Mapped[bool] = mapped_column(server_default=sql("false"))
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    __table_args__ = (Index("uq_models_active", "active", unique=True, postgresql_where=sql("active")),)


def active_model(session: Session) -> Model | None:
    """The model every process reads with; None = the lexicon alone."""
    return session.scalars(select(Model).where(Model.active)).first()


def helpers(session: Session, case_id: int) -> list[CaseUnit]:
    """The units that work on a case beside the one responsible."""
    return list(session.scalars(select(CaseUnit).where(CaseUnit.case_id == case_id).order_by(CaseUnit.at, CaseUnit.unit_id)))


def beside(session: Session, case_id: int) -> tuple[list[int], list[int]]:
    """Units (ids) that may read a case beside the one responsible: (those the rules let help, those with a part), in one statement."""
    ruled = select(CaseUnit.unit_id, literal(False).label("part")).where(CaseUnit.case_id == case_id)
    asked = select(Part.unit_id, literal(True)).where(Part.case_id == case_id, Part.state.in_([str(state) for state in READING]))
    found = session.execute(ruled.union_all(asked)).all()
    return [unit for unit, part in found if not part], [unit for unit, part in found if part]


class Opened(NamedTuple):
    """A case with what the reader made of it, and whether there are files, words of others, notes, rungs and parts beside it that are worth asking for."""

    case: Case
    reading: Reading | None
    files: bool
    same: bool
    notes: bool
    rungs: bool
    reads_on: str | None  # the channel of its reporter's letter box; None: they look at its page
    parts: bool
    outside: bool  # was anybody outside asked about it?


_OPENED = (  # made once: every page of a desk begins with it
    select(
        Case,
        Reading,
        exists().where(File.case_id == Case.id),
        exists().where(Message.case_id == Case.id, Message.meaning == SAME),
        exists().where(Note.case_id == Case.id),
        exists().where(Rung.case_id == Case.id),
        select(Contact.channel).where(Contact.id == Case.contact_id).scalar_subquery(),
        exists().where(Part.case_id == Case.id),
        exists().where(OutsideAsk.case_id == Case.id),
    )
    .outerjoin(Reading, Reading.case_id == Case.id)
    .where(Case.ticket == bindparam("ticket"))
)


def opened(session: Session, ticket: str) -> Opened | None:
    """A case by its ticket (nine digits) for the page of a desk, in one statement."""
    row = session.execute(_OPENED, {"ticket": ticket}).one_or_none()
    return Opened(*row) if row else None
