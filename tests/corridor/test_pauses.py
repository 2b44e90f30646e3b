"""A pause is a row: with the question that arrived, its ground and its longest; nobody waits longer, and the page tells all of it."""

from __future__ import annotations

import html

import pytest

from ntbcare.casework import clockwork
from ntbcare.domain.errors import QuestionNotDelivered
from ntbcare.domain.lifecycle import BY_EVENT
from ntbcare.records import cases
from ntbcare.records.messages import Notice
from tests.corridor.looking import CLINIC, by_sms, clock, count, story
from tests.corridor.test_journey_clocks import at, end_of


def pauses(town, ticket: str, name: str) -> list[tuple]:
    """(from, to, until, ground, template of the question) of the pauses of one promise, in order."""
    query = (
        "SELECT p.from_at, p.to_at, p.until_at, p.ground, n.template FROM pauses p JOIN clocks c ON c.id = p.clock_id "
        "JOIN notices n ON n.id = p.notice_id WHERE c.case_id = :id AND c.clock = :name ORDER BY p.id"
    )
    return town.sql(query, id=town.case(ticket)["id"], name=name)


def asked(town, office, me: str, words: str) -> str:
    """A case on Friday 13 March whose reporter is asked on Monday."""
    ticket = by_sms(town, me, CLINIC.format(words))
    town.clock.moment = at(16)
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    return ticket


