"""Telegram's updates: only with the secret, and whatever has words of a person becomes a message."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from channels.telegram import Telegram
from ntbcare.contract import BadSignature, IncomingMessage, Media, RawRequest, UnknownShape
from tests.counterparts.telegram_api import SECRET, TOKEN, TelegramApi

telegram_bot = Telegram(TOKEN, SECRET)


def request(body: bytes | dict[str, Any], secret: str | None = SECRET) -> RawRequest:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if secret is None else {"x-telegram-bot-api-secret-token": secret}
    return RawRequest("POST", "https://lapor.ntbprov.go.id/hooks/telegram", headers, content)


def understood(recorded: dict[str, Any]) -> None:
    expected = {**recorded["expect"], "media": tuple(Media(**each) for each in recorded["expect"].get("media", ()))}
    moment = expected.pop("received_at", None)
    (message,) = telegram_bot.read(request(recorded["update"]))
    assert isinstance(message, IncomingMessage)
    assert {name: getattr(message, name) for name in expected} == expected
    assert (message.channel, json.loads(message.raw)["update_id"]) == ("telegram", recorded["update"]["update_id"])
    assert moment is None or message.received_at == datetime.fromisoformat(moment)


@pytest.mark.payloads("telegram_updates.json")
def test_a_recorded_update_is_understood(recorded: dict[str, Any]) -> None:
    understood(recorded)


@pytest.mark.payloads("telegram_media.json")
def test_a_recorded_file_is_named_with_what_they_claim_of_it(recorded: dict[str, Any]) -> None:
    understood(recorded)


@pytest.mark.payloads("telegram_ignored.json")
def test_what_carries_nothing_of_a_person_for_us_is_nothing(recorded: dict[str, Any]) -> None:
    assert telegram_bot.read(request(recorded["update"])) == []


@pytest.mark.payloads("telegram_unknown.json")
def test_an_unknown_shape_says_so_and_names_the_update_when_it_can(recorded: dict[str, Any]) -> None:
    with pytest.raises(UnknownShape) as caught:
        telegram_bot.read(request(recorded["body"].encode()))
    assert caught.value.external_id == recorded["external_id"]


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe{", b"[" * 200_000, b'{"a":' * 100_000, b'{"update_id": ' + b"9" * 6000 + b"}"],
    ids=["not UTF-8", "deep", "deeper", "long"],
)
def test_a_hostile_body_is_an_unknown_shape_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(UnknownShape):
        telegram_bot.read(request(body))
    assert telegram_bot.answer(request(body)).body == ""


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET.upper(), "sécret", "\ud800"])
def test_without_the_secret_nothing_is_read(secret: str | None) -> None:
    with pytest.raises(BadSignature):
        telegram_bot.read(request({"update_id": 1}, secret))


@pytest.mark.parametrize("given", ["", None])
def test_a_bot_without_a_secret_accepts_nobody(given: str | None) -> None:
    with pytest.raises(BadSignature):
        Telegram(TOKEN, "").read(request({"update_id": 1}, given))


def test_the_secret_is_asked_before_the_body_is_looked_at() -> None:
    with pytest.raises(BadSignature):
        telegram_bot.read(request(b"not json", "wrong"))


def test_words_read_can_be_stored_as_utf8_without_nul(telegram_api: TelegramApi) -> None:
    nasty = "".join(map(chr, [*range(0x20), 0xD800, 0xDC00, 0xDFFF, 0xFFFE, 0x1F622]))
    (message,) = telegram_bot.read(request(telegram_api.text(5001, nasty, name="\udfff")))
    assert isinstance(message, IncomingMessage)
    for part in (message.text, message.sender_name, message.raw):
        assert b"\x00" not in part.encode("utf-8")


def test_an_update_that_telegram_repeats_is_the_same_message(telegram_api: TelegramApi) -> None:
    # Telegram repeats until it hears 2xx; the house knows the second one by its external_id.
    for update in (telegram_api.text(5001, "air mati"), telegram_api.tap(5001, "YA"), telegram_api.block(5001)):
        first, second = telegram_bot.read(request(update)), telegram_bot.read(request(update))
        assert first == second
        assert first[0].external_id == str(update["update_id"])


def test_a_tapped_button_is_answered_so_that_it_stops_spinning(telegram_api: TelegramApi) -> None:
    answer = telegram_bot.answer(request(telegram_api.tap(5001, "YA")))
    assert answer.content_type == "application/json"
    assert json.loads(answer.body).keys() == {"method", "callback_query_id"}


def test_everything_else_is_answered_with_an_empty_200(telegram_api: TelegramApi) -> None:
    bodies: list[bytes | dict[str, Any]] = [telegram_api.text(5001, "a"), {"callback_query": {"id": 5}}, {"callback_query": []}, b"", b"[]"]
    for body in bodies:
        answer = telegram_bot.answer(request(body))
        assert (answer.status, answer.body) == (200, "")


def test_it_listens_at_one_door() -> None:
    assert [(hook.path, hook.methods) for hook in telegram_bot.hooks()] == [("telegram", ("POST",))]
