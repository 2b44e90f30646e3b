"""Twilio on loopback: takes messages, refuses what Twilio refuses, and calls webhooks with its signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from tests.counterparts.twilio_cdn import MediaCdn, Server

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "twilio-auth-token-for-tests"
SENDER = "+15005550006"

# code → (HTTP status, message). https://www.twilio.com/docs/api/errors
ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "The 'To' number {To} is not a valid phone number."),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {To}."),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21609: (400, "The 'StatusCallback' URL {StatusCallback} is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number is not a valid mobile number: {To}"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21660: (400, "Mismatch between the 'From' number {From} and the account {AccountSid}"),
}


@dataclass(frozen=True)
class Mood:
    """One answer out of turn: an error code, or a status and raw body; `delay` seconds first; `headers` added."""

    code: int = 0
    status: int = 0
    body: bytes | None = None
    delay: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()
    hang_up: bool = False


def sign(auth_token: str, url: str, form: Mapping[str, Sequence[str]]) -> str:
    """X-Twilio-Signature after the published recipe, written apart from the SDK that checks it.

    https://www.twilio.com/docs/usage/security#validating-requests
    """
    text = url + "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class TwilioApi:
    """`with TwilioApi() as twilio:` then point TWILIO_API_URL at `twilio.url`.

    messages: forms taken, in order · calls: every request (path, form) · callbacks: (form, status our side answered).
    media: SID → (type, bytes), handed out by a redirect to `cdn.url` · status: of the account.
    Sets to fill: opted_out (21610), landlines (21614), and undeliverable (number → ErrorCode of a later «undelivered»);
    forbidden_prefixes (21408). moods: answers out of turn, one request each. receipts: post status callbacks.
    """

    def __init__(
        self, account_sid: str = ACCOUNT_SID, auth_token: str = AUTH_TOKEN, *, sender: str = SENDER, receipts: bool = False
    ) -> None:
        self.account_sid, self.auth_token, self.sender, self.receipts = account_sid, auth_token, sender, receipts
        self.messages: list[dict[str, str]] = []
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.callbacks: list[tuple[dict[str, str], int]] = []
        self.media: dict[str, tuple[str, bytes]] = {}
        self.status = "active"
        self.opted_out: set[str] = set()
        self.landlines: set[str] = set()
        self.forbidden_prefixes: tuple[str, ...] = ()
        self.undeliverable: dict[str, str] = {}
        self.moods: deque[Mood] = deque()
        self.closing = threading.Event()
        self._posts: list[threading.Thread] = []
        self._opener = build_opener(ProxyHandler({}))
        self._server = Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"twilio": self}))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.cdn = MediaCdn(self.media)

    def __enter__(self) -> TwilioApi:
        self.cdn.start()
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self.cdn.stop()
        self.wait()

    def wait(self) -> None:
        """Until every status callback begun so far has been answered."""
        for thread in list(self._posts):
            thread.join(10)

    def media_url(self, sid: str) -> str:
        """MediaUrl0 as Twilio writes it into a webhook: https, and its own host."""
        return f"https://api.twilio.com/2010-04-01/Accounts/{self.account_sid}/Messages/MM{'0' * 32}/Media/{sid}"

    def post_sms(
        self, webhook: str, sender: str, body: str, *, sid: str = "", signed_as: str = "", more: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """An SMS of a citizen to the webhook, signed for `signed_as` (the public URL) or the webhook itself → (status, body)."""
        sid = sid or f"SM{uuid.uuid4().hex}"
        form = {
            "ToCountry": "US", "ToState": "", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "", "FromZip": "", "SmsSid": sid,
            "FromState": "", "SmsStatus": "received", "FromCity": "", "Body": body, "FromCountry": "ID", "To": self.sender, "ToZip": "",
            "NumSegments": "1", "MessageSid": sid, "AccountSid": self.account_sid, "From": sender, "ApiVersion": "2010-04-01",
            **(more or {}),
        }  # fmt: skip
        return self._post(webhook, form, signed_as or webhook)

    def _post(self, url: str, form: Mapping[str, str], signed_as: str) -> tuple[int, str]:
        signature = sign(self.auth_token, signed_as, {name: [value] for name, value in form.items()})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": signature,
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        }
        try:
            with self._opener.open(Request(url, urlencode(form).encode(), headers), timeout=15) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")

    def take(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """A POST of Messages.json → (HTTP status, JSON): the Message resource or Twilio's error."""
        code = self._objection(form)
        if code:
            return self.error(code, form)
        sid, now = f"SM{uuid.uuid4().hex}", formatdate(usegmt=False)
        uri = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{sid}"
        service = form.get("MessagingServiceSid")
        self.messages.append({**form, "Sid": sid})
        if self.receipts and form.get("StatusCallback"):
            thread = threading.Thread(target=self._report, args=(sid, form), daemon=True)
            self._posts.append(thread)
            thread.start()
        return 201, {
            "account_sid": self.account_sid, "api_version": "2010-04-01", "body": form["Body"], "date_created": now, "date_sent": None,
            "date_updated": now, "direction": "outbound-api", "error_code": None, "error_message": None, "from": form.get("From"),
            "messaging_service_sid": service, "num_media": "0", "num_segments": "0" if service else "1", "price": None,
            "price_unit": "USD", "sid": sid, "status": "accepted" if service else "queued",
            "subresource_uris": {"media": f"{uri}/Media.json"}, "to": form["To"], "uri": f"{uri}.json",
        }  # fmt: skip

    def error(self, code: int, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        status, words = ERRORS[code]
        message = words.format_map({"To": "", "From": "", "StatusCallback": "", "AccountSid": self.account_sid, **form})
        return status, {"code": code, "message": message, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}

    def _objection(self, form: Mapping[str, str]) -> int:
        to, callback = form.get("To", ""), form.get("StatusCallback", "")
        rules = (
            (not to, 21604),
            (not re.fullmatch(r"\+[1-9][0-9]{6,14}", to), 21211),
            (not form.get("From") and not form.get("MessagingServiceSid"), 21603),
            (form.get("From", self.sender) != self.sender, 21660),
            (not form.get("Body"), 21602),
            (len(form.get("Body", "")) > 1600, 21617),
            (bool(callback) and not re.fullmatch(r"https?://[^/_\s]+/\S*", callback), 21609),
            (to in self.opted_out, 21610),
            (to in self.landlines, 21614),
            (to.startswith(self.forbidden_prefixes) if self.forbidden_prefixes else False, 21408),
        )
        return next((code for broken, code in rules if broken), 0)

    def _report(self, sid: str, form: Mapping[str, str]) -> None:
        failed = self.undeliverable.get(form["To"], "")
        for status in ("queued", "sent", "undelivered" if failed else "delivered"):
            callback = {
                "SmsSid": sid, "SmsStatus": status, "MessageStatus": status, "To": form["To"], "MessageSid": sid,
                "AccountSid": self.account_sid, "From": form.get("From", self.sender), "ApiVersion": "2010-04-01",
            }  # fmt: skip
            if status == "undelivered":
                callback["ErrorCode"] = failed
            try:
                answered = self._post(form["StatusCallback"], callback, form["StatusCallback"])[0]
            except OSError:
                answered = 0  # nobody there: Twilio would note an 11200
            self.callbacks.append((callback, answered))


class _Handler(BaseHTTPRequestHandler):
    """The door of api.twilio.com: Basic auth, forms in, JSON out, connections kept."""

    twilio: TwilioApi
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two would wait 40 ms for an acknowledgement
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        form_bytes = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        form = {name: values[0] for name, values in parse_qs(form_bytes.decode(), keep_blank_values=True).items()}
        self.twilio.calls.append((self.path, form))
        mood = self.twilio.moods.popleft() if self.twilio.moods else Mood()
        if mood.delay:
            self.twilio.closing.wait(mood.delay)
        if mood.hang_up:
            self.close_connection = True
            return
        if mood.body is not None:
            self._say(mood.status, mood.body, mood.headers)
            return
        status, words = self._judge(mood, form)
        self._say(status, json.dumps(words).encode(), mood.headers)

    def do_GET(self) -> None:
        """The account, or a file: a redirect to the CDN. https://www.twilio.com/docs/messaging/api/media-resource"""
        twilio = self.twilio
        twilio.calls.append((self.path, {}))
        mood = twilio.moods.popleft() if twilio.moods else Mood()
        if mood.body is not None:
            self._say(mood.status, mood.body, mood.headers)
            return
        account = f"/2010-04-01/Accounts/{twilio.account_sid}"
        code = mood.code or (0 if self._is_known() else 20003)
        if not code and self.path == f"{account}.json":
            resource = {"sid": twilio.account_sid, "status": twilio.status, "friendly_name": "Lapor NTB", "type": "Full"}
            self._say(200, json.dumps(resource).encode(), ())
        elif not code and self.path.startswith(f"{account}/Messages/") and self.path.rpartition("/")[2] in twilio.media:
            self._say(307, b"", (("Location", f"{twilio.cdn.url}/{self.path.rpartition('/')[2]}?Expires=1795325821&Signature=x"),))
        else:
            status, words = twilio.error(code or 20404, {})
            self._say(status, json.dumps(words).encode(), mood.headers)

    def _is_known(self) -> bool:
        expected = base64.b64encode(f"{self.twilio.account_sid}:{self.twilio.auth_token}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {expected}"

    def _judge(self, mood: Mood, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        twilio = self.twilio
        if mood.code:
            return twilio.error(mood.code, form)
        if not self._is_known():
            return twilio.error(20003, form)
        if urlsplit(self.path).path != f"/2010-04-01/Accounts/{twilio.account_sid}/Messages.json":
            return twilio.error(20404, form)
        return twilio.take(form)

    def _say(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
