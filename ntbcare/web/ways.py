"""The rules tried out by those who answer for them: where would this text go, and what would another table have done."""

from __future__ import annotations

import io
from itertools import islice

from apiflask import APIBlueprint
from flask import Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import rehearsing
from ntbcare.domain import rulebook, tickets
from ntbcare.domain.errors import BadInput, DomainError
from ntbcare.domain.permissions import Role
from ntbcare.web import errors, guards

bp = APIBlueprint("ways", __name__, enable_openapi=False)
bp.before_request(guards.only(Role.COORDINATOR, Role.ADMIN))
_LARGEST = 500_000  # bytes of a rule file
_DRAWN = 500  # moved cases on the page; the command line lists them all


@bp.get("/meja/jalur")
def ask() -> ResponseReturnValue:
    """The empty page."""
    return _drawn({})


@bp.post("/meja/jalur")
def explain() -> ResponseReturnValue:
    """Where a text would go and why. The text is in the body, so that no address and no log holds it, and nothing is stored."""
    typed = request.form.get("text", "")
    try:
        text = sanitise.text(typed, field="text")
        if not text:
            raise BadInput("text", "Tulis dulu laporannya.")
    except DomainError as refusal:
        return _drawn({"text": typed, "errors": {"text": refusal.sentence}}, errors.status_of(refusal))
    with guards.work() as work:
        return _drawn({"text": text, "found": rehearsing.explain(work, text)})


@bp.post("/meja/jalur/uji")
def rehearse() -> ResponseReturnValue:
    """What an uploaded rule file would have done to the cases of the last days. For admins; nothing is changed."""
    if g.actor.role is not Role.ADMIN:
        abort(403)
    days = request.form.get("days", "30")
    try:
        file = request.files.get("rules")
        raw = file.read(_LARGEST + 1) if file else b""
        if len(raw) > _LARGEST:
            raise BadInput("rules", "Berkas ini terlalu besar untuk tabel aturan.")
        # the length first: Python refuses to read a number of thousands of digits
        if not days.isascii() or not days.isdecimal() or len(days) > 3 or not 1 <= int(days) <= 366:
            raise BadInput("days", "Tulis jumlah hari antara 1 dan 366.")
        rules = rulebook.from_csv(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    except UnicodeDecodeError:
        return _drawn({"days": days, "errors": {"rules": "Berkas ini bukan teks UTF-8."}}, 422)
    except BadInput as refusal:
        return _drawn({"days": days, "errors": {refusal.field: refusal.sentence}}, errors.status_of(refusal))
    told = rehearsing.Rehearsal()
    with guards.work() as work:
        walk = rehearsing.rehearse(work, rules, int(days), told)
        moved = [(tickets.pretty(one.ticket), one) for one in islice(walk, _DRAWN)]
        for _ in walk:  # only counted
            pass
        return _drawn({"days": days, "told": told, "moved": moved})


def _drawn(page: dict[str, object], status: int = 200) -> Response:
    """The page with what is known; only admins are offered the second form."""
    return Response(render_template("desk/ways.html", page={"rehearses": g.actor.role is Role.ADMIN, **page}), status)
