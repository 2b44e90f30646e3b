"""Greetings, tests, thanks, abuse and advertising make no case, get an honest answer or none, and are never lost."""

from __future__ import annotations

import pytest

from ntbcare.domain.tickets import pretty
from tests.conftest import TELEGRAM_SECRET
from tests.corridor.looking import CLINIC, at_once, by_sms, count

# what they write → its sort (None: a courtesy the conversation knows by itself), what the answer says (None: no answer)
CHATTER = [
    ("halo admin", "sapaan", "Tulis"), ("selamat pagi pak admin", "sapaan", "Tulis"), ("tes sms", "tes", "Tulis"),
    ("ini cuma percobaan", "tes", "Tulis"), ("goblok kalian semua", "kasar", "Tulis"), ("mantap pak gubernur", "pujian", "Terima kasih"),
    ("terima kasih", None, "Terima kasih"), ("promo pulsa murah hub 081234567890", "iklan", None),
    ("slot gacor maxwin daftar sekarang bonus 100%", "iklan", None),
    ("terima kasih jalan di Woha sudah bagus", "pujian", "Terima kasih"),
    ("mantap pak gubernur pelayanan RSUD Dompu", "pujian", "Terima kasih"),
    ("pinjaman cepat cair tanpa jaminan wilayah Mataram hub 081234567890", "iklan", None),
    ("jual obat kuat herbal COD Lombok Barat minat wa 081900011122", "iklan", None),
]  # fmt: skip


def sender(number: int) -> str:
    return f"+62811999{number:04}"


def cases_of(town, number: int) -> int:
    return count(town, "cases", "contact_id = (SELECT id FROM contacts WHERE address = :to AND channel = 'sms')", to=sender(number))


def kept(town, number: int) -> list[tuple[str, str]]:
    """(meaning, text) of what this sender wrote."""
    query = "SELECT m.meaning, m.text FROM messages m JOIN contacts k ON k.id = m.contact_id WHERE k.address = :to ORDER BY m.id"
    return [tuple(row) for row in town.sql(query, to=sender(number))]


@pytest.mark.parametrize(("words", "sort", "answer"), CHATTER, ids=[row[0] for row in CHATTER])
def test_what_is_no_report_makes_no_case_and_gets_one_honest_answer_or_none(town, words, sort, answer):
    number = 100 + CHATTER.index((words, sort, answer))
    town.sms(sender(number), words)
    town.work_off()
    assert cases_of(town, number) == 0
    assert kept(town, number) == [(f"sort:{sort}" if sort else "courtesy", words)]
    said = [message["text"] for message in town.sent(sender(number))]
    assert len(said) == (answer is not None), said
    assert answer is None or answer.lower() in said[0].lower()


@pytest.mark.parametrize(
    "words",
    [
        "halo min, jalan di Desa Tente rusak", "tes jalan rusak parah", "anjing jalan rusak terus", "halo dari Desa Tente Kecamatan Woha",
        "LAPOR halo admin", "mantap sekali jalan berlubang tidak pernah diperbaiki", "pak kebakaran besar di pasar Ampenan",
        "terima kasih jalan di Woha sudah bagus, tapi lampunya mati", "terima kasih pak, mohon juga jalan di Sila diaspal",
        "pinjol ancam sebar foto saya, tolong pak", "judi slot online marak di Ampenan, anak muda kecanduan",
    ],
)  # fmt: skip
def test_a_place_a_topic_a_danger_or_lapor_makes_it_a_report(town, words):
    number = 200 + sum(map(ord, words)) % 700
    town.sms(sender(number), words)
    town.work_off()
    assert cases_of(town, number) == 1


def test_with_a_photo_it_is_a_report(town):
    photo = {"file_id": "f1", "file_unique_id": "u1", "width": 1, "height": 1, "file_size": 10}
    person = {"id": 7700, "is_bot": False, "first_name": "Aminah"}
    message = {
        "message_id": 1,
        "date": 1760000000,
        "chat": {"id": 7700, "type": "private"},
        "from": person,
        "photo": [photo],
        "caption": "halo admin",
    }
    update = {"update_id": 770077, "message": message}
    assert (
        town.browser().post("/hooks/telegram", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}).status_code == 200
    )
    assert count(town, "cases", "text = 'halo admin' AND channel = 'telegram'") == 1


