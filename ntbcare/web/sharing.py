"""Parts of a case: asked of another unit, started, answered, given back or let go."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import casefile, sharing
from ntbcare.domain import tickets
from ntbcare.domain.errors import DomainError
from ntbcare.records.cases import Case
from ntbcare.records.work import Work
from ntbcare.web import errors, guards

bp = APIBlueprint("sharing", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("part.ask"))


@bp.post("/meja/<ticket>/bagian")
def ask(ticket: str) -> ResponseReturnValue:
    """Ask a further unit for a part of this case."""
    unit = request.form.get("unit", "")
    return _done(ticket, "part-ask", lambda work, case, words: sharing.ask(work, case, int(unit) if unit.isdecimal() else None, words))


@bp.post("/meja/<ticket>/bagian/<int:id>/<name>")
def act(ticket: str, id: int, name: str) -> ResponseReturnValue:
    """Start, answer, give back or drop one part."""
    seen = request.form.get("version", "")
    version = int(seen) if seen.isdecimal() else None
    return _done(ticket, f"part-{id}-{name}", lambda work, case, words: sharing.act(work, case, id, name, words, version))


def _done(ticket: str, event: str, do: Callable[[Work, Case, str], None]) -> ResponseReturnValue:
    """The case again at its parts; with the officer's words and the reason where it was refused."""
    with guards.work() as work:
        try:
            case = casefile.open_case(work, ticket)
            do(work, case, sanitise.text(request.form.get("words", ""), field="words"))
            work.commit()
        except DomainError as refusal:
            work.rollback()
            page = casefile.case_page(work, casefile.open_case(work, ticket))  # raises NotFound for what is not there for this officer
            page.errors[getattr(refusal, "field", None) or "form"] = refusal.sentence
            drawn = render_template("desk/case.html", page=page, form={**request.form.to_dict(), "event": event})
            return Response(drawn, errors.status_of(refusal))
        stays = casefile.still_here(work, case)  # who gave a part back may not
    number = tickets.normalise(ticket)
    return redirect(url_for("desk.case", ticket=number, _anchor="bagian") if stays else url_for("desk.queue", left=number), 303)
