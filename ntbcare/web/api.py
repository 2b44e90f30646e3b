"""The JSON API, version 1: file a case, ask after a case; it grows and never breaks."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from ntbcare import sanitise
from ntbcare.casework import asking, delivery, intake, lookup
from ntbcare.domain.errors import BadInput
from ntbcare.domain.lifecycle import State
from ntbcare.records import clocks
from ntbcare.records.work import Work
from ntbcare.web import guards
from ntbcare.web.citizen import filing_from
from ntbcare.web.limits import limiter, ticket_asked, wrong

bp = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Cases")


class CaseIn(BaseModel):
    """A new report. Only the text is required; everything else helps it find its desk sooner."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    text: Annotated[
        str, Field(min_length=1, description="What happened, in the citizen's own words", examples=["Jalan depan Pasar Tente berlubang"])
    ]
    kind: Literal["complaint", "aspiration", "tip", "violation"] = Field(
        "complaint", description="A violation is refused here; the answer names the safe way"
    )
    category: str | None = Field(None, description="Code of the topic, as in /data/categories", examples=["jalan_jembatan"])
    region: str | None = Field(None, description="Kemendagri code of a regency, district or village", examples=["52.06.03.2001"])
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    place: str | None = Field(None, description="The place in words")
    name: str | None = None
    phone: str | None = Field(None, description="For news by SMS", examples=["+628123456789"])
    email: str | None = None
    anonymous: bool = Field(False, description="Anonim: officers do not see who it was")
    confidential: bool = Field(False, description="Rahasia: the public sees nothing of it")


class UnitOut(BaseModel):
    """The unit responsible."""

    code: str
    name: str


class Filed(BaseModel):
    """What the sender keeps: the ticket and the PIN open the case later."""

    ticket: str
    pin: str
    status: str
    unit: UnitOut | None
    due: datetime | None
    track: str


class Event(BaseModel):
    """One line of the public history."""

    at: str
    who: str
    what: str
    words: str


class Clock(BaseModel):
    """One promise and how it stands."""

    label: str
    due: datetime
    stopped: datetime | None
    outcome: str | None


class CaseOut(BaseModel):
    """A case as the reader may see it; without the PIN only progress."""

    ticket: str
    status: str
    status_label: str
    unit: UnitOut | None
    due: datetime | None
    text: str | None = None
    question: str | None = None
    choices: list[str] = []
    clocks: list[Clock] = []
    history: list[Event] = []


class Problem(BaseModel):
    """RFC 9457 problem; `detail` is a sentence in Indonesian that may be shown to a person."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None


_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 200},
    "description": "Your own name for this report: sending it again gives the same case, never a second one",
}  # fmt: skip
_PIN = {"name": "X-Pin", "in": "header", "required": False, "schema": {"type": "string"}, "description": "The PIN opens the whole story"}

_ANSWERS = {
    "post": {"200": "Filed before under this key: the same answer", "400": "Unreadable", "413": "Too large (1 MB at most)",
             "422": "Something must be mended, or this is the wrong door", "503": "Not stored: try again in a minute"},
    "get": {"403": "Wrong PIN", "404": "No such ticket"},
}  # fmt: skip


def complete(spec: dict[str, Any]) -> dict[str, Any]:
    """Headers and refusals, which APIFlask does not write by itself."""
    spec.setdefault("components", {}).setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, verbs in spec["paths"].items():
        if not path.startswith("/api/"):
            continue
        for verb, operation in verbs.items():
            operation.setdefault("parameters", []).append(_KEY if verb == "post" else _PIN)
            for status, words in _ANSWERS.get(verb, {}).items():
                filed = operation["responses"].get("201", {}).get("content")
                operation["responses"][status] = {"description": words, "content": filed if status == "200" else problem}
    return spec


@bp.post("/cases")
@bp.input(CaseIn, arg_name="body")
@bp.output(Filed, status_code=201)
@bp.doc(summary="File a case")
def file(body: CaseIn) -> ResponseReturnValue:
    """Store a report; the answer leaves after the commit."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 200:
        raise BadInput("Idempotency-Key", "Kunci ini terlalu panjang, paling banyak 200 huruf.")
    fields = body.model_dump(exclude_none=True)
    with guards.work() as work:
        filing = filing_from({**fields, "token": sanitise.line(key, field="Idempotency-Key") or secrets.token_urlsafe(16)}, channel="api")
        filed = intake.file(work, filing)
        unit = _unit(work, filed.unit_id)
        work.commit()
    told = {
        "ticket": filed.ticket, "pin": filed.pin, "status": str(filed.state), "unit": unit, "due": _moment(filed.due_at),
        "track": f"{guards.house().public_url}/t/{filed.ticket}",
    }  # fmt: skip
    return told, 200 if filed.again else 201


@bp.get("/cases/<ticket>")
@limiter.limit("10 per minute; 60 per hour", deduct_when=wrong)
@limiter.limit("100 per day", key_func=ticket_asked, deduct_when=wrong)
@bp.output(CaseOut)
@bp.doc(summary="Ask after a case")
def show(ticket: str) -> ResponseReturnValue:
    """Progress for anybody with the ticket; the story with the PIN."""
    with guards.work() as work:
        case = lookup.by_ticket(work, ticket)
        pin = request.headers.get("X-Pin")
        mine = pin is not None and lookup.pin_opens(work, case, pin)
        if pin is not None and not mine:
            return _wrong_pin()
        page = lookup.track(work, case, mine=mine)
        asked = asking.shown(work, case) if mine else None
        known = case.state not in (State.RECEIVED, State.VERIFIED)
        told: dict[str, Any] = {
            "ticket": case.ticket, "status": case.state, "status_label": page.state_label, "unit": _unit(work, case.unit_id) if known else None,
            "due": _moment(case.due_at), "text": page.text or None, "question": page.question or (asked.words if asked else None),
            "choices": [label for _, label in asked.choices] if asked else [],
            "history": [{"at": t.when_text, "who": t.who, "what": t.what, "words": t.words} for t in page.story],
            "clocks": _clocks(work, case.id) if mine else [],
        }  # fmt: skip
        if mine:
            delivery.seen(work, case)
            work.commit()
    return told


def _wrong_pin() -> ResponseReturnValue:
    body = {
        "type": "about:blank",
        "title": "PIN salah",
        "status": 403,
        "detail": "PIN ini tidak cocok dengan nomor laporannya.",
        "field": "X-Pin",
    }
    answer = jsonify(body)
    answer.status_code, answer.content_type = 403, "application/problem+json"
    return answer


def _unit(work: Work, unit_id: int | None) -> dict[str, str] | None:
    unit = work.ref.units.get(unit_id or 0)
    return {"code": unit.code, "name": unit.name} if unit else None


def _clocks(work: Work, case_id: int) -> list[dict[str, Any]]:
    rows = [row for row in clocks.of_case(work.session, case_id) if row.clock != "receipt"]
    return [
        {"label": work.ref.promise_of(row.rule_id).label, "due": _moment(row.due_at), "stopped": _moment(row.stopped_at), "outcome": row.outcome}
        for row in rows
    ]  # fmt: skip


def _moment(moment: datetime | None) -> str | None:
    """RFC 3339, UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
