"""WhatsApp's notifications: recorded messages become messages, recorded statuses become receipts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ntbcare.contract import DeliveryReceipt, IncomingMessage
from tests.channels.test_meta_door import meta, post, said, whatsapp


def fields(message: object, expected: dict[str, Any]) -> dict[str, Any]:
    """What a message says, in the words of the recorded expectation; every field that is not expected must be empty."""
    assert isinstance(message, IncomingMessage)
    found = {name: getattr(message, name) for name in message.__slots__ if name not in ("channel", "raw")}
    found["received_at"] = message.received_at.isoformat() if message.received_at else None
    found["media"] = [[media.ref, media.mime, media.name] for media in message.media]
    found["scene"] = message.scene.value
    empty = {"scene": "private", "automatic": False, "authentic": True}
    return {name: value for name, value in found.items() if name in expected or (value and value != empty.get(name))}


@pytest.mark.payloads("meta_whatsapp.json")
def test_a_recorded_notification_becomes_messages(recorded: dict[str, Any]) -> None:
    items = meta.read(post(recorded["body"].encode() if "body" in recorded else recorded["request"]))
    assert [fields(item, expected) for item, expected in zip(items, recorded["expect"], strict=True)] == recorded["expect"]
    assert {item.channel for item in items} <= {"whatsapp"}
    for item in items:
        assert isinstance(item, IncomingMessage)
        assert not {"\x00", "\ud83d"} & set(item.raw + item.text)


@pytest.mark.payloads("meta_statuses.json")
def test_a_recorded_status_becomes_a_receipt(recorded: dict[str, Any]) -> None:
    assert meta.read(post(recorded["request"])) == [DeliveryReceipt("whatsapp", "wamid.OUT1", **recorded["expect"])]


def test_a_reason_never_carries_what_meta_says_about_a_person() -> None:
    failed = {"id": "wamid.1", "status": "failed", "errors": [{"code": 131026, "title": "Receiver 6281100000001 is incapable"}]}
    (receipt,) = meta.read(post(whatsapp(statuses=[failed])))
    assert isinstance(receipt, DeliveryReceipt)
    assert "628" not in receipt.reason


@pytest.mark.parametrize("number", ["0811", "628abc", "", "6" * 16, "+62811000001"])
def test_a_sender_that_is_no_number_is_not_answered_as_one(number: str) -> None:
    strange = {**said(1), "from": number}
    with pytest.raises(Exception, match="unread") as caught:
        meta.read(post(whatsapp(strange)))
    assert getattr(caught.value, "external_id", None) == "wamid.1"


def test_an_id_that_no_database_could_hold_is_strange_and_not_an_error() -> None:
    for name in ("", "a\nb", "x" * 300, "\x00", ["a"], None):
        with pytest.raises(Exception, match="unread"):
            meta.read(post(whatsapp({**said(1), "id": name})))


def test_a_large_batch_is_read_whole() -> None:
    batch = whatsapp(*(said(number) for number in range(1000)))
    assert len(meta.read(post(json.dumps(batch).encode()))) == 1000
