"""WhatsApp Cloud API: messages and statuses in, texts, buttons and templates out.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.social.meta import shapes
from channels.social.meta.errors import CODES, Kind
from channels.social.meta.graph import Graph
from ntbcare.contract import (
    ChannelError,
    DeliveryReceipt,
    IncomingMessage,
    Media,
    OutgoingMessage,
    Refused,
    Sent,
    UnknownShape,
    WindowClosed,
)

CHANNEL = "whatsapp"
# A voice that was played was heard. Statuses may overtake each other; «deleted» and «warning» say nothing about delivery.
STATES = {"sent": "sent", "delivered": "delivered", "read": "delivered", "played": "delivered", "failed": "failed"}
SILENT_STATES = {"deleted", "warning"}
FILES = ("image", "video", "audio", "voice", "document", "sticker")
# Nothing said: a reaction, a changed number, an opened chat, a message taken back.
SILENT = {"reaction", "system", "request_welcome", "revoke"}
# A failure by status that sending again cannot mend. 131047 can: by then the window is known to be closed and a template goes.
NEVER = (Kind.NEVER, Kind.STOPPED)

WINDOW = timedelta(hours=24)
LONGEST_TEXT, LONGEST_BODY = 4096, 1024  # letters of a text, of the words above buttons
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
ROWS, ROW_TITLE, ROW_ID = 10, 24, 200
LONGEST_PARAMETER = 900  # of the 1,024 letters of a template's body, the rest is the template's own words
OPENS_LIST = "Pilih jawaban"


# reading


def read(entry: Mapping[str, Any], number_id: str, harvest: shapes.Harvest) -> None:
    """One entry of object whatsapp_business_account; only what concerns our number ("" = any: a console reads for all)."""
    for change in harvest.rows(entry.get("changes")):
        if change.get("field") == "messages":  # account, template and quality news: WhatsApp Manager shows them
            harvest.take(_change, change.get("value"), number_id, harvest)


def _change(value: Mapping[str, Any], number_id: str, harvest: shapes.Harvest) -> None:
    if number_id and shapes.text(value["metadata"]["phone_number_id"]) != number_id:
        return
    contacts = list(shapes.rows(value.get("contacts")))
    own = re.sub("[^0-9]", "", shapes.text((value.get("metadata") or {}).get("display_phone_number")))
    for message in harvest.rows(value.get("messages")):
        if own and message.get("from") == own:  # our own words, come back
            continue
        harvest.take(_message, message, contacts)
    for status in harvest.rows(value.get("statuses")):
        harvest.take(_receipt, status)
    for error in harvest.rows(value.get("errors")):
        harvest.take(_trouble, error)


def _message(message: Mapping[str, Any], contacts: list[dict[str, Any]]) -> IncomingMessage | None:
    kind = shapes.text(message.get("type"))
    if kind in SILENT or message.get("group_id"):  # a group would see our answer: ticket and PIN
        return None
    external_id = shapes.name_of(message["id"])
    if kind == "edit":
        edited = message["edit"]
        inner = {**edited["message"], **{key: message[key] for key in ("id", "from", "from_user_id", "timestamp") if key in message}}
        return _said(inner, contacts, external_id, piece=message, edits=shapes.name_of(edited["original_message_id"]))
    return _said(message, contacts, external_id, piece=message)


def _said(
    message: Mapping[str, Any], contacts: list[dict[str, Any]], external_id: str, *, piece: Mapping[str, Any], edits: str = ""
) -> IncomingMessage:
    sender, contact = _sender(message, contacts)
    found = _content(message, external_id)
    context = message.get("context") or {}
    replies_to = shapes.text(context.get("id")) if context.get("from") != message.get("from") else ""  # to us, not to oneself
    phone = _own_number(message) if not sender.startswith("+") else ""
    return IncomingMessage(
        channel=CHANNEL, external_id=external_id, sender=sender, sender_name=shapes.text((contact.get("profile") or {}).get("name")),
        received_at=shapes.moment(message.get("timestamp")), raw=shapes.raw(piece), edits=edits, replies_to=replies_to, phone=phone, **found,
    )  # fmt: skip


def _sender(message: Mapping[str, Any], contacts: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """(address to answer to, contact). E.164, or the business-scoped user id of a person whose number is hidden by a username.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
    """
    number, user = shapes.text(message.get("from")), shapes.text(message.get("from_user_id"))
    mine = [each for each in contacts if shapes.text(each.get("wa_id")) == number != "" or shapes.text(each.get("user_id")) == user != ""]
    contact = mine[0] if mine else contacts[0] if len(contacts) == 1 else {}
    if re.fullmatch(r"[1-9][0-9]{6,14}", number):
        return f"+{number}", contact
    return shapes.name_of(user or contact.get("user_id")), contact


def _content(message: Mapping[str, Any], external_id: str) -> dict[str, Any]:
    """text, media, lat and lon of a message. A tapped button says what it sends back, not what stands on it."""
    kind = shapes.text(message.get("type"))
    if kind == "text":
        return {"text": shapes.text(message["text"]["body"])}
    if kind in FILES:
        file = message[kind]
        media = Media(f"whatsapp:{shapes.name_of(file['id'])}", shapes.text(file.get("mime_type")), name=shapes.text(file.get("filename")))
        return {"text": shapes.text(file.get("caption")), "media": (media,)}
    if kind == "location":
        place = message["location"]
        lat, lon = shapes.point(place["latitude"], place["longitude"])
        words = [shapes.text(place.get(key)) for key in ("name", "address")]
        return {"text": ", ".join(word for word in words if word), "lat": lat, "lon": lon}
    if kind == "button":
        return {"text": shapes.text(message["button"].get("payload")) or shapes.text(message["button"]["text"])}
    if kind == "interactive":
        reply = message["interactive"]
        tapped = reply.get("button_reply") or reply.get("list_reply")
        if tapped:
            return {"text": shapes.text(tapped["id"])}
    if kind == "contacts":
        return {"text": "\n".join(_card(card) for card in shapes.rows(message["contacts"]))}
    raise UnknownShape(f"a WhatsApp message of type {kind[:40]!r}", external_id=external_id)


def _card(card: Mapping[str, Any]) -> str:
    name = shapes.text((card.get("name") or {}).get("formatted_name"))
    numbers = [shapes.text(each.get("phone")) for each in shapes.rows(card.get("phones"))]
    return ": ".join(part for part in (name, ", ".join(number for number in numbers if number)) if part)


def _own_number(message: Mapping[str, Any]) -> str:
    """E.164 of a person with a username who answered a request for their number with it."""
    if message.get("type") != "contacts" or message.get("origin") != "contact_request":
        return ""
    digits = re.sub(r"[^0-9]", "", shapes.text(message["contacts"][0]["phones"][0]["phone"]))
    return f"+{digits}" if re.fullmatch(r"[1-9][0-9]{6,14}", digits) else ""


def _receipt(status: Mapping[str, Any]) -> DeliveryReceipt | None:
    """https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status"""
    external_id, state = shapes.name_of(status["id"]), shapes.text(status.get("status"))
    if state in SILENT_STATES:
        return None
    if state not in STATES:
        raise UnknownShape(f"a status we do not know: {state[:40]!r}", external_id=f"{external_id}:{state}"[:250])
    if state != "failed":
        return DeliveryReceipt(CHANNEL, external_id, STATES[state])
    errors = list(shapes.rows(status.get("errors")))
    code = shapes.text(errors[0].get("code"))[:9] if errors else ""
    # unknown: one message too many is better than one too few
    kind, words = CODES.get(int(code) if code.isdecimal() else -1, (Kind.AGAIN, "not delivered"))
    return DeliveryReceipt(
        CHANNEL, external_id, "failed", reason=f"{code} {words}".strip(), permanent=kind in NEVER, opted_out=kind is Kind.STOPPED
    )  # fmt: skip


def _trouble(error: Mapping[str, Any]) -> None:
    """Meta could not hand something over to us: no words to read, but a person must know."""
    raise UnknownShape(f"WhatsApp reports error {shapes.text(error.get('code'))[:20]}")


# sending


def send(graph: Graph, number_id: str, template: str, message: OutgoingMessage) -> Sent:
    """Texts within 24 hours of the person's last words, the template after that (or when Meta says the window is closed).

    external_id is the last part's wamid; statuses follow. Raises WindowClosed when a template is needed and none is configured.
    """
    call = Call(graph, number_id, message.to)
    words = shapes.clean(message.text).strip()
    if not words:
        raise Refused("no words")
    if not is_open(message.heard_at, datetime.now(UTC)):
        return call.post(_template(template, words))
    try:
        for body in _bodies(words, message.choices):
            sent = call.post(body)
    except WindowClosed:
        return call.post(_template(template, words))
    return sent


def is_open(heard_at: datetime | None, now: datetime) -> bool:
    """The customer service window: 24 hours from the person's last message."""
    if heard_at is None:
        return False
    return now - (heard_at if heard_at.tzinfo else heard_at.replace(tzinfo=UTC)) < WINDOW


