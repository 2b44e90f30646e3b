"""What the ladder told the officer who is signed in: a list, and two answers."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import bells
from ntbcare.domain.errors import DomainError
from ntbcare.records.work import Work
from ntbcare.web import errors, guards

bp = APIBlueprint("bells", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("bell.answer"))
_LARGEST = 2**31 - 1  # ids are 32 bits wide


@bp.get("/meja/kabar")
def mine() -> ResponseReturnValue:
    """Every bell of this officer, what waits for an answer first."""
    with guards.work() as work:
        return _page(work)


@bp.post("/meja/kabar/<int:id>/tangani")
def acknowledge(id: int) -> ResponseReturnValue:
    """I have it in hand."""
    with guards.work() as work:
        try:
            bells.acknowledge(work, min(id, _LARGEST))
            work.commit()
        except DomainError as refusal:
            work.rollback()
            return _page(work, id, refusal)
    return redirect(url_for("bells.mine", _anchor=f"b{id}"), 303)


@bp.post("/meja/kabar/<int:id>/tunda")
def snooze(id: int) -> ResponseReturnValue:
    """Not now, with the reason why and until when."""
    with guards.work() as work:
        try:
            days = request.form.get("days", "")
            reason = sanitise.text(request.form.get("reason", ""), field="reason", limit=bells.LONGEST_REASON)
            bells.snooze(work, min(id, _LARGEST), int(days) if days.isdecimal() and len(days) < 3 else 0, reason)
            work.commit()
        except DomainError as refusal:
            work.rollback()
            return _page(work, id, refusal)
    return redirect(url_for("bells.mine", _anchor=f"b{id}"), 303)


def _page(work: Work, failed: int = 0, refusal: DomainError | None = None) -> Response:
    """The list; after a refusal with the officer's words kept and the reason said."""
    lines = bells.mine(work)
    if refusal is not None and failed not in {line.id for line in lines}:
        return errors.answer(errors.status_of(refusal), refusal.sentence)
    told = {getattr(refusal, "field", "form"): refusal.sentence} if refusal else {}
    page = {"lines": lines, "bells": sum(line.unread for line in lines), "failed": failed, "errors": told}
    drawn = render_template("desk/bells.html", page=page, form=request.form if refusal else {})
    return Response(drawn, errors.status_of(refusal) if refusal else 200)
