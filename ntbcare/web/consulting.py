"""Asking somebody outside from the case page: asked, reminded, taken back, and their words taken over into one's own answer."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import casefile, consulting, outsideboard
from ntbcare.domain.errors import DomainError, NotFound
from ntbcare.web import errors, guards

bp = APIBlueprint("consulting", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("outside.ask"))

EVENT = "tanya-luar"
_ANSWERS = ("respond", "submit_result", "answer", "relay")  # acts whose words the citizen reads, the one that ends most first
_ALONE = "default-src 'none'; img-src 'self'; frame-ancestors 'none'; sandbox"


@bp.post("/meja/<ticket>/tanya-luar")
def ask(ticket: str) -> ResponseReturnValue:
    """Ask somebody outside and show the case again at those who were asked."""
    with guards.work() as work:
        case = casefile.open_case(work, ticket)
        try:
            consulting.ask(work, case, _given())
            work.commit()
        except DomainError as refusal:
            work.rollback()
            page = casefile.case_page(work, casefile.open_case(work, ticket))
            page.errors[getattr(refusal, "field", "form")] = refusal.sentence
            typed = {"event": EVENT, **request.form.to_dict(), "photo": request.form.getlist("photo")}
            return Response(render_template("desk/case.html", page=page, form=typed), errors.status_of(refusal))
    return redirect(url_for("desk.case", ticket=ticket, _anchor="luar"), 303)


def _given() -> consulting.Given:
    form, days = request.form, request.form.get("days", "").strip()
    return consulting.Given(
        helper=sanitise.line(form.get("helper", ""), field="helper"), road=form.get("road", ""),
        address=sanitise.line(form.get("address", ""), field="address"), words=sanitise.text(form.get("asked", ""), field="asked"),
        days=(int(days) if days.isdecimal() and len(days) < 4 else 0) if days else None, report=bool(form.get("report")),
        photos=tuple(int(one) for one in form.getlist("photo") if one.isdecimal() and len(one) < 18),
    )  # fmt: skip


@bp.post("/meja/<ticket>/tanya-luar/<int:id>/<act>")
def again(ticket: str, id: int, act: str) -> ResponseReturnValue:
    """Take an ask back, or remind of it."""
    acts = {"tarik": consulting.revoke, "ingatkan": consulting.remind}
    if act not in acts:
        raise NotFound()
    with guards.work() as work:
        acts[act](work, casefile.open_case(work, ticket), id)
        work.commit()
    return redirect(url_for("desk.case", ticket=ticket, _anchor="luar"), 303)


@bp.get("/meja/<ticket>/jawaban-luar/<int:id>")
def use(ticket: str, id: int) -> ResponseReturnValue:
    """The case page with somebody's answer as the draft of one's own. Nothing is sent: the officer reads it first."""
    with guards.work() as work:
        case = casefile.open_case(work, ticket)
        words = outsideboard.words_of(work, case, id)
        page = casefile.case_page(work, case)
        open_now = [one["event"] for one in page.actions]
        event = next((one for one in _ANSWERS if one in open_now), "")
        drawn = render_template("desk/case.html", page=page, form={"event": event, "words": words})
        work.commit()  # reading a name is an entry in the book
        return drawn


@bp.get("/meja/jawaban-luar/<int:id>")
def photo(id: int) -> ResponseReturnValue:
    """A photo of an answer, ?foto=1 being the first."""
    place = request.args.get("foto", "")
    with guards.work() as work:
        found = outsideboard.open_photo(work, id, int(place) if place.isdecimal() and len(place) < 3 else 0)
    answer = send_file(found.where, found.mime, download_name=found.name)
    answer.headers.update({"Content-Security-Policy": _ALONE, "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"})
    return answer
