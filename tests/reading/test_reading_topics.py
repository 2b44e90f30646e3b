"""Topics are named with their words or not at all; kinds and urgency show in plain words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from topic_texts import KINDS, TOPICS, URGENCIES

from ntbcare.reading.topics import CategoryRow, Lexicon


def test_own_texts_are_never_given_a_wrong_topic_and_seldom_none(lexicon):
    wrong, silent = [], []
    for text, expected in TOPICS:
        category = lexicon.read(text).category
        if category != expected:
            (silent if category is None else wrong).append((text, expected, category))
    assert wrong == []
    assert len(silent) <= 0.05 * len(TOPICS), silent


def test_nothing_is_said_about_texts_without_a_topic(lexicon):
    assert [text for text, expected in TOPICS if expected is None and lexicon.read(text).category] == []


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_the_words_show_the_kind(lexicon, text, kind):
    found = lexicon.read(text).kind
    assert found == kind or (kind is None and found == "complaint")


@pytest.mark.parametrize(("text", "urgency"), URGENCIES)
def test_the_words_show_the_urgency(lexicon, text, urgency):
    assert lexicon.read(text).urgency == urgency


def test_the_reason_quotes_the_words(lexicon):
    reading = lexicon.read("sampah menumpuk di pasar")
    assert reading.category == "sampah_lingkungan"
    assert "sampah" in " ".join(reading.words)
    assert all(f'"{word}"' in reading.because for word in reading.words)


def test_a_landmark_is_not_the_topic(lexicon):
    assert lexicon.read("jalan rusak depan puskesmas dekat sekolah").category == "jalan_jembatan"


def test_a_sealed_topic_wins_when_it_is_close(lexicon):
    assert lexicon.read("kepala sekolah minta uang, pungli di sekolah").category == "korupsi_pungli"
    assert lexicon.read("suami pukul istri, kdrt, dibawa ke puskesmas").category == "perempuan_anak"


def test_darkness_is_not_embezzlement(lexicon):
    reading = lexicon.read("jalan gelap gulita, lampu mati, warga mengeluh kegelapan")
    assert reading.category == "listrik_penerangan"
    assert reading.kind == "complaint"


def test_a_deployments_own_emergency_words_count(plain):
    lexicon = Lexicon([CategoryRow("x", "X", ("kapal",), "biasa", False)], plain, urgent_words=["kapal karam"])
    assert lexicon.read("kapal karam dekat gili").urgency == "mendesak"


def test_a_finer_topic_is_told_beside_the_topic(lexicon):
    reading = lexicon.read("lampu jalan mati, pju rusak")
    assert (reading.category, reading.detail) == ("listrik_penerangan", "listrik_penerangan.penerangan_jalan")


def test_a_door_hears_misconduct_exactly_where_the_reader_does(lexicon):
    rows = (*TOPICS, *KINDS, *URGENCIES)
    for row in rows:
        assert lexicon.tells_violation(row[0]) == (lexicon.read(row[0]).kind == "violation"), row[0]
    assert any(lexicon.tells_violation(row[0]) for row in rows)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=300))
def test_no_text_raises(lexicon, text):
    reading = lexicon.read(text)
    assert lexicon.tells_violation(text) == (reading.kind == "violation")
    assert 0.0 <= reading.confidence <= 1.0
    assert reading.urgency in ("mendesak", "penting", "biasa")
