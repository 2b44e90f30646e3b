"""An Update of Telegram → our message. Nothing here calls anybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ntbcare.contract import IncomingMessage, Media, RawRequest, UnknownShape

if TYPE_CHECKING:
    from telegram import CallbackQuery, ChatMemberUpdated, Contact, Message, PhotoSize, Update

# What we read of an Update, as setWebhook's allowed_updates would name it.
READ = ("message", "edited_message", "callback_query", "my_chat_member")
UNSTORABLE = re.compile("[\ud800-\udfff\x00]")  # lone surrogates (JSON may carry them) and NUL fit in no database
E164 = re.compile(r"[1-9][0-9]{6,14}")
# Kinds of files, in the order in which they are told: an animation comes as a document as well, and is named once.
FILES = ("live_photo", "animation", "video", "video_note", "voice", "audio", "document")
# Two kinds carry no type in the Bot API, because Telegram makes them itself: pictures as JPEG, round films as MPEG-4.
PHOTO, ROUND = "image/jpeg", "video/mp4"


def translate(data: dict[str, Any], raw: RawRequest) -> IncomingMessage | None:
    """One Update as JSON; None when it carries nothing for us. https://core.telegram.org/bots/api#update

    Read are private chats: messages, their edits, tapped buttons, and a person blocking the bot. Not read: groups and
    channels, reactions, polls, inline queries, business and guest messages, and everything that only moves or decorates.
    """
    # Imported here and not above: telegram costs 38 MiB and half a second, and a house without a bot should not pay.
    from telegram import Update

    if not any(kind in data for kind in READ):
        if any(kind in data for kind in Update.ALL_TYPES):  # not for us, so whatever it looks like inside
            return None
        unknown = ", ".join(sorted(data.keys() - {"update_id"}))[:100]
        raise UnknownShape(f"an update of an unknown type: {unknown}", external_id=str(data["update_id"]))
    update = Update.de_json(data, None)
    message = update.message or update.edited_message
    if message is not None:
        return _message(message, update, raw)
    if update.callback_query is not None:
        return _tap(update.callback_query, update, raw)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, update, raw)
    raise ValueError("an update of which nothing is left")


def _message(message: Message, update: Update, raw: RawRequest) -> IncomingMessage | None:
    """https://core.telegram.org/bots/api#message; a content no version of the SDK knows yet is UnknownShape, not silence.

    A lone sticker or dice is a courtesy and no message: there is nothing in it to file or to answer. A forwarded message is
    what its sender wants to tell us, so it counts as their words.
    """
    if message.chat.type != "private":
        return None
    edited = update.edited_message is not None
    if edited and message.location:  # a moving live location edits itself every few seconds
        return None
    text, phone = _words(message)
    lat, lon = _point(message)
    media = _media(message)
    if not text and not phone and lat is None and not media:
        if message.api_kwargs:
            known = ", ".join(sorted(message.api_kwargs))[:100]
            raise UnknownShape(f"unknown content: {known}", external_id=str(update.update_id))
        return None
    person, ref = message.from_user, _ref(message.chat.id, message.message_id)
    album = message.media_group_id
    return _incoming(
        update, raw, text, message.chat.id, (person.full_name if person else message.chat.full_name) or "",
        received_at=message.edit_date if edited else message.date, lat=lat, lon=lon, media=media, phone=phone,
        ref=ref, edits=ref if edited else "", replies_to=_answered(message), group=f"{message.chat.id}:{storable(_text(album))}" if album else "",
        automatic=bool(person and person.is_bot),
    )  # fmt: skip


def _tap(tap: CallbackQuery, update: Update, raw: RawRequest) -> IncomingMessage | None:
    """A tapped button says the text of its choice and answers the message below which it hung, however old that is."""
    under = tap.message
    if tap.data is None or (under is not None and under.chat.type != "private"):
        return None
    chat = under.chat.id if under else tap.from_user.id
    replies_to = _ref(under.chat.id, under.message_id) if under else ""
    return _incoming(update, raw, _text(tap.data), chat, tap.from_user.full_name, replies_to=replies_to)


def _membership(change: ChatMemberUpdated, update: Update, raw: RawRequest) -> IncomingMessage | None:
    """Blocking the bot is how people say STOP here, so it becomes that word, marked as said by a machine: nobody can be answered.

    Unblocking says nothing: who wants us again writes. https://core.telegram.org/bots/api#chatmemberupdated
    """
    if change.chat.type != "private" or change.new_chat_member.status != "kicked":
        return None
    return _incoming(update, raw, "STOP", change.chat.id, change.from_user.full_name, received_at=change.date, automatic=True)


def _incoming(update: Update, raw: RawRequest, text: str, chat_id: int, name: str, **rest: Any) -> IncomingMessage:
    if type(chat_id) is not int:
        raise TypeError("chat id")
    words = raw.body.decode("utf-8", "replace").replace("\x00", "")
    return IncomingMessage(
        channel="telegram", external_id=str(update.update_id), text=storable(text), sender=str(chat_id), sender_name=storable(name),
        raw=words, **rest,
    )  # fmt: skip


def _ref(chat_id: int, message_id: int) -> str:
    """A message's name: its number counts within one chat only."""
    if type(chat_id) is not int or type(message_id) is not int:
        raise TypeError("message id")
    return f"{chat_id}:{message_id}"


