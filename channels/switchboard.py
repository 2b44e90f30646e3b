"""Which road is open: settings in, our channels out; nothing half-configured goes into service."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from channels.console import Console
from channels.web import Web
from ntbcare.contract import Channel

Settings = Any  # an object with one str attribute per name below ("" = not set): config.Settings


def _twilio(given: Settings) -> Channel:
    from channels.sms.twilio import Twilio

    return Twilio(given.twilio_account_sid, given.twilio_auth_token, given.twilio_from, given.public_url, given.twilio_api_url)


def _kannel(given: Settings) -> Channel:
    from channels.sms.kannel import Kannel

    return Kannel(given.kannel_url, given.kannel_user, given.kannel_password, given.kannel_secret, given.kannel_from, given.public_url)


def _gammu(given: Settings) -> Channel:
    from channels.sms.gammu import Gammu

    return Gammu(given.gammu_database_url)


def _telegram(given: Settings) -> Channel:
    from channels.telegram import Telegram

    return Telegram(given.telegram_token, given.telegram_secret, given.telegram_api_url)


def _meta(given: Settings) -> Channel:
    from channels.social.meta.door import Meta

    return Meta(
        given.meta_app_secret, given.meta_verify_token, given.meta_token, given.meta_api_url, page_id=given.meta_page_id,
        instagram_id=given.instagram_id, whatsapp_number_id=given.whatsapp_number_id, whatsapp_template=given.whatsapp_template,
    )  # fmt: skip


def _x(given: Settings) -> Channel:
    from channels.social.x import X

    watched = tuple(name for name in re.split(r"[\s,]+", given.x_watched) if name)
    return X(
        given.x_api_key, given.x_api_secret, given.x_access_token, given.x_access_secret, given.x_user_id, watched, given.x_api_url
    )  # fmt: skip


def _mail(given: Settings) -> Channel:
    from channels.mail import Mail

    return Mail(given.email_address, given.imap_url, given.smtp_url, authserv_id=given.email_authserv_id)


@dataclass(frozen=True, slots=True)
class Provider:
    """One line per provider: the settings that must stand together, those that may be added, those that suffice for reading."""

    name: str
    gateway: str
    carries: tuple[str, ...]
    make: Callable[[Settings], Channel]
    together: tuple[str, ...]
    extra: tuple[str, ...] = ()
    reads_with: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()  # at least one of these as well
    needs_public_url: bool = True


PROVIDERS = (
    Provider("Twilio", "twilio", ("sms",), _twilio, ("twilio_account_sid", "twilio_auth_token", "twilio_from"),
             extra=("twilio_api_url",), reads_with=("twilio_auth_token",)),
    Provider("Kannel", "kannel", ("sms",), _kannel, ("kannel_url", "kannel_user", "kannel_password", "kannel_secret"),
             extra=("kannel_from",), reads_with=("kannel_secret",)),
    Provider("Gammu", "gammu", ("sms",), _gammu, ("gammu_database_url",), needs_public_url=False),
    Provider("Telegram", "telegram", ("telegram",), _telegram, ("telegram_token", "telegram_secret"),
             extra=("telegram_api_url",), reads_with=("telegram_secret",)),
    Provider("Meta", "meta", ("whatsapp", "facebook", "instagram"), _meta, ("meta_app_secret", "meta_verify_token", "meta_token"),
             extra=("meta_api_url", "whatsapp_template"), reads_with=("meta_app_secret", "meta_verify_token"),
             one_of=("whatsapp_number_id", "meta_page_id", "instagram_id")),
    Provider("X", "x", ("x",), _x, ("x_api_key", "x_api_secret", "x_access_token", "x_access_secret", "x_user_id"),
             extra=("x_watched", "x_api_url"), needs_public_url=False),
    Provider("E-mail", "mail", ("email",), _mail, ("email_address", "imap_url", "smtp_url"),
             extra=("email_authserv_id",), needs_public_url=False),
)  # fmt: skip
CHANNELS = tuple(dict.fromkeys(name for provider in PROVIDERS for name in provider.carries))

_ADDRESS = (r"https?://[^\s/]+\S*", "must begin with http:// or https://")
_NUMBER = (r"[0-9]{3,25}", "must be the digits of an id, not a name")
# setting → (what it must look like, in words). The value itself is never shown.
SHAPES = {
    "twilio_account_sid": (r"AC[0-9a-fA-F]{32}", "must be an account SID: AC and 32 hexadecimal digits"),
    "twilio_from": (
        r"\+[1-9][0-9]{6,14}|MG[0-9a-fA-F]{32}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +&_-]{1,11}",
        "must be a number in E.164, a short code, a messaging service SID (MG…) or a sender name of at most 11 letters",
    ),
    "twilio_api_url": _ADDRESS,
    "kannel_url": _ADDRESS,
    "kannel_secret": (r"[A-Za-z0-9_-]{16,256}", "must be at least 16 of A-Z a-z 0-9 _ - : it stands in an address"),
    "gammu_database_url": (r"postgres(ql)?(\+psycopg)?://\S+", "must name the PostgreSQL database of Gammu SMSD (postgresql://…)"),
    "telegram_token": (r"[0-9]+:[A-Za-z0-9_-]+", "must be a bot token: digits, a colon, letters"),
    "telegram_secret": (r"[A-Za-z0-9_-]{1,256}", "must be 1 to 256 of A-Z a-z 0-9 _ -"),
    "telegram_api_url": _ADDRESS,
    "meta_api_url": _ADDRESS,
    "meta_page_id": _NUMBER,
    "instagram_id": _NUMBER,
    "whatsapp_number_id": _NUMBER,
    "whatsapp_template": (r"[a-z0-9_]{1,512}(:[a-z]{2}(_[A-Z]{2})?)?", "must be a template's name, or name:language, such as kabar:id"),
    "x_user_id": _NUMBER,
    "x_watched": (r"[0-9]{1,25}([\s,]+[0-9]{1,25})*", "must be user ids (digits), separated by commas"),
    "x_api_url": _ADDRESS,
    "email_address": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "must be a mailbox such as lapor@example.go.id"),
    "imap_url": (r"imaps?://[^\s/@]+@[^\s/:@]+(:[0-9]{1,5})?(/\S*)?", "must be imaps://user:password@host[:port][/folder]"),
    "smtp_url": (
        r"smtps?(\+starttls)?://([^\s/@]+@)?[^\s/:@]+(:[0-9]{1,5})?/?",
        "must be smtps://… or smtp+starttls://user:password@host[:port]",
    ),
    "email_authserv_id": (r"[^\s;()\"]+", "must be one word such as mx.example.go.id"),
}


def build(settings: Settings, *, development: bool, outbox: str | None) -> dict[str, Channel]:
    """Gateway's name → channel. Complete settings → the provider itself, in development as well.

    In development each channel that nobody carries gets a console; where the secret is known it still reads signed
    webhooks, under its gateway's name. In production a provider that is not complete is absent: its hook answers 404. `outbox` is the console's
    file, None for none.
    """
    street: list[Channel] = [Web()]
    readers: dict[tuple[str, ...], Channel] = {}
    for provider in PROVIDERS:
        if _complete(provider, settings):
            street.append(provider.make(settings))
        elif provider.reads_with and all(getattr(settings, name) for name in provider.reads_with):
            readers.setdefault(provider.carries, provider.make(settings))
    if development:
        carried = {name for channel in street for name in channel.carries}
        for together in sorted({provider.carries for provider in PROVIDERS}):
            carries = tuple(name for name in together if name not in carried)  # Meta carries only what it was given ids for
            if carries:
                street.append(Console(carries, readers.get(carries), show=True, outbox=outbox))
    return {channel.gateway: channel for channel in street}


def known() -> list[tuple[str, str, tuple[str, ...]]]:
    """(gateway, name, channels) of every provider that could be set up, whether it is or not."""
    return [(provider.gateway, provider.name, provider.carries) for provider in PROVIDERS]


def problems(settings: Settings, *, development: bool = False) -> list[str]:
    """Every fault of the providers' settings at once, by environment name; [] when sound.

    In development the secrets that suffice for reading may stand alone: a console then listens with them.
    """
    found = []
    for provider in PROVIDERS:
        present = [name for name in (*provider.together, *provider.one_of, *provider.extra) if getattr(settings, name)]
        if not present or (development and set(present) <= set(provider.reads_with)):
            continue
        needed = (*provider.together, "public_url") if provider.needs_public_url else provider.together
        every = ", ".join(each.upper() for each in needed)
        for name in needed:
            if not getattr(settings, name):
                found.append(f"{name.upper()} is not set, but {present[0].upper()} is: {provider.name} needs {every}")
        if provider.one_of and not any(getattr(settings, name) for name in provider.one_of):
            found.append(f"{provider.name} needs one of {', '.join(name.upper() for name in provider.one_of)} as well")
        for name in present:
            shape, words = SHAPES.get(name, (r"[\s\S]+", ""))
            if not re.fullmatch(shape, getattr(settings, name)):
                found.append(f"{name.upper()} {words}")
    return found


def _complete(provider: Provider, settings: Settings) -> bool:
    needed = (*provider.together, "public_url") if provider.needs_public_url else provider.together
    one = not provider.one_of or any(getattr(settings, name) for name in provider.one_of)
    return one and all(getattr(settings, name) for name in needed)
