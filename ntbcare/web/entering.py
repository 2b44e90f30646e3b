"""How a request is known to be somebody's: the session's cookie, the second step still owed, and browsers that were here before."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user
from itsdangerous import BadSignature, URLSafeSerializer

from ntbcare.casework import signing
from ntbcare.records.base import db
from ntbcare.records.people import Account
from ntbcare.records.signing import entered, seen

DEVICE = "perangkat"  # cookie: this browser was signed in before, as whom it was only tells by a hash
_YEAR = 365 * 24 * 3600
_MOST_PEOPLE = 8  # officers who share a machine
_BEFORE_THE_SECOND_STEP = ("mine.second_step", "mine.set_second_step")


def mount(app: Flask) -> None:
    """Sessions are our rows, not Flask-Security's; no request is let in by a token in its address or its headers."""
    app.login_manager.user_loader(_load)  # type: ignore[attr-defined]
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]


def _nobody(_: object) -> None:
    return None


def _load(token: str) -> Account | None:
    """Whoever the cookie's token belongs to: one statement, whatever the page."""
    ages = current_app.extensions["house"].reference().keys
    found = entered(db.session(), token, ages.idle, ages.longest)
    if found is None:
        return None
    found.account.token = token
    g.sign_in, g.stale = found.sign_in, found.stale
    g.owes = signing.owes_second_step(found.account, ages.second_factor, current_app.config["SECOND_STEP_EXEMPT"])
    return found.account


def let_in(account: Account, token: str) -> None:
    """From the next request on this browser is signed in. What it held half-way is forgotten, and so is its old form token."""
    for name in ("half", "new_step", "csrf_token"):
        session.pop(name, None)
    account.token = token
    login_user(account)


def gate(actor: Any) -> ResponseReturnValue | None:
    """For a page behind the sign-in: who owes the second step comes no further than to the page that sets it up."""
    if g.get("stale"):
        g.stale = False
        with current_app.extensions["house"].work(actor) as work:
            seen(work.session, g.sign_in)
            work.commit()
    if g.get("owes") and request.endpoint not in _BEFORE_THE_SECOND_STEP:
        return redirect(url_for("mine.second_step"), 303)
    return None


def agent() -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")[:500]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="ntbcare known device")


def mark(email: str) -> str:
    """An e-mail address as a key that is none: nobody reads it out of Redis or a cookie."""
    return hashlib.sha256(f"{current_app.config['SECRET_KEY']}:{email.strip().lower()}".encode()).hexdigest()[:16]


def _device() -> tuple[str, list[str]]:
    """(this browser's own name, marks of the people who signed in here); ("", []) for a browser we do not know."""
    try:
        name, people = _serializer().loads(request.cookies.get(DEVICE, ""))
    except (BadSignature, ValueError, TypeError):
        return "", []
    return str(name), [str(one) for one in people]


def known_device(who: str) -> str:
    """The name of this browser where this person (`mark`) has signed in on it before, else ""."""
    name, people = _device()
    return name if who in people else ""


def remember_device(response: Response, email: str) -> Response:
    """This browser is one of theirs from now on: whatever strangers try, it may try by itself."""
    name, people = _device()
    who = mark(email)
    people = [who, *(one for one in people if one != who)][:_MOST_PEOPLE]
    cookie = _serializer().dumps([name or secrets.token_urlsafe(12), people])
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        DEVICE, cookie if isinstance(cookie, str) else cookie.decode(), max_age=_YEAR, httponly=True, secure=secure, samesite="Lax"
    )
    return response


def door_key(prefix: str, who: Callable[[], str]) -> Callable[[], str]:
    """Key of a limit: this person on this known browser, or else this person on all browsers nobody knows, together."""

    def key() -> str:
        name = who()
        return f"{prefix}:{name}:{known_device(name) or 'unknown'}"

    return key


def signed_in_as() -> Account:
    """The account behind this request."""
    return current_user  # type: ignore[no-any-return]
