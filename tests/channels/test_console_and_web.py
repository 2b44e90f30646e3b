"""The stand-ins: they say what they did, hide whom they did it to, and lose no webhook."""

from __future__ import annotations

import io
import json
import stat
import sys
from pathlib import Path

import pytest

from channels.console import Console, masked
from channels.telegram import Telegram
from channels.web import Web
from ntbcare.contract import BadSignature, ChannelError, OutgoingMessage, RawRequest
from tests.counterparts.telegram_api import SECRET, TelegramApi

NOTICE = OutgoingMessage("n-1", "+6281100000001", "PIN 4711\nrahasia \x1b[31m", (("Ya", "YA"),))


def test_a_line_shows_neither_the_number_nor_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    sent = Console(("sms",), None).send(NOTICE)
    assert capsys.readouterr().out == f"[console:sms] to ...001: ({len(NOTICE.text)} characters)\n"
    assert (sent.external_id, sent.final) == ("console-n-1", True)


def test_in_development_the_words_are_shown_on_one_line_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    Console(("sms",), show=True).send(NOTICE)
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "PIN 4711\\nrahasia" in said
    assert "\x1b" not in said


def test_a_console_that_speaks_only_ascii_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", ascii_only)
    Console(("sms",), show=True).send(OutgoingMessage("n", "+6281100000001", "terima kasih 🙏 \ud83d"))


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("+6281100000001", "...001"),
        ("+62811", "..."),
        ("123456789", "...789"),
        ("5001", "..."),
        ("", "..."),
        ("@aminah", "...nah"),
    ],
)
def test_an_address_is_masked(address: str, seen: str) -> None:
    assert masked(address) == seen


def test_the_outbox_keeps_what_a_citizen_would_have_received_for_the_owner_of_the_file_only(tmp_path: Path) -> None:
    outbox = tmp_path / "instance" / "outbox.jsonl"
    console = Console(("telegram",), outbox=str(outbox))
    console.send(NOTICE)
    console.send(OutgoingMessage("n-2", "5001", "\ud83d 🙏"))
    first, second = map(json.loads, outbox.read_text(encoding="utf-8").splitlines())
    assert (first["to"], first["text"], first["choices"], first["key"]) == (NOTICE.to, NOTICE.text, [["Ya", "YA"]], "n-1")
    assert second["channel"] == "telegram"
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o600


def test_an_outbox_that_cannot_be_written_is_a_fault_that_may_pass(tmp_path: Path) -> None:
    with pytest.raises(ChannelError) as caught:
        Console(("sms",), outbox=str(tmp_path)).send(NOTICE)
    assert not caught.value.permanent


def test_a_console_with_a_reading_half_still_checks_and_reads_webhooks(telegram_api: TelegramApi) -> None:
    console = Console(("telegram",), Telegram("", SECRET))
    body = json.dumps(telegram_api.text(5001, "air mati")).encode()
    url = "https://x.id/hooks/telegram"
    (message,) = console.read(RawRequest("POST", url, {"x-telegram-bot-api-secret-token": SECRET}, body))
    assert message.text == "air mati"  # type: ignore[union-attr]
    assert [hook.path for hook in console.hooks()] == ["telegram"]
    with pytest.raises(BadSignature):
        console.read(RawRequest("POST", url, {}, body))


def test_a_console_alone_and_the_web_listen_nowhere() -> None:
    for channel in (Console(("sms",)), Web()):
        assert list(channel.hooks()) == []
        assert channel.read(RawRequest("POST", "https://x.id/", {})) == []
        assert channel.answer(RawRequest("POST", "https://x.id/", {})).status == 200


def test_a_notice_on_the_web_is_shown_and_not_known_to_be_seen() -> None:
    sent = Web().send(NOTICE)
    assert (Web.gateway, Web.carries, sent.external_id, sent.final) == ("web", ("web",), "shown-n-1", False)


def test_a_console_for_several_channels_says_for_which_it_speaks(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    outbox = tmp_path / "outbox.jsonl"
    console = Console(("whatsapp", "facebook", "instagram"), outbox=str(outbox))
    console.send(OutgoingMessage("n-3", "1234567890", "terima kasih", channel="facebook", thread="p_1", public=True))
    kept = json.loads(outbox.read_text(encoding="utf-8"))
    assert capsys.readouterr().out.startswith("[console:facebook] to ...890:")
    assert (kept["channel"], kept["thread"], kept["public"]) == ("facebook", "p_1", True)
    assert (console.gateway, console.carries) == ("console-whatsapp", ("whatsapp", "facebook", "instagram"))
    assert "nothing leaves" in console.check()
