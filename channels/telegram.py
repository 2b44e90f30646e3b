"""Telegram: updates come in by webhook, messages leave by the Bot API; no conversation is kept here."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import os
import re
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ntbcare.contract import (
    Answer,
    BadSignature,
    ChannelError,
    DeliveryReceipt,
    Hook,
    IncomingMessage,
    OptedOut,
    OutgoingMessage,
    RawRequest,
    Refused,
    Sent,
    Throttled,
    UnknownShape,
)

if TYPE_CHECKING:
    from telegram import Bot, InlineKeyboardMarkup, Message, ReplyKeyboardMarkup, Update
    from telegram.error import TelegramError

HOOK = Hook("telegram")
SECRET_HEADER = "x-telegram-bot-api-secret-token"
LONGEST_TEXT = 4096  # https://core.telegram.org/bots/api#sendmessage; counted here in UTF-16 units, the strictest reading
LONGEST_DATA = 64  # bytes, https://core.telegram.org/bots/api#inlinekeyboardbutton
FILES = ("document", "video", "voice", "audio", "video_note", "animation")
UNSTORABLE = re.compile("[\ud800-\udfff\x00]")  # lone surrogates (JSON may carry them) and NUL fit in no database
INHERITED: list[object] = []  # a parent's loops, kept in a forked child: dropping one would unplug it in the parent as well
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, OSError)


class Telegram:
    """Channel «telegram». `secret` is setWebhook's secret_token; `api_url` replaces https://api.telegram.org.

    `timeout` is the longest wait in seconds for one answer of Telegram. Only private chats are read: what we answer
    (ticket, PIN) must not be shown to a group. https://core.telegram.org/bots/api
    """

    name = "telegram"

    def __init__(self, token: str, secret: str, api_url: str = "", *, timeout: float = 10.0) -> None:
        self._token = token
        self._secret = secret
        self._base_url = f"{api_url.rstrip('/') or 'https://api.telegram.org'}/bot"
        self._timeout = timeout
        self._lock = threading.Lock()
        self._runner: asyncio.Runner | None = None
        self._bot: Bot | None = None
        self._pid = 0

    def hooks(self) -> Iterable[Hook]:
        return (HOOK,)

    def read(self, raw: RawRequest) -> list[IncomingMessage | DeliveryReceipt]:
        """One Update → one message, or [] when it carries no words of a person for us (reactions, groups, blocking …).

        external_id is the update_id (a resend keeps it); sender is the chat id; media are Telegram file ids. An edit
        is a message of its own. Raises BadSignature, or UnknownShape for an update or a content we do not know.
        """
        given = raw.headers.get(SECRET_HEADER, "")
        if not self._secret or not hmac.compare_digest(given.encode("utf-8", "backslashreplace"), self._secret.encode()):
            raise BadSignature("the secret token is missing or wrong")
        try:
            data = json.loads(raw.body)
        except (ValueError, RecursionError):
            raise UnknownShape("not JSON") from None
        update_id = data.get("update_id") if isinstance(data, dict) else None
        if type(update_id) is not int or not 0 <= update_id < 2**63:
            raise UnknownShape("no update_id")
        try:
            found = _translate(_update(data), raw)
        except UNREADABLE as error:
            raise UnknownShape(f"unreadable update: {type(error).__name__}", external_id=str(update_id)) from None
        return [found] if found else []

    def answer(self, raw: RawRequest) -> Answer:
        """Empty, except for a tapped button: the reply itself may carry one call, and this one stops the button's spinner.

        https://core.telegram.org/bots/api#making-requests-when-getting-updates
        """
        try:
            tapped = json.loads(raw.body)["callback_query"]["id"]
        except (*UNREADABLE, RecursionError):
            return Answer()
        if not isinstance(tapped, str):
            return Answer()
        call = {"method": "answerCallbackQuery", "callback_query_id": tapped}
        return Answer(json.dumps(call), content_type="application/json")

    def send(self, message: OutgoingMessage) -> Sent:
        """sendMessage to the chat `message.to`; long texts leave in parts, the choices under the last one.

        external_id is the last part's message_id. Telegram knows no idempotency key and sends no receipts: a failure
        between two parts, or a time-out, may double what has gone already. Reasons carry no chat id and no token.
        """
        with self._lock:
            runner, bot = self._line()
            from telegram.error import TelegramError

            try:
                return runner.run(self._deliver(bot, message))
            except TelegramError as error:
                raise self._meaning(error) from None
            except TimeoutError:
                raise ChannelError("Telegram did not answer in time", perhaps_sent=True) from None
            except BaseException:  # a job's time-out struck inside the loop: a half-done call must not wake up in the next one
                self._hang_up()
                raise

    def close(self) -> None:
        """Ends the connection and the event loop of this process; send() would open new ones."""
        with self._lock:
            self._hang_up()

    # sending

    def _line(self) -> tuple[asyncio.Runner, Bot]:
        """One event loop and one Bot per process (a Bot cannot move between loops, nor both across a fork); no getMe."""
        if self._runner is not None and self._pid != os.getpid():
            INHERITED.append((self._runner, self._bot))
            self._runner = None
        if self._runner is None or self._bot is None:
            _vendor()
            from telegram import Bot
            from telegram.request import HTTPXRequest

            request = HTTPXRequest(
                connection_pool_size=2, connect_timeout=5.0, read_timeout=self._timeout, write_timeout=5.0, pool_timeout=1.0
            )
            self._bot = Bot(self._token, base_url=self._base_url, request=request, get_updates_request=request)
            self._runner, self._pid = asyncio.Runner(), os.getpid()
        return self._runner, self._bot

    def _hang_up(self) -> None:
        if self._runner is None or self._bot is None or self._pid != os.getpid():
            return
        runner, bot, self._runner, self._bot = self._runner, self._bot, None, None
        for task in asyncio.all_tasks(runner.get_loop()):
            task.cancel()
        with runner, contextlib.suppress(Exception):  # the line is given up, however its end goes
            runner.run(asyncio.wait_for(bot.request.shutdown(), 2.0))

    async def _deliver(self, bot: Bot, message: OutgoingMessage) -> Sent:
        from telegram import LinkPreviewOptions

        # No preview: fetching it would open the citizen's tracking page from Telegram's servers.
        quiet, parts = LinkPreviewOptions(is_disabled=True), split(_storable(message.text))
        last = None
        for number, part in enumerate(parts, start=1):
            keyboard = _keyboard(message.choices) if message.choices and number == len(parts) else None
            call = bot.send_message(message.to, part, reply_markup=keyboard, link_preview_options=quiet)
            last = await asyncio.wait_for(call, self._timeout + 10.0)  # httpx counts between bytes; this counts to the end
        return Sent(external_id=str(last.message_id) if last else "", final=True)

    def _meaning(self, error: TelegramError) -> ChannelError:
        """An error of the Bot API → what the house must decide: again, never, or tell a human."""
        from telegram import error as kinds

        reason = error.message.replace(self._token, "…")[:300]
        if isinstance(error, kinds.RetryAfter):
            after = error.retry_after
            return Throttled("flood control", after=after.total_seconds() if isinstance(after, timedelta) else float(after), code="429")
        if isinstance(error, kinds.Forbidden):
            return OptedOut(reason, code="403")
        if isinstance(error, kinds.BadRequest | kinds.ChatMigrated):
            return Refused(reason, code="400")
        if isinstance(error, kinds.InvalidToken):
            return ChannelError(f"our Telegram configuration: token not accepted ({reason})", permanent=False, code="401")
        return ChannelError(reason, perhaps_sent=_may_have_gone(error))


def _may_have_gone(error: TelegramError) -> bool:
    """The line broke or fell silent after it was open: Telegram may have taken the message."""
    import httpx

    unopened = httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout
    return isinstance(error.__cause__, httpx.HTTPError) and not isinstance(error.__cause__, unopened)


def split(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """Text → parts of at most `longest` UTF-16 units, cut at a line or a space in the second half, else between characters."""
    parts: list[str] = []
    rest = text
    while len(room := rest.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")) < len(rest):
        half = len(room) // 2
        cut = next((at for mark in ("\n", " ") if (at := room.rfind(mark)) > half), len(room))
        parts.append(rest[:cut])
        rest = rest[cut:]
    if not parts:
        return [text]
    return [part for part in (found.strip() for found in (*parts, rest)) if part] or [text[:1]]


def _keyboard(choices: Iterable[tuple[str, str]]) -> InlineKeyboardMarkup | ReplyKeyboardMarkup:
    """Buttons whose tap sends the choice's text back; texts too long for callback_data become a reply keyboard of themselves."""
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

    pairs = [(_storable(label), _storable(text)) for label, text in choices]
    if all(len(text.encode()) <= LONGEST_DATA for _, text in pairs):
        return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=text)] for label, text in pairs])
    return ReplyKeyboardMarkup([[KeyboardButton(text)] for _, text in pairs], one_time_keyboard=True, resize_keyboard=True)


