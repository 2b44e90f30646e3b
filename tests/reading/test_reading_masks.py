"""Planted secrets disappear from public texts; ordinary numbers and words stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntbcare.reading.masks import find, mask

SECRETS = [
    ("nik", "5202041508900001"),
    ("nik", "5202045508920003"),
    ("nik", "5202 0415 0890 0001"),
    ("nik", "5202.0415.0890.0001"),
    ("nik", "52 02 04 15 08 90 00 01"),
    ("nik", "５２０２０４１５０８９００００１"),
    ("phone", "081234567890"),
    ("phone", "0812-3456-7890"),
    ("phone", "0812 3456 7890"),
    ("phone", "+62 812 3456 7890"),
    ("phone", "+6281907123456"),
    ("phone", "6281234567890"),
    ("phone", "(0370) 631234"),
    ("phone", "0376 21234567"),
    ("email", "budi.santoso@gmail.com"),
    ("email", "inaq_sari+ntb@desa.go.id"),
    ("email", "budi(at)gmail.com"),
    ("plate", "DR 1234 AB"),
    ("plate", "EA 5678 X"),
    ("plate", "dr4455hk"),
    ("plate", "DR-4455-HK"),
    ("plate", "B 9123 KXT"),
    ("account", "0345-01-012345-50-6"),
    ("account", "1234567890123"),
]
ORDINARY = [
    "harga Rp 1.500.000 per bulan",
    "Rp15000000000 dana desa",
    "anggaran 1.234.567.890 rupiah",
    "dari tahun 2019 sampai 2024",
    "tahun 2019 2020 2021 belum cair",
    "dr 1000 kk hanya 200 yang dapat",
    "dr 500 rb jadi 300 rb",
    "RT 02 RW 03 km 12",
    "tiket 483920174 belum dijawab",
    "tiket 483 920 174 belum dijawab",
    "tiket 628123456 belum dijawab",
    "kode wilayah 52.02.04.2001",
    "tanggal 12-05-2024 jam 10.30",
    "2024-05-12 08.00",
    "titik -8.583333, 116.116667",
    "SD 2 Lingsar dan SMPN 1 Labuapi",
    "B 12 orang, A 1 dan L 300",
    "telepon 112 atau 110",
    "kode PIN 123456",
    "lebar 3 m panjang 1200 m",
    "DR 2024",
]


@pytest.mark.parametrize(("kind", "secret"), SECRETS)
def test_a_planted_secret_is_hidden(kind, secret):
    text = f"tolong hubungi {secret} ya, jalan rusak"
    assert [hit.kind for hit in find(text)] == [kind]
    hidden = mask(text)
    assert secret not in hidden
    assert hidden.startswith("tolong hubungi [")
    assert hidden.endswith("disamarkan] ya, jalan rusak")


def test_a_family_card_number_is_told_apart_by_the_words_before_it():
    assert mask("no kk 5202042304110007") == "no kk [nomor KK disamarkan]"
    assert mask("nik 5202042304110007") == "nik [NIK disamarkan]"


def test_a_plate_is_hidden_when_a_vehicle_announces_it():
    assert mask("motor dr 6543 ks ngebut") == "motor [plat disamarkan] ngebut"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_numbers_stay(text):
    assert mask(text) == text


def test_several_secrets_in_one_text_all_go():
    hidden = mask("Budi 5202041508900001, 081234567890, a@b.id, DR 1234 AB")
    assert hidden == "Budi [NIK disamarkan], [telepon disamarkan], [e-mail disamarkan], [plat disamarkan]"


@given(st.text(max_size=300))
def test_masking_never_raises_and_masking_twice_changes_nothing(text):
    hidden = mask(text)
    assert mask(hidden) == hidden
    for hit in find(text):
        assert 0 <= hit.start < hit.end <= len(text)
