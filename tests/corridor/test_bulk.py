"""One act for many cases: looked at first, done on each by itself, and told honestly."""

from __future__ import annotations

import re

import pytest

from ntbcare.domain import tickets

ONE = tickets.new()


@pytest.fixture
def five(town, office):
    """Five fresh cases on the desk of Dinas PU Kabupaten Bima."""
    filed = [town.api(text=f"Jalan berlubang di Desa Tente nomor {number}", region="52.06.03").json["ticket"] for number in range(5)]
    town.work_off()
    return filed


def send(office, who: str, tickets: list[str], event: str, **form: str):
    return office.desk(who).post("/meja/borongan", data={"ticket": tickets, "event": event, **form})


def seen(page: str) -> list[str]:
    """Tickets with the version that was looked at, as the page would send them on."""
    return re.findall(r'name="ticket" value="(\d{9}:\d+)"', page)


def test_the_queue_offers_what_this_person_may_do_to_many(office, five):
    page = office.queue("bagus")
    assert f'value="{five[0]}" form="borongan"' in page
    assert 'value="start"' in page
    assert 'value="dispose"' not in page
    assert 'value="dispose"' in office.queue("imran", "all")
    assert 'id="borongan"' not in office.queue("gubernur", "all")


def test_looking_changes_nothing_and_doing_does_it_to_each(town, office, five):
    chosen = seen(send(office, "bagus", five[:3], "respond").text)
    assert len(chosen) == 3
    tried = send(office, "bagus", chosen, "answer", words="Tim kami turun hari Senin.", step="lihat")
    assert "untuk 3 laporan?" in tried.text
    assert all(town.case(ticket)["state"] == "dispositioned" for ticket in five)
    assert not town.sql("SELECT 1 FROM notices WHERE body LIKE '%hari Senin%'")
    done = send(office, "bagus", seen(tried.text), "answer", words="Tim kami turun hari Senin.", step="kerjakan")
    assert "3 laporan selesai" in done.text
    assert [town.case(ticket)["state"] for ticket in five] == ["in_progress"] * 3 + ["dispositioned"] * 2
    assert len(town.sql("SELECT 1 FROM notices WHERE body LIKE '%hari Senin%'")) == 3


def test_what_cannot_be_done_is_named_and_holds_up_nothing(town, office, five):
    office.act("bagus", five[0], "start")
    tried = send(office, "bagus", five[:2], "start", step="lihat").text
    assert "untuk 1 laporan?" in tried
    assert "1 laporan dilewati" in tried
    done = send(office, "bagus", five[:2], "start", step="kerjakan").text
    assert "1 laporan selesai" in done
    assert "1 laporan tidak diubah" in done


def test_pressing_twice_does_it_once(town, office, five):
    chosen = seen(send(office, "bagus", five, "answer", words="Sedang kami periksa.", step="lihat").text)
    send(office, "bagus", chosen, "answer", words="Sedang kami periksa.", step="kerjakan")
    again = send(office, "bagus", chosen, "answer", words="Sedang kami periksa.", step="kerjakan").text
    assert "0 laporan selesai" in again
    for ticket in five:
        assert (
            len(
                town.sql(
                    "SELECT 1 FROM notices n JOIN cases c ON c.id = n.case_id WHERE c.ticket = :ticket AND n.template = 'progress'",
                    ticket=ticket,
                )
            )
            == 1
        )


def test_a_case_of_another_desk_stays_unknown(town, office, five):
    page = send(office, "halim", five, "start", step="kerjakan").text
    assert "0 laporan selesai" in page
    assert "Desa Tente nomor" not in page
    assert all(town.case(ticket)["state"] == "dispositioned" for ticket in five)


def test_one_unit_for_many(town, office):
    told = [f"Barang aneh tergeletak {number} malam ini" for number in range(3)]
    filed = [town.api(text=text, region="52.06.03").json["ticket"] for text in told]
    town.work_off()
    waiting = [ticket for ticket in filed if town.case(ticket)["state"] == "received"]
    send(office, "imran", seen(send(office, "imran", waiting, "verify", step="lihat").text), "verify", step="kerjakan")
    ready = [ticket for ticket in filed if town.case(ticket)["state"] == "verified"]
    unit = str(office.unit("52.06.dinkes"))
    chosen = seen(send(office, "imran", ready, "dispose", unit=unit, step="lihat").text)
    send(office, "imran", chosen, "dispose", unit=unit, step="kerjakan")
    for ticket in filed:
        assert town.case(ticket)["state"] == "dispositioned"
        assert ticket in office.queue("halim", "all")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"event": "ask", "ticket": [ONE]}, "Pilih tindakan dari daftar"),
        ({"event": "start"}, "Centang dulu"),
        ({"event": "start", "ticket": [tickets.new() for _ in range(80)]}, "Paling banyak 50"),
        ({"event": "answer", "ticket": [ONE], "step": "lihat", "words": " "}, "Tulis dulu"),
        ({"event": "hand_back", "ticket": [ONE], "step": "lihat", "words": "bukan kami"}, "Pilih unitnya"),
    ],
)
def test_what_is_missing_is_said_once(office, form, sentence):
    answer = office.desk("bagus").post("/meja/borongan", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
