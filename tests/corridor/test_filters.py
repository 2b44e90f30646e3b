"""An officer filters the queue, keeps what is used often, and sees nobody else's."""

from __future__ import annotations

import re

import pytest


@pytest.fixture(scope="module")
def mixed(town):
    """Two topics on the desk of the coordinator of Kabupaten Bima, one of them late."""
    early = town.api(text="Puskesmas Woha kehabisan obat", category="kesehatan", region="52.06.03").json["ticket"]
    town.work_off()
    town.clock.forward(days=30)
    new = town.api(text="Jalan berlubang di Desa Tente", region="52.06.03").json["ticket"]
    town.work_off()
    return early, new


def queue(office, who: str = "imran", **asked: str) -> str:
    answer = office.desk(who).get("/meja", query_string={"tab": "all", **asked})
    assert answer.status_code == 200
    return answer.text


def test_topic_and_lateness_filter_the_queue(office, mixed):
    early, new = mixed
    assert early in queue(office, category="kesehatan")
    assert new not in queue(office, category="kesehatan")
    assert early in queue(office, late="1")
    assert new not in queue(office, late="1")
    assert "Tidak ada laporan yang cocok" in queue(office, late="1", urgency="mendesak")


def test_a_kept_filter_is_one_press_away_and_the_owner_s_alone(office, mixed):
    asked = {"tab": "all", "category": "kesehatan", "late": "1"}
    assert office.desk("imran").post("/meja/saringan", data={"name": "Kesehatan telat", **asked}).status_code == 303
    page = queue(office)
    address = re.search(r'class="chip" href="([^"]+)"[^>]*>Kesehatan telat', page)
    assert address is not None
    kept = office.desk("imran").get(address.group(1).replace("&amp;", "&")).text
    assert mixed[0] in kept
    assert mixed[1] not in kept
    assert "Kesehatan telat" not in queue(office, "halim")
    forget = re.search(r'action="(/meja/saringan/\d+/hapus)"', kept)
    assert forget is not None
    office.desk("halim").post(forget.group(1))
    assert "Kesehatan telat" in queue(office)
    office.desk("imran").post(forget.group(1))
    assert "Kesehatan telat" not in queue(office)


def test_a_filter_without_a_name_or_without_anything_is_refused_in_words(office, mixed):
    for form, sentence in (
        ({"name": "", "tab": "all", "late": "1"}, "Beri nama"),
        ({"name": "x" * 60, "tab": "all", "late": "1"}, "paling panjang 40"),
        ({"name": "Kosong", "tab": "todo"}, "Saring dulu"),
    ):
        answer = office.desk("imran").post("/meja/saringan", data=form)
        assert answer.status_code == 422
        assert sentence in answer.text


def test_the_same_name_again_replaces_and_twelve_are_enough(town, office, mixed):
    for number in range(12):
        office.desk("ratna").post("/meja/saringan", data={"name": f"Saringan {number}", "tab": "all", "late": "1"})
    assert office.desk("ratna").post("/meja/saringan", data={"name": "Saringan 3", "tab": "all", "urgency": "penting"}).status_code == 303
    assert "Sudah ada 12" in office.desk("ratna").post("/meja/saringan", data={"name": "Ketigabelas", "tab": "all", "late": "1"}).text
    assert town.sql("SELECT count(*) FROM saved_filters f JOIN accounts a ON a.id = f.account_id WHERE a.name LIKE 'Ratna%'")[0][0] == 12


def test_an_open_page_asks_for_its_rows_only(office, mixed):
    page = queue(office)
    address = re.search(r'data-live="([^"]+)"', page)
    assert address is not None
    rows = office.desk("imran").get(address.group(1).replace("&amp;", "&")).text
    assert mixed[0] in rows
    assert "<html" not in rows


def test_nonsense_in_the_address_is_left_out(office, mixed):
    for asked in (
        {"tab": "x"},
        {"category": "';--"},
        {"late": "2"},
        {"after": "9999999999999999999999_1"},
        {"after": "_999999999999999999"},
        {"after": "_9999999999"},
        {"after": "x_99999999999999999999"},
    ):
        assert office.desk("imran").get("/meja", query_string=asked).status_code == 200
