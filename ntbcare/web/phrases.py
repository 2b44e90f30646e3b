"""Sentences ready to use: listed, added, changed and ended by those who answer for a desk."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import phrasebook, templating
from ntbcare.domain.errors import DomainError
from ntbcare.domain.sentences import PLACEHOLDERS
from ntbcare.records.work import Work
from ntbcare.web import errors, guards

bp = APIBlueprint("phrases", __name__, enable_openapi=False)
bp.before_request(guards.those_who_may(phrasebook.VERB))
_FIELDS = ("act", "category", "channel", "unit", "title", "words")


@bp.get("/kendali/kalimat")
def listed() -> ResponseReturnValue:
    """The sentences for one act (`tindakan`) that concern this person, and a form for one more."""
    with guards.work() as work:
        return _drawn(work)


@bp.post("/kendali/kalimat")
def add() -> ResponseReturnValue:
    """One more sentence; `do=hitung` only measures it."""
    return _kept(None)


@bp.get("/kendali/kalimat/<int:id>")
def one(id: int) -> ResponseReturnValue:
    """One sentence, to be changed or ended."""
    with guards.work() as work:
        return _drawn(work, id=id, draft=phrasebook.draft_of(work, id))


@bp.post("/kendali/kalimat/<int:id>")
def change(id: int) -> ResponseReturnValue:
    """Another version of a sentence; `do=hitung` only measures it."""
    return _kept(id)


@bp.post("/kendali/kalimat/<int:id>/akhiri")
def end(id: int) -> ResponseReturnValue:
    """A sentence is offered no more."""
    with guards.work() as work:
        try:
            act = phrasebook.end(work, id)
        except DomainError as refusal:
            work.rollback()
            return Response(_drawn(work, found={"form": refusal.sentence}), errors.status_of(refusal))
        work.commit()
    return redirect(url_for("phrases.listed", tindakan=act, kabar="diakhiri"), 303)


def _kept(id: int | None) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    with guards.work() as work:
        draft = phrasebook.Draft(**typed)
        if id is not None:  # which act a sentence is for, and whose it is, stays as it was
            old = phrasebook.draft_of(work, id)
            draft = phrasebook.Draft(**{**typed, "act": old.act, "unit": old.unit})
        if request.form.get("do") == "hitung":
            return _drawn(work, id=id, draft=draft, measured=True)
        try:
            draft = phrasebook.Draft(
                draft.act,
                draft.category,
                draft.channel,
                draft.unit,
                sanitise.line(draft.title, field="title"),
                sanitise.text(draft.words, field="words"),
            )
            if id is None:
                phrasebook.add(work, draft)
            else:
                phrasebook.change(work, id, draft)
            work.commit()
        except DomainError as refusal:
            work.rollback()
            found = {getattr(refusal, "field", "form"): refusal.sentence}
            return Response(_drawn(work, id=id, draft=draft, found=found), errors.status_of(refusal))
    return redirect(url_for("phrases.listed", tindakan=draft.act, kabar="disimpan"), 303)


def _drawn(
    work: Work, *, id: int | None = None, draft: phrasebook.Draft | None = None, found: dict[str, str] | None = None, measured: bool = False
) -> str:
    act = request.args.get("tindakan", "") or phrasebook.acts()[0][0]
    page = {"shelves": phrasebook.shelves(work, act) if id is None else [], "act": act, "id": id, "placeholders": PLACEHOLDERS,
            "size": phrasebook.measured(work, draft) if draft and measured else None, "told": request.args.get("kabar", ""),
            "frames": {name: phrasebook.sides(work, name) for name, _ in phrasebook.acts() if name in templating.FRAMED},
            **phrasebook.choices(work)}  # fmt: skip
    return render_template("control/phrases.html", page=page, form=draft or phrasebook.Draft(), errors=found or {})
