"""What we know of the providers themselves: how well each gateway does, and how far we have read where nobody calls us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import SmallInteger, Text, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ntbcare.records.base import Base

LONGEST = timedelta(seconds=60)
TRIAL = timedelta(
    seconds=45
)  # one message tries a lowered gateway; the others wait for its outcome this long at most; a success wakes them


class Gateway(Base):
    """How a provider has been doing. `lowered_until` ahead of now = no message is given to it; the first one after that is a trial.

    One row per way: what it sends (ways below), and "listen:<gateway>".
    """

    __tablename__ = "gateways"

    name: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    lowered_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    failed_at: Mapped[datetime | None]
    well_at: Mapped[datetime | None]


class Cursor(Base):
    """Up to where a provider that has to be asked was read; written in the transaction that follows its last item."""

    __tablename__ = "cursors"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


def ways(carriers: Mapping[str, tuple[str, ...]], gateway: str) -> dict[str, str]:
    """Channel → the name of the row for giving its words to `gateway`. Who carries several has one each: Facebook may be away while
    WhatsApp is not. `carriers`: channel → gateways."""
    carried = [channel for channel, names in carriers.items() if gateway in names]
    return {channel: gateway if len(carried) == 1 else f"{gateway}:{channel}" for channel in carried}


def health(session: Session, names: tuple[str, ...]) -> dict[str, Gateway]:
    """Rows of the gateways that ever stumbled."""
    return {row.name: row for row in session.scalars(select(Gateway).where(Gateway.name.in_(names)))}


def on_trial(session: Session, name: str, now: datetime) -> bool:
    """Take the trial of a gateway whose time has come. False: somebody else has it already."""
    due = (Gateway.name == name) & (Gateway.lowered_until <= now)
    taken = update(Gateway).where(due).values(lowered_until=now + TRIAL)
    return session.execute(taken.returning(Gateway.name)).scalar() is not None


def stumbled(session: Session, name: str, now: datetime, error: str, after: float | None) -> int:
    """The provider itself failed, or asks for `after` seconds of rest: lower it, longer each time. Returns failures in a row."""
    made = insert(Gateway).values(name=name, failures=0).on_conflict_do_nothing(index_elements=[Gateway.name])
    session.execute(made)
    row = session.get_one(Gateway, name, with_for_update=True, populate_existing=True)
    if after is None:
        row.failures = min(row.failures + 1, 1000)
    rest = timedelta(seconds=after) if after is not None else min(timedelta(seconds=2 ** min(row.failures, 9)), LONGEST)
    row.lowered_until = max(row.lowered_until or now, now + rest) if after is not None else now + rest
    row.last_error, row.failed_at = error[:300], now
    return row.failures


def recovered(session: Session, name: str, now: datetime) -> None:
    """It took a message: it stands upright again."""
    session.execute(update(Gateway).where(Gateway.name == name).values(failures=0, lowered_until=None, well_at=now))


def cursor(session: Session, name: str) -> str:
    """Where the last look ended; "" before the first."""
    return session.execute(select(Cursor.value).where(Cursor.name == name)).scalar() or ""


def move_cursor(session: Session, name: str, value: str, now: datetime) -> None:
    """Everything up to here is stored."""
    made = insert(Cursor).values(name=name, value=value, at=now)
    session.execute(made.on_conflict_do_update(index_elements=[Cursor.name], set_={"value": value, "at": now}))