def test_a_question_about_opening_hours_is_a_report_that_asks_for_information(town):
    ticket = by_sms(town, sender(1), "kantor dukcapil Kota Bima hari sabtu buka jam berapa ya?")
    assert town.case(ticket)["classification"] == "permintaan_informasi"
    assert town.case(ticket)["unit_id"] is not None


def test_nobody_chats_with_us_all_night(town):
    for words in ("halo", "halo admin", "halo min", "tes sms", "tes tes", "ini cuma percobaan", "goblok kalian semua"):
        town.sms(sender(2), words)
    town.work_off()
    assert len(town.sent(sender(2))) == 3


def aside_id(town, number: int) -> int:
    query = "SELECT m.id FROM messages m JOIN contacts k ON k.id = m.contact_id WHERE k.address = :to ORDER BY m.id DESC LIMIT 1"
    return town.sql(query, to=sender(number))[0][0]


def test_a_coordinator_reads_them_and_makes_one_a_report(town, office):
    town.sms(sender(3), "promo pulsa murah hub 081234560003")
    town.sms(sender(4), "halo semuanya apa kabar")
    town.work_off()
    desk = office.desk("citra")
    page = desk.get("/meja/bukan-laporan").text
    assert "halo semuanya apa kabar" in page and "Sapaan" in page and "Iklan" in page and "SMS" in page
    assert "081234560003" not in page, "numbers of strangers are masked"
    assert "/meja/bukan-laporan" in desk.get("/meja").text
    answer = desk.post(f"/meja/bukan-laporan/{aside_id(town, 4)}")
    ticket = answer.headers["Location"][-9:]
    town.work_off()
    assert (answer.status_code, town.case(ticket)["text"], town.case(ticket)["channel"]) == (303, "halo semuanya apa kabar", "sms")
    assert pretty(ticket) in town.sent(sender(4))[-1]["text"], "its sender gets a receipt"
    assert "halo semuanya apa kabar" not in desk.get("/meja/bukan-laporan").text
    assert town.sql("SELECT actor FROM journal WHERE case_id = :id AND tag = 'case:submit'", id=town.case(ticket)["id"]) == [("citizen",)]


def test_saying_it_twice_or_at_once_is_one_report(town, office):
    town.sms(sender(5), "halo lagi apa kabar semua")
    desks = [office.desk("citra"), office.desk("imran"), town.desk("citra")]
    which = aside_id(town, 5)
    answers = at_once(3, lambda number: desks[number].post(f"/meja/bukan-laporan/{which}"))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert cases_of(town, 5) == 1


def test_what_is_no_aside_cannot_be_taken(town, office):
    ticket = by_sms(town, sender(6), CLINIC.format("bukan sisihan"))
    message = town.sql("SELECT id FROM messages WHERE case_id = :id", id=town.case(ticket)["id"])[0][0]
    for which in (message, 2**31 - 1, 2**70):
        assert office.desk("citra").post(f"/meja/bukan-laporan/{which}").status_code == 404


@pytest.mark.parametrize("who", ["bagus", "gubernur", "admin"])
def test_nobody_else_reads_them(town, office, who):
    town.sms(sender(7), "halo rahasia kita")
    desk = office.desk(who)
    assert desk.get("/meja/bukan-laporan").status_code == 403
    assert desk.post(f"/meja/bukan-laporan/{aside_id(town, 7)}").status_code == 403
    assert "bukan-laporan" not in desk.get("/meja" if who != "admin" else "/kendali").text
    assert cases_of(town, 7) == 0


def test_an_empty_list_says_so_and_old_ones_are_not_shown(new_town, office_of):
    office = office_of(new_town)
    assert "Tidak ada." in office.desk("citra").get("/meja/bukan-laporan").text
    new_town.sms(sender(8), "halo semuanya apa kabar")
    assert "apa kabar" in office.desk("citra").get("/meja/bukan-laporan").text
    new_town.clock.forward(days=30, minutes=1)
    assert "apa kabar" not in new_town.desk("citra").get("/meja/bukan-laporan").text
