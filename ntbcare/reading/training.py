"""Training the reader: labelled texts → a Model with its card. Only the `train` command comes here; it needs scikit-learn, reading does not."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ntbcare.reading.features import Stems, heard, terms, tokens
from ntbcare.reading.model import LEXICON, Head, Matrix, Model
from ntbcare.reading.plain import Plain
from ntbcare.reading.topics import Lexicon

SHARPNESS = 0.5
"""LinearSVC's C; chosen by cross-validation on the project's own examples."""
LEXICON_WEIGHT = 0.3
"""Length of a full lexicon score beside a text of length one."""
MOST_TERMS = 80_000
ENOUGH_CASES = 3
"""A word that no example of the project holds is kept only when this many of a deployment's cases do: one case's word may be a name."""
FOLDS = 5
_METHOD = 3  # grows when the same examples shall give another model
RELIABLE = 0.95
"""The share of right answers from which the reader may decide alone."""
DECIDES = 0.8
"""Probability from which it does so at the latest. The project's own examples are harder than life: what a model of these examples alone read
with this probability was right in 96 of 100 SMS of bench/sms.tsv and 91 of 100 real texts of other places (bench/reading.py)."""
HEADS = ("topic", "kind", "urgency")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text; an answer of None is not learned from. `weight`: how much it counts beside others; `own`: a citizen's case."""

    text: str
    topic: str | None = None
    kind: str | None = None
    urgency: str | None = None
    weight: float = 1.0
    own: bool = False


@dataclass(slots=True)
class _Texts:
    """Texts as features: rows of terms and lexicon scores; `rare`: terms and words that only too few cases hold."""

    found: list[list[str]]
    heard: list[dict[str, float]]
    known: dict[str, str] = field(default_factory=dict)
    rare: frozenset[str] = frozenset()


def train(examples: Sequence[Example], plain: Plain, lexicon: Lexicon, *, origin: str, heads: Sequence[str] = HEADS) -> Model:
    """Learn from examples; the same examples give the same model. Raises ValueError when there is nothing to tell apart."""
    texts = _read(examples, plain, lexicon)
    vocabulary, rarity = _vocabulary(texts)
    blank = Model(vocabulary, rarity, {}, texts.known, {})
    matrix = _matrix(blank, texts)
    made, card = {}, _card(examples, origin)
    if any(example.own for example in examples):
        card["left_out"] = sum(" " not in term for term in texts.rare)
    for name in heads:
        picked = np.array([i for i, example in enumerate(examples) if getattr(example, name)], dtype=np.intp)
        answers = np.array([getattr(examples[i], name) for i in picked])
        if len(set(answers)) < 2:
            raise ValueError(f"nothing to learn for {name}: fewer than two different answers")
        weights = np.array([examples[i].weight for i in picked], dtype=np.float64)
        made[name], card[name] = _head(matrix[picked], answers, weights)
    return Model(vocabulary, rarity, made, texts.known, card)


def _read(examples: Sequence[Example], plain: Plain, lexicon: Lexicon) -> _Texts:
    stems = Stems()
    texts = _Texts([], [])
    for example in examples:
        texts.found.append(tokens(plain, stems, example.text))
        texts.heard.append(heard(lexicon.scores(example.text)))
    own = [example.own for example in examples]
    texts.rare = _rare([terms(found) for found in texts.found], own)
    words = [[word for word in plain.words(example.text) if len(word) > 3] for example in examples]
    for word in {word for row in words for word in row} - _rare(words, own):
        texts.known[word] = stems.of(word)
    return texts


def _rare(rows: Iterable[list[str]], own: Iterable[bool]) -> frozenset[str]:
    """What stands in no text but a deployment's cases, and in fewer than ENOUGH_CASES of these."""
    cases: Counter[str] = Counter()
    common: set[str] = set()
    for row, is_own in zip(rows, own, strict=True):
        if is_own:
            cases.update(set(row))
        else:
            common.update(row)
    return frozenset(one for one, count in cases.items() if count < ENOUGH_CASES and one not in common)


def _vocabulary(texts: _Texts) -> tuple[dict[str, int], Matrix]:
    """Terms in the order of their names, so that the same texts give the same rows; pairs only when two texts hold them."""
    seen = Counter(term for found in texts.found for term in set(terms(found)) if term not in texts.rare)
    kept = sorted(seen, key=lambda term: (-seen[term], term))[: MOST_TERMS * 2]
    names = sorted([term for term in kept if " " not in term or seen[term] > 1][:MOST_TERMS])
    said = sorted({code for scores in texts.heard for code in scores})
    rarity = [float(np.log((1 + len(texts.found)) / (1 + seen[name])) + 1) for name in names] + [LEXICON_WEIGHT] * len(said)
    return {name: row for row, name in enumerate([*names, *(LEXICON + code for code in said)])}, np.array(rarity, dtype=np.float32)


