"""Private messages of Messenger and Instagram: one shape, two names.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events
https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.social.meta import shapes
from channels.social.meta.graph import Graph
from ntbcare.contract import (
    ChannelError,
    DeliveryReceipt,
    IncomingMessage,
    Item,
    Media,
    OutgoingMessage,
    Refused,
    Sent,
    UnknownShape,
    WindowClosed,
)

# Events that carry no words: reactions, consents, links followed, the hand-over between apps, Meta's own notices.
SILENT = {
    "reaction", "optin", "referral", "account_linking", "pass_thread_control", "take_thread_control", "request_thread_control",
    "app_roles", "policy_enforcement", "policy-enforcement", "game_play", "response_feedback", "feedback",
}  # fmt: skip
MIMES = {"image": "image/*", "video": "video/*", "audio": "audio/*"}  # the payload says no more than this

QUICK_REPLIES, TITLE, PAYLOAD = 13, 20, 1000
LONGEST = {"facebook": (2000, shapes.LETTERS), "instagram": (1000, shapes.BYTES)}
ANSWERED_BEFORE = "10900"


# reading


def read(channel: str, entry: Mapping[str, Any], own_id: str, harvest: shapes.Harvest) -> None:
    """entry.messaging, and messaging fields that come as changes; only what was said to us in private.

    Private words to another page that connects our app are not ours to read. entry.standby is another app's conversation.
    """
    if own_id and shapes.text(entry.get("id")) != own_id:
        return
    for event in harvest.rows(entry.get("messaging")):
        harvest.take(_event, event, channel, entry)
    for change in harvest.rows(entry.get("changes")):
        if shapes.text(change.get("field")).startswith("messag"):
            harvest.take(_event, change.get("value"), channel, entry)


def _event(event: Mapping[str, Any], channel: str, entry: Mapping[str, Any]) -> Item | list[Item] | None:
    sender = shapes.text(event["sender"].get("id")) if "sender" in event else ""
    if "message" in event:
        return _message(event, channel, sender, entry)
    if "message_edit" in event:
        return _edit(event, channel, sender)
    if "postback" in event:
        return _postback(event, channel, sender)
    if "delivery" in event:
        mids = event["delivery"].get("mids") or []  # old clients send a watermark only: it names no message
        return [DeliveryReceipt(channel, shapes.name_of(mid), "delivered") for mid in mids]
    if "read" in event:
        mid = event["read"].get("mid")  # Instagram names the message, Messenger a moment
        return DeliveryReceipt(channel, shapes.name_of(mid), "delivered") if mid else None
    if SILENT.intersection(event):
        return None
    raise UnknownShape(f"a messaging event we do not know: {', '.join(sorted(map(str, event)))[:100]}")


def _message(event: Mapping[str, Any], channel: str, sender: str, entry: Mapping[str, Any]) -> IncomingMessage | None:
    message = event["message"]
    if message.get("is_echo") or message.get("is_deleted") or sender == shapes.text(entry.get("id")) != "":
        return None
    mid = shapes.name_of(message["mid"])
    if message.get("is_unsupported"):
        raise UnknownShape("a message their API does not hand over", external_id=mid)
    reply = message.get("reply_to") or {}
    words = shapes.text((message.get("quick_reply") or {}).get("payload")) or shapes.text(message.get("text"))
    media, lat, lon = [], None, None
    for attachment in shapes.rows(message.get("attachments")):
        payload = attachment.get("payload") or {}
        if attachment.get("type") == "location":
            lat, lon = shapes.point(payload["coordinates"]["lat"], payload["coordinates"]["long"])
        elif attachment.get("type") in ("fallback", "template"):  # a link somebody shared: words, not a file
            words = words or " ".join(
                filter(None, map(shapes.text, (attachment.get("title"), attachment.get("url") or payload.get("url"))))
            )
        elif payload.get("url"):
            media.append(Media(f"url:{shapes.text(payload['url'])}", MIMES.get(attachment.get("type", ""), "")))
    story = shapes.text((reply.get("story") or {}).get("url"))
    if story:  # what was answered belongs to the answer, and their address of it runs out
        media.append(Media(f"url:{story}"))
    if not words and not media and lat is None:
        raise UnknownShape("a message without words, files or place", external_id=mid)
    return IncomingMessage(
        channel=channel, external_id=mid, text=words, sender=shapes.name_of(sender), received_at=shapes.moment(event.get("timestamp")),
        media=tuple(media), lat=lat, lon=lon, raw=shapes.raw(event), replies_to=shapes.text(reply.get("mid")),
    )  # fmt: skip


def _edit(event: Mapping[str, Any], channel: str, sender: str) -> IncomingMessage | None:
    edit = event["message_edit"]
    mid, times, words = shapes.name_of(edit["mid"]), int(edit.get("num_edit") or 0), shapes.text(edit.get("text"))
    if times == 0:  # Instagram announces new messages so, without words; the words come as «message»
        return None
    return IncomingMessage(
        channel=channel, external_id=f"{mid}:{times}", text=words, sender=shapes.name_of(sender),
        received_at=shapes.moment(event.get("timestamp")), raw=shapes.raw(event), edits=mid,
    )  # fmt: skip


def _postback(event: Mapping[str, Any], channel: str, sender: str) -> IncomingMessage:
    postback = event["postback"]
    name = shapes.text(postback.get("mid")) or f"postback:{sender}:{shapes.name_of(event['timestamp'])}"
    return IncomingMessage(
        channel=channel, external_id=shapes.name_of(name), text=shapes.text(postback.get("payload")) or shapes.text(postback["title"]),
        sender=shapes.name_of(sender), received_at=shapes.moment(event.get("timestamp")), raw=shapes.raw(event),
    )  # fmt: skip


# sending


def send(graph: Graph, path: str, token: str, message: OutgoingMessage, page_id: str) -> Sent:
    """Private words, with the choices as quick replies below the last part.

    With a `thread` they are the one private reply its author can be sent, within seven days and as one message; when that
    one has gone before, they go to the person, who may have answered. Outside the window Meta refuses (WindowClosed).
    Sent is final: Messenger reports deliveries not always, Instagram never.
    https://developers.facebook.com/documentation/business-messaging/messenger-platform/discovery/private-replies
    """
    longest, unit = LONGEST[message.channel]
    words, quick = _quick(message)
    if not words:
        raise Refused("no words")
    if message.thread:
        kind = "post_id" if page_id and message.thread.startswith(f"{page_id}_") else "comment_id"
        body = {"text": shapes.shorten(words, longest, unit), **quick}
        try:
            return _post(graph, path, token, {kind: message.thread}, body)
        except Refused as refused:
            if refused.code != ANSWERED_BEFORE or not message.to:
                raise
    sent, parts = None, shapes.split(words, longest, unit)
    for number, part in enumerate(parts, start=1):
        try:
            sent = _post(graph, path, token, {"id": message.to}, {"text": part, **(quick if number == len(parts) else {})})
        except ChannelError as error:
            error.perhaps_sent = error.perhaps_sent or sent is not None
            raise
    assert sent is not None
    return sent


def _post(graph: Graph, path: str, token: str, recipient: dict[str, str], message: dict[str, Any]) -> Sent:
    body = {"recipient": recipient, "messaging_type": "RESPONSE", "message": message}
    try:
        return Sent(shapes.name_of(graph.post(path, body, ours=True, token=token)["message_id"]), final=True)
    except WindowClosed as closed:
        raise WindowClosed(f"{closed.reason}: they must write to us first", code=closed.code) from None
    except shapes.UNREADABLE:
        raise ChannelError("Meta answered without a message id", perhaps_sent=True) from None


def _quick(message: OutgoingMessage) -> tuple[str, dict[str, Any]]:
    """(words, {"quick_replies": …}); choices that do not fit become lines of the words."""
    words = shapes.clean(message.text).strip()
    choices = [(shapes.head(shapes.clean(label), TITLE), shapes.clean(back)) for label, back in message.choices]
    if not choices or not words:
        return words, {}
    if len(choices) > QUICK_REPLIES or any(not back or shapes.head(back, PAYLOAD) != back for _, back in choices):
        return words + "".join(f"\n{label}: {back}" for label, back in choices), {}
    return words, {"quick_replies": [{"content_type": "text", "title": label, "payload": back} for label, back in choices]}
