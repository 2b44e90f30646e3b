"""For `doctor`: whether the bot is alive and Telegram knows where our webhook is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from channels.telegram.errors import without_secrets
from channels.telegram.reading import READ, storable
from ntbcare.contract import ChannelError

if TYPE_CHECKING:
    from telegram import Bot


async def look(bot: Bot, token: str) -> str:
    """getMe, getWebhookInfo → one line. Telegram keeps the last error for ever, so it is told with its time and is no fault.

    https://core.telegram.org/bots/api#webhookinfo
    """
    me = await bot.get_me()
    hook = await bot.get_webhook_info()
    if not hook.url:
        raise ChannelError(f"@{me.username}: no webhook is set, so nothing comes in")
    address = urlsplit(hook.url)
    where = f"{address.scheme}://{address.hostname or ''}{address.path}"
    if address.scheme != "https":
        raise ChannelError(without_secrets(f"@{me.username}: the webhook is not an https address", token))
    said = [f"@{me.username}", f"webhook {where}", f"{hook.pending_update_count} updates wait"]
    # A webhook set without a list of its own gets all of these. https://core.telegram.org/bots/api#setwebhook
    missing = [kind for kind in READ if hook.allowed_updates and kind not in hook.allowed_updates]
    if missing:
        said.append(f"not asked for: {', '.join(missing)}")
    if hook.last_error_message:
        moment = hook.last_error_date
        when = f" at {moment.isoformat()}" if isinstance(moment, datetime) else ""
        said.append(f"last error{when}: {without_secrets(hook.last_error_message, token)}")
    return storable("; ".join(said).replace(token, "…"))
