"""Who told the wrong place says so in their own way: the place is put right, whoever works on it knows, and nothing is lost or sent twice."""

from __future__ import annotations

import json

import pytest

from tests.corridor.avenue import LINES, open_avenue
from tests.corridor.conftest import Office
from tests.corridor.looking import CLINIC, NOWHERE, RIDDLE, ROAD, by_form, clock, no_twins, pin_of, story
from tests.corridor.test_asking import WHERE, only, tells, unit_of

TENTE, BATUKLIANG_UTARA, BELO, BOLO = "52.06.03.2003", "52.02.12", "52.06.04", "52.06.02"


@pytest.fixture(scope="module")
def avenue(servers, template, tmp_path_factory):
    yield from open_avenue(servers, template, tmp_path_factory.mktemp("ralat"))


@pytest.fixture(scope="module")
def town(avenue):
    return no_twins(avenue.town)


@pytest.fixture(scope="module")
def desks(town):
    return Office(town)


def corrections(town, case: dict) -> list[dict]:
    """What the book says of corrected places."""
    rows = town.sql("SELECT body FROM journal WHERE case_id = :id AND tag = 'case:place_corrected' ORDER BY id", id=case["id"])
    return [json.loads(body) for (body,) in rows]


@pytest.mark.parametrize("line", LINES)
def test_a_case_with_a_unit_gets_the_new_place_and_the_unit_of_that_place_is_proposed(avenue, town, desks, line):
    tells(avenue, line, 9401, ROAD.format(f"ralat {line}"))
    before = only(avenue, line, 9401)
    assert (before["region"], before["state"]) == (TENTE, "dispositioned")
    heard = tells(avenue, line, 9401, "eh maaf, Batukliang Utara")
    case = only(avenue, line, 9401)
    assert (case["region"], case["unit_id"], case["state"], case["attention"]) == (
        BATUKLIANG_UTARA,
        before["unit_id"],
        "dispositioned",
        "words",
    )
    assert len(heard) == 1 and "Kecamatan Batukliang Utara, Kabupaten Lombok Tengah" in heard[0]
    (told,) = corrections(town, case)
    assert (told["was"], told["now"]) == (TENTE, BATUKLIANG_UTARA)
    assert "Kata pelapor: “eh maaf, Batukliang Utara”" in told["words"]
    assert unit_of(town, {"unit_id": case["suggested_unit_id"]}).endswith("Kabupaten Lombok Tengah")
    page = desks.page("bagus", case["ticket"])
    assert (
        "Meralat tempat" in page
        and "Pelapor meralat tempat: Kecamatan Batukliang Utara, Kabupaten Lombok Tengah, sebelumnya Desa Tente" in page
    )
    assert "Untuk tempat itu yang berwenang Dinas Pekerjaan Umum" in page
    assert case["text"] == before["text"] and case["because"] == before["because"], "why it lies where it lies is still so"


def test_the_unit_hands_it_back_and_the_coordinator_of_the_new_place_decides_with_the_proposal(avenue, town, desks):
    ticket = avenue.file("sms", 9402, ROAD.format("dikembalikan"))
    tells(avenue, "sms", 9402, "ralat: Kecamatan Batukliang Utara")
    proposed = town.case(ticket)["suggested_unit_id"]
    desks.act("bagus", ticket, "hand_back", unit=proposed, words="Tempatnya di Lombok Tengah menurut pelapor.")
    case = town.case(ticket)
    desk = town.sql("SELECT region FROM units WHERE id = :id", id=case["desk_id"])[0][0]
    assert (case["state"], case["suggested_unit_id"], desk) == ("verified", proposed, "52.02")


@pytest.mark.parametrize(
    ("words", "region"),
    [("salah, maksud saya desa Risa", "52.06.03.2007"), ("bukan Tente pak, Belo", BELO), ("ralat: di kec. Bolo", BOLO),
     ("maaf salah ketik, jalan yang rusak itu di Kecamatan Bolo", BOLO)],
)  # fmt: skip
def test_inside_the_regency_the_unit_stays_and_nothing_is_proposed(avenue, town, words, region):
    person = 9500 + len(words)
    avenue.file("sms", person, ROAD.format(f"dalam {len(words)}"))
    tells(avenue, "sms", person, words)
    case = only(avenue, "sms", person)
    assert (case["region"], case["state"], case["suggested_unit_id"]) == (region, "dispositioned", None)
    assert "berwenang" not in corrections(town, case)[0]["words"]


