"""Signing in and out: a session is a row, so ending it is real; passwords come here already hashed."""

from __future__ import annotations

import secrets

from ntbcare.casework.accounts import actor_of
from ntbcare.domain import clock as promises
from ntbcare.domain import keys
from ntbcare.domain.errors import NotFound
from ntbcare.domain.permissions import Role
from ntbcare.records import signing as rows
from ntbcare.records.people import Account
from ntbcare.records.work import Work


def account(work: Work, id: int) -> Account | None:
    """An account by its number, also of somebody who has left."""
    return work.session.get(Account, id)


def owes_second_step(who: Account, needed: frozenset[Role], exempt: str) -> bool:
    """Must this person set the second step up before anything else? `exempt`: the end of demo addresses, "" where nobody is exempt."""
    if who.totp_at is not None or (exempt and who.email.endswith(exempt)):
        return False
    return any(role.name in needed for role in who.roles)


def admit(work: Work, who: Account, agent: str, *, how: str) -> str:
    """A new session for somebody who has proved who they are. Returns its token, which nobody has seen before."""
    work.actor = actor_of(who, work.ref.units)
    token, ages = secrets.token_urlsafe(32), work.ref.keys
    sign_in = rows.begin(work.session, who.id, token, keys.browser(agent), ages.idle, ages.longest)
    work.tell("account:signed_in", None, account=who.id, session=sign_in, how=how)
    return token


def leave(work: Work, account_id: int, sign_in: int) -> None:
    """This session ends."""
    if rows.end(work.session, account_id, only=sign_in):
        work.tell("account:signed_out", None, account=account_id, session=sign_in)


def places(work: Work, account_id: int) -> list[tuple[int, str, str, str]]:
    """(id, browser, since when, last seen) of every session of a person that still opens, the last seen first."""
    ages, calendar = work.ref.keys, work.ref.calendar
    found = rows.places(work.session, account_id, ages.idle, ages.longest)
    return [(p.id, p.browser, promises.short_moment(p.begun_at, calendar), promises.short_moment(p.seen_at, calendar)) for p in found]


def end_one(work: Work, account_id: int, sign_in: int) -> None:
    """End one session of one's own. Raises NotFound for one that is somebody else's, or over."""
    if not rows.end(work.session, account_id, only=sign_in):
        raise NotFound("Sesi itu sudah berakhir.")
    work.tell("account:session_ended", None, account=account_id, session=sign_in)


def end_all(work: Work, account_id: int, why: str, *, but: int | None = None) -> int:
    """End every session of a person, or all `but` one. `why` stands in the journal. Returns how many ended."""
    ended = rows.end(work.session, account_id, but=but)
    work.tell("account:sessions_ended", None, account=account_id, count=ended, because=why)
    return ended


def set_password(work: Work, who: Account, hashed: str, *, but: int | None = None) -> None:
    """A new password: every session ends, `but` the one in which it was changed; links that were not used open no more."""
    who.password, who.password_at = hashed, work.now
    rows.void_links(work.session, who.id, work.now)
    work.tell("account:password_set", None, account=who.id)
    end_all(work, who.id, "password", but=but)
