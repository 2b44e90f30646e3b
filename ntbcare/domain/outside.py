"""Asking somebody outside the government (a village head, a contractor): the manners as data, the link's token, what an answer says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

ROADS = ("sms", "email", "link")  # how somebody is asked; link: the officer hands it over


class Answer(StrEnum):
    """What the helper says; `words` = an SMS that begins with the code and with none of the others."""

    DONE = "done"
    NOT_YET = "not_yet"
    NOT_OURS = "not_ours"
    WORDS = "words"


ANSWER_LABELS = {
    Answer.DONE: "Sudah dikerjakan",
    Answer.NOT_YET: "Belum bisa, karena…",
    Answer.NOT_OURS: "Bukan urusan kami",
    Answer.WORDS: "Menjawab",
}
_SAID = {
    Answer.DONE: ("sudah", "sdh", "udah", "selesai", "beres"),
    Answer.NOT_YET: ("belum", "blm"),
    Answer.NOT_OURS: ("bukan",),
}
_OPENING = {word: answer for answer, words in _SAID.items() for word in words}
_CODE = re.compile(r"\s*b[ -]?(\d{1,9})(?!\d)[\s:.,;-]*(.*)", re.IGNORECASE | re.DOTALL)
# how people name themselves in a report; a capital is asked for only where the words before would fit anything
_CALLED = re.compile(
    r"(?P<before>\b(?:nama(?:ku| saya| sy)?(?: adalah)?|bernama|atas nama|a\.?n\.)[ :]+|\b[Ss]aya,? (?:[Bb]apak|[Ii]bu|[Pp]ak|[Bb]u)\.? |\b[Ss]aya,? (?=[A-Z][a-z]{2}))"
    r"(?P<name>[^\W\d_][\w.'-]+(?: [A-Z][\w.'-]+){0,3})"
)
NAMELESS = "[nama disamarkan]"


@dataclass(frozen=True, slots=True)
class Manners:
    """[outside] of deployment.toml: working days to answer (usual, most), how many of them before the end a reminder goes out, open
    asks of one case at most, photos of one answer at most and their size in MB."""

    days: int = 3
    most_days: int = 10
    remind_days: int = 1
    most_open: int = 5
    photos: int = 3
    photo_mb: int = 8


def read(facts: Mapping[str, Any]) -> Manners:
    """[outside] → Manners. Raises ValueError, with the name, for a value that is none or a name nobody knows."""
    known = {field.name for field in fields(Manners)}
    for name, value in facts.items():
        if name not in known or isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"[outside] {name} = {value!r}: known are {', '.join(sorted(known))}, each 1 or more")
    manners = Manners(**facts)
    if manners.days > manners.most_days:
        raise ValueError("[outside] days must not be more than most_days")
    return manners


def token(key: bytes, salt: bytes) -> str:
    """The secret of a link: 128 bits in 22 letters, made of a key that is not in the database and 128 random bits of this ask."""
    secret = hmac.new(key, b"outside:" + salt, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def digest(secret: str) -> bytes:
    """What is stored of a token (32 bytes), and what a link is looked up by."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def code(number: int) -> str:
    """How an ask is named in an SMS."""
    return f"B{number}"


def coded(text: str) -> tuple[int, str] | None:
    """ "B123 sudah ditambal" → (123, "sudah ditambal"); None for words that begin otherwise."""
    found = _CODE.match(text)
    return (int(found[1]), found[2].strip()) if found else None


def said(words: str) -> Answer | None:
    """What words begin with (SUDAH, BELUM, BUKAN and how people write them); None for anything else."""
    first = re.match(r"\s*(\w+)", words)
    return _OPENING.get(first[1].lower()) if first else None


def nameless(text: str, name: str | None = None) -> str:
    """A report without the names by which its reporter calls themselves, nor (each part of) `name`. Names of others stay: an officer
    looks at the result before it leaves."""
    text = _CALLED.sub(lambda found: found["before"] + NAMELESS, text)
    parts = sorted(set(re.findall(r"\w{3,}", name or "")), key=len, reverse=True)
    return re.sub(rf"\b(?:{'|'.join(map(re.escape, parts))})\b", NAMELESS, text, flags=re.IGNORECASE) if parts else text


def names(text: str, name: str | None) -> bool:
    """Does a text hold a part of this name?"""
    return bool(name) and nameless(text, name).count(NAMELESS) > nameless(text).count(NAMELESS)
