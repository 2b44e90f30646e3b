"""Whom a report accuses does not get it: not from a coordinator's hand, not as a proposal of a colleague, not as a helper."""

from __future__ import annotations

import html

import pytest

from tests.corridor.looking import by_sms

WOHA = "di Kecamatan Woha Kabupaten Bima"
# (text, who may not have it, who may)
ACCUSED = [
    (f"camat tidur waktu kami datang, {WOHA}", "52.06.03.kec", "52.06.setda"),
    (f"pegawai kecamatan judes sekali kepada warga, {WOHA}", "52.06.03.kec", "52.06.pupr"),
    (f"ibu saya diusir petugas dukcapil, {WOHA}", "52.06.dukcapil", "52.06.setda"),
    (f"kepala dinas kesehatan menghina warga waktu rapat {WOHA}", "52.06.dinkes", "52.06.setda"),
    (f"petugas satpol pp memukul pedagang kecil, {WOHA}", "52.06.satpolpp", "52.06.inspektorat"),
    (f"petugas loket marah marah waktu saya urus KTP dan kartu keluarga, {WOHA}", "52.06.dukcapil", "52.06.setda"),
    (f"perawat rumah sakit membentak pasien {WOHA}", "52.06.rsud", "52.06.dinkes"),
    (f"petugas samsat memaki saya soal pajak motor, {WOHA}", "prov.bappenda", "prov.setda"),
]


def brought_to_the_coordinator(town, sender: str, text: str) -> str:
    """A report that lies verified on the coordinator's desk of Bima, however the rules sent it."""
    ticket = by_sms(town, sender, text)
    unit = "(SELECT desk_id FROM cases c JOIN units u ON u.id = c.desk_id WHERE u.kind = 'coordinator' AND u.code = '52.06.diskominfo' LIMIT 1)"
    town.sql(
        f"UPDATE cases SET state = 'verified', unit_id = NULL, desk_id = COALESCE({unit}, desk_id) WHERE ticket = :ticket", ticket=ticket
    )
    return ticket


def name(town, code: str) -> str:
    return town.sql("SELECT name FROM units WHERE code = :code", code=code)[0][0]


@pytest.mark.parametrize(("text", "accused", "allowed"), ACCUSED)
def test_a_coordinator_cannot_send_a_report_to_whom_it_accuses_and_reads_why(town, office, text, accused, allowed):
    number = [row[0] for row in ACCUSED].index(text)
    ticket = brought_to_the_coordinator(town, f"+62811000410{number:02}", text)
    page = html.unescape(office.act("imran", ticket, "dispose", 422, unit=office.unit(accused), words="Silakan."))
    assert "Yang dilaporkan di sini" in page and f"jadi {name(town, accused)} tidak menangani laporan ini" in page
    assert "Silakan." in page, "the words are kept"
    assert (town.case(ticket)["state"], town.case(ticket)["unit_id"]) == ("verified", None)
    office.act("imran", ticket, "dispose", unit=office.unit(allowed))
    assert town.case(ticket)["unit_id"] == office.unit(allowed)


def test_who_stands_above_is_named_and_offered(town, office):
    ticket = brought_to_the_coordinator(town, "+6281100041050", f"pegawai kecamatan membentak ibu saya tadi pagi {WOHA}")
    page = html.unescape(office.act("imran", ticket, "dispose", 422, unit=office.unit("52.06.03.kec")))
    assert "Pilih Sekretariat Daerah Kabupaten Bima" in page
    form = office.page("imran", ticket).partition("/dispose")[2].partition("</form>")[0]
    assert f'value="{office.unit("52.06.setda")}"' in form
    other = by_sms(town, "+6281100041051", f"mohon bantuannya {WOHA}, tidak melaporkan siapa pun")
    office.act("imran", other, "verify", category="kesehatan")
    form = office.page("imran", other).partition("/dispose")[2].partition("</form>")[0]
    assert f'value="{office.unit("52.06.setda")}"' not in form, "a secretariat is offered only where it stands above the accused"


def test_a_colleague_cannot_propose_whom_it_accuses(town, office):
    ticket = by_sms(town, "+6281100041052", f"petugas dukcapil membentak nenek saya, {WOHA}")
    town.sql(
        "UPDATE cases SET state = 'dispositioned', unit_id = :unit, desk_id = :unit WHERE ticket = :ticket",
        unit=office.unit("52.06.pupr"), ticket=ticket,
    )  # fmt: skip
    page = office.act("bagus", ticket, "hand_back", 422, words="Bukan jalan.", unit=office.unit("52.06.dukcapil"))
    assert "tidak menangani laporan ini" in page
    office.act("bagus", ticket, "hand_back", words="Bukan jalan.", unit="0")


def test_whoever_is_accused_is_no_helper_either(town, office):
    town.sql("UPDATE routing_rules SET also = 'kesehatan;dukcapil' WHERE position = 49")
    town.sql("UPDATE reference_stamp SET stamp = md5(stamp || random())")
    town.clock.forward(minutes=1)
    ticket = by_sms(town, "+6281100041053", f"kepala dinas kesehatan mengancam warga yang protes, {WOHA}")
    helping = "SELECT u.code FROM case_units h JOIN units u ON u.id = h.unit_id WHERE h.case_id = :id"
    assert town.sql(helping, id=town.case(ticket)["id"]) == [("52.06.dukcapil",)]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("obat di puskesmas kosong, petugas puskesmas hanya dua", "52.06.dinkes"),
        ("kantor camat tutup, ada orang mabuk di depan", "52.06.03.kec"),
        ("petugas dukcapil baik, tapi ktp saya belum jadi tiga bulan", "52.06.dukcapil"),
        ("camat tidur waktu kami minta jalan diperbaiki", "52.06.pupr"),
        ("pegawai kecamatan judes waktu saya urus ktp", "52.06.dukcapil"),
    ],
)
def test_a_unit_that_is_not_accused_may_be_chosen(town, office, text, unit):
    ticket = brought_to_the_coordinator(town, f"+628110004106{len(text) % 10}", f"{text}, {WOHA}")
    office.act("imran", ticket, "dispose", unit=office.unit(unit))
    assert town.case(ticket)["unit_id"] == office.unit(unit)
