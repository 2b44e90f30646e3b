"""The switchboard: complete is real, half is refused, and nothing is imported that is not needed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace

import pytest

from channels.console import Console
from channels.sms.twilio import Twilio
from channels.switchboard import build, problems
from channels.telegram import Telegram
from channels.web import Web
from tests.counterparts.telegram_api import SECRET, TOKEN
from tests.counterparts.twilio_api import ACCOUNT_SID, AUTH_TOKEN, SENDER


@dataclass(frozen=True)
class Settings:
    public_url: str = "https://lapor.ntbprov.go.id"
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_from: str = ""
    twilio_api_url: str = ""
    telegram_token: str = ""
    telegram_secret: str = ""
    telegram_api_url: str = ""


NOTHING = Settings()
EVERYTHING = replace(
    NOTHING,
    twilio_account_sid=ACCOUNT_SID,
    twilio_auth_token=AUTH_TOKEN,
    twilio_from=SENDER,
    telegram_token=TOKEN,
    telegram_secret=SECRET,
)
SECRETS_ONLY = replace(NOTHING, twilio_auth_token=AUTH_TOKEN, telegram_secret=SECRET)


@pytest.mark.parametrize("development", [True, False])
def test_complete_settings_give_the_real_channels(development: bool) -> None:
    channels = build(EVERYTHING, development=development, outbox=None)
    assert {name: type(channel) for name, channel in channels.items()} == {"web": Web, "sms": Twilio, "telegram": Telegram}
    assert all(name == channel.name for name, channel in channels.items())


def test_in_production_what_is_not_set_is_absent() -> None:
    assert list(build(NOTHING, development=False, outbox=None)) == ["web"]
    assert list(build(SECRETS_ONLY, development=False, outbox=None)) == ["web"]
    assert list(build(replace(EVERYTHING, public_url=""), development=False, outbox=None)) == ["web", "telegram"]


def test_in_development_what_is_not_set_is_a_console_that_listens_nowhere() -> None:
    channels = build(NOTHING, development=True, outbox=None)
    assert {name: type(channel) for name, channel in channels.items()} == {"web": Web, "sms": Console, "telegram": Console}
    assert [hook for channel in channels.values() for hook in channel.hooks()] == []


def test_in_development_a_secret_alone_is_enough_to_read() -> None:
    channels = build(SECRETS_ONLY, development=True, outbox=None)
    assert {name: type(channel) for name, channel in channels.items()} == {"web": Web, "sms": Console, "telegram": Console}
    assert [hook.path for hook in channels["sms"].hooks()] == ["twilio/sms", "twilio/status"]
    assert [hook.path for hook in channels["telegram"].hooks()] == ["telegram"]


@pytest.mark.parametrize(
    "settings", [NOTHING, EVERYTHING, replace(EVERYTHING, twilio_from="MG" + "0" * 32), replace(EVERYTHING, twilio_from="NTBCARE")]
)
def test_all_or_nothing_has_no_problem(settings: Settings) -> None:
    assert problems(settings) == []


def test_every_missing_setting_is_named_at_once() -> None:
    found = problems(replace(SECRETS_ONLY, public_url=""))
    named = sorted(problem.split()[0] for problem in found)
    assert named == ["PUBLIC_URL", "PUBLIC_URL", "TELEGRAM_TOKEN", "TWILIO_ACCOUNT_SID", "TWILIO_FROM"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("twilio_account_sid", "SK" + "0" * 32),
        ("twilio_from", "0811000001"),
        ("twilio_from", "A NAME TOO LONG"),
        ("twilio_api_url", "127.0.0.1:9"),
        ("telegram_token", "no colon"),
        ("telegram_secret", "with space"),
        ("telegram_secret", "x" * 257),
        ("telegram_api_url", "ftp://x"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named_and_never_quoted(name: str, value: str) -> None:
    (problem,) = problems(replace(EVERYTHING, **{name: value}))
    assert problem.startswith(f"{name.upper()} must ")
    assert value not in problem


def test_an_api_address_alone_is_half_a_provider() -> None:
    assert len(problems(replace(NOTHING, twilio_api_url="http://127.0.0.1:9"))) == 3


def modules_after(statement: str) -> set[str]:
    code = f"import sys; sys.path.insert(0, '.'); {statement}; print(' '.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_a_house_without_providers_imports_none_of_them() -> None:
    loaded = modules_after(
        "import types, channels.switchboard as s; "
        "s.build(types.SimpleNamespace(twilio_auth_token='', telegram_secret=''), development=True, outbox=None)"
    )
    assert not loaded & {"twilio", "telegram", "channels.sms.twilio", "channels.telegram"}


def test_building_the_real_channels_imports_no_sdk_that_only_sending_needs() -> None:
    loaded = modules_after(
        "import channels.sms.twilio as t, channels.telegram as b; t.Twilio('AC', 't', '+1', 'http://x'); b.Telegram('1:a', 's')"
    )
    assert not loaded & {"twilio.rest", "telegram", "requests", "httpx"}
