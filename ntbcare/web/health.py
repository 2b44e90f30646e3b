"""Alive? Each neighbour's state for people and machines, and the figures for Prometheus."""

from __future__ import annotations

import threading
from time import monotonic

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ntbcare.casework import upkeep
from ntbcare.contract import Channel, ChannelError
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


_CHECKED_WITHIN = 30.0  # seconds for all providers together: each is asked in a thread of its own


def street(app: Flask) -> list[tuple[str, bool | None, str]]:
    """(provider, well?, a few words) of every provider: None = not set up. Each in service is tried; nothing is sent to anybody."""
    channels = {name: channel for name, channel in app.extensions["channels"].items() if channel.carries != ("web",)}
    told: dict[str, tuple[bool, str]] = {}

    def look(name: str, channel: Channel) -> None:
        try:
            told[name] = (True, channel.check())
        except ChannelError as ill:
            told[name] = (False, " ".join(ill.reason.split())[:300])
        except Exception as broken:  # a fault of ours: its words might hold anything
            told[name] = (False, type(broken).__name__)

    threads = [threading.Thread(target=look, args=one, daemon=True) for one in channels.items()]
    until = monotonic() + _CHECKED_WITHIN
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))
    silent = (False, f"no answer within {_CHECKED_WITHIN:.0f} seconds")
    names = {gateway: name for gateway, name, _ in app.extensions["providers"]}
    real = {name for name, channel in channels.items() if not channel.stand_in}
    found: list[tuple[str, bool | None, str]] = [
        (names.get(name, name) if name in real else name, *told.get(name, silent)) for name in channels
    ]
    absent = [(name, carries) for gateway, name, carries in app.extensions["providers"] if gateway not in real]
    return [*found, *((name, None, f"not set up ({', '.join(carries)})") for name, carries in absent)]


@bp.get("/health")
def alive() -> ResponseReturnValue:
    """200 while the ledger answers. A broken doorbell is told but is no reason to take us out of service: nothing is lost by it."""
    found = neighbours(current_app)
    body = {"status": "ok" if found["PostgreSQL"][0] else "down", "neighbours": {name: ok for name, (ok, _) in found.items()}}
    return jsonify(body), 200 if found["PostgreSQL"][0] else 503


def _first(figures: dict[tuple[str, str], float]) -> list[tuple[str, str]]:
    """Each figure once, with one of its labels."""
    return list({name: (name, lane) for name, lane in figures}.values())


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Prometheus: counters of the process that answers, and gauges of the whole house, which every process reads alike."""
    house = CollectorRegistry()
    with guards.work() as work:
        figures = upkeep.figures(work)
    gauges = {
        name: Gauge(f"ntbcare_{name}", name.replace("_", " "), ["lane"] if lane else [], registry=house) for name, lane in _first(figures)
    }
    for (name, lane), value in figures.items():
        (gauges[name].labels(lane) if lane else gauges[name]).set(value)
    return Response(generate_latest() + generate_latest(house), content_type=CONTENT_TYPE_LATEST)
