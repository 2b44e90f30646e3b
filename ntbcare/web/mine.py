"""One's own account: where one is signed in, another password, the second step and its paper codes."""

from __future__ import annotations

import base64

import segno
from apiflask import APIBlueprint
from flask import Response, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import hash_password, verify_and_update_password
from markupsafe import Markup

from ntbcare.casework import secondstep, signing
from ntbcare.domain import clock as promises
from ntbcare.domain import keys
from ntbcare.domain.errors import BadInput, DomainError
from ntbcare.records.people import Account
from ntbcare.records.work import Work
from ntbcare.web import errors, guards
from ntbcare.web.limits import limiter, wrong

bp = APIBlueprint("mine", __name__, enable_openapi=False)
bp.before_request(guards.officers_only)
_GUESSES = "10 per 10 minutes; 30 per hour"


def _who() -> str:
    return f"mine:{g.actor.id}:{g.sign_in}"


@bp.get("/akun")
def page() -> ResponseReturnValue:
    """Where am I signed in, and how safely?"""
    with guards.work() as work:
        return _drawn(work)


def _account(work: Work) -> Account:
    found = signing.account(work, g.actor.id)
    assert found is not None  # the guard has just loaded it
    return found


def _drawn(work: Work, found: dict[str, str] | None = None, codes: list[str] | None = None) -> str:
    account = _account(work)
    at = account.totp_at
    shown = {
        "name": account.name, "email": account.email, "places": signing.places(work, account.id), "here": g.sign_in,
        "second_at": promises.short_moment(at, work.ref.calendar) if at else "", "codes_left": secondstep.left(work, account.id),
        "codes": codes, "least": work.ref.keys.least_letters, "idle": int(work.ref.keys.idle.total_seconds() // 3600),
        "longest": work.ref.keys.longest.days, "told": request.args.get("kabar", ""),
    }  # fmt: skip
    return render_template("accounts/mine.html", page=shown, errors=found or {})


def _prove(account: Account) -> None:
    """What is about the keys themselves asks for the password again: an unwatched screen must not change them. Raises BadInput."""
    if not verify_and_update_password(request.form.get("current", "")[: keys.LONGEST_PASSWORD], account):
        raise BadInput("current", "Kata sandi yang sekarang belum cocok.")


def _refused(work: Work, refusal: DomainError, *, status: int | None = None) -> Response:
    work.rollback()
    found = {getattr(refusal, "field", "form"): refusal.sentence}
    return Response(_drawn(work, found), status or errors.status_of(refusal))


@bp.post("/akun/kata-sandi")
@limiter.limit(_GUESSES, key_func=_who, deduct_when=wrong)
def password() -> ResponseReturnValue:
    """Another password; every other session ends."""
    with guards.work() as work:
        account, new = _account(work), request.form.get("password", "")
        try:
            _prove(account)
            keys.check_password(new, request.form.get("again", ""), work.ref.keys, own=(account.email, account.name, work.ref.name))
        except BadInput as refusal:
            return _refused(work, refusal, status=403 if refusal.field == "current" else None)
        signing.set_password(work, account, hash_password(new), but=g.sign_in)
        work.commit()
    return redirect(url_for("mine.page", kabar="sandi"), 303)


@bp.post("/akun/sesi/<int:id>/akhiri")
def end(id: int) -> ResponseReturnValue:
    """End one session of mine."""
    with guards.work() as work:
        signing.end_one(work, g.actor.id, id)
        work.commit()
    return redirect(url_for("mine.page", kabar="sesi"), 303)


@bp.post("/akun/sesi/akhiri-lainnya")
def end_others() -> ResponseReturnValue:
    """End every session of mine but this one."""
    with guards.work() as work:
        signing.end_all(work, g.actor.id, "asked", but=g.sign_in)
        work.commit()
    return redirect(url_for("mine.page", kabar="sesi"), 303)


@bp.get("/akun/dua-langkah")
def second_step() -> ResponseReturnValue:
    """A new secret as a QR code and in letters."""
    with guards.work() as work:
        return _proposed(work)


def _drawn_by_us(picture: str) -> Markup:
    return Markup(picture)  # noqa: S704  # segno draws squares and nothing that anybody wrote


def _proposed(work: Work, found: dict[str, str] | None = None) -> str:
    account = _account(work)
    if not session.get("new_step"):
        session["new_step"] = base64.b64encode(secondstep.propose()).decode()
    salt = base64.b64decode(session["new_step"])
    plain = secondstep.secret(work, account.id, salt)
    picture = segno.make(secondstep.address(work, account, salt), error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff")
    shown = {
        "picture": _drawn_by_us(picture), "secret": " ".join(plain[start : start + 4] for start in range(0, len(plain), 4)),
        "email": account.email, "owes": g.get("owes"), "again": account.totp_at is not None,
    }  # fmt: skip
    return render_template("accounts/second_step.html", page=shown, errors=found or {})


@bp.post("/akun/dua-langkah")
@limiter.limit(_GUESSES, key_func=_who, deduct_when=wrong)
def set_second_step() -> ResponseReturnValue:
    """The first code of the new secret: from now on it is asked for. Shows the paper codes once."""
    with guards.work() as work:
        account, salt = _account(work), base64.b64decode(session.get("new_step", ""))
        try:
            if not salt:
                raise BadInput("code", "Halaman ini sudah lama terbuka. Pindai kode yang baru, lalu ketik kodenya.")
            if account.totp_at is not None:
                _prove(account)
            codes = secondstep.confirm(work, account, salt, request.form.get("code", "")[:40], sign_in=g.sign_in)
        except BadInput as refusal:
            work.rollback()
            return Response(_proposed(work, {refusal.field: refusal.sentence}), 403)
        work.commit()
        session.pop("new_step", None)
        g.owes = False
        return _drawn(work, codes=codes)


@bp.post("/akun/kode-cadangan")
@limiter.limit(_GUESSES, key_func=_who, deduct_when=wrong)
def codes() -> ResponseReturnValue:
    """Ten new paper codes, shown once."""
    with guards.work() as work:
        account = _account(work)
        try:
            _prove(account)
            if account.totp_at is None:
                raise BadInput("form", "Pasang dulu kode dari ponsel.")
        except BadInput as refusal:
            return _refused(work, refusal, status=403)
        made = secondstep.renew(work, account)
        work.commit()
        return _drawn(work, codes=made)
