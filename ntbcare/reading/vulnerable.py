"""Does a report concern people for whom waiting is worse: babies, the old, the ill, the disabled? Words of the deployment say so."""

from __future__ import annotations

from collections.abc import Iterable

from ntbcare.reading.plain import Plain


class Vulnerable:
    """The deployment's words, spelled out like every text is before it is read. One of them is enough: a mistake only makes us quicker."""

    def __init__(self, words: Iterable[str], plain: Plain) -> None:
        self._plain = plain
        self._signs = tuple(dict.fromkeys(f" {' '.join(plain.words(word))} " for word in words))

    def hears(self, text: str) -> bool:
        """Is one of the words there, as a whole word or phrase?"""
        words = f" {' '.join(self._plain.words(text))} "
        return any(sign in words for sign in self._signs)
