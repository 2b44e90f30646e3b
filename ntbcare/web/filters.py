"""What every template may use: the deployment's name, emergency numbers and the safe way; the officer at the desk; addresses of files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, g, has_request_context

from ntbcare.casework import overheard
from ntbcare.domain.permissions import Role, may
from ntbcare.web import guards


def mount(app: Flask, *, sms_number: str, telegram_bot: str) -> None:
    """Hand `house` and `officer` to the templates, lazily: a page that fails must not fail again while it is drawn."""

    app.url_defaults(versioned(app))

    @app.context_processor
    def always() -> dict[str, Any]:
        ref = guards.house().reference()
        house = SimpleNamespace(
            name=ref.name or "NTB Care", emergency=[(call.number, call.label) for call in ref.emergency], safe_way=ref.safe_way,
            sms_number=sms_number or None, telegram_bot=telegram_bot or None,
        )  # fmt: skip
        return {"house": house, "officer": _officer(ref)}


def _officer(ref: Any) -> SimpleNamespace | None:
    actor = getattr(g, "actor", None) if has_request_context() else None
    if actor is None:
        return None
    unit = ref.units.get(actor.unit_id)
    return SimpleNamespace(
        name=actor.name, unit_name=unit.short if unit else "", sees_queue=may(actor, "queue.read"), sees_control=may(actor, "board.read"),
        assists=may(actor, "assist"), decides=may(actor, "candidate.decide"), to_decide=_to_decide,
        keeps_phrases=may(actor, "templates.manage"), leads_unit=actor.role is Role.HEAD,
        invites=may(actor, "accounts.invite"), tries_ways=actor.role in (Role.COORDINATOR, Role.ADMIN),
    )  # fmt: skip


def _to_decide() -> str:
    """How many public comments look like reports; asked only by a frame that shows it."""
    if piece := g.get("piece"):
        return overheard.count_words(piece)
    with guards.work() as piece:
        return overheard.count_words(piece)


def versioned(app: Flask) -> Callable[[str, dict[str, Any]], None]:
    """The address of a static file names its contents, so a browser may keep it for a year and never shows an old one."""
    known = {
        path.relative_to(app.static_folder or "").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:10]
        for path in Path(app.static_folder or "").rglob("*")
        if path.is_file()
    }

    def add(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and values.get("filename") in known:
            values.setdefault("v", known[values["filename"]])

    return add
