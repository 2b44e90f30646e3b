"""What the model sees of a text: stems, pairs of neighbouring stems, and what the lexicon found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

from ntbcare.reading.plain import Plain, split, table

LONGEST = 400
"""Words of a text that are looked at."""
HEARD = 4.0
"""A lexicon score from here on says no more than this."""
EMPTY = table(
    "yang dan di ke dari untuk dengan ini itu pada juga saya aku kami kita bapak ibu pak bu bpk yth mohon tolong terima kasih ada tidak sudah "
    "belum karena agar supaya akan bisa atau oleh dalam adalah sangat lagi saja nya min kak admin selamat pagi siang sore malam assalamualaikum "
    "wr wb waalaikumsalam hormat salam ya dong nih sih kok lah kan jadi tapi tetapi kalau hal mana apa sekali masih sampai para atas bahwa "
    "telah sedang maka serta namun nama telp email nik akun url plat nomor"
)
"""Words that tell nothing of the topic, also the marks behind which data sets hide names and numbers."""


@lru_cache(maxsize=1)
def _stemmer() -> Callable[[str], str]:
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory  # a dictionary of 30,000 roots: only who reads pays for it

    return StemmerFactory().create_stemmer().stem  # type: ignore[no-any-return]


class Stems:
    """Words → dictionary stems (PySastrawi, 0.2 ms for a new word). `known`: stems found before, so that most words cost nothing."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self.known = dict(known or {})
        self._new = lru_cache(maxsize=20_000)(lambda word: _stemmer()(word))

    def of(self, word: str) -> str:
        """The stem of a folded word; words of up to three letters are their own."""
        if len(word) <= 3:
            return word
        found = self.known.get(word)
        return found if found is not None else str(self._new(word[:40]))


def tokens(plain: Plain, stems: Stems, text: str) -> list[str]:
    """The stems of a text in order, abbreviations expanded; numbers and words that tell nothing are left out."""
    words = plain.expand(split(text)[0][:LONGEST])
    return [stem for word in words if word not in EMPTY and not word.isdigit() and len(stem := stems.of(word)) > 1 and stem not in EMPTY]


def terms(found: list[str]) -> list[str]:
    """Stems and pairs of neighbours ("lampu jalan")."""
    return [*found, *(f"{one} {two}" for one, two in pairwise(found))]


def heard(scores: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Lexicon scores by top-level category as 0..1."""
    return {code: min(score, HEARD) / HEARD for code, score in scores if "." not in code}
