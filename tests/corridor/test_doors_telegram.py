"""The Telegram door, and what a house answers for channels that are not set up."""

import dataclasses
import json

import pytest

from tests.conftest import TELEGRAM_SECRET, secrets_int
from tests.corridor.looking import at_once, count, everywhere


def raw(town, body: bytes, secret: str | None = TELEGRAM_SECRET):
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    return town.browser().post("/hooks/telegram", data=body, content_type="application/json", headers=headers)


def update(sender: int, text: str, **more: object) -> bytes:
    person = {"id": sender, "is_bot": False, "first_name": "Aminah Rahasia"}
    message = {"message_id": 1, "date": 1760000000, "chat": {"id": sender, "type": "private"}, "from": person, "text": text, **more}
    return json.dumps({"update_id": secrets_int(), "message": message}).encode()


def test_a_text_becomes_one_case_and_one_receipt_and_the_senders_name_is_not_kept(town):
    assert raw(town, update(1001, "Sampah menumpuk di Ampenan, telegram pertama")).status_code == 200
    town.work_off()
    (receipt,) = town.sent("1001")
    ticket = town.ticket_of("telegram pertama")
    assert f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}" in receipt["text"]
    assert everywhere(town, "Aminah Rahasia") == []


@pytest.mark.parametrize("secret", [None, "", "salah", TELEGRAM_SECRET + "x", TELEGRAM_SECRET.upper(), "\xff"])
def test_without_the_secret_nothing_is_taken(town, secret):
    answer = raw(town, update(1002, "Sandi musang"), secret)
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert everywhere(town, "Sandi musang") == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"update_id": 5, "message": {"text": "Sandi trenggiling',
        b"\xff\xfe\x00 Sandi trenggiling",
        b'{"update_id": "lima", "text": "Sandi trenggiling"}',
        b'{"update_id": 77, "hologram": {"text": "Sandi trenggiling"}}',
        b'{"update_id": 78, "hologram\\ud800\\u0000": {"text": "Sandi trenggiling"}}',
        b'{"update_id": 79, "message": {"message_id": 1, "date": 1, "chat": {"id": 3, "type": "private"}, "scent\\ud800\\u0000": "Sandi trenggiling"}}',
        b'[{"text": "Sandi trenggiling"}]',
        b'"Sandi trenggiling"',
        b"[" * 50_000 + b"Sandi trenggiling",
    ],
    ids=["cut off", "no utf-8", "id is text", "new type", "odd new type", "odd content", "list", "string", "deep"],
)
def test_what_cannot_be_read_is_kept_once_with_an_alarm_and_answered_200(town, body):
    before = count(town, "unread")
    for _ in range(2):
        assert raw(town, body).status_code == 200
    assert count(town, "unread") == before + 1
    assert count(town, "unread", "raw LIKE '%Sandi trenggiling%' AND channel = 'telegram'") >= 1
    assert count(town, "alarms", "kind = 'unread' AND subject = 'telegram' AND cleared_at IS NULL") == 1


def test_a_resend_of_the_same_update_at_once_is_one_message(town):
    answers = at_once(6, lambda _: town.telegram(1003, "Telegram dikirim ulang", update=990_001), times=30)
    assert {answer.status_code for answer in answers} == {200}
    assert count(town, "messages", "channel = 'telegram' AND external_id = '990001'") == 1
    assert count(town, "cases", "text = 'Telegram dikirim ulang'") == 1


def test_the_same_number_on_two_channels_is_two_messages(town):
    town.telegram(1004, "Nomor sama, kanal telegram", update=990_002)
    town.sms("+6281100004001", "Nomor sama, kanal sms", sid="990002")
    assert count(town, "cases", "text LIKE 'Nomor sama, kanal%'") == 2


@pytest.mark.parametrize("text", ["jalan rusak \ud800 di Tente", "jalan rusak \u0000 di Tente", "jalan rusak 🚧 di Tente"])
def test_odd_letters_do_not_lose_a_report(town, text):
    before = count(town, "cases", "text LIKE 'jalan rusak%di Tente'")
    assert raw(town, update(1005, text)).status_code == 200
    town.clock.forward(minutes=11)  # or it would be the rest of the story before
    assert count(town, "cases", "text LIKE 'jalan rusak%di Tente'") == before + 1


def test_a_photo_without_words_is_not_lost(town):
    sizes = [{"file_id": "AgAC-foto", "file_unique_id": "f", "width": 90, "height": 90}]
    body = json.loads(update(1006, ""))
    del body["message"]["text"]
    body["message"]["photo"] = sizes
    assert raw(town, json.dumps(body).encode()).status_code == 200
    mine = "contact_id = (SELECT id FROM contacts WHERE address = '1006')"
    assert town.sql(f"SELECT ref, state FROM files WHERE {mine}") == [("AgAC-foto", "waiting")]


def test_a_group_is_not_answered(town):
    body = update(1007, "Obrolan di grup", chat={"id": -1007, "type": "group", "title": "RT 3"})
    assert raw(town, body).status_code == 200
    assert everywhere(town, "Obrolan di grup") == []


def test_ten_megabytes_are_refused_in_a_sentence(town):
    answer = raw(town, update(1008, "x" * (10 * 1024 * 1024)))
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


@pytest.fixture(scope="module")
def bare(town):
    """The same house in production settings without any provider."""
    from channels import switchboard
    from ntbcare.app import build

    empty = dict.fromkeys(("twilio_account_sid", "twilio_auth_token", "twilio_from", "telegram_token", "telegram_secret"), "")
    settings = dataclasses.replace(town.settings, ntbcare_env="production", **empty)
    assert settings.problems() == []
    return build(settings, switchboard.build(settings, development=False, outbox=None)).test_client()


@pytest.mark.parametrize("door", ["/hooks/twilio/sms", "/hooks/twilio/status", "/hooks/telegram", "/hooks/kannel/sms", "/hooks/meta"])
def test_a_channel_that_is_not_set_up_is_not_there(bare, door):
    answer = bare.post(door, data={"Body": "Jalan rusak", "From": "+628110000"}, headers={"X-Telegram-Bot-Api-Secret-Token": ""})
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_the_other_doors_are_open_all_the_same(bare):
    assert bare.get("/lapor").status_code == 200
    assert bare.post("/api/v1/cases", json={"text": "Tanpa penyedia apa pun"}).status_code == 201
