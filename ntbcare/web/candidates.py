"""What people say in public below posts that we watch: a coordinator makes it a report, or not."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from ntbcare.casework import candidates, overheard
from ntbcare.domain import tickets
from ntbcare.domain.errors import DomainError, LostRace, SealedDoor
from ntbcare.records.work import Work
from ntbcare.web import errors, guards

bp = APIBlueprint("candidates", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("candidate.decide"))
_LARGEST = 2**31  # ids are 32 bits wide


@bp.get("/meja/calon")
def inbox() -> ResponseReturnValue:
    """Comments nobody has decided on, newest first."""
    with guards.work() as work:
        return _page(work, session.pop("candidates_told", {}))


def _page(work: Work, told: dict[str, Any], status: int = 200) -> Response:
    asked, before = request.values.get("tampak", ""), _number(request.values.get("sebelum", ""))
    page = overheard.page(work, asked, before)
    tabs = [
        (label, page.count if key == "laporan" else "", url_for("candidates.inbox", tampak=key), key == page.only)
        for key, label in overheard.TABS
    ]  # fmt: skip
    after = url_for("candidates.inbox", tampak=page.only, sebelum=page.after) if page.after else None
    told["ticket_pretty"] = tickets.pretty(told["ticket"]) if told.get("ticket") else ""
    drawn = render_template("desk/candidates.html", page=page, tabs=tabs, next_href=after, told=told, before=before or "")
    return Response(drawn, status)


def _number(given: str) -> int | None:
    return int(given) if given.isdecimal() and given.isascii() and int(given[:12]) < _LARGEST else None


def _chosen() -> list[int]:
    return [number for each in request.form.getlist("id") if (number := _number(each)) is not None]


def _back(told: dict[str, Any]) -> ResponseReturnValue:
    """To the same place in the list, with one sentence about what was done."""
    session["candidates_told"] = told
    tab, before = request.form.get("tampak") or None, _number(request.form.get("sebelum", ""))
    return redirect(url_for("candidates.inbox", tampak=tab, sebelum=before), 303)


@bp.post("/meja/calon/jadikan")
def accept() -> ResponseReturnValue:
    """This is a report."""
    with guards.work() as work:
        try:
            ticket = candidates.accept(work, next(iter(_chosen()), 0))
            work.commit()
        except SealedDoor as sealed:  # its words are taken off our table, and that has to stay
            work.commit()
            return _page(work, {"refused": sealed.sentence}, errors.status_of(sealed))
        except DomainError as refusal:
            work.rollback()
            ticket = refusal.subject or "" if isinstance(refusal, LostRace) else ""
            return _page(work, {"refused": refusal.sentence, "ticket": ticket}, errors.status_of(refusal))
    return _back({"ticket": ticket})


@bp.post("/meja/calon/bukan")
def dismiss() -> ResponseReturnValue:
    """These are no reports: one, or all that were ticked."""
    with guards.work() as work:
        ids = _chosen()
        done = candidates.dismiss(work, ids)
        work.commit()
    return _back({"dismissed": done, "late": len(set(ids)) - len(done), "nothing": not ids})


@bp.post("/meja/calon/batal")
def restore() -> ResponseReturnValue:
    """Not meant like that: put back what this officer has just put away."""
    with guards.work() as work:
        back = candidates.restore(work, _chosen())
        work.commit()
    return _back({"restored": back})
