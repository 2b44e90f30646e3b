"""Sentences ready to use: one row per version, ended and never edited, so that what was sent can be traced to what stood there."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base


class ReplyTemplate(Base):
    """One version of a sentence. `code` names the sentence through its versions; `act` = an event of the lifecycle (`respond` also holds
    for a result that is checked first); `category`, `channel` "" = any; `region` = whose coordinator's, None = the whole province's;
    `unit_id` = for this unit and those below it, None = for everybody of the region. `made_by` None = it came with the seed."""

    __tablename__ = "reply_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    act: Mapped[str]
    category: Mapped[str] = mapped_column(server_default="")
    channel: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="id")
    region: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str]
    words: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)
    version: Mapped[int] = mapped_column(SmallInteger)
    valid_to: Mapped[datetime | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("code", "version"),
        Index("uq_reply_templates_in_force", "code", unique=True, postgresql_where=sql("valid_to IS NULL")),
    )


class Sentence(NamedTuple):
    """A sentence in force, without its row."""

    id: int
    code: str
    act: str
    category: str
    channel: str
    language: str
    region: str | None
    unit_id: int | None
    title: str
    words: str
    position: int
    version: int
    made_by: int | None
    made_at: datetime


_IN_FORCE = (
    select(*(getattr(ReplyTemplate, name) for name in Sentence._fields))
    .where(ReplyTemplate.valid_to.is_(None))
    .order_by(ReplyTemplate.position, ReplyTemplate.id)
)


def in_force(session: Session) -> dict[int, Sentence]:
    """Every sentence that may be chosen now, by id, in their order."""
    return {row.id: Sentence(*row) for row in session.execute(_IN_FORCE)}


def newest(session: Session, code: str) -> ReplyTemplate | None:
    """The last version of a sentence, in force or ended; the row is held until the transaction ends."""
    query = select(ReplyTemplate).where(ReplyTemplate.code == code).order_by(ReplyTemplate.version.desc()).limit(1)
    return session.scalars(query.with_for_update()).first()


def newest_of_all(session: Session) -> dict[str, ReplyTemplate]:
    """Code → its last version, in force or ended."""
    rows = session.scalars(select(ReplyTemplate).order_by(ReplyTemplate.code, ReplyTemplate.version))
    return {row.code: row for row in rows}


def version_of(session: Session, id: int) -> int | None:
    """The version of a row by its id, also of one that has ended meanwhile; None for no such row."""
    return session.execute(select(ReplyTemplate.version).where(ReplyTemplate.id == id)).scalar()


def last_position(session: Session) -> int:
    """The highest position there is; a sentence that is added stands behind it."""
    return session.execute(select(func.coalesce(func.max(ReplyTemplate.position), 0))).scalar_one()
