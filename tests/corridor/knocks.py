"""How each provider brings something to our doors: signed or not, a hook or a look; a knock may be repeated as it was."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from tests.conftest import PUBLIC_URL
from tests.corridor.streets import KANNEL_SECRET, MAILBOX, OUR_NUMBER, Street
from tests.counterparts import twilio_api
from tests.counterparts.meta_api import APP_SECRET, INSTAGRAM_ID, NUMBER_ID, PAGE_ID
from tests.counterparts.meta_api import sign as sign_meta
from tests.counterparts.telegram_api import SECRET
from tests.counterparts.twilio_api import sign as sign_twilio

Knock = Callable[[], int]  # brings the very same thing each time → the HTTP status it got (200 for a look)
Bring = Callable[[Street, int], Knock]  # `number` makes senders and ids of a row its own

SMS, STATUS = "/hooks/twilio/sms", "/hooks/twilio/status"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


def octets(text: str) -> bytes:
    """UTF-8 of any Python string, lone surrogates as broken programs write them."""
    return text.encode("utf-8", "surrogatepass")


def hook(street: Street, path: str, body: bytes, headers: Mapping[str, str], kind: str = "application/json") -> Knock:
    return lambda: street.town.browser().post(path, data=body, content_type=kind, headers=dict(headers)).status_code


# Twilio


def twilio(path: str = SMS, signature: str | None = "good", token: str = twilio_api.AUTH_TOKEN, **changed: str) -> Bring:
    """A form with these fields instead of the usual ones; "-" leaves one out."""

    def bring(street: Street, number: int) -> Knock:
        usual = {"MessageSid": f"SM{number:032x}", "From": f"+62812{number:08}", "To": OUR_NUMBER, "NumMedia": "0"}
        form = {name: value for name, value in {**usual, **changed}.items() if value != "-"}
        body = urlencode({name: value.encode("utf-8", "replace") for name, value in form.items()}).encode()
        seen = parse_qs(body.decode(), keep_blank_values=True)
        given = sign_twilio(token, f"{PUBLIC_URL}{path}", seen) if signature == "good" else signature
        return hook(street, path, body, {} if given is None else {"X-Twilio-Signature": given}, FORM)

    return bring


def twilio_body(body: bytes, kind: str) -> Bring:
    """Anything at all instead of the form, signed over the address alone."""
    good = {"X-Twilio-Signature": sign_twilio(twilio_api.AUTH_TOKEN, f"{PUBLIC_URL}{SMS}", {})}
    return lambda street, number: hook(street, SMS, body, good, kind)


# Kannel


def kannel(path: str = "sms", secret: str | None = KANNEL_SECRET, **changed: str | bytes) -> Bring:
    """The variables of Kannel's address; "-" leaves one out, bytes are percent-encoded as they are."""

    def bring(street: Street, number: int) -> Knock:
        usual: dict[str, str | bytes] = (
            {"from": f"62813{number:08}", "to": "1708", "coding": "0", "charset": "UTF-8", "id": f"kn-{number}", "at": "1795325821"}
            if path == "sms"
            else {"id": f"notice-{number}.00000001", "state": "1", "answer": ""}
        )
        pairs = {**usual, **changed, **({} if secret is None else {"secret": secret})}
        sent = {name: octets(value) if isinstance(value, str) else value for name, value in pairs.items() if value != "-"}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in sent.items())
        return lambda: street.town.browser().get(f"/hooks/kannel/{path}?{query}").status_code

    return bring


# Telegram


def telegram_body(body: bytes, secret: str | None = SECRET, kind: str = "application/json") -> Bring:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    return lambda street, number: hook(street, "/hooks/telegram", body, headers, kind)


def telegram(
    content: Mapping[str, Any], secret: str | None = SECRET, *, update_id: object = None, kind: str = "message", **around: Any
) -> Bring:
    """A private message with this content; `around` replaces fields of the message."""

    def bring(street: Street, number: int) -> Knock:
        person = {"id": 500_000 + number, "is_bot": False, "first_name": "Aminah"}
        chat = {"id": 500_000 + number, "type": "private", "first_name": "Aminah"}
        message = {"message_id": 1, "date": 1795312800, "chat": chat, "from": person, **content, **around}
        update = {"update_id": 80_000_000 + number if update_id is None else update_id, kind: message}
        return telegram_body(json.dumps(update).encode(), secret)(street, number)

    return bring


# Meta


def meta_body(body: bytes, signature: str | None = "good", kind: str = "application/json") -> Bring:
    given = sign_meta(APP_SECRET, body) if signature == "good" else signature
    headers = {} if given is None else {"X-Hub-Signature-256": given}
    return lambda street, number: hook(street, "/hooks/meta", body, headers, kind)


def meta(make: Callable[[int], dict[str, Any]], signature: str | None = "good") -> Bring:
    return lambda street, number: meta_body(json.dumps(make(number)).encode(), signature)(street, number)