class Call:
    """The calls that one message takes. Once a part has left, every later error says so."""

    def __init__(self, graph: Graph, number_id: str, to: str) -> None:
        self._graph = graph
        self._path = f"{number_id}/messages"
        self._to = {"to": to.lstrip("+")} if to.startswith("+") else {"recipient": to}  # a number, or a business-scoped user id
        self._left = False

    def post(self, body: Mapping[str, Any]) -> Sent:
        whole = {"messaging_product": "whatsapp", "recipient_type": "individual", **self._to, **body}
        try:
            wamid = shapes.name_of(self._graph.post(self._path, whole, ours=True)["messages"][0]["id"])
        except shapes.UNREADABLE:
            raise ChannelError("WhatsApp answered without a message id", perhaps_sent=True) from None
        except ChannelError as error:
            error.perhaps_sent = error.perhaps_sent or self._left
            raise
        self._left = True
        return Sent(wamid, final=False)


def _bodies(words: str, choices: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
    """The messages that carry the words, the choices below the last one: as buttons, a list, or, if they fit neither, as words."""
    action = _action([(shapes.clean(label), shapes.clean(back)) for label, back in choices])
    if choices and action is None:
        words += "".join(f"\n{label}: {back}" for label, back in choices)
    parts = shapes.split(shapes.clean(words), LONGEST_BODY if action else LONGEST_TEXT)
    bodies: list[dict[str, Any]] = [{"type": "text", "text": {"preview_url": False, "body": part}} for part in parts]
    if action:
        bodies[-1] = {"type": "interactive", "interactive": {**action, "body": {"text": parts[-1]}}}
    return bodies


def _action(choices: list[tuple[str, str]]) -> dict[str, Any] | None:
    """https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages"""

    def fits(most: int, title: int, longest_id: int) -> bool:
        titles, ids = {shapes.head(label, title) for label, _ in choices}, {back for _, back in choices}
        alone = len(titles) == len(ids) == len(choices) <= most  # twins are refused
        return alone and all(titles) and all(back and shapes.head(back, longest_id) == back for back in ids)

    if not choices:
        return None
    if fits(BUTTONS, BUTTON_TITLE, BUTTON_ID):
        buttons = [{"type": "reply", "reply": {"id": back, "title": shapes.head(label, BUTTON_TITLE)}} for label, back in choices]
        return {"type": "button", "action": {"buttons": buttons}}
    if fits(ROWS, ROW_TITLE, ROW_ID):
        rows = [{"id": back, "title": shapes.head(label, ROW_TITLE)} for label, back in choices]
        return {"type": "list", "action": {"button": OPENS_LIST, "sections": [{"title": OPENS_LIST, "rows": rows}]}}
    return None


def _template(template: str, words: str) -> dict[str, Any]:
    """The one template, «name» or «name:language», with the words as its only parameter: no line breaks, tabs or runs of blanks."""
    name, _, language = template.partition(":")
    if not name:
        raise WindowClosed("outside the 24-hour window and no template configured")
    flat = " ".join(shapes.shorten(words, LONGEST_PARAMETER).split())
    parameter = {"type": "text", "text": flat}
    components = [{"type": "body", "parameters": [parameter]}]
    return {"type": "template", "template": {"name": name, "language": {"code": language or "id"}, "components": components}}
