"""How long words are for X, and how they are made short enough."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

LONGEST_POST = 280  # weighted characters, https://docs.x.com/fundamentals/counting-characters
LONGEST_DIRECT = 10_000  # characters of a direct message
URL_WEIGHT = 23  # every address becomes a t.co link of this length
LIGHT = ((0x0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))  # these code points weigh 1, all others 2

LINK = re.compile(r"""https?://[^\s]*[^\s.,;:!?)\]"'»]""", re.IGNORECASE)
_SIGN = "[\u2190-\u2bff\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*"
_PIECE = re.compile(
    rf"(?P<link>{LINK.pattern})"
    r"|(?P<bare>(?<![\w@.])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s]*)?)"  # X makes a link of ntbprov.go.id as well
    rf"|(?P<emoji>[\U0001f1e6-\U0001f1ff]{{2}}|{_SIGN}(?:\u200d{_SIGN})*)"
    r"|.",
    re.IGNORECASE | re.DOTALL,
)


def weight(text: str) -> int:
    """Weighted characters: an address 23, an emoji (however composed) 2, Latin and its neighbours 1, all others 2.

    What only may be an address (name.tld) counts as the larger of both readings: too short is better than refused.
    """
    return sum(map(_weight, _PIECE.finditer(unicodedata.normalize("NFC", text))))


def cut(text: str, longest: int = LONGEST_POST, measure: Callable[[str], int] = weight) -> str:
    """Text of at most `longest`: cut between words, marked by «…», its last link kept at the end."""
    if measure(text) <= longest:
        return text
    links = LINK.findall(text)
    tail = f" … {links[-1]}" if links and measure(links[-1]) <= longest // 2 else " …"
    body = text.replace(links[-1], "") if links else text
    for word in reversed(list(re.finditer(r"\S+", body))):
        if measure(shorter := body[: word.end()] + tail) <= longest:
            return shorter
    return body.strip()[: (longest - measure(tail)) // 2] + tail  # one endless word: no character weighs more than 2


def _weight(piece: re.Match[str]) -> int:
    if piece.lastgroup == "link":
        return URL_WEIGHT
    if piece.lastgroup == "emoji":
        return 2
    own = sum(1 if any(first <= ord(sign) <= last for first, last in LIGHT) else 2 for sign in piece.group())
    return max(own, URL_WEIGHT) if piece.lastgroup == "bare" else own