# reading


def _vendor() -> None:
    """What python-telegram-bot needs to know once: durations as timedelta, and silence, for httpx logs the token's URL."""
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _update(data: dict[str, Any]) -> Update:
    # Imported here and not above: telegram costs 38 MiB and half a second, and a house without a bot should not pay.
    from telegram import Update

    return Update.de_json(data, None)


def _translate(update: Update, raw: RawRequest) -> IncomingMessage | None:
    """An Update → our message; None when it carries no words for us. https://core.telegram.org/bots/api#update"""
    message = update.message or update.edited_message
    if message is not None:
        moment = message.edit_date if update.edited_message else message.date
        live = bool(update.edited_message and message.location)  # a moving live location edits itself every few seconds
        return None if live else _from_message(message, str(update.update_id), moment, raw)
    tap = update.callback_query
    if tap is not None:
        chat = tap.message.chat if tap.message else None
        if tap.data is None or (chat is not None and chat.type != "private"):
            return None
        return _incoming(update.update_id, _text(tap.data), chat.id if chat else tap.from_user.id, tap.from_user.full_name, raw)
    if any(getattr(update, kind, None) is not None for kind in update.ALL_TYPES):
        return None
    raise UnknownShape(f"an update of an unknown type: {', '.join(sorted(update.api_kwargs))[:100]}", external_id=str(update.update_id))