def test_what_nobody_has_yet_is_read_again_with_the_new_place(avenue, town, desks):
    tells(avenue, "sms", 9430, RIDDLE.format("dibaca ulang"))
    case = only(avenue, "sms", 9430)
    assert (case["state"], case["region"]) == ("received", TENTE) and case["ticket"] in desks.queue("imran")
    (heard,) = tells(avenue, "sms", 9430, "bukan Woha pak, Kecamatan Batukliang Utara") or [""]
    case = only(avenue, "sms", 9430)
    assert (case["state"], case["region"]) == ("received", BATUKLIANG_UTARA)
    assert "Batukliang Utara" in heard
    assert case["ticket"] not in desks.queue("imran")
    assert case["text"].endswith("bukan Woha pak, Kecamatan Batukliang Utara")


def test_before_anybody_has_read_it_the_new_place_wins_over_the_old_one_and_there_is_one_case(avenue, town):
    avenue.write("sms", 9431, ROAD.format("belum dibaca"))
    avenue.write("sms", 9431, "salah, maksud saya Kecamatan Batukliang Utara")
    avenue.write("sms", 9435, ROAD.format("juga belum dibaca"))
    avenue.write("sms", 9435, "bukan Woha pak, Belo")  # of three places with this name the one in Bima
    town.work_off()
    assert only(avenue, "sms", 9435)["region"] == BELO
    case = only(avenue, "sms", 9431)
    assert (case["region"], case["state"]) == (BATUKLIANG_UTARA, "dispositioned")
    assert unit_of(town, case).endswith("Kabupaten Lombok Tengah")
    assert [tag for tag, _ in story(town, case["ticket"])].count("case:triaged") == 1


def test_the_place_we_asked_about_may_be_denied_altogether(avenue, town):
    tells(avenue, "sms", 9432, WHERE.format("bukan itu"))
    tells(avenue, "sms", 9432, "bukan Sukadana pak, desa Tente")
    case = only(avenue, "sms", 9432)
    assert (case["region"], case["state"], case["question"]) == (TENTE, "dispositioned", "")
    tells(avenue, "sms", 9433, NOWHERE.format("tanpa tempat"))
    tells(avenue, "sms", 9433, "maaf, desa Tente")
    case = only(avenue, "sms", 9433)
    assert (case["region"], case["state"], case["question"]) == (TENTE, "dispositioned", "")


def test_later_words_with_the_number_correct_an_open_case_and_stop_no_promise(avenue, town, desks):
    ticket = avenue.file("sms", 9434, ROAD.format("lama kemudian"))
    desks.act("bagus", ticket, "start")
    due = clock(town, ticket, "first_response")["due_at"]
    town.clock.forward(hours=5)
    (heard,) = tells(avenue, "sms", 9434, f"{ticket} ralat, yang benar Kecamatan Batukliang Utara")
    case = town.case(ticket)
    assert (case["region"], case["state"], case["attention"]) == (BATUKLIANG_UTARA, "in_progress", "words")
    assert "Batukliang Utara" in heard and clock(town, ticket, "first_response")["due_at"] == due


def test_the_page_of_a_report_takes_a_correction_too(town):
    ticket = by_form(town, ROAD.format("di halaman")).headers["Location"][-9:]
    town.work_off()
    me = town.browser()
    me.post(f"/t/{ticket}/pin", data={"pin": pin_of(town, ticket)})
    assert me.post(f"/t/{ticket}/jawab", data={"words": "eh maaf, Batukliang Utara"}).status_code == 303
    assert town.case(ticket)["region"] == BATUKLIANG_UTARA
    page = me.get(f"/t/{ticket}").text
    assert "Meralat tempat" in page and "Kecamatan Batukliang Utara" in page


