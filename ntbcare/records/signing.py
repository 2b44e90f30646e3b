"""Who is signed in where, links that let somebody choose a password, and recovery codes.

No table here holds a secret that opens anything: a session's token is kept as its hash, links are derived under PIN_KEY (which is not in
the database), and of a code only its hash under that key is kept.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ForeignKey,
    Identity,
    Index,
    Interval,
    LargeBinary,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from ntbcare.records.base import Base
from ntbcare.records.people import Account

LOOKED = timedelta(minutes=10)  # a session's last page is written down at most this often
# Ages of sessions are counted on the database's own clock: every machine of a house must agree on them.
_NOW = func.now()


class SignIn(Base):
    """Somebody signed in on one browser. The row is the session: without it the browser's cookie opens nothing. No address is kept."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    token: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    browser: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index(None, "account_id"),)


class DoorLink(Base):
    """A link by which one person chooses a password, once. The link itself is derived from `salt` (casework.doorlinks)."""

    __tablename__ = "door_links"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    purpose: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "account_id"),)


class RecoveryCode(Base):
    """A code for somebody without their telephone, as its keyed hash; good for one time."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("account_id", "hash"),)


class Entered(NamedTuple):
    """Whoever a token belongs to, which sign-in it is, and whether its last page should be written down again."""

    account: Account
    sign_in: int
    stale: bool


class Place(NamedTuple):
    """One line of somebody's list of sessions."""

    id: int
    browser: str
    begun_at: datetime
    seen_at: datetime


def hashed(token: str) -> bytes:
    """What is stored of a session's token (256 random bits, so nothing slower is needed)."""
    return hashlib.sha256(token.encode()).digest()


_ALIVE = (SignIn.seen_at > _NOW - bindparam("idle", type_=Interval)) & (SignIn.begun_at > _NOW - bindparam("longest", type_=Interval))
_ENTER = (
    select(Account, SignIn.id, SignIn.seen_at < _NOW - LOOKED)
    .join(SignIn, SignIn.account_id == Account.id)
    .where(SignIn.token == bindparam("token"), Account.active, _ALIVE)
    .options(joinedload(Account.roles))
)


def entered(session: Session, token: str, idle: timedelta, longest: timedelta) -> Entered | None:
    """The account that a session's token opens, with its roles: one statement for every page. None: over, ended, or never there."""
    row = session.execute(_ENTER, {"token": hashed(token), "idle": idle, "longest": longest}).unique().first()
    return Entered(row[0], row[1], row[2]) if row else None


def begin(session: Session, account_id: int, token: str, browser: str, idle: timedelta, longest: timedelta) -> int:
    """A new session; those of this person that are over go. Returns its id."""
    mine = SignIn.account_id == account_id
    over = or_(SignIn.seen_at <= _NOW - idle, SignIn.begun_at <= _NOW - longest)
    session.execute(delete(SignIn).where(mine, over))
    values = {"account_id": account_id, "token": hashed(token), "browser": browser}
    return session.execute(insert(SignIn).values(values).returning(SignIn.id)).scalar_one()


def seen(session: Session, sign_in: int) -> None:
    """This session asked for a page now."""
    session.execute(update(SignIn).where(SignIn.id == sign_in).values(seen_at=_NOW))


def places(session: Session, account_id: int, idle: timedelta, longest: timedelta) -> list[Place]:
    """Where somebody is signed in, the last seen first."""
    query = select(SignIn.id, SignIn.browser, SignIn.begun_at, SignIn.seen_at).where(SignIn.account_id == account_id, _ALIVE)
    rows = session.execute(query.order_by(SignIn.seen_at.desc(), SignIn.id.desc()), {"idle": idle, "longest": longest})
    return [Place(*row) for row in rows]


def end(session: Session, account_id: int, *, only: int | None = None, but: int | None = None) -> int:
    """End this person's sessions: all, `only` one, or all `but` one. Returns how many ended."""
    which: list[Any] = [SignIn.account_id == account_id]
    which += [SignIn.id == only] if only is not None else []
    which += [SignIn.id != but] if but is not None else []
    return len(session.execute(delete(SignIn).where(*which).returning(SignIn.id)).all())


def last_seen(session: Session) -> dict[int, datetime]:
    """Account id → when a session of theirs that still has its row was last seen."""
    rows = session.execute(select(SignIn.account_id, func.max(SignIn.seen_at)).group_by(SignIn.account_id))
    return {row[0]: row[1] for row in rows}


def void_links(session: Session, account_id: int, now: datetime) -> None:
    """Links of this person that were not used open no more."""
    session.execute(update(DoorLink).where(DoorLink.account_id == account_id, DoorLink.used_at.is_(None)).values(used_at=now))


def use_link(session: Session, link_id: int, now: datetime) -> bool:
    """Use a link up; False when somebody else was faster, or it is over."""
    open_ = (DoorLink.id == link_id) & DoorLink.used_at.is_(None) & (DoorLink.expires_at > now)
    return session.execute(update(DoorLink).where(open_).values(used_at=now).returning(DoorLink.id)).first() is not None


def take_step(session: Session, account_id: int, step: int) -> bool:
    """This time step of the second factor is used now; False: it, or a later one, was used before (RFC 6238, 5.2)."""
    fresh = (Account.id == account_id) & or_(Account.totp_step.is_(None), Account.totp_step < step)
    return session.execute(update(Account).where(fresh).values(totp_step=step).returning(Account.id)).first() is not None


def take_code(session: Session, account_id: int, hash_: bytes, now: datetime) -> bool:
    """Use a recovery code up; False: there is none like that, or it was used."""
    unused = (RecoveryCode.account_id == account_id) & (RecoveryCode.hash == hash_) & RecoveryCode.used_at.is_(None)
    return session.execute(update(RecoveryCode).where(unused).values(used_at=now).returning(RecoveryCode.id)).first() is not None


def codes_left(session: Session, account_id: int) -> int:
    """How many recovery codes were not used yet."""
    unused = (RecoveryCode.account_id == account_id) & RecoveryCode.used_at.is_(None)
    return session.execute(select(func.count()).select_from(RecoveryCode).where(unused)).scalar_one()


def replace_codes(session: Session, account_id: int, hashes: list[bytes]) -> None:
    """These are the recovery codes from now on; [] = none."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    if hashes:
        session.execute(insert(RecoveryCode), [{"account_id": account_id, "hash": one} for one in hashes])
