"""What `doctor` hears of the bot: one line without secrets, or what is not well."""

from __future__ import annotations

import pytest

from channels.telegram import Telegram
from ntbcare.contract import ChannelError, Throttled
from tests.counterparts.telegram_api import SECRET, TOKEN, Mood, TelegramApi

HOOK = "https://lapor.ntbprov.go.id/hooks/telegram"


def failure(channel: Telegram) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.check()
    assert TOKEN not in caught.value.reason
    return caught.value


def test_a_bot_with_a_webhook_is_well_and_nothing_was_sent_to_anybody(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.webhook |= {"url": HOOK, "pending_update_count": 3}
    assert telegram.check() == f"@ntbcare_bot; webhook {HOOK}; 3 updates wait"
    assert [method for method, _ in telegram_api.calls] == ["getMe", "getWebhookInfo"]
    assert telegram_api.sent == []


def test_the_last_error_is_told_with_its_time_and_without_the_token(telegram: Telegram, telegram_api: TelegramApi) -> None:
    words = f"Wrong response from the webhook: 404 Not Found at https://x.id/{TOKEN}"
    telegram_api.webhook |= {"url": f"{HOOK}/{TOKEN}", "last_error_date": 1795312800, "last_error_message": words}
    said = telegram.check()
    assert "last error at 2026-11-22T02:00:00+00:00: Wrong response from the webhook: 404 Not Found" in said
    assert TOKEN not in said


def test_a_webhook_that_was_asked_for_too_little_is_told(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.webhook |= {"url": HOOK, "allowed_updates": ["message", "callback_query"]}
    assert telegram.check().endswith("not asked for: edited_message, my_chat_member")


@pytest.mark.parametrize("url", ["", "http://lapor.ntbprov.go.id/hooks/telegram"])
def test_without_a_safe_webhook_the_bot_is_not_well(telegram: Telegram, telegram_api: TelegramApi, url: str) -> None:
    telegram_api.webhook |= {"url": url}
    assert (type(error := failure(telegram)), error.permanent) == (ChannelError, False)
    assert "@ntbcare_bot" in error.reason


@pytest.mark.parametrize("token", ["123456789:AAwrong", "1:a"])
def test_a_bad_token_has_the_code_that_raises_an_alarm(telegram_api: TelegramApi, token: str) -> None:
    channel = Telegram(token, SECRET, telegram_api.url, timeout=2.0)
    assert (type(error := failure(channel)), error.permanent, error.code) == (ChannelError, False, "401")
    channel.close()


def test_a_malformed_token_is_a_bad_token_as_well(telegram: Telegram, telegram_api: TelegramApi) -> None:
    telegram_api.moods.append(Mood(404, "Not Found"))
    assert failure(telegram).code == "401"


def test_a_flood_or_silence_is_no_statement_about_the_bot(telegram_api: TelegramApi) -> None:
    channel = Telegram(TOKEN, SECRET, telegram_api.url, timeout=1.0)
    telegram_api.moods.append(Mood(429, "Too Many Requests: retry after 3", retry_after=3))
    assert isinstance(failure(channel), Throttled)
    telegram_api.moods.append(Mood(delay=5.0))
    assert failure(channel).code == ""
    channel.close()
