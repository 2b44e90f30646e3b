"""Whoever tells of an emergency is told the number to call before anything else: in a report, in an answer, at night, after STOP."""

from __future__ import annotations

import pytest

from tests.corridor.avenue import LINES, open_avenue

OPEN = "Jalan berlubang besar di depan masjid, {}"  # no place at all: the reader asks for it


@pytest.fixture(scope="module")
def avenue(servers, template, tmp_path_factory):
    yield from open_avenue(servers, template, tmp_path_factory.mktemp("emergency"))


@pytest.fixture(scope="module")
def town(avenue):
    return avenue.town


def tells(avenue, line: str, person: int, words: str) -> list[str]:
    """They write; what they are answered."""
    before = len(avenue.heard(line, person))
    avenue.write(line, person, words)
    avenue.town.work_off()
    return avenue.heard(line, person)[before:]


def only(avenue, line: str, person: int) -> dict:
    """The one case of this person."""
    (case,) = avenue.cases(line, person)
    return case


@pytest.mark.parametrize("line", LINES)
def test_an_emergency_is_answered_before_anything_else_and_once_an_hour(avenue, town, line):
    first, receipt = tells(avenue, line, 9015, "Tolong ada kebakaran rumah di Desa Tente Kecamatan Woha")
    assert "113" in first
    assert only(avenue, line, 9015)["ticket"][:3] in receipt and "Telepon 113" not in receipt, "named once is enough"
    assert not any("113" in words for words in tells(avenue, line, 9015, "kebakaran makin besar pak tolong cepat"))
    town.clock.forward(hours=1, minutes=1)
    again = tells(avenue, line, 9015, "LAPOR kebakaran lagi di Desa Tente Kecamatan Woha")
    assert sum("113" in words for words in again) == 1


def test_an_emergency_in_an_answer_is_answered_first(avenue, town):
    tells(avenue, "sms", 9016, OPEN.format("jawaban darurat"))
    said = tells(avenue, "sms", 9016, "Desa Tente kecamatan Woha, sekarang ada kebakaran di sana")
    assert "113" in said[0]
    assert only(avenue, "sms", 9016)["region"] == "52.06.03.2003"


def test_an_emergency_waits_for_no_morning_and_for_no_stop(avenue, town):
    tells(avenue, "sms", 9017, OPEN.format("malam"))
    tells(avenue, "sms", 9017, "STOP")
    town.clock.forward(hours=(18 - town.clock.moment.hour) % 24)  # two in the night, local time
    town.clock.forward(minutes=-town.clock.moment.minute)
    assert "113" in tells(avenue, "sms", 9017, "LAPOR kebakaran di Desa Tente Woha")[0]
    assert "113" in tells(avenue, "sms", 9018, "kebakaran di Desa Tente Woha tolong")[0], "also for somebody who never wrote before"


def test_a_message_that_only_calls_for_help_is_a_case_and_answered_at_once(avenue, town):
    first, *_ = tells(avenue, "sms", 9019, "tolong ada orang tenggelam")
    assert "DARURAT" in first
    assert only(avenue, "sms", 9019)["urgency"] == "mendesak"


def test_another_danger_within_the_hour_has_its_own_number(avenue, town):
    assert "113" in tells(avenue, "sms", 9021, "Tolong ada kebakaran rumah di Desa Tente Kecamatan Woha")[0]
    assert "119" in tells(avenue, "sms", 9021, "tolong ada yang pingsan tidak sadar")[0]
    assert not any("119" in words for words in tells(avenue, "sms", 9021, "masih tidak sadar pak, tolong cepat"))


@pytest.mark.parametrize(
    ("person", "words", "topic", "unit"),
    [
        (9022, "TOLONGGG kebakaran di pasar tente kecamatan woha", "bencana", "52.06.damkar"),
        (9023, "kbakaran di sekolah SDN Keli kecamatan Woha kab Bima", "bencana", "52.06.damkar"),
        (9024, "anak saya dilecehkan gurunya di SMAN 1 Woha kab Bima", "perempuan_anak", "52.06.dp3a"),
    ],
)
def test_the_word_of_danger_decides_whose_it_is(avenue, town, person, words, topic, unit):
    tells(avenue, "sms", person, words)
    case = only(avenue, "sms", person)
    assert (case["category"].partition(".")[0], case["urgency"], case["offered_until"]) == (topic, "mendesak", None)
    assert town.sql("SELECT code FROM units WHERE id = :id", id=case["unit_id"]) == [(unit,)]


def test_a_place_outside_the_province_is_told_the_way_and_goes_to_no_desk_of_ours(avenue, town):
    (said,) = tells(avenue, "sms", 9025, "jalan rusak parah di Labuan Bajo NTT")
    assert "di luar NTB" in said and "1708" in said
    case = only(avenue, "sms", 9025)
    assert (case["region"], case["unit_id"], case["state"]) == (None, None, "received")
    assert "di luar NTB" in case["because"]


@pytest.mark.parametrize(
    ("person", "words", "said", "kept"),
    [
        (9026, "tolong rahasiakan nama saya", "Nama Anda kami rahasiakan.", (True, False)),
        (9027, "#rahasia", "Laporan ini kami rahasiakan.", (False, True)),
    ],
)
def test_who_asks_for_it_is_hidden_and_told_so(avenue, town, person, words, said, kept):
    receipt = tells(avenue, "sms", person, f"jalan berlubang di desa Tente kecamatan Woha. {words}")
    case = only(avenue, "sms", person)
    assert said in receipt[-1] and (case["anonymous"], case["confidential"]) == kept
