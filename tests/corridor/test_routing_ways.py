"""Which unit and because, seen from outside: other regencies, helpers, bodies outside our government, people who are accused."""

from __future__ import annotations

import pytest

from ntbcare.domain.lifecycle import State
from tests.corridor.looking import by_form, by_sms, story


def unit_of(town, ticket: str) -> str | None:
    """The code of the unit responsible."""
    found = town.sql("SELECT u.code FROM cases c JOIN units u ON u.id = c.unit_id WHERE c.ticket = :ticket", ticket=ticket)
    return found[0][0] if found else None


def filed(town, text: str, **fields) -> str:
    """A report by the API, triaged."""
    answer = town.api(text=text, **fields)
    assert answer.status_code in (200, 201), answer.text
    town.work_off()
    return answer.json["ticket"].replace(" ", "")


def test_the_road_of_another_regency_lands_with_that_regencys_unit(town):
    ticket = by_sms(
        town, "+6281234500001", "Jalan rusak berlubang di Desa Tente Kecamatan Woha Kabupaten Bima, saya sendiri tinggal di kota lain"
    )
    assert unit_of(town, ticket) == "52.06.pupr"
    ticket = by_sms(town, "+6281234500011", "Saya orang Bima. Jalan rusak berlubang di Kelurahan Pagesangan Kota Mataram")
    assert unit_of(town, ticket) == "52.71.pupr"


def test_a_hospitals_waste_is_the_environments_and_health_helps(town, office):
    ticket = filed(town, "Limbah medis puskesmas dibuang di pinggir kali", category="sampah_lingkungan", region="52.06.03")
    assert unit_of(town, ticket) == "52.06.dlh"
    assert "Ikut menangani" in office.page("imran", ticket)
    page = office.page("halim", ticket)
    assert "Limbah medis" in page
    assert "Dinas Kesehatan Kabupaten Bima" in page.partition("Ikut menangani")[2][:200]


def test_a_helper_reads_and_does_nothing_else(town, office):
    ticket = filed(town, "Limbah medis klinik dibuang ke sawah", category="sampah_lingkungan", region="52.06.03")
    page = office.page("halim", ticket)
    assert "Tidak ada yang perlu Anda lakukan" in page
    assert "Nama dan nomor hanya terlihat oleh yang menangani" in page
    for event in ("start", "answer", "hand_back", "respond"):
        assert town.act(office.desk("halim"), ticket, event, words="Kami saja").status_code == 403
    assert ticket in office.queue("halim", "helping").replace(" ", "")
    assert ticket not in office.queue("halim", "all").replace(" ", "")
    assert office.desk("dewi").get(f"/meja/{ticket}").status_code == 404, "the same office of another city does not help"
    assert ("ways:involved", "triage") in story(town, ticket)


def test_a_confidential_case_gets_no_further_readers(town, office):
    ticket = by_form(
        town,
        "Limbah medis rsud dibakar",
        category="sampah_lingkungan",
        region="52.06.03",
        confidential="1",
        name="Ibu",
        phone="081234500009",
    ).headers["Location"][-9:]
    town.work_off()
    assert unit_of(town, ticket) == "52.06.dlh"
    assert office.desk("halim").get(f"/meja/{ticket}").status_code == 404


def test_the_helper_leaves_with_the_unit_that_it_helped(town, office):
    ticket = filed(town, "Atap sekolah mau roboh, jalan masuknya rusak", category="pendidikan", region="52.06.03")
    assert office.desk("bagus").get(f"/meja/{ticket}").status_code == 200
    town.sql("UPDATE accounts SET unit_id = (SELECT id FROM units WHERE code = '52.06.dikbud') WHERE email LIKE 'ratna@%'")
    office.act("ratna", ticket, "hand_back", words="Ini sekolah swasta", unit=office.unit("52.06.dinkes"))
    office.act("imran", ticket, "dispose", unit=office.unit("52.06.dinkes"))
    assert office.desk("bagus").get(f"/meja/{ticket}").status_code == 404


