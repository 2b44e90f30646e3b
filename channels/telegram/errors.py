"""Errors of the Bot API and of the line, in the words of the contract: again, never, or tell a human."""

from __future__ import annotations

import concurrent.futures
import contextlib
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from ntbcare.contract import ChannelError, OptedOut, Refused, Throttled

if TYPE_CHECKING:
    from telegram.error import TelegramError

# Descriptions of 403. The Bot API promises none of them, so what is not here is taken as a fault of ours, never as a person's will.
GONE = ("bot was blocked by the user", "user is deactivated")
CLOSED_TO_US = ("can't initiate conversation", "can't send messages to bots")
PROXY_LOST_IT = re.compile(r"\b50[24]\b|Bad Gateway|Gateway Time-?out|Invalid server response", re.IGNORECASE)
PRIVATE = re.compile(r"\d{5,}|https?://\S+")  # chat ids, and addresses that hold the token


@contextlib.contextmanager
def translated(token: str) -> Iterator[None]:
    """Whatever the SDK, the line or the clock raise inside becomes a ChannelError without chat id and token."""
    from telegram.error import TelegramError

    try:
        yield
    except TelegramError as error:
        raise meaning(error, token) from None
    except TimeoutError:
        raise ChannelError("Telegram did not answer in time", perhaps_sent=True) from None
    except concurrent.futures.CancelledError:
        raise ChannelError("the line was closed in the middle of the call", perhaps_sent=True) from None
    except (LookupError, TypeError, ValueError, AttributeError) as error:  # JSON, but not the answer that was promised
        raise ChannelError(f"an answer we cannot read: {type(error).__name__}", perhaps_sent=True) from None


def meaning(error: TelegramError, token: str = "") -> ChannelError:
    """One error of the SDK → what the house must decide. https://core.telegram.org/bots/api#making-requests"""
    from telegram import error as kinds

    reason = without_secrets(error.message, token)
    if isinstance(error, kinds.RetryAfter):
        after = error.retry_after
        return Throttled("flood control", after=after.total_seconds() if isinstance(after, timedelta) else float(after), code="429")
    if isinstance(error, kinds.Forbidden):
        if any(words in error.message for words in GONE):
            return OptedOut(reason, code="403")
        if any(words in error.message for words in CLOSED_TO_US):
            return Refused(reason, code="403")
        return ChannelError(f"our bot may not do that ({reason})", code="403")
    if isinstance(error, kinds.ChatMigrated):
        return Refused("the chat has moved to another id", code="400")  # the SDK's words hold that id
    if isinstance(error, kinds.BadRequest):
        return Refused(reason, code="400")
    if isinstance(error, kinds.InvalidToken):
        return ChannelError(f"our Telegram configuration: token not accepted ({reason})", permanent=False, code="401")
    return ChannelError(reason, perhaps_sent=_may_have_gone(error))


def unopened(error: BaseException | None) -> bool:
    """No connection was ever open, so nothing can have gone over it."""
    import httpx

    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError | httpx.UnsupportedProtocol)


def _may_have_gone(error: TelegramError) -> bool:
    """The line broke or fell silent after it was open, or a machine in between lost the answer: Telegram may have taken it."""
    import httpx

    if isinstance(error.__cause__, httpx.HTTPError):
        return not unopened(error.__cause__)
    return PROXY_LOST_IT.search(error.message) is not None


def without_secrets(message: str, token: str) -> str:
    """Words of Telegram without the token, without ids, and without the page that some proxy sent instead of an answer."""
    said = message.partition(". Parsing the server response")[0]
    if token:
        said = said.replace(token, "…")
    return PRIVATE.sub("…", said)[:300]
