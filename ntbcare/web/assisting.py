"""An officer writes down what somebody says at the counter, on the telephone or in a village office."""

from __future__ import annotations

import secrets
from typing import Any

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from ntbcare.casework import assisting
from ntbcare.domain import tickets
from ntbcare.domain.errors import DomainError, NotAllowed, NotFound
from ntbcare.domain.kinds import CHANNEL_LABELS
from ntbcare.records.work import Work
from ntbcare.web import citizen, errors, guards

bp = APIBlueprint("assisting", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("assist"))
_FIELDS = ("text", "kind", "category", "region", "place", "name", "phone", "channel")
_OVER = "Bukti ini hanya tampil sesaat sesudah laporan dicatat. Nomor dan PIN-nya ada pada pelapor."


@bp.route("/meja/catat", methods=["GET", "POST"])
def write() -> ResponseReturnValue:
    """The form, and what it sends. Pressing twice, or coming back and sending the same again, is one case."""
    if request.method == "GET":
        with guards.work() as work:
            return _form(work, {"token": secrets.token_urlsafe(16), "channel": _usual(work)}, {}, 200)
    form = {name: value for name, value in request.form.items() if name != "csrf_token"}
    form["token"] = guards.sent_before(citizen.contents(form)) or form.get("token") or secrets.token_urlsafe(16)
    with guards.work() as work:
        try:
            filed = assisting.file(work, citizen.filing_from(form, channel=form.get("channel", "")))
            work.commit()
        except NotAllowed:
            raise
        except DomainError as refusal:
            work.rollback()
            field = getattr(refusal, "field", "text")
            if isinstance(refusal, assisting.FormUsed):
                form["token"] = secrets.token_urlsafe(16)
            return _form(work, form, {field if field in _FIELDS else "form": refusal.sentence}, errors.status_of(refusal))
    guards.wrote_down(filed.ticket)
    guards.sent(citizen.contents(form), form["token"])
    session["assisted_by"] = form["channel"]
    return redirect(url_for("assisting.receipt", ticket=filed.ticket), 303)


def _usual(work: Work) -> str:
    """The way the last one came; at first a village office is a village office and everybody else has a counter."""
    unit = work.ref.units.get(work.actor.unit_id or 0)
    used = session.get("assisted_by")
    return used if used in assisting.CHANNELS else "village" if unit and unit.level == "village" else "counter"


def _form(work: Work, form: dict[str, Any], found: dict[str, str], status: int) -> Response:
    ways = [(code, CHANNEL_LABELS[code]) for code in assisting.CHANNELS]
    return Response(render_template("desk/assist.html", form=form, errors=found, ways=ways, **citizen.lists(work)), status)


@bp.get("/meja/catat/<ticket>")
def receipt(ticket: str) -> ResponseReturnValue:
    """What to read out or print, right after filing; the PIN stands on it once."""
    clean = tickets.normalise(ticket) or ""
    show = guards.take_receipt(clean)
    if show is None:
        raise NotFound(_OVER)
    with guards.work() as work:
        try:
            page = assisting.receipt(work, clean, show_pin=show)
        except NotFound:
            raise NotFound(_OVER) from None
        return render_template("desk/assisted.html", page=page)


@bp.post("/meja/catat/berikutnya")
def another() -> ResponseReturnValue:
    """The next person: an empty form, even if they will say the very same words."""
    guards.forget_sent()
    return redirect(url_for("assisting.write"), 303)