def whatsapp(*messages: Mapping[str, Any], **value: Any) -> Callable[[int], dict[str, Any]]:
    """Messages with these fields instead of the usual ones."""

    def make(number: int) -> dict[str, Any]:
        usual = {"from": f"62814{number:08}", "timestamp": "1795312800", "type": "text"}
        rows = [{**usual, "id": f"wamid.{number}.{at}", **message} for at, message in enumerate(messages)]
        meta = {"display_phone_number": OUR_NUMBER.lstrip("+"), "phone_number_id": NUMBER_ID}
        whole = {"messaging_product": "whatsapp", "metadata": meta, "messages": rows, **value}
        return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": whole}]}]}

    return make


def private(kind: str, **event: Any) -> Callable[[int], dict[str, Any]]:
    """One messaging event to our page (kind page) or our account (kind instagram); {n} in a mid is the row's number."""
    own = PAGE_ID if kind == "page" else INSTAGRAM_ID

    def make(number: int) -> dict[str, Any]:
        usual = {"sender": {"id": f"7{number:09}"}, "recipient": {"id": own}, "timestamp": 1795312800123}
        told = json.loads(json.dumps(event).replace("{n}", f"{kind}{number}"))
        return {"object": kind, "entry": [{"id": own, "time": 1795312801000, "messaging": [{**usual, **told}]}]}

    return make


def feed(**changed: Any) -> Callable[[int], dict[str, Any]]:
    """A comment below a post of our page."""

    def make(number: int) -> dict[str, Any]:
        usual = {
            "from": {"id": f"8{number:09}", "name": "Budi Santoso"}, "post_id": f"{PAGE_ID}_555", "comment_id": f"555_{number}",
            "created_time": 1795312800, "item": "comment", "verb": "add",
        }  # fmt: skip
        return {
            "object": "page",
            "entry": [{"id": PAGE_ID, "time": 1795312805, "changes": [{"field": "feed", "value": {**usual, **changed}}]}],
        }

    return make


def comment(field: str = "comments", **changed: Any) -> Callable[[int], dict[str, Any]]:
    """A comment below a picture of our Instagram account."""

    def make(number: int) -> dict[str, Any]:
        usual = {"id": f"1786{number:013}", "from": {"id": f"9{number:09}", "username": "siti.lombok"}, "media": {"id": "17900"}}
        return {
            "object": "instagram",
            "entry": [{"id": INSTAGRAM_ID, "time": 1795312800, "changes": [{"field": field, "value": {**usual, **changed}}]}],
        }

    return make


# providers that are asked


def modem(*parts: tuple[str, str], sender: str = "", **columns: object) -> Bring:
    """Rows of Gammu's inbox: (text, UDH) each, in the order in which they came."""

    def bring(street: Street, number: int) -> Knock:
        street.gammu.empty()
        for text, udh in parts:
            shown = text.replace("\x00", "").encode("utf-8", "replace").decode()
            units = text.encode("utf-16-be", "surrogatepass").hex().upper()
            street.gammu.hear(shown, sender or f"+62815{number:08}", udh=udh, **({"Text": units} | columns))
        return lambda: street.look("gammu", again=True)

    return bring


def post_on_x(text: str, **more: Any) -> Bring:
    def bring(street: Street, number: int) -> Knock:
        street.x.posts.clear()
        street.x.directs.clear()
        street.x.account(f"6{number:09}", f"orang_{number}")
        street.x.post(text, **({"author": f"6{number:09}"} | more))
        return lambda: street.look("x", again=True)

    return bring


def direct_on_x(text: Any, **more: Any) -> Bring:
    def bring(street: Street, number: int) -> Knock:
        street.x.posts.clear()
        street.x.directs.clear()
        street.x.account(f"6{number:09}", f"orang_{number}")
        street.x.direct(text, **({"sender": f"6{number:09}"} | more))
        return lambda: street.look("x", again=True)

    return bring


def letter(text: str = "", *, headers: Mapping[str, str] | None = None, whole: bytes | None = None, after: int = 0) -> Bring:
    """A mail with these words, or these very bytes; "-" leaves a header out.

    `after` so many of our own: a mail without an id is named by its place, and mailboxes made in one second share their names.
    """

    def bring(street: Street, number: int) -> Knock:
        usual = {
            "From": f"Warga <warga{number}@desa.example>", "To": MAILBOX, "Message-ID": f"<m{number}@desa.example>",
            "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "base64",
        }  # fmt: skip
        lines = [f"{name}: {value}" for name, value in {**usual, **(headers or {})}.items() if value != "-"]
        mail = "\n".join(lines).encode() + b"\n\n" + base64.encodebytes(octets(text))
        street.mailbox(f"row{number}")
        before = [b"From: " + MAILBOX.encode() + b"\n\n"] * after
        street.imap.deliver(f"row{number}", *before, mail if whole is None else whole)
        return lambda: street.look("mail", again=True)

    return bring
