"""Telegram: updates come in by webhook, messages leave by the Bot API; no conversation is kept here."""

from channels.telegram.bot import Telegram

__all__ = ["Telegram"]
