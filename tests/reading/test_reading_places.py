"""Places are found exactly, told apart by their surroundings, and asked about when unsure."""

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from place_texts import FIELDS, PLACES
from place_texts_more import MORE

GSM = set("@$_ !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def check(reading, expected, code_of):
    if expected in ("?", "-"):
        assert reading.code is None, reading
        assert (reading.question is not None) == (expected == "?"), reading
    else:
        assert reading.code == code_of(expected), reading
        assert reading.question is None
        assert reading.confidence >= 0.6
    if reading.question is not None:
        assert len(reading.question) < 150
        assert set(reading.question) <= GSM
        assert reading.question.count("?") == 1


@pytest.mark.parametrize(("text", "expected"), (*PLACES, *MORE))
def test_a_message_names_its_place_or_is_asked_one_question(gazetteer, code_of, text, expected):
    check(gazetteer.find(text), expected, code_of)


@pytest.mark.parametrize(("text", "expected"), FIELDS)
def test_a_place_field_needs_no_markers(gazetteer, code_of, text, expected):
    check(gazetteer.find(text, field=True), expected, code_of)


def test_a_letter_of_a_hundred_thousand_letters_is_read_in_a_moment(gazetteer):
    begun = perf_counter()
    for word in ("bonjrk ", "di lmbr slatan ", "mdpngga", "desa ", "kec slng, "):
        gazetteer.find((word * 100_000)[:100_000])
    assert perf_counter() - begun < 10.0


def test_a_longer_name_of_a_landmark_beats_the_region_in_it(gazetteer, code_of):
    assert gazetteer.find("di kayangan").code == code_of("|Kayangan")
    assert gazetteer.find("di pelabuhan kayangan").code == code_of("Labuhan Lombok|Pringgabaya")


def test_the_reason_quotes_the_words_it_rests_on(gazetteer):
    reading = gazetteer.find("jln rusak d ds lingsar")
    assert reading.words == ("ds lingsar",)
    assert reading.because.startswith('Desa Lingsar, Kec. Lingsar, Kab. Lombok Barat, dari kata "ds lingsar"')


def test_the_senders_earlier_place_tells_namesakes_apart_but_invents_none(gazetteer, code_of):
    near = frozenset({code_of("Dasan Agung|Selaparang")})
    assert gazetteer.find("desa karang baru", near=near).code == code_of("Karang Baru|Selaparang")
    assert gazetteer.find("bima banjir", near=frozenset({code_of("|Raba")})).code == "52.72"
    assert gazetteer.find("jalan rusak", near=near).code is None


def test_an_unknown_hint_changes_nothing(gazetteer):
    assert gazetteer.find("bima banjir", near=frozenset({"99.99", ""})).code is None


def test_several_villages_of_one_district_give_the_district(gazetteer, code_of):
    assert gazetteer.find("ds duman dan ds lingsar kec lingsar").code == code_of("|Lingsar")


def test_an_ambiguous_village_lists_its_candidates_and_where_they_lie(gazetteer):
    reading = gazetteer.find("desa tanjung")
    assert reading.question == "Desa Tanjung ada di beberapa tempat. Yang mana: Kab. Lombok Timur, Kab. Lombok Utara atau Kota Bima?"
    assert len(reading.candidates) == 3


def test_every_official_name_with_its_marker_is_found_or_asked_about(gazetteer, regions):
    wrong = []
    for row in regions:
        if row.level not in ("village", "district"):
            continue
        marker = {"district": "kecamatan", "village": "kelurahan" if row.type == "kelurahan" else "desa"}[row.level]
        reading = gazetteer.find(f"{marker} {row.name}")
        if reading.code != row.code and row.code not in reading.candidates:
            wrong.append((row, reading))
    assert wrong == []


def test_every_village_beside_its_district_is_found(gazetteer, regions):
    names = {row.code: row.name for row in regions}
    villages = [row for row in regions if row.level == "village"]
    missed = [row for row in villages if gazetteer.find(f"desa {row.name} kec {names[row.parent]}").code != row.code]
    assert len(missed) <= 3, missed


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_text_raises_and_no_code_comes_from_outside(gazetteer, regions, data):
    known = {row.code for row in regions}
    words = st.sampled_from(
        [
            "desa",
            "kec",
            "kota",
            "dsn",
            "bima",
            "tanjung",
            "baru",
            "dalam",
            "lingsar",
            ".",
            ",",
            "di",
            "jl",
            "2",
            "kr",
            "mas2",
            "o'o",
            "\x00",
        ]
    )
    text = data.draw(st.one_of(st.text(max_size=200), st.lists(words, max_size=12).map(" ".join)))
    reading = gazetteer.find(
        text, near=frozenset(data.draw(st.sets(st.sampled_from(sorted(known)), max_size=2))), field=data.draw(st.booleans())
    )
    assert reading.code is None or reading.code in known
    assert set(reading.candidates) <= known
    assert 0.0 <= reading.confidence <= 1.0
    assert reading.question is None or (reading.code is None and len(reading.question) < 150 and set(reading.question) <= GSM)
