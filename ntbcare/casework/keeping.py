"""Filters of the queue that an officer keeps under a name of their own."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.domain.errors import BadInput, NotAllowed
from ntbcare.records.desks import SavedFilter
from ntbcare.records.work import Work

MOST = 12  # a longer list is read by nobody
LONGEST = 40  # letters of a name
_kept = SavedFilter.__table__.c


class Kept(NamedTuple):
    """A kept filter: its id, its name, and what it asks for, as the address of the queue has it."""

    id: int
    name: str
    asked: dict[str, Any]


def column() -> ColumnElement[Any]:
    """The kept filters of the account bound as `me`, as one value beside others: no page asks for them on their own."""
    rows = select(func.jsonb_build_array(_kept.id, _kept.name, _kept.asked).label("one")).where(_kept.account_id == bindparam("me"))
    listed: Select[Any] = select(
        func.coalesce(func.jsonb_agg(rows.order_by(_kept.name).limit(MOST).subquery().c.one), literal_column("'[]'::jsonb"))
    )
    return listed.scalar_subquery()


def read(value: list[list[Any]]) -> list[Kept]:
    """That value as filters."""
    return [Kept(*one) for one in value]


def keep(work: Work, name: str, asked: dict[str, Any]) -> None:
    """Keep a filter; the same name again replaces it. Raises NotAllowed, BadInput."""
    if not work.actor.id:
        raise NotAllowed(subject="queue.read")
    clean = " ".join(name.split())
    if not clean:
        raise BadInput("name", "Beri nama saringannya.")
    if len(clean) > LONGEST:
        raise BadInput("name", f"Nama saringan paling panjang {LONGEST} huruf.")
    if not asked:
        raise BadInput("name", "Saring dulu antreannya, baru simpan.")
    mine = SavedFilter.account_id == work.actor.id
    have = work.session.execute(select(func.count()).where(mine, SavedFilter.name != clean)).scalar_one()
    if have >= MOST:
        raise BadInput("name", f"Sudah ada {MOST} saringan; hapus satu dulu.")
    made = insert(SavedFilter).values(account_id=work.actor.id, name=clean, asked=asked, at=work.now)
    work.session.execute(made.on_conflict_do_update(index_elements=["account_id", "name"], set_={"asked": asked, "at": work.now}))


def drop(work: Work, id: int) -> None:
    """Forget one of one's own; doing it twice is no fault."""
    work.session.execute(delete(SavedFilter).where(SavedFilter.id == id, SavedFilter.account_id == (work.actor.id or 0)))
