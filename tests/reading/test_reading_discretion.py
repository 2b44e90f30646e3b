"""Who asks us to keep their name or their report to ourselves is heard, however they say it; who says the contrary is not."""

from __future__ import annotations

import pytest

from ntbcare.reading.discretion import asks

NAME = [
    "tolong rahasiakan nama saya", "jgn sebut nama sy", "rahasiakan identitas saya", "mohon identitas pelapor dirahasiakan", "mohon dirahasiakan",
    "saya takut, jangan kasih tau siapa2", "sy takut jgn kasih tau pak kades", "jalan rusak di Tente. jgn sebutkan nama saya ya pak",
]  # fmt: skip
WHOLE = ["#rahasia", "laporan ini rahasia ya", "#RAHASIA kades kasar"]
NEITHER = [
    "tidak perlu dirahasiakan", "nama saya tidak perlu dirahasiakan", "bukan rahasia lagi jalan ini rusak", "rahasia umum kalau di sini gelap",
    "jangan sebut desa kami miskin", "nama saya Budi", "",
]  # fmt: skip


@pytest.mark.parametrize("text", NAME)
def test_a_name_that_is_to_be_kept(plain, text):
    assert asks(text, plain) == (True, False)


@pytest.mark.parametrize("text", WHOLE)
def test_a_report_that_is_to_be_kept(plain, text):
    assert asks(text, plain)[1]


@pytest.mark.parametrize("text", NEITHER)
def test_who_asks_for_nothing_is_left_alone(plain, text):
    assert asks(text, plain) == (False, False)


@pytest.mark.parametrize("words", [*NAME[:3], *WHOLE[:1]])
def test_such_words_do_not_disturb_what_the_report_is_about(topics, words):
    assert topics.read(f"{words} jalan berlubang di ds tente woha").category == "jalan_jembatan"
