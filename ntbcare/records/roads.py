"""Roads to officers: by which ways an account wishes to be told, the codes that open one, and what left by them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base


class Road(Base):
    """An account is told by this contact: each bell, the digest of the morning, both or (switched off) neither."""

    __tablename__ = "account_roads"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    since: Mapped[datetime]
    bells: Mapped[bool] = mapped_column(server_default=text("false"))
    digest: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        Index(None, "contact_id"),
        Index("ix_account_roads_digest", "account_id", postgresql_where=text("digest")),
    )


class RoadCode(Base):
    """The newest one-time code of an account; only its hash is kept, and the row stays when it is spent, so that it is known as such."""

    __tablename__ = "road_codes"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    hashed: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Digest(Base):
    """The morning of this day was looked at for this account, whether there was anything to say or not: the key makes it once."""

    __tablename__ = "account_digests"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class OfficerNotice(Base):
    """For whom a notice about no case was written, and what it tells: a bell, or (without one) the digest of a day."""

    __tablename__ = "officer_notices"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    subject: Mapped[str]
    bell_id: Mapped[int | None] = mapped_column(ForeignKey("bells.id"))

    __table_args__ = (UniqueConstraint("account_id", "contact_id", "subject"),)


def close(session: Session, contact_id: int) -> int:
    """Whoever holds this address wants no more words: it is no road of any officer until one is switched on again. Returns how many."""
    on = (Road.contact_id == contact_id) & (Road.bells | Road.digest)
    off = update(Road).where(on).values(bells=False, digest=False).returning(Road.account_id)
    return len(session.execute(off, execution_options={"synchronize_session": False}).all())
