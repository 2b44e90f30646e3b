"""Photos, sound and papers of citizens: what was sent, whether we have it, and where it lies."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, UniqueConstraint, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base

WAITING, KEPT, REFUSED = "waiting", "kept", "refused"


class File(Base):
    """One file of one message. state: waiting (still with the provider) → kept (cleaned, on our disk) or refused (with the reason).

    `ref` is the provider's name of it; `path` is relative to the files folder and named by the content's hash. `note` is a
    sentence for people. A case may be NULL while the photo waits for its words.
    """

    __tablename__ = "files"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    gateway: Mapped[str]
    ref: Mapped[str] = mapped_column(Text)
    state: Mapped[str]
    mime: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    path: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("message_id", "ref"),
        Index("ix_files_case", "case_id", "id", postgresql_where=sql("case_id IS NOT NULL")),
        Index("ix_files_parked", "contact_id", "id", postgresql_where=sql("case_id IS NULL")),
    )


def of_case(session: Session, case_id: int) -> list[File]:
    """Every file of a case, in the order it came."""
    return list(session.scalars(select(File).where(File.case_id == case_id).order_by(File.id)))


def parked(session: Session, contact_id: int, since: datetime) -> list[File]:
    """Photos of this sender that still wait for words."""
    query = select(File).where(File.contact_id == contact_id, File.case_id.is_(None), File.created_at >= since)
    return list(session.scalars(query.order_by(File.id)))


class Held(NamedTuple):
    """What we hold of somebody's files: how many, how many are still with the provider, and why how many were refused."""

    kept: int
    waiting: int
    refused: list[tuple[str, int]]


def held(session: Session, case_id: int) -> Held:
    """For the one who sent them."""
    rows = session.execute(select(File.state, File.note).where(File.case_id == case_id).order_by(File.id)).all()
    states = Counter(row.state for row in rows)
    return Held(states[KEPT], states[WAITING], list(Counter(row.note or "" for row in rows if row.state == REFUSED).items()))
