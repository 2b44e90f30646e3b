"""The officer's page of bells: what was told, the two answers to it, and nothing of the citizen's on the way."""

from __future__ import annotations

import re

import pytest

from tests.corridor.ladders import at, bell, file, only, rungs, told
from tests.corridor.looking import CLINIC, at_once, count, statements


@pytest.fixture(scope="module")
def late(town, office):
    """Four reports on the desk of Dinkes Bima whose half way is over: halim hears of each on Wednesday 1 April."""
    tickets = [file(town, f"+62811003030{n}", CLINIC.format(f"ibu Aminah nomor {n} menangis")) for n in range(4)]
    town.clock.moment = at(3, 31, 23)
    for ticket in tickets:
        only(town, ticket, "complete")
    town.round()
    town.clock.moment = at(4, 1, 7, 30)
    town.round()
    return tickets


def page(office, who: str) -> str:
    answer = office.desk(who).get("/meja/kabar")
    assert answer.status_code == 200
    return answer.text


def card(text: str, number: int) -> str:
    """The words of one bell on the page."""
    found = re.search(rf'<li class="card" id="b{number}">(.*?)</li>\n', text, re.S)
    assert found, text
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split())


def test_a_bell_says_which_promise_of_which_case_and_nothing_of_the_citizens(town, office, late):
    mine = bell(town, "halim", late[0], "unit")
    said = card(page(office, "halim"), mine)
    assert f"{late[0][:3]}-{late[0][3:6]}-{late[0][6:]}" in said
    assert "Kecamatan Woha" in said and "14 hari kerja" in said and "Jumat, 10 April 2026" in said
    assert "Jawab pelapor, atau kabari" in said and "untuk petugas" in said
    for secret in ("Aminah", "menangis", "kosong", "+62811003030"):
        assert count(town, "bells", "words LIKE :like", like=f"%{secret}%") == 0
    assert late[0] in office.desk("halim").get("/meja/kabar").text, "the way to the case"


def test_the_queue_counts_what_waits_without_one_more_statement(town, office, late):
    desk = office.desk("halim")
    desk.get("/meja")
    with statements(town) as heard:
        text = desk.get("/meja").text
    assert len(heard) <= 5, heard
    waiting = count(town, "bells", "read_at IS NULL AND account_id = (SELECT id FROM accounts WHERE email = 'halim@ntbcare.example')")
    assert re.search(rf'/meja/kabar"[^>]*>Pengingat <span class="n">{waiting}<', text)
    assert "Pengingat</a>" in office.page("halim", late[0]), "elsewhere no figure"


def test_the_page_costs_the_same_for_one_bell_and_for_many(town, office, late):
    desk = office.desk("halim")
    desk.get("/meja/kabar")
    with statements(town) as heard:
        desk.get("/meja/kabar")
    assert len(heard) <= 4, heard


def test_having_it_in_hand_is_told_to_colleagues_on_the_page_of_the_case(town, office, late):
    mine = bell(town, "halim", late[1], "unit")
    answer = office.desk("halim").post(f"/meja/kabar/{mine}/tangani")
    assert (answer.status_code, answer.location) == (303, f"/meja/kabar#b{mine}")
    assert rungs(town, late[1]) == [("unit", "complete", True, True, False)]
    assert "Sudah ditangani" in card(page(office, "halim"), mine)
    case = office.page("imran", late[1])
    assert 'id="tangga"' in case and "Diberi tahu Rab 1 Apr 07.30 WITA: Halim Contoh" in " ".join(case.split())
    assert "Ditangani Halim Contoh" in case
    again = office.desk("halim").post(f"/meja/kabar/{mine}/tangani")
    assert again.status_code == 409 and "Sudah ditangani Halim Contoh" in again.text
    assert town.sql("SELECT count(*) FROM journal WHERE tag = 'ladder:acknowledged'") == [(1,)]


def test_putting_off_needs_a_reason_and_a_day_and_keeps_what_was_typed(town, office, late):
    mine = bell(town, "halim", late[2], "unit")
    desk = office.desk("halim")
    for form, words in (
        ({"days": "1", "reason": "  "}, "Tulis mengapa ditunda"),
        ({"days": "9", "reason": "stok <b>dihitung</b>"}, "paling lama 2 hari kerja"),
        ({"days": "", "reason": "stok dihitung"}, "paling lama 2 hari kerja"),
        ({"days": "1", "reason": "x" * 501}, "terlalu panjang"),
    ):
        answer = desk.post(f"/meja/kabar/{mine}/tunda", data=form)
        assert answer.status_code == 422 and words in answer.text, words
        assert "<b>dihitung" not in answer.text
        assert form["reason"].strip()[:20].replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert count(town, "rungs", "snoozed_until IS NOT NULL") == 0
    assert desk.post(f"/meja/kabar/{mine}/tunda", data={"days": "2", "reason": "Menunggu kiriman obat dari provinsi."}).status_code == 303
    until = town.sql("SELECT snoozed_until FROM rungs WHERE snoozed_until IS NOT NULL")[0][0]
    assert until.isoformat() == "2026-04-06T15:59:59+00:00", "two working days over Good Friday and the weekend"
    assert "Menunggu kiriman obat" in office.page("imran", late[2])
    assert desk.post(f"/meja/kabar/{mine}/tunda", data={"days": "2", "reason": "Sekali lagi."}).status_code == 409


