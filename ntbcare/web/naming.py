"""Names of places that the reader did not know: taught after a correction, listed, and taken back."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import naming
from ntbcare.domain import tickets
from ntbcare.domain.errors import BadInput
from ntbcare.domain.permissions import Role
from ntbcare.records.work import Work
from ntbcare.web import errors, guards

bp = APIBlueprint("naming", __name__, enable_openapi=False)
bp.before_request(guards.only(Role.COORDINATOR, Role.ADMIN))


@bp.get("/kendali/nama")
def page() -> ResponseReturnValue:
    """Corrections that could teach a name, and the names that were taught."""
    with guards.work() as work:
        return _drawn(work, {})


@bp.post("/kendali/nama")
def teach() -> ResponseReturnValue:
    """From now on these words mean this place."""
    with guards.work() as work:
        typed = {name: request.form.get(name, "") for name in ("words", "region")}
        try:
            naming.teach(work, sanitise.text(typed["words"], field="words"), typed["region"], request.form.get("sure") == "yes")
        except BadInput as refusal:
            return _drawn(work, {**typed, "error": refusal.sentence, "doubt": refusal.field == "sure"}), errors.status_of(refusal)
        work.commit()
    return redirect(url_for("naming.page"), 303)


@bp.post("/kendali/nama/cabut")
def take_back() -> ResponseReturnValue:
    """A name means this place no more. For whoever taught it, and for admins."""
    with guards.work() as work:
        naming.take_back(work, request.form.get("words", ""), request.form.get("region", ""))
        work.commit()
    return redirect(url_for("naming.page"), 303)


def _drawn(work: Work, kept: dict[str, object]) -> str:
    lessons = [(tickets.pretty(one.ticket), one) for one in naming.lessons(work)]
    page = {"lessons": lessons, "taught": naming.taught(work), "kept": kept, "admin": g.actor.role is Role.ADMIN,
            "place": work.ref.region_name(str(kept["region"])) if kept.get("region") in work.ref.regions else ""}  # fmt: skip
    return render_template("control/names.html", page=page)
