"""The search of the desk: words, a place, a topic or a number."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import searching
from ntbcare.domain.errors import DomainError
from ntbcare.web import errors, guards

bp = APIBlueprint("searching", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("queue.read"))
_DIGITS = 9  # of an id: more than 32 bits hold is no id of ours


@bp.get("/meja/cari")
def find() -> ResponseReturnValue:
    """What was found; a ticket's number opens its case at once. No line of the words is kept in any log (local/gunicorn_conf)."""
    typed, refused, status = request.args.get("q", ""), {}, 200
    try:
        words = sanitise.text(typed[: 4 * searching.LONGEST], field="q") or ""
    except DomainError as refusal:
        words, refused, status = "", {"q": refusal.sentence}, errors.status_of(refusal)
    before = request.args.get("before", "")
    asked = searching.Asked(words, _which(), int(before) if before.isdecimal() and len(before) <= _DIGITS else None)
    with guards.work() as work:
        found = searching.search(work, asked)
        if found.ticket:
            return redirect(url_for("desk.case", ticket=found.ticket))
        older = url_for("searching.find", q=words, which=asked.which or None, before=found.before) if found.before else None
        page = {
            "q": typed if refused else words, "which": asked.which, "ways": searching.WHICH, "rows": found.rows, "errors": refused,
            "told": _told(found.count), "next_href": older, "longest": searching.LONGEST,
        }  # fmt: skip
        return render_template("desk/search.html", page=page), status


def _which() -> str:
    given = request.args.get("which", "")
    return given if given in dict(searching.WHICH) else ""


def _told(count: int) -> str:
    if count > searching.COUNT_TO:
        return f"Lebih dari {searching.COUNT_TO:,} laporan cocok, yang terbaru di atas. Tambahkan satu kata supaya lebih sedikit.".replace(
            ",", "."
        )
    return f"{count} laporan cocok, yang terbaru di atas." if count else ""
