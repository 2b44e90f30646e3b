"""Files of citizens from Telegram: whole or not at all, within the limit, and the token in no reason."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from channels.telegram import Telegram
from ntbcare.contract import ChannelError, Fetched, IncomingMessage, RawRequest, Refused, Throttled, TooLarge
from tests.counterparts.telegram_api import SECRET, TOKEN, Mood, TelegramApi
from tests.counterparts.telegram_people import Shelved

MEGABYTE = 1_000_000


def failure(channel: Telegram, ref: str = "BQAC1", limit: int = MEGABYTE) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.fetch(ref, limit)
    assert TOKEN not in caught.value.reason
    assert TOKEN.partition(":")[2] not in repr(caught.value)
    return caught.value


def test_a_photo_that_was_announced_is_fetched_as_it_was_sent(telegram: Telegram, telegram_api: TelegramApi) -> None:
    content = bytes(range(256)) * 2000
    headers = {"x-telegram-bot-api-secret-token": SECRET}
    telegram_api.photo(5001, b"another")
    update = telegram_api.photo(5001, content)
    (message,) = telegram.read(RawRequest("POST", "https://x.id/", headers, json.dumps(update).encode()))
    assert isinstance(message, IncomingMessage)
    (file,) = message.media
    assert file.size == len(content)
    assert telegram.fetch(file.ref, len(content)).content == content


def test_a_file_keeps_its_name_and_a_type_that_says_something(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"pdf", "documents/surat ke#terangan é.pdf", 3)
    telegram_api.shelf["BQAC2"] = Shelved(b"pdf", "documents/file_2.pdf", mime="application/pdf; version=2")
    assert telegram.fetch("BQAC1", 3) == Fetched(b"pdf", mime="", name="surat ke#terangan é.pdf")
    assert telegram.fetch("BQAC2", 3) == Fetched(b"pdf", mime="application/pdf", name="file_2.pdf")


def test_an_empty_file_is_a_file(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"", "documents/file_1.txt", 0)
    assert telegram.fetch("BQAC1", 10).content == b""


def test_a_file_said_to_be_too_large_is_not_even_asked_for(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"a" * 11, "documents/file_1", 11)
    assert type(failure(telegram, limit=10)) is TooLarge
    assert [method for method, _ in telegram_api.calls] == ["getFile"]


@pytest.mark.parametrize("told", [None, -1], ids=["with its length", "without a length"])
def test_a_file_whose_size_was_not_told_is_read_no_further_than_the_limit(
    telegram: Telegram, telegram_api: TelegramApi, told: int | None
) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"a" * 5000, "documents/file_1", size=None, told=told, piece=1000)
    assert type(failure(telegram, limit=4999)) is TooLarge
    assert len(telegram.fetch("BQAC1", 5000).content) == 5000


def test_a_file_that_lies_about_its_size_is_counted(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"a" * 5000, "documents/file_1", size=10, told=-1)
    assert type(failure(telegram, limit=100)) is TooLarge


def test_a_file_above_what_a_bot_may_have_is_too_large(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"a", "videos/file_1.mp4", size=20_000_001)
    error = failure(telegram, limit=100 * MEGABYTE)
    assert (type(error), error.permanent, error.code) == (TooLarge, True, "400")


@pytest.mark.parametrize("ref", ["", "BQACunknown"])
def test_a_file_nobody_knows_is_refused(telegram: Telegram, ref: str) -> None:
    assert (type(error := failure(telegram, ref)), error.permanent) == (Refused, True)


@pytest.mark.parametrize("status", [404, 410])
def test_a_file_that_is_gone_is_refused(telegram: Telegram, telegram_api: TelegramApi, status: int) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"a", "documents/file_1", status=status)
    assert (type(error := failure(telegram)), error.code) == (Refused, str(status))


def test_a_file_that_is_not_at_hand_is_asked_for_again(telegram: Telegram, telegram_api: TelegramApi) -> None:
    away = "Bad Request: wrong file_id or the file is temporarily unavailable"
    telegram_api.shelf["BQAC1"] = Shelved(b"a", "documents/file_1", away=away)
    assert (type(error := failure(telegram)), error.permanent) == (ChannelError, False)


@pytest.mark.parametrize("status", [401, 403])
def test_a_file_we_may_not_have_is_our_fault_and_not_the_files(telegram: Telegram, telegram_api: TelegramApi, status: int) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"a", "documents/file_1", status=status)
    assert (type(error := failure(telegram)), error.permanent, error.code) == (ChannelError, False, str(status))


def test_a_bot_that_is_not_known_gets_no_file_and_loses_none(telegram_api: TelegramApi) -> None:
    stranger = Telegram("123456789:AAwrong", SECRET, telegram_api.url, timeout=2.0)
    assert (type(error := failure(stranger)), error.permanent, error.code) == (ChannelError, False, "401")
    stranger.close()


def test_a_server_that_keeps_files_for_itself_is_a_fault_of_the_settings(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"a", "/var/lib/telegram-bot-api/documents/file_1")
    assert (type(error := failure(telegram)), error.code) == (ChannelError, "403")
    assert "--local" in error.reason


def test_a_flood_says_how_long_to_wait_for_the_file(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"a", "documents/file_1", status=429, retry_after=17)
    error = failure(telegram)
    assert isinstance(error, Throttled)
    assert (error.after, error.code) == (17.0, "429")
    telegram_api.moods.append(Mood(429, "Too Many Requests: retry after 21", retry_after=21))
    assert isinstance(again := failure(telegram), Throttled)
    assert again.after == 21.0


@pytest.mark.parametrize("kept", [Shelved(b"a" * 10, "f", told=20), Shelved(b"a", "f", status=502), Shelved(b"a", "f", status=302)])
def test_half_a_file_is_none_and_is_asked_for_again(telegram: Telegram, telegram_api: TelegramApi, kept: Shelved) -> None:
    telegram_api.shelf["BQAC1"] = kept
    assert (type(error := failure(telegram)), error.permanent) == (ChannelError, False)


def test_a_file_that_only_drips_ends_with_the_patience(telegram_api: TelegramApi) -> None:
    telegram_api.shelf["BQAC1"] = Shelved(b"a" * 1000, "documents/file_1", pause=0.1, piece=1)
    channel = Telegram(TOKEN, SECRET, telegram_api.url, timeout=0.25)
    began = time.monotonic()
    assert (type(error := failure(channel)), error.permanent) == (ChannelError, False)
    assert time.monotonic() - began < 10  # the whole would have taken 100
    channel.close()


def test_files_and_messages_go_at_the_same_time(telegram: Telegram, telegram_api: TelegramApi) -> None:
    for number in range(12):
        telegram_api.shelf[f"F{number}"] = Shelved(bytes([number]) * 100_000, f"documents/file_{number}", 100_000)
    with ThreadPoolExecutor(12) as pool:
        fetched = list(pool.map(lambda number: telegram.fetch(f"F{number}", 100_000).content, range(12)))
    assert fetched == [bytes([number]) * 100_000 for number in range(12)]
