"""Mentions on Instagram: @us in a comment or caption below somebody else's picture. The webhook names ids, the words are asked for.

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login/mentions
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/mentioned_comment
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/mentions
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from channels.social.meta import shapes
from channels.social.meta.errors import Gone
from channels.social.meta.graph import Graph
from channels.social.meta.page import comment
from ntbcare.contract import ChannelError, IncomingMessage, OutgoingMessage, Refused, Scene, Sent, UnknownShape

CHANNEL = "instagram"
LONGEST = 300  # letters, as of every comment
# mention:{media}:{comment, "" for a caption}[:{the account that was mentioned, when it is not ours}]. It is pasted into a
# list of fields, so an id is nothing but letters and digits.
_NAME = re.compile(r"mention:([A-Za-z0-9_-]{1,80}):([A-Za-z0-9_-]{0,80})(?::([A-Za-z0-9_-]{1,80}))?")
# (what is asked for, with where people can see it; the same without, should that field be refused to us)
_OF_COMMENT = ("id,text,timestamp,username,media{permalink}", "id,text,timestamp,username")
_OF_MEDIA = ("id,caption,timestamp,username,permalink", "id,caption,timestamp,username")


def name(media_id: str, comment_id: str, account: str) -> str:
    """What a mention is called between us and the house: its ref and its thread. Raises ValueError for ids that are none."""
    found = f"mention:{media_id}:{comment_id}" + (f":{account}" if account else "")
    if not is_one(found):
        raise ValueError("id")
    return found


def is_one(thread: str) -> bool:
    """Is this the name of a mention?"""
    return _NAME.fullmatch(thread) is not None


def look(graph: Graph, own_id: str, ref: str) -> IncomingMessage | None:
    """GET the comment or caption; None when it is gone. Its author has a name here and no id: "@name".

    Raises ChannelError; UnknownShape for an answer without words; Refused, as when comments were turned off there.
    """
    media_id, comment_id, account = _parts(ref, own_id)
    edge, asked = ("mentioned_comment", f"comment_id({comment_id})") if comment_id else ("mentioned_media", f"media_id({media_id})")
    try:
        answered = _ask(graph, account, f"{edge}.{asked}", _OF_COMMENT if comment_id else _OF_MEDIA)
    except Gone:
        graph.get(account, fields="id")  # the same error speaks of an account that is not ours: then this raises, and nothing is lost
        return None
    if "id" not in answered:
        raise ChannelError("Meta answered without naming our account")  # whoever said this is not Meta
    if answered.get(edge) is None:
        return None
    try:
        return _said(answered[edge], ref, comment_id or media_id, overheard=bool(own_id) and account != own_id)
    except shapes.UNREADABLE as error:
        raise UnknownShape(f"unreadable mention: {type(error).__name__}") from None


def answer(graph: Graph, own_id: str, message: OutgoingMessage) -> Sent:
    """A public comment below the mention `thread`, by the account that was mentioned."""
    media_id, comment_id, account = _parts(message.thread, own_id)
    where = {"media_id": media_id, **({"comment_id": comment_id} if comment_id else {})}
    return comment(graph, f"{account}/mentions", "", shapes.shorten(shapes.clean(message.text), LONGEST), **where)


def _parts(ref: str, own_id: str) -> tuple[str, str, str]:
    found = _NAME.fullmatch(ref)
    if found is None:
        raise Refused("not a mention on Instagram")
    media_id, comment_id, account = found[1], found[2], found[3] or own_id
    if not account:
        raise ChannelError("our Meta configuration: no id for this channel", permanent=False, code="403")
    return media_id, comment_id, account


def _ask(graph: Graph, account: str, what: str, fields: tuple[str, str]) -> dict[str, Any]:
    """Whether an address is told beside the words differs; the words matter more."""
    try:
        return graph.ask(account, fields=f"{what}{{{fields[0]}}}")
    except Gone:
        raise
    except Refused as refused:
        if refused.code != "100":  # invalid parameter: what Meta says of a field that it does not have
            raise
        return graph.ask(account, fields=f"{what}{{{fields[1]}}}")


def _said(told: Mapping[str, Any], ref: str, external_id: str, *, overheard: bool) -> IncomingMessage:
    words, author = shapes.text(told.get("text") or told.get("caption")), shapes.text(told.get("username"))
    if not words:
        raise UnknownShape("a mention without words", external_id=external_id)
    link = shapes.text((told.get("media") or {}).get("permalink") or told.get("permalink"))
    return IncomingMessage(
        channel=CHANNEL, external_id=external_id, text=words, sender=f"@{author}" if author else "", sender_name=author,
        received_at=shapes.iso_moment(told.get("timestamp")), raw=shapes.raw(told), thread=ref,
        scene=Scene.OVERHEARD if overheard else Scene.ADDRESSED, link=link if link.startswith("https://") else "",
    )  # fmt: skip
