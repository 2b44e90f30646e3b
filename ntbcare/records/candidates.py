"""Candidates: what people say in public below posts that we watch; a person decides whether it is a report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ntbcare.records.base import Base

NEW, TAKEN, DISMISSED = "new", "case", "dismissed"


class Candidate(Base):
    """One public comment or mention. `proposal` is what the reader thinks: "report" or "other", with the reason."""

    __tablename__ = "candidates"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    channel: Mapped[str]
    external_id: Mapped[str]
    gateway: Mapped[str]
    author: Mapped[str]
    author_name: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    thread: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    media: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")  # [[ref, mime], …], fetched once it is a case
    proposal: Mapped[str]
    confidence: Mapped[float]
    because: Mapped[str] = mapped_column(Text)
    category: Mapped[str | None]
    region: Mapped[str | None]
    state: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    received_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_candidates_new", "id", postgresql_where=sql("state = 'new'")),
    )
