"""The question after closing: asked once per closing, answered at most once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base


class Poll(Base):
    """One question to one person after one closing (`round`). score NULL = no answer, which is never counted as satisfaction.

    `follower`: asked of somebody whose report was joined to the case or who said that it is theirs too.
    """

    __tablename__ = "polls"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int] = mapped_column(SmallInteger)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    asked_at: Mapped[datetime]
    score: Mapped[int | None] = mapped_column(SmallInteger)
    words: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    follower: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        Index("uq_polls_case_round_contact", "case_id", "round", "contact_id", unique=True, postgresql_nulls_not_distinct=True),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        Index("ix_polls_waiting", "contact_id", "id", postgresql_where=text("answered_at IS NULL")),
    )


def latest(session: Session, case_id: int) -> Poll | None:
    """The newest poll of a case."""
    return session.scalars(select(Poll).where(Poll.case_id == case_id).order_by(Poll.round.desc()).limit(1)).first()
