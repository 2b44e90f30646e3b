"""Several problems in one message: the parts of a text that surely speak of different topics."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ntbcare.reading.topics import TopicReading

MOST = 4
"""Parts; who tells of more has written a petition, which a person reads."""
LEAST_WORDS = 4
_BREAK = re.compile(
    r"[.;!?\n]+\s*(?:(?:selain itu|kemudian juga|dan juga|terus juga|trs juga)\b[,:]?\s*)?|,?\s+(?:selain itu|kemudian juga|dan juga|terus juga|trs juga|juga mohon|yang kedua|kedua|ketiga|satu lagi|1 lagi)\b[,:]?\s*"
    r"|(?:^|\s)\(?[1-9][.)]\s+",
    re.IGNORECASE,
)


class Part(NamedTuple):
    """Letters `start`..`end` of the text and the topic they surely speak of."""

    start: int
    end: int
    category: str


def parts(text: str, read: Callable[[str], TopicReading]) -> list[Part]:
    """The parts with their topics, in order; [] when the text tells of one thing or nobody could say. Looks at the first 4,000 letters."""
    text = text[:4000]
    found: list[Part] = []
    for start, end in _pieces(text):
        if len(text[start:end].split()) < LEAST_WORDS:
            found = _longer(found, end)
            continue
        told = read(text[start:end])
        if told.category is None or (found and found[-1].category == told.category):
            found = _longer(found, end)
        else:
            found.append(Part(start, end, told.category))
    topics = {part.category for part in found}
    return found if len(topics) == len(found) and 1 < len(found) <= MOST else []


def _pieces(text: str) -> list[tuple[int, int]]:
    at, pieces = 0, []
    for gap in _BREAK.finditer(text):
        if gap.start() > at:
            pieces.append((at, gap.start()))
        at = gap.end()
    return [*pieces, (at, len(text))] if at < len(text) else pieces


def _longer(found: list[Part], end: int) -> list[Part]:
    """What says nothing of its own belongs to what was said before it."""
    return [*found[:-1], found[-1]._replace(end=end)] if found else found
