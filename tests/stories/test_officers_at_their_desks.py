"""Officers side by side: who was slower is told and keeps the words; who is not concerned sees nothing; somebody clears the alarm."""

import pytest

from ntbcare.casework import upkeep
from ntbcare.domain.permissions import Actor, Role


@pytest.fixture
def hole(live) -> str:
    """The ticket of a road case on the desk of DPUPR Bima."""
    citizen = live.citizen(javascript=False)
    citizen.report("Jalan berlubang di Desa Tente Kecamatan Woha Kabupaten Bima")
    return citizen.ticket


def test_of_two_officers_at_once_the_second_is_told_and_keeps_the_words(live, hole):
    bagus, nurhayati = live.officer("bagus", javascript=False), live.officer("nurhayati", javascript=False)
    assert bagus.open(hole) == nurhayati.open(hole) == 200
    assert bagus.do("Kirim kabar", "Kami datang besok pagi.") == 200
    assert nurhayati.do("Kirim kabar", "Kami jadwalkan minggu depan.") == 409
    assert nurhayati.reads("Rekan Anda lebih dulu")
    assert nurhayati.reads("Kami datang besok pagi.")
    assert nurhayati.page.get_by_label("Tulisan Anda").input_value() == "Kami jadwalkan minggu depan."
    nurhayati.page.get_by_role("link", name="Buka laporan yang terbaru").click()
    assert nurhayati.reads("Kami datang besok pagi.")
    assert not nurhayati.reads("Kami jadwalkan minggu depan.")


def test_a_case_that_left_the_desk_meanwhile_costs_no_words(live, hole):
    bagus, nurhayati = live.officer("bagus"), live.officer("nurhayati")
    assert bagus.open(hole) == nurhayati.open(hole) == 200
    bagus.form("Bukan wewenang kami").get_by_label("Unit yang seharusnya menangani").select_option(label="Saya tidak tahu")
    assert bagus.do("Bukan wewenang kami", "Ini jalan provinsi.") == 200
    assert bagus.reads("sudah tidak di meja Anda")
    assert nurhayati.do("Kirim kabar", "Kami ukur dulu hari Kamis.") == 409
    assert nurhayati.reads("sudah pindah dari meja Anda")
    assert nurhayati.page.get_by_label("Tulisan Anda").input_value() == "Kami ukur dulu hari Kamis."


def test_a_coordinator_finds_the_unit_among_four_hundred_nearest_first(live, hole):
    bagus = live.officer("bagus")
    bagus.open(hole)
    part = bagus.form("Bukan wewenang kami")
    part.get_by_label("Unit yang seharusnya menangani").select_option(label="Dinas Perhubungan Kabupaten Bima")
    bagus.do("Bukan wewenang kami", "Rambu dan lampu urusan Dishub.")
    imran = live.officer("imran")
    imran.open(hole)
    assert imran.reads("yang menyarankan Dinas Perhubungan Kabupaten Bima")
    headings = imran.page.locator("#dispose-unit optgroup").evaluate_all("all => all.map(one => one.label)")
    assert headings[:3] == ["Disarankan", "Kabupaten Bima", "Kecamatan di Kabupaten Bima"]
    first = imran.page.locator("#dispose-unit optgroup").first.locator("option")
    assert first.all_text_contents() == ["Dinas Perhubungan Kabupaten Bima"]
    assert imran.page.locator("#dispose-unit option:checked").inner_text() == "Dinas Perhubungan Kabupaten Bima", "one click confirms it"
    assert imran.do("Teruskan ke unit") == 200
    assert imran.reads("Diteruskan ke ")


def test_words_are_required_before_the_page_is_sent_and_kept_when_the_house_refuses(live, hole):
    bagus = live.officer("bagus", javascript=False)
    bagus.open(hole)
    part = bagus.form("Tanya pelapor")
    part.locator("textarea").fill("x" * 5001)
    assert bagus.do("Tanya pelapor") == 422
    assert bagus.page.locator("#f-words").input_value() == "x" * 5001
    assert bagus.page.locator("#f-words").get_attribute("aria-invalid") == "true"


def test_an_officer_of_another_unit_cannot_open_the_case(live, hole):
    dewi = live.officer("dewi")
    assert dewi.open(hole) == 404
    assert not dewi.reads("berlubang")
    dewi.page.get_by_role("link", name="Ke antrean").click()
    assert dewi.page.url.endswith("/meja")


def test_an_admin_clears_an_alarm_and_has_no_queue(live):
    town = live.town
    with town.app.app_context(), town.house.work(Actor(Role.CHANNEL)) as work:
        upkeep.alarm(work, "notice_failed", "sms:receipt", "Penyedia SMS menolak tiga pesan.")
        work.commit()
    admin = live.officer("admin")
    admin.go("/kendali")
    assert admin.page.get_by_role("link", name="Antrean").count() == 0
    alarm = admin.page.locator("li").filter(has_text="Penyedia SMS menolak tiga pesan.")
    with admin.page.expect_navigation():
        alarm.get_by_role("button").click()
    assert not admin.reads("Penyedia SMS menolak tiga pesan.")
    assert town.sql("SELECT cleared_by IS NOT NULL FROM alarms WHERE subject = 'sms:receipt'") == [(True,)]
    bagus = live.officer("bagus")
    assert bagus.go("/kendali") == 403
    assert bagus.reads("Bukan untuk akun ini")
