"""Errands: work that waits in the database. A row is written with the fact that causes it; Redis only says "look now"."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Identity, Index, SmallInteger, Text, bindparam, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from ntbcare.records.base import Base

# kind → lane. A lane is one queue with its own worker: a slow provider never holds up triage. Inside the post every road
# (a channel to send by, a provider to fetch from or to ask) has its own few hands, so that none waits for another.
LANES = {
    "triage": "work",
    "route": "work",
    "poll": "work",
    "recount": "work",
    "forgotten": "work",
    "deliver": "post",
    "letter": "post",
    "fetch": "post",
    "look": "post",
    "listen": "post",
}
LEASE = {"work": timedelta(seconds=30), "post": timedelta(seconds=60)}
LONG_LEASE = timedelta(seconds=180)  # fetching a large file, reading a full mailbox
BATCH = 10
# a provider may be away for a day (17 minutes of backing off, then every quarter of an hour); our own work fails sooner
MAX_ATTEMPTS = {"work": 10, "post": 100}


class Errand(Base):
    """One piece of work. Open while done_at and dead_at are NULL; claimed while lease_until lies ahead.

    Errands of one `chain` (a person) are done one after the other in the order in which they were written.
    """

    __tablename__ = "errands"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    kind: Mapped[str]
    lane: Mapped[str]
    road: Mapped[str | None]
    chain: Mapped[int | None] = mapped_column(BigInteger)
    subject_id: Mapped[int]
    key: Mapped[str | None] = mapped_column(unique=True)
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[int | None] = mapped_column(BigInteger)
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_errands_open", "lane", "not_before", "id", postgresql_where=text("done_at IS NULL AND dead_at IS NULL")),
        Index(
            "ix_errands_road", "road", "not_before", "id", postgresql_where=text("done_at IS NULL AND dead_at IS NULL AND road IS NOT NULL")
        ),
        Index("ix_errands_chain", "chain", "id", postgresql_where=text("done_at IS NULL AND dead_at IS NULL AND chain IS NOT NULL")),
        Index("ix_errands_dead", "id", postgresql_where=text("dead_at IS NOT NULL AND done_at IS NULL")),
        Index("ix_errands_done", "done_at", postgresql_where=text("done_at IS NOT NULL")),
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """An errand lent to one worker until its lease ends; `token` proves it is still ours when we finish."""

    id: int
    kind: str
    subject_id: int
    attempts: int
    token: int
    road: str = ""


# made once and on the table, not the class: on the hot path (design.md W1) building a statement costs more than running it
_rows = Errand.__table__
_ADD = insert(_rows).on_conflict_do_nothing(index_elements=[_rows.c.key]).inline()
_FINISH = (
    update(_rows)
    .where(_rows.c.id == bindparam("errand"), _rows.c.lease_token == bindparam("token"), _rows.c.done_at.is_(None))
    .values(done_at=bindparam("now"), lease_until=None, last_error=None)
    .returning(_rows.c.id)
)

# a loose walk over the index: the first open road, then the next one after it; a road is due when an errand of it may be lent
_ROADS = text(
    """
    WITH RECURSIVE roads AS (
        (SELECT road FROM errands WHERE done_at IS NULL AND dead_at IS NULL AND road IS NOT NULL ORDER BY road LIMIT 1)
        UNION ALL
        SELECT (SELECT e.road FROM errands e WHERE e.done_at IS NULL AND e.dead_at IS NULL AND e.road > roads.road ORDER BY e.road LIMIT 1)
        FROM roads WHERE roads.road IS NOT NULL
    )
    SELECT road FROM roads WHERE road IS NOT NULL AND EXISTS (
        SELECT 1 FROM errands e WHERE e.done_at IS NULL AND e.dead_at IS NULL AND e.road = roads.road AND e.not_before <= :now
        AND (e.lease_until IS NULL OR e.lease_until < :now)
        AND (e.chain IS NULL OR NOT EXISTS (
            SELECT 1 FROM errands older WHERE older.chain = e.chain AND older.id < e.id AND older.done_at IS NULL AND older.dead_at IS NULL)))
    """
)


def add(
    session: Session, kind: str, subject_id: int, now: datetime, after: timedelta, key: str | None, road: str | None, chain: int | None
) -> None:
    """Write an errand; the same key twice is one errand."""
    values = {"kind": kind, "lane": LANES[kind], "subject_id": subject_id, "key": key, "not_before": now + after, "created_at": now,
              "road": road, "chain": chain}  # fmt: skip
    session.execute(_ADD, values)


def claim(session: Session, lane: str, now: datetime) -> list[Claim]:
    """Lend due errands of a lane, oldest first. The caller commits at once: a lease must outlive a crash.

    Up to BATCH fresh ones, else a single one that was begun before: an errand that kills its worker takes no others along.
    """
    mine = Errand.lane == lane
    fresh, begun = mine & (Errand.attempts == 0), mine & (Errand.attempts > 0)
    return _lend(session, LEASE[lane], now, BATCH, fresh) or _lend(session, LEASE[lane], now, 1, begun)


def wake(session: Session, road: str, now: datetime, within: timedelta) -> None:
    """The provider of a road stands again: what waits for it, but not what waits for the morning, may leave now."""
    soon = (Errand.not_before > now) & (Errand.not_before <= now + within)
    idle = Errand.done_at.is_(None) & Errand.dead_at.is_(None) & (Errand.road == road)
    session.execute(update(Errand).where(idle, soon).values(not_before=now))


def roads_due(session: Session, now: datetime) -> list[str]:
    """Roads on which something may be done now; one step of the index per road, however much waits on each."""
    return list(session.execute(_ROADS, {"now": now}).scalars())


def claim_road(session: Session, lane: str, road: str, now: datetime, most: int) -> list[Claim]:
    """Lend up to `most` due errands of one road; of each chain only its oldest, and none while an older one is in hand."""
    lease = LONG_LEASE if ":" in road else LEASE[lane]  # "fetch:…", "listen:…"
    return _lend(session, lease, now, most, (Errand.road == road) & _first_of_its_chain())


def _first_of_its_chain() -> ColumnElement[bool]:
    """Nothing older of the same chain is open: whatever waits behind another waits for nobody to ring."""
    older = aliased(Errand)
    open_ = (older.done_at.is_(None), older.dead_at.is_(None))
    return or_(Errand.chain.is_(None), ~exists().where(older.chain == Errand.chain, older.id < Errand.id, *open_))


def _lend(session: Session, lease: timedelta, now: datetime, most: int, which: ColumnElement[bool]) -> list[Claim]:
    due = (
        select(Errand.id)
        .where(which, Errand.done_at.is_(None), Errand.dead_at.is_(None), Errand.not_before <= now)
        .where(or_(Errand.lease_until.is_(None), Errand.lease_until < now))
        .order_by(Errand.not_before, Errand.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    token = secrets.randbits(62)
    changed = {"lease_until": now + lease, "lease_token": token, "attempts": Errand.attempts + 1}
    lent = update(Errand).where(Errand.id.in_(due.scalar_subquery())).values(changed)
    rows = session.execute(lent.returning(Errand.id, Errand.kind, Errand.subject_id, Errand.attempts, Errand.not_before, Errand.road)).all()
    ordered = sorted(rows, key=lambda r: (r.not_before, r.id))
    return [Claim(row.id, row.kind, row.subject_id, row.attempts, token, row.road or "") for row in ordered]


def finish(session: Session, claim_: Claim, now: datetime) -> bool:
    """Mark done, in the transaction of the effect. False = the lease was lost to another worker: roll everything back."""
    return session.execute(_FINISH, {"errand": claim_.id, "token": claim_.token, "now": now}).scalar() is not None


def postpone(session: Session, claim_: Claim, until: datetime, chain: int | None = None) -> None:
    """Give one errand back unbegun: it must wait. With a `chain` it moves into that one, and holds up the one it was in no longer."""
    mine = (Errand.id == claim_.id) & (Errand.lease_token == claim_.token) & Errand.done_at.is_(None)
    values: dict[str, object] = {"lease_until": None, "lease_token": None, "attempts": Errand.attempts - 1, "not_before": until}
    values |= {"chain": chain} if chain is not None else {}
    session.execute(update(Errand).where(mine).values(values))


def again(session: Session, claim_: Claim, when: datetime) -> None:
    """An errand that never ends has gone well: it is due again at `when`, and its failures of before count no more."""
    mine = (Errand.id == claim_.id) & (Errand.lease_token == claim_.token) & Errand.done_at.is_(None)
    values = {"lease_until": None, "lease_token": None, "attempts": 0, "last_error": None, "not_before": when}
    session.execute(update(Errand).where(mine).values(values))


def rouse(session: Session, keys: Collection[str], now: datetime) -> list[int]:
    """Errands that must never end, found dead or done under these keys, begin anew. Returns their ids."""
    ended = or_(Errand.dead_at.is_not(None), Errand.done_at.is_not(None))
    values = {"dead_at": None, "done_at": None, "attempts": 0, "not_before": now, "lease_until": None, "lease_token": None}
    return list(session.scalars(update(Errand).where(Errand.key.in_(keys), ended).values(values).returning(Errand.id)))


def most_attempts(kind: str) -> int:
    """How often an errand is tried before somebody must look at it."""
    return MAX_ATTEMPTS[LANES.get(kind, "work")]


def fail(session: Session, claim_: Claim, now: datetime, error: str, again_after: timedelta | None) -> bool:
    """Note a failure. again_after None, or too many attempts, makes a dead letter. True when it is dead now, by us."""
    dead = again_after is None or claim_.attempts >= most_attempts(claim_.kind)
    values: dict[str, object] = {"lease_until": None, "lease_token": None, "last_error": error[:500]}
    values |= {"dead_at": now} if dead else {"not_before": now + (again_after or timedelta())}
    mine = (Errand.id == claim_.id) & (Errand.lease_token == claim_.token) & Errand.done_at.is_(None)
    noted = session.execute(update(Errand).where(mine).values(values).returning(Errand.id)).scalar() is not None
    return dead and noted


def backoff(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s … up to 15 minutes."""
    return timedelta(seconds=min(2**attempts, 900))


