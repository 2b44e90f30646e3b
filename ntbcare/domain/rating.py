"""The question after closing: one digit, never guessed, and silence is counted as silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LABELS = {1: "Sangat tidak puas", 2: "Tidak puas", 3: "Cukup", 4: "Puas", 5: "Sangat puas"}
UNHAPPY = (1, 2)  # at or below: the citizen is asked whether the case should be looked at again


@dataclass(frozen=True, slots=True)
class Summary:
    """Ratings of a set of polls: of reporters or of followers, never of both in one figure. `mean` is None without answers;
    `rate` = answered / asked, 0..1."""

    asked: int
    answered: int
    mean: float | None
    rate: float


def summarise(scores: Iterable[int | None]) -> Summary:
    """One entry per poll sent, None for no answer: it lowers the response rate and touches no mean (domain.md 4.2)."""
    every = list(scores)
    given = [score for score in every if score is not None]
    mean = sum(given) / len(given) if given else None
    return Summary(len(every), len(given), mean, len(given) / len(every) if every else 0.0)