def _answered(message: Message) -> str:
    """Our message to which this one replies; in a private chat the only bot is us. Quotes from other chats are nobody's."""
    earlier = message.reply_to_message
    ours = earlier is not None and earlier.from_user is not None and earlier.from_user.is_bot
    return _ref(message.chat.id, earlier.message_id) if earlier is not None and ours else ""


def _words(message: Message) -> tuple[str, str]:
    """(text, phone): what was written, else the name of a place or of a person; the sender's own card is a phone number instead."""
    text = _text(message.text or message.caption or "")
    if message.venue and not text:
        text = ", ".join(filter(None, (_text(message.venue.title), _text(message.venue.address))))
    if message.contact is None:
        return text, ""
    own = message.from_user is not None and message.contact.user_id == message.from_user.id
    phone = _e164(message.contact) if own else ""
    return (text, phone) if phone else (text or _card(message.contact), "")


def _e164(contact: Contact) -> str:
    """Telegram writes numbers with or without the plus, and always with the country."""
    digits = re.sub(r"[^0-9]", "", _text(contact.phone_number))
    return f"+{digits}" if E164.fullmatch(digits) else ""


def _card(contact: Contact) -> str:
    name = " ".join(filter(None, (_text(contact.first_name), _text(contact.last_name or ""))))
    return f"Kontak: {', '.join(filter(None, (name, _e164(contact) or contact.phone_number)))}"


def _media(message: Message) -> tuple[Media, ...]:
    """Photos in the largest of their sizes, then every other kind of file; each file once."""
    found: dict[str, Media] = {}
    if message.photo:
        largest: PhotoSize = max(message.photo, key=lambda size: (size.width * size.height, size.file_size or 0))
        found[largest.file_id] = _named(largest, PHOTO)
    for kind in FILES:
        file = getattr(message, kind)
        if file is not None:
            found.setdefault(file.file_id, _named(file, ROUND if kind == "video_note" else ""))
    return tuple(found.values())


def _named(file: Any, mime: str) -> Media:
    """file_id, and what the sender's telephone claims: type, size in bytes, name. https://core.telegram.org/bots/api#document"""
    size = file.file_size
    return Media(
        ref=storable(_text(file.file_id)),
        mime=storable(_text(getattr(file, "mime_type", None) or mime)),
        size=size if type(size) is int and 0 <= size < 2**53 else None,
        name=storable(_text(getattr(file, "file_name", None) or "")),
    )


def _point(message: Message) -> tuple[float | None, float | None]:
    """(lat, lon) in degrees, WGS 84; ValueError when it lies outside the world."""
    place = message.location or (message.venue.location if message.venue else None)
    if place is None:
        return None, None
    lat, lon = float(place.latitude), float(place.longitude)
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError("location")
    return lat, lon


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def storable(text: str) -> str:
    """Text with a replacement character for every NUL and lone surrogate."""
    return UNSTORABLE.sub("\ufffd", text)
