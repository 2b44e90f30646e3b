"""The page of somebody outside who was asked to help: one link, one ask, one answer; no sign-in and nothing of who reported."""

from __future__ import annotations

import hashlib
import hmac
import re

from apiflask import APIBlueprint
from flask import Response, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from ntbcare import sanitise
from ntbcare.casework import attachments, consulted
from ntbcare.contract import Fetched
from ntbcare.domain.errors import BadInput, DomainError, NotFound
from ntbcare.domain.outside import ANSWER_LABELS
from ntbcare.domain.permissions import Actor, Role
from ntbcare.web import errors, guards
from ntbcare.web.limits import limiter

bp = APIBlueprint("outside", __name__, enable_openapi=False)
_HELPER = Actor(Role.CHANNEL)  # nobody of ours, and no citizen with a report
_PREVIEWS = re.compile(
    r"bot|whatsapp|preview|crawl|facebookexternal|spider", re.IGNORECASE
)  # a messenger that draws a link has not read it
_WORDS_ROOM = 64 * 1024  # bytes beside the photos
_ALONE = "default-src 'none'; img-src 'self'; frame-ancestors 'none'; sandbox"


def _missed(response: Response) -> bool:
    """Only wrong tokens are counted here: a link that is right may be opened as often as it takes."""
    return response.status_code == 404


@bp.after_request
def discreet(response: Response) -> Response:
    """A link that opens something is kept by nobody: not by a browser, a search engine or the next page."""
    response.headers.update({"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store, private"})
    return response


def proof(token: str) -> str:
    """What the form carries beside its address, so that another site cannot send it: no session is needed for it."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"outside-form:" + token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def _page(token: str, found: consulted.Open, form: dict[str, str], faults: dict[str, str], status: int = 200) -> Response:
    manners = guards.house().reference().outside
    answers = [(one.value, ANSWER_LABELS[one]) for one in consulted.BY_PAGE]
    drawn = render_template(
        "outside/ask.html", page=found, token=token, proof=proof(token), answers=answers, form=form, errors=faults,
        most_photos=manners.photos, photo_mb=manners.photo_mb,
    )  # fmt: skip
    return Response(drawn, status)


def _over(found: consulted.Over) -> Response:
    return Response(render_template("outside/over.html", page=found), 410)


@bp.get("/b/<token>")
@limiter.limit("120 per minute")
@limiter.limit("20 per minute; 100 per hour", deduct_when=_missed)
def show(token: str) -> ResponseReturnValue:
    """What is asked, or why this link takes no answer any more."""
    with guards.work(_HELPER) as work:
        found = consulted.look(work, token, person=request.method == "GET" and not _PREVIEWS.search(request.user_agent.string))
        work.commit()
    return _over(found) if isinstance(found, consulted.Over) else _page(token, found, {}, {})


@bp.get("/b/<token>/foto/<int:number>")
@limiter.limit("20 per minute; 100 per hour", deduct_when=_missed)
def photo(token: str, number: int) -> ResponseReturnValue:
    """A photo that the officer ticked, as it was cleaned when it came."""
    with guards.work(_HELPER) as work:
        found = consulted.photo(work, token, number)
    answer = send_file(found.where, found.mime, download_name=found.name)
    answer.headers.update({"Content-Security-Policy": _ALONE, "Cross-Origin-Resource-Policy": "same-origin"})
    return answer


@bp.post("/b/<token>")
@limiter.limit("10 per minute; 60 per hour")
def answer(token: str) -> ResponseReturnValue:
    """The answer. Who has no open ask sends no files: the link is looked at before the body is."""
    with guards.work(_HELPER) as work:
        found = consulted.look(work, token, person=True)
        work.commit()
    if isinstance(found, consulted.Over):
        return _over(found)
    manners = guards.house().reference().outside
    request.max_content_length = manners.photos * manners.photo_mb * 1024 * 1024 + _WORDS_ROOM
    form = request.form.to_dict()
    if not hmac.compare_digest(form.get("proof", "").encode("utf-8", "replace"), proof(token).encode()):
        return _page(token, found, form, {"form": "Halaman ini perlu dibuka ulang. Kirim sekali lagi dari sini."}, 400)
    try:
        words = sanitise.text(form.get("words", ""), field="words")
        photos = _washed(manners.photos, manners.photo_mb * 1024 * 1024)
        with guards.work(_HELPER) as work:
            consulted.answer(work, token, form.get("said", ""), words, photos)
            work.commit()
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(token, found, form, {getattr(refusal, "field", "form"): refusal.sentence}, errors.status_of(refusal))
    return redirect(url_for("outside.show", token=token), 303)


def _washed(most: int, largest: int) -> list[attachments.Outcome]:
    """The photos that came with the form, cleaned; nothing of the database is held meanwhile. Raises BadInput."""
    given = [one for one in request.files.getlist("foto") if one.filename]
    if len(given) > most:
        raise BadInput("foto", f"Paling banyak {most} foto.")
    washed = []
    for one in given:
        content = one.stream.read(largest + 1)
        if len(content) > largest:
            raise BadInput("foto", f"Fotonya terlalu besar: paling besar {largest // 1024 // 1024} MB.")
        washed.append(attachments.clean(Fetched(content, one.mimetype), guards.house().files))
    return washed
