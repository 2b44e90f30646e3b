"""Writing to a reporter: a sentence put into the form of an act, the notice looked at as it will arrive. Nothing here sends."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template, request
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import casefile, templating
from ntbcare.domain import lifecycle
from ntbcare.domain.errors import NotFound
from ntbcare.web import guards

bp = APIBlueprint("composing", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("queue.read"))


@bp.post("/meja/<ticket>/<event>/kalimat")
def use(ticket: str, event: str) -> ResponseReturnValue:
    """The form of an act again with a sentence put in (`do=pakai`), or with the whole notice to look at (`do=lihat`). Nothing is sent.

    `part=pesan`: the notice alone, for a page that puts it below the words by itself.
    """
    if event not in lifecycle.BY_EVENT:
        raise NotFound()
    with guards.work() as work:
        case = casefile.open_case(work, ticket)
        words = sanitise.text(request.form.get("words", ""), field="words")
        if request.args.get("part") == "pesan":
            return render_template("partials/looks.html", looks=templating.looks(work, case, event, words))
        page = casefile.case_page(work, case)
        form = {**request.form.to_dict(), "event": event, "words": words}
        act = next((one for one in page.actions if one["event"] == event), None)
        chosen = next((one for one in (act or {"sentences": ()})["sentences"] if str(one.id) == form.get("kalimat")), None)
        looks = None
        if form.get("do") == "lihat":
            looks = templating.looks(work, case, event, words)
        elif chosen is not None and act is not None:
            form["words"] = templating.laid(words, chosen.words, [*(one.words for one in act["sentences"]), act.get("prefill") or ""])
            form["template"] = str(chosen.id)
        drawn = render_template("desk/case.html", page=page, form=form, looks=looks)
        work.commit()  # reading a name is an entry in the book
        return drawn
