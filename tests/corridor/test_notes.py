"""What colleagues tell each other about a case stays among them."""

from __future__ import annotations

import pytest

from tests.corridor.looking import statements

CANARY = "rahasia dapur kanari-7319"


@pytest.fixture(scope="module")
def noted(town, office):
    """A case of the Dinas PU with an officer's note, answered and closed, its citizen on SMS."""
    town.sms("+6281234567001", "Jalan rusak parah di Desa Tente Kecamatan Woha, tolong diperbaiki")
    town.work_off()
    ticket = town.ticket_of("Jalan rusak parah di Desa Tente")
    answer = office.desk("bagus").post(f"/meja/{ticket}/catatan", data={"note": CANARY})
    assert answer.status_code == 303
    office.act("bagus", ticket, "start")
    office.act("bagus", ticket, "answer", words="Kami jadwalkan minggu depan.")
    return ticket


def test_a_note_is_read_by_whoever_works_on_the_case(office, noted):
    assert CANARY in office.page("bagus", noted)
    assert "Bagus Contoh" in office.page("imran", noted)
    assert CANARY in office.page("imran", noted)


def test_a_leader_reads_how_it_goes_and_no_notes(office, noted):
    assert CANARY not in office.page("gubernur", noted)
    assert office.desk("gubernur").post(f"/meja/{noted}/catatan", data={"note": "x"}).status_code == 403


def test_whoever_may_not_open_the_case_writes_no_note(town, office, noted):
    assert office.desk("halim").post(f"/meja/{noted}/catatan", data={"note": "x"}).status_code == 404
    assert town.browser().post(f"/meja/{noted}/catatan", data={"note": "x"}).status_code in (302, 400)


def test_an_empty_note_is_refused_and_a_long_one_is_kept_for_mending(office, noted):
    answer = office.desk("bagus").post(f"/meja/{noted}/catatan", data={"note": "  "})
    assert answer.status_code == 422
    assert "Tulis dulu catatannya" in answer.text
    long = "panjang sekali " * 300
    answer = office.desk("bagus").post(f"/meja/{noted}/catatan", data={"note": long})
    assert answer.status_code == 422
    assert "panjang sekali panjang sekali" in answer.text


def test_a_note_leaves_by_no_door(town, office, noted, caplog):
    """Every page and file a citizen, another unit, a leader, an admin or a program can ask for, every notice, the book and the index."""
    from tests.corridor.looking import pin_of

    pin = pin_of(town, noted)
    citizen = town.browser()
    citizen.post(f"/t/{noted}", data={"pin": pin})
    program = town.browser()
    told = [
        citizen.get(f"/t/{noted}").text,
        program.get(f"/api/v1/cases/{noted}", headers={"X-Pin": pin}).text,
        program.get(f"/api/v1/cases/{noted}").text,
    ]
    told += [town.browser().get(f"/t/{noted}").text, program.get("/metrics").text, program.get("/health").text]
    town.sms("+6281234567001", f"CEK {noted}")
    town.work_off()
    for who in ("gubernur", "bupati.bima", "halim", "admin"):
        desk = office.desk(who)
        for rule in town.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.arguments:
                told.append(
                    desk.get(rule.rule, query_string={"q": "kanari-7319"})
                    .text.replace('value="kanari-7319"', "")
                    .replace("“kanari-7319”", "")
                    .replace("kanari-7319 ·", "")
                )
        told.append(desk.get(f"/meja/{noted}").text)
    told += [str(row) for row in town.sql("SELECT body FROM notices")]
    told += [str(row) for row in town.sql("SELECT body FROM journal")]
    told += [str(row) for row in town.sql("SELECT words FROM case_words")]
    told += [str(row) for row in town.sql("SELECT words FROM bells")]
    told.append(str(town.sent()))
    told.append(caplog.text)
    assert not [text[:200] for text in told if "kanari" in text]


def test_a_case_with_notes_costs_one_statement_more(town, office, noted):
    desk = office.desk("bagus")
    desk.get(f"/meja/{noted}")
    with statements(town) as seen:
        desk.get(f"/meja/{noted}")
    assert len(seen) <= 10, seen
