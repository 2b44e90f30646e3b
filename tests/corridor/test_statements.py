"""How many statements a page costs: bounded, and the same for one case and for a hundred."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from ntbcare.records.base import db


@contextmanager
def statements(town):
    """Collect what is sent to the database."""
    seen: list[str] = []
    with town.app.app_context():
        engine = db.engine

    def note(connection, cursor, statement, parameters, context, executemany):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def busy(town):
    """A desk with sixty cases."""
    for number in range(60):
        town.api(text=f"Puskesmas Woha kehabisan obat nomor {number}", category="kesehatan", region="52.06.03")
    town.work_off()
    return town


def test_a_queue_of_fifty_costs_at_most_five_statements(busy):
    desk = busy.desk("halim")
    desk.get("/meja")
    for address in ("/meja", "/meja?tab=all", "/meja?tab=todo&state=dispositioned", "/meja?tab=waiting"):
        with statements(busy) as seen:
            assert desk.get(address).status_code == 200
        assert len(seen) <= 5, (address, seen)
    assert desk.get("/meja").text.count("/meja/") >= 50


def test_a_case_and_its_whole_story_cost_a_bounded_number(busy):
    desk, ticket = busy.desk("halim"), busy.ticket_of("nomor 7")
    desk.get(f"/meja/{ticket}")
    with statements(busy) as seen:
        assert desk.get(f"/meja/{ticket}").status_code == 200
    assert len(seen) <= 9, seen


def test_the_tracking_page_costs_at_most_three(busy):
    browser, ticket = busy.browser(), busy.ticket_of("nomor 8")
    browser.get(f"/t/{ticket}")
    with statements(busy) as seen:
        assert browser.get(f"/t/{ticket}").status_code == 200
    assert len(seen) <= 3, seen
