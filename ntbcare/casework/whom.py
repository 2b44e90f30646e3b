"""Whom a level of the ladder is for: the unit and its people as they are now; where nobody holds the office, the coordinator hears it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from ntbcare.casework import interest
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


def seat_of(work: Work, case: Case, level: str, promised_by: int | None = None) -> UnitFacts:
    """The unit whose people a level is for; the coordinator's desk where there is none. `promised_by` = the further unit whose part it is.

    Raises KeyError for no level of ours.
    """
    desk = _desk(work, case, promised_by)
    kind = _KINDS[level]
    found: UnitFacts | None = desk
    if kind in (_SECRETARY, _GOVERNMENT):
        named = work.ref.unit_of(kind, _government(work, case, promised_by))
        found = work.ref.units[named.id] if named else None
    elif kind == "coordinator":
        found = None
    return _unaccused(work, case, found or _coordinators_desk(work, case) or desk)


def _unaccused(work: Work, case: Case, seat: UnitFacts) -> UnitFacts:
    """The unit itself, for one that the case accuses the next above that it does not, else whoever coordinates."""
    accused = case.accused or ()
    above = next((unit for unit in _above(work, seat) if unit.id not in accused), None)
    return seat if seat.id not in accused else above or _coordinators_desk(work, case) or seat


def find(work: Work, case: Case, level: str, promised_by: int | None = None) -> Found:
    """Who is to be told on this level now. Nobody there: those of the unit above, then the region's coordinators, and a word for the board."""
    seat, roles = seat_of(work, case, level, promised_by), _ROLES[level]
    own = _people(work, [seat.id], roles)
    if own:
        return Found(seat, own, "")
    if level == "unit":  # a coordinator's desk, or the secretary's after three hand-backs: whoever sits there
        there = _people(work, [seat.id], (Role.COORDINATOR, Role.HEAD, Role.LEADER))
        if there:
            return Found(seat, there, "")
    lacking = f"Belum ada {LEVELS[level]} yang aktif untuk {seat.name}; kabar tangga disampaikan kepada yang di atasnya atau koordinator."
    for above in _above(work, seat):
        people = _people(work, [above.id], roles) if level in ("unit", "head") and above.id not in (case.accused or ()) else []
        if people:
            return Found(above, people, lacking)
    for desk in (work.ref.coordinator_of(case.region), work.ref.coordinator_of(None)):
        people = _people(work, [desk.id], (Role.COORDINATOR,)) if desk is not None and desk.id not in (case.accused or ()) else []
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


def _desk(work: Work, case: Case, promised_by: int | None) -> UnitFacts:
    """Whose promise it is: the further unit's (or its heir's), else the desk on which the case lies."""
    further = work.ref.units[promised_by] if promised_by else None
    return work.ref.heir(further) or further or work.ref.units[case.desk_id]


def _government(work: Work, case: Case, promised_by: int | None) -> str:
    """The region of the government whose unit promised it: the province's for provincial units, else the regency's."""
    unit = _desk(work, case, promised_by) if promised_by else work.ref.units[case.unit_id or case.desk_id]
    return work.ref.province if unit.level in ("province", "central") else regency_of(unit.region)


def _coordinators_desk(work: Work, case: Case) -> UnitFacts | None:
    return interest.coordinator(work, case)


def _above(work: Work, seat: UnitFacts) -> list[UnitFacts]:
    """The units above, nearest first, within the same government."""
    line = (work.ref.units[unit] for unit in seat.line[1:])
    return [unit for unit in line if unit.function != _GOVERNMENT]


def _people(work: Work, units: Iterable[int], roles: tuple[Role, ...]) -> list[int]:
    """Active accounts of these units with one of these roles, ids in order."""
    query = select(Account.id).where(Account.active, Account.unit_id.in_(list(units)), Account.roles.any(AccountRole.name.in_(roles)))
    return list(work.session.scalars(query.order_by(Account.id)))
