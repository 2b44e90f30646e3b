"""The switchboard: complete is real, half is refused, and nothing is imported that is not needed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace

import pytest

import config
from channels.console import Console
from channels.mail import Mail
from channels.sms.gammu import Gammu
from channels.sms.kannel import Kannel
from channels.sms.twilio import Twilio
from channels.social.meta.door import Meta
from channels.social.x import X
from channels.switchboard import CHANNELS, PROVIDERS, SHAPES, Provider, build, problems
from channels.telegram import Telegram
from channels.web import Web
from tests.counterparts.telegram_api import SECRET, TOKEN
from tests.counterparts.twilio_api import ACCOUNT_SID, AUTH_TOKEN, SENDER
from tests.counterparts.x_api import ACCESS_SECRET, ACCESS_TOKEN, API_KEY, API_SECRET, OFFICE, US, XApi

NO_HOUSE = {"DATA_DIR": "tidak-ada", "PUBLIC_URL": "https://lapor.ntbprov.go.id"}  # no house.env is read there
ENVIRONMENT = NO_HOUSE | {
    "TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN, "TWILIO_FROM": SENDER,
    "KANNEL_URL": "http://127.0.0.1:13013/cgi-bin/sendsms", "KANNEL_USER": "ntb", "KANNEL_PASSWORD": "rahasia",
    "KANNEL_SECRET": "kannel-secret-for-tests", "GAMMU_DATABASE_URL": "postgresql://smsd@127.0.0.1:9/smsd",
    "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SECRET": SECRET,
    "META_APP_SECRET": "a" * 32, "META_VERIFY_TOKEN": "periksa", "META_TOKEN": "EAAtoken", "WHATSAPP_NUMBER_ID": "106540352242922",
    "META_PAGE_ID": "106540352242923", "INSTAGRAM_ID": "17841405822304914",
    "X_API_KEY": API_KEY, "X_API_SECRET": API_SECRET, "X_ACCESS_TOKEN": ACCESS_TOKEN, "X_ACCESS_SECRET": ACCESS_SECRET, "X_USER_ID": US,
    "EMAIL_ADDRESS": "lapor@ntbprov.go.id", "IMAP_URL": "imaps://lapor:rahasia@127.0.0.1:9", "SMTP_URL": "smtps://lapor:rahasia@127.0.0.1:9",
}  # fmt: skip
NOTHING, EVERYTHING = config.read(NO_HOUSE), config.read(ENVIRONMENT)
REAL = {"web": Web, "twilio": Twilio, "kannel": Kannel, "gammu": Gammu, "telegram": Telegram, "meta": Meta, "x": X, "mail": Mail}
CONSOLES = ["console-email", "console-sms", "console-telegram", "console-whatsapp", "console-x"]
META = next(provider for provider in PROVIDERS if provider.gateway == "meta")
SECRETS_ONLY = replace(NOTHING, twilio_auth_token=AUTH_TOKEN, telegram_secret=SECRET, meta_app_secret="a" * 32, meta_verify_token="periksa")


def named(found: list[str]) -> list[str]:
    return sorted(problem.split()[0] for problem in found)


def only(provider: Provider) -> config.Settings:
    """Nothing but what this provider needs and may have."""
    names = (*provider.together, *provider.one_of, *provider.extra)
    return replace(NOTHING, **{name: getattr(EVERYTHING, name) for name in names})


# what is built


@pytest.mark.parametrize("development", [True, False])
def test_complete_settings_give_the_real_channels(development: bool) -> None:
    channels = build(EVERYTHING, development=development, outbox=None)
    assert {name: type(channel) for name, channel in channels.items()} == REAL
    assert all(name == channel.gateway for name, channel in channels.items())
    assert {name for channel in channels.values() for name in channel.carries} == {"web", *CHANNELS}


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_a_provider_carries_what_its_line_says_and_no_two_hooks_are_alike(provider: Provider) -> None:
    channel = build(only(provider), development=False, outbox=None)[provider.gateway]
    assert (channel.gateway, channel.carries) == (provider.gateway, provider.carries)
    street = build(EVERYTHING, development=False, outbox=None)
    paths = [hook.path for each in street.values() for hook in each.hooks()]
    assert len(set(paths)) == len(paths)


def test_in_production_what_is_not_set_is_absent() -> None:
    assert list(build(NOTHING, development=False, outbox=None)) == ["web"]
    assert list(build(SECRETS_ONLY, development=False, outbox=None)) == ["web"]
    unreachable = build(replace(EVERYTHING, public_url=""), development=False, outbox=None)
    assert list(unreachable) == ["web", *(each.gateway for each in PROVIDERS if not each.needs_public_url)]


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_in_production_a_provider_that_lacks_one_setting_is_absent(provider: Provider) -> None:
    for name in provider.together:
        assert list(build(replace(only(provider), **{name: ""}), development=False, outbox=None)) == ["web"]


def test_in_development_every_channel_that_nobody_carries_has_a_console_that_listens_nowhere() -> None:
    channels = build(NOTHING, development=True, outbox=None)
    assert sorted(channels) == [*CONSOLES, "web"]
    assert all(isinstance(channels[name], Console) for name in CONSOLES)
    assert {name for channel in channels.values() for name in channel.carries} == {"web", *CHANNELS}
    assert [hook for channel in channels.values() for hook in channel.hooks()] == []


def test_the_three_channels_of_meta_share_one_console_until_meta_itself_carries_them() -> None:
    assert build(NOTHING, development=True, outbox=None)["console-whatsapp"].carries == ("whatsapp", "facebook", "instagram")
    channels = build(only(META), development=True, outbox=None)
    assert isinstance(channels["meta"], Meta)
    assert sorted(channels) == sorted({*CONSOLES, "web", "meta"} - {"console-whatsapp"})


def test_what_meta_has_no_id_for_is_left_to_a_console() -> None:
    number_only = replace(only(META), meta_page_id="", instagram_id="")
    channels = build(number_only, development=True, outbox=None)
    assert (channels["meta"].carries, channels["console-facebook"].carries) == (("whatsapp",), ("facebook", "instagram"))
    assert list(channels["console-facebook"].hooks()) == []
    assert list(build(number_only, development=False, outbox=None)) == ["web", "meta"]


def test_in_development_a_secret_alone_is_enough_to_read_under_the_gateway_s_name() -> None:
    channels = build(SECRETS_ONLY, development=True, outbox=None)
    assert {name for name, channel in channels.items() if isinstance(channel, Console)} == {
        "console-email", "console-x", "meta", "telegram", "twilio",
    }  # fmt: skip
    assert [hook.path for hook in channels["twilio"].hooks()] == ["twilio/sms", "twilio/status"]
    assert [hook.path for hook in channels["telegram"].hooks()] == ["telegram"]
    assert channels["meta"].carries == ("whatsapp", "facebook", "instagram")
    assert list(channels["meta"].hooks()) == list(build(EVERYTHING, development=True, outbox=None)["meta"].hooks())
    kannel = build(replace(NOTHING, kannel_secret="kannel-secret-for-tests"), development=True, outbox=None)["kannel"]
    assert isinstance(kannel, Console)
    assert list(kannel.hooks()) == list(build(EVERYTHING, development=True, outbox=None)["kannel"].hooks())


def test_two_gateways_of_one_channel_stand_side_by_side() -> None:
    both = replace(
        NOTHING,
        **{name: getattr(EVERYTHING, name) for name in ("twilio_account_sid", "twilio_auth_token", "twilio_from", "gammu_database_url")},
    )
    for development in (True, False):
        channels = build(both, development=development, outbox=None)
        assert [name for name, channel in channels.items() if "sms" in channel.carries] == ["twilio", "gammu"]
    assert problems(both) == []


def test_watched_accounts_are_given_in_any_list_a_person_may_write() -> None:
    with XApi() as x:
        x.account("404404", "dishub")
        x.account("505505", "dlhk")
        settings = replace(EVERYTHING, x_api_url=x.url, x_watched=f"{OFFICE},404404\n 505505")
        assert problems(settings) == []
        build(settings, development=False, outbox=None)["x"].poll('{"mentions": "1", "watched": {}}')
        asked = [path.split("/")[3] for _, path, _ in x.calls if path.endswith("/mentions")]
    assert asked == [US, OFFICE, "404404", "505505"]


# what is refused


@pytest.mark.parametrize(
    "settings", [NOTHING, EVERYTHING, replace(EVERYTHING, twilio_from="MG" + "0" * 32), replace(EVERYTHING, twilio_from="NTBCARE")]
)
def test_all_or_nothing_has_no_problem(settings: config.Settings) -> None:
    assert problems(settings) == []


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_every_missing_setting_is_named_at_once(provider: Provider) -> None:
    for name in (*provider.together, *provider.extra):
        given = getattr(EVERYTHING, name) or "http://127.0.0.1:9"
        found = problems(replace(NOTHING, public_url="", **{name: given}))
        missing = [each.upper() for each in provider.together if each != name] + ["PUBLIC_URL"] * provider.needs_public_url
        assert sorted(problem.split()[0] for problem in found if " is not set, but " in problem) == sorted(missing)
        assert all(given not in problem for problem in found)


def test_faults_of_several_providers_are_named_together() -> None:
    found = problems(replace(NOTHING, public_url="", twilio_auth_token=AUTH_TOKEN, telegram_secret=SECRET, x_user_id=US))
    assert named(found) == [
        "PUBLIC_URL", "PUBLIC_URL", "TELEGRAM_TOKEN", "TWILIO_ACCOUNT_SID", "TWILIO_FROM", "X_ACCESS_SECRET", "X_ACCESS_TOKEN", "X_API_KEY",
        "X_API_SECRET",
    ]  # fmt: skip


def test_meta_needs_a_number_a_page_or_an_account_and_any_of_them_will_do() -> None:
    without = replace(EVERYTHING, whatsapp_number_id="", meta_page_id="", instagram_id="")
    (problem,) = problems(without)
    assert problem == "Meta needs one of WHATSAPP_NUMBER_ID, META_PAGE_ID, INSTAGRAM_ID as well"
    assert "meta" not in build(without, development=False, outbox=None)
    for name in ("whatsapp_number_id", "meta_page_id", "instagram_id"):
        settings = replace(without, **{name: "17841405822304914"})
        assert problems(settings) == []
        assert isinstance(build(settings, development=False, outbox=None)["meta"], Meta)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("twilio_account_sid", "SK" + "0" * 32), ("twilio_from", "0811000001"), ("twilio_from", "A NAME TOO LONG"),
        ("twilio_api_url", "127.0.0.1:9"), ("kannel_url", "localhost:13013"), ("kannel_secret", "pendek"), ("kannel_secret", "dengan spasi dan /"),
        ("gammu_database_url", "mysql://smsd@127.0.0.1/smsd"), ("telegram_token", "no colon"), ("telegram_secret", "with space"),
        ("telegram_secret", "x" * 257), ("telegram_api_url", "ftp://x"), ("meta_page_id", "ntbprov"), ("whatsapp_number_id", "+62811"),
        ("whatsapp_template", "Kabar Baru"), ("meta_api_url", "graph.facebook.com"), ("x_user_id", "@ntbcare"), ("x_watched", "@dinas_pu"),
        ("x_watched", "12;13"), ("x_api_url", "api.x.com"), ("email_address", "tanpa-at"), ("imap_url", "https://mail"), ("smtp_url", "mail:25"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_right_is_named_and_never_quoted(name: str, value: str) -> None:
    (problem,) = problems(replace(EVERYTHING, **{name: value}))
    assert problem.startswith(f"{name.upper()} must ")
    assert value not in problem


def test_every_name_on_the_switchboard_is_a_setting_read_at_the_gate() -> None:
    read = {field.name for field in fields(config.Settings)}
    asked = {name for each in PROVIDERS for name in (*each.together, *each.extra, *each.reads_with, *each.one_of)} | {"public_url"}
    assert asked | set(SHAPES) <= read
    street = ("twilio_", "kannel_", "gammu_", "telegram_", "meta_", "instagram_", "whatsapp_", "x_", "email_", "imap_", "smtp_")
    assert {name for name in read if name.startswith(street)} - asked == {"telegram_bot"}  # shown on pages


# what is imported

VENDORS = {"twilio", "telegram", "tweepy", "requests", "httpx", "psycopg", "imaplib", "smtplib"}


def modules_after(settings: dict[str, str], development: bool) -> set[str]:
    code = (
        f"import sys, config; sys.path.insert(0, '.'); before = set(sys.modules); from channels.switchboard import build; "
        f"build(config.read({settings!r}), development={development}, outbox=None); print(*(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("development", [True, False])
def test_a_house_without_providers_imports_none_of_them(development: bool) -> None:
    loaded = modules_after(NO_HOUSE, development)
    assert not loaded & VENDORS
    assert {name for name in loaded if name.startswith("channels.")} == {"channels.switchboard", "channels.console", "channels.web"}


def test_building_the_real_channels_imports_no_sdk_that_only_sending_needs() -> None:
    loaded = modules_after(ENVIRONMENT, False)
    assert {"channels.sms.twilio", "channels.social.x", "channels.mail"} <= loaded
    assert not loaded & {"twilio.rest", "telegram", "tweepy", "requests", "httpx", "psycopg", "sqlalchemy", "flask"}


def test_in_development_too_what_is_half_configured_is_refused_but_a_reading_secret_may_stand_alone() -> None:
    reading = config.read({**NO_HOUSE, "TWILIO_AUTH_TOKEN": AUTH_TOKEN, "TELEGRAM_SECRET": SECRET})
    assert problems(reading, development=True) == []
    half = config.read({**NO_HOUSE, "TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TELEGRAM_TOKEN": TOKEN})
    found = problems(half, development=True)
    assert [line.split()[0] for line in found] == ["TWILIO_AUTH_TOKEN", "TWILIO_FROM", "TELEGRAM_SECRET"]
