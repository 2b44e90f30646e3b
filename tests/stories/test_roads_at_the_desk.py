"""An officer chooses how to be told on a small screen and without JavaScript; the page has no fault in any of its states."""

from __future__ import annotations

import re

from tests.stories.looks import faults
from tests.stories.people import PHONE


def test_an_officer_links_telegram_on_a_telephone_and_lets_it_go(live):
    town = live.town
    officer = live.officer("halim", javascript=False, width=PHONE)
    assert officer.go("/meja/kabar") == 200
    officer.page.get_by_role("link", name="Cara saya diberi tahu").click()
    assert officer.reads("Belum terhubung")
    assert officer.press("Hubungkan Telegram") == 200
    code = re.search(r"KODE ([A-Z2-9]{4}-[A-Z2-9]{4})", officer.page.inner_text("main"))[1]
    town.telegram(93001, f"KODE {code}")
    assert officer.go("/meja/kabar/cara") == 200 and officer.reads("berakhir …001")
    box = officer.page.locator("section", has=officer.page.get_by_role("heading", name="Telegram")).get_by_label("Ringkasan pagi")
    box.check()
    assert officer.press("Simpan untuk Telegram") == 200 and officer.reads("Tersimpan.")
    assert officer.press("Lepaskan Telegram") == 200 and officer.reads("Belum terhubung")


def test_the_page_has_no_fault_in_any_state(live):
    town, officer = live.town, live.officer("imran")
    assert officer.go("/meja/kabar/cara") == 200 and faults(officer) == []
    assert officer.press("Hubungkan Telegram") == 200 and faults(officer) == []
    code = re.search(r"KODE ([A-Z2-9]{4}-[A-Z2-9]{4})", officer.page.inner_text("main"))[1]
    town.telegram(93002, f"KODE {code}")
    town.telegram(93002, "STOP")
    assert officer.go("/meja/kabar/cara?tersimpan=1") == 200 and officer.reads("pernah dikirim STOP") and faults(officer) == []
