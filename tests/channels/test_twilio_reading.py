"""Twilio's webhooks: only what Twilio signed becomes words or receipts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from channels.sms.twilio import Twilio
from ntbcare.contract import BadSignature, DeliveryReceipt, IncomingMessage, Media, RawRequest, UnknownShape
from tests.counterparts.twilio_api import ACCOUNT_SID, AUTH_TOKEN, SENDER, sign

PUBLIC_URL = "https://lapor.ntbprov.go.id"
SMS_URL, STATUS_URL = f"{PUBLIC_URL}/hooks/twilio/sms", f"{PUBLIC_URL}/hooks/twilio/status"
FORM = {"MessageSid": ["SM1"], "From": ["+6281100000001"], "To": [SENDER], "Body": ["Jalan rusak"], "NumMedia": ["0"]}

twilio = Twilio(ACCOUNT_SID, AUTH_TOKEN, SENDER, PUBLIC_URL)


def request(form: dict[str, list[str]], url: str = SMS_URL, *, signature: str | None = None) -> RawRequest:
    """A request as the door hands it over; signed for its own URL unless told otherwise."""
    given = sign(AUTH_TOKEN, url, form) if signature is None else signature
    return RawRequest("POST", url, {"x-twilio-signature": given}, urlencode(form, doseq=True, errors="replace").encode(), form)


@pytest.mark.payloads("twilio_sms.json")
def test_a_recorded_sms_becomes_a_message(recorded: dict[str, Any]) -> None:
    raw = request(recorded["form"])
    media = tuple(Media(ref, mime) for ref, mime in recorded["expect"]["media"])
    expected = {**recorded["expect"], "media": media, "ref": recorded["expect"]["external_id"]}
    assert twilio.read(raw) == [IncomingMessage(channel="sms", raw=raw.body.decode(), **expected)]


@pytest.mark.payloads("twilio_status.json")
def test_a_recorded_status_becomes_a_receipt(recorded: dict[str, Any]) -> None:
    assert twilio.read(request(recorded["form"], STATUS_URL)) == [DeliveryReceipt("sms", "SM1", **recorded["expect"])]


def test_the_signature_covers_the_query_of_the_public_address() -> None:
    url = f"{SMS_URL}?kabupaten=52.06&a=b%20c"
    assert len(twilio.read(request(FORM, url))) == 1
    with pytest.raises(BadSignature):
        twilio.read(request(FORM, url, signature=sign(AUTH_TOKEN, SMS_URL, FORM)))


@pytest.mark.parametrize("port", [":443", ":8443", ""])
def test_a_port_in_the_public_address_does_not_hurt(port: str) -> None:
    url = f"https://lapor.ntbprov.go.id{port}/hooks/twilio/sms"
    assert len(twilio.read(request(FORM, url))) == 1


def test_an_unsigned_request_is_refused() -> None:
    with pytest.raises(BadSignature):
        twilio.read(RawRequest("POST", SMS_URL, {}, b"", FORM))


@pytest.mark.parametrize("signature", ["", "x", "é" * 28, "A" * 27 + "=", sign("another token", SMS_URL, FORM)])
def test_a_wrong_signature_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature) as caught:
        twilio.read(request(FORM, signature=signature))
    assert caught.value.permanent


def test_http_instead_of_https_is_refused() -> None:
    plain = SMS_URL.replace("https:", "http:")
    with pytest.raises(BadSignature):
        twilio.read(request(FORM, plain, signature=sign(AUTH_TOKEN, SMS_URL, FORM)))


@pytest.mark.parametrize(
    "tampered",
    [
        {**FORM, "Body": ["Jalan bagus"]},
        {**FORM, "From": ["+6281199999999"]},
        {**FORM, "Extra": ["1"]},
        {**FORM, "Body": ["Jalan rusak", "Jalan bagus"]},
        {name: values for name, values in FORM.items() if name != "NumMedia"},
        {},
    ],
    ids=["other words", "other sender", "a key more", "a value more", "a key less", "nothing left"],
)
def test_a_tampered_body_is_refused(tampered: dict[str, list[str]]) -> None:
    with pytest.raises(BadSignature):
        twilio.read(request(tampered, signature=sign(AUTH_TOKEN, SMS_URL, FORM)))


def test_a_signature_for_the_sms_door_does_not_open_the_status_door() -> None:
    with pytest.raises(BadSignature):
        twilio.read(request(FORM, STATUS_URL, signature=sign(AUTH_TOKEN, SMS_URL, FORM)))


def test_without_an_auth_token_nothing_is_accepted_not_even_signed_with_the_empty_key() -> None:
    keyless = Twilio(ACCOUNT_SID, "", SENDER, PUBLIC_URL)
    with pytest.raises(BadSignature):
        keyless.read(request(FORM, signature=sign("", SMS_URL, FORM)))


def test_a_lone_surrogate_cannot_have_been_signed() -> None:
    with pytest.raises(BadSignature):
        twilio.read(request({**FORM, "Body": ["\ud83d"]}, signature="A" * 27 + "="))


def test_a_nul_does_not_reach_the_house() -> None:
    (message,) = twilio.read(request({**FORM, "Body": ["air\x00 mati"]}))
    assert isinstance(message, IncomingMessage)
    assert message.text == "air mati"
    assert "\x00" not in message.raw


def test_the_form_is_kept_as_raw_when_the_body_was_consumed() -> None:
    raw = request(FORM)
    (message,) = twilio.read(RawRequest("POST", raw.url, raw.headers, b"", FORM))
    assert isinstance(message, IncomingMessage)
    assert "Body=Jalan+rusak" in message.raw


@pytest.mark.parametrize(("missing", "known"), [("MessageSid", ""), ("From", "SM1")])
def test_a_signed_sms_of_unknown_shape_says_so_with_its_sid_when_it_has_one(missing: str, known: str) -> None:
    with pytest.raises(UnknownShape) as caught:
        twilio.read(request({name: values for name, values in FORM.items() if name != missing}))
    assert caught.value.external_id == known


def test_a_signed_status_of_unknown_shape_is_named_apart_from_the_message_itself() -> None:
    with pytest.raises(UnknownShape) as caught:
        twilio.read(request({"MessageSid": ["SM1"], "MessageStatus": ["teleported"]}, STATUS_URL))
    assert caught.value.external_id == "SM1:teleported"
    with pytest.raises(UnknownShape) as caught:
        twilio.read(request({"MessageStatus": ["delivered"]}, STATUS_URL))
    assert caught.value.external_id == ""


def test_the_status_of_an_inbound_message_carries_nothing_for_us() -> None:
    assert twilio.read(request({"MessageSid": ["SM1"], "SmsStatus": ["received"]}, STATUS_URL)) == []


def test_the_answer_to_an_sms_is_empty_twiml_and_to_a_status_nothing() -> None:
    said = twilio.answer(request(FORM))
    assert (said.status, said.content_type) == (200, "text/xml; charset=utf-8")
    assert said.body.endswith("<Response/>")
    nothing = twilio.answer(request(FORM, STATUS_URL))
    assert (nothing.status, nothing.body) == (204, "")


def test_it_listens_at_two_doors_for_posts_only() -> None:
    assert [(hook.path, hook.methods) for hook in twilio.hooks()] == [("twilio/sms", ("POST",)), ("twilio/status", ("POST",))]
