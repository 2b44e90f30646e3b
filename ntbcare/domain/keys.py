"""What a person needs to be let in: how long a password is, how long a link and a session live, who needs a second step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ntbcare.domain.errors import BadInput
from ntbcare.domain.permissions import Role

LONGEST_PASSWORD = 200  # letters: what is hashed has an end
RECOVERY_CODES = 10
STEP = 30  # seconds of one code (RFC 6238, 4.1)
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("UCBrowser", "UC Browser"), ("Firefox", "Firefox"),
             ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The table [accounts] of a deployment (deployment.toml). Every number is the deployment's own choice, none is law."""

    invitation: timedelta = timedelta(hours=72)
    reset: timedelta = timedelta(hours=2)
    idle: timedelta = timedelta(hours=8)  # without a page asked for, a session is over
    longest: timedelta = timedelta(days=7)
    least_letters: int = 12
    second_factor: frozenset[Role] = frozenset({Role.ADMIN, Role.INSPECTOR, Role.LEADER, Role.COORDINATOR})
    common: tuple[str, ...] = ()


def read(facts: Mapping[str, Any]) -> Keys:
    """[accounts] of deployment.toml → Keys. Raises ValueError or TypeError, with the name, for a value that is none."""
    usual, given = Keys(), dict(facts)
    lengths = {
        name: timedelta(hours=_above_zero(key, given.pop(key, getattr(usual, name).total_seconds() / 3600)))
        for name, key in (("invitation", "invitation_hours"), ("reset", "reset_hours"), ("idle", "idle_hours"))
    }
    longest = timedelta(days=_above_zero("longest_days", given.pop("longest_days", usual.longest.days)))
    letters = int(_above_zero("least_letters", given.pop("least_letters", usual.least_letters)))
    roles = given.pop("second_factor", None)
    needed = usual.second_factor if roles is None else frozenset(Role(name) for name in _words("second_factor", roles))
    common = tuple(_plain(word) for word in _words("common", given.pop("common", [])))
    if given:
        raise ValueError(f"[accounts] does not know {', '.join(sorted(given))}")
    return Keys(**lengths, longest=longest, least_letters=letters, second_factor=needed, common=common)


def _above_zero(name: str, value: Any) -> float:
    if float(value) <= 0:
        raise ValueError(f"[accounts] {name} must be above 0")
    return float(value)


def _words(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise TypeError(f"[accounts] {name} is a list of words")
    return value


def _plain(words: str) -> str:
    """Letters and digits alone, small: "Bismillah 123!" and "bismillah123" are the same guess."""
    return re.sub(r"[\W_]+", "", words.lower())


def check_password(password: str, again: str, keys: Keys, *, own: tuple[str, ...]) -> str:
    """A password somebody chose, typed twice. `own`: names a stranger would try first (e-mail, name, product). Raises BadInput."""
    if len(password) < keys.least_letters:
        raise BadInput(
            "password", f"Kata sandinya terlalu pendek: paling sedikit {keys.least_letters} huruf. Beberapa kata sehari-hari sudah cukup."
        )
    if len(password) > LONGEST_PASSWORD:
        raise BadInput("password", f"Kata sandinya terlalu panjang: paling banyak {LONGEST_PASSWORD} huruf.")
    if _easy(_plain(password), keys, own):
        raise BadInput("password", "Kata sandi ini mudah ditebak orang. Pakai beberapa kata yang hanya Anda yang tahu.")
    if password != again:
        raise BadInput("again", "Kedua kata sandinya belum sama. Ketik lagi.")
    return password


def _easy(plain: str, keys: Keys, own: tuple[str, ...]) -> bool:
    """Is it a common word with figures at its ends, one piece said over and over, a row of the keyboard, or the person's own name?"""
    core = plain.strip("0123456789")
    guessed = {
        *keys.common,
        *(_plain(part) for name in own for part in re.split(r"[@\s]+", name) if len(part) > 2),
        *(_plain(name) for name in own),
    }
    rows = "01234567890123456789 98765432109876543210 abcdefghijklmnopqrstuvwxyz qwertyuiopasdfghjklzxcvbnm"
    return (
        len(set(plain)) < 5 or plain in guessed or core in guessed or plain in rows
        or any(_said_over(one, piece) for one in (plain, core) if one for piece in (one[: size] for size in range(1, len(one) // 2 + 1)))
    )  # fmt: skip


def _said_over(plain: str, piece: str) -> bool:
    """Is the whole nothing but this piece, again and again?"""
    return plain == (piece * (len(plain) // len(piece) + 1))[: len(plain)]


def browser(agent: str) -> str:
    """A coarse name of a browser from its User-Agent, for somebody who looks at their own list: "Chrome di Android"."""
    name = next((words for mark, words in _BROWSERS if mark in agent), "Peramban")
    system = next((words for mark, words in _SYSTEMS if mark in agent), "")
    return f"{name} di {system}" if system else name
