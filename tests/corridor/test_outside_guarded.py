"""The outside link under pressure: guesses are slowed, two answers at once are one, a large body of a stranger is not read."""

from __future__ import annotations

import io

import pytest

from ntbcare.web.limits import limiter
from tests.corridor.asks import ask, link, proof, reported, row
from tests.corridor.looking import at_once, story


@pytest.fixture
def limits(town):
    """Limits switched on for one test."""
    with town.app.app_context():
        limiter.enabled = True
        limiter.reset()
    yield
    with town.app.app_context():
        limiter.reset()
        limiter.enabled = False


def test_guessing_links_is_slowed_and_a_right_link_is_not(town, office, limits):
    ticket = reported(town, "ditebak orang")
    ask(office, ticket)
    path, browser = link(office, ticket), town.browser()
    assert {browser.get(path).status_code for _ in range(40)} == {200}
    answers = [browser.get(f"/b/{'A' * 20}{number:02}").status_code for number in range(25)]
    assert answers[:20] == [404] * 20 and answers[20:] == [429] * 5


def test_two_answers_at_once_are_one(town, office):
    ticket = reported(town, "dua jawaban bersamaan")
    ask(office, ticket)
    path = link(office, ticket)
    mine = proof(town.browser().get(path).text)

    def send(number: int) -> int:
        return town.browser().post(path, data={"proof": mine, "said": "done", "words": f"Jawaban {number}"}).status_code

    assert set(at_once(4, send)) <= {303, 410}
    assert [tag for tag, _ in story(town, ticket)].count("outside:answered") == 1
    assert row(town, ticket)["answer_words"].startswith("Jawaban ")


def test_an_answer_and_an_officers_act_at_once_both_stand(town, office):
    ticket = reported(town, "jawaban dan langkah bersamaan")
    ask(office, ticket)
    path, desk = link(office, ticket), office.desk("bagus")
    mine = proof(town.browser().get(path).text)

    def either(number: int) -> int:
        if number:
            return town.browser().post(path, data={"proof": mine, "said": "done", "words": "Beres."}).status_code
        return town.act(desk, ticket, "start").status_code

    officer, helper = at_once(2, either)
    assert helper == 303 and row(town, ticket)["answer_words"] == "Beres."
    assert (officer, town.case(ticket)["state"]) in ((303, "in_progress"), (409, "dispositioned"))


def test_photos_larger_than_a_report_may_be_are_taken_and_too_large_ones_refused(town, office):
    ticket = reported(town, "foto besar")
    ask(office, ticket)
    path, browser = link(office, ticket), town.browser()
    mine = proof(browser.get(path).text)

    def sent(address: str, size: int) -> int:
        data = {"proof": mine, "said": "done", "words": "Lihat foto", "foto": (io.BytesIO(b"\xff\xd8" + b"\0" * size), "a.jpg")}
        return browser.post(address, data=data, content_type="multipart/form-data").status_code

    assert sent("/b/" + "A" * 22, 30_000_000) == 404  # a stranger's body is not even read
    assert sent(path, 2_000_000) == 422  # read, washed, and no picture
    assert sent(path, 9_000_000) == 422
    assert sent(path, 30_000_000) == 413
    assert row(town, ticket)["answered_at"] is None