def _from_message(message: Message, update_id: str, moment: datetime | None, raw: RawRequest) -> IncomingMessage | None:
    """https://core.telegram.org/bots/api#message; a content no version of the SDK knows yet is UnknownShape, not silence."""
    if message.chat.type != "private":
        return None
    text = _text(message.text or message.caption or "")
    if message.venue and not text:
        text = _text(f"{message.venue.title}, {message.venue.address}")
    lat, lon = _point(message)
    files = [*message.photo[-1:], *(found for kind in FILES if (found := getattr(message, kind)))]
    media = tuple(dict.fromkeys(_text(file.file_id) for file in files))  # an animation is a document as well
    if not text and lat is None and not media:
        if message.api_kwargs:
            raise UnknownShape(f"unknown content: {', '.join(sorted(message.api_kwargs))[:100]}", external_id=update_id)
        return None
    name = (message.from_user.full_name if message.from_user else message.chat.full_name) or ""
    return _incoming(int(update_id), text, message.chat.id, name, raw, received_at=moment, lat=lat, lon=lon, media=media)


def _incoming(update_id: int, text: str, chat_id: int, name: str, raw: RawRequest, **rest: Any) -> IncomingMessage:
    if type(chat_id) is not int:
        raise TypeError("chat id")
    words = raw.body.decode("utf-8", "replace").replace("\x00", "")
    return IncomingMessage(
        channel="telegram", external_id=str(update_id), text=_storable(text), sender=str(chat_id), sender_name=_storable(name),
        raw=words, **rest,
    )  # fmt: skip


def _point(message: Message) -> tuple[float | None, float | None]:
    """(lat, lon) in degrees, WGS 84; ValueError when it lies outside the world."""
    if message.location is None:
        return None, None
    lat, lon = float(message.location.latitude), float(message.location.longitude)
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError("location")
    return lat, lon


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _storable(text: str) -> str:
    return UNSTORABLE.sub("\ufffd", text)
