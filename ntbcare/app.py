"""Composition: settings and channels in, a Flask application out; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from apiflask import APIFlask
from flask import Response, request
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from ntbcare.casework.streetboard import Known
from ntbcare.contract import Channel
from ntbcare.doorbell import Doorbell
from ntbcare.filestore import FileStore
from ntbcare.records.base import db
from ntbcare.records.people import Account, AccountRole
from ntbcare.records.work import House, utc_now
from ntbcare.web import (
    accounts,
    api,
    asides,
    assisting,
    bells,
    bulk,
    calendar,
    candidates,
    citizen,
    composing,
    consulting,
    control,
    desk,
    entering,
    errors,
    filtering,
    filters,
    health,
    hooks,
    mine,
    naming,
    noting,
    outside,
    phrases,
    reader,
    roads,
    searching,
    sharing,
    staffing,
    ways,
)
from ntbcare.web.limits import limiter
from ntbcare.wording import Wording

ROOT = Path(__file__).resolve().parent.parent
# what to say when a field of the API has the wrong shape; any other field is named
UNUSABLE = {
    "text": "Tulis dulu apa yang terjadi: isian “text” wajib berisi kata-kata.",
    "kind": "Isian “kind” harus complaint, aspiration, atau tip.",
}
LARGEST_BODY = 1024 * 1024


class AppSettings(Protocol):
    """What the application needs of config.Settings."""

    @property
    def database_url(self) -> str: ...
    @property
    def redis_url(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def pin_key(self) -> str: ...
    @property
    def public_url(self) -> str: ...
    @property
    def sms_number(self) -> str: ...
    @property
    def telegram_bot(self) -> str: ...
    @property
    def poll_after_minutes(self) -> str: ...
    @property
    def trusted_proxies(self) -> str: ...
    @property
    def development(self) -> bool: ...
    @property
    def data_path(self) -> Path: ...
    @property
    def seed_dir(self) -> str: ...


def build(
    settings: AppSettings,
    channels: dict[str, Channel],
    *,
    providers: Sequence[Known] = (),
    demo: list[tuple[str, str, str]] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> APIFlask:
    """The application. Opens no connection: a server may fork after this. `now` is the house's clock (tests move it);
    `providers` are all that could be set up, so that the board and `doctor` can name those that are not."""
    app = APIFlask(
        "ntbcare", title="NTB Care", version="1", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "ntbcare/web/static"),
        spec_path="/api/v1/openapi.json", docs_path=None, json_errors=False,
    )  # fmt: skip
    _configure(app, settings, demo)
    if hops := int(settings.trusted_proxies):  # only our own proxies may say who the caller is
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    db.init_app(app)
    Security(app, SQLAlchemyUserDatastore(db, Account, AccountRole), register_blueprint=False)
    entering.mount(app)
    limiter.init_app(app)
    bell = Doorbell(settings.redis_url)
    app.extensions["doorbell"] = bell
    app.extensions["house"] = House(
        wording=Wording(ROOT / "templates" / "messages"), ring=bell.ring, pin_key=settings.pin_key.encode(), public_url=settings.public_url,
        poll_after=timedelta(minutes=int(settings.poll_after_minutes)), now=now, gateways=_carriers(channels),
        files=FileStore(settings.data_path / "files"), seed=ROOT / settings.seed_dir,
    )  # fmt: skip
    app.extensions["channels"] = channels
    app.extensions["providers"] = tuple(providers)
    _mount(app, settings, channels)
    return app


def _carriers(channels: dict[str, Channel]) -> dict[str, tuple[str, ...]]:
    """Channel → the gateways that carry it here."""
    names = sorted({name for channel in channels.values() for name in channel.carries})
    return {name: tuple(sorted(gateway for gateway, channel in channels.items() if name in channel.carries)) for name in names}


def _configure(app: APIFlask, settings: AppSettings, demo: list[tuple[str, str, str]] | None) -> None:
    secure = settings.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_recycle": 1800, "pool_size": 5, "max_overflow": 5, "pool_timeout": 10, "hide_parameters": True},
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over lunch must not lose an officer's words
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SALT=settings.secret_key,
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=True,
        RATELIMIT_STORAGE_URI=_limits_url(settings.redis_url),
        RATELIMIT_KEY_PREFIX="ntbcare",
        OPENAPI_VERSION="3.1.0",
        DEMO_SIGN_INS=demo if settings.development else None,
        SECOND_STEP_EXEMPT="@ntbcare.example" if settings.development else "",  # demo accounts; doctor counts them
        JSON_SORT_KEYS=False,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),  # web/filters.py puts the contents' own mark in each address
    )


def _limits_url(redis_url: str) -> str:
    """Flask-Limiter writes a unix socket as redis+unix://."""
    return "redis+unix://" + redis_url.removeprefix("unix://") if redis_url.startswith("unix://") else redis_url


def _mount(app: APIFlask, settings: AppSettings, channels: dict[str, Channel]) -> None:
    csrf = CSRFProtect(app)
    staff = (
        desk.bp,
        bells.bp,
        roads.bp,
        consulting.bp,
        assisting.bp,
        candidates.bp,
        asides.bp,
        ways.bp,
        control.bp,
        reader.bp,
        naming.bp,
        calendar.bp,
        noting.bp,
        sharing.bp,
        searching.bp,
        bulk.bp,
        filtering.bp,
        composing.bp,
        phrases.bp,
        mine.bp,
        staffing.bp,
    )
    for room in (citizen.bp, accounts.bp, outside.bp, *staff, health.bp, api.bp):
        app.register_blueprint(room)
    hooks.mount(app, channels, settings.public_url)
    # programs sign or carry no cookie; nobody is signed in on the citizen's form, and a lost session must not lose a report
    for exempt in ("ntbcare.web.api.file", "ntbcare.web.hooks.take", "ntbcare.web.citizen.report", "ntbcare.web.outside.answer"):
        csrf.exempt(exempt)
    csrf.exempt(app.blueprints["api"])
    csrf.exempt(app.blueprints["hooks"])
    filters.mount(app, sms_number=settings.sms_number, telegram_bot=settings.telegram_bot)

    app.spec_processor(api.complete)

    @app.error_processor
    def unusable(error: object) -> Response:
        """APIFlask's own refusals (a field of the wrong shape) in the house's words."""
        detail = getattr(error, "detail", None) or {}
        where = [str(name) for part in detail.values() if isinstance(part, dict) for name in part] if isinstance(detail, dict) else []
        field = where[0] if where and not where[0].startswith("_") else None
        sentence = UNUSABLE.get(field or "", f"Isian “{field}” belum benar. Perbaiki, lalu kirim lagi.") if field else None
        return errors.answer(int(getattr(error, "status_code", 400)), sentence, field=field)

    errors.mount(app)  # after error_processor, which puts its own handler before our table: Allow and Retry-After would be lost

    @app.after_request
    def careful(response: Response) -> Response:
        """Headers for every answer: nothing of ours runs elsewhere, nothing of others' runs here."""
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
        )
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if settings.public_url.startswith("https://"):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        elif "v" not in request.args:  # an address that does not name the contents is asked for again each time
            response.headers["Cache-Control"] = "no-cache"
        return response
