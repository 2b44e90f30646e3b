"""The town every test lives in: real PostgreSQL and Valkey, a migrated and seeded house, and the people who use it."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

PASSWORD = "kata sandi untuk percobaan"
TWILIO_TOKEN = "0123456789abcdef0123456789abcdef"
TELEGRAM_SECRET = "rahasia-telegram"
PUBLIC_URL = "https://care.example"
NOON = datetime(2026, 3, 13, 4, 0, tzinfo=UTC)  # Friday 13 March 2026, 12.00 WITA: long holidays ahead


class Clock:
    """The house's clock. It stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **length: float) -> datetime:
        """Move ahead: days=, hours=, minutes=."""
        self.moment += timedelta(**length)
        return self.moment


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """One real PostgreSQL and one real Valkey for the whole run."""
    from ntbcare import logs
    from ntbcare.local.testhouse import servers as start

    logs.begin(development=False)  # as in production; the coloured tracebacks of an unset structlog take seconds each
    with start(tmp_path_factory.mktemp("servers"), durable=False) as running:
        yield running


def settings_for(database_url: str, redis_url: str, **more: str):
    """Settings as config.read() would make them."""
    import config

    given = {
        "DATABASE_URL": database_url, "REDIS_URL": redis_url, "SECRET_KEY": "s" * 40, "PIN_KEY": "p" * 40, "PUBLIC_URL": PUBLIC_URL,
        "NTBCARE_ENV": "development", "TWILIO_AUTH_TOKEN": TWILIO_TOKEN, "TELEGRAM_SECRET": TELEGRAM_SECRET, "POLL_AFTER_MINUTES": "1440",
        "DATA_DIR": "/nonexistent",
    } | more  # fmt: skip
    return config.read(given)


@pytest.fixture(scope="session")
def template(servers) -> str:
    """A database that is migrated, seeded and has the demo accounts; every other one is a copy of it."""
    from flask_migrate import upgrade
    from flask_security.utils import hash_password

    from ntbcare import commands
    from ntbcare.app import build
    from ntbcare.casework import accounts, seeding
    from ntbcare.domain.permissions import Actor, Role
    from ntbcare.records.base import db

    url = servers.create_database("template_town")
    app = build(settings_for(url, servers.redis_url), {})
    commands.migrations(app)
    folder = Path(__file__).parent.parent / "ntbcare/seed/ntb"
    with app.app_context():
        upgrade()
        with app.extensions["house"].work(Actor(Role.TIMER)) as work:
            seeding.seed(work, folder)
            work.commit()
        with app.extensions["house"].work(Actor(Role.TIMER)) as work:
            hashed = hash_password(PASSWORD)
            for row in seeding.read(folder / "demo_officers.csv"):
                accounts.invite(work, row["email"], row["name"], row["role"], row["unit"], hashed)
            work.commit()
        db.engine.dispose()
    return "template_town"


