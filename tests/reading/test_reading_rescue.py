"""The words of the emergency numbers, as the deployment has them: which number, under which topic, and where nobody is called."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ntbcare.reading.rescue import Call, Rescue, calls

FACTS = tomllib.loads((Path(__file__).parents[2] / "ntbcare/seed/ntb/deployment.toml").read_text(encoding="utf-8"))
CALLED = [
    ("TOLONGGG kebakaran di pasar tente", "113", "bencana"), ("Pasar tente kebakaran", "113", "bencana"),
    ("kebakaran di sekolah SDN Keli", "113", "bencana"), ("rumah sy kbakar", "113", "bencana"),
    ("rumah sy kbakaran di dasan agung mataram", "113", "bencana"), ("rumah saya kebakran", "113", "bencana"),
    ("ada orang tenglam di pantai", "115", "bencana"), ("suami sya dbacok orang", "110", "ketertiban"),
    ("istri sya mau mlahirkan tolong", "119", "kesehatan"), ("maling masuk rumah saya sekarang!", "110", "ketertiban"),
    ("diancam rentenir, mau dibunuh", "110", "ketertiban"), ("ada orang mau bacok tetangga bawa golok", "110", "ketertiban"),
    ("kabel listrik putus di jalan depan rumah", "123", "listrik_penerangan"),
    ("SPPG bolo MBG basi anak2 muntah2 10 orang", "119", "kesehatan"),
    ("anak saya dilecehkan gurunya di SMAN 1 Woha", "129", "perempuan_anak"),
    ("pelecehan guru ke murid di SMPN 2 Praya", "129", "perempuan_anak"), ("anak 10 th dilecehkan bapak tirinya", "129", "perempuan_anak"),
    ("tetangga mukul istrinya di desa tente", "129", "perempuan_anak"), ("suaminya mukul dia tiap malam", "129", "perempuan_anak"),
    ("tetangga menampar istri tiap malam", "129", "perempuan_anak"),
    ("suami ngamuk bawa pisau sy sm anak ngumpet di kamar mandi", "110", "perempuan_anak"),
]  # fmt: skip
NOBODY = [
    "jalan rusak di Tente", "maling masuk rumah kami semalam", "bantuan korban kebakaran bulan lalu belum turun", "istri saya mau melamar kerja",
    "mohon pelatihan pemadam kebakaran", "suami istri itu rukun", "",
]  # fmt: skip


def find(lexicon, plain, text: str, where: str | None = None) -> Call | None:
    words = plain.words(text)
    return Rescue(calls(FACTS["emergency"]), lexicon.meant).find(words, lexicon.is_urgent(words, text), lambda: where)


@pytest.mark.parametrize(("text", "number", "topic"), CALLED)
def test_the_word_of_danger_names_the_number_and_the_topic(lexicon, plain, text, number, topic):
    call = find(lexicon, plain, text)
    assert call is not None and (call.number, call.topic) == (number, topic)


@pytest.mark.parametrize("text", NOBODY)
def test_where_nobody_is_in_danger_nobody_is_called(lexicon, plain, text):
    assert find(lexicon, plain, text) is None


@pytest.mark.parametrize(("where", "number"), [("52.71.02", "112"), ("52.06.03", "110"), ("52.08", "110"), ("52.03", "110"), (None, "110")])
def test_the_number_for_everything_is_named_only_where_somebody_answers_it(lexicon, plain, where, number):
    call = find(lexicon, plain, "darurat!! rumah roboh barusan, tolong cepat", where)
    assert call is not None and (call.number, call.topic) == (number, "")


def test_every_topic_of_a_number_is_one_of_ours(lexicon):
    assert {call.topic for call in calls(FACTS["emergency"])} - {""} <= set(lexicon.names)