@pytest.mark.parametrize("words", ["maaf, Woha", "salah satu warga di Belo sakit", "eh pak lampu di Praya mati", "ralat"])
def test_what_corrects_nothing_is_words_as_ever(avenue, town, words):
    person = 9600 + len(words)
    avenue.file("sms", person, ROAD.format(f"biasa {len(words)}"))
    tells(avenue, "sms", person, words)
    case = avenue.cases("sms", person)[0]
    assert case["region"] == TENTE
    assert corrections(town, case) == []


def test_the_same_correction_twice_changes_nothing_more(avenue, town):
    avenue.file("sms", 9470, ROAD.format("dua kali"))
    tells(avenue, "sms", 9470, "ralat: Kecamatan Batukliang Utara")
    tells(avenue, "sms", 9470, "ralat ya pak, Kecamatan Batukliang Utara")
    assert len(corrections(town, only(avenue, "sms", 9470))) == 1


def test_an_officers_question_is_answered_and_an_ended_case_is_not_changed(avenue, town, desks):
    ticket = avenue.file("sms", 9471, CLINIC.format("ditanya petugas"))
    desks.act("halim", ticket, "ask", words="Puskesmas yang mana?")
    tells(avenue, "sms", 9471, "maaf, Kecamatan Batukliang Utara")
    case = town.case(ticket)
    assert (case["state"], case["region"]) == ("dispositioned", "52.06.03"), "the officer reads the answer and decides"
    tells(avenue, "sms", 9471, f"BATAL {ticket}")
    tells(avenue, "sms", 9471, f"{ticket} ralat, Kecamatan Batukliang Utara")
    case = town.case(ticket)
    assert (case["state"], case["region"]) == ("archived", "52.06.03")
    assert corrections(town, case) == []


def test_two_places_that_contradict_each_other_are_asked_about_by_number(avenue, town):
    (receipt,) = tells(avenue, "sms", 9480, "Jalan rusak parah di desa Tente, kecamatan Batukliang Utara, mohon diperbaiki")
    assert "1) Kabupaten Bima 2) Kabupaten Lombok Tengah" in receipt
    case = only(avenue, "sms", 9480)
    assert (case["state"], case["region"]) == ("received", None)
    assert "belum pasti yang mana" in case["place_because"]
    tells(avenue, "sms", 9480, "2")
    case = only(avenue, "sms", 9480)
    assert (case["region"], case["state"]) == (BATUKLIANG_UTARA, "dispositioned")


def test_of_two_districts_the_regency_is_certain_and_enough_for_its_own_office(avenue, town, desks):
    tells(avenue, "sms", 9481, "Jalan rusak parah di kec Woha dan kec Bolo")
    case = only(avenue, "sms", 9481)
    assert (case["region"], case["state"], case["question"]) == ("52.06", "dispositioned", None)
    assert "yang pasti semuanya di Kab. Bima" in case["place_because"]
    (receipt,) = tells(avenue, "sms", 9482, "Jalan dusun rusak parah di kec Woha dan kec Bolo")
    assert "1) Kecamatan Woha 2) Kecamatan Bolo" in receipt
    case = only(avenue, "sms", 9482)
    assert (case["region"], case["state"]) == ("52.06", "received") and case["ticket"] in desks.queue("imran")
    tells(avenue, "sms", 9482, "yang bolo pak")
    case = only(avenue, "sms", 9482)
    assert (case["region"], case["state"]) == (BOLO, "dispositioned")


def test_a_position_settles_what_the_words_left_open(avenue, town):
    avenue.update(avenue.telegram.text(9483, "Jalan dusun rusak parah di kec Woha dan kec Bolo, dengan titik"))
    town.work_off()
    assert only(avenue, "telegram", 9483)["question"]
    avenue.update(avenue.telegram.location(9483, -8.6255, 118.6635))
    town.work_off()
    case = only(avenue, "telegram", 9483)
    assert (case["region"][:8], case["state"], case["question"]) == ("52.06.03", "dispositioned", "")
