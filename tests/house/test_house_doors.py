"""Every address has an audience, the closed rooms are closed, and no address that anybody may rely on ever dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from ntbcare.web.guards import AUDIENCES
from tests.house.committed import text

CLOSED = (
    "desk",
    "bells",
    "assisting",
    "candidates",
    "asides",
    "consulting",
    "control",
    "calendar",
    "naming",
    "reader",
    "ways",
    "mine",
    "staffing",
    "phrases",
)  # rooms behind the sign-in


def _routes(app) -> set[str]:
    rules = app.url_map.iter_rules()
    return {f"{rule.rule} {','.join(sorted(rule.methods - {'HEAD', 'OPTIONS'}))}" for rule in rules}


def test_every_endpoint_declares_its_audience(app):
    for rule in app.url_map.iter_rules():
        assert rule.endpoint in AUDIENCES or rule.endpoint.split(".")[0] in AUDIENCES, (
            f"{rule.endpoint}: say in guards.AUDIENCES who it is for"
        )


def test_no_audience_is_declared_for_a_room_that_is_not_there(app):
    known = {rule.endpoint.split(".")[0] for rule in app.url_map.iter_rules()} | {rule.endpoint for rule in app.url_map.iter_rules()}
    assert set(AUDIENCES) <= known


def test_nobody_enters_a_closed_room_without_signing_in(app):
    browser = app.test_client()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in CLOSED or "GET" not in rule.methods:
            continue
        address = rule.rule.replace("<ticket>", "482173059").replace("<int:id>", "1")
        answer = browser.get(address)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/masuk"), address


@pytest.mark.parametrize("room", CLOSED)
def test_a_closed_room_asks_before_any_of_its_views(app, room):
    assert app.before_request_funcs.get(room), f"{room}: bp.before_request(guards.only(…)) is missing"


def test_no_public_address_dies(app):
    """tests/house/routes.txt is what the outside may rely on. A new address: add its line. A line is never taken out or
    changed: an address that moves keeps its old rule as a redirect."""
    promised = set(text(Path("tests/house/routes.txt")).splitlines())
    there = _routes(app)
    assert not promised - there, f"these addresses have died: {sorted(promised - there)}"
    assert not there - promised, f"add to tests/house/routes.txt: {sorted(there - promised)}"
