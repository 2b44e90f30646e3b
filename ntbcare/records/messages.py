"""What arrived (messages, stored once) and what we owe (notices, with the state of their delivery)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Identity, Index, SmallInteger, Text, UniqueConstraint, bindparam, func, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base

SAME = "same"  # the meaning of words of somebody who says that a case is theirs too; they make no case and prove nobody


class Message(Base):
    """Words that arrived. (channel, external_id) is unique: a provider's or a browser's resend is the same message.

    `ref` is the provider's own name, as a later edit quotes it; `album` joins photos that were sent as one; `thread` is the
    public post it was said below.
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    channel: Mapped[str]
    external_id: Mapped[str]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    meaning: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str | None]
    gateway: Mapped[str | None]
    ref: Mapped[str | None]
    album: Mapped[str | None]
    thread: Mapped[str | None]
    received_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_messages_case", "case_id", postgresql_where=sql("case_id IS NOT NULL")),
        Index("ix_messages_parked", "contact_id", "id", postgresql_where=sql("meaning = 'which'")),
        Index("ix_messages_contact", "contact_id", "received_at", postgresql_where=sql("contact_id IS NOT NULL")),
        Index("ix_messages_ref", "channel", "ref", postgresql_where=sql("ref IS NOT NULL")),
        Index("ix_messages_album", "contact_id", "album", postgresql_where=sql("album IS NOT NULL")),
    )


class Unread(Base):
    """A signed request whose shape we do not know: kept raw, on the channel's board until somebody has read it.

    With a `ref` the provider told only where words are. While it is being asked for them `reason` is empty and no board
    shows the row; done_at is set once the words are here, or are gone.
    """

    __tablename__ = "unread"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    external_id: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    raw: Mapped[str] = mapped_column(Text)
    ref: Mapped[str | None]
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("channel", "external_id"),)


class Notice(Base):
    """Words owed to somebody, as they were when the thing happened (field.md A: never from the current state).

    state: waiting → sent → delivered, or failed (for good) / shown (on the tracking page) / no_road (nobody to write to) /
    held (may leave once the person writes to us again).
    `dialled_at` is set before the provider is called: a second run that finds it set counts a possible repeat. `public` words
    hang below `thread` for everybody to read; private words with a `thread` use it to reach somebody who never wrote in private.
    `prompted`: the person wrote to us a moment ago and waits, so it may leave at night. `choices`: what the numbers 1, 2, 3 mean
    in an answer to these words.
    """

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    channel: Mapped[str]
    template: Mapped[str]
    template_version: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str]
    external_id: Mapped[str | None]
    gateway: Mapped[str | None]
    thread: Mapped[str | None]
    public: Mapped[bool] = mapped_column(server_default=sql("false"))
    prompted: Mapped[bool] = mapped_column(server_default=sql("true"))
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    returns: Mapped[int] = mapped_column(SmallInteger, server_default="0")  # how often a receipt said that it did not arrive
    tried: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")  # gateways that do not reach this address
    possible_repeats: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    dialled_at: Mapped[datetime | None]
    dialled_last: Mapped[datetime | None]  # stays when dialled_at is cleared: what the caps count
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    choices: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_notices_case", "case_id", "id"),
        Index("ix_notices_made", "contact_id", "created_at", postgresql_where=sql("contact_id IS NOT NULL")),
        Index("ix_notices_external", "channel", "external_id", postgresql_where=sql("external_id IS NOT NULL")),
        Index("ix_notices_failed", "id", postgresql_where=sql("state = 'failed'")),
        Index("ix_notices_contact", "contact_id", "dialled_last", postgresql_where=sql("dialled_last IS NOT NULL")),
        Index("ix_notices_dialled", "dialled_last", postgresql_where=sql("dialled_last IS NOT NULL")),
        Index("ix_notices_repeats", "id", postgresql_where=sql("possible_repeats > 0")),
    )


class EarlyReceipt(Base):
    """A provider's word about a message whose sending we have not recorded yet: receipts may overtake the answer."""

    __tablename__ = "early_receipts"

    channel: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    permanent: Mapped[bool]
    opted_out: Mapped[bool]
    bounce: Mapped[bool] = mapped_column(server_default=sql("false"))
    at: Mapped[datetime]


class Alarm(Base):
    """Something a person must look at. One row per subject; it counts instead of repeating itself."""

    __tablename__ = "alarms"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    sentence: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(server_default="1")
    raised_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    __table_args__ = (Index("uq_alarms_open", "kind", "subject", unique=True, postgresql_where=sql("cleared_at IS NULL")),)


class Stored(NamedTuple):
    """A message that has come before."""

    case_id: int | None
    digest: str | None
    meaning: str


# made once and on the table, not the class: on the hot path (design.md W1) building a statement costs more than running it
_rows = Message.__table__
_FIND = select(_rows.c.case_id, _rows.c.digest, _rows.c.meaning).where(
    _rows.c.channel == bindparam("channel"), _rows.c.external_id == bindparam("external_id")
)
_ADD = insert(_rows).on_conflict_do_nothing(index_elements=[_rows.c.channel, _rows.c.external_id]).returning(_rows.c.id)


def find(session: Session, channel: str, external_id: str) -> Stored | None:
    """What is already stored under this key."""
    row = session.execute(_FIND, {"channel": channel, "external_id": external_id}).first()
    return Stored(*row) if row else None


def add(session: Session, values: dict[str, Any]) -> int | None:
    """Store a message; its id, or None when its key is stored already."""
    return session.execute(_ADD, values).scalar()


def thread_of(session: Session, case_id: int) -> str | None:
    """The public post a case was reported under, None for a case that came in private."""
    query = select(Message.thread).where(Message.case_id == case_id, Message.thread.is_not(None)).order_by(Message.id).limit(1)
    return session.execute(query).scalar()


def last_letter(session: Session, case_id: int, channel: str) -> str | None:
    """The provider's name of the newest message of a case on a channel: what an answer by mail hangs below."""
    query = select(func.coalesce(Message.ref, Message.external_id)).where(Message.case_id == case_id, Message.channel == channel)
    return session.execute(query.order_by(Message.id.desc()).limit(1)).scalar()


def notices_of(session: Session, case_id: int) -> list[Notice]:
    """Every notice of a case, oldest first."""
    return list(session.scalars(select(Notice).where(Notice.case_id == case_id).order_by(Notice.id)))