def _matrix(blank: Model, texts: _Texts) -> Any:
    from scipy.sparse import csr_matrix

    pairs = [blank.vector(found, said) for found, said in zip(texts.found, texts.heard, strict=True)]
    values = np.concatenate([value for _, value in pairs]) if pairs else np.zeros(0)
    columns = np.concatenate([row for row, _ in pairs]) if pairs else np.zeros(0, dtype=np.intp)
    ends = np.cumsum([0, *(len(row) for row, _ in pairs)])
    return csr_matrix((values, columns, ends), shape=(len(pairs), len(blank.rarity)))


def _head(matrix: Any, answers: NDArray[Any], weights: NDArray[np.float64]) -> tuple[Head, dict[str, Any]]:
    """The weights learned from all, and what was measured on the fifths that were kept back in turn."""
    classes = sorted(set(answers.tolist()))
    where = {code: at for at, code in enumerate(classes)}
    right = np.array([where[answer] for answer in answers])
    margins = np.zeros((len(answers), len(classes)), dtype=np.float64)
    fold = _folds(right)
    for number in range(FOLDS):
        out = fold == number
        learned = sorted(set(right[~out].tolist()))
        part = _fit(matrix[~out], right[~out], weights[~out])
        margins[out] = -3.0
        margins[np.ix_(out, learned)] = matrix[out] @ part[0] + part[1]
    heat = _heat(margins, right)
    coefficients, start = _fit(matrix, right, weights)
    head = Head(classes, coefficients.astype(np.float32), start.astype(np.float32), heat)
    return head, _measured(margins * heat, right, classes)


def _folds(right: NDArray[np.intp]) -> NDArray[np.intp]:
    """A fifth for each text, the classes dealt out evenly."""
    fold = np.zeros(len(right), dtype=np.intp)
    for answer in set(right.tolist()):
        places = np.flatnonzero(right == answer)
        fold[places] = (np.arange(len(places)) * 7 + answer) % FOLDS
    return fold


def _fit(matrix: Any, right: NDArray[np.intp], weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights per feature and class (features × classes) and a start value per class, of the classes present, in their order."""
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=SHARPNESS, class_weight="balanced", random_state=0, max_iter=3000).fit(matrix, right, sample_weight=weights)
    coefficients, start = machine.coef_.T, machine.intercept_
    if coefficients.shape[1] == 1:  # two classes share one line
        coefficients, start = np.hstack([-coefficients, coefficients]), np.array([-start[0], start[0]])
    return coefficients, start


def _heat(margins: NDArray[np.float64], right: NDArray[np.intp]) -> float:
    """The temperature under which the kept-back answers were least surprising."""

    def surprise(heat: float) -> float:
        scaled = margins * heat
        top = scaled.max(axis=1, keepdims=True)
        logs = scaled - top - np.log(np.exp(scaled - top).sum(axis=1, keepdims=True))
        return float(-logs[np.arange(len(right)), right].mean())

    return min((round(0.5 + 0.1 * step, 1) for step in range(80)), key=surprise)


def _measured(margins: NDArray[np.float64], right: NDArray[np.intp], classes: Sequence[str]) -> dict[str, Any]:
    """Share right, by class too; the probability from which answers were RELIABLE; that from which it decides, who reaches it, how right."""
    spread = np.exp(margins - margins.max(axis=1, keepdims=True))
    chances = spread / spread.sum(axis=1, keepdims=True)
    best, sure = chances.argmax(axis=1), chances.max(axis=1)
    hit = best == right
    order = np.argsort(-sure, kind="stable")
    running = np.cumsum(hit[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(running >= RELIABLE)
    last = int(enough[-1]) if len(enough) else -1
    reliable = round(float(sure[order[last]]), 3) if last >= 0 else 1.0
    decides = max(0.5, min(DECIDES, reliable))
    alone = sure >= decides
    by_class = {
        code: {
            "texts": int((right == at).sum()), "found": round(float(hit[right == at].mean()), 3),
            "right_when_said": round(float(hit[best == at].mean()), 3) if (best == at).any() else None,
        }
        for at, code in enumerate(classes)
    }  # fmt: skip
    return {
        "right": round(float(hit.mean()), 3), "reliable_from": reliable, "decides_from": decides, "answers": round(float(alone.mean()), 3),
        "right_when_it_answers": round(float(hit[alone].mean()), 3) if alone.any() else 0.0, "classes": by_class,
    }  # fmt: skip


def named(examples: Iterable[Example], origin: str) -> str:
    """The version a model of these examples has."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(repr((example.text, example.topic, example.kind, example.urgency, example.weight)).encode() + b"own" * example.own)
    digest.update(repr((_METHOD, SHARPNESS, LEXICON_WEIGHT, FOLDS)).encode())
    return f"{origin}.{digest.hexdigest()[:10]}"


def _card(examples: Sequence[Example], origin: str) -> dict[str, Any]:
    return {
        "version": named(examples, origin),
        "origin": origin,
        "texts": len(examples),
        "measured": "a fifth kept back, five times in turn",
    }


def shares(examples: Iterable[Example]) -> Mapping[str, int]:
    """How many examples there are for each topic."""
    return Counter(example.topic for example in examples if example.topic)
