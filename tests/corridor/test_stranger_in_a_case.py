"""Whoever knows a ticket may ask after the case, and has no word in it: not by an edit, not in an album, on no channel."""

from __future__ import annotations

import itertools
import secrets

import pytest

from tests.conftest import TELEGRAM_SECRET
from tests.corridor.looking import CLINIC, NOWHERE, ROAD, by_sms, count, everywhere, last, story

_messages = itertools.count(100)


def telegram(town, chat: int, words: str = "", *, edits: int = 0, album: str = "", photo: bool = False) -> int:
    """A message, an edit of one, or a photo of an album, as Telegram brings it; the workers work. Returns the message's number."""
    number = edits or next(_messages)
    person = {"id": chat, "is_bot": False, "first_name": "Orang Asing"}
    message = {"message_id": number, "date": 1760000000, "chat": {**person, "type": "private"}, "from": person}
    message |= {"edit_date": 1760000100} if edits else {}
    message |= {"media_group_id": album} if album else {}
    if photo:
        picture = {"file_id": f"F{number}", "file_unique_id": f"U{number}", "width": 90, "height": 90, "file_size": 1000}
        message |= {"photo": [picture], **({"caption": words} if words else {})}
    else:
        message["text"] = words
    body = {"update_id": secrets.randbelow(2**31), "edited_message" if edits else "message": message}
    answer = town.browser().post("/hooks/telegram", json=body, headers={"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET})
    assert answer.status_code in (200, 204), answer.text
    town.work_off()
    return number


def untouched(town, ticket: str):
    """What must be the same before and after a stranger wrote."""
    case = town.case(ticket)
    kept = {name: case[name] for name in ("state", "text", "region", "place", "lat", "urgency", "attention", "unit_id", "offered_until")}
    beside = [count(town, table, "case_id = :id", id=case["id"]) for table in ("messages", "files")]
    return kept, beside, story(town, ticket)


ASKS = ["CEK {}", "{} halo", "{}", "BATAL {}", "{} belum"]


@pytest.mark.parametrize("asks", ASKS)
def test_an_edit_of_a_question_after_somebody_elses_case_says_nothing_in_it(town, asks):
    number = ASKS.index(asks)
    victim = by_sms(town, f"+62815000000{number}", CLINIC.format(f"korban nomor {number}"))
    before = untouched(town, victim)
    asked = telegram(town, 5_000 + number, asks.format(victim))
    telegram(town, 5_000 + number, "sandi kakatua ini kata orang asing", edits=asked)
    assert untouched(town, victim) == before


def test_an_edit_answers_no_officers_question_of_somebody_elses_case(town, office):
    victim = by_sms(town, "+628150001001", CLINIC.format("korban ditanya"))
    asked = telegram(town, 5_101, f"CEK {victim}")
    office.act("halim", victim, "ask", words="Puskesmas yang mana?")
    before, heard = untouched(town, victim), len(town.sent("+628150001001"))
    telegram(town, 5_101, "puskesmas yang lain saja sandi nuri", edits=asked)
    assert untouched(town, victim) == before and before[0]["state"] == "needs_info"
    assert len(town.sent("+628150001001")) == heard
    assert "sandi nuri" not in office.page("halim", victim)


def test_an_edit_sends_no_unread_report_to_another_desk(town):
    victim = by_sms(town, "+628150001002", NOWHERE.format("korban belum dibaca"))
    before = untouched(town, victim)
    asked = telegram(town, 5_102, f"{victim} ok")
    telegram(town, 5_102, "sandi gelatik di Desa Tente Kecamatan Woha Kabupaten Bima", edits=asked)
    assert untouched(town, victim) == before and before[0]["region"] is None


def test_an_edit_ends_nobody_elses_time_to_think(new_town):
    by_sms(new_town, "+628150001003", "Jalan berlubang besar di depan pasar Tente Kecamatan Woha, motor sering jatuh")
    held = by_sms(new_town, "+628150001004", "lubang besar jalan depan pasar Tente Kecamatan Woha, sudah ada yang jatuh", patient=False)
    before = untouched(new_town, held)
    assert before[0]["offered_until"] is not None
    asked = telegram(new_town, 5_103, f"CEK {held}")
    telegram(new_town, 5_103, "tambahan: rumah terbakar api besar tolong orang terjebak", edits=asked)
    assert untouched(new_town, held) == before


def test_an_edit_writes_in_no_confidential_case(town, office):
    victim = town.api("rahasia-asing", text=ROAD.format("rahasia asing"), confidential=True).json["ticket"]
    town.work_off()
    before = untouched(town, victim)
    asked = telegram(town, 5_104, f"CEK {victim}")
    telegram(town, 5_104, "sandi cendrawasih ganti isinya", edits=asked)
    assert untouched(town, victim) == before
    assert "sandi cendrawasih" not in office.page("bagus", victim)


def test_an_album_brings_no_photo_words_or_place_into_somebody_elses_case(town):
    victim = by_sms(town, "+628150001005", ROAD.format("korban album"))
    before = untouched(town, victim)
    telegram(town, 5_105, f"CEK {victim}", album="asing", photo=True)
    telegram(town, 5_105, album="asing", photo=True)
    telegram(town, 5_105, "ralat, salah tempat, maksud saya di Kecamatan Rasanae Barat Kota Bima", album="asing", photo=True)
    assert untouched(town, victim) == before
    assert "sudah kami ganti" not in last(town, "+628150001005")


def test_a_row_that_names_somebody_elses_case_already_opens_nothing(town):
    victim = by_sms(town, "+628150001006", CLINIC.format("korban lama"))
    asked = telegram(town, 5_106, f"CEK {victim}")
    town.sql("UPDATE messages SET case_id = :id WHERE ref = :ref", id=town.case(victim)["id"], ref=f"5106:{asked}")
    assert count(town, "messages", "ref = :ref AND case_id = :id", ref=f"5106:{asked}", id=town.case(victim)["id"]) == 1
    before = untouched(town, victim)
    telegram(town, 5_106, "sandi punai masuk lewat baris lama", edits=asked)
    assert untouched(town, victim) == before


def test_ones_own_edit_and_album_still_reach_the_case(town):
    first = telegram(town, 5_107, CLINIC.format("punya sendiri"), album="sendiri", photo=True)
    mine = town.case(town.ticket_of("punya sendiri"))
    telegram(town, 5_107, album="sendiri", photo=True)
    assert count(town, "files", "case_id = :id", id=mine["id"]) == 2
    telegram(town, 5_107, "obatnya obat gula sandi merak", edits=first)
    assert ("case:words_added", "citizen") in story(town, mine["ticket"])
    assert everywhere(town, "sandi merak")
