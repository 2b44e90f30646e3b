"""Posts and direct messages of X as our messages; nothing is asked of anybody here."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ntbcare.contract import IncomingMessage, Media, Scene

# What is asked for with each post and each direct message, and nothing more: X charges by what it returns.
# https://docs.x.com/x-api/fundamentals/data-dictionary
POST_FIELDS = [
    "attachments", "author_id", "conversation_id", "created_at", "entities", "geo", "in_reply_to_user_id", "note_tweet", "referenced_tweets",
]  # fmt: skip
DIRECT_FIELDS = ["attachments", "created_at", "dm_conversation_id", "event_type", "id", "sender_id", "text"]
MEDIA_FIELDS = ["preview_image_url", "type", "url", "variants"]
USER_FIELDS = ["name", "protected", "username"]

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
UNSTORABLE = re.compile("[\ud800-\udfff\x00]")  # lone surrogates (JSON may carry them) and NUL fit in no database
HANDLES = re.compile(r"(?:@\w{1,20}\b[\s,:]*)*")
MIMES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "mp4": "video/mp4"}
FAST_ENOUGH = 2_500_000  # bits per second: a film larger than that shows no more of a pothole

Json = dict[str, Any]


def post(data: Json, includes: Json, us: str, *, mentioned: bool) -> IncomingMessage | None:
    """One post → our message; None for our own, for reposts, and for what people of a closed account say to others.

    `mentioned`: it came from the list of our own mentions. A post that names us is ADDRESSED whatever list it came from,
    so it is the same message both times. Raises one of UNREADABLE.
    """
    identity, author = _id(data["id"]), _id(data["author_id"])
    referenced = {each["type"]: str(each["id"]) for each in data.get("referenced_tweets") or []}
    if author == us or "retweeted" in referenced:
        return None
    entities = data.get("entities") or {}
    ours = {_words(each["username"]).lower() for each in entities.get("mentions") or [] if str(each.get("id")) == us}
    answers_us = str(data.get("in_reply_to_user_id")) == us
    addressed = mentioned or answers_us or bool(ours)
    person = _one(includes, "users", "id", author)
    closed = bool(person.get("protected"))
    if closed and not addressed:
        return None
    media = _media(data, includes)
    lat, lon = _point(data)
    return IncomingMessage(
        channel="x",
        external_id=identity,
        text=storable(_said(data, ours, bool(media))),
        sender=author,
        sender_name=storable(_words(person.get("name") or "")),
        received_at=_moment(data),
        lat=lat,
        lon=lon,
        media=media,
        raw=raw(data),
        replies_to=referenced.get("replied_to", "") if answers_us else "",
        scene=Scene.ADDRESSED if addressed else Scene.OVERHEARD,
        thread=identity,
        link="" if closed else f"https://x.com/i/status/{identity}",
    )


def direct(data: Json, includes: Json, us: str) -> IncomingMessage | None:
    """One direct message → ours; None for our own and for groups (what is said there is not said to us alone).

    A conversation of two is named «id-id», a group by one number. https://docs.x.com/x-api/direct-messages/lookup/integrate
    """
    if data["event_type"] != "MessageCreate" or "-" not in data.get("dm_conversation_id", "-"):
        return None
    identity, sender = _id(data["id"]), _id(data["sender_id"])
    if sender == us:
        return None
    text, media = plain(_words(data.get("text") or "")), _media(data, includes)
    if (data.get("attachments") or {}).get("media_keys"):
        text = re.sub(r"\s*https://t\.co/\w+\s*$", "", text)
    return IncomingMessage(
        channel="x",
        external_id=f"dm:{identity}",
        text=storable(text),
        sender=sender,
        sender_name=storable(_words(_one(includes, "users", "id", sender).get("name") or "")),
        received_at=_moment(data),
        media=media,
        raw=raw(data),
    )


def plain(text: str) -> str:
    """X writes three characters as HTML would."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def storable(text: str) -> str:
    """Text that fits in a database."""
    return UNSTORABLE.sub("\ufffd", text)


def raw(data: object) -> str:
    """The provider's own words, kept as they came."""
    return storable(json.dumps(data, ensure_ascii=False))


def _said(data: Json, ours: set[str], pictured: bool) -> str:
    """The whole text (long posts too), without our own name in front and without the links that only stand for its pictures."""
    text = _words((data.get("note_tweet") or data)["text"])
    for holder in (data, data.get("note_tweet") or {}):
        for link in (holder.get("entities") or {}).get("urls") or []:
            stands_for = "" if link.get("media_key") else _words(link.get("expanded_url") or link["url"])
            text = text.replace(_words(link["url"]), stands_for)
    text = plain(text).strip()
    front = HANDLES.match(text)
    assert front is not None  # it matches nothing as well
    names = re.findall(r"@(\w+)", front.group())
    if not ours.intersection(name.lower() for name in names):
        return text
    others = [f"@{name}" for name in names if name.lower() not in ours]
    said = " ".join([*others, text[front.end() :]]).strip()
    return said or ("" if pictured else text)  # only our name: somebody calls us, which is more than silence


def _media(data: Json, includes: Json) -> tuple[Media, ...]:
    keys = (data.get("attachments") or {}).get("media_keys") or []
    found = (_picture(_one(includes, "media", "media_key", str(key))) for key in keys)
    return tuple(dict.fromkeys(each for each in found if each))


def _picture(media: Json) -> Media | None:
    """A photo's address, a film's (the best that is not too heavy), or the still of a film that has none."""
    films = [each for each in media.get("variants") or [] if each.get("content_type") == "video/mp4" and each.get("url")]
    if media.get("type") != "photo" and films:
        rates = sorted(films, key=lambda each: int(each.get("bit_rate") or 0))
        url = [rates[0], *(each for each in rates if int(each.get("bit_rate") or 0) <= FAST_ENOUGH)][-1]["url"]
    else:
        url = media.get("url") or media.get("preview_image_url")
    if not url:
        return None
    return Media(f"url:{storable(_words(url))}", MIMES.get(urlsplit(_words(url)).path.rpartition(".")[2].lower(), ""))


def _point(data: Json) -> tuple[float | None, float | None]:
    """(lat, lon) in degrees; X gives [lon, lat], and seldom: most posts name a place only, or nothing."""
    point = ((data.get("geo") or {}).get("coordinates") or {}).get("coordinates")
    if not point:
        return None, None
    lon, lat = float(point[0]), float(point[1])
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else (None, None)


def _moment(data: Json) -> datetime | None:
    """2026-11-22T03:10:00.000Z; always UTC."""
    if not data.get("created_at"):
        return None
    moment = datetime.fromisoformat(data["created_at"])
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _one(includes: Json, kind: str, key: str, value: str) -> Json:
    """What the answer says once for all its posts; {} when X keeps it to itself (a suspended author)."""
    return next((each for each in includes.get(kind) or [] if each.get(key) == value), {})


def _id(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch("[0-9]{1,20}", value):
        raise TypeError("id")
    return value


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value
