"""A wrong desk, or one at which nobody sits, is put right by the coordinator."""

from __future__ import annotations

import pytest

from tests.corridor.looking import clock


@pytest.fixture
def lost(town) -> str:
    """A report of Kabupaten Bima that lies with an office without people."""
    ticket = town.api(text="Lampu jalan di Desa Tente padam semua sejak kemarin", region="52.06.03").json["ticket"]
    town.work_off()
    assert town.case(ticket)["state"] == "dispositioned"
    return ticket


def test_the_coordinator_takes_it_back_and_sends_it_to_somebody_else(town, office, lost):
    before = clock(town, lost, "complete")["due_at"]
    assert "Tarik ke meja koordinator" in office.page("imran", lost)
    office.act("imran", lost, "recall", words="Belum ada petugas di sana.")
    assert (town.case(lost)["state"], town.case(lost)["unit_id"]) == ("verified", None)
    assert lost in office.queue("imran")
    office.act("imran", lost, "dispose", unit=office.unit("52.06.pupr"), words="Tolong dibantu.")
    assert lost in office.queue("bagus")
    assert clock(town, lost, "complete")["due_at"] == before


def test_it_needs_a_reason_and_a_coordinator(town, office, lost):
    office.act("imran", lost, "recall", status=422, words=" ")
    ours = town.api(text="Jalan berlubang di Desa Tente", region="52.06.03").json["ticket"]
    town.work_off()
    office.act("bagus", ours, "recall", status=403, words="Bukan kami")
    assert town.case(ours)["state"] == "dispositioned"


def test_what_a_unit_works_on_may_be_taken_back_too(town, office):
    ticket = town.api(text="Jalan amblas di Desa Tente", region="52.06.03").json["ticket"]
    town.work_off()
    office.act("bagus", ticket, "start")
    office.act("imran", ticket, "recall", words="Ternyata jalan provinsi.")
    office.act("imran", ticket, "dispose", unit=office.unit("prov.pupr"), words="Jalan provinsi.")
    assert ticket in office.queue("yusuf")
