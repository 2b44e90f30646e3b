"""Parts that others asked of a unit, as rows of its queue: made of the same columns as its own cases, due when the part is due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, not_, select, union_all

from ntbcare.domain.kinds import Kind
from ntbcare.domain.lifecycle import OPEN, TO_ANSWER, State
from ntbcare.records import parts
from ntbcare.records.cases import Case

_case = Case.__table__.c


def among(states: tuple[State, ...]) -> ColumnElement[bool]:
    """States written out, not bound: only then can PostgreSQL keep a plan that uses the partial indexes."""
    return _case.state.in_([literal_column(f"'{state}'") for state in states])


def not_about(unit: int) -> ColumnElement[bool]:
    """Cases that do not accuse the people of this unit: for them the others are not there."""
    return _case.accused.is_(None) | not_(_case.accused.contains([unit]))


def _dated(drawn: Sequence[Any], due: ColumnElement[Any]) -> list[Any]:
    """The columns of a row with another date in them."""
    return [due.label("due_at") if column is _case.due_at else column for column in drawn]


def own(drawn: Sequence[Any]) -> Select[Any]:
    """What a unit's own cases are drawn with, so that `both` can lay them beside the parts."""
    return select(*drawn, literal(False).label("part"))


def asked(drawn: Sequence[Any], units: Collection[int], desks: Collection[int]) -> tuple[Select[Any], ColumnElement[Any]]:
    """(open cases of others in which one of `units` has a part that runs, the date they are due by); what lies on `desks` to be worked
    on is drawn there already."""
    mine = parts.running_of(units)
    query = select(*_dated(drawn, mine.c.due_at), literal(True).label("part")).join_from(mine, Case.__table__, mine.c.case_id == _case.id)
    return query.where(among(OPEN), _case.kind != Kind.TIP, _case.desk_id.not_in(desks) | not_(among(TO_ANSWER))), mine.c.due_at


def first(drawn: Sequence[Any], units: Collection[int]) -> tuple[Select[Any], ColumnElement[Any], ColumnElement[Any]]:
    """(cases, the date shown, the date by which they stand in order): those in which one of `units` has a part that runs come first."""
    mine = parts.running_of(units)
    due = func.coalesce(mine.c.due_at, _case.due_at)
    query = select(*_dated(drawn, due), mine.c.due_at.label("first"), mine.c.due_at.is_not(None).label("part"))
    return query.outerjoin_from(Case.__table__, mine, mine.c.case_id == _case.id), due, mine.c.due_at


def both(one: Select[Any], other: Select[Any], most: int) -> Select[Any]:
    """Two ordered lists as one, soonest due first: each is read no further than the page goes."""
    laid = union_all(*(select(each.limit(most).subquery()) for each in (one, other))).subquery()
    return select(laid).order_by(laid.c.due_at, laid.c.id).limit(most)


def more(counted: Select[Any], units: Collection[int], desks: Collection[int], most: int, unit: int) -> Select[Any]:
    """The same as `both` for counting ids: no further than `most`. `unit` = whose people count."""
    found, _ = asked((_case.id,), units, desks)
    further = found.with_only_columns(_case.id).where(not_about(unit))
    return select(union_all(*(select(each.limit(most).subquery()) for each in (counted, further))).subquery()).limit(most)
