"""Sentences ready to use, as plain functions: braces, blanks, nearness."""

from __future__ import annotations

import pytest

from ntbcare.domain.sentences import blanks, fill, nearness, unknown


def test_what_is_known_is_filled_in_and_what_is_not_becomes_a_blank():
    assert fill("{tiket} di {tempat}, {unit}", {"tiket": "482-173-059", "tempat": ""}) == "482-173-059 di [tempat], [unit]"


def test_words_without_braces_stay_as_they_are():
    assert fill("Besok [jam] kami datang.", {"jam": "8"}) == "Besok [jam] kami datang."


@pytest.mark.parametrize(
    ("words", "strange"),
    [("{tiket} {tanggal}", []), ("{nama}", ["nama"]), ("{}", [""]), ("{tiket", ["{"]), ("tiket}", ["{"]), ("biasa saja", [])],
)
def test_strange_braces_are_told(words, strange):
    assert unknown(words) == strange


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Datang [tanggal] jam [jam], lalu [tanggal].", ["[tanggal]", "[jam]"]),
        ("Sudah selesai.", []),
        ("[]", []),
        ("[dibuka\ntutup]", []),
        ("f(x) = y[0]", ["[0]"]),
    ],
)
def test_blanks_are_found_once_each(words, found):
    assert blanks(words) == found


@pytest.mark.parametrize(
    ("wanted", "category", "near"),
    [("", None, 0), ("", "air_bersih", 0), ("jalan", "jalan", 2), ("jalan", "jalan.trotoar", 1), ("jalan.trotoar", "jalan", None),
     ("jalan", "jalan_lain", None), ("jalan", None, None)],
)  # fmt: skip
def test_the_same_topic_is_nearer_than_the_one_above_and_both_than_any(wanted, category, near):
    assert nearness(wanted, category) == near
