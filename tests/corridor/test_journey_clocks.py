"""What waiting does to the promises: a pause needs a question in the citizen's hand, and moves each date by exactly that time."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ntbcare.domain import clock as promises
from tests.conftest import PUBLIC_URL
from tests.corridor.looking import CLINIC, ROAD, by_sms, clock, count, last
from tests.counterparts.twilio_api import ACCOUNT_SID, SENDER, TwilioApi


def at(day: int, hour: int = 12, month: int = 3) -> datetime:
    """A moment of 2026 in WITA."""
    return datetime(2026, month, day, hour - 8, tzinfo=UTC)


def end_of(day: int, month: int) -> datetime:
    return datetime(2026, month, day, 15, 59, 59, tzinfo=UTC)


def test_a_question_pauses_and_the_answer_moves_each_date_by_the_working_days_waited(new_town, office_of):
    town, me = new_town, "+6281100003001"
    office = office_of(town)
    ticket = by_sms(town, me, CLINIC.format("jeda"))  # Friday 13 March
    complete, followup, first = (clock(town, ticket, name) for name in ("complete", "followup", "first_response"))
    assert followup["due_at"] == end_of(27, 3), "five working days over Nyepi and Idul Fitri (domain.md 9.5 no. 5)"
    assert complete["due_at"] == end_of(10, 4), "fourteen, over Good Friday too"

    town.clock.moment = at(16)
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    assert clock(town, ticket, "complete")["paused_at"] == at(16)
    assert clock(town, ticket, "first_response")["paused_at"] is None, "the wall clock of the first answer goes on"
    assert town.case(ticket)["due_clock"] == "citizen_completes"

    town.clock.moment = at(26)  # 17, 25 and 26 March are working days: three waited
    town.sms(me, "Obat darah tinggi")
    town.work_off()
    assert town.case(ticket)["state"] == "dispositioned"
    assert clock(town, ticket, "followup")["due_at"] == end_of(1, 4)
    assert clock(town, ticket, "complete")["due_at"] == end_of(15, 4)
    assert clock(town, ticket, "first_response")["due_at"] == first["due_at"]
    assert clock(town, ticket, "complete")["first_due_at"] == complete["due_at"], "what was promised first stays to be read"
    with town.app.app_context(), town.work() as work:
        calendar = work.ref.calendar
        for name, before in (("followup", followup), ("complete", complete)):
            promise = work.ref.promise(name, "complaint", "tidak_berkadar", "penting")[1]
            assert clock(town, ticket, name)["due_at"] == promises.resumed(promise, before["due_at"], at(16), at(26), calendar)
    told = town.sql("SELECT body FROM journal WHERE tag = 'clock:resumed' AND case_id = :id", id=town.case(ticket)["id"])
    assert any("2026-04-10" in body and "2026-04-15" in body for (body,) in told), "old and new stand in the book"


def test_a_pause_within_one_day_moves_nothing(town, office):
    me = "+6281100003002"
    ticket = by_sms(town, me, CLINIC.format("jeda sehari"))
    before = clock(town, ticket, "complete")["due_at"]
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    town.clock.forward(hours=3)
    town.sms(me, "Obat gula")
    town.work_off()
    assert clock(town, ticket, "complete")["due_at"] == before


def test_a_promise_that_is_broken_already_is_not_paused(new_town, office_of):
    town = new_town
    office = office_of(town)
    ticket = by_sms(town, "+6281100003003", CLINIC.format("terlambat"))
    town.clock.moment = at(30)
    town.round()
    office.act("halim", ticket, "ask", words="Masih kosong?")
    assert clock(town, ticket, "followup")["paused_at"] is None
    assert clock(town, ticket, "complete")["paused_at"] == at(30)
    assert count(town, "clocks", "clock = 'followup' AND breached_at IS NOT NULL AND case_id = :id", id=town.case(ticket)["id"]) == 1


def test_an_unanswered_question_lapses_after_thirty_calendar_days_and_not_an_hour_before_the_last_is_over(new_town, office_of):
    town, me = new_town, "+6281100003004"
    office = office_of(town)
    ticket = by_sms(town, me, CLINIC.format("tak terjawab"))
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    town.clock.moment = at(7, month=4)  # ten working days are over since 6 April
    town.round()
    assert town.case(ticket)["state"] == "needs_info"
    assert sum("masih menunggu jawaban" in message["text"] for message in town.sent(me)) == 1, "reminded once, half-way"
    town.clock.moment = at(12, hour=23, month=4)  # the thirtieth day is the citizen's to its end (domain.md 8.3 no. 2)
    town.round()
    assert town.case(ticket)["state"] == "needs_info"
    town.clock.moment = at(13, hour=9, month=4)
    town.round()
    case = town.case(ticket)
    assert (case["state"], case["archived_by"]) == ("archived", "system")
    assert "boleh melapor lagi" in last(town, me)
    assert count(town, "clocks", "case_id = :id AND stopped_at IS NULL AND clock <> 'receipt'", id=case["id"]) == 0


def test_cases_that_may_not_lapse_yet_never_hold_up_those_that_may_close(new_town, office_of):
    town, me = new_town, "+6281100003005"
    office = office_of(town)
    ticket = by_sms(town, me, CLINIC.format("antrean panjang"))
    office.act("halim", ticket, "respond", words="Obat sudah ada.")
    waiting = by_sms(town, "+6281100003006", CLINIC.format("menunggu lama"))
    office.act("halim", waiting, "ask", words="Obat yang mana?")
    town.sql(  # two hundred and fifty more questions that were asked a little earlier, each on a case of its own
        "INSERT INTO cases (ticket, pin_salt, kind, classification, state, channel, text, urgency, received_at, desk_id) "
        "SELECT 'x' || n, '\\x00', kind, classification, state, channel, 'salinan', urgency, received_at, desk_id "
        "FROM cases, generate_series(1, 250) AS n WHERE ticket = :ticket",
        ticket=waiting,
    )
    town.sql(
        "INSERT INTO clocks (case_id, clock, round, rule_id, calendar_version, started_at, due_at, first_due_at) "
        "SELECT copy.id, clock, round, clocks.rule_id, calendar_version, started_at, clocks.due_at - interval '1 hour', first_due_at "
        "FROM clocks, cases AS copy WHERE copy.text = 'salinan' AND clock = 'citizen_completes' "
        "AND case_id = (SELECT id FROM cases WHERE ticket = :ticket)",
        ticket=waiting,
    )
    town.clock.moment = at(7, month=4)
    town.round()
    assert town.case(ticket)["state"] == "closed"
    assert town.case(waiting)["state"] == "needs_info"


def test_the_overall_date_stays_however_often_a_case_is_handed_on(new_town, office_of):
    town, me = new_town, "+6281100003007"
    office = office_of(town)
    ticket = by_sms(town, me, ROAD.format("dioper tiga kali"))
    due = clock(town, ticket, "complete")["due_at"]
    setda = office.unit("52.06.setda")
    for round_ in (1, 2, 3):
        town.clock.forward(days=1)
        office.act("bagus", ticket, "hand_back", 422)
        office.act("bagus", ticket, "hand_back", words=f"Ruas ini bukan milik kabupaten, {round_}.", unit="0")
        case = town.case(ticket)
        assert (case["state"], case["unit_id"], case["hand_backs"]) == ("verified", None, round_)
        assert case["desk_id"] == (setda if round_ == 3 else office.unit("52.06.diskominfo"))
        assert clock(town, ticket, "verify")["stopped_at"] is None
        assert clock(town, ticket, "complete")["due_at"] == due
        if round_ < 3:
            assert ticket in office.queue("imran")
            office.act("imran", ticket, "dispose", unit=office.unit("52.06.pupr"), words="Ruas ini milik kabupaten.")
            assert "sekarang ditangani" in last(town, me)
    assert clock(town, ticket, "complete")["round"] == 1
    assert count(town, "clocks", "clock = 'complete' AND case_id = :id", id=town.case(ticket)["id"]) == 1
    assert ticket in office.queue("imran", "all"), "whoever decides can find it"


@pytest.fixture
def twilio(new_town) -> Iterator[TwilioApi]:
    """Twilio on loopback, and a town whose SMS leave by the real SDK."""
    from channels.sms.twilio import Twilio

    with TwilioApi(auth_token=new_town.settings.twilio_auth_token) as api:
        channel = Twilio(ACCOUNT_SID, new_town.settings.twilio_auth_token, SENDER, PUBLIC_URL, api.url)
        new_town.plug(channel)
        yield api


def status(town, sid: str, state: str, **more: str):
    """Twilio's later word about a message, signed."""
    from twilio.request_validator import RequestValidator

    form = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": state, "SmsStatus": state, "AccountSid": ACCOUNT_SID, **more}
    signature = RequestValidator(town.settings.twilio_auth_token).compute_signature(f"{PUBLIC_URL}/hooks/twilio/status", form)
    answer = town.browser().post("/hooks/twilio/status", data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 204
    town.work_off()


def test_only_a_delivered_question_pauses_with_the_real_sdk(new_town, office_of, twilio):
    town, me = new_town, "+6281100003008"
    office = office_of(town)
    ticket = by_sms(town, me, CLINIC.format("lewat penyedia"))
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    question = twilio.messages[-1]
    assert "Obat yang mana?" in question["Body"]
    due = clock(town, ticket, "complete")
    status(town, question["Sid"], "sent")
    assert clock(town, ticket, "complete") == due, "sent is not delivered"
    status(town, question["Sid"], "undelivered", ErrorCode="30005")
    assert clock(town, ticket, "complete") == due, "a question nobody got does not pause"
    assert clock(town, ticket, "citizen_completes") == {}
    assert count(town, "alarms", "kind = 'notice_failed' AND cleared_at IS NULL") == 1
    assert "tidak sampai" in office.page("halim", ticket)
    assert "Kabar yang tidak sampai" in office.desk("admin").get("/kendali").text
    assert ticket in office.queue("halim", "attention") + office.queue("halim"), "what did not arrive comes back to its desk"
    town.clock.forward(days=5)
    town.round()
    assert town.case(ticket)["state"] == "needs_info"
    town.sms(me, "Saya tidak dapat SMS, ini keterangannya: obat gula")
    town.work_off()
    assert town.case(ticket)["state"] == "dispositioned"
    assert clock(town, ticket, "complete")["due_at"] == due["due_at"], "no pause, no time moved"


def test_a_delivered_question_pauses_from_the_moment_it_was_delivered(new_town, office_of, twilio):
    town = new_town
    office = office_of(town)
    ticket = by_sms(town, "+6281100003009", CLINIC.format("sampai belakangan"))
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    town.clock.forward(hours=7)
    status(town, twilio.messages[-1]["Sid"], "delivered")
    for state in ("sent", "delivered", "undelivered"):  # late, doubled, out of order
        town.clock.forward(hours=1)
        status(town, twilio.messages[-1]["Sid"], state)
    assert clock(town, ticket, "complete")["paused_at"] == at(13, 19)
    assert clock(town, ticket, "citizen_completes")["started_at"] == at(13, 19)
    assert count(town, "clocks", "clock = 'citizen_completes'") == 1
