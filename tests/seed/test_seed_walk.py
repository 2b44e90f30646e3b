"""What a walk with citizens brought reaches the desk, or the body outside our government, that a neighbour would name."""

from __future__ import annotations

import pytest
from seedfiles import route, rules


@pytest.mark.parametrize(
    ("category", "text", "region", "unit"),
    [
        ("ketertiban", "motor sy hilang di parkiran pasar, curanmor lagi", "52.03.07", "pusat.polri"),
        ("perhubungan", "motor hilang di parkiran rsud", "52.02.01", "pusat.polri"),
        ("ketertiban", "sapi kami dicuri tadi malam", "52.04.13", "pusat.polri"),
        ("ketertiban", "kehilangan dompet di taman", "52.71.02", "pusat.polri"),
        ("ketertiban", "togel dijual di warung", "52.71.02", "pusat.polri"),
        ("ketertiban", "musik keras tiap malam", "52.71.02", "52.71.satpolpp"),
        ("ketertiban", "anjing gila berkeliaran dekat sekolah", "52.05.06", "52.05.pertanian"),
        ("pertanian_perikanan", "anjing liar takut rabies", "52.05.06", "52.05.pertanian"),
        ("lainnya", "sim hilang diminta balik terus di polres", "52.71.02", "pusat.polri"),
        ("lainnya", "skck lama jadi", "52.04.13", "pusat.polri"),
        ("lainnya", "paspor belum jadi", "52.71.02", "pusat.imigrasi"),
        ("pariwisata_budaya", "bule jadi guide, imigrasi diam", "52.08.05", "pusat.imigrasi"),
        ("lainnya", "nomor porsi haji mundur", "52.03.07", "pusat.kemenag"),
        ("lainnya", "travel umroh bawa kabur uang jamaah", "52.03.07", "pusat.kemenag"),
        ("kesehatan", "kis mati kata rsud harus bayar umum", "52.05.06", "pusat.bpjs"),
        ("kesehatan", "kartu bpjs nonaktif di puskesmas", "52.06.03", "pusat.bpjs"),
        ("kesehatan", "puskesmas tutup jam 10", "52.06.03", "52.06.dinkes"),
        ("pendidikan", "beasiswa ntb telat cair untuk kampus", "52.71.02", "prov.dikpora"),
        ("ketenagakerjaan", "phk sepihak pesangon nol", "52.01.14", "52.01.disnaker"),
        ("sampah_lingkungan", "penambang pasir keruk kali", "52.01.14", "prov.esdm"),
        ("sampah_lingkungan", "pohon tumbang nutup jalan", "52.02.01", "52.02.dlh"),
        ("ekonomi_umkm", "lpg 3 kg langka", "52.04.13", "52.04.perdagangan"),
        ("ekonomi_umkm", "solar langka di spbu", "52.04.13", "pusat.pertamina"),
        ("kesehatan", "sppg bolo mbg basi anak anak muntah muntah 10 orang", "52.06.02", "52.06.dinkes"),
        ("bencana", "kebakaran di sekolah sdn keli", "52.06.03", "52.06.damkar"),
        ("perhubungan", "lampu merah mati, macet", "52.01.01", "52.01.dishub"),
    ],
)
def test_it_reaches_who_can_do_something(category, text, region, unit):
    assert route("complaint", category, text, region)[1] == unit


def test_whoever_is_outside_our_government_is_named_with_what_we_do_for_the_citizen():
    added = [rule for rule in rules() if rule.order in (71, 345, 481, 895, 901)]
    assert len(added) == 5
    for rule in added:
        assert rule.level == "central" and "{unit}" in rule.reason and "bukan oleh" in rule.reason and "meneruskan" in rule.reason
