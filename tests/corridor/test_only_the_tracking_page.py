"""A citizen who left no number reads everything on the tracking page."""

from __future__ import annotations


def _filed(town, words):
    browser = town.browser()
    form = {"text": words, "kind": "complaint", "category": "kesehatan", "region": "52.06.03", "token": words[:40]}
    assert browser.post("/lapor", data=form).status_code == 303
    town.work_off()
    return browser, town.ticket_of(words)


def _clocks(town, ticket):
    query = "SELECT clock, paused_at IS NOT NULL FROM clocks JOIN cases ON cases.id = case_id WHERE ticket = :t AND stopped_at IS NULL"
    return dict(town.sql(query, t=ticket))


def test_an_answer_on_the_page_opens_the_citizens_window_at_once(town):
    _, ticket = _filed(town, "Obat di puskesmas Woha habis sejak Senin")
    assert town.act(town.desk("halim"), ticket, "respond", words="Sudah dikirim.").status_code == 303
    assert "rebut" in _clocks(town, ticket)
    town.clock.forward(days=30)
    town.round()
    case = town.case(ticket)
    assert (case["state"], case["closed_by"]) == ("closed", "system")
    assert town.sql("SELECT score FROM polls WHERE case_id = :id", id=case["id"]) in ([], [(None,)])


def test_a_question_on_the_page_stops_no_clock_until_it_is_read_there(town):
    browser, ticket = _filed(town, "Antrean puskesmas Woha sampai sore tiap hari")
    assert town.act(town.desk("halim"), ticket, "ask", words="Hari apa saja?").status_code == 303
    assert not any(_clocks(town, ticket).values())
    assert "Hari apa saja?" in browser.get(f"/t/{ticket}").text
    running = _clocks(town, ticket)
    assert running["complete"] and "citizen_completes" in running


def test_a_citizen_cannot_move_a_case_that_is_not_proved_to_be_theirs(town):
    import pytest

    from ntbcare.casework import moves
    from ntbcare.domain.errors import NotAllowed
    from ntbcare.domain.permissions import Actor, Role
    from ntbcare.records import cases

    _, ticket = _filed(town, "Tensimeter puskesmas Woha rusak")
    with town.app.app_context(), town.work(Actor(Role.CITIZEN)) as work:
        case = cases.by_ticket(work.session, ticket)
        with pytest.raises(NotAllowed):
            moves.move(work, case, "withdraw")
        work.proved.add(case.id)
        moves.move(work, case, "withdraw")