def due_lanes(session: Session, now: datetime) -> list[str]:
    """Lanes in which something waits for a worker now. What waits behind an older one of its chain does not."""
    free = or_(Errand.lease_until.is_(None), Errand.lease_until < now)
    open_ = (Errand.done_at.is_(None), Errand.dead_at.is_(None), Errand.not_before <= now, free, _first_of_its_chain())
    return [lane for lane in LEASE if session.execute(select(1).where(Errand.lane == lane, *open_).limit(1)).first()]


def revive(session: Session, errand_id: int, now: datetime) -> bool:
    """A person asks for a dead letter, or one that waits for its next try, to be tried now. False: it is done, or in hand."""
    idle = or_(Errand.lease_until.is_(None), Errand.lease_until < now)
    values = {"dead_at": None, "attempts": 0, "not_before": now, "lease_until": None, "lease_token": None}
    again = update(Errand).where(Errand.id == errand_id, Errand.done_at.is_(None), idle).values(values)
    return session.execute(again.returning(Errand.id)).scalar() is not None


def dead(session: Session, limit: int = 100) -> list[Errand]:
    """Dead letters, newest first."""
    query = select(Errand).where(Errand.dead_at.is_not(None), Errand.done_at.is_(None)).order_by(Errand.id.desc()).limit(limit)
    return list(session.scalars(query))


def waiting_count(session: Session) -> dict[str, int]:
    """Open errands per lane."""
    query = select(Errand.lane, func.count()).where(Errand.done_at.is_(None), Errand.dead_at.is_(None)).group_by(Errand.lane)
    return {row[0]: row[1] for row in session.execute(query)}
