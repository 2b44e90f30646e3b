"""Several problems in one message are told apart only where each of them is sure; one problem told at length stays one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntbcare.reading.splitting import LEAST_WORDS, MOST, parts

ROAD, DRUGS, LAMPS, WASTE = "Jalan berlubang di depan pasar Tente", "obat di puskesmas Woha kosong", "lampu jalan mati semua di Woha", "sampah menumpuk di pasar Tente"  # fmt: skip
SEVERAL = [
    (f"{ROAD}. {DRUGS}", [(ROAD, "jalan_jembatan"), (DRUGS, "kesehatan")]),
    (f"{ROAD}\n{DRUGS}", [(ROAD, "jalan_jembatan"), (DRUGS, "kesehatan")]),
    (f"{ROAD.upper()}; {DRUGS.upper()}", [(ROAD.upper(), "jalan_jembatan"), (DRUGS.upper(), "kesehatan")]),
    (f"{LAMPS}. Selain itu, {WASTE}", [(LAMPS, "listrik_penerangan"), (WASTE, "sampah_lingkungan")]),
    (f"{ROAD} dan juga {WASTE}", [(ROAD, "jalan_jembatan"), (WASTE, "sampah_lingkungan")]),
    (f"1. {ROAD} 2. {WASTE} 3. {LAMPS}", [(ROAD, "jalan_jembatan"), (WASTE, "sampah_lingkungan"), (LAMPS, "listrik_penerangan")]),
    (f"{ROAD}. Tolong ya pak. {DRUGS}", [(f"{ROAD}. Tolong ya pak", "jalan_jembatan"), (DRUGS, "kesehatan")]),
]
SHORT = [
    ("1. lampu 2. sampah 3. air", ["listrik_penerangan", "sampah_lingkungan", "air_bersih"]),
    ("jalan rusak, lampu mati", ["jalan_jembatan", "listrik_penerangan"]),
    ("jln berlubang di ds tente, trs irigasi rusak & guru SDN sering tidak masuk", ["jalan_jembatan", "drainase_irigasi", "pendidikan"]),
    ("jalan rusak, lampu jalan mati, sampah menumpuk, air pdam tidak mengalir di desa tente", ["jalan_jembatan", "listrik_penerangan", "sampah_lingkungan", "air_bersih"]),
    ("di tente jalan rusak terus lampu jalan mati juga air macet", ["jalan_jembatan", "listrik_penerangan", "air_bersih"]),
]  # fmt: skip
ONE = [
    "truk sampah lewat terus, jalan rusak", "jalan rusak, anak sekolah jatuh", "jalan rusak, berlubang, kalau hujan banjir", "pdam mati, kami beli air tangki",
    "Jalan rusak di Kec. Woha Kab. Bima dekat puskesmas desa Tente",
    "Jl. Raya Tente No. 12 RT. 02 RW. 03 rusak parah berlubang. Mohon dibantu",
    "Jalan rusak parah. Tolong segera diperbaiki pak. Sudah lama begini. Terima kasih",
    "Jalan rusak di depan sekolah SDN 1 Woha. Anak sekolah jadi terlambat ke sekolah",
    "sampah menumpuk di pasar. baunya sampai ke sekolah, anak anak sakit perut dan muntah muntah",
    "Pak bupati, jalan kami rusak. Truk pasir lewat terus setiap hari melebihi muatan",
    "jalan rusak di tente woha. 087654321 hubungi saya di nomor ini pak",
    "Jalan di Tente rusak parah. Listrik sering padam di Woha. Jalan di Woha juga rusak parah",  # a topic that comes again: nobody could say
    "halo. selamat pagi pak. jalan rusak di tente woha",
    "", "...", "\n\n1. 2. 3.", "x" * 9000,
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SEVERAL, ids=[row[0][:40] for row in SEVERAL])
def test_each_problem_with_its_own_words_and_topic(topics, text, expected):
    found = parts(text, topics.read)
    assert [(text[start:end].strip(), category) for start, end, category in found] == expected


@pytest.mark.parametrize(("text", "topics_of"), SHORT)
def test_a_few_words_between_commas_and_numbers_are_matters_of_their_own(topics, text, topics_of):
    assert [part.category for part in parts(text, topics.read)] == topics_of


@pytest.mark.parametrize("text", ONE, ids=[text[:40] or "nothing" for text in ONE])
def test_one_problem_stays_whole(topics, text):
    assert parts(text, topics.read) == []


def test_who_tells_of_more_than_four_things_has_written_a_petition(topics):
    more = [ROAD, DRUGS, LAMPS, WASTE, "guru di SDN 1 Woha sering tidak masuk mengajar"]
    assert len(parts(". ".join(more[:MOST]), topics.read)) == MOST
    assert parts(". ".join(more), topics.read) == []


def test_only_the_first_letters_of_a_book_are_looked_at(topics):
    assert parts(f"{ROAD}. " + "tolong ya pak " * 300 + f". {DRUGS}", topics.read) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([ROAD, DRUGS, LAMPS, WASTE, "tolong ya pak", ".", "\n", "2. ", " dan juga ", "🙏", "Kec."]), max_size=8))
def test_parts_lie_in_the_text_in_order_and_each_has_a_topic_of_its_own(topics, pieces):
    text = " ".join(pieces)
    found = parts(text, topics.read)
    assert len(found) != 1 and len(found) <= MOST
    ends = [0]
    for start, end, category in found:
        assert ends[-1] <= start < end <= len(text)
        assert len(text[start:end].split()) >= LEAST_WORDS and category
        ends.append(end)
    assert len({part.category for part in found}) == len(found)
