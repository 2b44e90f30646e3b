"""Two people act at once: one wins, the other is told and keeps the words; a citizen's words are never the ones that are lost."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from tests.corridor.looking import CLINIC, NOWHERE, ROAD, at_once, by_form, by_sms, count, last


@contextmanager
def held(town, ticket: str) -> Iterator[Any]:
    """Hold the row of a case, so that whoever wants to write it has read it before and waits now."""
    from sqlalchemy import text

    from ntbcare.records.base import db

    with town.app.app_context():
        engine = db.engine
    with engine.begin() as line:
        line.execute(text("SELECT 1 FROM cases WHERE ticket = :ticket FOR UPDATE"), {"ticket": ticket})
        yield line


def until_waiting(town, people: int) -> None:
    """Until so many sessions of this database wait for a lock."""
    deadline = time.monotonic() + 10
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while town.sql(query)[0][0] < people:
        assert time.monotonic() < deadline, "nobody waits: the race did not happen"
        time.sleep(0.02)


def overlapping(town, ticket: str, *acts: Callable[[], Any]) -> list[Any]:
    """Every act has read the case before any of them may write it."""
    with ThreadPoolExecutor(len(acts)) as pool:
        with held(town, ticket):
            begun: list[Future] = [pool.submit(act) for act in acts]
            until_waiting(town, len(acts))
        return [one.result(20) for one in begun]


def test_the_second_of_two_officers_is_told_what_happened_and_keeps_the_words(town, office):
    ticket = by_sms(town, "+6281100007001", CLINIC.format("halaman lama"))
    seen = town.case(ticket)["version"]
    office.act("halim", ticket, "start")
    late = office.desk("halim").post(
        f"/meja/{ticket}/answer", data={"version": seen, "words": "Kalimat panjang yang jangan sampai hilang."}
    )
    assert late.status_code == 409
    assert "Kalimat panjang yang jangan sampai hilang." in late.text
    assert "Terima dan kerjakan" in late.text, "what the colleague did"
    assert count(town, "journal", "tag = 'case:answer' AND case_id = :id", id=town.case(ticket)["id"]) == 0


@pytest.mark.parametrize("round_", range(4))
def test_of_two_officers_at_once_exactly_one_wins(town, office, round_):
    me = f"+628110000710{round_}"
    ticket = by_sms(town, me, ROAD.format(f"serentak {round_}"))
    officers = [("bagus", office.desk("bagus")), ("nurhayati", office.desk("nurhayati"))]
    version = town.case(ticket)["version"]

    def answer(number: int):
        who, browser = officers[number]
        return browser.post(f"/meja/{ticket}/answer", data={"version": version, "words": f"Jawaban dari {who}."})

    answers = at_once(2, answer)
    assert sorted(one.status_code for one in answers) == [303, 409]
    loser = next(number for number, one in enumerate(answers) if one.status_code == 409)
    assert f"Jawaban dari {officers[loser][0]}." in answers[loser].text
    town.work_off()
    assert count(town, "journal", "tag = 'case:answer' AND case_id = :id", id=town.case(ticket)["id"]) == 1
    assert f"Jawaban dari {officers[1 - loser][0]}." in last(town, me)
    assert sum("Jawaban dari" in message["text"] for message in town.sent(me)) == 1


def test_when_both_have_read_before_either_writes_the_database_decides(town, office):
    ticket = by_sms(town, "+6281100007002", ROAD.format("sama-sama membaca"))
    acts = [
        lambda: town.act(office.desk("bagus"), ticket, "hand_back", words="Bukan ruas kami.", unit="0"),
        lambda: town.act(office.desk("nurhayati"), ticket, "start", words="Kami kerjakan."),
    ]
    answers = overlapping(town, ticket, *acts)
    assert sorted(one.status_code for one in answers) == [303, 409]
    won, lost = sorted(answers, key=lambda one: one.status_code)
    kept = "Kami kerjakan." if lost is answers[1] else "Bukan ruas kami."
    assert kept in lost.text, "the words of the one who was not first are there to copy"
    case = town.case(ticket)
    assert case["state"] == ("verified" if won is answers[0] else "in_progress")
    assert count(town, "journal", "tag IN ('case:hand_back', 'case:start') AND case_id = :id", id=case["id"]) == 1


def test_two_coordinators_dispose_at_once_to_two_units_and_one_unit_has_it(town, office):
    ticket = by_sms(town, "+6281100007003", NOWHERE.format("dua koordinator"))
    office.act("citra", ticket, "verify", region="52.06.03")
    acts = [
        lambda: town.act(office.desk("citra"), ticket, "dispose", unit=office.unit("prov.pupr")),
        lambda: town.act(office.desk("imran"), ticket, "dispose", unit=office.unit("52.06.pupr")),
    ]
    answers = overlapping(town, ticket, *acts)
    assert sorted(one.status_code for one in answers) == [303, 409]
    winner = "prov.pupr" if answers[0].status_code == 303 else "52.06.pupr"
    assert town.case(ticket)["unit_id"] == town.case(ticket)["desk_id"] == office.unit(winner)
    assert count(town, "clocks", "clock = 'followup' AND case_id = :id", id=town.case(ticket)["id"]) == 1


def test_a_citizens_answer_that_meets_an_officers_act_is_never_lost(town, office):
    me = "+6281100007004"
    ticket = by_sms(town, me, CLINIC.format("bertemu di tengah"))
    office.act("halim", ticket, "ask", words="Obat yang mana?")

    def somebody_is_faster():
        with ThreadPoolExecutor(1) as pool:
            with held(town, ticket) as line:
                from sqlalchemy import text

                begun = pool.submit(town.sms, me, "Obat gula untuk ibu saya")
                until_waiting(town, 1)
                line.execute(text("UPDATE cases SET version = version + 1 WHERE ticket = :ticket"), {"ticket": ticket})
            return begun.result(20)

    assert somebody_is_faster().status_code == 200
    town.work_off()
    assert count(town, "messages", "text = 'Obat gula untuk ibu saya'") == 1
    assert town.case(ticket)["state"] == "dispositioned"
    assert "Obat gula untuk ibu saya" in office.page("halim", ticket)


def test_added_words_that_meet_an_officers_act_are_never_lost(town, office):
    from sqlalchemy import text

    me, browser = "+6281100007005", town.browser()
    ticket = by_form(town, CLINIC.format("tambahan bertemu"), browser, phone=me).headers["Location"][3:]
    town.work_off()
    for send in (
        lambda: town.sms(me, f"{ticket} tambahan lewat sms dari saya"),
        lambda: browser.post(f"/t/{ticket}/tambah", data={"words": "tambahan lewat web dari saya"}),
    ):
        with ThreadPoolExecutor(1) as pool:
            with held(town, ticket) as line:
                begun = pool.submit(send)
                until_waiting(town, 1)
                line.execute(text("UPDATE cases SET version = version + 1 WHERE ticket = :ticket"), {"ticket": ticket})
            answer = begun.result(20)
        assert answer.status_code in (200, 303, 409), answer.text
        if answer.status_code == 409:
            assert "tambahan lewat web dari saya" in answer.text
    page = office.page("halim", ticket)
    assert "tambahan lewat sms dari saya" in page


@pytest.mark.parametrize("round_", range(3))
def test_of_two_taps_on_the_poll_at_once_one_is_kept(town, office, round_):
    me = f"+628110000720{round_}"
    ticket = by_sms(town, me, CLINIC.format(f"dua ketukan {round_}"))
    office.act("halim", ticket, "respond", words="Beres.")
    town.sms(me, "YA")
    town.work_off()
    answers = at_once(2, lambda number: town.sms(me, f"{ticket} {(5, 1)[number]}"))
    assert [one.status_code for one in answers] == [200, 200]
    town.work_off()
    (score,) = town.sql("SELECT score FROM polls WHERE case_id = :id", id=town.case(ticket)["id"])
    assert score in ((5,), (1,))
    assert count(town, "journal", "tag = 'poll:rated' AND case_id = :id", id=town.case(ticket)["id"]) == 1
    assert sum("kami catat" in message["text"] for message in town.sent(me)) == 1


def test_a_tap_on_the_web_and_a_digit_by_sms_at_once_are_one_rating(town, office):
    me, browser = "+6281100007006", town.browser()
    ticket = by_form(town, CLINIC.format("kata pelapor dua jalan"), browser, phone=me).headers["Location"][3:]
    town.work_off()
    office.act("halim", ticket, "respond", words="Beres.")
    assert browser.post(f"/t/{ticket}/selesai").status_code == 303
    town.work_off()
    sent = at_once(2, lambda number: town.sms(me, "2") if number else browser.post(f"/t/{ticket}/nilai", data={"score": "5"}))
    assert {one.status_code for one in sent} <= {200, 303, 409}
    assert town.sql("SELECT count(*), count(score) FROM polls WHERE case_id = :id", id=town.case(ticket)["id"]) == [(1, 1)]
    assert count(town, "journal", "tag = 'poll:rated' AND case_id = :id", id=town.case(ticket)["id"]) == 1


def test_yes_and_the_end_of_the_window_at_once_close_the_case_once(new_town, office_of):
    from workers.timetable import windows

    town, me = new_town, "+6281100007007"
    ticket = by_sms(town, me, CLINIC.format("detik terakhir"))
    office_of(town).act("halim", ticket, "respond", words="Beres.")
    town.clock.forward(days=40)

    def over() -> int:
        with town.app.app_context():
            return windows(town.app)

    overlapping(town, ticket, lambda: town.sms(me, "YA"), over)
    town.work_off()
    case = town.case(ticket)
    assert case["state"] == "closed"
    assert case["closed_by"] in ("reporter", "system")
    closings = town.sql("SELECT tag FROM journal WHERE tag IN ('case:confirm', 'case:window_over') AND case_id = :id", id=case["id"])
    assert len(closings) == 1
    town.round()
    assert town.case(ticket)["state"] == "closed"


def test_many_workers_triage_each_case_once(new_town):
    from workers import boot, errands

    for number in range(12):
        new_town.sms(f"+62811000073{number:02}", CLINIC.format(f"banyak pekerja {number}"))
    boot.use(new_town.app)
    assert sum(at_once(4, lambda _: errands.run("work"))) == 12
    assert count(new_town, "journal", "tag = 'case:triaged'") == 12
    assert count(new_town, "notices", "template = 'receipt'") == 12
    sum(at_once(4, lambda _: errands.run("post")))
    assert len(new_town.sent()) == 12
