"""Pages for citizens: tell us, and see what became of it; everything works without JavaScript and without an account."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from urllib.parse import unquote_to_bytes

from apiflask import APIBlueprint
from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import asking, delivery, following, followup, intake, likeness, lookup, offering, polling, splitting, triage
from ntbcare.domain import tickets
from ntbcare.domain.errors import BadInput, DomainError, NotFound
from ntbcare.domain.kinds import Kind
from ntbcare.records.cases import Case
from ntbcare.records.work import Work
from ntbcare.web import errors, guards
from ntbcare.web.limits import chooses_nobodys, limiter, ticket_asked, wrong

bp = APIBlueprint("citizen", __name__, enable_openapi=False)


@bp.get("/")
def home() -> ResponseReturnValue:
    """The first page."""
    return render_template("citizen/home.html")


@bp.route("/lapor", methods=["GET", "POST"])
@limiter.limit("10 per minute; 60 per hour", methods=["POST"], exempt_when=chooses_nobodys)
def report() -> ResponseReturnValue:
    """The form, and what it sends. The hidden token makes a double tap, a resend and the back button one case."""
    if request.method == "GET":
        with guards.work() as work:
            return _form(work, {"token": secrets.token_urlsafe(16)}, {}, 200)
    if not sanitise.readable(unquote_to_bytes(request.get_data(cache=True))):
        abort(400)
    form = request.form.to_dict()
    named = contents(form) + (f":{form['same']}" if form.get("same") else "")  # following is not filing: back and send again asks again
    again = guards.sent_before(named)
    form["token"] = again or form.get("token") or secrets.token_urlsafe(16)
    with guards.work() as work:
        try:
            filing = filing_from(form)
            if form.get("same"):
                followed = following.follow(work, filing, form["same"])
                work.commit()
                guards.sent(named, form["token"])
                guards.follow(followed.ticket, numbered=followed.numbered, kept=followed.kept)
                return redirect(url_for("citizen.followed", ticket=followed.ticket), 303)
            if not form.get("new") and not again:
                offers = offering.before_filing(work, filing)
                if offers:
                    return Response(render_template("citizen/similar.html", form=form, offers=offers), 200)
            filed = intake.file(work, filing)
            work.commit()
        except DomainError as refusal:
            work.rollback()
            field = getattr(refusal, "field", "text")
            return _form(work, form, {field: refusal.sentence}, errors.status_of(refusal))
    guards.remember(filed.ticket, fresh=True)
    guards.sent(named, form["token"])
    return redirect(url_for("citizen.track", ticket=filed.ticket), 303)


@bp.get("/ikut/<ticket>")
@limiter.limit("30 per minute; 300 per hour")
def followed(ticket: str) -> ResponseReturnValue:
    """Whoever said "the same" in this browser has its number now, and knows where its news can be read; nobody else sees what it is about."""
    mine = guards.follows(tickets.normalise(ticket) or "")
    if mine is None:
        raise NotFound(subject=ticket[:20])
    with guards.work() as work:
        case = following.open_to_all(work, ticket)
        told = {"ticket": case.ticket, "ticket_pretty": tickets.pretty(case.ticket), "about": likeness.about(work, case),
                "track": f"{work.house.public_url}/t/{case.ticket}"}  # fmt: skip
        return render_template("citizen/following.html", page=told, numbered=mine[0], kept=mine[1])


def contents(form: dict[str, str]) -> str:
    """Names what was written. A browser that comes back to the form restores the words but not the hidden token."""
    written = sorted((name, value) for name, value in form.items() if name not in ("token", "same", "new") and value)
    return hashlib.sha256(repr(written).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def filing_from(form: dict[str, Any], *, channel: str = "web") -> intake.Filing:
    """The form's fields, sanitised. Raises BadInput with the field's name."""
    given = {name: value for name, value in form.items() if value not in (None, "")}
    kind = str(given.get("kind", Kind.COMPLAINT))
    if kind not in set(Kind):
        raise BadInput("kind", "Pilih keluhan, usulan, atau informasi.")
    anonymous = given.get("anonymous") in ("1", "on", "yes", "true", True)
    return intake.Filing(
        channel=channel, key=sanitise.line(str(given.get("token", ""))[:200], field="token") or secrets.token_urlsafe(16), text=sanitise.text(str(given.get("text", ""))),
        kind=Kind(kind), category=given.get("category"), region=given.get("region"), lat=_number(given, "lat"), lon=_number(given, "lon"),
        place=sanitise.line(str(given["place"]), field="place") if "place" in given else None,
        name=sanitise.line(str(given["name"]), field="name") or None if "name" in given else None,
        phone=sanitise.phone(str(given["phone"])) if "phone" in given else None,
        email=sanitise.line(str(given["email"]), field="email") if "email" in given else None,
        anonymous=anonymous, confidential=given.get("confidential") in ("1", "on", "yes", "true", True),
    )  # fmt: skip


def _number(given: dict[str, Any], name: str) -> float | None:
    if name not in given:
        return None
    try:
        return float(given[name])
    except (TypeError, ValueError):
        raise BadInput(name, "Titik lokasi tidak terbaca.") from None


def _form(work: Work, form: dict[str, Any], found: dict[str, str], status: int) -> Response:
    return Response(render_template("citizen/report.html", form=form, errors=found, **lists(work)), status)


def lists(work: Work) -> dict[str, Any]:
    """The two lists of the form: districts by regency, and topics that an open door may take."""
    ref = work.ref
    districts: dict[str, list[tuple[str, str]]] = {}
    for region in ref.regions.values():
        if region.level == "district" and region.parent:
            districts.setdefault(region.parent, []).append((region.code, region.name))
    regencies = [(ref.regions[code].name, sorted(rows, key=lambda row: row[1])) for code, rows in sorted(districts.items())]
    topics = [(c.code, c.name) for c in ref.categories.values() if c.parent is None and c.sealed != "yes"]
    return {"regencies": regencies, "categories": topics}


@bp.get("/cek")
def find() -> ResponseReturnValue:
    """Look a ticket up."""
    given = request.args.get("ticket", "").strip()
    clean = tickets.normalise(given)
    if clean:
        return redirect(url_for("citizen.track", ticket=clean))
    return Response(render_template("citizen/not_found.html", ticket=given), 404 if given else 200)


@bp.get("/t/<ticket>")
def track(ticket: str) -> ResponseReturnValue:
    """The tracking page: progress for everybody, the story for the one who filed it."""
    with guards.work() as work:
        try:
            case = lookup.by_ticket(work, ticket)
        except NotFound:
            return Response(render_template("citizen/not_found.html", ticket=ticket), 404)
        mine = guards.owns(case.ticket)
        drawn = _story(work, case, mine=mine, fresh=mine and guards.just_filed(case.ticket))
        if mine:
            delivery.seen(work, case)
            work.commit()
        return drawn


def _story(work: Work, case: Case, *, mine: bool, fresh: bool = False, found: dict[str, str] | None = None,
           form: dict[str, str] | None = None) -> str:  # fmt: skip
    """The tracking page. Who proved one report as theirs has proved what came of the same report, too."""
    page = lookup.track(work, case, mine=mine, fresh=fresh)
    asked, related = (asking.shown(work, case), splitting.related(work, case, page.story)) if mine else (None, [])
    for one in related:
        if not guards.owns(one.ticket):
            guards.remember(one.ticket)
    danger = guards.danger(case.ticket) if mine else ""
    danger = danger or (triage.emergency(work, case.text) if fresh else "")  # nobody in danger has to look for a number at the foot of a page
    return render_template("citizen/track.html", page=page, asked=asked, related=related, danger=danger, errors=found or {}, form=form or {})


@bp.post("/t/<ticket>/pin")
@limiter.limit("10 per minute; 60 per hour", deduct_when=wrong)
@limiter.limit("100 per day", key_func=ticket_asked, deduct_when=wrong)
def unlock(ticket: str) -> ResponseReturnValue:
    """The PIN opens the story."""
    with guards.work() as work:
        case = lookup.by_ticket(work, ticket)
        if not lookup.pin_opens(work, case, request.form.get("pin", "")):
            wrong = {"pin": "PIN ini tidak cocok dengan nomor laporannya."}
            return Response(_story(work, case, mine=False, found=wrong), 403)
    guards.remember(case.ticket)
    return redirect(url_for("citizen.track", ticket=case.ticket), 303)


def _act(work: Work, case: Case, act: str, words: str, form: dict[str, str]) -> None:
    if act in ("jawab", "tambah"):
        followup.answer(work, case, words or form.get("pilihan", "")[:10])
    elif act == "selesai":
        followup.confirm(work, case)
        polling.ask(work, case.id)  # the stars stand on the very next page; the errand that asks later finds it done
    elif act == "belum":
        followup.object_(work, case, words)
    elif act == "nilai":
        polling.rate(work, case, int(form["score"]) if form.get("score", "").isdecimal() else 0, words)
        if triage.emergency(work, words):
            followup.add_words(work, case, words)
            followup.alarmed(work, case, words)
    elif act == "catat":
        guards.noted(case.ticket)
    elif act == "tarik":
        followup.withdraw(work, case, words)
    else:
        raise NotFound()


@bp.post("/t/<ticket>/<act>")
def act(ticket: str, act: str) -> ResponseReturnValue:
    """Answer, add, confirm, object, rate, withdraw, hide the PIN: by the one who filed it."""
    with guards.work() as work:
        case = lookup.by_ticket(work, ticket)
        if not guards.owns(case.ticket):
            abort(403)
        work.proved.add(case.id)
        try:
            words = sanitise.text(request.form.get("words", ""), field="words")
            _act(work, case, act, words, request.form.to_dict())
            work.commit()
            if number := triage.emergency(work, words):
                guards.endangered(case.ticket, number)
        except DomainError as refusal:
            work.rollback()
            found = {getattr(refusal, "field", "form"): refusal.sentence}
            form = {"act": act, "words": request.form.get("words", ""), "score": request.form.get("score", "")}
            return Response(_story(work, lookup.by_ticket(work, ticket), mine=True, found=found, form=form), errors.status_of(refusal))
    return redirect(url_for("citizen.track", ticket=case.ticket), 303)
