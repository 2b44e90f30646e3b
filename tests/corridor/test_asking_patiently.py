"""People do not answer like forms: numbers in words, chatter in between, danger told late. The question waits, the clock does not."""

from __future__ import annotations

import pytest

from ntbcare.domain.tickets import pretty
from tests.corridor.avenue import LINES, open_avenue
from tests.corridor.looking import clock
from tests.corridor.test_asking import OPEN, VAGUE, WHERE, asked, only, tells, unit_of


@pytest.fixture(scope="module")
def avenue(servers, template, tmp_path_factory):
    yield from open_avenue(servers, template, tmp_path_factory.mktemp("patient"))


@pytest.fixture(scope="module")
def town(avenue):
    return avenue.town


SECOND = ["2", "2.", "2 pak", "no 2", "nomor 2 pak", "yang nomor dua", "yang kedua", "dua", "pilih 2 ya", "jawaban no 2, makasih"]


@pytest.mark.parametrize("answer", SECOND)
def test_a_number_may_be_said_in_many_ways(avenue, town, answer):
    person = 9100 + SECOND.index(answer)
    tells(avenue, "sms", person, WHERE.format(f"cara {person}"))
    tells(avenue, "sms", person, answer)
    case = only(avenue, "sms", person)
    assert case["region"] == "52.03.03.2006", answer
    assert case["state"] == "dispositioned"


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("chatter", ["kenapa tanya", "selain itu lampu jalan mati", "9"])
def test_what_does_not_answer_is_kept_and_the_question_goes_on_waiting(avenue, town, line, chatter):
    person = 9130 + ["kenapa tanya", "selain itu lampu jalan mati", "9"].index(chatter)
    tells(avenue, line, person, WHERE.format(f"sabar {line}"))
    (again,) = tells(avenue, line, person, chatter)
    assert "belum jelas" in again and "1) Kabupaten Lombok Tengah" in again
    tells(avenue, line, person, "hmm")
    case = only(avenue, line, person)
    assert case["question"] and case["state"] == "received"
    tells(avenue, line, person, "3")
    case = only(avenue, line, person)
    assert case["region"].startswith("52.08") and case["state"] == "dispositioned", "the number counts whenever it comes"
    assert asked(town, case) == 1


def test_danger_told_in_the_answer_names_the_number_and_shortens_the_promise(avenue, town):
    tells(avenue, "sms", 9150, OPEN.format("awalnya biasa"))
    before = clock(town, only(avenue, "sms", 9150)["ticket"], "first_response")["due_at"]
    heard = tells(avenue, "sms", 9150, "di Desa Tente Woha, ada anak terjebak di lubang sekarang tolong cepat!!")
    assert "DARURAT" in heard[0]
    case = only(avenue, "sms", 9150)
    assert case["urgency"] == "mendesak"
    after = clock(town, case["ticket"], "first_response")["due_at"]
    assert after < before and (after - case["received_at"]).total_seconds() == 3600


DANGERS = [
    ("KDRT di lembar tolong", "129"), ("suami saya mukul saya tiap hari saya takut, di lembar", "129"), ("ada begal di jalan baru gerung", "110"),
    ("jantungan bapak saya tolong di karijawa dompu", "119"), ("saya mau bunuh diri rasanya sudah tidak kuat", "119"),
    ("banjir sudah sepinggang di dompu", "115"), ("air sungai meluap masuk kampung di bolo bima, orang tua sdh naik atap", "115"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "number"), DANGERS)
def test_whoever_is_told_a_number_has_an_hours_promise_and_the_other_way_round(avenue, town, words, number):
    person = 9160 + DANGERS.index((words, number))
    heard = tells(avenue, "sms", person, words)
    assert number in heard[0], heard
    assert only(avenue, "sms", person)["urgency"] == "mendesak"


@pytest.mark.parametrize(
    "words", ["kebakaran kemarin di alas sudah padam, minta bantuan terpal", "banjir tahun lalu di dompu, mohon saluran diperlebar"]
)
def test_what_is_over_is_told_no_number(avenue, town, words):
    heard = tells(avenue, "sms", 9180, f"LAPOR {words}")
    assert not any("DARURAT" in text for text in heard), heard


def test_a_likely_topic_is_asked_about_rather_than_left_to_wait(avenue, town):
    (receipt,) = tells(avenue, "sms", 9190, VAGUE.format("diam"))
    assert "Apa yang terjadi" in receipt
    assert "lainnya" not in receipt.casefold().replace("lainnya.", "")


def test_another_governments_matter_says_whose_it_is_at_once(avenue, town):
    (receipt,) = tells(avenue, "sms", 9191, "listrik padam dari pagi di Empang Sumbawa")
    case = only(avenue, "sms", 9191)
    assert pretty(case["ticket"]) in receipt and "PLN" in receipt and "kami teruskan" in receipt
    assert unit_of(town, case) == ""
