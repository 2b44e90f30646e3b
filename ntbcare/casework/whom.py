"""Whom a level of the ladder is for: the unit and its people as they are now; where nobody holds the office, the coordinator hears it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from ntbcare.domain.ladder import LEVELS
from ntbcare.domain.permissions import Role
from ntbcare.domain.routing import regency_of
from ntbcare.records.cases import Case
from ntbcare.records.people import Account, AccountRole
from ntbcare.records.reference import UnitFacts
from ntbcare.records.work import Work

_GOVERNMENT = "pemda"  # the function of the unit that stands for a whole government; its head is the head of the region
_SECRETARY = "setda"


class Found(NamedTuple):
    """Who is told (ids of active accounts), in whose hours (`unit`), and what is missing in words for the board ("" when all is well)."""

    unit: UnitFacts
    people: list[int]
    lacking: str


def seat_of(work: Work, case: Case, level: str) -> UnitFacts:
    """The unit whose people a level is for; the coordinator's desk where there is none. Raises KeyError for no level of ours."""
    desk = work.ref.units[case.desk_id]
    kind = _KINDS[level]
    found: UnitFacts | None = desk
    if kind in (_SECRETARY, _GOVERNMENT):
        named = work.ref.unit_of(kind, _government(work, case))
        found = work.ref.units[named.id] if named else None
    elif kind == "coordinator":
        found = None
    return found or _coordinators_desk(work, case) or desk


def find(work: Work, case: Case, level: str) -> Found:
    """Who is to be told on this level now. Nobody there: those of the unit above, then the region's coordinators, and a word for the board."""
    seat, roles = seat_of(work, case, level), _ROLES[level]
    own = _people(work, [seat.id], roles)
    if own:
        return Found(seat, own, "")
    if level == "unit":  # a coordinator's desk, or the secretary's after three hand-backs: whoever sits there
        there = _people(work, [seat.id], (Role.COORDINATOR, Role.HEAD, Role.LEADER))
        if there:
            return Found(seat, there, "")
    lacking = f"Belum ada {LEVELS[level]} yang aktif untuk {seat.name}; kabar tangga disampaikan kepada yang di atasnya atau koordinator."
    for above in _above(work, seat):
        people = _people(work, [above.id], roles) if level in ("unit", "head") else []
        if people:
            return Found(above, people, lacking)
    for desk in (work.ref.coordinator_of(case.region), work.ref.coordinator_of(None)):
        people = _people(work, [desk.id], (Role.COORDINATOR,)) if desk is not None else []
        if desk is not None and people:
            return Found(desk, people, lacking)
    return Found(seat, [], lacking)


_KINDS = {
    "unit": "desk", "head": "desk", "checker_head": "desk", "coordinator": "coordinator", "phone": "coordinator",
    "kominfo_head": "coordinator", "ppid": "coordinator", "sekda": _SECRETARY, "leader": _GOVERNMENT,
}  # fmt: skip
_ROLES: dict[str, tuple[Role, ...]] = {
    "unit": (Role.OFFICER,), "head": (Role.HEAD,), "checker_head": (Role.HEAD,), "kominfo_head": (Role.HEAD,),
    "coordinator": (Role.COORDINATOR,), "phone": (Role.COORDINATOR,),
    "ppid": (Role.HEAD, Role.COORDINATOR), "sekda": (Role.LEADER, Role.HEAD), "leader": (Role.LEADER,),
}  # fmt: skip


def _government(work: Work, case: Case) -> str:
    """The region of the government whose unit has the case: the province's for provincial units, else the regency's."""
    unit = work.ref.units[case.unit_id or case.desk_id]
    return work.ref.province if unit.level in ("province", "central") else regency_of(unit.region)


def _coordinators_desk(work: Work, case: Case) -> UnitFacts | None:
    return work.ref.coordinator_of(case.region) or work.ref.coordinator_of(None)


def _above(work: Work, seat: UnitFacts) -> list[UnitFacts]:
    """The units above, nearest first, within the same government."""
    line = (work.ref.units[unit] for unit in seat.line[1:])
    return [unit for unit in line if unit.function != _GOVERNMENT]


def _people(work: Work, units: Iterable[int], roles: tuple[Role, ...]) -> list[int]:
    """Active accounts of these units with one of these roles, ids in order."""
    query = select(Account.id).where(Account.active, Account.unit_id.in_(list(units)), Account.roles.any(AccountRole.name.in_(roles)))
    return list(work.session.scalars(query.order_by(Account.id)))
