"""Several problems in one message: the parts of a text that surely speak of different topics."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ntbcare.reading.plain import table
from ntbcare.reading.topics import TopicReading

MOST = 4
"""Parts; who tells of more has written a petition, which a person reads."""
LEAST_WORDS = 4
_BREAK = re.compile(
    r"[.;!?\n]+\s*(?:(?:selain itu|kemudian juga|dan juga|terus juga|trs juga)\b[,:]?\s*)?|,?\s+(?:selain itu|kemudian juga|dan juga|terus juga|trs juga|juga mohon|yang kedua|kedua|ketiga|satu lagi|1 lagi)\b[,:]?\s*"
    r"|(?:^|\s)\(?[1-9][.)]\s+",
    re.IGNORECASE,
)


_NUMBER = re.compile(r"(?:^|[\s,;])\(?[1-9][.)]\s*(?=[A-Za-z])")
_COMMA = re.compile(
    r"\s*[,;\n.&+]\s*(?:(?:dan|trs|terus|juga|serta|lalu)\b\s*)*|\s+(?:dan juga|trs|terus|juga|serta|plus|sama juga|dan)\s+", re.IGNORECASE
)
MOST_TOGETHER = 40
"""Words of a text whose commas are looked at; a longer one is a story."""
SURE, LIKELY = 0.75, 0.35
"""Confidence from which a few words have a topic; and from which one word of a numbered list has."""
_FOLLOWS = table(
    "kalau kalo klo kl jika bila karena krn sehingga akibat akibatnya jadi sampai sampe padahal pdhl tiap setiap bikin membuat "
    "kami saya sy anak agar supaya biar tolong mohon sejak waktu ketika saat sudah udah ud masih katanya yang yg"
)
"""What begins like this tells on about what was said before it."""
_LACKS = table("tidak tdk gak ga nggak tak belum blm ndak ndek")
_Says = Callable[[str, Callable[[str], TopicReading]], str | None]


class Part(NamedTuple):
    """Letters `start`..`end` of the text and the topic they surely speak of."""

    start: int
    end: int
    category: str


def parts(text: str, read: Callable[[str], TopicReading]) -> list[Part]:
    """The parts with their topics, in order; [] when the text tells of one thing or nobody could say. Looks at the first 4,000 letters.

    Sentences first; where these tell of one thing, what stands between commas, "trs", "&" and numbers: such a short part counts only if
    it says by itself that something is wrong, or stands in a list with numbers.
    """
    text = text[:4000]
    sentences = _told(text, _pieces(text, _BREAK), read, _whole)
    if len(sentences) > 1 or len(text.split()) > MOST_TOGETHER:
        return _apart(sentences)
    listed = len(_NUMBER.findall(text)) > 1
    return _apart(_told(text, _pieces(text, _NUMBER if listed else _COMMA), read, _listed if listed else _wrong))


def _apart(found: list[Part]) -> list[Part]:
    """[] where nobody could say: a topic that comes again, or more parts than a desk would take apart."""
    topics = {part.category for part in found}
    return found if len(topics) == len(found) and 1 < len(found) <= MOST else []


def _told(text: str, pieces: list[tuple[int, int]], read: Callable[[str], TopicReading], says: _Says) -> list[Part]:
    found: list[Part] = []
    for start, end in pieces:
        topic = says(text[start:end], read)
        if topic is None or (found and found[-1].category == topic):
            found = _longer(found, end)
        else:
            found.append(Part(start, end, topic))
    return found


def _whole(piece: str, read: Callable[[str], TopicReading]) -> str | None:
    """The topic of a sentence."""
    return read(piece).category if len(piece.split()) >= LEAST_WORDS else None


def _wrong(piece: str, read: Callable[[str], TopicReading]) -> str | None:
    """The topic of a few words that say what is wrong with something."""
    words = piece.split()
    if len(words) < 2 or words[0].lower() in _FOLLOWS:
        return None
    told = read(piece)
    return (
        told.category
        if (told.kind_words or _LACKS & {word.lower() for word in words}) and told.kind == "complaint" and told.confidence >= SURE
        else None
    )


def _listed(piece: str, read: Callable[[str], TopicReading]) -> str | None:
    """The topic of what stands beside a number in a list."""
    told = read(piece)
    if told.category is None and told.ranked and len(piece.split()) < LEAST_WORDS and told.ranked[0][1] >= LIKELY:
        return told.ranked[0][0]
    return told.category


def _pieces(text: str, between: re.Pattern[str]) -> list[tuple[int, int]]:
    at, pieces = 0, []
    for gap in between.finditer(text):
        if gap.start() > at:
            pieces.append((at, gap.start()))
        at = gap.end()
    return [*pieces, (at, len(text))] if at < len(text) else pieces


def _longer(found: list[Part], end: int) -> list[Part]:
    """What says nothing of its own belongs to what was said before it."""
    return [*found[:-1], found[-1]._replace(end=end)] if found else found
