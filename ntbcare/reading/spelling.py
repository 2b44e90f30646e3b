"""How a name may be misspelt on a telephone: keys by sound and by consonants, and an index that answers in constant time."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

RATIO = 88.0
"""Least likeness (rapidfuzz ratio, 0..100) for a name that neither sounds the same nor is a slip of one letter."""
NEARLY = 84.0
"""A lower likeness is enough when only vowels differ ('masbagek')."""
VOWEL = 80.0
"""One vowel in five letters may be wrong ('kopeng') where the consonants are all there."""
LEAST = 5
"""Shorter names are found by their consonants or by sound only."""
MOST = 40
"""A longer run of letters is no name."""
SAME, HEARD, SHORT, SLIP, LIKE = "same", "heard", "short", "slip", "like"
"""How a spelling resembles a name: it sounds the same; roughly so; vowels were left out; one letter is wrong; it is merely near."""

_VOWELS = re.compile("[aeiou]")


def _rules(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(old), new) for old, new in pairs)


_FINE = _rules(
    (r"oe", "u"), (r"dj", "j"), (r"tj", "c"), (r"q", "k"), (r"[vf]", "p"), (r"z", "s"), (r"(?<=.)h", ""), (r"uw(?=[aeio])", "u"),
    (r"iy(?=[aeou])", "i"), (r"(.)\1+", r"\1"), (r"e$", "a"),
)  # fmt: skip
_ROUGH = _rules((r"(?<=.)y", "i"), (r"o", "u"), (r"ii+", "i"), (r"uu+", "u"), (r"d$", "t"), (r"b$", "p"), (r"(?<!n)g$", "k"))


class Found(NamedTuple):
    """A name that a spelling may mean: compact name, likeness 0..100, and how it resembles (SAME, HEARD, SHORT, SLIP, LIKE)."""

    name: str
    score: float
    how: str


@lru_cache(maxsize=8192)
def sound(key: str) -> str:
    """A rough sound of a compact name: q=k, oe=u, doubled letters single, inner h silent, final e=a."""
    for old, new in _FINE:
        key = old.sub(new, key)
    return key


@lru_cache(maxsize=8192)
def rough(key: str) -> str:
    """A rougher sound: y=i, o=u, and final d, b, g as t, p, k ('Nyerod' = 'Nyerot', 'Calabay' = 'Calabai')."""
    key = sound(key)
    for old, new in _ROUGH:
        key = old.sub(new, key)
    return key


@lru_cache(maxsize=8192)
def bones(key: str) -> str:
    """The first letter and the consonants of a rough sound: 'rmak' and 'Rumak' are both 'rmk'."""
    key = rough(key)
    return key[:1] + _VOWELS.sub("", key[1:])


def vowels_only(key: str, name: str) -> bool:
    """Two longer names that differ in nothing but vowels."""
    return len(key) >= 7 and _VOWELS.sub("", key) == _VOWELS.sub("", name)


def shortened(key: str, name: str) -> bool:
    """Is `key` the name with letters left out, most of its vowels gone: 'mdpangga' for 'madapangga'?"""
    one, other = rough(key), rough(name)
    letters = iter(other)
    return len(one) < len(other) and all(letter in letters for letter in one)


def slipped(key: str, name: str) -> bool:
    """One letter too many, too few, swapped, or only vowels wrong; another consonant ('bantarsari', 'banjarsari') is another name."""
    return len(key) != len(name) or sorted(key) == sorted(name) or vowels_only(key, name)


def _without_one(word: str) -> Iterable[str]:
    yield word
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]


class Speller:
    """Compact names indexed by sound, by consonants, by one letter left out and by first letter. Its look-ups do not grow with the names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._fine: dict[str, list[str]] = {}
        self._rough: dict[str, list[str]] = {}
        self._bones: dict[str, list[str]] = {}
        self._slips: dict[str, list[str]] = {}
        self._initial: dict[str, list[str]] = {}
        for name in names:
            heard = rough(name)
            self._bones.setdefault(bones(name), []).append(name)
            if len(name) < LEAST - 1:
                continue
            self._fine.setdefault(sound(name), []).append(name)
            self._rough.setdefault(heard, []).append(name)
            if len(name) >= LEAST:
                self._initial.setdefault(name[0], []).append(name)
                for part in dict.fromkeys(_without_one(heard)):
                    self._slips.setdefault(part, []).append(name)

    def find(self, key: str) -> list[Found]:
        """Every name a compact spelling may mean, the likeliest first; at most one way of resemblance for each."""
        if len(key) > MOST:
            return []
        found: dict[str, Found] = {}
        for how, table, wanted in ((SAME, self._fine, sound(key)), (HEARD, self._rough, rough(key))):
            for name in table.get(wanted, ()):
                found.setdefault(name, Found(name, max(fuzz.ratio(key, name), 90.0), how))
        for name in self._bones.get(bones(key), ()):
            if shortened(key, name):
                found.setdefault(name, Found(name, 89.0, SHORT))
            elif len(bones(key)) >= 3 and len(key) >= LEAST and (score := fuzz.ratio(key, name)) >= VOWEL:
                found.setdefault(name, Found(name, score, SLIP))
        if len(key) >= LEAST:
            self._near(key, found)
        return sorted(found.values(), key=lambda one: (one.how == LIKE, -one.score))

    def _near(self, key: str, found: dict[str, Found]) -> None:
        heard = rough(key)
        for part in dict.fromkeys(_without_one(heard)):
            for name in self._slips.get(part, ()):
                if name not in found and OSA.distance(heard, rough(name)) <= 1:
                    found[name] = Found(name, fuzz.ratio(key, name), SLIP if slipped(key, name) else LIKE)
        if not found:
            for name, score, _ in process.extract(key, self._initial.get(key[0], []), scorer=fuzz.ratio, score_cutoff=NEARLY, limit=6):
                if score >= RATIO or vowels_only(key, name):
                    found[name] = Found(name, score, SLIP if slipped(key, name) else LIKE)
