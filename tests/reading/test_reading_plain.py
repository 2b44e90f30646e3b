"""Slang and spelling become plain words without losing what a citizen wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntbcare.reading.plain import Plain, split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Jln RUSAKKKK bgt", "jalan rusak banget"),
        ("ibu2 di rt 02", "ibu ibu di rt 02"),
        ("air mati", "air mati"),
        ("Hu'u, hu’u dan HU`U", "huu huu dan huu"),
        ("jálan ｒｕｓａｋ", "jalan rusak"),
        ("sdn 2 dan sdn2", "sd negeri 2 dan sd negeri 2"),
        ("3hari 1000 kk", "3 hari 1000 kartu keluarga"),
    ],
)
def test_spelling_is_evened_out(plain, text, words):
    assert plain.text(text) == words


def test_an_abbreviation_after_a_place_marker_stays_a_name(plain):
    assert plain.text("sampe skrg blm ada") == "sampai sekarang belum ada"
    assert plain.text("ds sampe") == "desa sampe"
    assert plain.text("ds sy") == "desa saya"
    assert plain.text("kec lab badas") == "kecamatan labuhan badas"


def test_a_pair_that_only_repeats_its_token_is_left_out():
    assert Plain([("air", "pdam air pdam")]).words("air mati") == ["air", "mati"]


def test_breaks_stand_at_punctuation_but_not_at_the_dot_of_an_abbreviation():
    assert split("kec. lingsar, lobar") == (["kec", "lingsar", "lobar"], frozenset({2}))
    assert split("bug-bug lingsar") == (["bug", "bug", "lingsar"], frozenset())


@given(st.text(max_size=300))
def test_any_text_becomes_plain_ascii_words(text):
    words = Plain([("yg", "yang")]).words(text)
    assert all(word.isascii() and word == word.lower() and " " not in word for word in words)
