"""Words that tell of people for whom waiting is worse, in any spelling and never inside another word."""

from __future__ import annotations

import tomllib

import pytest
from seed_rows import SEED

from ntbcare.reading.plain import Plain
from ntbcare.reading.vulnerable import Vulnerable

WORDS = tomllib.loads((SEED / "deployment.toml").read_text(encoding="utf-8"))["ladder"]["vulnerable_words"]
EARS = Vulnerable(WORDS, Plain([("yg", "yang"), ("dgn", "dengan")]))


@pytest.mark.parametrize(
    "text",
    [
        "Bayi saya demam dan puskesmas tutup", "kakek sudah LANSIA tidak dapat bantuan", "jalan rusak, anak saya difabel pakai kursi   roda",
        "ibu-hamil harus ditandu", "ada ODGJ dipasung di dusun kami", "tetangga saya sakit keras", "anak yatim piatu belum dapat KIP",
        "balitaaaa kami gizi buruk",
    ],
)  # fmt: skip
def test_a_report_of_vulnerable_people_is_heard(text):
    assert EARS.hears(text)


@pytest.mark.parametrize(
    "text", ["", "jalan berlubang di depan pasar", "bayinya sapi tetangga", "pembayaran lumpuhkan warga", "ibu guru tidak masuk"]
)
def test_an_ordinary_report_is_not(text):
    assert not EARS.hears(text)


def test_a_house_without_words_hears_nothing():
    assert not Vulnerable([], Plain([])).hears("bayi sakit")
