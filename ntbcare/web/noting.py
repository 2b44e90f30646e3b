"""Notes of colleagues on a case: one door to write them, none by which they leave."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import casefile, noting
from ntbcare.domain.errors import DomainError
from ntbcare.web import errors, guards

bp = APIBlueprint("noting", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("note"))


@bp.post("/meja/<ticket>/catatan")
def write(ticket: str) -> ResponseReturnValue:
    """Keep a note and show the case again at its notes."""
    typed = request.form.get("note", "")
    with guards.work() as work:
        case = casefile.open_case(work, ticket)
        try:
            noting.write(work, case, sanitise.text(typed, field="note", limit=2 * noting.LONGEST))
            work.commit()
        except DomainError as refusal:
            work.rollback()
            page = casefile.case_page(work, casefile.open_case(work, ticket))
            page.errors["note"] = refusal.sentence
            return render_template("desk/case.html", page=page, form={"event": "note", "note": typed}), errors.status_of(refusal)
    return redirect(url_for("desk.case", ticket=ticket, _anchor="catatan"), 303)
