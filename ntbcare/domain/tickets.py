"""Ticket numbers one can read aloud and type on any phone, and the PIN that belongs to one."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

# Damm's quasigroup: the check digit catches every single wrong digit and every swap of neighbours,
# the two mistakes people make when they read a number aloud. H. Michael Damm, thesis, Marburg 2004.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
LENGTH = 9
PIN_LENGTH = 6
_IN_TEXT = re.compile(r"(?<![\d+])(\d{3}[-. ]?\d{3}[-. ]?\d{3})(?!\d)")


def _damm(digits: str) -> int:
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return state


def new() -> str:
    """A fresh random ticket: eight digits and a check digit. Unique only once the database has taken it."""
    body = str(10_000_000 + secrets.randbelow(90_000_000))
    return body + str(_damm(body))


def valid(ticket: str) -> bool:
    """True for nine digits whose check digit is right."""
    return len(ticket) == LENGTH and ticket.isascii() and ticket.isdigit() and _damm(ticket) == 0


def pretty(ticket: str) -> str:
    """`482173059` → `482-173-059`."""
    return f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}"


def normalise(text: str) -> str | None:
    """A ticket as a person types it (dashes, dots, spaces, a leading #) → nine digits, or None when it is none."""
    digits = re.sub(r"[\s.#-]", "", text)
    return digits if valid(digits) else None


def find(text: str) -> tuple[str, str] | None:
    """The first ticket inside a text, and the text without it; None when there is none."""
    for hit in _IN_TEXT.finditer(text):
        ticket = normalise(hit.group(1))
        if ticket:
            rest = (text[: hit.start()] + " " + text[hit.end() :]).strip(" #:,.-")
            return ticket, re.sub(r"\s+", " ", rest)
    return None


def new_salt() -> bytes:
    """Eight random bytes kept with the case; a new salt is a new PIN."""
    return secrets.token_bytes(8)


def pin(key: bytes, salt: bytes, ticket: str) -> str:
    """The six-digit PIN of a case. It is derived, never stored: a copy of the database alone opens no case,
    and a receipt that must be sent again a day later still carries the same PIN."""
    digest = hmac.new(key, salt + ticket.encode(), hashlib.sha256).digest()
    return str(int.from_bytes(digest[:8]) % 10**PIN_LENGTH).zfill(PIN_LENGTH)


def pin_matches(key: bytes, salt: bytes, ticket: str, given: str) -> bool:
    """Compare in constant time; spaces and dashes in what a person typed do not matter."""
    cleaned = re.sub(r"[\s.-]", "", given)
    return hmac.compare_digest(pin(key, salt, ticket).encode(), cleaned.encode("utf-8", "replace"))
