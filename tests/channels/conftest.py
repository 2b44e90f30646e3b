"""The loopback providers and the recorded payloads, for every test of a channel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from channels.telegram import Telegram
from tests.counterparts.telegram_api import SECRET, TOKEN, TelegramApi
from tests.counterparts.twilio_api import TwilioApi

PAYLOADS = Path(__file__).parent / "payloads"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `recorded` runs once per row of the file its marker names; a row's "says" is its name."""
    marker = metafunc.definition.get_closest_marker("payloads")
    if marker and "recorded" in metafunc.fixturenames:
        rows: list[dict[str, Any]] = json.loads((PAYLOADS / marker.args[0]).read_text(encoding="utf-8"))
        metafunc.parametrize("recorded", [pytest.param(row, id=row["says"]) for row in rows])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "payloads(file): one run per recorded payload of that file")


@pytest.fixture
def twilio_api() -> Iterator[TwilioApi]:
    with TwilioApi() as twilio:
        yield twilio


@pytest.fixture
def telegram_api() -> Iterator[TelegramApi]:
    with TelegramApi() as telegram:
        yield telegram


@pytest.fixture
def telegram(telegram_api: TelegramApi) -> Iterator[Telegram]:
    channel = Telegram(TOKEN, SECRET, telegram_api.url, timeout=5.0)
    yield channel
    channel.close()