def test_what_was_put_off_climbs_when_its_time_is_over_and_what_nobody_answered_before(town, office, late):
    town.clock.moment = at(4, 6, 16)
    town.round()
    assert [level for level, *_ in rungs(town, late[3])][:2] == ["unit", "head"], "nobody answered"
    assert [level for level, *_ in rungs(town, late[2])] == ["unit"], "put off"
    assert [level for level, *_ in rungs(town, late[1])] == ["unit"], "in hand"
    town.clock.moment = at(4, 7, 7, 30)
    town.round()
    assert [level for level, *_ in rungs(town, late[2])] == ["unit", "head"]
    assert ("imran", "head") in told(town, late[2]), "Dinkes has no head: the coordinator reads it and the reason"
    assert [level for level, *_ in rungs(town, late[1])] == ["unit"]


def test_nobody_answers_the_bell_of_another(town, office, late):
    theirs = bell(town, "halim", late[0], "unit")
    for who in ("imran", "bagus", "gubernur"):
        for act in ("tangani", "tunda"):
            assert office.desk(who).post(f"/meja/kabar/{theirs}/{act}", data={"days": "1", "reason": "x"}).status_code == 404
    assert office.desk("halim").post("/meja/kabar/99999999999999/tangani").status_code == 404
    assert rungs(town, late[0])[0][3] is False


def test_who_has_no_part_in_the_ladder_has_no_page_of_bells(town, office):
    for who in ("admin", "inspektur"):
        assert office.desk(who).get("/meja/kabar").status_code == 403
    assert town.browser().get("/meja/kabar").status_code == 302
    assert "Tidak ada." in page(office, "gubernur")


def test_two_who_answer_at_once_meet_and_one_of_them_has_it(town, office):
    ticket = file(town, "+6281100303090", CLINIC.format("dijawab berdua"))
    second = "UPDATE accounts SET unit_id = (SELECT id FROM units WHERE code = '52.06.dinkes') WHERE email = 'ratna@ntbcare.example'"
    town.sql(second)
    only(town, ticket, "first_response")
    for moment in (at(4, 8, 7, 35), at(4, 8, 8)):
        town.clock.moment = moment
        town.round()
    both = [bell(town, who, ticket, "unit") for who in ("halim", "ratna")]
    desks = [office.desk("halim"), office.desk("ratna")]
    answers = at_once(2, lambda n: desks[n].post(f"/meja/kabar/{both[n]}/tangani").status_code)
    assert sorted(answers) == [303, 409]
    assert town.sql(
        "SELECT count(*) FROM bells WHERE rung_id = (SELECT rung_id FROM bells WHERE id = :id) AND read_at IS NULL", id=both[0]
    ) == [(0,)]


def test_of_a_confidential_case_a_bell_tells_neither_topic_nor_place(town, office):
    ticket = file(town, "+6281100303091", CLINIC.format("rahasia sekali"))
    town.sql("UPDATE cases SET confidential = true WHERE ticket = :ticket", ticket=ticket)
    only(town, ticket, "first_response")
    town.clock.moment = at(4, 13, 7, 30)
    for _ in range(3):
        town.round()
    words = town.sql("SELECT words FROM bells WHERE case_id = :id", id=town.case(ticket)["id"])
    assert words and all("Laporan rahasia" in said and "Woha" not in said and "esehatan," not in said for (said,) in words)
    assert ("bupati.bima", "leader") in told(town, ticket)
    read = card(page(office, "bupati.bima"), bell(town, "bupati.bima", ticket, "leader"))
    assert "Laporan rahasia" in read and "Woha" not in read and "kepala daerah" in read
    assert "rahasia sekali" not in office.page("bupati.bima", ticket)


def test_a_bell_of_what_became_confidential_later_says_no_more_than_that(town, office):
    ticket = file(town, "+6281100303092", CLINIC.format("baru nanti rahasia"))
    only(town, ticket, "first_response")
    town.clock.moment = at(4, 20, 7, 30)
    for _ in range(2):
        town.round()
    mine = bell(town, "halim", ticket, "unit")
    assert "Woha" in card(page(office, "halim"), mine)
    town.sql("UPDATE cases SET confidential = true WHERE ticket = :ticket", ticket=ticket)
    assert "Woha" not in card(page(office, "halim"), mine)


def test_a_case_that_went_to_another_desk_is_told_and_not_opened(town, office):
    ticket = file(town, "+6281100303093", CLINIC.format("pindah meja"))
    only(town, ticket, "first_response")
    town.clock.moment = at(4, 27, 7, 30)
    for _ in range(2):
        town.round()
    mine = bell(town, "halim", ticket, "unit")
    office.act("halim", ticket, "hand_back", words="Milik rumah sakit.", unit="0")
    said = card(page(office, "halim"), mine)
    assert "Laporannya ada di meja lain" in said
    assert f"/meja/{ticket}" not in office.desk("halim").get("/meja/kabar").text
