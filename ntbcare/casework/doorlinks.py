"""Links by which somebody chooses a password: after an invitation, or because the old one is forgotten. Each opens once, for a while.

Like a PIN, a link is derived under PIN_KEY and never stored: a stolen copy of the database lets nobody in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import NamedTuple

from ntbcare.casework import signing
from ntbcare.casework.accounts import actor_of
from ntbcare.domain import clock as promises
from ntbcare.domain.errors import NotFound
from ntbcare.records import signing as rows
from ntbcare.records.people import Account
from ntbcare.records.work import Work

INVITATION, RESET = "invitation", "reset"
_SPAN = 20 * 60  # seconds
GONE = "Tautan ini sudah dipakai atau masa berlakunya habis."


class Letter(NamedTuple):
    """A mail to write to somebody with an account."""

    to: str
    subject: str
    text: str
    account_id: int


def make(work: Work, account: Account) -> str:
    """A new link for somebody; those made before open no more. Returns the end of its address."""
    rows.void_links(work.session, account.id, work.now)
    link = _new(work, account)
    work.tell("account:link_made", None, account=account.id, purpose=link.purpose)
    return _token(work, link)


def _new(work: Work, account: Account) -> rows.DoorLink:
    purpose = _purpose(account)
    age = work.ref.keys.invitation if purpose == INVITATION else work.ref.keys.reset
    link = rows.DoorLink(account_id=account.id, salt=secrets.token_bytes(16), purpose=purpose, made_at=work.now, expires_at=work.now + age)
    work.session.add(link)
    work.session.flush()
    return link


def _purpose(account: Account) -> str:
    return INVITATION if account.password_at is None else RESET


def _token(work: Work, link: rows.DoorLink) -> str:
    said = b"door link:%d:" % link.id + link.salt
    return f"{link.id}-{hmac.new(work.house.pin_key, said, hashlib.sha256).hexdigest()[:40]}"


def opened(work: Work, token: str) -> Account:
    """Whose link this is. Looking uses nothing up. Raises NotFound: used, over, not ours, or the person has left."""
    return _opened(work, token)[1]


def _opened(work: Work, token: str) -> tuple[rows.DoorLink, Account]:
    number = token.partition("-")[0]
    link = work.session.get(rows.DoorLink, int(number)) if number.isascii() and number.isdecimal() and len(number) < 10 else None
    account = work.session.get(Account, link.account_id) if link else None
    proved = link is not None and hmac.compare_digest(_token(work, link).encode(), token.encode())
    if not proved or link is None or account is None or not account.active or link.used_at is not None or link.expires_at <= work.now:
        raise NotFound(GONE)
    return link, account


def use(work: Work, token: str, hashed: str) -> Account:
    """Use the link up: this is the password now, and every session of before has ended. Raises NotFound."""
    link, account = _opened(work, token)
    if not rows.use_link(work.session, link.id, work.now):
        raise NotFound(GONE)
    work.actor = actor_of(account, work.ref.units)
    work.tell("account:link_used", None, account=account.id, purpose=link.purpose)
    signing.set_password(work, account, hashed)
    return account


def ask(work: Work, account: Account | None) -> None:
    """Somebody at the door asks for a link by mail. Nobody's account costs the same statements as somebody's: neither the answer nor the
    time it takes tells which it was. At most one letter in twenty minutes for one person, however often it is asked for."""
    subject, span = account.id if account else 0, int(work.now.timestamp()) // _SPAN
    work.errand("forgotten", subject, key=f"forgotten:{subject}:{span}")
    work.tell("account:link_asked", None, account=subject or None)


def answer(work: Work, account_id: int) -> None:
    """Out of sight of whoever asked: a link for this person, mailed to them. Nobody (0), or somebody who has left, gets none."""
    account = work.session.get(Account, account_id)
    if account is not None and account.active:
        link = _new(work, account)  # beside one that an admin made: a stranger who asks must not take that away
        work.tell("account:link_made", None, account=account.id, purpose=link.purpose)
        post(work, _token(work, link))


def post(work: Work, link: str) -> None:
    """Have this very link mailed (as well)."""
    number = int(link.partition("-")[0])
    work.errand("letter", number, key=f"letter:{number}", road="letter")


def letter(work: Work, link_id: int) -> Letter | None:
    """What to write to the person of this link. None: it was used meanwhile, or is over."""
    link = work.session.get(rows.DoorLink, link_id)
    account = work.session.get(Account, link.account_id) if link else None
    if link is None or account is None or not account.active or link.used_at is not None or link.expires_at <= work.now:
        return None
    until = promises.moment_words(link.expires_at, work.ref.calendar)
    address = f"{work.house.public_url}/masuk/tautan/{_token(work, link)}"
    if link.purpose == INVITATION:
        begin = f"Anda diundang memakai {work.ref.name}. Buat kata sandi Anda lewat tautan ini:"
        end = "Tidak merasa diundang? Abaikan saja surat ini."
        subject = f"Undangan {work.ref.name}"
    else:
        begin = f"Ada yang meminta ganti kata sandi akun {work.ref.name} Anda. Kalau itu Anda, buka tautan ini:"
        end = "Bukan Anda yang meminta? Abaikan saja; kata sandi Anda tidak berubah."
        subject = f"Ganti kata sandi {work.ref.name}"
    text = f"Halo {account.name},\n\n{begin}\n{address}\n\nTautan ini hanya bisa dipakai sekali, sampai {until}.\n{end}"
    return Letter(account.email, subject, text, account.id)
