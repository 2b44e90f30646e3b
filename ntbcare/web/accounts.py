"""Signing in and out, the second step, a forgotten password, and links by which somebody chooses one (argon2 by Flask-Security)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from apiflask import APIBlueprint
from flask import Response, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import current_user, logout_user
from flask_security.utils import hash_password, verify_and_update_password

from ntbcare.casework import doorlinks, secondstep, signing
from ntbcare.domain import keys
from ntbcare.domain.errors import BadInput, NotFound
from ntbcare.domain.permissions import Role
from ntbcare.records import people
from ntbcare.records.people import Account
from ntbcare.records.work import Work
from ntbcare.web import entering, guards
from ntbcare.web.limits import limiter, wrong

bp = APIBlueprint("accounts", __name__, enable_openapi=False)
log = structlog.get_logger()
_WRONG = "E-mail atau kata sandinya belum cocok."
# Guessing is slowed by steps; the longest wait is an hour, so that no stranger can lock anybody out for good. Browsers on which this
# person has signed in before are counted each by itself: strangers' guesses never reach them.
_SLOWER = "5 per minute; 10 per 10 minutes; 30 per hour"
_HALF = timedelta(minutes=10)  # between the password and the code


def _typed() -> str:
    return entering.mark(request.form.get("email", ""))


def _halfway() -> str:
    return str((session.get("half") or ["", "", 0, ""])[1])


def _address() -> str:
    """One address together, but a browser of one's own apart: whoever shares the office's address with a guesser stays able."""
    name = _typed()
    device = entering.known_device(name)
    return f"device:{device}:{name}" if device else get_remote_address()


@bp.route("/masuk", methods=["GET", "POST"])
@limiter.limit("20 per minute; 100 per hour", key_func=_address, methods=["POST"])
@limiter.limit(_SLOWER, key_func=entering.door_key("password", _typed), methods=["POST"], deduct_when=wrong)
def sign_in() -> ResponseReturnValue:
    """The sign-in page. A wrong address takes as long as a wrong password, and says the same."""
    found: dict[str, str] = {}
    if request.method == "POST":
        with guards.work() as work:
            account = people.account(work.session, request.form.get("email", ""))
            if account is None:
                hash_password("no such account")  # as long as a wrong password takes
            elif verify_and_update_password(request.form.get("password", "")[: keys.LONGEST_PASSWORD], account):
                return _after_password(work, account)
        log.info("account.refused")
        found = {"password": _WRONG}
    elif current_user.is_authenticated:
        return redirect(_onward())
    page = render_template(
        "accounts/sign_in.html", errors=found, email=request.form.get("email", ""), demo=current_app.config.get("DEMO_SIGN_INS")
    )
    return Response(page, 403 if found else 200)


def _after_password(work: Work, account: Account) -> ResponseReturnValue:
    """Commits. Straight in, or on to the second step."""
    if account.totp_at is None:
        return _admit(work, account, how="password")
    session["half"] = [account.id, entering.mark(account.email), int(work.now.timestamp()), _of_password(account)]
    onward = request.args.get("next") or request.form.get("next")
    work.commit()
    return redirect(url_for("accounts.code", next=onward), 303)


def _of_password(account: Account) -> str:
    """Changes with the password: a half-way sign-in of before opens nothing after it."""
    return hashlib.sha256(account.password.encode()).hexdigest()[:16]


def _admit(work: Work, account: Account, *, how: str) -> ResponseReturnValue:
    token, email = signing.admit(work, account, entering.agent(), how=how), account.email
    work.commit()
    entering.let_in(account, token)
    return entering.remember_device(redirect(_onward(), 303), email)  # type: ignore[arg-type]


@bp.route("/masuk/kode", methods=["GET", "POST"])
@limiter.limit("20 per minute; 100 per hour", methods=["POST"])
@limiter.limit(_SLOWER, key_func=entering.door_key("code", _halfway), methods=["POST"], deduct_when=wrong)
def code() -> ResponseReturnValue:
    """The second step: a code of the telephone, or one on paper."""
    half = session.get("half")
    if not half:
        return redirect(url_for("accounts.sign_in"))
    found: dict[str, str] = {}
    with guards.work() as work:
        account = signing.account(work, int(half[0]))
        late = work.now.timestamp() - half[2] > _HALF.total_seconds()
        if account is None or not account.active or late or half[3] != _of_password(account):
            session.pop("half")
            return redirect(url_for("accounts.sign_in"), 303)
        if request.method == "POST":
            if how := secondstep.check(work, account, request.form.get("code", "")[:40]):
                return _admit(work, account, how=f"password and {how}")
            log.info("account.code_refused")
            found = {"code": secondstep.WRONG}
    return Response(render_template("accounts/code.html", errors=found), 403 if found else 200)


@bp.route("/masuk/lupa", methods=["GET", "POST"])
@limiter.limit("5 per minute; 20 per hour", methods=["POST"])
def forgotten() -> ResponseReturnValue:
    """A forgotten password: the answer is the same for everybody, known here or not."""
    by_mail = bool(guards.house().gateways.get("email"))
    if request.method == "POST" and by_mail:
        with guards.work() as work:
            doorlinks.ask(work, people.account(work.session, request.form.get("email", "")))
            work.commit()
    return render_template("accounts/forgotten.html", asked=request.method == "POST", by_mail=by_mail)


@bp.route("/masuk/tautan/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute; 200 per hour")
def link(token: str) -> ResponseReturnValue:
    """Choose a password by a link. Opening the page uses nothing up; sending the form does."""
    found: dict[str, str] = {}
    with guards.work() as work:
        try:
            account = doorlinks.opened(work, token)
            if request.method == "POST":
                password = request.form.get("password", "")
                own = (account.email, account.name, work.ref.name)
                keys.check_password(password, request.form.get("again", ""), work.ref.keys, own=own)
                account = doorlinks.use(work, token, hash_password(password))
                return _after_password(work, account)
        except NotFound:
            work.rollback()
            return Response(render_template("accounts/link_gone.html"), 404)
        except BadInput as refusal:
            work.rollback()
            found = {refusal.field: refusal.sentence}
            account = doorlinks.opened(work, token)
        page = {"name": account.name, "email": account.email, "least": work.ref.keys.least_letters, "new": account.password_at is None}
        return Response(render_template("accounts/link.html", page=page, token=token, errors=found), 422 if found else 200)


def _onward() -> str:
    """Where to go after signing in: only ever a path of our own."""
    wanted = request.args.get("next") or request.form.get("next") or ""
    parts = urlsplit(wanted)
    if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc:
        return wanted
    role = current_user.roles[0].name if current_user.is_authenticated and current_user.roles else ""
    return url_for("control.board") if role == Role.ADMIN else url_for("desk.queue")


@bp.post("/keluar")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    if current_user.is_authenticated:
        who = current_user.id
        with guards.work() as work:
            signing.leave(work, who, g.sign_in)
            work.commit()
    logout_user()
    session.pop("csrf_token", None)
    return redirect(url_for("citizen.home"), 303)
