"""Facebook pages: comments, visitors' posts and mentions in, public answers out.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page
https://developers.facebook.com/docs/graph-api/reference/object/comments
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from channels.social.meta import shapes
from channels.social.meta.graph import Graph
from ntbcare.contract import ChannelError, IncomingMessage, Media, OutgoingMessage, Refused, Scene, Sent, UnknownShape

CHANNEL = "facebook"
# What carries somebody's words; a visitor's post comes as the kind of its attachment. Likes, reactions, events … say nothing.
SAYING = {"comment", "post", "status", "photo", "video", "share", "link", "note"}
EDITED = {"edited", "edit"}
LONGEST_COMMENT = 8000  # letters


# reading


def read(entry: Mapping[str, Any], page_id: str, graph: Graph, harvest: shapes.Harvest) -> None:
    """The public part of one entry of object page: fields feed and mention.

    entry.id is our page, or one that we watch (its administrators connected our app to it): overheard.
    """
    for change in harvest.rows(entry.get("changes")):
        if change.get("field") in ("feed", "mention"):
            harvest.take(_change, change.get("value"), change["field"], shapes.text(entry.get("id")), page_id, graph)


def _change(value: Mapping[str, Any], field: str, entry_id: str, page_id: str, graph: Graph) -> IncomingMessage | None:
    item, verb = shapes.text(value.get("item")), shapes.text(value.get("verb"))
    if item not in SAYING or not (verb == "add" or verb in EDITED):  # hidden, removed, merged: what was heard stays heard
        return None
    author = value.get("from") or {"id": value.get("sender_id"), "name": value.get("sender_name")}
    sender = shapes.text(author.get("id"))
    if sender and sender in (entry_id, page_id):  # the page's own words, our answers among them
        return None
    name = shapes.name_of(value.get("comment_id") or value["post_id"])
    words, media = _content(value, graph)
    if not words and not media:
        if field == "mention":  # Meta leaves the words out of some mentions: a person must look
            raise UnknownShape("a mention without words", external_id=name)
        return None  # a sticker
    external_id, edits = name, ""
    if verb in EDITED:  # created_time may be that of the first version, so the words tell two edits apart
        digest = hashlib.sha256(words.encode()).hexdigest()[:8]
        external_id, edits = f"{name}:{shapes.text(value.get('created_time'))}:{digest}", name
    link = shapes.text(value.get("permalink_url"))
    return IncomingMessage(
        channel=CHANNEL, external_id=external_id, text=words, sender=sender, sender_name=shapes.text(author.get("name")),
        received_at=shapes.moment(value.get("created_time")), media=media, raw=shapes.raw(value), edits=edits,
        scene=Scene.OVERHEARD if page_id and entry_id != page_id else Scene.ADDRESSED, thread=name,
        link=link if link.startswith("https://") else f"https://www.facebook.com/{name}",
    )  # fmt: skip


def _content(value: Mapping[str, Any], graph: Graph) -> tuple[str, tuple[Media, ...]]:
    """(words, files): a picture lies at Meta's file hosts; a link to anywhere else is part of the words."""
    words = shapes.text(value.get("message"))
    urls = [shapes.text(url) for url in (value.get("photo"), *(value.get("photos") or ()), value.get("video"), value.get("link")) if url]
    files = []
    for url in dict.fromkeys(urls):
        if graph.is_file_address(url) and "//www.facebook.com/" not in url:
            files.append(Media(f"url:{url}"))
        elif url not in words:
            words = f"{words}\n{url}".strip()
    return words, tuple(files)


# sending


def answer(graph: Graph, token: str, message: OutgoingMessage) -> Sent:
    """A public comment below `thread` (a comment or a post), in one piece. Nothing later is heard of it."""
    return comment(graph, f"{message.thread}/comments", token, shapes.shorten(shapes.clean(message.text), LONGEST_COMMENT))


def comment(graph: Graph, path: str, token: str, words: str, **where: str) -> Sent:
    """POST words below a post or comment → its id. `where`: what they hang below, when the path does not say it."""
    if not words:
        raise Refused("no words")
    try:
        return Sent(shapes.name_of(graph.post(path, {**where, "message": words}, ours=False, token=token)["id"]), final=True)
    except shapes.UNREADABLE:
        raise ChannelError("Meta answered without a comment id", perhaps_sent=True) from None
