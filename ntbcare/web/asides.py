"""What came as a message and was no report: greetings, tests, thanks, advertising, abuse; a coordinator may make it one after all."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ntbcare.casework import sorting
from ntbcare.domain.errors import DomainError
from ntbcare.records.work import Work
from ntbcare.web import errors, guards

bp = APIBlueprint("asides", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("candidate.decide"))
_LARGEST = 2**31 - 1  # ids are 32 bits wide


@bp.get("/meja/bukan-laporan")
def listed() -> ResponseReturnValue:
    """The newest of them."""
    with guards.work() as work:
        return _page(work)


def _page(work: Work, refused: str = "", status: int = 200) -> Response:
    return Response(render_template("desk/asides.html", rows=sorting.asides(work), days=sorting.KEPT.days, refused=refused), status)


@bp.post("/meja/bukan-laporan/<int:id>")
def take(id: int) -> ResponseReturnValue:
    """This is a report after all: on to its page."""
    with guards.work() as work:
        try:
            ticket = sorting.take(work, min(id, _LARGEST))
            work.commit()
        except DomainError as refusal:
            work.rollback()
            return _page(work, refusal.sentence, errors.status_of(refusal))
    return redirect(url_for("desk.case", ticket=ticket), 303)
