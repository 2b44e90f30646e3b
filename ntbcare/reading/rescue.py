"""Whom to telephone now, and under which topic: the deployment's own words of each emergency number, heard also where they are misspelt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

_ENDINGS = ("nya", "ku", "mu")
_LEAST = 4  # letters that an ending leaves: "istrinya" → "istri"


class Call(NamedTuple):
    """A number, whose it is, the topic its words speak of ("" none) and whether they count at any time (`always`).

    `regions`: regencies that have the number, () = all.
    """

    number: str
    label: str
    topic: str = ""
    words: tuple[str, ...] = ()
    always: bool = False
    regions: tuple[str, ...] = ()

    def told(self) -> str:
        """As people are told it: "113 (Pemadam kebakaran)"."""
        return f"{self.number} ({self.label})"

    def reaches(self, region: str | None) -> bool:
        """Does somebody answer this number there?"""
        return not self.regions or ".".join((region or "").split(".")[:2]) in self.regions


def calls(rows: Iterable[Mapping[str, Any]]) -> tuple[Call, ...]:
    """The [[emergency]] rows of a deployment; what a row does not say is left at its default."""
    return tuple(
        Call(
            str(row["number"]), str(row["label"]), str(row.get("topic", "")), tuple(row["words"]), bool(row.get("always")),
            tuple(row.get("regions", ())),
        )
        for row in rows
    )  # fmt: skip


class Rescue:
    """Finds the number for a text. `meant`: a misspelt word of danger → the word. The row that is first in the deployment wins; a row
    without words is everybody's whose danger no other row names."""

    def __init__(self, rows: Sequence[Call], meant: Callable[[str], str]) -> None:
        self._rows, self._meant = tuple(rows), meant

    def find(self, words: Sequence[str], urgent: bool, where: Callable[[], str | None]) -> Call | None:
        """The call of these plain words, None where nobody is in danger. `urgent`: somebody is, now; `where`: the region, asked only when
        it decides. The topic is that of the row which counts at any time, where that was heard too: few shall read it."""
        heard = [row for row in self._rows if (urgent or row.always) and self._hears(row, words)]
        if heard:
            closed = next((row.topic for row in heard if row.always), heard[0].topic)
            return heard[0]._replace(topic=closed)
        if not urgent or not self._rows:
            return None
        anybody = [row for row in self._rows if not row.words]
        region = where() if any(row.regions for row in anybody) else None
        found = next((row for row in (*anybody, *self._rows) if row.reaches(region)), None)
        return found and found._replace(topic="")  # no word of its row was heard

    def _hears(self, row: Call, words: Sequence[str]) -> bool:
        bare = [_bare(word) for word in words]
        told = [f" {' '.join(line)} " for line in (words, [self._meant(word) for word in words], [self._meant(word) for word in bare])]
        return any(f" {sign} " in line for sign in row.words for line in told)


def _bare(word: str) -> str:
    """Without the ending of possession: 'suaminya' → 'suami'."""
    ending = next((one for one in _ENDINGS if word.endswith(one) and len(word) - len(one) >= _LEAST), "")
    return word.removesuffix(ending)
