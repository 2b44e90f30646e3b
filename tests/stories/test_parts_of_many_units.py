"""One unit asks another for a part on the case page, without a script too; nothing is wrong with the pages, and the citizen reads how far all are."""

from __future__ import annotations

import pytest

from tests.corridor.looking import CLINIC, by_form, pin_of
from tests.stories.looks import faults
from tests.stories.people import PHONE


@pytest.fixture(scope="module")
def ticket(live) -> str:
    """A report on the desk of the Dinas Kesehatan."""
    town = live.town
    town.app.config["WTF_CSRF_ENABLED"] = False
    number = by_form(town, CLINIC.format("banyak unit"), phone="081239880991").headers["Location"][-9:]
    town.work_off()
    town.app.config["WTF_CSRF_ENABLED"] = True
    return number


def test_a_part_is_asked_and_answered_without_a_script_and_no_page_has_a_fault(live, ticket):
    lead = live.officer("halim", javascript=False, width=PHONE)
    lead.open(ticket)
    form = lead.page.locator("details", has_text="Minta bagian unit lain").last
    form.locator("summary").click()
    form.get_by_label("Unit", exact=True).select_option(label="Dinas Pekerjaan Umum dan Penataan Ruang Kabupaten Bima")
    form.get_by_label("Yang diminta dari unit itu").fill("Perbaiki jalan ke puskesmas")
    form.get_by_role("button", name="Minta").click()
    assert lead.reads("Perbaiki jalan ke puskesmas") and lead.reads("Belum dimulai")
    helper = live.officer("bagus", javascript=False, width=PHONE)
    helper.open(ticket)
    helper.page.get_by_role("button", name="Kerjakan bagian ini").click()
    assert helper.reads("Sedang dikerjakan")
    for who in ("halim", "bagus", "imran"):
        seen = live.officer(who)
        seen.open(ticket)
        assert faults(seen) == [], who
    me = live.citizen()
    me.go(f"/t/{ticket}")
    me.write("PIN", pin_of(live.town, ticket))
    me.press("Buka laporan saya")
    assert me.reads("0 dari 2 unit sudah selesai") and faults(me) == []
