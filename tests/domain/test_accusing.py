"""Whom a text accuses: the very words that name them, and nobody else's."""

from __future__ import annotations

import pytest

from ntbcare.domain.accusing import accused, accuses

WHO, DOES, SUFFERED = ("kepala dinas", "camat", "petugas dukcapil"), ("kasar", "marah", "menghina"), ("diusir",)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("camat kasar sekali kepada warga", ["camat"]),
        ("ibu saya diusir petugas dukcapil", ["petugas dukcapil"]),
        ("kepala dinas kesehatan menghina warga dan camat marah marah", ["kepala dinas", "camat"]),
        ("rumah camat kasar catnya", []),
        ("camat tidak kasar", []),
        ("warga marah, camat datang", []),
        ("", []),
    ],
)
def test_the_accused_are_found_where_they_stand_in_the_text(text, called):
    words = text.replace(",", "").split()
    found = [" ".join(words[start:end]) for start, end in accused(words, WHO, DOES, SUFFERED)]
    assert found == called
    assert accuses(words, WHO, DOES, SUFFERED) is bool(called)
