"""How an officer wishes to be told: their mailbox, their Telegram (linked by a one-time code), bells, the digest; each switched on by themselves."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from ntbcare.casework import morning, notices, replies, telling
from ntbcare.domain import clock as promises
from ntbcare.domain.errors import BadInput, NotFound
from ntbcare.records.messages import Message
from ntbcare.records.people import Account, Contact, meet
from ntbcare.records.roads import Road, RoadCode
from ntbcare.records.work import Work

ROADS = {"email": "Surel", "telegram": "Telegram"}
LINKED = "link"  # the meaning of a message that held a code, beside conversation's
GOOD_FOR = timedelta(minutes=30)
_LETTERS, _DIGITS = "ABCDEFGHJKMNPQRSTUVWXYZ", "23456789"  # none that looks like another
_SIGN = "[A-Z0-9]"  # wider than ours: who mistypes a code is told so, and files no report
_NAMED = re.compile(rf"\s*(?:/start|kode)[\s:]+({_SIGN}{{4}})[ -]?({_SIGN}{{4}})(?![\w-])[\s.,;:!]*(.*)", re.IGNORECASE | re.DOTALL)
_MOST_TRIES, _HOUR = 10, timedelta(hours=1)


class Named(NamedTuple):
    """A code that a message named, and whatever else it said."""

    code: str
    rest: str


class Way(NamedTuple):
    """One road as its officer chooses it. `there`: a provider carries it here. `stopped`: this address said STOP."""

    channel: str
    label: str
    there: bool
    address: str
    since: str
    bells: bool
    digest: bool
    stopped: bool


def new_code(work: Work) -> str:
    """A one-time code for the officer who is signed in, shown this once; the one before it is worth nothing any more. Raises BadInput."""
    if "telegram" not in work.house.gateways:
        raise BadInput("form", "Telegram belum dipasang di sini.")
    while True:
        signs = [secrets.choice(_LETTERS + _DIGITS) for _ in range(8)]
        if sum(sign in _DIGITS for sign in signs) in (2, 3, 4):  # no word of anybody's looks like this
            break
    code = "".join(signs)
    row = insert(RoadCode).values(account_id=work.actor.id, hashed=_hash(code), expires_at=work.now + GOOD_FOR)
    again = {"hashed": row.excluded.hashed, "expires_at": row.excluded.expires_at, "used_at": None}
    work.session.execute(row.on_conflict_do_update(index_elements=["account_id"], set_=again))
    work.tell("roads:code", None, account=work.actor.id)
    return code


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def code_in(work: Work, text: str) -> Named | None:
    """The code at the beginning of a text. What merely looks like one, with more words behind it, is left to be what it is.

    Costs no statement for a text that does not begin like one.
    """
    match = _NAMED.fullmatch(text)
    if match is None:
        return None
    code, rest = (match[1] + match[2]).upper(), match[3].strip()
    if code.isalpha() or code.isdigit():
        return None
    if rest and work.session.execute(select(RoadCode.account_id).where(RoadCode.hashed == _hash(code))).first() is None:
        return None
    return Named(code, rest)


def heard(work: Work, contact: Contact, code: str) -> None:
    """Somebody sent a code. A good one of an active account makes this chat its road; anything else is told so, and never why."""
    account = _redeem(work, code) if contact.channel == "telegram" and not _guesses(work, contact.id) else None
    if account is None:
        replies.chat(work, contact, "not_linked")
        return
    _unlink(work, account, contact.channel)
    work.session.add(Road(account_id=account, contact_id=contact.id, since=work.now, bells=True, digest=False))
    work.tell("roads:linked", None, account=account, channel=contact.channel, contact=contact.id)
    notices.say(work, contact, "linked")


def _redeem(work: Work, code: str) -> int | None:
    active = select(Account.id).where(Account.id == RoadCode.account_id, Account.active).exists()
    good = (RoadCode.hashed == _hash(code)) & RoadCode.used_at.is_(None) & (RoadCode.expires_at > work.now) & active
    used = update(RoadCode).where(good).values(used_at=work.now).returning(RoadCode.account_id)
    return work.session.execute(used, execution_options={"synchronize_session": False}).scalar()


def _guesses(work: Work, contact_id: int) -> bool:
    """Did this sender try so many codes within the hour that no more are looked at?"""
    tried = (Message.contact_id == contact_id) & (Message.meaning == LINKED) & (Message.received_at > work.now - _HOUR)
    return int(work.session.execute(select(func.count()).select_from(Message).where(tried)).scalar_one()) > _MOST_TRIES


def unlink(work: Work, channel: str) -> None:
    """This officer's own road on a channel is no more. Raises NotFound when there is none."""
    if not _unlink(work, work.actor.id or 0, channel):
        raise NotFound("Tidak ada yang terhubung.")
    work.tell("roads:unlinked", None, account=work.actor.id, channel=channel)


