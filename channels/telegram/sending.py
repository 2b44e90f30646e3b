"""Words out: a text in parts that Telegram takes, and buttons that send a choice back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from channels.telegram.errors import meaning
from channels.telegram.line import CONNECT
from channels.telegram.reading import storable
from ntbcare.contract import ChannelError, OutgoingMessage, Sent

if TYPE_CHECKING:
    from telegram import Bot, InlineKeyboardMarkup, ReplyKeyboardMarkup

LONGEST_TEXT = 4096  # https://core.telegram.org/bots/api#sendmessage; counted here in UTF-16 units, the strictest reading
LONGEST_DATA = 64  # bytes, https://core.telegram.org/bots/api#inlinekeyboardbutton


def longest_call(timeout: float) -> float:
    """Seconds to the end of one sendMessage: httpx counts from byte to byte, this counts to the end."""
    return timeout + 2 * CONNECT


async def deliver(bot: Bot, message: OutgoingMessage, parts: Sequence[str], timeout: float) -> Sent:
    """One sendMessage per part. Whatever fails after the first part has gone carries perhaps_sent: trying again repeats it."""
    from telegram import LinkPreviewOptions
    from telegram.error import TelegramError

    # No preview: fetching it would open the citizen's tracking page from Telegram's servers.
    quiet, external_id = LinkPreviewOptions(is_disabled=True), ""
    for number, part in enumerate(parts, start=1):
        keyboard = _keyboard(message.choices) if message.choices and number == len(parts) else None
        try:
            async with asyncio.timeout(longest_call(timeout)):
                taken = await bot.send_message(message.to, part, reply_markup=keyboard, link_preview_options=quiet)
        except TelegramError as error:
            if number == 1:
                raise
            raise _after_some(meaning(error, bot.token)) from None
        external_id = f"{taken.chat.id}:{taken.message_id}"
    return Sent(external_id=external_id, final=True)


def _after_some(error: ChannelError) -> ChannelError:
    error.perhaps_sent = True
    return error


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

    pairs = [(storable(label), storable(text)) for label, text in choices]
    if all(len(text.encode()) <= LONGEST_DATA for _, text in pairs):
        return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=text)] for label, text in pairs])
    return ReplyKeyboardMarkup([[KeyboardButton(text)] for _, text in pairs], one_time_keyboard=True, resize_keyboard=True)
