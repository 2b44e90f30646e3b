"""The reader before the eyes of those who answer for it: how well it reads, where people disagreed, and which model is used."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare.casework import readerboard
from ntbcare.domain.permissions import Role
from ntbcare.web import guards

bp = APIBlueprint("reader", __name__, enable_openapi=False)
bp.before_request(guards.only(Role.COORDINATOR, Role.ADMIN))


@bp.get("/kendali/pembaca")
def page() -> ResponseReturnValue:
    """What the reader is, what it did in the last days, and what people made of it."""
    with guards.work() as work:
        return render_template("control/reader.html", page=readerboard.read(work))


@bp.post("/kendali/pembaca/pakai")
def use() -> ResponseReturnValue:
    """Read with another model from now on. For admins."""
    with guards.work() as work:
        readerboard.use(work, request.form.get("version", ""))
        work.commit()
    return redirect(url_for("reader.page"), 303)
