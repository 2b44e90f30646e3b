"""The one door of Meta: signatures, the verification, batches, and what cannot be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from channels.social.meta.door import Meta
from ntbcare.contract import BadSignature, DeliveryReceipt, IncomingMessage, RawRequest, UnknownShape
from tests.counterparts.meta_api import APP_SECRET, INSTAGRAM_ID, NUMBER_ID, PAGE_ID, TOKEN, VERIFY_TOKEN, sign

URL = "https://lapor.ntbprov.go.id/hooks/meta"
meta = Meta(APP_SECRET, VERIFY_TOKEN, TOKEN, page_id=PAGE_ID, instagram_id=INSTAGRAM_ID, whatsapp_number_id=NUMBER_ID)


def post(data: Any, *, signature: str | None = None) -> RawRequest:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    given = sign(APP_SECRET, body) if signature is None else signature
    return RawRequest("POST", URL, {"x-hub-signature-256": given}, body)


def get(**query: str) -> RawRequest:
    return RawRequest("GET", URL, {}, query={f"hub.{name}": [value] for name, value in query.items()})


def whatsapp(*messages: Any, **more: Any) -> dict[str, Any]:
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER_ID}, "messages": list(messages), **more}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}


def said(number: int, text: str = "air mati") -> dict[str, Any]:
    return {"from": "6281100000001", "id": f"wamid.{number}", "timestamp": "1795312800", "type": "text", "text": {"body": text}}


BODY = json.dumps(whatsapp(said(1))).encode()


def test_the_verification_is_answered_with_its_challenge() -> None:
    asked = get(mode="subscribe", verify_token=VERIFY_TOKEN, challenge="1158201444")
    assert meta.read(asked) == []
    answer = meta.answer(asked)
    assert (answer.status, answer.body, answer.content_type) == (200, "1158201444", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "query",
    [
        {"mode": "subscribe", "verify_token": "salah", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "kata-sandi-ntb\ud83d", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": VERIFY_TOKEN, "challenge": "1"},
        {},
    ],
    ids=["wrong", "empty", "a lone surrogate", "another mode", "nothing"],
)
def test_a_verification_without_the_word_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        meta.read(get(**query))
    with pytest.raises(BadSignature):
        meta.answer(get(**query))


def test_without_a_verify_token_nobody_can_verify() -> None:
    with pytest.raises(BadSignature):
        Meta(APP_SECRET, "", TOKEN).read(get(mode="subscribe", verify_token="", challenge="1"))


def test_a_signed_notification_is_read_and_answered_with_an_empty_200() -> None:
    (message,) = meta.read(post(BODY))
    assert isinstance(message, IncomingMessage)
    assert message.text == "air mati"
    assert (meta.answer(post(BODY)).status, meta.answer(post(BODY)).body) == (200, "")


def test_the_signature_is_over_the_bytes_and_not_over_what_they_mean() -> None:
    escaped = BODY.replace(b"air mati", b"air\\u0020mati \\ud83d\\ude4f \\/")
    (message,) = meta.read(post(escaped))
    assert isinstance(message, IncomingMessage)
    assert message.text == "air mati 🙏 /"
    with pytest.raises(BadSignature):
        meta.read(post(escaped, signature=sign(APP_SECRET, json.dumps(json.loads(escaped)).encode())))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        sign("another secret", BODY),
        sign(APP_SECRET, BODY).upper(),
        sign(APP_SECRET, BODY)[7:],
        "sha256=é",
    ],
    ids=["none", "empty", "zeros", "another app's", "in capitals", "without its name", "not ASCII"],
)
def test_a_forged_signature_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature) as caught:
        meta.read(post(BODY, signature=signature))
    assert caught.value.permanent


def test_the_old_sha1_signature_does_not_count() -> None:
    raw = post(BODY)
    with pytest.raises(BadSignature):
        meta.read(RawRequest("POST", URL, {"x-hub-signature": raw.headers["x-hub-signature-256"]}, raw.body))


def test_without_an_app_secret_not_even_the_empty_key_signs() -> None:
    with pytest.raises(BadSignature):
        Meta("", VERIFY_TOKEN, TOKEN).read(post(BODY, signature=sign("", BODY)))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"null", b"3", b"[" * 100_000], ids=["empty", "half", "no UTF-8", "null", "a number", "deep"]
)
def test_signed_nonsense_is_an_unknown_shape(body: bytes) -> None:
    with pytest.raises(UnknownShape):
        meta.read(post(body))


@pytest.mark.payloads("meta_unknown.json")
def test_what_cannot_be_read_is_kept_and_named(recorded: dict[str, Any]) -> None:
    with pytest.raises(UnknownShape) as caught:
        meta.read(post(recorded["request"]))
    assert caught.value.external_id == recorded["external_id"]
    assert caught.value.items == []
    assert "6281234567890" not in caught.value.reason


def test_one_unreadable_message_does_not_cost_the_others() -> None:
    batch = whatsapp(said(1), {"from": "628", "id": "wamid.2", "type": "hologram"}, said(3), "nonsense", said(4))
    batch["entry"].insert(0, "nonsense")
    batch["entry"].append({"id": "2", "changes": whatsapp(said(5))["entry"][0]["changes"]})
    with pytest.raises(UnknownShape) as caught:
        meta.read(post(batch))
    assert [item.external_id for item in caught.value.items] == ["wamid.1", "wamid.3", "wamid.4", "wamid.5"]
    assert caught.value.external_id == ""  # three strange pieces: the request is named by its bytes
    assert caught.value.reason.startswith("3 unread: ")


def test_a_single_unreadable_piece_gives_the_request_its_name() -> None:
    with pytest.raises(UnknownShape) as caught:
        meta.read(post(whatsapp(said(1), {**said(2), "type": "hologram"})))
    assert (len(caught.value.items), caught.value.external_id) == (1, "wamid.2")


def test_messages_and_statuses_of_one_request_come_in_order() -> None:
    items = meta.read(post(whatsapp(said(1), said(2), statuses=[{"id": "wamid.out", "status": "delivered"}])))
    assert [type(item) for item in items] == [IncomingMessage, IncomingMessage, DeliveryReceipt]


def test_a_message_keeps_its_own_piece_of_the_batch_and_nobody_else_s() -> None:
    first, second = meta.read(post(whatsapp(said(1, "rahasia satu"), said(2, "rahasia dua"))))
    assert isinstance(first, IncomingMessage)
    assert isinstance(second, IncomingMessage)
    assert ("rahasia satu" in first.raw, "rahasia dua" in first.raw) == (True, False)
    assert json.loads(second.raw)["id"] == "wamid.2"


@pytest.mark.parametrize("own", [{}, {"page_id": "1"}, {"instagram_id": "1", "whatsapp_number_id": "2"}])
def test_it_carries_what_is_configured_and_reads_all_when_nothing_is(own: dict[str, str]) -> None:
    names = {"whatsapp": "whatsapp_number_id", "facebook": "page_id", "instagram": "instagram_id"}
    assert set(Meta("a", "b", "c", **own).carries) == ({name for name, key in names.items() if key in own} or set(names))


def test_without_ids_every_number_and_page_is_read_for_a_console() -> None:
    reader = Meta(APP_SECRET, VERIFY_TOKEN, "")
    assert len(reader.read(post(BODY))) == 1
    words = {"sender": {"id": "7001"}, "message": {"mid": "m_1", "text": "halo"}}
    assert len(reader.read(post({"object": "page", "entry": [{"id": "5", "messaging": [words]}]}))) == 1


def test_the_hook_takes_the_verification_and_the_notifications() -> None:
    (hook,) = meta.hooks()
    assert (hook.path, set(hook.methods)) == ("meta", {"GET", "POST"})
