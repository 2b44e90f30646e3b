"""The calendar of working days: its editions, the days off of this year and the next, a day added, and what applying it would move."""

from __future__ import annotations

from datetime import date

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import daysoff, recounting
from ntbcare.domain.errors import DomainError
from ntbcare.records.work import Work
from ntbcare.web import errors, guards

bp = APIBlueprint("calendar", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may(daysoff.VERB))


@bp.get("/kendali/kalender")
def page() -> ResponseReturnValue:
    """Editions and days off."""
    with guards.work() as work:
        return _drawn(work)


@bp.post("/kendali/kalender")
def add() -> ResponseReturnValue:
    """One more day off, in a new edition. Dates that were named stay as they are."""
    typed = {name: request.form.get(name, "").strip() for name in ("day", "name", "kind", "region", "source")}
    with guards.work() as work:
        try:
            name, source = (sanitise.line(typed[field], field=field) for field in ("name", "source"))
            daysoff.add(work, _day(typed["day"]), name, source, kind=typed["kind"], region=typed["region"] or None)
        except DomainError as refusal:
            work.rollback()
            found = {getattr(refusal, "field", "form"): refusal.sentence}
            return Response(_drawn(work, typed=typed, found=found), errors.status_of(refusal))
        work.commit()
    return redirect(url_for("calendar.page", ditambah=1), 303)


@bp.get("/kendali/kalender/hitung")
def preview() -> ResponseReturnValue:
    """What counting again would move. Nothing is changed."""
    with guards.work() as work:
        return _drawn(work, preview=recounting.preview(work))


@bp.post("/kendali/kalender/hitung")
def apply() -> ResponseReturnValue:
    """Count again what runs: an errand does it, slice by slice."""
    with guards.work() as work:
        recounting.begin(work)
        work.commit()
    return redirect(url_for("calendar.page", dihitung=1), 303)


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if len(given) == len("2026-03-13") else None
    except ValueError:
        return None


def _drawn(
    work: Work, *, typed: dict[str, str] | None = None, found: dict[str, str] | None = None, preview: recounting.Preview | None = None
) -> str:
    page = {"editions": daysoff.editions(work), "years": daysoff.days(work), "regions": daysoff.regions(work),
            "kinds": list(daysoff.KINDS.items()), "preview": preview, "added": request.args.get("ditambah"),
            "begun": request.args.get("dihitung")}  # fmt: skip
    return render_template("control/calendar.html", page=page, form=typed or {}, errors=found or {})
