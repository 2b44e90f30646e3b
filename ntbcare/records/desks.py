"""What officers keep for themselves: notes on a case that never leave, filters they come back to, and the words a case is found by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from ntbcare.records.base import Base


class Note(Base):
    """An officer's internal note on a case: read at the desk by whoever may read the case there, and nowhere else (field.md B34)."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    by_name: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_notes_case", "case_id", "id"),)


class SavedFilter(Base):
    """A filter of the queue under a name of the officer's own."""

    __tablename__ = "saved_filters"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("account_id", "name"),)


class CaseWords(Base):
    """What a case is found by, apart from the case: a case changes ten times in its life, its words hardly ever.

    `words` holds Indonesian stems and, as lexemes of their own, the scopes it may be found in (units, region).
    """

    __tablename__ = "case_words"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    words: Mapped[Any] = mapped_column(TSVECTOR)

    __table_args__ = (Index("ix_case_words_words", "words", postgresql_using="gin"),)
