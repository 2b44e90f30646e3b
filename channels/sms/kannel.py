"""SMS by a Kannel of our own: its smsbox calls us for every SMS and every report, and takes ours at sendsms."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from ntbcare.contract import (
    BadSignature,
    Channel,
    ChannelError,
    DeliveryReceipt,
    Hook,
    IncomingMessage,
    Item,
    OutgoingMessage,
    RawRequest,
    Refused,
    Sent,
    Throttled,
    UnknownShape,
)

SMS, DLR = Hook("kannel/sms", ("GET",)), Hook("kannel/dlr", ("GET",))
SENDSMS = "/cgi-bin/sendsms"
PARTS = 10  # docs/kannel.md sets max-messages to this; what is longer Kannel would cut off without a word
QUEUE_FULL = 30.0  # seconds to wait after «Temporal failure», which is bearerbox's full queue
UNSTORABLE = re.compile("[\ud800-\udfff\x00]")  # lone surrogates and NUL fit in no database
# The default alphabet of GSM 03.38 and its extension, whose letters count twice; anything else needs UCS-2.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€\f")
CODECS = {
    "UTF-8": "utf-8",
    "UTF-16BE": "utf-16-be",
    "UCS-2": "utf-16-be",
    "WINDOWS-1252": "cp1252",
    "ISO-8859-1": "cp1252",
    "US-ASCII": "ascii",
}
# SMPP 3.4 command_status after «NACK/»: what says nothing about this number. The first are the centre's, the others our account's.
SMPP_LATER = {0x08: "system error at the SMS centre", 0x14: "message queue of the SMS centre is full", 0x58: "SMS centre is throttling"}
SMPP_OURS = {
    0x0A: "our sender is not accepted",
    0x0D: "bind failed",
    0x0E: "our password is not accepted",
    0x0F: "our system id is not accepted",
}


class Kannel(Channel):
    """Channel «sms» through Kannel 1.4. `url` is smsbox's own (http://127.0.0.1:13013; a path, when there is one, replaces
    /cgi-bin/sendsms), `user` and `password` those of its sendsms-user, `sender` the from ("" = Kannel's global-sender).

    Kannel signs nothing: `secret` stands in the addresses it calls. In Kannel's sms-service group, on one line:

        get-url = "PUBLIC_URL/hooks/kannel/sms?secret=SECRET&from=%p&to=%P&text=%b&coding=%c&charset=%C&id=%I&at=%T&smsc=%i"

    docs/kannel.md has the whole configuration. Parts of a long SMS are joined by bearerbox before they come here; parts
    whose rest never comes arrive after sms-combine-concatenated-mo-timeout (30 minutes), each as a message of its own.
    `timeouts` = (connect, read) in seconds; nothing is shared between threads or processes: one connection per SMS.
    Kannel User Guide, «Using the HTTP interface to send SMS messages» and «Delivery Reports»: https://www.kannel.org/userguide.shtml
    """

    gateway = "kannel"
    carries = ("sms",)

    def __init__(
        self, url: str, user: str, password: str, secret: str, sender: str, public_url: str, *, timeouts: tuple[float, float] = (5.0, 10.0)
    ) -> None:
        self._url = urlsplit(url)
        self._account = {"username": user, "password": password}
        self._secret = secret
        self._sender = sender
        self._dlr_url = f"{public_url.rstrip('/')}/hooks/{DLR.path}"
        self._timeouts = timeouts

    def hooks(self) -> Iterable[Hook]:
        return (SMS, DLR)

    def read(self, raw: RawRequest) -> list[Item]:
        """One GET → one message or one receipt; external_id is «kannel:» and Kannel's id of the SMS, which a repeat keeps.

        Raises BadSignature (secret missing or wrong) and UnknownShape (no sender, no id, no known state). Kannel takes 200
        and 202 only for a yes: after anything else it calls again, http-request-retry times.
        """
        given = _fields(raw)
        if not self._secret or not hmac.compare_digest(given.get("secret", b""), self._secret.encode()):
            raise BadSignature("the secret is missing or wrong")
        if urlsplit(raw.url).path.rstrip("/").endswith(DLR.path):
            return [_receipt(given)]
        return [_message(given, _without_secret(raw))]

    def send(self, message: OutgoingMessage) -> Sent:
        """GET sendsms; `message.to` is E.164 or a number as Kannel gave it; at most ten parts (1,530 letters, 670 in UCS-2).

        external_id is new with each attempt («kannel:» key «.» eight digits): a late report about an earlier attempt must not
        speak for this one. Kannel knows no idempotency key: after a time-out the message may have gone.
        """
        text = UNSTORABLE.sub("?", message.text)
        if not re.fullmatch(r"\+?[0-9]{3,15}", message.to):
            raise Refused("not a number that an SMS can be sent to")  # a space would even be a second receiver for Kannel
        if not text:
            raise Refused("no words")
        coding, parts = _cost(text)
        if parts > PARTS:
            raise Refused(f"too long for SMS: {parts} parts, at most {PARTS}")
        name = f"{message.key}.{secrets.token_hex(4)}"
        report = f"{self._dlr_url}?secret={quote(self._secret, '')}&id={quote(name, '')}"
        asked = {
            "to": message.to, "text": text, "charset": "UTF-8", "coding": str(coding), "dlr-mask": "31",
            # Kannel fills in %-signs of its own: a % that is not one of those must be doubled
            "dlr-url": f"{report.replace('%', '%%')}&state=%d&answer=%A&foreign=%F",
        }  # fmt: skip
        if self._sender:
            asked["from"] = self._sender
        status, words = self._ask(asked)
        if status == 202 and words.startswith(("0:", "3:", "Sent.")):  # accepted, queued, or taken unseen (immediate-sendsms-reply)
            return Sent(external_id=f"kannel:{name}", final=False)
        raise _meaning(status, words, message.to)

    def check(self) -> str:
        """Asks sendsms to send to nobody: «Missing receiver number» comes only after user, password and address were accepted."""
        status, words = self._ask({"text": "", "charset": "UTF-8"})
        if status == 400 and words.startswith("Missing receiver number"):
            return "smsbox answers and takes our user and password (bearerbox and the SMS centre are not seen from here)"
        raise _meaning(status, words, "")

    def _ask(self, asked: dict[str, str]) -> tuple[int, str]:
        """→ (HTTP status, the first words of the body). Nothing was sent when no line was open, and perhaps something after."""
        connect, read = self._timeouts
        kind = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        line = kind(self._url.hostname or "", self._url.port, timeout=connect)
        path = self._url.path if len(self._url.path) > 1 else SENDSMS
        opened = False
        try:
            line.connect()
            opened = True
            line.sock.settimeout(read)
            line.request("GET", f"{path}?{urlencode({**self._account, **asked})}", headers={"Connection": "close"})
            answer = line.getresponse()
            return answer.status, answer.read(500).decode("utf-8", "replace").strip()
        except (OSError, HTTPException) as error:
            raise ChannelError(f"Kannel did not answer: {type(error).__name__}", perhaps_sent=opened) from None
        finally:
            line.close()


def _meaning(status: int, words: str, to: str) -> ChannelError:
    """An answer of sendsms → what the house must decide. Its words are Kannel's own, or those of a proxy: no number stays in them."""
    words = re.sub(r"\S*[0-9]{5}\S*", "…", words)
    if status == 503 and words.startswith("Temporal failure"):
        return Throttled("Kannel's queue is full", after=QUEUE_FULL, code="503")
    if status == 403 and words.startswith("Not routable"):
        if to.startswith(
            "+62"
        ):  # there is always a way to an Indonesian number, unless the line to the SMS centre is dead or misconfigured
            return ChannelError("our Kannel configuration: no SMS centre takes Indonesian numbers", code="403")
        return Refused("no SMS centre of ours reaches this number", code="403", elsewhere=True)
    if status == 400 and words.startswith("Number(s) has/have been denied"):
        return Refused("number denied by Kannel's lists", code="400")
    if status in (400, 401, 403, 404):  # user, password, address, sender, dlr-url: all of them ours
        return ChannelError(f"our Kannel configuration: {words[:80] or status}", permanent=False, code="403")
    return ChannelError(f"Kannel answered {status}: {words[:80]}", code=str(status), perhaps_sent=status in (200, 202, 502, 504))


# reading


def _fields(raw: RawRequest) -> dict[str, bytes]:
    """The query as bytes, as Kannel percent-encoded them: decoding comes later, for only `charset` says how."""
    found = parse_qs(urlsplit(raw.url).query, keep_blank_values=True, encoding="latin-1")
    return {name: values[0].encode("latin-1", "replace") for name, values in found.items()}


def _message(given: dict[str, bytes], raw: str) -> IncomingMessage:
    name, sender = _line(given, "id"), normal(_line(given, "from"))
    if not name or not sender:
        raise UnknownShape("an SMS without id or sender", external_id=f"kannel:{name}" if name else "")
    if "\ufffd" in name:  # two broken ids may look alike, and the second message must not be taken for the first
        raise UnknownShape("an SMS whose id is no text")
    # A name or a short code is a machine of some company; our own number is our own words come back.
    machine = not re.search("[0-9]{7}", sender) or sender == normal(_line(given, "to"))
    return IncomingMessage(
        channel="sms", external_id=f"kannel:{name}", text=_words(given), sender=sender, received_at=_moment(_line(given, "at")), raw=raw,
        automatic=machine,
    )  # fmt: skip


def _words(given: dict[str, bytes]) -> str:
    """The text by its charset (%C), else by its coding (%c: 2 = UCS-2); 8-bit text says nothing and is tried as UTF-8 first."""
    octets, codec = given.get("text", b""), CODECS.get(_line(given, "charset").upper(), "")
    if not codec and _line(given, "coding") == "2":
        codec = "utf-16-be"
    if not codec:
        try:
            octets.decode("utf-8")
            codec = "utf-8"
        except UnicodeDecodeError:
            codec = "cp1252"
    return UNSTORABLE.sub("\ufffd", octets.decode(codec, "replace"))


def _receipt(given: dict[str, bytes]) -> DeliveryReceipt:
    """%d is a sum of 1 delivered, 2 failed, 4 waiting at the centre, 8 taken by the centre, 16 refused by the centre."""
    name, said, answer = _line(given, "id"), _line(given, "state"), _line(given, "answer")
    state = int(said) if re.fullmatch(r"[0-9]{1,4}", said) else 0
    if not name or not state & 31:
        raise UnknownShape(f"a report we do not know: {said[:20]!r}", external_id=f"kannel:{name}:{said[:20]}" if name else "")
    if state & 1:
        return DeliveryReceipt("sms", f"kannel:{name}", "delivered")
    if state & 2:  # the phone was not reached in time, or does not exist: networks do not tell these apart reliably
        return DeliveryReceipt("sms", f"kannel:{name}", "failed", reason=_of_report(answer))
    if state & 16:
        reason, permanent = _of_refusal(answer)
        return DeliveryReceipt("sms", f"kannel:{name}", "failed", reason=reason, permanent=permanent)
    return DeliveryReceipt("sms", f"kannel:{name}", "sent")


def _of_report(answer: str) -> str:
    """stat and err of an SMPP receipt (SMPP 3.4, appendix B); the rest of it quotes the message itself."""
    found = re.findall(r"\b(stat|err):([A-Za-z0-9]{1,8})", answer)
    return " ".join(f"{name} {value}" for name, value in dict(found).items()) or "not delivered"


def _of_refusal(answer: str) -> tuple[str, bool]:
    """NACK/0x0000000b/… → (reason, never to be tried again?)."""
    number = re.match(r"NACK/0x([0-9A-Fa-f]{1,8})\b", answer)
    status = int(number[1], 16) if number else 0
    if known := SMPP_LATER.get(status) or SMPP_OURS.get(status):
        return known, False
    if re.search("retries exceeded|validity expired|no smsc", answer, re.IGNORECASE):
        return "given up by Kannel", False
    return f"refused by the SMS centre{f', status 0x{status:02x}' if status else ''}", True


def normal(number: str) -> str:
    """A sender as an Indonesian SMS centre writes it → E.164; short codes, names and what could be two countries stay as they are.

    >>> [normal(each) for each in ("081234567890", "6281234567890", "00601112345678", "1708", "TELKOMSEL")]
    ['+6281234567890', '+6281234567890', '+601112345678', '1708', 'TELKOMSEL']
    """
    digits = re.sub(r"[ ().-]", "", number)
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", digits):
        return digits
    if re.fullmatch(r"00[1-9][0-9]{6,14}", digits):
        return f"+{digits[2:]}"
    if re.fullmatch(r"0[1-9][0-9]{6,12}", digits):
        return f"+62{digits[1:]}"
    # 8… may be an Indonesian number without its 0, or one of Japan, Korea, China without its +
    return f"+{digits}" if re.fullmatch(r"[1-79][0-9]{9,14}", digits) else number


def _line(given: dict[str, bytes], name: str) -> str:
    return UNSTORABLE.sub("\ufffd", given.get(name, b"").decode("utf-8", "replace")).strip()


def _moment(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _without_secret(raw: RawRequest) -> str:
    return "&".join(pair for pair in urlsplit(raw.url).query.split("&") if not pair.startswith("secret="))


# writing


def _cost(text: str) -> tuple[int, int]:
    """(coding, parts): 0 = GSM-7 with 160 septets, 153 in each of several; 2 = UCS-2 with 70 units, 67 in each of several."""
    if GSM.union(GSM_TWICE).issuperset(text):
        size, one, each = len(text) + sum(letter in GSM_TWICE for letter in text), 160, 153
        return 0, 1 if size <= one else -(-size // each)
    size = len(text.encode("utf-16-be")) // 2
    return 2, 1 if size <= 70 else -(-size // 67)
