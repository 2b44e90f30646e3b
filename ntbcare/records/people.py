"""People: accounts that sign in, and contacts (an address on a channel) whom we may write to."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, UniqueConstraint, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ntbcare.records.base import Base

_accounts_roles = Table(
    "accounts_roles",
    Base.metadata,
    Column("account_id", Integer, ForeignKey("accounts.id"), primary_key=True),
    Column("role_id", Integer, ForeignKey("roles.id"), primary_key=True),
)


class AccountRole(Base, RoleMixin):
    """A role as Flask-Security knows it; the names are those of domain.permissions.Role."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]


class Account(Base, UserMixin):
    """Somebody with a desk. `password_at`: when they chose their password, None = invited and not there yet.

    The second step's secret is derived from `totp_salt` (casework.secondstep); it counts from `totp_at`, and `totp_step` is the last used.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    password_at: Mapped[datetime | None]
    totp_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_at: Mapped[datetime | None]
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    roles: Mapped[list[AccountRole]] = relationship(secondary=_accounts_roles, lazy="selectin")

    __table_args__ = (Index(None, "unit_id"),)
    token = ""  # of the session that begins now; a session that goes on is known by its row (records.signing)

    def get_id(self) -> str:
        """What the browser's signed cookie holds for Flask-Login."""
        return self.token


class Contact(Base):
    """One address on one channel: a phone number (E.164) for SMS, a chat id for Telegram, a user id, a mailbox.

    `heard_at`: when this person last wrote to us in private; None = never, somebody else may have left the address on a form.
    """

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    opted_out_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("channel", "address"),)


class Met(NamedTuple):
    """Whoever writes to us; `new`: never before."""

    id: int
    opted_out: bool
    new: bool


_rows = Contact.__table__
_FIND = select(_rows.c.id, _rows.c.opted_out_at).where(_rows.c.channel == bindparam("channel"), _rows.c.address == bindparam("address"))
_ADD = insert(_rows).on_conflict_do_nothing().returning(_rows.c.id)
_HEAR = (
    update(_rows)
    .where(_rows.c.channel == bindparam("on"), _rows.c.address == bindparam("at"))
    .values(heard_at=bindparam("moment"))
    .returning(_rows.c.id, _rows.c.opted_out_at)
)


def meet(session: Session, channel: str, address: str) -> Met:
    """The contact of an address, made when new. Safe when two requests make the same contact at once."""
    named = {"channel": channel, "address": address}
    found = session.execute(_FIND, named).first()
    if found is None:
        made = session.execute(_ADD, named).scalar()
        if made is not None:
            return Met(made, opted_out=False, new=True)
        found = session.execute(_FIND, named).one()
    return Met(found.id, found.opted_out_at is not None, new=False)


def hear(session: Session, channel: str, address: str, now: datetime) -> Met:
    """As `meet`, for somebody who is writing to us now. Until the commit their next message waits: one sender, one at a time."""
    named = {"channel": channel, "address": address}
    found = session.execute(_HEAR, {"on": channel, "at": address, "moment": now}).first()
    if found is None:
        made = session.execute(_ADD, {**named, "heard_at": now}).scalar()
        if made is not None:
            return Met(made, opted_out=False, new=True)
        found = session.execute(_HEAR, {"on": channel, "at": address, "moment": now}).one()
    return Met(found.id, found.opted_out_at is not None, new=False)


def account(session: Session, email: str) -> Account | None:
    """An active account by its e-mail address, whatever the case of letters."""
    return session.scalars(select(Account).where(func.lower(Account.email) == email.strip().lower(), Account.active)).first()
