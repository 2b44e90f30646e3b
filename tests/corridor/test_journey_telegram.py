"""A life by Telegram: buttons instead of words, each carrying its ticket, and everything comes back to the same chat."""

import json

import pytest

from tests.conftest import TELEGRAM_SECRET, secrets_int
from tests.corridor.looking import CLINIC, count, last, no_twins, pin_of


@pytest.fixture(scope="module", autouse=True)
def no_two_alike(town):
    """Reports of these tests are alike by their making only: nobody is asked whether theirs is somebody else's."""
    no_twins(town)


def file(town, chat: int, words: str) -> str:
    assert town.telegram(chat, "LAPOR " + CLINIC.format(words)).status_code == 200
    town.work_off()
    return town.ticket_of(words)


def tap(town, chat: int, data: str):
    """A citizen taps a button."""
    person = {"id": chat, "is_bot": False, "first_name": "Aminah"}
    message = {"message_id": 9, "date": 1760000000, "chat": {"id": chat, "type": "private"}, "text": "…"}
    body = {
        "update_id": secrets_int(),
        "callback_query": {"id": "123", "from": person, "message": message, "chat_instance": "1", "data": data},
    }
    answer = town.browser().post("/hooks/telegram", json=body, headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET})
    assert answer.status_code == 200
    town.work_off()
    return answer


def buttons(town, chat: int) -> dict[str, str]:
    return dict(town.sent(str(chat))[-1]["choices"])


def test_from_a_chat_to_a_rating_by_taps(town, office):
    ticket = file(town, 2001, "lewat telegram")
    receipt = last(town, "2001")
    assert f"PIN: {pin_of(town, ticket)}" in receipt
    assert "Ditangani: Dinas Kesehatan" in receipt
    assert "Sabtu, 14 Maret 2026 pukul 12.00 WITA" in receipt
    assert f"/t/{ticket}" in receipt

    office.act("halim", ticket, "ask", words="Obat apa yang kosong?")
    assert "Obat apa yang kosong?" in last(town, "2001")
    town.telegram(2001, "Obat darah tinggi")
    town.work_off()
    assert town.case(ticket)["state"] == "dispositioned"
    assert "Obat darah tinggi" in office.page("halim", ticket)

    office.act("halim", ticket, "respond", words="Obatnya tiba hari ini.")
    assert "Obatnya tiba hari ini." in last(town, "2001")
    offered = buttons(town, 2001)
    assert offered == {"Sudah selesai": f"{ticket} YA", "Belum selesai": f"{ticket} BELUM"}
    answer = tap(town, 2001, offered["Belum selesai"])
    assert json.loads(answer.text)["method"] == "answerCallbackQuery"
    assert town.case(ticket)["state"] == "in_progress"
    office.act("halim", ticket, "respond", words="Sekarang benar sudah tiba.")
    tap(town, 2001, buttons(town, 2001)["Sudah selesai"])
    assert town.case(ticket)["closed_by"] == "reporter"
    offered = buttons(town, 2001)
    assert list(offered.values()) == [f"{ticket} {score}" for score in range(1, 6)]
    tap(town, 2001, offered["5 Sangat puas"])
    assert town.sql("SELECT score FROM polls WHERE case_id = :id", id=town.case(ticket)["id"]) == [(5,)]
    assert "5" in last(town, "2001")


def test_a_tap_on_an_old_button_reaches_its_own_case_and_says_so_when_it_is_too_late(town, office):
    first, second = file(town, 2002, "tombol lama"), file(town, 2002, "tombol baru")
    for ticket in (first, second):
        office.act("halim", ticket, "respond", words="Silakan dicek.")
    tap(town, 2002, f"{first} YA")
    assert (town.case(first)["state"], town.case(second)["state"]) == ("closed", "responded")
    heard = len(town.sent("2002"))
    tap(town, 2002, f"{first} YA")
    assert len(town.sent("2002")) == heard, "yes twice is no fault and no news"
    tap(town, 2002, f"{first} BELUM")
    assert town.case(first)["attention"], "a closed case that is not solved comes to somebody"


def test_a_double_tap_rates_once(town, office):
    ticket = file(town, 2003, "ketuk dua kali")
    office.act("halim", ticket, "respond", words="Beres.")
    tap(town, 2003, f"{ticket} YA")
    for score in (2, 2, 5):
        tap(town, 2003, f"{ticket} {score}")
    assert town.sql("SELECT score FROM polls WHERE case_id = :id", id=town.case(ticket)["id"]) == [(2,)]
    assert count(town, "notices", "template LIKE 'rated%' AND case_id = :id", id=town.case(ticket)["id"]) == 1


def test_a_stranger_who_taps_a_forwarded_button_changes_nothing(town, office):
    ticket = file(town, 2004, "tombol diteruskan")
    office.act("halim", ticket, "respond", words="Silakan dicek.")
    tap(town, 2999, f"{ticket} YA")
    assert town.case(ticket)["state"] == "responded"
    assert "tidak kami temukan" in last(town, "2999")


def test_start_with_a_greeting_makes_no_case(town):
    for text in ("/start", "halo", "/help"):
        town.telegram(2005, text)
    town.work_off()
    assert count(town, "cases", "contact_id = (SELECT id FROM contacts WHERE address = '2005')") == 0
    assert len(town.sent("2005")) == 3


def test_a_position_answers_the_question_where_it_is(town, office):
    ticket = file(town, 2006, "di mana tepatnya")
    file(town, 2006, "laporan lain yang lebih baru")
    office.act("halim", ticket, "ask", words="Di mana tepatnya?")
    person = {"id": 2006, "is_bot": False, "first_name": "Aminah"}
    place = {"latitude": -8.60, "longitude": 118.62}
    message = {"message_id": 1, "date": 1760000000, "chat": {"id": 2006, "type": "private"}, "from": person, "location": place}
    body = {"update_id": secrets_int(), "message": message}
    assert (
        town.browser().post("/hooks/telegram", json=body, headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}).status_code == 200
    )
    town.work_off()
    case = town.case(ticket)
    assert (case["state"], case["lat"], case["lon"]) == ("dispositioned", -8.60, 118.62)
    assert "-8.60000, 118.62000" in office.page("halim", ticket)