def test_a_pause_names_its_question_its_ground_and_its_longest(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = asked(town, office, "+6281100032001", "baris jeda")
    ((since, over, until, ground, template),) = pauses(town, ticket, "complete")
    assert (since, over, until) == (at(16), None, end_of(15, 4))
    assert "PermenPANRB 62/2018" in ground and template == "question"
    assert pauses(town, ticket, "followup") and not pauses(town, ticket, "first_response") and not pauses(town, ticket, "completeness")
    town.clock.moment = at(26)
    town.sms("+6281100032001", "Obat darah tinggi")
    town.work_off()
    assert pauses(town, ticket, "complete")[0][1] == at(26)
    page = html.unescape(office.page("halim", ticket))
    assert "Berhenti sejak Senin, 16 Maret 2026 pukul 12.00 WITA sampai Kamis, 26 Maret 2026 pukul 12.00 WITA" in page
    assert "waktu berhenti: menunggu jawaban pelapor" in page and "Semula paling lambat Jumat, 10 April 2026" in page


def test_a_question_that_did_not_arrive_pauses_nothing(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = by_sms(town, "+6281100032002", CLINIC.format("tak sampai"))
    town.sql("UPDATE contacts SET opted_out_at = now() WHERE address = '+6281100032002'")
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    assert count(town, "pauses") == 0 and clock(town, ticket, "complete")["paused_at"] is None
    with town.app.app_context(), town.work() as work:
        case = cases.by_ticket(work.session, ticket)
        (question,) = [one for one in work.session.query(Notice).filter_by(case_id=case.id) if one.template == "question"]
        for notice in (None, question):
            with pytest.raises(QuestionNotDelivered):
                clockwork.arrived(work, case, BY_EVENT["ask"], notice)


def test_two_questions_are_two_pauses_and_add_up(new_town, office_of):
    town, office, me = new_town, office_of(new_town), "+6281100032003"
    ticket = asked(town, office, me, "dua kali")
    town.clock.moment = at(17)
    town.sms(me, "Obat gula")
    town.work_off()
    town.clock.moment = at(25)
    office.act("halim", ticket, "ask", words="Sejak kapan?")
    town.clock.moment = at(27)
    town.sms(me, "Sejak Senin")
    town.work_off()
    assert [row[:2] for row in pauses(town, ticket, "complete")] == [(at(16), at(17)), (at(25), at(27))]
    assert clock(town, ticket, "complete")["due_at"] == end_of(15, 4), "one working day and two: three after 10 April"


def test_nobody_waits_longer_than_the_ground_allows(new_town, office_of):
    town, office = new_town, office_of(new_town)
    town.sql("UPDATE sla_rules SET amount = 4 WHERE clock = 'pause'; UPDATE reference_stamp SET stamp = stamp || 'p'")
    ticket = asked(town, office, "+6281100032004", "batas tunggu")
    assert pauses(town, ticket, "complete")[0][2] == end_of(20, 3)
    town.clock.moment = at(20, 22)
    town.round()
    assert clock(town, ticket, "complete")["paused_at"] == at(16)
    town.clock.moment = at(21, 9)
    town.round()
    assert clock(town, ticket, "complete")["paused_at"] is None
    assert pauses(town, ticket, "complete")[0][1] == end_of(20, 3)
    assert clock(town, ticket, "complete")["due_at"] == end_of(13, 4), "only the 17th was a working day of waiting"
    assert town.case(ticket)["state"] == "needs_info", "the citizen may still answer"
    assert ("case:waited_long", "timer") in story(town, ticket)
    page = html.unescape(office.page("halim", ticket))
    assert "batas menunggu habis, jadi waktu berjalan lagi" in page and "batas waktu petugas berjalan lagi" in page
    town.round()
    assert [tag for tag, _ in story(town, ticket)].count("case:waited_long") == 1


def test_words_that_arrive_again_do_not_pause_again_what_has_waited_long_enough(new_town, office_of):
    town, office = new_town, office_of(new_town)
    town.sql("UPDATE sla_rules SET amount = 4 WHERE clock = 'pause'; UPDATE reference_stamp SET stamp = stamp || 'p'")
    ticket = asked(town, office, "+6281100032005", "sampai dua kali")
    town.clock.moment = at(21, 9)
    town.round()
    with town.app.app_context(), town.work() as work:
        case = cases.by_ticket(work.session, ticket)
        (question,) = [one for one in work.session.query(Notice).filter_by(case_id=case.id) if one.template == "question"]
        clockwork.arrived(work, case, BY_EVENT["ask"], question)
        work.commit()
    assert len(pauses(town, ticket, "complete")) == 1 and clock(town, ticket, "complete")["paused_at"] is None


def test_a_case_that_ends_while_it_waits_leaves_no_pause_open(new_town, office_of):
    town, office, me = new_town, office_of(new_town), "+6281100032006"
    ticket = asked(town, office, me, "ditarik")
    town.clock.moment = at(17)
    town.sms(me, f"BATAL {ticket}")
    town.work_off()
    if town.case(ticket)["state"] != "archived":
        town.sms(me, "YA")
        town.work_off()
    assert town.case(ticket)["state"] == "archived"
    assert count(town, "pauses", "to_at IS NULL") == 0 and pauses(town, ticket, "complete")[0][1] == at(17)
    assert clock(town, ticket, "citizen_completes_statute")["stopped_at"] == at(17)


def test_a_shorter_law_for_new_questions_takes_no_day_from_one_that_was_asked(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = asked(town, office, "+6281100032007", "aturan baru")
    town.sql("UPDATE sla_rules SET valid_to = '2026-03-16' WHERE clock = 'citizen_completes_statute'")
    town.sql(
        "INSERT INTO sla_rules (code, clock, kind, classification, urgency, amount, measure, starts, stops, pauses, yellow, red, ladder, label, "
        "source, version, valid_from) SELECT code, clock, kind, classification, urgency, 14, measure, starts, stops, pauses, yellow, red, ladder, "
        "label, source, 'baru', '2026-03-17' FROM sla_rules WHERE clock = 'citizen_completes_statute'"
    )
    town.sql("UPDATE reference_stamp SET stamp = stamp || 's'")
    town.clock.moment = at(13, month=4)
    town.round()
    assert town.case(ticket)["state"] == "needs_info", "thirty days were promised: until 15 April"
    town.clock.moment = at(16, month=4)
    town.round()
    assert town.case(ticket)["state"] == "archived"
