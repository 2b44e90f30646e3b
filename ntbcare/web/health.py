"""Alive? Each neighbour's state for people and machines, and the figures for Prometheus."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ntbcare.web import guards

bp = APIBlueprint("health", __name__, enable_openapi=False)


def neighbours(app: Flask) -> dict[str, tuple[bool, str]]:
    """name → (well?, a few words). Asked afresh each time."""
    try:
        with guards.work() as work:
            work.session.execute(text("SELECT 1"))
        database = (True, "")
    except SQLAlchemyError as broken:
        database = (False, type(broken).__name__)
    bell = app.extensions["doorbell"].well()
    return {
        "PostgreSQL": database,
        "Redis": (bell, "" if bell else "tidak menjawab; pekerjaan tetap tersimpan dan dikerjakan setelah pulih"),
    }


@bp.get("/health")
def alive() -> ResponseReturnValue:
    """200 while the ledger answers. A broken doorbell is told but is no reason to take us out of service: nothing is lost by it."""
    found = neighbours(current_app)
    body = {"status": "ok" if found["PostgreSQL"][0] else "down", "neighbours": {name: ok for name, (ok, _) in found.items()}}
    return jsonify(body), 200 if found["PostgreSQL"][0] else 503


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Prometheus."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
