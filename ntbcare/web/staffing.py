"""Accounts of the house: the list, inviting, one person's page. Links are shown once, on the answer to the button that made them."""

from __future__ import annotations

import secrets

from apiflask import APIBlueprint
from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import hash_password

from ntbcare.casework import doorlinks, staffing
from ntbcare.domain.errors import BadInput
from ntbcare.domain.permissions import may
from ntbcare.records.people import Account
from ntbcare.records.work import Work
from ntbcare.web import errors, guards

bp = APIBlueprint("staffing", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may(staffing.INVITE))


@bp.get("/kendali/akun")
def listed() -> ResponseReturnValue:
    """Everybody with an account, by name; searched and filtered."""
    with guards.work() as work:
        return _list(work)


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None


def _list(work: Work, *, typed: dict[str, str] | None = None, found: dict[str, str] | None = None) -> str:
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("kata", "unit", "peran", "keadaan")}
    people = staffing.people(work, words=asked["kata"], unit=_number(asked["unit"]), role=asked["peran"], state=asked["keadaan"])
    page = {
        "people": people[: staffing.MOST], "more": len(people) > staffing.MOST, "asked": asked,
        "units": [(str(number), name) for number, name in staffing.units(work)], "roles": staffing.roles(work),
        "all_roles": sorted({(str(one.role), one.role_label) for one in people} | set(staffing.roles(work)), key=lambda one: one[1]),
        "states": list(staffing.STATES.items()),
    }  # fmt: skip
    return render_template("control/accounts.html", page=page, form=typed or {}, errors=found or {})


@bp.post("/kendali/akun")
def invite() -> ResponseReturnValue:
    """Invite somebody; the answer shows the link, once."""
    typed = {name: request.form.get(name, "").strip() for name in ("email", "name", "role", "unit")}
    with guards.work() as work:
        try:
            account, link = staffing.invite(
                work, email=typed["email"], name=typed["name"], role=typed["role"], unit=_number(typed["unit"]),
                unusable=hash_password(secrets.token_urlsafe(32)),
            )  # fmt: skip
        except BadInput as refusal:
            work.rollback()
            return Response(_list(work, typed=typed, found={refusal.field: refusal.sentence}), errors.status_of(refusal))
        return _shown_once(work, account, link)


def _shown_once(work: Work, account: Account, link: str) -> str:
    """Commits; the link is mailed too where there is a mailbox to mail from."""
    mailed = bool(guards.house().gateways.get("email"))
    if mailed:
        doorlinks.post(work, link)
    work.commit()
    page = {
        "link": f"{guards.house().public_url}{url_for('accounts.link', token=link)}", "name": account.name, "email": account.email,
        "mailed": mailed, "new": account.password_at is None, "id": account.id,
        "hours": int((work.ref.keys.invitation if account.password_at is None else work.ref.keys.reset).total_seconds() // 3600),
    }  # fmt: skip
    return render_template("control/account_link.html", page=page)


@bp.get("/kendali/akun/<int:id>")
def one(id: int) -> ResponseReturnValue:
    """One person's account."""
    with guards.work() as work:
        return _person(work, id)


def _person(work: Work, id: int, found: dict[str, str] | None = None) -> str:
    account = staffing.account(work, id)
    page = {
        "person": staffing.person(work, account), "manages": may(g.actor, staffing.MANAGE), "self": id == g.actor.id,
        "open": staffing.open_work(work, account), "units": [(str(number), name) for number, name in staffing.units(work)],
        "roles": staffing.roles(work), "told": request.args.get("kabar", ""),
    }  # fmt: skip
    return render_template("control/account.html", page=page, errors=found or {})


def _done(work: Work, id: int, told: str) -> ResponseReturnValue:
    work.commit()
    return redirect(url_for("staffing.one", id=id, kabar=told), 303)


@bp.post("/kendali/akun/<int:id>/tautan")
def link(id: int) -> ResponseReturnValue:
    """Another link, shown once."""
    with guards.work() as work:
        try:
            account, link = staffing.new_link(work, id)
        except BadInput as refusal:
            work.rollback()
            return Response(_person(work, id, {refusal.field: refusal.sentence}), errors.status_of(refusal))
        return _shown_once(work, account, link)


@bp.post("/kendali/akun/<int:id>/langkah-kedua")
def lost_second_step(id: int) -> ResponseReturnValue:
    """The telephone is lost and the admin has seen the person."""
    with guards.work() as work:
        if request.form.get("seen") != "yes":
            found = {"seen": "Pastikan dulu orangnya sendiri yang meminta: bertemu langsung, bukan lewat pesan."}
            return Response(_person(work, id, found), 422)
        staffing.lost_second_step(work, id)
        return _done(work, id, "langkah")


@bp.post("/kendali/akun/<int:id>/ubah")
def change(id: int) -> ResponseReturnValue:
    """Another name, role or unit."""
    typed = {name: request.form.get(name, "").strip() for name in ("name", "role", "unit")}
    with guards.work() as work:
        try:
            staffing.change(work, id, name=typed["name"], role=typed["role"], unit=_number(typed["unit"]))
        except BadInput as refusal:
            work.rollback()
            return Response(_person(work, id, {refusal.field: refusal.sentence}), errors.status_of(refusal))
        return _done(work, id, "ubah")


@bp.post("/kendali/akun/<int:id>/nonaktif")
def deactivate(id: int) -> ResponseReturnValue:
    """Somebody has left."""
    with guards.work() as work:
        try:
            staffing.deactivate(work, id)
        except BadInput as refusal:
            work.rollback()
            return Response(_person(work, id, {refusal.field: refusal.sentence}), errors.status_of(refusal))
        return _done(work, id, "nonaktif")


@bp.post("/kendali/akun/<int:id>/aktif")
def activate(id: int) -> ResponseReturnValue:
    """Somebody is back."""
    with guards.work() as work:
        staffing.activate(work, id)
        return _done(work, id, "aktif")
