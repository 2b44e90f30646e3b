"""Where a date comes from is read on the page, without any script; an admin adds a day off, looks at what it would move, and applies it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.corridor.conftest import Office
from tests.corridor.looking import by_form, pin_of
from tests.stories.looks import faults

CLINIC = "Obat di puskesmas Kecamatan Woha Kabupaten Bima kosong sejak Senin, {}"


@pytest.fixture(scope="module")
def waiting(live) -> str:
    """A case of the heavier kind whose reporter was asked, answered nine days later, and is asked again."""
    town, me = live.town, live.town.browser()
    town.app.config["WTF_CSRF_ENABLED"] = False
    office = Office(town)
    ticket = by_form(town, CLINIC.format("menunggu"), me).headers["Location"][-9:]
    town.sql("UPDATE cases SET classification = 'berkadar'")
    town.work_off()
    town.clock.moment = datetime(2026, 3, 16, 4, tzinfo=UTC)
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    me.get(f"/t/{ticket}")
    town.clock.moment = datetime(2026, 3, 25, 4, tzinfo=UTC)
    assert me.post(f"/t/{ticket}/jawab", data={"words": "Obat darah tinggi"}).status_code == 303
    town.work_off()
    office.act("halim", ticket, "ask", words="Sejak tanggal berapa?")
    me.get(f"/t/{ticket}")
    by_form(town, CLINIC.format("yang lain"))
    town.work_off()
    town.app.config["WTF_CSRF_ENABLED"] = True
    return ticket


def test_an_officer_reads_day_by_day_without_any_script(live, waiting):
    halim = live.officer("halim", javascript=False)
    halim.open(waiting)
    assert halim.reads("Batas undang-undang: paling lambat 60 hari kalender")
    assert not halim.reads("waktu berhenti: menunggu jawaban pelapor"), "the list is on demand"
    halim.page.locator(".clock summary").first.click()
    halim.page.locator(".clock summary").nth(1).click()
    for words in (
        "Berhenti sejak Senin, 16 Maret 2026 pukul 12.00 WITA",
        "waktu berhenti: menunggu jawaban pelapor",
        "Hari Suci Nyepi",
        "kalender edisi",
    ):
        assert halim.reads(words), words
    seeing = live.officer("halim")
    seeing.open(waiting)
    assert faults(seeing) == []


def test_a_citizen_reads_one_plain_sentence(live, waiting):
    me = live.citizen()
    me.go(f"/t/{waiting}")
    me.page.fill("#f-pin", pin_of(live.town, waiting))
    with me.page.expect_navigation():
        me.page.locator("#f-pin").press("Enter")
    assert me.reads("Dihitung 10 hari kerja sejak Rabu, 25 Maret 2026 (hari itu tidak dihitung)")
    assert me.page.locator("main table").count() == 0
    assert faults(me) == []


def test_an_admin_adds_a_day_looks_and_applies(live, waiting):
    admin = live.officer("admin")
    admin.go("/kendali")
    admin.page.get_by_role("link", name="Kalender kerja").click()
    admin.write("Tanggal", "2026-03-30")
    admin.write("Nama hari", "Hari jadi kabupaten")
    admin.page.get_by_label("Daerah yang libur").select_option("52.06")
    admin.write("Dasarnya", "SK Bupati nomor 7 tahun 2026")
    assert admin.press("Tambah hari libur") == 200
    assert admin.reads("Hari libur disimpan dalam edisi baru") and admin.reads("Hari jadi kabupaten")
    assert faults(admin) == []
    live.town.clock.forward(seconds=5)
    admin.page.get_by_role("link", name="Lihat akibat hitung ulang").click()
    assert admin.reads("di antaranya mundur")
    assert faults(admin) == []
    admin.page.locator("button", has_text="Hitung ulang dengan edisi").click()
    live.town.work_off()
    admin.go("/kendali/kalender/hitung")
    assert admin.reads("Tidak ada yang perlu dihitung ulang")
    admin.go("/kendali/kalender")
    admin.write("Tanggal", "2026-03-30")
    admin.write("Nama hari", "Sekali lagi")
    admin.page.get_by_label("Daerah yang libur").select_option("52.06")
    admin.write("Dasarnya", "SK yang sama")
    assert admin.press("Tambah hari libur") == 422 and admin.reads("sudah libur: Hari jadi kabupaten")
    assert faults(admin) == []
