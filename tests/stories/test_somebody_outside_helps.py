"""An officer asks a village head by a link; they answer on a telephone without JavaScript; the officer takes their words over."""

from __future__ import annotations

import pytest

from tests.corridor.looking import ROAD, by_form
from tests.stories.looks import faults
from tests.stories.people import PHONE
from tests.washing.makings import jpeg


@pytest.fixture(scope="module")
def ticket(live) -> str:
    """A report at work with the Dinas PU."""
    live.town.app.config["WTF_CSRF_ENABLED"] = False
    made = by_form(live.town, ROAD.format("dibantu dari luar")).headers["Location"][-9:]
    live.town.work_off()
    live.town.app.config["WTF_CSRF_ENABLED"] = True
    return made


def test_a_village_head_is_asked_answers_and_is_quoted(live, ticket):
    officer = live.officer("bagus", javascript=False, width=PHONE)
    officer.go(f"/meja/{ticket}")
    officer.unfold("Tanyakan ke luar")
    assert officer.reads("tetap berjalan selama Anda menunggu")
    officer.write("Siapa yang ditanya", "Kepala Desa Tente")
    officer.page.get_by_label("Bagaimana menyampaikannya").select_option("link")
    officer.write("Apa yang ditanyakan", "Apakah lubangnya sudah ditambal?")
    assert officer.press("Tanyakan") == 200
    assert officer.reads("Kepala Desa Tente") and officer.reads("Belum dibuka")
    officer.unfold("Tautan untuk Kepala Desa Tente")
    link = officer.page.locator("#luar .mono.words").inner_text()

    helper = live.citizen(javascript=False)
    assert helper.go(link) == 200
    assert helper.reads("minta bantuan Anda") and helper.reads("Apakah lubangnya sudah ditambal?")
    assert faults_of(live, link) == []
    helper.page.get_by_label("Sudah dikerjakan").check()
    helper.write("Ceritakan singkat", "Sudah kami tambal kemarin.")
    helper.page.set_input_files("#f-foto", {"name": "jalan.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    assert helper.press("Kirim jawaban") == 410 and helper.reads("Sudah dijawab")
    assert faults_of(live, link) == []

    officer.go(f"/meja/{ticket}")
    assert officer.reads("Sudah kami tambal kemarin.") and officer.page.get_by_alt_text("Foto 1 dari Kepala Desa Tente").count() == 1
    officer.page.get_by_role("link", name="Pakai sebagai draf jawaban").click()
    assert "Sudah kami tambal kemarin." in [area.input_value() for area in officer.page.locator("textarea").all()]


def faults_of(live, path: str) -> list[str]:
    """What is wrong with a page as anybody opens it."""
    somebody = live.citizen()
    somebody.go(path)
    return faults(somebody)


def test_the_form_and_what_came_back_have_no_fault_on_the_case(live, ticket):
    officer = live.officer("bagus")
    officer.go(f"/meja/{ticket}")
    assert faults(officer) == []


def test_a_form_sent_with_faults_names_them_at_their_fields(live, ticket):
    officer = live.officer("bagus")
    officer.go(f"/meja/{ticket}")
    officer.unfold("Tanyakan ke luar")
    officer.write("Siapa yang ditanya", "PT Karya Jalan")
    officer.write("Apa yang ditanyakan", "Hubungi 0812 3456 7899 segera")
    officer.write("Dijawab dalam berapa hari kerja", "2")
    officer.page.get_by_label("Bagaimana menyampaikannya").select_option("link")
    assert officer.press("Tanyakan") == 422
    assert officer.reads("memuat nomor telepon") and faults(officer) == []
