"""How the officer who is signed in wishes to be told: their mailbox, their Telegram, and the code that links it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare.casework import linking
from ntbcare.domain.errors import BadInput, DomainError
from ntbcare.records.work import Work
from ntbcare.web import errors, guards

bp = APIBlueprint("roads", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("bell.answer"))


@bp.get("/meja/kabar/cara")
def mine() -> ResponseReturnValue:
    """The roads of this officer."""
    with guards.work() as work:
        return _page(work)


@bp.post("/meja/kabar/cara")
def choose() -> ResponseReturnValue:
    """What is wished for by one road."""
    channel = request.form.get("channel", "")
    with guards.work() as work:
        try:
            if channel not in linking.ROADS:
                raise BadInput("form", "Pilih surel atau Telegram.")
            linking.choose(work, channel, bells="bells" in request.form, digest="digest" in request.form)
            work.commit()
        except DomainError as refusal:
            work.rollback()
            return _page(work, refusal=refusal)
    return redirect(url_for("roads.mine", tersimpan=1, _anchor=channel), 303)


@bp.post("/meja/kabar/cara/kode")
def code() -> ResponseReturnValue:
    """A new one-time code, shown this once."""
    with guards.work() as work:
        try:
            made = linking.new_code(work)
            work.commit()
        except DomainError as refusal:
            work.rollback()
            return _page(work, refusal=refusal)
        return _page(work, code=made)


@bp.post("/meja/kabar/cara/lepas")
def unlink() -> ResponseReturnValue:
    """This officer's Telegram is told nothing any more."""
    with guards.work() as work:
        linking.unlink(work, "telegram")
        work.commit()
    return redirect(url_for("roads.mine", tersimpan=1, _anchor="telegram"), 303)


def _page(work: Work, code: str = "", refusal: DomainError | None = None) -> Response:
    told = {getattr(refusal, "field", "form"): refusal.sentence} if refusal else {}
    minutes = int(linking.GOOD_FOR.total_seconds() // 60)
    page = {"ways": linking.ways(work), "code": code, "minutes": minutes, "errors": told, "saved": "tersimpan" in request.args}
    return Response(render_template("desk/roads.html", page=page), errors.status_of(refusal) if refusal else 200)
