"""Words of correction with a place that is sure put the place right; everything else corrects nothing."""

import pytest

from ntbcare.reading import ralat

WOHA, PRAYA = "52.06.03", "52.02.01"
CORRECTED = [
    ("eh maaf, Batukliang Utara", WOHA, "52.02.12"), ("salah, maksud saya desa Tente", PRAYA, "52.06.03.2003"),
    ("bukan Woha pak, Belo", WOHA, "52.06.04"), ("ralat: di kec. Bolo", WOHA, "52.06.02"), ("maaf Bolo", WOHA, "52.06.02"),
    ("Belo pak, bukan Woha", WOHA, "52.06.04"), ("bukan di Woha tapi di Belo", WOHA, "52.06.04"), ("Bukan Tente pak tp Risa", WOHA, "52.06.03.2007"),
    ("salah ketik pak, harusnya Bolo", WOHA, "52.06.02"), ("salah kecamatan pak, Bolo", WOHA, "52.06.02"), ("yang benar desa Risa", WOHA, "52.06.03.2007"),
    ("maaf pak salah tulis, yang betul Kecamatan Praya", WOHA, PRAYA), ("mf sy salah tulis desa, yg benar desa risa pak", WOHA, "52.06.03.2007"),
    ("lokasinya bukan di Woha, tapi di Kec. Belo", WOHA, "52.06.04"), ("keliru min, seharusnya kelurahan Gerung Utara", WOHA, "52.01.01.1001"),
    ("ralat: jalan yang rusak di Kec. Bolo", WOHA, "52.06.02"), ("RALAT. Desa Tente", PRAYA, "52.06.03.2003"),
]  # fmt: skip
NOTHING = [
    "", "bukan", "ralat", "maaf", "terima kasih", "Praya", "desa Tente", "maaf mengganggu", "bukan saya", "saya bukan orang Woha", "bukan Belo",
    "salah satu warga di Belo sakit", "maaf pak, jalan di Tente juga rusak", "bukan main rusaknya di Tente", "salah siapa ini?",
    "maksud saya kapan diperbaiki", "eh pak lampu di Praya mati", "saya bukan warga Praya, saya hanya lewat", "bukan cuma Woha, Belo juga",
    "maaf, desa Tente dan kecamatan Praya", "obat salah di puskesmas Praya", "jalan rusak bukan karena hujan, di Praya", "bukan obatnya, di Praya",
    "petugas salah pasang meteran di Praya", "salah bayar pajak di Mataram", "ralat " + "kata " * 20 + "di Praya", "\x00 bukan , , ,",
]  # fmt: skip


@pytest.mark.parametrize(("text", "before", "place"), CORRECTED)
def test_a_correction_names_the_place_that_was_meant(gazetteer, text, before, place):
    found = ralat.read(text, gazetteer, frozenset({before}))
    assert found is not None and found.code == place and found.confidence >= 0.7


@pytest.mark.parametrize("text", NOTHING)
def test_what_corrects_no_place_is_left_alone(gazetteer, text):
    assert ralat.read(text, gazetteer, frozenset({WOHA})) is None


def test_a_name_that_two_regencies_share_is_not_sure_without_the_place_told_before(gazetteer):
    assert ralat.read("ralat: Belo", gazetteer) is None
    assert ralat.read("ralat: Belo", gazetteer, frozenset({WOHA})).level == "district"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("desa Labuapi jalan rusak eh maaf maksud saya desa Bagik Polak", "52.01.08.2003"),
        ("jalan rusak di Cenggu, maksudnya desa Ncera", "52.06.04.2001"),
        ("jalan rusak di Cenggu kec belo maksudnya desa Ncera tolong diperbaiki pak sudah lama sekali", "52.06.04.2001"),
        ("lampu mati di desa Tente. Ralat: desa Risa", "52.06.03.2007"),
        ("maaf mengganggu pak jalan di desa Tente rusak", None),
        ("jalan di Tente rusak, maksudnya berlubang besar", None),
        ("maksud saya jalan di desa Tente", None),
    ],
)
def test_a_message_that_corrects_itself(gazetteer, text, place):
    found = ralat.within(text, gazetteer)
    assert (found.code if found else None) == place
