"""Accounts of people with a desk: inviting one, and who is acting when one is signed in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from sqlalchemy import select

from ntbcare.domain.errors import BadInput
from ntbcare.domain.permissions import ROLE_LABELS, Actor, Role
from ntbcare.records.people import Account, AccountRole, account
from ntbcare.records.reference import UnitFacts
from ntbcare.records.units import Unit
from ntbcare.records.work import Work

SIGNED_IN = (Role.OFFICER, Role.HEAD, Role.COORDINATOR, Role.LEADER, Role.INSPECTOR, Role.ADMIN)


def invite(work: Work, email: str, name: str, role: str, unit: str | None, password_hash: str) -> Account:
    """Make an account, or give an existing one this name, role, unit and password. Raises BadInput."""
    if role not in SIGNED_IN:
        raise BadInput("role", f"Peran harus salah satu dari: {', '.join(SIGNED_IN)}.")
    row = work.session.scalars(select(Unit).where(Unit.code == unit)).first() if unit else None
    if unit and row is None:
        raise BadInput("unit", f"Unit {unit} tidak ada.")
    found = account(work.session, email)
    if found is None:
        found = Account(email=email.strip().lower(), active=True, fs_uniquifier=secrets.token_hex(16))
        work.session.add(found)
    found.name, found.password, found.unit_id = name, password_hash, row.id if row else None
    found.password_at = work.now
    set_role(work, found, role)
    work.tell("account:invited", None, account=found.id, role=role, unit=unit)
    return found


def set_role(work: Work, found: Account, role: str) -> None:
    """This is the one role of an account now."""
    found.roles = [_role(work, role)]
    work.session.flush()


def _role(work: Work, name: str) -> AccountRole:
    row = work.session.scalars(select(AccountRole).where(AccountRole.name == name)).first()
    if row is None:
        row = AccountRole(name=name, description=ROLE_LABELS[Role(name)])
        work.session.add(row)
    return row


def actor_of(found: Account, known: Mapping[int, UnitFacts]) -> Actor:
    """The actor an account acts as. Its region is its unit's: that bounds a coordinator and a leader."""
    unit = known.get(found.unit_id or 0)
    role = Role(found.roles[0].name) if found.roles else Role.OFFICER
    return Actor(role, found.id, found.name, found.unit_id, unit.region if unit else None)
