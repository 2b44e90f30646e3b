"""Index of place names: exact, by sound, and by careful likeness."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ntbcare.reading.plain import split
from ntbcare.reading.spelling import LIKE, SHORT, Speller, bones, rough, sound, vowels_only

MARGIN = 3.0
"""Names whose likeness lies this near to the best one are equally possible."""

_TITLES = {
    "regency": re.compile(r"^(?:kabupaten|kota administrasi|kota)\s+(?=\S)", re.IGNORECASE),
    "district": re.compile(r"^kecamatan\s+(?=\S)", re.IGNORECASE),
    "village": re.compile(r"^(?:desa|kelurahan|upt)\b\.?\s+(?=\S)", re.IGNORECASE),
}
_NUMERALS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_SPELLED = {"1": "satu", "2": "dua", "3": "tiga"}


class RegionRow(NamedTuple):
    """One administrative area. level: province | regency | district | village; parent: code or None; type: kelurahan, desa, kota …"""

    code: str
    name: str
    level: str
    parent: str | None
    type: str


class Likeness(NamedTuple):
    """What a spelling may stand for: codes, likeness (0..100), how it resembles (spelling.SAME …), whether it lies in a place named beside it."""

    codes: tuple[str, ...]
    score: float
    how: str
    inside: bool


def compact(name: str) -> str:
    """'Batu Layar', 'batulayar' and 'Batu-Layar' are one: 'batulayar'."""
    return "".join(split(name)[0])


def bare(row: RegionRow) -> str:
    """A region's name without its official title: 'Kabupaten Bima' → 'Bima'; the village 'Kota Raja' keeps its own."""
    title = _TITLES.get(row.level)
    return title.sub("", row.name) if title else row.name


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
        own = frozenset(exact)
        for spelling, code in aliases:
            if code in self.regions:
                self._add(exact, spelling, code)
        self.called = frozenset(exact) - own  # names that no region bears itself: hamlets, landmarks, nicknames
        self._exact = {key: tuple(codes) for key, codes in exact.items()}
        self._certain = certain
        self._speller = Speller(self._exact)
        self._chains = {code: self._chain(code) for code in self.regions}
        heads = frozenset(words[0] for row in self.regions.values() if len(words := split(bare(row))[0]) > 1)
        self._heads = frozenset(rough(word) for word in heads) | frozenset(bones(word) for word in heads if len(bones(word)) >= 3)

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
                if one != other and (sound(one) == sound(other) or vowels_only(one, other)):
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

    def head(self, word: str) -> bool:
        """Does a name of several words begin with this one, or with one that sounds like it?"""
        return rough(word) in self._heads or bones(word) in self._heads

    def like(self, key: str, level: str | None = None, within: frozenset[str] = frozenset(), everyday: bool = False) -> Likeness | None:
        """What a misspelt compact key may mean. `level`: the level a marker announced; `within`: larger places named in the same text, whose own
        places come first; `everyday`: names that are ordinary words count too.
        """
        found = []
        for one in self._speller.find(key):
            if one.name in self._certain and self.tokens[one.name] < 2 and not (everyday and (within or one.how != LIKE)):
                continue
            codes = [code for code in self._exact[one.name] if level is None or self.regions[code].level == level]
            own = tuple(code for code in codes if not within.isdisjoint(self._chains[code][1:]))
            if codes:
                found.append((one, own or tuple(codes), bool(own)))
        inner = [row for row in found if row[2]]
        if inner and (inner[0][0].how != LIKE or found[0][0].how == LIKE):
            found = inner
        elif found and found[0][0].how == SHORT and len(found) > 1:
            found = [row for row in found if row[0].how == SHORT]
        if not found:
            return None
        best, _, inside = found[0]
        codes_ = dict.fromkeys(
            code for one, own, _ in found if (best.score - one.score <= MARGIN and one.how != LIKE) or one is best for code in own
        )
        return Likeness(tuple(codes_), best.score, best.how, inside)

    def chain(self, code: str) -> tuple[str, ...]:
        """A code and all it lies in, smallest first."""
        return self._chains.get(code, ())

    def _chain(self, code: str) -> tuple[str, ...]:
        """A broken or circular parent ends the chain."""
        out: list[str] = []
        row = self.regions.get(code)
        while row and row.code not in out:
            out.append(row.code)
            row = self.regions.get(row.parent or "")
        return tuple(out)