def _unlink(work: Work, account_id: int, channel: str) -> bool:
    of_channel = select(Contact.id).where(Contact.channel == channel)
    gone = delete(Road).where(Road.account_id == account_id, Road.contact_id.in_(of_channel)).returning(Road.contact_id)
    return bool(work.session.execute(gone, execution_options={"synchronize_session": False}).all())


def ways(work: Work) -> list[Way]:
    """The roads of this officer, whether they chose them or not."""
    account = _account(work)
    query = select(Road, Contact).join(Contact, Contact.id == Road.contact_id).where(Road.account_id == account.id)
    chosen = {contact.channel: (road, contact) for road, contact in work.session.execute(query)}
    return [_way(work, account, channel, *chosen.get(channel, (None, None))) for channel in ROADS]


def _way(work: Work, account: Account, channel: str, road: Road | None, contact: Contact | None) -> Way:
    address = telling.mailbox(account) if channel == "email" else f"…{contact.address[-3:]}" if contact else ""
    since = promises.short_moment(road.since, work.ref.calendar) if road else ""
    stopped = contact is not None and contact.opted_out_at is not None
    there = bool(work.house.gateways.get(channel))
    return Way(channel, ROADS[channel], there, address, since, bool(road and road.bells), bool(road and road.digest), stopped)


def choose(work: Work, channel: str, *, bells: bool, digest: bool) -> None:
    """What this officer wishes to be told by a road. A mailbox becomes one by being switched on. Raises BadInput, NotFound."""
    account = _account(work)
    if (bells or digest) and not work.house.gateways.get(channel):
        raise BadInput(channel, f"{ROADS[channel]} belum dipasang di sini.")
    mine = select(Road).join(Contact, Contact.id == Road.contact_id).where(Road.account_id == account.id, Contact.channel == channel)
    road = work.session.scalars(mine).first()
    if channel == "email" and (bells or digest):
        road = _mailbox(work, account, road)
    if road is None:
        if bells or digest:
            raise BadInput(channel, f"Hubungkan {ROADS[channel]} dulu.")
        return
    if (road.bells, road.digest) == (bells, digest):
        return
    if digest and not road.digest:
        morning.from_tomorrow(work, account)
    road.bells, road.digest = bells, digest
    work.tell("roads:chosen", None, account=account.id, channel=channel, bells=bells, digest=digest)


def _mailbox(work: Work, account: Account, road: Road | None) -> Road:
    """The road to the account's own address as it is now."""
    contact = meet(work.session, "email", telling.mailbox(account)).id
    if road is not None and road.contact_id == contact:
        return road
    if road is not None:
        work.session.delete(road)
    made = Road(account_id=account.id, contact_id=contact, since=work.now, bells=False, digest=False)
    work.session.add(made)
    work.session.flush()
    return made


def _account(work: Work) -> Account:
    account = work.session.get(Account, work.actor.id) if work.actor.id else None
    if account is None:
        raise NotFound()
    return account
