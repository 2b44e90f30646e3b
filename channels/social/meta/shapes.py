"""Reading what Meta sends without trusting its shape, and cutting what we send to the size it takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from ntbcare.contract import Item, UnknownShape

UNSTORABLE = re.compile("[\ud800-\udfff\x00]")  # lone surrogates (JSON may carry them) and NUL fit in no database
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)
MILLISECONDS = 10**11  # a moment above this is not in seconds: in seconds it would be the year 5138


class Harvest:
    """What one webhook request yields: one unreadable piece must not cost the others."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.strange: list[UnknownShape] = []

    def take(self, translate: Callable[..., Item | list[Item] | None], *given: Any) -> None:
        """Run `translate`; keep what it returns, or remember that the piece could not be read."""
        try:
            found = translate(*given)
        except UnknownShape as unknown:
            self.strange.append(unknown)
        except UNREADABLE as error:
            self.strange.append(UnknownShape(f"unreadable piece: {type(error).__name__}", external_id=_named(given[0])))
        else:
            self.items.extend(found if isinstance(found, list) else [found] if found else [])

    def rows(self, value: Any) -> Iterator[dict[str, Any]]:
        """The objects of an outer JSON list; what is no object is remembered as strange and passed over."""
        if value is not None and not isinstance(value, list):
            self.strange.append(UnknownShape("not a list where Meta has one"))
            return
        for row in value or ():
            if isinstance(row, dict):
                yield row
            else:
                self.strange.append(UnknownShape("not an object where Meta has one"))

    def result(self) -> list[Item]:
        """Every item. When a piece was strange UnknownShape, with those that could be read in `items`; its external_id is that of
        the strange piece when there is only one and it has a name."""
        if not self.strange:
            return self.items
        reasons = "; ".join(dict.fromkeys(each.reason for each in self.strange))
        name = self.strange[0].external_id if len(self.strange) == 1 else ""
        unknown = UnknownShape(f"{len(self.strange)} unread: {reasons}"[:300], external_id=name)
        unknown.items = self.items
        raise unknown


def rows(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON list inside one piece; nothing at all when there is no list. Raises UnknownShape for anything else."""
    if value is None:
        return
    if not isinstance(value, list):
        raise UnknownShape("not a list where Meta has one")
    for row in value:
        if not isinstance(row, dict):
            raise UnknownShape("not an object where Meta has one")
        yield row


def text(value: Any) -> str:
    """A JSON string as it can be stored; "" for a missing one. Ids may come as numbers."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError("text")
    return UNSTORABLE.sub("\ufffd", str(value))


def name_of(value: Any) -> str:
    """An id that must be there, on one line and short enough to be a key."""
    found = text(value)
    if not found or len(found) > 250 or not found.isprintable() or "\ufffd" in found:
        raise ValueError("id")
    return found


def moment(value: Any) -> datetime | None:
    """Unix time in seconds or milliseconds, as a number or digits; None for anything that is no moment."""
    try:
        number = int(value)
        return datetime.fromtimestamp(number / 1000 if number > MILLISECONDS else number, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def iso_moment(value: Any) -> datetime | None:
    """«2026-11-22T02:00:00+0000», as the Graph API writes moments; None for anything that is no moment."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def point(lat: Any, lon: Any) -> tuple[float, float]:
    """(lat, lon) in degrees, WGS 84; ValueError when it lies outside the world."""
    if isinstance(lat, bool) or isinstance(lon, bool):
        raise TypeError("location")
    found = float(lat), float(lon)
    if not (-90 <= found[0] <= 90 and -180 <= found[1] <= 180):
        raise ValueError("location")
    return found


def raw(piece: Any) -> str:
    """One piece of a batch as storable JSON: not the whole request, which may carry other people's words."""
    return UNSTORABLE.sub("\ufffd", json.dumps(piece, ensure_ascii=False))


def _named(piece: Any) -> str:
    """The first name a strange piece carries, so that a resend of it is kept once."""
    try:
        inner = piece.get("message") if isinstance(piece.get("message"), dict) else piece
        return name_of(next(inner[key] for key in ("id", "mid", "comment_id", "post_id") if inner.get(key)))
    except (*UNREADABLE, StopIteration):
        return ""


# cutting

LETTERS = "utf-16-le", 2  # what providers call a character is counted in UTF-16 units, the strictest reading
BYTES = "utf-8", 1


def split(words: str, longest: int, unit: tuple[str, int] = LETTERS) -> list[str]:
    """Words → parts of at most `longest` units, cut at a line or a space in the second half, else between characters."""
    parts: list[str] = []
    rest = words.strip()
    while len(room := head(rest, longest, unit)) < len(rest):
        cut = next((at for mark in ("\n", " ") if (at := room.rfind(mark)) > len(room) // 2), len(room))
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [part for part in (*parts, rest) if part]


def head(words: str, longest: int, unit: tuple[str, int] = LETTERS) -> str:
    """The beginning of `words` that fits into `longest` units."""
    encoding, width = unit
    return words.encode(encoding)[: longest * width].decode(encoding, "ignore")


def shorten(words: str, longest: int, unit: tuple[str, int] = LETTERS) -> str:
    """Words that must fit into one message. What is left out is left out before the last line: that one says how to answer."""
    words = words.strip()
    if head(words, longest, unit) == words:
        return words
    last = words.rsplit("\n", 1)[-1].strip() if "\n" in words else ""
    tail = f" … {last}" if last and head(last, longest // 2, unit) == last else " …"
    room = longest - len(tail.encode(unit[0])) // unit[1]
    kept = split(words, room, unit)[0]
    return f"{kept.rstrip(' ,.;:')}{tail}"


def clean(words: str) -> str:
    """Words that can travel: a lone surrogate or a NUL cannot."""
    return UNSTORABLE.sub("\ufffd", words)
