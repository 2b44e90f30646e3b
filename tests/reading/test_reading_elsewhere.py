"""Places outside the province are told from ours that have the same name, and from roads, ships and relatives named after them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ntbcare.reading.elsewhere import Elsewhere

FACTS = tomllib.loads((Path(__file__).parents[2] / "ntbcare/seed/ntb/deployment.toml").read_text(encoding="utf-8"))
AWAY = [
    ("jalan rusak di Bali, gilimanuk", "Bali"), ("jalan rusak di Labuan Bajo NTT", "Labuan Bajo"), ("lampu jalan mati di Banyuwangi", "Banyuwangi"),
    ("sampah menumpuk di kota Surabaya", "Surabaya"), ("jalan rusak di Denpasar", "Denpasar"), ("air mati di Bengkulu", "Bengkulu"),
    ("macet di Jakarta", "Jakarta"), ("puskesmas tutup di Makassar", "Makassar"), ("jalan rusak di Kupang", "Kupang"),
]  # fmt: skip
OURS = [
    "di Kampung Bali, Taliwang jalan rusak", "jalan rusak di Labuan Bajo Utan", "jalan rusak di Kelurahan Bali Dompu", "jalan surabaya taman sari rusak",
    "anak saya kuliah di Surabaya minta beasiswa", "bus ke Surabaya dari terminal Mandalika penuh", "jalan rusak di Tente", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), AWAY)
def test_a_place_of_another_province_is_known(gazetteer, text, name):
    found = gazetteer.find(text)
    assert Elsewhere(FACTS["elsewhere"]["names"]).find(text, found.words if found.code else ()) == name


@pytest.mark.parametrize("text", OURS)
def test_ours_stay_ours(gazetteer, text):
    found = gazetteer.find(text)
    assert Elsewhere(FACTS["elsewhere"]["names"]).find(text, found.words if found.code else ()) == ""