class Town:
    """A house of its own for one test file: doors, desks, a clock that can be moved, and everything citizens were sent."""

    def __init__(self, app, clock: Clock, outbox: Path, settings=None) -> None:
        self.app, self.clock, self.outbox, self.settings = app, clock, outbox, settings
        self.house = app.extensions["house"]

    def browser(self):
        """A citizen's browser with its own cookies (no CSRF check: the browser stories test that)."""
        return self.app.test_client()

    def desk(self, who: str):
        """A browser in which `who`@ntbcare.example (bagus, citra, imran, dewi, admin …) is signed in."""
        browser = self.browser()
        answer = browser.post("/masuk", data={"email": f"{who}@ntbcare.example", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    def sms(self, sender: str, body: str, sid: str | None = None, **more: str):
        """An SMS as Twilio delivers it, signed with Twilio's own code."""
        from twilio.request_validator import RequestValidator

        form = {
            "MessageSid": sid or "SM" + secrets.token_hex(16),
            "From": sender,
            "To": "+6281100000000",
            "Body": body,
            "NumMedia": "0",
            **more,
        }
        url = f"{PUBLIC_URL}/hooks/twilio/sms"
        signature = RequestValidator(TWILIO_TOKEN).compute_signature(url, form)
        return self.browser().post("/hooks/twilio/sms", data=form, headers={"X-Twilio-Signature": signature})

    def telegram(self, chat: int, text: str, update: int | None = None, secret: str = TELEGRAM_SECRET):
        """A text as Telegram delivers it."""
        person = {"id": chat, "is_bot": False, "first_name": "Aminah"}
        message = {
            "message_id": 1,
            "date": 1760000000,
            "chat": {"id": chat, "type": "private", "first_name": "Aminah"},
            "from": person,
            "text": text,
        }
        body = {"update_id": update or secrets_int(), "message": message}
        return self.browser().post("/hooks/telegram", json=body, headers={"X-Telegram-Bot-Api-Secret-Token": secret})

    def api(self, key: str | None = None, **fields: object):
        """POST /api/v1/cases."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.browser().post("/api/v1/cases", json=fields, headers=headers)

    def plug(self, channel, *, beside: bool = False) -> None:
        """A real channel carries its messages from now on, instead of the stand-in (or `beside` what is there)."""
        self.app.extensions["channels"][channel.gateway] = channel
        for name in channel.carries:
            there = self.house.gateways.get(name, ()) if beside else ()
            self.house.gateways[name] = (*there, channel.gateway)

    def work_off(self) -> int:
        """Let the workers empty every lane, in this process, as often as there is something due. Returns how many errands ran."""
        from workers import boot, errands

        boot.use(self.app)
        total = 0
        while count := sum(errands.run(lane) for lane in ("work", "post")):
            total += count
        return total

    def round(self) -> None:
        """One full round of the timetable, then work off what it caused."""
        from workers.timetable import TIMETABLE

        with self.app.app_context():
            for entry in TIMETABLE:
                entry.do(self.app)
        self.work_off()

    def sent(self, to: str | None = None) -> list[dict]:
        """Everything that left (console stand-in), oldest first: dicts with channel, to, text."""
        if not self.outbox.exists():
            return []
        lines = [json.loads(line) for line in self.outbox.read_text().splitlines()]
        return [line for line in lines if to is None or line["to"] == to]

    def work(self, actor=None):
        """A piece of work (inside an app context) for looking at rows."""
        from ntbcare.domain.permissions import Actor, Role

        return self.house.work(actor or Actor(Role.TIMER))

    def sql(self, query: str, **values: object) -> list[tuple]:
        """Rows of a query, straight from the database."""
        from sqlalchemy import text

        from ntbcare.records.base import db

        with self.app.app_context(), db.engine.begin() as line:
            found = line.execute(text(query), values)
            return [tuple(row) for row in found] if found.returns_rows else []

    def ticket_of(self, words: str) -> str:
        """The ticket of the newest case whose text contains `words`."""
        return self.sql("SELECT ticket FROM cases WHERE text LIKE :like ORDER BY id DESC LIMIT 1", like=f"%{words}%")[0][0]

    def case(self, ticket: str) -> dict:
        """The row of a case as a dictionary."""
        from sqlalchemy import text

        from ntbcare.records.base import db

        with self.app.app_context(), db.engine.begin() as line:
            return dict(line.execute(text("SELECT * FROM cases WHERE ticket = :ticket"), {"ticket": ticket}).mappings().one())

    def act(self, browser, ticket: str, event: str, **form: object):
        """An officer's act by the form of the case page, with the version shown now."""
        return browser.post(f"/meja/{ticket}/{event}", data={"version": self.case(ticket)["version"], **form})


def secrets_int() -> int:
    """A random update id."""
    return secrets.randbelow(2**31)


def open_town(servers, template: str, tmp: Path, **more: str) -> Iterator[Town]:
    """A town on a copy of the template database."""
    from channels import switchboard
    from ntbcare.app import build
    from ntbcare.records.base import db
    from ntbcare.web.limits import limiter

    name = "town_" + secrets.token_hex(4)
    settings = settings_for(servers.create_database(name, template=template), servers.redis_url, **({"DATA_DIR": str(tmp)} | more))
    clock, outbox = Clock(), tmp / "outbox.jsonl"
    limiter.enabled = True  # or init_app would leave this house without any limits to switch on
    app = build(settings, switchboard.build(settings, development=True, outbox=str(outbox)), providers=switchboard.known(), now=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    limiter.enabled = False  # a test of the limits switches them on for itself
    yield Town(app, clock, outbox, settings)
    with app.app_context():
        db.engine.dispose()
    servers.drop_database(name)


@pytest.fixture(scope="module")
def town(servers, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town per test file. Tests in a file share it: use your own senders and words, and move the clock only forward."""
    yield from open_town(servers, template, tmp_path_factory.mktemp("town"))


@pytest.fixture
def new_town(servers, template: str, tmp_path: Path) -> Iterator[Town]:
    """A town for one test alone (0.3 s dearer)."""
    yield from open_town(servers, template, tmp_path)


@pytest.fixture(autouse=True)
def _nobody_calls_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that would use a proxy to reach the outside must fail, not hang."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert os.environ.get("PYTEST_CURRENT_TEST")
