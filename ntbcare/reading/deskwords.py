"""One text on the reading desk: its folded words, their full forms, where breaks are, and which were written with a capital."""

import re
import unicodedata

from ntbcare.reading.everyday import MARKS
from ntbcare.reading.plain import split

_RUN = re.compile(r"[A-Za-z]+|[0-9]+")
_MANY = 0.4
"""Above this share of words with a capital, capitals say nothing."""


class DeskText:
    """`raw`: folded words; `breaks`: indexes of words after a break; `full`: the words as the gazetteer spells them; `caps`: a name's capital."""

    def __init__(self, text: str, limit: int, field: bool) -> None:
        raw, self.breaks = split(text)
        self.raw = raw[:limit]
        self.full = list(self.raw)
        self.field = field
        self.caps = _capitals(text, raw, self.breaks)[: len(self.raw)]

    def joined(self, start: int, end: int) -> bool:
        """No break between the words start..end."""
        return end <= len(self.raw) and not any(i in self.breaks for i in range(start + 1, end))

    def before(self, i: int, back: int = 1) -> str:
        """The word `back` places before i in the same clause, or ''."""
        return self.raw[i - back] if i >= back and not any(k in self.breaks for k in range(i - back + 1, i + 1)) else ""

    def after(self, end: int) -> str:
        """The word at `end` when it follows without a break, or ''."""
        return self.raw[end] if end < len(self.raw) and end not in self.breaks else ""

    def closed(self, end: int) -> bool:
        """A clause, the text or a new marker follows."""
        return end >= len(self.raw) or end in self.breaks or self.raw[end] in MARKS


def _capitals(text: str, raw: list[str], breaks: frozenset[int]) -> list[bool]:
    """Words with one capital in the middle of a sentence; none where they cannot be told apart or everything has one."""
    runs = _RUN.findall(unicodedata.normalize("NFKC", text).translate(dict.fromkeys(map(ord, "'`’‘ʼ"))))
    if len(runs) != len(raw):
        return [False] * len(raw)
    title = [len(run) > 2 and run[0].isupper() and not run.isupper() for run in runs]
    if sum(title) > max(2.0, _MANY * len(title)):
        return [False] * len(raw)
    return [title[i] and i > 0 and i not in breaks for i in range(len(raw))]
