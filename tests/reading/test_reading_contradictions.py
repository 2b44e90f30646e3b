"""Two places that contradict each other: what is certain all the same is kept, both are named, and neither wins in silence."""

import pytest

from ntbcare.reading.borders import EVEN, Points
from ntbcare.reading.choosing import QUESTION

TENTE, BATUKLIANG_UTARA, PRAYA, WOHA, BOLO, BIMA = "52.06.03.2003", "52.02.12", "52.02.01", "52.06.03", "52.06.02", "52.06"
APART = [
    ("jalan rusak di desa Tente, kecamatan Batukliang Utara", {TENTE, BATUKLIANG_UTARA}),
    ("Jalan rusak di Desa Tente Kecamatan Praya", {TENTE, PRAYA}),
    ("lampu mati di Desa Tente. Kecamatan Praya", {TENTE, PRAYA}),
    ("jalan rusak di Desa Tente Woha, Lombok Timur", {TENTE, "52.03"}),
    ("jalan rusak di woha bima sampai praya lombok tengah", {WOHA, PRAYA}),
    ("di Desa Tente kecamatan Lingsar kabupaten Lombok Barat", {TENTE, "52.01.12"}),
]
TOGETHER = [
    ("jalan rusak di Desa Tente, Kecamatan Bolo", {TENTE, BOLO}), ("lampu mati di kec woha dan kec bolo", {WOHA, BOLO}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "places"), APART)
def test_of_two_regencies_none_is_certain_and_both_are_asked_about(gazetteer, text, places):
    found = gazetteer.find(text)
    assert (found.code, found.certain) == (None, None)
    assert set(found.candidates) == places
    assert "belum pasti yang mana" in found.because and len(found.question) <= QUESTION


@pytest.mark.parametrize(("text", "places"), TOGETHER)
def test_of_two_districts_the_regency_is_certain(gazetteer, text, places):
    found = gazetteer.find(text)
    assert (found.code, found.certain) == (None, BIMA)
    assert set(found.candidates) == places and found.question
    assert "yang pasti semuanya di Kab. Bima" in found.because


@pytest.mark.parametrize(
    ("text", "place"),
    [("jalan rusak di Desa Tente, Kecamatan Woha", TENTE), ("di desa Tente, Kabupaten Bima", TENTE), ("warga Tente mengeluh, jalan di Praya rusak", PRAYA),
     ("obat habis di puskesmas kopang, desa Tente", "52.02.09"), ("jalan rusak di desa Tente dan desa Risa", WOHA)],
)  # fmt: skip
def test_places_that_agree_or_play_another_part_are_no_contradiction(gazetteer, text, place):
    found = gazetteer.find(text)
    assert (found.code, found.certain, found.question) == (place, None, None)


def test_without_outlines_points_about_as_near_are_told_and_the_others_not():
    west, middle, far = ("52.01.01.2001", -8.5, 116.0), ("52.02.01.2001", -8.5, 116.04), ("52.03.01.2001", -8.5, 116.2)
    points = Points([west, middle, far])
    assert points.nearest(-8.5, 116.0199).near == (middle[0],)
    assert points.nearest(-8.5, 116.0201).near == (west[0],)
    edge = 116.04 / (1 + EVEN) + 116.0 * EVEN / (1 + EVEN)  # exactly so much nearer
    assert points.nearest(-8.5, edge - 0.0005).near == ()
    assert points.nearest(-8.5, edge + 0.0005).near == (middle[0],)
