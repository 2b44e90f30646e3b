"""SMS by Twilio: signed webhooks come in, REST calls go out."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from channels.sms.twilio import media
from channels.sms.twilio.errors import FAILURES, OPTED_OUT, STATES, meaning, never_left, seconds
from ntbcare.contract import (
    Answer,
    BadSignature,
    Channel,
    ChannelError,
    DeliveryReceipt,
    Fetched,
    Hook,
    IncomingMessage,
    Item,
    Media,
    OutgoingMessage,
    RawRequest,
    Sent,
    Throttled,
    UnknownShape,
)

if TYPE_CHECKING:
    from twilio.rest import Client

SMS, STATUS = Hook("twilio/sms"), Hook("twilio/status")


class Twilio(Channel):
    """Channel «sms» through Twilio. `sender` is an E.164 number, a sender name, or a messaging service SID (MG…).

    Requests are checked against X-Twilio-Signature over the public URL and every form value, repeated keys included
    (https://www.twilio.com/docs/usage/security#validating-requests). `timeouts` = (connect, read) in seconds; the
    read time-out is between bytes, so their sum is the usual, not the absolute, end of one call. `media_origins`:
    origins (https://host) besides Twilio's own CDN to which Twilio may send us for a file.
    """

    gateway = "twilio"
    carries = ("sms",)

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        public_url: str,
        api_url: str = "",
        *,
        timeouts: tuple[float, float] = (5.0, 10.0),
        media_origins: tuple[str, ...] = (),
    ) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._from = {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}
        self._status_callback = f"{public_url.rstrip('/')}/hooks/{STATUS.path}"
        self._api_url = api_url.rstrip("/")
        self._timeouts = timeouts
        self._media_origins = media_origins
        self._validator = RequestValidator(auth_token)
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._pid = 0

    def hooks(self) -> Iterable[Hook]:
        return (SMS, STATUS)

    def read(self, raw: RawRequest) -> list[Item]:
        """One signed POST → one message or one receipt; [] for the echo of an inbound message on the status address.

        Raises BadSignature (missing, wrong, or unreadable) and UnknownShape (no MessageSid, From or known MessageStatus).
        """
        signature = raw.headers.get("x-twilio-signature", "")
        if not (self._auth_token and signature and self._is_signed(raw, signature)):
            raise BadSignature("X-Twilio-Signature is missing or does not fit")
        return self._receipt(raw) if _is_status(raw) else [self._message(raw)]

    def answer(self, raw: RawRequest) -> Answer:
        """Empty TwiML for an SMS (our words leave as notices, later); an empty 204 for a status."""
        if _is_status(raw):
            return Answer(status=204)
        return Answer('<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type="text/xml; charset=utf-8")

    def send(self, message: OutgoingMessage) -> Sent:
        """POST Messages.json; `message.to` is E.164, `message.text` at most 1,600 characters (else 21617, Refused).

        Twilio knows no idempotency key: after a time-out the message may have gone, and trying again may double it.
        Reasons never carry a phone number. https://www.twilio.com/docs/messaging/api/message-resource
        """
        text = message.text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot travel
        taken = self._call(
            lambda client: client.messages.create(to=message.to, body=text, status_callback=self._status_callback, **self._from)
        )
        if not taken.sid:
            raise ChannelError("Twilio answered without a message SID", perhaps_sent=True)
        return Sent(external_id=taken.sid, final=False)

    def fetch(self, ref: str, limit: int) -> Fetched:
        """The file at a MediaUrl; it is asked for at Twilio (or `api_url`) only, whatever host the webhook named besides.

        https://www.twilio.com/docs/messaging/api/media-resource
        """
        return media.download(
            ref, limit, account=(self._account_sid, self._auth_token), api_url=self._api_url, origins=self._media_origins,
            timeouts=self._timeouts,
        )  # fmt: skip

    def check(self) -> str:
        """GET the account: https://www.twilio.com/docs/iam/api/account. A suspended account is not well."""
        status = self._call(lambda client: client.api.v2010.accounts(self._account_sid).fetch()).status
        if status != "active":
            raise ChannelError(f"our Twilio configuration: the account is {str(status)[:20]}", code="403")
        return "the account is active"

    # reading

    def _is_signed(self, raw: RawRequest, signature: str) -> bool:
        try:
            return bool(self._validator.validate(raw.url, _Repeated(raw.form), signature))
        except ValueError:  # a lone surrogate or a nonsensical port: nothing Twilio could have signed
            return False

    def _message(self, raw: RawRequest) -> IncomingMessage:
        """https://www.twilio.com/docs/messaging/guides/webhook-request (SmsSid is the old name of MessageSid)."""
        sid = _first(raw.form, "MessageSid") or _first(raw.form, "SmsSid")
        sender = _first(raw.form, "From")
        if not sid or not sender:
            raise UnknownShape("an SMS without MessageSid or From", external_id=sid)
        return IncomingMessage(
            channel="sms",
            external_id=sid,
            ref=sid,
            text=_first(raw.form, "Body").replace("\x00", ""),
            sender=sender,
            media=tuple(
                Media(_storable(url), _storable(_first(raw.form, f"MediaContentType{n}")))
                for n in range(10)
                if (url := _first(raw.form, f"MediaUrl{n}"))
            ),
            # a name or a short code is a machine of some company; our own number is our own words come back
            automatic=not re.search("[0-9]{7}", sender) or sender == _first(raw.form, "To"),
            raw=raw.body.decode("utf-8", "replace") or urlencode(raw.form, doseq=True),
        )

    def _receipt(self, raw: RawRequest) -> list[Item]:
        """https://www.twilio.com/docs/messaging/guides/track-outbound-message-status."""
        sid = _first(raw.form, "MessageSid") or _first(raw.form, "SmsSid")
        status = _first(raw.form, "MessageStatus") or _first(raw.form, "SmsStatus")
        if sid and status in ("receiving", "received"):
            return []
        if not sid or status not in STATES:
            raise UnknownShape(f"a status we do not know: {status[:40]!r}", external_id=sid and f"{sid}:{status[:40]}")
        if STATES[status] != "failed":
            return [DeliveryReceipt("sms", sid, STATES[status])]
        code = _first(raw.form, "ErrorCode")
        permanent, reason = FAILURES.get(code, (False, status))
        return [
            DeliveryReceipt("sms", sid, "failed", reason=f"{code} {reason}".strip(), permanent=permanent, opted_out=code == str(OPTED_OUT))
        ]

    # sending

    def _call(self, what: Callable[[Client], Any]) -> Any:
        """One call of the SDK; whatever goes wrong becomes a ChannelError that says what the house must decide."""
        from twilio.base.exceptions import TwilioRestException, TwilioServiceException

        try:
            return what(self._client_here())
        except TwilioRestException as error:
            raise meaning(error.status, error.code, error.msg) from None
        except TwilioServiceException as error:
            raise meaning(error.status, error.code, error.detail or error.title) from None
        except (OSError, ValueError, AttributeError) as error:  # requests' errors are OSErrors; the others: a 2xx that is not theirs
            raise ChannelError(f"Twilio did not answer properly: {type(error).__name__}", perhaps_sent=not never_left(error)) from None

    def _client_here(self) -> Client:
        """One client per process: a connection must not be shared across a fork."""
        with self._lock:
            if self._client is None or self._pid != os.getpid():
                self._client, self._pid = self._new_client(), os.getpid()
            return self._client

    def _new_client(self) -> Client:
        # Imported here and not above: twilio.rest costs 21 MiB and a third of a second, and the web process only reads.
        from twilio.http.http_client import TwilioHttpClient
        from twilio.http.response import Response
        from twilio.rest import Client

        api_url = self._api_url

        class Wire(TwilioHttpClient):  # type: ignore[misc,unused-ignore]  # the SDK carries no types
            """The SDK's own client, with another host when we name one, and with Retry-After, which the SDK drops."""

            def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
                if api_url:
                    url = api_url + urlsplit(url)._replace(scheme="", netloc="").geturl()
                response = super().request(method, url, *args, **kwargs)
                if response.status_code == 429:
                    raise Throttled("Twilio asks us to slow down", after=seconds(response.headers), code="429")
                return response

        wire = Wire()
        wire.timeout = self._timeouts  # set here: the constructor refuses a pair, requests wants one
        return Client(self._account_sid, self._auth_token, http_client=wire)


class _Repeated(dict[str, list[str]]):
    """The form as RequestValidator reads repeated keys: by getall()."""

    def getall(self, name: str) -> list[str]:
        return self[name]


def _is_status(raw: RawRequest) -> bool:
    return urlsplit(raw.url).path.rstrip("/").endswith(STATUS.path)


def _first(form: Mapping[str, list[str]], name: str) -> str:
    values = form.get(name) or [""]
    return values[0]


def _storable(text: str) -> str:
    """NUL fits in no database; the form was decoded without lone surrogates."""
    return text.replace("\x00", "\ufffd")
