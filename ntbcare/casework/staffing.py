"""Who has an account here: inviting, another role or unit, leaving, and helping somebody who cannot get in. Nothing is ever deleted."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from ntbcare import sanitise
from ntbcare.casework import doorlinks, secondstep, signing
from ntbcare.casework.accounts import SIGNED_IN, set_role
from ntbcare.domain import clock as promises
from ntbcare.domain import tickets
from ntbcare.domain.errors import BadInput, NotAllowed, NotFound
from ntbcare.domain.lifecycle import LABELS, OPEN, State
from ntbcare.domain.permissions import ROLE_LABELS, Role, Standing, may
from ntbcare.records import signing as rows
from ntbcare.records.cases import Case
from ntbcare.records.journal import told_by
from ntbcare.records.people import Account
from ntbcare.records.work import Work

INVITE, MANAGE = "accounts.invite", "accounts.manage"
STATES = {"active": "Aktif", "invited": "Diundang, belum masuk", "left": "Nonaktif"}
MOST = 200  # lines on one page
_MAILBOX = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


@dataclass(frozen=True, slots=True)
class Person:
    """One account as the list shows it. `state` is a key of STATES."""

    id: int
    name: str
    email: str
    role: Role
    unit_id: int | None
    unit: str
    state: str
    second_step: bool
    seen: str

    @property
    def role_label(self) -> str:
        """What people call the role."""
        return ROLE_LABELS[self.role]

    @property
    def state_label(self) -> str:
        """What people call the state."""
        return STATES[self.state]


def people(work: Work, *, words: str = "", unit: int | None = None, role: str = "", state: str = "") -> list[Person]:
    """Accounts this actor may see, by name, at most MOST + 1. A head sees the own unit and what is below it."""
    query = select(Account).order_by(func.lower(Account.name), Account.id)
    if words:
        like = "%" + re.sub(r"([\\%_])", r"\\\1", words) + "%"
        query = query.where(or_(Account.name.ilike(like), Account.email.ilike(like)))
    seen = rows.last_seen(work.session)
    everybody = [_person(work, account, seen) for account in work.session.scalars(query)]
    return [
        one for one in everybody
        if _within(work, one.unit_id, INVITE) and (unit is None or _under(work, one.unit_id, unit)) and role in ("", one.role)
        and state in ("", one.state)
    ][: MOST + 1]  # fmt: skip


def _person(work: Work, account: Account, seen: dict[int, datetime]) -> Person:
    unit = work.ref.units.get(account.unit_id or 0)
    state = "left" if not account.active else "invited" if account.password_at is None else "active"
    role = Role(account.roles[0].name) if account.roles else Role.OFFICER
    at = seen.get(account.id)
    when = promises.short_moment(at, work.ref.calendar) if at else ""
    return Person(
        account.id, account.name, account.email, role, account.unit_id, unit.short if unit else "", state, account.totp_at is not None, when
    )


def _within(work: Work, unit_id: int | None, verb: str) -> bool:
    unit = work.ref.units.get(unit_id or 0)
    return may(work.actor, verb, Standing(units=unit.line if unit else ()))


def _under(work: Work, unit_id: int | None, above: int) -> bool:
    unit = work.ref.units.get(unit_id or 0)
    return unit is not None and above in unit.line


def units(work: Work) -> list[tuple[int, str]]:
    """(id, name) of the units for which this actor may invite, by name."""
    today = work.ref.calendar.local(work.now).date()
    found = [(unit.id, unit.short) for unit in work.ref.units.values() if unit.in_force(today) and _within(work, unit.id, INVITE)]
    return sorted(found, key=lambda one: one[1].lower())


def roles(work: Work) -> list[tuple[str, str]]:
    """(name, words) of the roles this actor may give: a head makes colleagues, not superiors."""
    given = SIGNED_IN if may(work.actor, MANAGE) else (Role.OFFICER,)
    return [(str(role), ROLE_LABELS[role]) for role in given]


def invite(work: Work, *, email: str, name: str, role: str, unit: int | None, unusable: str) -> tuple[Account, str]:
    """Invite somebody. `unusable`: the hash of a password nobody knows. Returns the account and the end of the link's address.

    Raises BadInput (email, name, role, unit), also for somebody who has an account, or had one and left.
    """
    email, name = sanitise.line(email, field="email").lower(), sanitise.line(name, field="name", limit=100)
    if len(email) > 254 or not _MAILBOX.fullmatch(email):
        raise BadInput("email", "Alamat emailnya belum benar. Contoh: nama@ntbprov.go.id.")
    if not name:
        raise BadInput("name", "Isi nama orangnya.")
    _check(work, role, unit)
    if work.session.scalars(select(Account.id).where(func.lower(Account.email) == email)).first() is not None:
        raise BadInput(
            "email", "Email ini sudah punya akun. Cari namanya di daftar; akun yang nonaktif dapat dihidupkan lagi oleh pengelola."
        )
    account = Account(email=email, name=name, password=unusable, active=True, fs_uniquifier=secrets.token_hex(16), unit_id=unit)
    work.session.add(account)
    set_role(work, account, role)
    work.tell("account:invited", None, account=account.id, role=role, unit=_code(work, unit))
    doorlinks_end = doorlinks.make(work, account)
    return account, doorlinks_end


def _check(work: Work, role: str, unit: int | None) -> None:
    if role not in {name for name, _ in roles(work)}:
        raise BadInput("role", "Pilih perannya dari daftar.")
    if unit is None and role != Role.ADMIN:
        raise BadInput("unit", "Pilih unitnya.")
    if unit is not None and unit not in {number for number, _ in units(work)}:
        raise BadInput("unit", "Pilih unit dari daftar.")


def _code(work: Work, unit: int | None) -> str | None:
    facts = work.ref.units.get(unit or 0)
    return facts.code if facts else None


def account(work: Work, id: int, verb: str = INVITE) -> Account:
    """The account, for an actor who has this verb there. Raises NotFound also where it is not theirs to see, NotAllowed for the rest."""
    found = work.session.get(Account, id)
    if found is None or not _within(work, found.unit_id, INVITE):
        raise NotFound("Akun itu tidak ada.")
    if not _within(work, found.unit_id, verb):
        raise NotAllowed
    return found


def person(work: Work, found: Account) -> Person:
    """The account as the pages show it."""
    return _person(work, found, rows.last_seen(work.session))


def new_link(work: Work, id: int) -> tuple[Account, str]:
    """Another link for somebody: to come in for the first time (whoever may invite), or because the password is forgotten (admins)."""
    found = account(work, id)
    if found.password_at is not None or found.roles[0].name not in {name for name, _ in roles(work)}:
        found = account(work, id, MANAGE)
    if not found.active:
        raise BadInput("form", "Akun ini nonaktif. Hidupkan dulu.")
    return found, doorlinks.make(work, found)


def lost_second_step(work: Work, id: int) -> None:
    """The person stands before the admin and has lost the telephone: they set it up anew at the next sign-in."""
    secondstep.forget(work, account(work, id, MANAGE))


def change(work: Work, id: int, *, name: str, role: str, unit: int | None) -> None:
    """Another name, role or unit. With another role or unit every session ends: nobody works on with rights of before. Raises BadInput."""
    found = account(work, id, MANAGE)
    name = sanitise.line(name, field="name", limit=100)
    if not name:
        raise BadInput("name", "Isi nama orangnya.")
    _check(work, role, unit)
    before = (found.roles[0].name if found.roles else "", found.unit_id)
    if found.id == work.actor.id and before != (role, unit):
        raise BadInput("role", "Peran dan unit Anda sendiri diubah oleh pengelola lain.")
    found.name, found.unit_id = name, unit
    set_role(work, found, role)
    work.tell(
        "account:changed",
        None,
        account=found.id,
        role=role,
        unit=_code(work, unit),
        role_before=before[0],
        unit_before=_code(work, before[1]),
    )
    if before != (role, unit):
        signing.end_all(work, found.id, "role or unit")


def deactivate(work: Work, id: int) -> None:
    """Somebody has left: they are out at once. Their words stay where they are. Raises BadInput for oneself."""
    found = account(work, id, MANAGE)
    if found.id == work.actor.id:
        raise BadInput("form", "Akun Anda sendiri dinonaktifkan oleh pengelola lain.")
    found.active = False
    rows.void_links(work.session, found.id, work.now)
    work.tell("account:deactivated", None, account=found.id)
    signing.end_all(work, found.id, "deactivated")


def activate(work: Work, id: int) -> None:
    """Somebody is back."""
    found = account(work, id, MANAGE)
    found.active = True
    work.tell("account:activated", None, account=found.id)


def open_work(work: Work, found: Account) -> list[tuple[str, str, str]]:
    """(ticket, ticket as people read it, state in words) of open cases of their unit on which this person acted: somebody must take them on."""
    if found.unit_id is None:
        return []
    actors = [f"{role}:{found.id}" for role in SIGNED_IN]
    theirs = or_(Case.unit_id == found.unit_id, Case.desk_id == found.unit_id)
    query = (
        select(Case.ticket, Case.state)
        .where(Case.state.in_(OPEN), theirs, told_by(Case.id, actors))
        .order_by(Case.due_at, Case.id)
        .limit(MOST)
    )
    return [(ticket, tickets.pretty(ticket), LABELS[State(state)][0]) for ticket, state in work.session.execute(query)]


def findings(work: Work, *, exempt: str) -> list[tuple[str, bool]]:
    """What `doctor` says of accounts: demo accounts where they do not belong, and roles that owe the second step. (sentence, well?)"""
    known = list(work.session.scalars(select(Account).where(Account.active)))
    demo = sum(one.email.endswith(".example") for one in known)
    owing = sum(signing.owes_second_step(one, work.ref.keys.second_factor, exempt) for one in known)
    told = [
        (
            f"{demo} demo accounts, let in by password alone: development only"
            if exempt
            else f"{demo} demo accounts (must be none in production)",
            bool(exempt) or demo == 0,
        )
    ]
    return [*told, (f"{owing} accounts without the second step their role needs (they reach only the page that sets it up)", True)]
