"""Misconduct is heard as people tell it, and nobody is turned away for what only sounds like it."""

from __future__ import annotations

import pytest
from misconduct_texts import NOT_TOLD, TOLD


@pytest.mark.parametrize("text", TOLD)
def test_misconduct_is_heard_without_its_name(lexicon, text):
    found = lexicon.read(text)
    assert found.kind == "violation" and found.kind_words, found
    assert lexicon.tells_violation(text)


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_only_sounds_like_it_is_an_ordinary_report(lexicon, text):
    assert lexicon.read(text).kind != "violation", lexicon.read(text).kind_words


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("petugas di kantor kami minta uang 50rb biar cepat", "kami minta uang ganti rugi 50rb dari petugas"),
        ("bantuan dipotong pak kadus 50rb", "kambing bantuan dipotong pak kadus waktu kurban"),
        ("ada main di proyek talud ini", "ada main bola di proyek talud tiap sore"),
        ("kuitansi palsu dibuat bendahara desa", "uang kuliah pakai kuitansi palsu agen travel"),
        ("petugas loket minta 100rb tanpa kwitansi", "petugas loket minta 100rb, kwitansi resmi ada"),
        ("proyek irigasi fiktif di desa", "order fiktif di olshop, saya rugi"),
        ("oknum dibekingi aparat, dana desa dikorupsi kades", "kades kami bersih, tidak pernah korupsi"),
    ],
)
def test_the_same_words_are_heard_by_who_does_it(lexicon, theirs, ours):
    assert lexicon.tells_violation(theirs) and not lexicon.tells_violation(ours)
