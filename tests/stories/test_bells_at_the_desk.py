"""An officer reads what the ladder told, on a small screen and without JavaScript, and answers it by pressing what is there."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.corridor.ladders import at, only
from tests.corridor.looking import CLINIC, by_form
from tests.stories.looks import faults
from tests.stories.people import PHONE


@pytest.fixture(scope="module")
def late(live) -> SimpleNamespace:
    """Two reports of which the officer was told this morning."""
    town = live.town
    town.app.config["WTF_CSRF_ENABLED"] = False
    tickets = [by_form(town, CLINIC.format(f"pengingat {n}")).headers["Location"][-9:] for n in range(2)]
    town.round()
    for moment in (at(3, 31, 23), at(4, 1, 7, 30)):
        for ticket in tickets:
            only(town, ticket, "complete")
        town.clock.moment = moment
        town.round()
    town.app.config["WTF_CSRF_ENABLED"] = True
    return SimpleNamespace(tickets=tickets)


def test_an_officer_without_javascript_answers_on_a_telephone(live, late):
    officer = live.officer("halim", javascript=False, width=PHONE)
    officer.go("/meja")
    officer.page.get_by_role("link", name="Pengingat 2 belum ditangani").click()
    assert officer.reads("Pengaduan diselesaikan paling lambat 14 hari kerja") and officer.page.locator("li.card").count() == 2
    first, second = officer.page.locator("li.card").nth(0), officer.page.locator("li.card").nth(1)
    second.locator("summary").click()
    second.locator("textarea").fill("Menunggu kiriman dari provinsi.")
    second.locator("select").select_option(index=1)
    with officer.page.expect_navigation() as following:
        second.get_by_role("button", name="Tunda", exact=True).click()
    assert following.value.status == 200 and officer.reads("Ditunda sampai Sen 6 Apr 23.59 WITA: Menunggu kiriman dari provinsi.")
    with officer.page.expect_navigation() as following:
        first.get_by_role("button", name="Saya tangani").click()
    assert following.value.status == 200 and officer.reads("Ditangani Halim Contoh")
    officer.page.locator("li.card").last.get_by_role("link", name="Buka laporan").click()
    assert officer.reads("Tangga") and officer.reads("Diberi tahu Rab 1 Apr 07.30 WITA: Halim Contoh")


def test_the_page_and_the_rungs_on_a_case_have_no_fault(live, late):
    officer = live.officer("halim")
    for path in ("/meja/kabar", f"/meja/{late.tickets[0]}"):
        assert officer.go(path) == 200
        assert faults(officer) == [], path
    empty = live.officer("gubernur")
    assert empty.go("/meja/kabar") == 200 and faults(empty) == []
