"""Whatever happens, there are words for it in every channel; an SMS stays in GSM-7 and costs two parts at most."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ntbcare.casework.notices import CHANNELS, OFFICER_TEMPLATES, PUBLIC, PUBLIC_TEMPLATES, TEMPLATES
from ntbcare.domain.lifecycle import MOVES
from ntbcare.wording import LINK_MARK, MAX_PARTS, PIN_MARK, Wording, gsm7, parts
from tests.house.committed import ROOT, committed, rooms, text, tree

OWN_WORDS = ("sms", "telegram", "web")  # the others use the words of the channel they resemble
WORDING = Wording(ROOT / "templates" / "messages")
FILES = tuple(path for path in committed() if path.is_relative_to("templates/messages"))
# what is typical of NTB, on the long side: the longest short name in units.csv has 29 letters, the longest name 96
FACTS = {
    "ticket": "482-173-059",
    "track": "https://ntbcare.ntbprov.go.id/t/482173059",
    "unit": "Dinas Pemberdayaan Masyarakat, Pemerintahan Desa, Kependudukan dan Pencatatan Sipil Provinsi NTB",
    "unit_short": "Dinas Pertanian Lombok Tengah",
    "due": "Jum 27 Mar 23.59 WITA",
    "due_long": "Jumat, 27 Maret 2026 pukul 23.59 WITA",
    "title": "Jalan berlubang di depan Pasar Tente",
    "product": "NTB Care",
    "words": "Tim sudah ke lokasi dan menambal lubang di depan pasar. ",
    "reason": "Laporan ini sama dengan laporan lain yang sudah kami terima. Kabarnya dapat Anda ikuti pada laporan tersebut itu juga.",
    "other": "193-460-827",
    "options": [(ticket, "Jalan berlubang di depan pasar") for ticket in ("482-173-059", "193-460-827", "605-218-473")],
    "state": "Sudah diperiksa, dicarikan petugas",
    "score": 5,
    "label": "Sangat tidak puas",
    "question": "Di mana kejadiannya? 1) Desa Mekar Sari, Kecamatan Narmada, Kabupaten Lombok Barat 2) Desa Mekar Sari. Balas angkanya.",
    "elsewhere": "",
    "elsewhere_because": "",
    "hidden": "Nama Anda kami rahasiakan.",
    "like": "",  # casework/doubting.py puts it into a receipt only where it fits
    "wait": "",
    "news": "Ditutup karena pelapornya tidak menjawab. Masih ada masalahnya? Kirim laporan baru.",
    "about": "infrastruktur jalan dan jembatan, Kelurahan Karang Taliwang, sejak 12 Nov",
    "back": "Dinas Pemberdayaan Masyarakat, Pemerintahan Desa, Kependudukan dan Pencatatan Sipil Provinsi NTB",
    "back_short": "Dinas Pertanian Lombok Tengah",
    "desk": "Dinas Komunikasi, Informatika, Statistik dan Persandian Kabupaten Sumbawa Barat",
    "desk_short": "Diskominfotik Sumbawa Barat",
    "raised": False,
    "together": "12 dari 12 unit sudah selesai.",
    "body": "Balai Pelayanan Pelindungan Pekerja Migran Indonesia NTB",
    "body_short": "BPJS Ketenagakerjaan",
    "ref": "PLN-2026-03-0098812",
    "asked": "joined",
    "code": "B1234567",
    "link": f"https://ntbcare.ntbprov.go.id/b/{LINK_MARK}",
    "archived": True,
    "followed": False,
    "day": "Jumat, 27 Maret 2026",
    "counts": [("Lewat batas", 3), ("Kabar baru", 0)],
    "lines": ["Laporan 482-173-059 (Infrastruktur Jalan dan Jembatan, Desa Tente): lewat sejak Kam 26 Mar 23.59 WITA"],
    "more": 2,
    "emergency": "112 (Panggilan darurat (di daerah yang sudah punya))",
}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("notice", TEMPLATES)
def test_every_notice_has_words_in_every_channel(notice, channel):
    said = WORDING.write(notice, channel, **FACTS)
    assert said and "None" not in said and "{" not in said


@pytest.mark.parametrize("notice", TEMPLATES)
def test_an_sms_stays_in_the_alphabet_and_within_two_parts(notice):
    for times, emergency in ((0, ""), (1, ""), (1, FACTS["emergency"]), (100, "")):
        said = WORDING.write(notice, "sms", **{**FACTS, "words": FACTS["words"] * times, "emergency": emergency})
        assert parts(said) <= MAX_PARTS, f"{len(said)} letters: {said}"


@pytest.mark.parametrize("path", [path for path in FILES if path.name.endswith(".sms.txt")], ids=str)
def test_the_words_of_an_sms_are_written_in_its_alphabet(path):
    assert gsm7(text(path)) == text(path), "typographic signs turn an SMS of 160 letters into one of 70"


def test_no_file_of_words_is_left_over():
    own = {f"{notice}.{channel}.txt" for notice in TEMPLATES for channel in OWN_WORDS}
    assert {path.name for path in FILES} == own | {f"{notice}.telegram.txt" for notice in (*PUBLIC_TEMPLATES, *OFFICER_TEMPLATES)}


@pytest.mark.parametrize("channel", ["telegram", "email"])
@pytest.mark.parametrize("notice", OFFICER_TEMPLATES)
def test_words_to_officers_carry_a_way_to_the_desk_and_no_pin_and_no_title(notice, channel):
    said = WORDING.write(notice, channel, **FACTS)
    assert FACTS["link"] in said and "STOP" in said and "None" not in said and "{" not in said
    assert PIN_MARK not in said and FACTS["title"] not in said and FACTS["track"] not in said
    assert not WORDING.has(notice, "sms") and not WORDING.has(notice, "web"), "no other road leads to an officer"


@pytest.mark.parametrize("channel", sorted(PUBLIC))
@pytest.mark.parametrize("notice", PUBLIC_TEMPLATES)
def test_public_words_carry_a_link_and_nothing_of_the_person(notice, channel):
    said = WORDING.write(notice, channel, **FACTS)
    assert FACTS["track"] in said
    assert PIN_MARK not in said and FACTS["words"] not in said and FACTS["title"] not in said
    assert len(said) - len(FACTS["track"]) + 23 <= 280, "one post on X"


def test_every_move_that_owes_words_names_a_notice_and_no_notice_is_forgotten():
    assert {move.notice for move in MOVES if move.notice} <= set(TEMPLATES)
    everywhere = [path for path in rooms("ntbcare/casework", "ntbcare/domain") if path != Path("ntbcare/casework/notices.py")]
    said = {node.value for path in everywhere for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)}
    assert {*TEMPLATES, *OFFICER_TEMPLATES} <= said, "a notice nobody sends"
