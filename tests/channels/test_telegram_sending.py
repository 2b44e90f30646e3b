"""The real python-telegram-bot against the loopback Telegram: every error says what the house must decide."""

from __future__ import annotations

import logging
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram import Telegram
from channels.telegram.sending import split
from ntbcare.contract import ChannelError, OptedOut, OutgoingMessage, Refused, Throttled
from tests.counterparts.telegram_api import SECRET, TOKEN, Mood, TelegramApi


def words(text: str = "Laporan NTB-7K3M diterima", to: str = "5001", *choices: tuple[str, str]) -> OutgoingMessage:
    return OutgoingMessage("notice-1", to, text, choices)


def failure(channel: Telegram, message: OutgoingMessage | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(message or words())
    return caught.value


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_message_taken_is_final(telegram: Telegram, telegram_api: TelegramApi) -> None:
    sent = telegram.send(words())
    assert (sent.external_id, sent.final) == (f"5001:{telegram_api.sent[0]['message_id']}", True)
    assert [method for method, _ in telegram_api.calls] == ["sendMessage"]


def test_words_go_as_they_are_without_markup_and_without_preview(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram.send(words("*Jl. _Raya_* <b> & 100% https://lapor.ntbprov.go.id/t/NTB-7K3M 🙏"))
    ((_, given_to_telegram),) = telegram_api.calls
    assert given_to_telegram["text"] == "*Jl. _Raya_* <b> & 100% https://lapor.ntbprov.go.id/t/NTB-7K3M 🙏"
    assert "parse_mode" not in given_to_telegram
    assert given_to_telegram["link_preview_options"] == {"is_disabled": True}


def test_a_lone_surrogate_stops_nothing(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram.send(words("rusak \ud83d parah", "5001", ("Y\ud83d", "YA")))
    assert telegram_api.sent[0]["text"] == "rusak \ufffd parah"


def test_choices_become_buttons_that_send_their_text_back(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram.send(words("Sudah selesai?", "5001", ("👍 Sudah", "PUAS 5 NTB-7K3M"), ("👎 Belum", "BELUM NTB-7K3M")))
    assert telegram_api.sent[0]["reply_markup"]["inline_keyboard"] == [
        [{"text": "👍 Sudah", "callback_data": "PUAS 5 NTB-7K3M"}],
        [{"text": "👎 Belum", "callback_data": "BELUM NTB-7K3M"}],
    ]


def test_choices_too_long_for_a_button_become_a_reply_keyboard(telegram: Telegram, telegram_api: TelegramApi) -> None:
    long = "é" * 33
    telegram.send(words("Pilih", "5001", ("Pertama", long), ("Kedua", "2")))
    markup = telegram_api.calls[0][1]["reply_markup"]
    assert [row[0]["text"] for row in markup["keyboard"]] == [long, "2"]
    assert markup["one_time_keyboard"]


@pytest.mark.parametrize("length", [4096, 4097, 10_000])
@pytest.mark.parametrize("letter", ["a", "é", "😢", "kata ", "baris\n"])
def test_a_long_text_leaves_in_parts_that_telegram_takes(telegram: Telegram, telegram_api: TelegramApi, letter: str, length: int) -> None:
    text = (letter * length)[:length]
    sent = telegram.send(words(text, "5001", ("Ya", "YA")))
    parts = [message["text"] for message in telegram_api.sent]
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert max(map(units, parts)) <= 4096
    assert sent.external_id == f"5001:{telegram_api.sent[-1]['message_id']}"
    assert ["reply_markup" in message for message in telegram_api.sent] == [False] * (len(parts) - 1) + [True]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60), st.integers(min_value=2, max_value=12))
def test_no_part_is_too_long_and_no_letter_is_lost(text: str, longest: int) -> None:
    parts = split(text, longest)
    assert parts
    assert all(units(part) <= longest for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_part_ends_at_a_line_if_it_can_and_at_a_space_if_it_must() -> None:
    assert split("satu dua\ntiga", 12) == ["satu dua", "tiga"]
    assert split("satu dua tiga", 12) == ["satu dua", "tiga"]
    assert split("satuduatigaempat", 12) == ["satuduatigae", "mpat"]


def test_who_blocked_the_bot_or_is_gone_has_opted_out(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.blocked, telegram_api.deactivated = {5001}, {5002}
    for to in ("5001", "5002"):
        assert (type(error := failure(telegram, words(to=to))), error.permanent, error.code) == (OptedOut, True, "403")


@pytest.mark.parametrize(("to", "text"), [("5009", "a"), ("", "a"), ("bukan angka", "a"), ("5001", ""), ("5001", " \n")])
def test_a_message_telegram_will_never_take_is_refused(telegram: Telegram, telegram_api: TelegramApi, to: str, text: str) -> None:
    telegram_api.unknown.add(5009)
    assert (type(error := failure(telegram, words(text, to))), error.permanent, error.code) == (Refused, True, "400")


def test_who_never_wrote_to_the_bot_cannot_be_written_to_and_has_not_opted_out(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.strangers.add(5003)
    assert (type(error := failure(telegram, words(to="5003"))), error.permanent, error.code) == (Refused, True, "403")


@pytest.mark.parametrize("said", ["bot was kicked from the group chat", "bot is restricted", "", "user 5001 said no"])
def test_any_other_prohibition_is_taken_as_ours(telegram: Telegram, telegram_api: TelegramApi, said: str) -> None:
    telegram_api.moods.append(Mood(403, f"Forbidden: {said}"))
    assert (type(error := failure(telegram)), error.permanent, error.code) == (ChannelError, False, "403")


def test_a_chat_that_moved_is_refused_and_its_new_id_is_in_no_reason(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.moved[5004] = -1001234567890
    assert (type(error := failure(telegram, words(to="5004"))), error.permanent) == (Refused, True)
    assert "1234567890" not in error.reason


def test_no_reason_names_a_chat_or_an_address(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.moods.append(Mood(400, f"Bad Request: chat 812345678 at {telegram_api.url}/bot{TOKEN} not found"))
    reason = failure(telegram).reason
    assert not any(secret in reason for secret in ("812345678", TOKEN, telegram_api.url))


def test_two_messages_to_one_chat_at_once_are_a_flood(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.pace = 60.0
    telegram.send(words())
    telegram.send(words(to="5002"))
    error = failure(telegram)
    assert isinstance(error, Throttled)
    assert 1 <= error.after <= 60
    assert not error.perhaps_sent


def test_a_failure_after_the_first_part_says_that_something_has_gone(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.pace = 60.0
    error = failure(telegram, words("a" * 4097))
    assert isinstance(error, Throttled)
    assert error.perhaps_sent
    assert len(telegram_api.sent) == 1


def test_a_flood_says_how_long_to_wait(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.moods.append(Mood(429, "Too Many Requests: retry after 34", retry_after=34))
    error = failure(telegram)
    assert isinstance(error, Throttled)
    assert (error.after, error.permanent, error.code) == (34.0, False, "429")


def test_a_wrong_token_is_our_fault_and_never_loses_the_message(telegram_api: TelegramApi) -> None:
    stranger = Telegram("123456789:AAwrongwrongwrong", SECRET, telegram_api.url, timeout=2.0)
    error = failure(stranger)
    stranger.close()
    assert (type(error), error.permanent, error.code) == (ChannelError, False, "401")
    assert "our Telegram configuration" in error.reason
    assert "AAwrong" not in error.reason


@pytest.mark.parametrize(
    ("mood", "perhaps"),
    [
        (Mood(500, "Internal Server Error"), False),
        (Mood(502, "Bad Gateway"), True),
        (Mood(429, "Too Many Requests"), False),
        (Mood(409, "Conflict: terminated by other getUpdates request"), False),
        (Mood(code=200, body=b"<html>welcome to the hotel wifi</html>"), True),
        (Mood(code=200, body=b"{}"), True),
        (Mood(code=200, body=b"[]"), True),
        (Mood(code=200, body=b'{"ok": true, "result": {"message_id": 5}}'), True),
        (Mood(code=503, body=b"<html>busy</html>"), False),
        (Mood(code=504, body=b"<html>busy</html>"), True),
        (Mood(hang_up=True), True),
        (Mood(delay=9.0), True),
    ],
    ids=[
        "500", "502", "429 without a time", "conflict", "not JSON", "empty", "a list", "half a message", "503 of a proxy", "504 of a proxy",
        "hung up", "too slow",
    ],
)  # fmt: skip
def test_a_fault_that_may_pass_is_to_be_tried_again(telegram_api: TelegramApi, mood: Mood, perhaps: bool) -> None:
    channel = Telegram(TOKEN, SECRET, telegram_api.url, timeout=1.5)
    telegram_api.moods.append(mood)
    began = time.monotonic()
    error = failure(channel)
    assert (type(error), error.permanent, error.perhaps_sent) == (ChannelError, False, perhaps)
    assert time.monotonic() - began < 6
    channel.send(words())
    channel.close()
    assert len(telegram_api.sent) == 1


def test_nobody_at_the_other_end_is_to_be_tried_again_and_nothing_has_gone() -> None:
    channel = Telegram(TOKEN, SECRET, "http://127.0.0.1:9", timeout=0.5)
    error = failure(channel)
    channel.close()
    assert (type(error), error.permanent, error.perhaps_sent) == (ChannelError, False, False)
    assert TOKEN not in error.reason


def test_the_token_is_in_no_log(telegram: Telegram, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        telegram.send(words())
    assert TOKEN not in caplog.text
