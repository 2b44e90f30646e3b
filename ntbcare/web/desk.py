"""Pages for officers: one queue, one case, one next act."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import acts, bulking, casefile, lookup, moves, offering, showing, splitting, templating, ways
from ntbcare.casework import desk as desks
from ntbcare.domain import lifecycle, tickets
from ntbcare.domain.errors import DomainError, LostRace, NotFound
from ntbcare.domain.permissions import Role
from ntbcare.records.cases import Case
from ntbcare.records.work import Work
from ntbcare.web import errors, filtering, guards

bp = APIBlueprint("desk", __name__, enable_openapi=False)
bp.before_request(guards.only(Role.OFFICER, Role.HEAD, Role.COORDINATOR, Role.LEADER, Role.ADMIN))


@bp.get("/meja")
def queue() -> ResponseReturnValue:
    """The queue of the signed-in officer."""
    with guards.work() as work:
        asked = filtering.asked(work, request.args)
        page = filtering.drawn(work, desks.queue(work, asked), asked) | {"bulk": bulking.offered(work.actor)}
        if request.args.get("part") == "rows":  # what a page that lies open asks for, to show new work
            return render_template("desk/rows.html", page=page)
        left = tickets.normalise(request.args.get("left", ""))
        return render_template("desk/queue.html", page=page, left=tickets.pretty(left) if left else "")


@bp.get("/meja/<ticket>")
def case(ticket: str) -> ResponseReturnValue:
    """One case with its whole story."""
    with guards.work() as work:
        page = casefile.case_page(work, casefile.open_case(work, ticket))
        drawn = render_template("desk/case.html", page=page, form=_begun(page, request.args.get("kalimat", "")))
        work.commit()  # reading a name is an entry in the book
        return drawn


def _begun(page: casefile.CasePage, sentence: str) -> dict[str, str]:
    """The form of an act with a sentence (its id) in it, where that fits the case; {} where it does not."""
    fitting = ((act["event"], one) for act in page.actions for one in act["sentences"] if str(one.id) == sentence)
    return next(({"event": event, "words": one.words, "template": sentence, "kalimat": sentence} for event, one in fitting), {})


_ALONE = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@bp.get("/meja/berkas/<int:id>")
def file(id: int) -> ResponseReturnValue:
    """A photo, sound, film or paper of a case; papers, and what is asked for with ?simpan=1, are taken along instead of shown."""
    with guards.work() as work:
        found = showing.open_file(work, id)
    shown = found.mime.startswith(("image/", "audio/", "video/")) and not request.args.get("simpan")
    answer = send_file(found.where, found.mime, as_attachment=not shown, download_name=found.name)
    # as if it lay on another computer: nothing in it may run, and no copy stays behind in a shared browser
    answer.headers.update({"Content-Security-Policy": _ALONE, "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"})
    return answer


@bp.post("/meja/<ticket>/<event>")
def act(ticket: str, event: str) -> ResponseReturnValue:
    """One move. The version in the form says what the officer was looking at."""
    if event not in lifecycle.BY_EVENT:
        raise NotFound()
    with guards.work() as work:
        try:
            found = casefile.open_case(work, ticket)
        except NotFound as gone:
            if casefile.has_left(work, ticket):
                return _conflict(work, ticket, event)
            raise gone
        try:
            acts.go(work, found, event, _given(work))
            if event == "verify":
                ways.route_again(work, found)
            if event == "dispose":
                ways.involve(work, found, ways.decide(work, found))
            work.commit()
        except LostRace:
            work.rollback()
            return _conflict(work, ticket, event)
        except DomainError as refusal:
            work.rollback()
            return _again(work, casefile.open_case(work, ticket), event, refusal)
        except Exception:
            work.rollback()
            raise
        stays = casefile.still_here(work, found)
    return redirect(url_for("desk.case", ticket=ticket) if stays else url_for("desk.queue", left=tickets.normalise(ticket)), 303)


@bp.post("/meja/<ticket>/bukan-sama")
def apart(ticket: str) -> ResponseReturnValue:
    """Two cases are not the same thing: they are never proposed to each other again."""
    with guards.work() as work:
        found = casefile.open_case(work, ticket)
        offering.tell_apart(work, found, lookup.by_ticket(work, request.form.get("other", "")))
        work.commit()
    return redirect(url_for("desk.case", ticket=tickets.normalise(ticket), _anchor="serupa"), 303)


@bp.post("/meja/<ticket>/topik")
def retopic(ticket: str) -> ResponseReturnValue:
    """The topic of a case is another one; the case stays where it is."""
    with guards.work() as work:
        found = casefile.open_case(work, ticket)
        try:
            acts.retopic(work, found, request.form.get("category", ""))
        except DomainError as refusal:
            return _again(work, found, "retopic", refusal)
        work.commit()
    return redirect(url_for("desk.case", ticket=tickets.normalise(ticket)), 303)


@bp.post("/meja/<ticket>/pisah")
def split(ticket: str) -> ResponseReturnValue:
    """Several matters in one report: those that were ticked become cases of their own."""
    with guards.work() as work:
        found = casefile.open_case(work, ticket)
        try:
            splitting.split(work, found, [int(given) for given in request.form.getlist("part") if given.isdecimal() and len(given) < 3])
        except LostRace:
            raise
        except DomainError as refusal:
            work.rollback()
            return _again(work, casefile.open_case(work, ticket), "split", refusal)
        work.commit()
    return redirect(url_for("desk.case", ticket=tickets.normalise(ticket), _anchor="asal"), 303)


def _given(work: Work) -> moves.Given:
    form = request.form
    parent = form.get("parent", "").strip()
    return moves.Given(
        words=sanitise.text(form.get("words", ""), field="words"), unit=int(form["unit"]) if form.get("unit", "").isdecimal() else None,
        reason=form.get("reason") or None, parent=_numbered(work, parent) if parent else None,
        ref=sanitise.line(form.get("ref", ""), field="ref") or None, without=sanitise.text(form.get("without", ""), field="without"),
        title=sanitise.line(form.get("title", ""), field="title") or None,
        category=form.get("category") or None,
        region=form.get("region") or None,
        urgency=form.get("urgency") or None,
        vulnerable=bool(form.get("vulnerable")) if form.get("vulnerable_asked") else None,
        protect=tuple(name for name in ("anonymous", "confidential") if form.get(name)),
        seen=int(form["version"]) if form.get("version", "").isdecimal() else None,
        template=templating.used(work, form.get("template", "")),
    )  # fmt: skip


def _numbered(work: Work, ticket: str) -> int:
    """The id of a case by its number, 0 for none: one that is not there and one that may not be known of are refused in the same words."""
    try:
        return lookup.by_ticket(work, ticket).id
    except NotFound:
        return 0


def _again(work: Work, found: Case, event: str, refusal: DomainError) -> Response:
    """The same page with the officer's words kept and the reason said."""
    page = casefile.case_page(work, found)
    page.errors[getattr(refusal, "field", "form")] = refusal.sentence
    drawn = render_template("desk/case.html", page=page, form={"event": event, **request.form.to_dict()})
    work.commit()
    return Response(drawn, errors.status_of(refusal))


def _conflict(work: Work, ticket: str, event: str) -> Response:
    """Somebody was faster: what they did, and the words of the one who was not, to copy."""
    told: dict[str, Any] = {
        "ticket": "", "ticket_pretty": tickets.pretty(ticket),
        "label": lifecycle.BY_EVENT[event].label, "words": request.form.get("words", ""),
    }  # fmt: skip
    try:
        page = casefile.case_page(work, casefile.open_case(work, ticket))
    except NotFound:  # it has left this desk
        return Response(render_template("desk/conflict.html", page=told), 409)
    told |= {"ticket": page.ticket, "state_label": page.state_label}
    told["changes"] = [(line.when_text, line.who, line.what, line.words) for line in page.story[-2:]]
    return Response(render_template("desk/conflict.html", page=told), 409)
