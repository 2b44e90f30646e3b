"""The digest of the morning: how much is late, due today, to be checked or new on one officer's desk, and the ten most pressing of it.

Tickets, topics, places and dates; never a word, a name or a title of a citizen's, nothing of topics with readers of their own.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import bells, desk, rungs
from ntbcare.casework.accounts import actor_of
from ntbcare.domain import clock as promises
from ntbcare.domain import office, permissions
from ntbcare.domain.errors import DomainError
from ntbcare.domain.lifecycle import State
from ntbcare.records.cases import Case
from ntbcare.records.people import Account, Contact
from ntbcare.records.roads import Digest, Road
from ntbcare.records.work import Work

MOST_LINES = 10
_SLICE = 200
_case = Case.__table__.c
_DRAWN = (_case.id, _case.ticket, _case.category, _case.region, _case.due_at, _case.confidential, _case.kind)


def today(work: Work) -> date:
    """The day it is in this province."""
    return work.ref.calendar.local_date(work.now)


def due(work: Work) -> list[int]:
    """Accounts (ids) that wish for a digest, whose office is open now and whose morning has not been looked at yet."""
    looked = select(Digest.account_id).where(Digest.account_id == Account.id, Digest.day == today(work)).exists()
    query = select(Account.id, Account.unit_id).join(Road, Road.account_id == Account.id).join(Contact, Contact.id == Road.contact_id)
    wished = query.where(Account.active, Road.digest, Contact.opted_out_at.is_(None), ~looked).distinct()
    rows = work.session.execute(wished.order_by(Account.id)).all()
    opened = {unit for unit in {row.unit_id for row in rows} if unit and _open(work, unit)}
    return [row.id for row in rows if row.unit_id in opened][:_SLICE]


def _open(work: Work, unit_id: int) -> bool:
    try:
        return office.is_open(work.now, *rungs.desk_time(work, work.ref.units[unit_id]))
    except DomainError:
        return True  # it is met again, and told, where one digest is written: no office may hold up the others


def begin(work: Work, account_id: int) -> bool:
    """Take this morning of an account in hand. False: somebody has, and no clock of any machine makes a second one."""
    made = insert(Digest).values(account_id=account_id, day=today(work), at=work.now).on_conflict_do_nothing()
    return work.session.execute(made.returning(Digest.account_id)).scalar() is not None


def from_tomorrow(work: Work, account: Account) -> None:
    """Whoever wishes for a digest when the office has opened already gets the first one on the next working day."""
    unit = work.ref.units.get(account.unit_id or 0)
    midnight = datetime.combine(today(work), time(), tzinfo=work.ref.calendar.zone).astimezone(UTC)
    if unit is not None and office.next_open(midnight, *rungs.desk_time(work, unit)) <= work.now:
        begin(work, account.id)


def sealed_topics(work: Work) -> frozenset[str]:
    """Topics with readers of their own: nothing of them leaves the house."""
    return frozenset(code for code, topic in work.ref.categories.items() if topic.sealed != "no")


def facts(work: Work, account: Account) -> dict[str, Any] | None:
    """What the digest of an officer says at this moment; None when there is nothing to say, or no desk to look at."""
    actor = actor_of(account, work.ref.units)
    if not permissions.may(actor, "queue.read"):
        return None
    asked_by, work.actor = work.actor, actor  # what they may list is asked as if they did
    try:
        counts, lines = _looked(work)
    finally:
        work.actor = asked_by
    if not any(count for _, count in counts):
        return None
    more = max(0, sum(count for _, count in counts) - len(lines))
    unit = work.ref.units.get(account.unit_id or 0)
    day = promises.moment_words(work.now, work.ref.calendar).partition(" pukul ")[0]
    return {"day": day, "unit_short": unit.short if unit else "", "counts": counts, "lines": lines, "more": more,
            "link": f"{work.house.public_url}/meja", "words": "", "product": work.ref.name}  # fmt: skip


def _looked(work: Work) -> tuple[list[tuple[str, int]], list[str]]:
    """(what, how many) of each group, each case counted in the first group it fits; the lines of the most pressing."""
    end = work.ref.calendar.end_of_day(today(work)) + timedelta(seconds=1)
    checked = _case.state == State.AWAITING_CHECK
    groups: tuple[tuple[str, str, ColumnElement[bool]], ...] = (
        ("Lewat batas", "todo", and_(~checked, _case.due_at < work.now)),
        ("Batasnya hari ini", "todo", and_(~checked, _case.due_at >= work.now, _case.due_at < end)),
        ("Menunggu diperiksa", "todo", checked),
        ("Kabar baru", "attention", _case.attention.is_not(None)),
    )
    counts: list[tuple[str, int]] = []
    lines: list[str] = []
    seen: set[int] = set()
    for name, tab, which in groups:
        query = desk.within(work, select(*_DRAWN), tab).where(_leaves(work), which)
        found = work.session.execute(query.order_by(_case.due_at, _case.id).limit(desk.COUNT_TO + 1)).all()
        fresh = [row for row in found if row.id not in seen]
        seen |= {row.id for row in fresh}
        counts.append((name, len(fresh)))
        lines += [f"{bells.about(work, row)}: {_when(work, name, row)}" for row in fresh[: MOST_LINES - len(lines)]]
    return counts, lines


def _leaves(work: Work) -> ColumnElement[bool]:
    return or_(_case.category.is_(None), _case.category.not_in(sealed_topics(work)))


def _when(work: Work, name: str, row: Any) -> str:
    if row.due_at is None:
        return name.lower()
    moment = promises.short_moment(row.due_at, work.ref.calendar)
    return f"lewat sejak {moment}" if row.due_at < work.now else f"{name.lower()}, batas {moment}"
