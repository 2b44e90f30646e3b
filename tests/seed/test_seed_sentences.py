"""Sentences that come with the province: plain, short enough for an SMS, and each says what happens next."""

from __future__ import annotations

from pathlib import Path

import pytest
from seedfiles import by_code, rows

from ntbcare.casework import templating
from ntbcare.domain import sentences
from ntbcare.wording import MAX_PARTS, Wording, gsm7

WORDING = Wording(Path(__file__).resolve().parents[2] / "templates" / "messages")
# a long place and the longest short name of a unit: the frame with which a sentence must still fit
LONG = {"ticket": "482-173-059", "unit": "", "unit_short": max((row["short"] for row in rows("units")), key=len)}
FACTS = {
    "tiket": "482-173-059", "unit": LONG["unit_short"], "tempat": "Kecamatan Praya Barat Daya", "petugas": "Nurhayati Contoh",
    "bidang": "drainase, sungai, dan irigasi", "tanggal": "Jumat, 27 Maret 2026",
}  # fmt: skip
OFFICIALESE = (
    "demikian", "disampaikan", "dimaksud", "tersebut", "bersama ini", "sehubungan", "menindaklanjuti", "ditindaklanjuti", "tindak lanjut",
    "dalam rangka", "guna ", "instansi terkait", "pihak terkait", "yth", "bapak/ibu", "saudara", "dapat kami sampaikan", "segera mungkin",
    "terima kasih atas perhatian", "adapun", "dikarenakan", "terkait dengan", "stakeholder",
)  # fmt: skip
ROWS = rows("reply_templates")
each = pytest.mark.parametrize("row", ROWS, ids=[row["code"] for row in ROWS])


def test_there_are_sentences_for_the_common_topics_in_each_of_the_three_acts():
    assert len(ROWS) >= 60
    for act in ("answer", "respond", "ask"):
        topics = {row["category"].partition(".")[0] for row in ROWS if row["act"] == act}
        wanted = {
            "",
            "jalan_jembatan",
            "listrik_penerangan",
            "air_bersih",
            "kesehatan",
            "kependudukan",
            "bansos",
            "pendidikan",
            "sampah_lingkungan",
        }
        assert wanted <= topics, act
    assert any(row["act"] == "forward" and row["category"] == "listrik_penerangan" and "123" in row["words"] for row in ROWS)


def test_every_code_and_every_name_in_a_list_stands_once():
    assert len(by_code("reply_templates")) == len(ROWS)
    assert len({(row["act"], row["category"], row["title"]) for row in ROWS}) == len(ROWS)


@each
def test_a_sentence_points_at_an_act_and_a_topic_that_are_there(row):
    assert row["act"] in templating.ACTS and row["language"] == "id"
    assert not row["category"] or by_code("categories")[row["category"]]["sealed"] != "yes"
    assert not sentences.unknown(row["words"])


@each
def test_a_sentence_fits_into_an_sms_with_everything_around_it(row):
    assert gsm7(row["words"]) == row["words"]
    if row["act"] in templating.FRAMED:
        before, after = templating.sides(WORDING, row["act"], LONG)
        size = templating.size(before, sentences.fill(row["words"], FACTS), after)
        assert size.parts <= MAX_PARTS and not size.over, size


@each
def test_a_sentence_is_spoken_as_a_neighbour_speaks(row):
    said = row["words"].lower()
    assert not [word for word in OFFICIALESE if word in said]
    assert max(len(part.split()) for part in said.replace("?", ".").replace(":", ".").replace(";", ".").split(".")) <= 24


@each
def test_what_happens_next_has_a_day_that_somebody_must_name(row):
    if row["act"] != "forward":  # the forwarded notice itself names the day on which we ask again
        when = ("[tanggal", "[bulan", "[jam")
        assert any(blank.startswith(when) for blank in sentences.blanks(row["words"])), row["words"]
