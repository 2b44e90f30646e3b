"""Asks to people outside the government: who was asked what by a link of their own, until when, and what they answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base

_UNANSWERED = "answered_at IS NULL AND revoked_at IS NULL"


class OutsideAsk(Base):
    """One ask. The link's token is made of `salt` and a key outside the database; only its hash is stored and looked up.

    `words` = what is asked, `report` and `place` = the report's words as the helper may read them (masked, looked at by the officer),
    None where they stay here; `shown` = ids of the reporter's photos that were ticked. `road`: sms | email | link. `answer`: domain.outside.Answer;
    `photos` = [{path, mime, sha256, size}] of the helper. `remind_at` = first office hour for the reminder; `told_at` = when the desk
    was told that the time is over. `notice_id`, `reminder_id`: the words that carried the link.
    """

    __tablename__ = "outside_asks"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    helper: Mapped[str]
    road: Mapped[str]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    words: Mapped[str] = mapped_column(Text)
    report: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    shown: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]  # the road of the answer: link | sms | email
    answer: Mapped[str | None]
    answer_words: Mapped[str | None] = mapped_column(Text)
    photos: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    revoked_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))
    reminder_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))

    __table_args__ = (
        Index("ix_outside_asks_case", "case_id", "id"),
        Index("ix_outside_asks_contact", "contact_id", "id", postgresql_where=sql("contact_id IS NOT NULL")),
        Index("ix_outside_asks_due", "due_at", postgresql_where=sql(f"{_UNANSWERED} AND told_at IS NULL")),
        Index("ix_outside_asks_remind", "remind_at", postgresql_where=sql(f"{_UNANSWERED} AND reminded_at IS NULL")),
        Index("ix_outside_asks_notice", "notice_id", postgresql_where=sql("notice_id IS NOT NULL")),
        Index("ix_outside_asks_reminder", "reminder_id", postgresql_where=sql("reminder_id IS NOT NULL")),
    )


WAITS = OutsideAsk.answered_at.is_(None) & OutsideAsk.revoked_at.is_(None)


def by_digest(session: Session, digest: bytes) -> OutsideAsk | None:
    """The ask whose token has this hash: one look into a unique index, for right and wrong tokens alike."""
    return session.scalars(select(OutsideAsk).where(OutsideAsk.token_hash == digest)).one_or_none()


def of_notice(session: Session, notice_id: int) -> OutsideAsk | None:
    """The ask that these words carry."""
    carries = (OutsideAsk.notice_id == notice_id) | (OutsideAsk.reminder_id == notice_id)
    return session.scalars(select(OutsideAsk).where(carries)).one_or_none()
