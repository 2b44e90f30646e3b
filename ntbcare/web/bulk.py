"""One act on many cases: choose, look at what it would do to each, do it, read how it went."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import bulking, moves
from ntbcare.domain.errors import BadInput, DomainError, LostRace, NotFound
from ntbcare.web import errors, guards

bp = APIBlueprint("bulk", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may("queue.read"))
_GONE = "Laporan ini sudah tidak di meja Anda."


@bp.post("/meja/borongan")
def many() -> ResponseReturnValue:
    """`step`: "" asks for unit, reason and words; "kalimat" (in the address) puts a sentence into the words; "lihat" tries the act on
    each case and keeps nothing; "kerjakan" does it."""
    step = request.args.get("step") or request.form.get("step", "")
    try:
        act = bulking.find(g.actor, request.form.get("event", ""))
        chosen = bulking.read(request.form.getlist("ticket"))
    except BadInput as refusal:
        return _drawn({"errors": {"form": refusal.sentence}, "lines": [], "act": None}, errors.status_of(refusal))
    if step not in ("lihat", "kerjakan"):
        return _drawn({"act": act, "lines": _look(chosen), "errors": {}})
    try:
        given = _given()
        _complete(act, given)
    except BadInput as refusal:
        return _drawn({"act": act, "lines": _look(chosen), "errors": {refusal.field: refusal.sentence}}, errors.status_of(refusal))
    lines = [_one(one, act.event, given, keep=step == "kerjakan") for one in chosen]
    return _drawn({"act": act, "lines": lines, "errors": {}, "tried": step == "lihat", "done": step == "kerjakan"})


def _given() -> moves.Given:
    form = request.form
    unit = form.get("unit", "")
    return moves.Given(
        words=sanitise.text(form.get("words", ""), field="words"), reason=form.get("reason") or None,
        unit=int(unit) if unit.isdecimal() and len(unit) < 10 else None,
    )  # fmt: skip


def _complete(act: bulking.Act, given: moves.Given) -> None:
    """What is missing for all of them is said once, not for each."""
    if act.unit and given.unit is None:
        raise BadInput("unit", "Pilih unitnya.")
    if act.reason and not given.reason:
        raise BadInput("reason", "Pilih alasannya.")
    if act.words == "required" and not given.words.strip():
        raise BadInput("words", "Tulis dulu kata-katanya: pelapor berhak tahu.")


def _one(one: bulking.Chosen, event: str, given: moves.Given, *, keep: bool) -> bulking.Line:
    """One case in a transaction of its own: what fails for one holds up no other."""
    with guards.work() as work:
        try:
            line = bulking.act(work, one, event, given, request.form.get("template", ""))
            if keep:
                work.commit()
            return line
        except NotFound:
            return bulking.nameless(one, _GONE)
        except LostRace as lost:
            work.rollback()
            return bulking.refused(work, one, lost.sentence)
        except DomainError as refusal:
            work.rollback()
            return bulking.refused(work, one, refusal.sentence)
        finally:
            work.rollback()


def _look(chosen: list[bulking.Chosen]) -> list[bulking.Line]:
    with guards.work() as work:
        return [bulking.refused(work, one, "", gone=_GONE) for one in chosen]


def _drawn(page: dict[str, object], status: int = 200) -> Response:
    with guards.work() as work:
        act = page["act"]
        page["units"] = bulking.units(work, act.event) if isinstance(act, bulking.Act) and act.unit else []
        page["sentences"] = bulking.sentences(work, act.event) if isinstance(act, bulking.Act) else []
        page["reasons"] = bulking.reasons(work) if isinstance(act, bulking.Act) and act.reason else []
        form = request.form.to_dict()
        if request.args.get("step") == "kalimat":
            form |= bulking.with_sentence(work, form.get("event", ""), form.get("words", ""), form.get("kalimat", ""))
    return Response(render_template("desk/bulk.html", page=page, form=form), status)
