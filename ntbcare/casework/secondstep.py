"""The second step of signing in: a code from the person's telephone (RFC 6238), or one of ten codes on paper.

The secret is derived under PIN_KEY from a salt of the account, never stored; of the paper codes only a keyed hash is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

import pyotp

from ntbcare.casework import signing
from ntbcare.domain.errors import BadInput
from ntbcare.domain.keys import RECOVERY_CODES, STEP
from ntbcare.records import signing as rows
from ntbcare.records.people import Account
from ntbcare.records.work import Work

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look like another
_LENGTH = 10
WRONG = "Kodenya belum cocok. Pakai kode terbaru di aplikasi, atau satu kode cadangan yang belum pernah dipakai."


def propose() -> bytes:
    """A salt for a new secret; it counts once a code of it was typed."""
    return secrets.token_bytes(16)


def secret(work: Work, account_id: int, salt: bytes) -> str:
    """The secret in Base32, as an authenticator wants it: 160 bits (RFC 4226, R6)."""
    derived = hmac.new(work.house.pin_key, b"second step:%d:" % account_id + salt, hashlib.sha256).digest()
    return base64.b32encode(derived[:20]).decode()


def address(work: Work, account: Account, salt: bytes) -> str:
    """The otpauth address that the QR code holds."""
    return pyotp.TOTP(secret(work, account.id, salt), interval=STEP).provisioning_uri(
        name=account.email, issuer_name=work.ref.name or "NTB Care"
    )


def confirm(work: Work, account: Account, salt: bytes, typed: str, *, sign_in: int | None) -> list[str]:
    """The person typed a code of the new secret: from now on it is asked for. Other sessions end. Returns the paper codes. Raises BadInput."""
    step = _step_of(work, account.id, salt, _plain(typed))
    if step is None:
        raise BadInput("code", "Kodenya belum cocok. Tunggu kode berikutnya di aplikasi, lalu ketik lagi. Periksa juga jam ponsel Anda.")
    account.totp_salt, account.totp_at, account.totp_step = salt, work.now, step
    work.session.flush()
    work.tell("account:second_step_set", None, account=account.id)
    signing.end_all(work, account.id, "second step", but=sign_in)
    return renew(work, account)


def renew(work: Work, account: Account) -> list[str]:
    """Ten new paper codes; the old ones open no more. They are shown once: only their hashes stay."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]
    rows.replace_codes(work.session, account.id, [_hash(work, account.id, code) for code in codes])
    work.tell("account:recovery_codes_made", None, account=account.id)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def check(work: Work, account: Account, typed: str) -> str | None:
    """Is this the code of now, not used before, or a paper code not used before? Returns which (totp | recovery); None = wrong."""
    plain = _plain(typed)
    if account.totp_at is None or account.totp_salt is None:
        return None
    step = _step_of(work, account.id, account.totp_salt, plain)
    if step is not None:
        return "totp" if rows.take_step(work.session, account.id, step) else None
    if len(plain) == _LENGTH and rows.take_code(work.session, account.id, _hash(work, account.id, plain), work.now):
        work.tell("account:recovery_code_used", None, account=account.id, left=rows.codes_left(work.session, account.id))
        return "recovery"
    return None


def forget(work: Work, account: Account) -> None:
    """The telephone is lost: nothing of the second step counts any more, and every session ends."""
    account.totp_salt = account.totp_at = account.totp_step = None
    rows.replace_codes(work.session, account.id, [])
    work.tell("account:second_step_reset", None, account=account.id)
    signing.end_all(work, account.id, "second step reset")


def left(work: Work, account_id: int) -> int:
    """How many paper codes are left."""
    return rows.codes_left(work.session, account_id)


def _plain(typed: str) -> str:
    return "".join(letter for letter in typed.lower() if letter.isalnum())


def _step_of(work: Work, account_id: int, salt: bytes, code: str) -> int | None:
    """The time step this code belongs to: now, or one before or after, for clocks that differ (RFC 6238, 5.2)."""
    if len(code) != 6 or not (code.isascii() and code.isdecimal()):
        return None
    counter = pyotp.HOTP(secret(work, account_id, salt))
    now = int(work.now.timestamp()) // STEP
    return next((step for step in (now, now - 1, now + 1) if hmac.compare_digest(counter.at(step), code)), None)


def _hash(work: Work, account_id: int, code: str) -> bytes:
    return hmac.new(work.house.pin_key, b"recovery:%d:" % account_id + code.encode(), hashlib.sha256).digest()
