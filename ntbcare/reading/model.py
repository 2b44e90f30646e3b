"""A trained linear reader: terms and lexicon scores → probabilities; its weights fit in a few megabytes and need numpy alone."""

from __future__ import annotations

import io
import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from ntbcare.reading.features import Stems, terms

Matrix = NDArray[np.float32]
LEXICON = "lexicon:"
"""Features that carry what the lexicon found are named with this before the category's code."""


class Guess(NamedTuple):
    """One class with its probability 0..1 and the words that spoke for it most."""

    code: str
    probability: float
    words: tuple[str, ...]


class Head:
    """One question answered by the model (topic, kind, urgency): `classes`, a weight per feature and class, a start value per class,
    and the temperature that makes its margins probabilities (measured on texts it had not seen)."""

    def __init__(self, classes: Sequence[str], weights: Matrix, start: Matrix, heat: float) -> None:
        self.classes, self.weights, self.start, self.heat = tuple(classes), weights, start, heat

    def probabilities(self, rows: NDArray[np.intp], values: Matrix) -> Matrix:
        """One per class, together 1."""
        margins = (values @ self.weights[rows] + self.start) * self.heat
        margins -= margins.max()
        spread = np.exp(margins)
        return np.asarray(spread / spread.sum(), dtype=np.float32)


class Model:
    """`vocabulary`: feature → row; `rarity`: idf per row; `heads` by name; `card`: what it learned from and what was measured."""

    def __init__(self, vocabulary: Mapping[str, int], rarity: Matrix, heads: Mapping[str, Head], known: Mapping[str, str], card: dict[str, Any]) -> None:  # fmt: skip
        self.vocabulary, self.rarity, self.heads, self.card = vocabulary, rarity, heads, card
        self.stems = Stems(known)
        self.version = str(card.get("version", ""))

    def vector(self, found: list[str], heard: Mapping[str, float]) -> tuple[NDArray[np.intp], Matrix]:
        """Rows and values of one text: log-counted terms times rarity to length one, then the lexicon's scores."""
        counts = Counter(self.vocabulary[term] for term in terms(found) if term in self.vocabulary)
        rows = np.fromiter(counts, dtype=np.intp, count=len(counts))
        values = np.fromiter((1.0 + log(count) for count in counts.values()), dtype=np.float32, count=len(counts)) * self.rarity[rows]
        length = float(np.sqrt((values * values).sum()))
        if length:
            values /= length
        said = [(self.vocabulary[LEXICON + code], score) for code, score in heard.items() if LEXICON + code in self.vocabulary]
        if said:
            rows = np.concatenate([rows, np.array([row for row, _ in said], dtype=np.intp)])
            values = np.concatenate([values, np.array([score for _, score in said], dtype=np.float32) * self.rarity[rows[-len(said) :]]])
        return rows, values

    def ask(self, head: str, found: list[str], heard: Mapping[str, float], most: int = 5) -> list[Guess]:
        """The likeliest classes of one head, best first; words only for the first. [] when the text shares nothing with what was learned."""
        rows, values = self.vector(found, heard)
        if not len(rows):
            return []
        asked = self.heads[head]
        chances = asked.probabilities(rows, values)
        order = np.argsort(-chances, kind="stable")[:most]
        return [
            Guess(asked.classes[at], float(chances[at]), self._words(asked, int(at), rows, values) if at == order[0] else ())
            for at in order
        ]

    def knows(self, code: str | None) -> bool:
        """Was this topic learned? What is found by rule only was not."""
        return code in self.heads["topic"].classes

    def _words(self, head: Head, at: int, rows: NDArray[np.intp], values: Matrix) -> tuple[str, ...]:
        """The terms that spoke most for a class against the mean of all."""
        pull = values * (head.weights[rows, at] - head.weights[rows].mean(axis=1))
        names = self._names()
        told = [names[int(rows[i])] for i in np.argsort(-pull, kind="stable")[:6] if pull[i] > 0]
        return tuple(name for name in told if not name.startswith(LEXICON))[:4]

    def _names(self) -> list[str]:
        if not hasattr(self, "_by_row"):
            self._by_row = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        return self._by_row

    def dump(self) -> bytes:
        """Everything as one compressed archive without pickles; the same model gives the same bytes."""
        arrays: dict[str, Any] = {"rarity": self.rarity.astype(np.float32)}
        told = {"features": self._names(), "known": self.stems.known, "card": self.card, "heads": {}}
        for name, head in self.heads.items():
            told["heads"][name] = {"classes": head.classes, "heat": head.heat}  # type: ignore[index]
            arrays[f"{name}.weights"], arrays[f"{name}.start"] = head.weights.astype(np.float16), head.start.astype(np.float32)
        arrays["told"] = np.frombuffer(json.dumps(told, ensure_ascii=False, sort_keys=True).encode(), dtype=np.uint8)
        out = io.BytesIO()
        np.savez_compressed(out, **arrays)
        return out.getvalue()

    @classmethod
    def load(cls, body: bytes) -> Model:
        """What `dump` wrote. Raises ValueError for anything else."""
        try:
            return cls._load(body)
        except (KeyError, EOFError, OSError, BadZipFile, zlib.error) as fault:
            raise ValueError(f"this is no model: {fault}") from fault

    @classmethod
    def _load(cls, body: bytes) -> Model:
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            told = json.loads(arrays["told"].tobytes())
            heads = {
                name: Head(facts["classes"], arrays[f"{name}.weights"].astype(np.float32), arrays[f"{name}.start"], facts["heat"])
                for name, facts in told["heads"].items()
            }
            rarity = arrays["rarity"]
        return cls({term: row for row, term in enumerate(told["features"])}, rarity, heads, told["known"], told["card"])
