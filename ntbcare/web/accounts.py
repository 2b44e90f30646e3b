"""Signing in and out; passwords are checked and kept by Flask-Security (argon2)."""

from __future__ import annotations

from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from flask_security.utils import hash_password, verify_and_update_password

from ntbcare.domain.permissions import Role
from ntbcare.records import people
from ntbcare.web import guards
from ntbcare.web.limits import limiter

bp = APIBlueprint("accounts", __name__, enable_openapi=False)
_WRONG = "E-mail atau kata sandinya belum cocok."


@bp.route("/masuk", methods=["GET", "POST"])
@limiter.limit("20 per minute; 100 per hour", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """The sign-in page. A wrong address takes as long as a wrong password, and says the same."""
    found: dict[str, str] = {}
    if request.method == "POST":
        with guards.work() as work:
            account = people.account(work.session, request.form.get("email", ""))
            if account is None:
                hash_password("no such account")  # as long as a wrong password takes
            elif verify_and_update_password(request.form.get("password", ""), account):
                login_user(account)
                work.tell("account:signed_in", None, account=account.id)
                work.commit()
                return redirect(_onward(), 303)
        found = {"password": _WRONG}
    elif current_user.is_authenticated:
        return redirect(_onward())
    page = render_template(
        "accounts/sign_in.html", errors=found, email=request.form.get("email", ""), demo=current_app.config.get("DEMO_SIGN_INS")
    )
    return Response(page, 403 if found else 200)


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
    logout_user()
    return redirect(url_for("citizen.home"), 303)
