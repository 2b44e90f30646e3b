"""Kannel's calls: only who knows the secret is heard, in whatever letters the words came."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from channels.sms.kannel import Kannel, normal
from ntbcare.contract import BadSignature, DeliveryReceipt, IncomingMessage, RawRequest, UnknownShape

SECRET = "rahasia_kannel-0123456789"
PUBLIC_URL = "https://lapor.ntbprov.go.id"
QUERY = "from=6281100000001&to=1708&text=Jalan+rusak&coding=0&charset=UTF-8&id=35dd5008&at=1795325821&smsc=FAKE"

kannel = Kannel("http://127.0.0.1:13013", "lapor", "kata-sandi", SECRET, "", PUBLIC_URL)


def call(query: str, door: str = "sms", secret: str | None = SECRET) -> RawRequest:
    """A request as the web layer hands it over: `query` decoded as UTF-8, `url` as it came."""
    whole = query if secret is None else f"secret={secret}&{query}"
    return RawRequest("GET", f"{PUBLIC_URL}/hooks/kannel/{door}?{whole}", {}, query=parse_qs(whole, keep_blank_values=True))


@pytest.mark.payloads("kannel_sms.json")
def test_a_recorded_sms_becomes_a_message(recorded: dict[str, Any]) -> None:
    (message,) = kannel.read(call(recorded["query"]))
    assert isinstance(message, IncomingMessage)
    assert {name: getattr(message, name) for name in recorded["expect"]} == recorded["expect"]
    assert (message.channel, message.raw) == ("sms", recorded["query"])


@pytest.mark.payloads("kannel_dlr.json")
def test_a_recorded_report_becomes_a_receipt(recorded: dict[str, Any]) -> None:
    assert kannel.read(call(recorded["query"], "dlr")) == [DeliveryReceipt("sms", "kannel:notice-1.0a1b2c3d", **recorded["expect"])]


def test_the_moment_is_the_one_the_network_gave_and_none_when_it_is_nonsense() -> None:
    (message,) = kannel.read(call(QUERY))
    assert isinstance(message, IncomingMessage)
    assert message.received_at == datetime(2026, 11, 22, 5, 37, 1, tzinfo=UTC)
    for nonsense in ("", "-1e9", "99999999999999999999"):
        (message,) = kannel.read(call(QUERY.replace("1795325821", nonsense)))
        assert isinstance(message, IncomingMessage)
        assert message.received_at is None


@pytest.mark.parametrize("secret", [None, "", "x", SECRET[:-1], SECRET + "x", "%C3%A9", "%00", SECRET.upper()])
@pytest.mark.parametrize("door", ["sms", "dlr"])
def test_a_call_without_the_secret_is_refused(secret: str | None, door: str) -> None:
    with pytest.raises(BadSignature) as caught:
        kannel.read(call(QUERY, door, secret))
    assert caught.value.permanent


def test_a_second_secret_does_not_help_a_wrong_first_one() -> None:
    with pytest.raises(BadSignature):
        kannel.read(call(f"{QUERY}&secret={SECRET}", secret="wrong"))


def test_without_a_secret_of_our_own_nobody_is_heard() -> None:
    with pytest.raises(BadSignature):
        Kannel("http://127.0.0.1:13013", "lapor", "kata-sandi", "", "", PUBLIC_URL).read(call(QUERY, secret=""))


def test_the_secret_is_kept_nowhere() -> None:
    (message,) = kannel.read(call(QUERY))
    assert SECRET not in repr(message)


@pytest.mark.parametrize(
    ("query", "known"),
    [
        ("", ""),
        ("from=6281100000001&text=a", ""),
        ("text=a&id=35dd5008", "kannel:35dd5008"),
        ("from=+&text=a&id=35dd5008", "kannel:35dd5008"),
    ],
)
def test_a_call_without_sender_or_id_is_of_unknown_shape(query: str, known: str) -> None:
    with pytest.raises(UnknownShape) as caught:
        kannel.read(call(query))
    assert caught.value.external_id == known


@pytest.mark.parametrize(
    ("query", "known"),
    [
        ("state=1", ""), ("id=n-1", "kannel:n-1:"), ("id=n-1&state=0", "kannel:n-1:0"), ("id=n-1&state=32", "kannel:n-1:32"),
        ("id=n-1&state=-1", "kannel:n-1:-1"), ("id=n-1&state=%25d", "kannel:n-1:%d"), ("id=n-1&state=%C2%B2", "kannel:n-1:²"),
    ],
)  # fmt: skip
def test_a_report_of_unknown_shape_is_named_apart_from_the_message_itself(query: str, known: str) -> None:
    with pytest.raises(UnknownShape) as caught:
        kannel.read(call(query, "dlr"))
    assert caught.value.external_id == known


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("+6281234567890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("081234567890", "+6281234567890"),
        ("0812-3456 7890", "+6281234567890"),
        ("006281234567890", "+6281234567890"),
        ("0370621234", "+62370621234"),
        ("60123456789", "+60123456789"),
        ("0060123456789", "+60123456789"),
        ("81234567890", "81234567890"),
        ("1708", "1708"),
        ("97788", "97788"),
        ("+62", "+62"),
        ("TELKOMSEL", "TELKOMSEL"),
        ("XL-Info", "XL-Info"),
        ("0", "0"),
        ("٠٨١٢٣٤٥٦٧٨٩٠", "٠٨١٢٣٤٥٦٧٨٩٠"),
        ("6281234567890123456", "6281234567890123456"),
    ],
)
def test_a_number_is_written_in_e164_where_that_is_certain(given: str, number: str) -> None:
    assert normal(given) == number


def test_the_answer_is_an_empty_200_for_kannel_takes_204_for_a_failure() -> None:
    for door in ("sms", "dlr"):
        said = kannel.answer(call(QUERY, door))
        assert (said.status, said.body, said.content_type.partition(";")[0]) == (200, "", "text/plain")


def test_it_listens_at_two_doors_for_gets_only() -> None:
    assert [(hook.path, hook.methods) for hook in kannel.hooks()] == [("kannel/sms", ("GET",)), ("kannel/dlr", ("GET",))]
