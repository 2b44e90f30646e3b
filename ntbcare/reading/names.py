"""Index of place names: exact, by sound, and by careful likeness."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from rapidfuzz import fuzz, process

from ntbcare.reading.plain import split

RATIO = 88.0
"""Least likeness (rapidfuzz ratio, 0..100) for a misspelt name; shorter names than LEAST letters are never guessed."""
NEARLY = 84.0
"""A lower likeness is enough when only vowels differ ('masbagek')."""
LEAST = 5
MARGIN = 3.0
"""Names whose likeness lies this near to the best one are equally possible."""

_TITLES = {
    "regency": re.compile(r"^(?:kabupaten|kota administrasi|kota)\s+(?=\S)", re.IGNORECASE),
    "district": re.compile(r"^kecamatan\s+(?=\S)", re.IGNORECASE),
    "village": re.compile(r"^(?:desa|kelurahan|upt)\b\.?\s+(?=\S)", re.IGNORECASE),
}
_VOWELS = re.compile("[aeiou]")
_NUMERALS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_SPELLED = {"1": "satu", "2": "dua", "3": "tiga"}
_SOUNDS = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"oe", "u"), (r"dj", "j"), (r"tj", "c"), (r"q", "k"), (r"[vf]", "p"), (r"z", "s"), (r"(?<=.)h", ""), (r"uw(?=[aeio])", "u"),
        (r"iy(?=[aeou])", "i"), (r"(.)\1+", r"\1"), (r"e$", "a"),
    )
)  # fmt: skip


class RegionRow(NamedTuple):
    """One administrative area. level: province | regency | district | village; parent: code or None; type: kelurahan, desa, kota …"""

    code: str
    name: str
    level: str
    parent: str | None
    type: str


class Likeness(NamedTuple):
    """What a spelling may stand for: codes, likeness (0..100), whether it sounds the same, whether a slip of the pen explains it."""

    codes: tuple[str, ...]
    score: float
    sounds: bool
    slip: bool


def compact(name: str) -> str:
    """'Batu Layar', 'batulayar' and 'Batu-Layar' are one: 'batulayar'."""
    return "".join(split(name)[0])


def bare(row: RegionRow) -> str:
    """A region's name without its official title: 'Kabupaten Bima' → 'Bima'; the village 'Kota Raja' keeps its own."""
    title = _TITLES.get(row.level)
    return title.sub("", row.name) if title else row.name


def sound(key: str) -> str:
    """A rough sound of a compact name: q=k, oe=u, doubled letters single, inner h silent, final e=a."""
    for old, new in _SOUNDS:
        key = old.sub(new, key)
    return key


def _slip(key: str, name: str) -> bool:
    """One letter too many, too few, swapped, or only vowels wrong; another consonant ('bantarsari', 'banjarsari') is another name."""
    return len(key) != len(name) or sorted(key) == sorted(name) or _vowels_only(key, name)


def _vowels_only(key: str, name: str) -> bool:
    return len(key) >= 7 and _VOWELS.sub("", key) == _VOWELS.sub("", name)


class Names:
    """All spellings of all regions. `aliases`: (spelling, code), unknown codes are ignored; `certain`: compact names never guessed at."""

    def __init__(self, regions: Iterable[RegionRow], aliases: Iterable[tuple[str, str]], certain: frozenset[str] = frozenset()) -> None:
        exact: dict[str, list[str]] = {}
        self.regions = {row.code: row for row in regions}
        self.tokens: dict[str, int] = {}
        for row in self.regions.values():
            if row.level != "province":
                for spelling in self._spellings(row):
                    self._add(exact, spelling, row.code)
        self._join_twins(exact)
        for spelling, code in aliases:
            if code in self.regions:
                self._add(exact, spelling, code)
        self._exact = {key: tuple(codes) for key, codes in exact.items()}
        self._sounds: dict[str, list[str]] = {}
        self._initial: dict[str, list[str]] = {}
        for key in self._exact:
            if len(key) >= LEAST and key not in certain:
                self._sounds.setdefault(sound(key), []).append(key)
                self._initial.setdefault(key[0], []).append(key)
        self.heads = frozenset(split(bare(row))[0][0] for row in self.regions.values() if len(split(bare(row))[0]) > 1)

    @staticmethod
    def _spellings(row: RegionRow) -> Iterable[str]:
        plain = bare(row)
        yield plain
        if row.type == "kota":
            yield "Kota " + plain
        words = split(plain)[0]
        if len(words) > 1 and words[0] == "pulau":
            yield " ".join(words[1:])
        if words and words[-1] in _NUMERALS:
            number = _NUMERALS[words[-1]]
            yield " ".join([*words[:-1], number])
            if number in _SPELLED:
                yield " ".join([*words[:-1], _SPELLED[number]])

    def _join_twins(self, exact: dict[str, list[str]]) -> None:
        """The village Suela in the district Suwela: one name in two spellings, so each spelling means both."""
        for village in self.regions.values():
            district = self.regions.get(village.parent or "")
            if village.level == "village" and district is not None and district.level == "district":
                one, other = compact(bare(village)), compact(bare(district))
                if one != other and (sound(one) == sound(other) or _vowels_only(one, other)):
                    exact[one].append(district.code)
                    exact[other].append(village.code)

    def _add(self, exact: dict[str, list[str]], spelling: str, code: str) -> None:
        words = split(spelling)[0]
        key = "".join(words)
        if not key:
            return
        codes = exact.setdefault(key, [])
        if code not in codes:
            codes.append(code)
        self.tokens[key] = max(len(words), self.tokens.get(key, 0))

    def exact(self, key: str) -> tuple[str, ...]:
        """Codes written exactly so (compact spelling), or ()."""
        return self._exact.get(key, ())

    def like(self, key: str, level: str | None = None) -> Likeness | None:
        """The names a misspelt compact key may mean: those that sound the same, else those with the same first letter and RATIO likeness."""
        if len(key) < LEAST:
            return None
        heard = self._sounds.get(sound(key))
        if heard:
            found = sorted(((name, fuzz.ratio(key, name)) for name in heard), key=lambda pair: -pair[1])
        else:
            pool = self._initial.get(key[0], [])
            found = [(name, score) for name, score, _ in process.extract(key, pool, scorer=fuzz.ratio, score_cutoff=NEARLY, limit=6)]
            found = [(name, score) for name, score in found if score >= RATIO or _vowels_only(key, name)]
        if level:
            fits = [pair for pair in found if any(self.regions[code].level == level for code in self._exact[pair[0]])]
            found = fits or found
        if not found:
            return None
        name, best = found[0]
        codes = dict.fromkeys(code for other, score in found if best - score <= MARGIN for code in self._exact[other])
        same = bool(heard) or _vowels_only(key, name)
        return Likeness(tuple(codes), best, same, same or _slip(key, name))

    def chain(self, code: str) -> tuple[str, ...]:
        """A code and all it lies in, smallest first; a broken or circular parent ends the chain."""
        out: list[str] = []
        row = self.regions.get(code)
        while row and row.code not in out:
            out.append(row.code)
            row = self.regions.get(row.parent or "")
        return tuple(out)
