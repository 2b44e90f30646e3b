"""The real Twilio SDK against the loopback Twilio: every error says what the house must decide."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from channels.sms.twilio import Twilio
from ntbcare.contract import ChannelError, DeliveryReceipt, OptedOut, OutgoingMessage, RawRequest, Refused, Throttled
from tests.counterparts.twilio_api import ACCOUNT_SID, AUTH_TOKEN, SENDER, Mood, TwilioApi

AMINAH = "+6281100000001"


def channel(
    api: TwilioApi, *, sid: str = ACCOUNT_SID, token: str = AUTH_TOKEN, sender: str = SENDER, url: str = "http://127.0.0.1:1"
) -> Twilio:
    return Twilio(sid, token, sender, url, api.url, timeouts=(2.0, 2.0))


def words(text: str = "Laporan NTB-7K3M diterima", to: str = AMINAH) -> OutgoingMessage:
    return OutgoingMessage("notice-1", to, text)


def failure(api: TwilioApi, message: OutgoingMessage | None = None, **how: str) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel(api, **how).send(message or words())
    return caught.value


def test_a_message_taken_is_sent_but_not_final(twilio_api: TwilioApi) -> None:
    sent = channel(twilio_api, url="https://lapor.ntbprov.go.id/").send(words())
    (taken,) = twilio_api.messages
    assert (sent.external_id, sent.final) == (taken["Sid"], False)
    assert (taken["To"], taken["From"], taken["Body"]) == (AMINAH, SENDER, "Laporan NTB-7K3M diterima")
    assert taken["StatusCallback"] == "https://lapor.ntbprov.go.id/hooks/twilio/status"


def test_a_messaging_service_is_named_as_such(twilio_api: TwilioApi) -> None:
    service = "MG" + "0" * 32
    channel(twilio_api, sender=service).send(words())
    assert twilio_api.messages[0]["MessagingServiceSid"] == service
    assert "From" not in twilio_api.messages[0]


def test_emoji_arrive_whole_and_a_lone_surrogate_stops_nothing(twilio_api: TwilioApi) -> None:
    line = channel(twilio_api)
    line.send(words("Terima kasih 🙏 👩‍👧"))
    line.send(words("rusak \ud83d parah"))
    assert [taken["Body"] for taken in twilio_api.messages] == ["Terima kasih 🙏 👩‍👧", "rusak ? parah"]


def test_the_address_of_the_api_may_have_a_path(twilio_api: TwilioApi) -> None:
    with pytest.raises(ChannelError):
        Twilio(ACCOUNT_SID, AUTH_TOKEN, SENDER, "https://x.id", f"{twilio_api.url}/gateway/").send(words())
    assert twilio_api.calls[0][0] == f"/gateway/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"


@pytest.mark.parametrize(
    ("to", "text", "code"),
    [("0811", "a", "21211"), (AMINAH, "", "21602"), (AMINAH, "a" * 1601, "21617"), ("", "a", "21604")],
    ids=["not E.164", "no words", "too long", "no number"],
)
def test_a_message_twilio_will_never_take_is_refused(twilio_api: TwilioApi, to: str, text: str, code: str) -> None:
    error = failure(twilio_api, words(text, to))
    assert type(error) is Refused
    assert (error.permanent, error.code) == (True, code)


def test_a_landline_and_a_forbidden_region_are_refused(twilio_api: TwilioApi) -> None:
    twilio_api.landlines, twilio_api.forbidden_prefixes = {AMINAH}, ("+44",)
    assert (type(error := failure(twilio_api)), error.code, error.elsewhere) == (Refused, "21614", False)
    assert (type(error := failure(twilio_api, words(to="+447700900000"))), error.code, error.elsewhere) == (Refused, "21408", True)


def test_who_asked_to_stop_has_opted_out(twilio_api: TwilioApi) -> None:
    twilio_api.opted_out.add(AMINAH)
    assert (type(error := failure(twilio_api)), error.code, error.permanent) == (OptedOut, "21610", True)


def test_a_refusal_by_403_with_a_code_of_the_message_is_the_message_s_and_not_ours(twilio_api: TwilioApi) -> None:
    twilio_api.moods.append(Mood(status=403, body=b'{"code": 21408, "message": "Permission", "status": 403}'))
    assert type(failure(twilio_api)) is Refused


def test_our_own_misconfiguration_never_loses_the_message(twilio_api: TwilioApi) -> None:
    wrong = [
        (failure(twilio_api, token="wrong"), "20003"),
        (failure(twilio_api, sid="AC" + "f" * 32), "20003"),
        (failure(twilio_api, sender="+15005550001"), "21660"),
        (failure(twilio_api, url="not an address"), "21609"),
    ]
    twilio_api.moods.append(Mood(code=20404))
    wrong.append((failure(twilio_api), "20404"))
    twilio_api.moods.append(Mood(status=403, body=b"<html>blocked</html>"))
    wrong.append((failure(twilio_api), "403"))
    for error, code in wrong:
        assert type(error) is ChannelError
        assert (error.permanent, error.code) == (False, code)
        assert "our Twilio configuration" in error.reason


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ((("Retry-After", "17"),), 17.0),
        ((), 5.0),
        ((("Retry-After", "Sun, 22 Nov 2026 10:00:00 GMT"),), 5.0),
        ((("Retry-After", "0"),), 1.0),
        ((("Retry-After", "999999"),), 3600.0),
        ((("Retry-After", "²"),), 5.0),
    ],
    ids=["seconds", "nothing", "a date", "zero", "a week", "a superscript"],
)
def test_too_many_requests_says_how_long_to_wait(twilio_api: TwilioApi, headers: tuple[tuple[str, str], ...], after: float) -> None:
    twilio_api.moods.append(Mood(code=20429, headers=headers))
    error = failure(twilio_api)
    assert isinstance(error, Throttled)
    assert (error.after, error.permanent) == (after, False)
    assert twilio_api.messages == []


@pytest.mark.parametrize(
    "mood",
    [
        Mood(code=20500),
        Mood(status=503, body=b"<html>Service Unavailable</html>"),
        Mood(status=302, body=b"{}", headers=(("Location", "http://127.0.0.1:1/"),)),
        Mood(status=201, body=b"<html>welcome to the hotel wifi</html>"),
        Mood(status=201, body=b"[]"),
        Mood(status=201, body=b"{}"),
        Mood(status=500, body=b'{"type": "x", "title": "Oops", "status": 500, "code": 20500}'),
        Mood(hang_up=True),
        Mood(delay=9.0),
    ],
    ids=["500", "503 of a proxy", "a redirect", "not JSON", "a list", "no sid", "a problem document", "hung up", "too slow"],
)
def test_a_fault_that_may_pass_is_to_be_tried_again(twilio_api: TwilioApi, mood: Mood) -> None:
    twilio_api.moods.append(mood)
    began = time.monotonic()
    error = failure(twilio_api)
    assert type(error) is ChannelError
    assert not error.permanent
    assert time.monotonic() - began < 6
    channel(twilio_api).send(words())
    assert len(twilio_api.messages) == 1


def test_nobody_at_the_other_end_is_to_be_tried_again() -> None:
    with pytest.raises(ChannelError) as caught:
        Twilio(ACCOUNT_SID, AUTH_TOKEN, SENDER, "https://x.id", "http://127.0.0.1:9", timeouts=(0.5, 0.5)).send(words())
    error = caught.value
    assert (type(error), error.permanent) == (ChannelError, False)


def test_a_reason_carries_no_phone_number_and_no_token(twilio_api: TwilioApi) -> None:
    for to in ("+62811000000011111", "0811 0000 0001"):
        error = failure(twilio_api, words(to=to))
        assert to not in error.reason
        assert "0000" not in error.reason
        assert error.__cause__ is None
    assert AUTH_TOKEN not in failure(twilio_api, token="wrong").reason


def test_a_connection_serves_many_messages_from_many_threads(twilio_api: TwilioApi) -> None:
    line = channel(twilio_api)
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda n: line.send(words(f"pesan {n}")), range(40)))
    assert len({each.external_id for each in sent}) == 40
    assert sorted(taken["Body"] for taken in twilio_api.messages) == sorted(f"pesan {n}" for n in range(40))


def test_forked_workers_open_their_own_connections(twilio_api: TwilioApi) -> None:
    line = channel(twilio_api)

    def work(name: str) -> None:
        sids = {line.send(words(f"{name} {number}")).external_id for number in range(10)}
        raise SystemExit(len(sids) != 10)

    line.send(words("induk"))
    children = [multiprocessing.get_context("fork").Process(target=work, args=(f"anak {n}",)) for n in range(4)]
    for child in children:
        child.start()
    for number in range(10):
        line.send(words(f"induk {number}"))
    for child in children:
        child.join(30)
    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    assert len({taken["Body"] for taken in twilio_api.messages}) == len(twilio_api.messages) == 51


# the whole circle: sent, and later the signed receipts come back through read()


@pytest.fixture
def house() -> Iterator[tuple[str, list[RawRequest]]]:
    """A bare listener that keeps what it is posted, as our generic door would hand it to a channel."""
    got: list[RawRequest] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            got.append(RawRequest("POST", f"http://{self.headers['Host']}{self.path}", headers, body, parse_qs(body.decode(), True)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", got
    server.shutdown()
    server.server_close()


def test_signed_receipts_come_back_for_what_was_sent(house: tuple[str, list[RawRequest]]) -> None:
    address, got = house
    with TwilioApi(receipts=True) as api:
        api.undeliverable["+6281100000009"] = "30005"
        line = channel(api, url=address)
        arrived, lost = line.send(words()), line.send(words(to="+6281100000009"))
        api.wait()
    receipts = [line.read(raw) for raw in got]
    assert {status for _, status in api.callbacks} == {204}
    assert [DeliveryReceipt("sms", arrived.external_id, "delivered")] in receipts
    assert [DeliveryReceipt("sms", lost.external_id, "failed", "30005 unknown or inactive number", True)] in receipts
    assert sum(found[0].state == "sent" for found in receipts if isinstance(found[0], DeliveryReceipt)) == 4


def test_an_sms_of_a_citizen_over_the_socket_is_read_word_for_word(house: tuple[str, list[RawRequest]], twilio_api: TwilioApi) -> None:
    address, got = house
    assert twilio_api.post_sms(f"{address}/hooks/twilio/sms", AMINAH, "Aiq ndéq ngaléq 😢 & 100% + rusak", sid="SM9")[0] == 204
    (message,) = channel(twilio_api).read(got[0])
    assert (message.external_id, message.text, message.sender) == ("SM9", "Aiq ndéq ngaléq 😢 & 100% + rusak", AMINAH)  # type: ignore[union-attr]