def test_power_is_forwarded_with_one_click_and_the_citizen_reads_whom_to_ask(town, office):
    ticket = by_sms(town, "+6281234500002", "Listrik padam sejak pagi di Desa Tente Kecamatan Woha Kabupaten Bima, tegangan turun terus")
    assert town.case(ticket)["state"] == State.RECEIVED
    page = office.page("imran", ticket)
    form = page.partition("/forward")[2].partition("</form>")[0]
    assert f'<option value="{office.unit("pusat.pln")}" selected>' in form
    words = form.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0].strip()
    assert "123" in words
    office.act("imran", ticket, "forward", words=words, unit=office.unit("pusat.pln"))
    assert town.case(ticket)["state"] == State.FORWARDED
    assert "PLN" in town.sent("+6281234500002")[-1]["text"]
    assert "123" in town.sent("+6281234500002")[-1]["text"]
    assert "Diteruskan ke PLN NTB" in office.page("imran", ticket)
    assert [tag for tag, _ in story(town, ticket)].count("case:verify") == 1


def test_forwarding_names_only_bodies_outside_and_never_without_words(town, office):
    ticket = by_sms(town, "+6281234500003", "Sertifikat tanah PTSL saya belum terbit di Desa Tente Kecamatan Woha Kabupaten Bima")
    office.act("imran", ticket, "forward", status=422, words="", unit=office.unit("pusat.bpn"))
    office.act("imran", ticket, "forward", status=422, words="Ke sana", unit=office.unit("52.06.pupr"))
    office.act("imran", ticket, "forward", status=422, words="Ke sana", unit=2**30)
    assert town.case(ticket)["state"] == State.RECEIVED, "a refused click leaves nothing half done"
    ordinary = by_sms(town, "+6281234500013", "mohon bantuannya untuk Desa Tente Kecamatan Woha Kabupaten Bima, nomor tiga puluh")
    office.act("imran", ordinary, "forward", status=409, words="Ke sana")


ACCUSED = [
    ("petugas puskesmas marah-marah ke pasien di Kecamatan Woha Kabupaten Bima", "52.06.dinkes"),
    ("saya dibentak perawat puskesmas di Kecamatan Woha Kabupaten Bima", "52.06.dinkes"),
    ("kades arogan dan jarang masuk, Desa Tente Kecamatan Woha Kabupaten Bima", "52.06.03.kec"),
    ("pak lurah tidak ramah dan mempersulit warga, Kecamatan Woha Kabupaten Bima", "52.06.03.kec"),
    ("sekdes itu suka membentak kami, Desa Tente Kecamatan Woha Kabupaten Bima", "52.06.03.kec"),
    ("camat tidur waktu kami datang, Kecamatan Woha Kabupaten Bima", "52.06.setda"),
    ("pegawai kecamatan judes sekali, Kecamatan Woha Kabupaten Bima", "52.06.setda"),
    ("kepala dinas menghina warga waktu rapat di Kecamatan Woha Kabupaten Bima", "52.06.setda"),
    ("pegawai dinas kasar sama orang tua, Kecamatan Woha Kabupaten Bima", "52.06.setda"),
    ("ibu saya diusir petugas dukcapil, Kecamatan Woha Kabupaten Bima", "52.06.setda"),
    ("petugas samsat memaki saya soal pajak motor, Kecamatan Woha Kabupaten Bima", "prov.setda"),
]
NO_ACCUSATION = [
    "jalan di depan rumah kades rusak dan warga marah",
    "warga marah, kades belum memperbaiki jalan rusak",
    "kantor camat tutup, ada orang mabuk di depan",
    "lampu jalan mati dekat kantor lurah, anak muda mabuk di situ",
    "anak kades mabuk di jalan",
    "petugas puskesmas tidak pernah kasar, tetapi obat kosong",
    "obat di puskesmas kosong, petugas puskesmas hanya dua",
    "petugas dukcapil baik, tapi ktp saya belum jadi tiga bulan",
    "kami sudah lapor kepala desa tapi air pdam belum mengalir",
    "perawat puskesmas kurang, mohon ditambah",
    "orang mabuk menghina petugas puskesmas",
]


@pytest.mark.parametrize(("text", "unit"), ACCUSED)
def test_who_is_accused_does_not_lead(town, text, unit):
    ticket = filed(town, text)
    assert unit_of(town, ticket) == unit
    assert "tidak memimpin" in town.case(ticket)["because"]


@pytest.mark.parametrize("text", NO_ACCUSATION)
def test_a_complaint_about_a_service_accuses_nobody(town, text):
    ticket = filed(town, f"{text}, di Kecamatan Woha Kabupaten Bima")
    assert "tidak memimpin" not in town.case(ticket)["because"]
    assert unit_of(town, ticket) not in ("52.06.setda", "prov.setda")
