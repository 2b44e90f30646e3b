"""Instagram: comments in, public answers out. Private messages are in messaging.py, mentions in mentions.py.

https://developers.facebook.com/documentation/instagram-platform/webhooks/examples
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment/replies
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.social.meta import mentions, shapes
from channels.social.meta.graph import Graph
from channels.social.meta.page import comment
from ntbcare.contract import IncomingMessage, OutgoingMessage, Pointer, Scene, Sent

CHANNEL = "instagram"
LONGEST_COMMENT = 300  # letters


# reading


def read(entry: Mapping[str, Any], own_id: str, harvest: shapes.Harvest) -> None:
    """The public part of one entry of object instagram. entry.id is our account, or one that we watch: overheard.

    A mention (@us below somebody else's picture) carries ids only: it becomes a pointer, and its words are asked for later.
    """
    for change in harvest.rows(entry.get("changes")):
        if change.get("field") in ("comments", "live_comments"):
            harvest.take(_comment, change.get("value"), entry, own_id)
        elif change.get("field") == "mentions":
            harvest.take(_mention, change.get("value"), entry, own_id)


def _comment(value: Mapping[str, Any], entry: Mapping[str, Any], own_id: str) -> IncomingMessage | None:
    author, account = value.get("from") or {}, shapes.text(entry.get("id"))
    sender, words = shapes.text(author.get("id")), shapes.text(value.get("text"))
    if (sender and sender in (account, own_id)) or not words:  # our own words; a picture or sticker alone
        return None
    return _said(value, entry, own_id, name=shapes.name_of(value["id"]), words=words, sender=sender, author=author)


def _mention(value: Mapping[str, Any], entry: Mapping[str, Any], own_id: str) -> IncomingMessage | Pointer:
    name = shapes.name_of(value.get("comment_id") or value["media_id"])
    words, author = shapes.text(value.get("text")), value.get("from") or {}
    if not words:
        account = shapes.text(entry.get("id"))
        ref = mentions.name(shapes.text(value.get("media_id")), shapes.text(value.get("comment_id")), account if account != own_id else "")
        return Pointer(CHANNEL, f"mention:{name}", ref, shapes.raw(value))
    return _said(value, entry, own_id, name=name, words=words, sender=shapes.text(author.get("id")), author=author)


def _said(
    value: Mapping[str, Any], entry: Mapping[str, Any], own_id: str, *, name: str, words: str, sender: str, author: Mapping[str, Any]
) -> IncomingMessage:
    """A comment carries neither its time nor an address where people can see it: the time is that of the notification."""
    return IncomingMessage(
        channel=CHANNEL, external_id=name, text=words, sender=sender, sender_name=shapes.text(author.get("username")),
        received_at=shapes.moment(entry.get("time")), raw=shapes.raw(value), thread=name,
        scene=Scene.OVERHEARD if own_id and shapes.text(entry.get("id")) != own_id else Scene.ADDRESSED,
    )  # fmt: skip


# sending


def answer(graph: Graph, token: str, message: OutgoingMessage) -> Sent:
    """A public reply below the comment `thread`: at most 300 letters, so what is longer is cut before its last line."""
    return comment(graph, f"{message.thread}/replies", token, shapes.shorten(shapes.clean(message.text), LONGEST_COMMENT))
