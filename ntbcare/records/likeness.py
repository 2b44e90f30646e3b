"""Who else tells of the same: followers of a case, and pairs an officer has said are not the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ntbcare.records.base import Base


class Follower(Base):
    """A contact who said "saya juga" of a case, and hears of it as its reporter does. `message_id` = the words they said it with."""

    __tablename__ = "followers"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_followers_contact", "contact_id", "case_id"),)


class Unlike(Base):
    """Two cases of which an officer said that they are not the same; never proposed again. The lower id stands first."""

    __tablename__ = "unlike"

    case_a: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    case_b: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("case_a < case_b", name="order"), Index("ix_unlike_b", "case_b"))
