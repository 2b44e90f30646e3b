"""Which road is open: settings in, our channels out; nothing half-configured goes into service."""

from __future__ import annotations

import re
from typing import Protocol

from channels.console import Console
from channels.web import Web
from ntbcare.contract import Channel


class StreetSettings(Protocol):
    """What the switchboard needs of config.Settings; "" means not set."""

    @property
    def public_url(self) -> str: ...
    @property
    def twilio_account_sid(self) -> str: ...
    @property
    def twilio_auth_token(self) -> str: ...
    @property
    def twilio_from(self) -> str: ...
    @property
    def twilio_api_url(self) -> str: ...
    @property
    def telegram_token(self) -> str: ...
    @property
    def telegram_secret(self) -> str: ...
    @property
    def telegram_api_url(self) -> str: ...


# provider → (settings that must stand together, settings that may be added). PUBLIC_URL is every provider's and no provider's.
PROVIDERS = {
    "Twilio": (("twilio_account_sid", "twilio_auth_token", "twilio_from"), ("twilio_api_url",)),
    "Telegram": (("telegram_token", "telegram_secret"), ("telegram_api_url",)),
}
# setting → (what it must look like, in words). The value itself is never shown.
SHAPES = {
    "twilio_account_sid": (r"AC[0-9a-fA-F]{32}", "must be an account SID: AC and 32 hexadecimal digits"),
    "twilio_from": (
        r"\+[1-9][0-9]{6,14}|MG[0-9a-fA-F]{32}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +&_-]{1,11}",
        "must be a number in E.164, a short code, a messaging service SID (MG…) or a sender name of at most 11 letters",
    ),
    "twilio_api_url": (r"https?://[^\s/]+\S*", "must begin with http:// or https://"),
    "telegram_token": (r"[0-9]+:[A-Za-z0-9_-]+", "must be a bot token: digits, a colon, letters"),
    "telegram_secret": (r"[A-Za-z0-9_-]{1,256}", "must be 1 to 256 of A-Z a-z 0-9 _ -"),
    "telegram_api_url": (r"https?://[^\s/]+\S*", "must begin with http:// or https://"),
}


def build(settings: StreetSettings, *, development: bool, outbox: str | None) -> dict[str, Channel]:
    """Our channel name → channel. Complete settings → the provider itself, in development as well.

    In development the rest is a console; where the secret is known it still reads signed webhooks. In production a
    channel that is not complete is absent: its hook answers 404. `outbox` is the console's file, None for none.
    """
    channels: dict[str, Channel] = {"web": Web()}
    for name, (real, reader) in {"sms": _sms(settings), "telegram": _telegram(settings)}.items():
        if real:
            channels[name] = real
        elif development:
            channels[name] = Console(name, reader, show=True, outbox=outbox)
    return channels


def problems(settings: StreetSettings) -> list[str]:
    """Every fault of the providers' settings at once, by environment name, for a start in production; [] when sound."""
    found = []
    for provider, (together, extra) in PROVIDERS.items():
        present = [name for name in (*together, *extra) if getattr(settings, name)]
        if not present:
            continue
        needed = (*together, "public_url")
        for name in needed:
            if not getattr(settings, name):
                every = ", ".join(each.upper() for each in needed)
                found.append(f"{name.upper()} is not set, but {present[0].upper()} is: {provider} needs {every}")
        for name in present:
            shape, words = SHAPES.get(name, (".+", ""))
            if not re.fullmatch(shape, getattr(settings, name)):
                found.append(f"{name.upper()} {words}")
    return found


def _sms(settings: StreetSettings) -> tuple[Channel | None, Channel | None]:
    """(the whole channel or None, its reading half or None)."""
    if not settings.twilio_auth_token:
        return None, None
    from channels.sms.twilio import Twilio

    channel = Twilio(
        settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_from, settings.public_url, settings.twilio_api_url
    )
    complete = settings.twilio_account_sid and settings.twilio_from and settings.public_url
    return (channel if complete else None), channel


def _telegram(settings: StreetSettings) -> tuple[Channel | None, Channel | None]:
    """(the whole channel or None, its reading half or None)."""
    if not settings.telegram_secret:
        return None, None
    from channels.telegram import Telegram

    channel = Telegram(settings.telegram_token, settings.telegram_secret, settings.telegram_api_url)
    return (channel if settings.telegram_token else None), channel
