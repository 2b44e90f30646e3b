"""Brakes: machines do not thank each other all night, nobody is flooded, the house stops by itself and nobody is woken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ntbcare.domain.tickets import pretty
from tests.corridor.avenue import LINES, change_street, open_avenue
from tests.corridor.conftest import Office
from tests.corridor.looking import CLINIC, ROAD, by_form, count, last, no_twins
from tests.counterparts.twilio_api import Mood


@pytest.fixture
def avenue(servers, template, tmp_path):
    yield from open_avenue(servers, template, tmp_path)


def alarms(town, kind: str) -> int:
    return count(town, "alarms", "kind = :kind AND cleared_at IS NULL", kind=kind)


ROBOTS = {
    "the same words": lambda n: "Terima kasih sudah menghubungi Toko Berkah. Kami akan segera membalas pesan Anda.",
    "with the moment": lambda n: f"Toko Berkah tutup. Pesan Anda kami terima 13/03/2026 pukul 12:{n:02}:3{n % 10}.",
    "a courtesy": lambda n: "Terima kasih banyak!",
    "a number of the queue": lambda n: f"Anda berada di antrean {n}. Admin Toko Berkah akan segera membalas.",
}


@pytest.mark.parametrize("kind", ROBOTS)
@pytest.mark.parametrize("line", LINES)
def test_a_machine_that_answers_all_our_messages_gets_three_at_most_and_one_alarm_tells_of_it(avenue, line, kind):
    answered = 0
    avenue.write(line, 6_001, ROBOTS[kind](0))
    for n in range(1, 40):
        avenue.town.work_off()
        heard = len(avenue.heard(line, 6_001))
        for _ in range(answered, heard):
            avenue.town.clock.forward(seconds=20)
            avenue.write(line, 6_001, ROBOTS[kind](n))
        if heard == answered:
            break
        answered = heard
    assert answered <= 3, avenue.heard(line, 6_001)
    stored = avenue.town.sql("SELECT count(*) FROM messages m JOIN contacts k ON k.id = m.contact_id WHERE k.channel = :c", c=line)
    assert stored == [(answered + 1,)], "everything it said is kept"
    assert len(avenue.cases(line, 6_001)) <= 1
    for n in range(40, 45):  # and if it goes on by itself
        avenue.write(line, 6_001, ROBOTS[kind](n))
    avenue.town.work_off()
    assert len(avenue.heard(line, 6_001)) <= 3
    assert alarms(avenue.town, "echo") <= 1
    if kind != "a number of the queue":
        assert alarms(avenue.town, "echo") == 1


def test_a_machine_that_was_asked_a_question_does_not_talk_for_ever(avenue):
    office = Office(avenue.town)
    ticket = avenue.file("sms", 6_002, CLINIC.format("punya toko"))
    avenue.town.clock.forward(hours=2)
    office.act("halim", ticket, "ask", words="Di desa mana?")
    before, answered = len(avenue.heard("sms", 6_002)) - 1, len(avenue.heard("sms", 6_002)) - 1
    for n in range(40):
        heard = len(avenue.heard("sms", 6_002))
        if heard == answered:
            break
        for _ in range(answered, heard):
            avenue.write("sms", 6_002, ROBOTS["with the moment"](n))
        answered = heard
        avenue.town.work_off()
    assert answered - before <= 3


def test_a_bot_that_says_it_is_one_is_kept_and_never_answered(avenue):
    for n in range(10):
        update = avenue.telegram.text(6_003, f"Saya sedang cuti, {n}.")
        update["message"]["from"]["is_bot"] = True
        assert avenue.update(update).status_code == 200
    avenue.town.work_off()
    assert count(avenue.town, "messages", "meaning = 'machine'") == 10
    assert avenue.heard("telegram", 6_003) == [] and count(avenue.town, "cases") == 0


def told(avenue, office, ticket, *words):
    for each in words:
        office.act("halim", ticket, "answer", words=each)


def test_a_person_gets_so_many_an_hour_and_the_rest_later_in_order_and_nothing_is_lost(avenue):
    change_street(avenue.town, person_hour=3, person_day=6)
    office = Office(avenue.town)
    ticket = avenue.file("sms", 6_004, CLINIC.format("banyak kabar"))
    told(avenue, office, ticket, *(f"kabar nomor {n}" for n in range(1, 8)))
    assert len(avenue.heard("sms", 6_004)) == 3
    assert alarms(avenue.town, "person_cap") == 1
    avenue.town.clock.forward(minutes=59)
    avenue.town.work_off()
    assert len(avenue.heard("sms", 6_004)) == 3
    avenue.town.clock.forward(minutes=2)
    avenue.town.work_off()
    assert len(avenue.heard("sms", 6_004)) == 6
    avenue.town.clock.forward(hours=2)
    avenue.town.work_off()
    assert len(avenue.heard("sms", 6_004)) == 6, "and so many a day"
    avenue.town.clock.forward(days=1)
    avenue.town.work_off()
    heard = avenue.heard("sms", 6_004)
    assert ["".join(filter(str.isdigit, text.rpartition("kabar nomor ")[2]))[:1] for text in heard[1:]] == list("1234567")
    assert count(avenue.town, "notices", "state = 'failed' OR possible_repeats > 0") == 0


def test_one_who_reached_the_cap_holds_up_nobody_else(avenue):
    change_street(avenue.town, person_hour=1)
    avenue.file("sms", 6_005, CLINIC.format("pertama"))
    avenue.write("sms", 6_005, "CEK")
    avenue.file("sms", 6_006, CLINIC.format("orang lain"))
    assert [len(avenue.heard("sms", person)) for person in (6_005, 6_006)] == [1, 1]


def test_somebody_elses_number_on_a_form_gets_few_messages_and_the_board_tells(avenue):
    for n in range(8):
        assert by_form(avenue.town, ROAD.format(f"nomor orang {n}"), phone="081200006007").status_code in (200, 302, 303)
        avenue.town.clock.forward(minutes=5)
        avenue.town.work_off()
    assert len([form for form in avenue.twilio.messages if form["To"] == "+6281200006007"]) == 3
    assert alarms(avenue.town, "stranger_cap") == 1
    assert count(avenue.town, "cases", "text LIKE '%nomor orang%'") == 8, "the reports are taken all the same"
    assert "tidak terkirim" in Office(avenue.town).desk("admin").get("/kendali").text


def test_the_house_stops_at_its_limit_with_an_alarm_and_goes_on_by_itself(avenue):
    change_street(no_twins(avenue.town), house_hour=5)
    for n in range(12):
        avenue.town.clock.forward(seconds=15)
        avenue.file("sms", 6_100 + n, CLINIC.format(f"banjir kiriman {n}"))
    left = len(avenue.twilio.messages)
    assert left == 5
    assert alarms(avenue.town, "sending_breaker") == 1
    for _ in range(50):
        avenue.town.clock.forward(minutes=5)
        avenue.town.work_off()
    assert sorted(form["To"] for form in avenue.twilio.messages) == [avenue.address("sms", 6_100 + n) for n in range(12)]


def test_at_night_only_who_is_awake_is_written_to(avenue):
    town, office = avenue.town, Office(avenue.town)
    ticket = avenue.file("sms", 6_008, CLINIC.format("malam hari"))
    town.clock.moment = datetime(2026, 3, 13, 14, 0, tzinfo=UTC)  # 22.00 WITA
    office.act("halim", ticket, "answer", words="Kabar larut malam.")
    assert "Kabar larut malam." not in "".join(avenue.heard("sms", 6_008))
    avenue.write("telegram", 6_009, CLINIC.format("ditulis malam"))
    town.work_off()
    assert "PIN" in avenue.heard("telegram", 6_009)[0], "who writes at night is answered at night"
    heard = len(avenue.heard("sms", 6_008))
    avenue.write("sms", 6_008, f"CEK {ticket}")
    town.work_off()
    assert pretty(ticket) in avenue.heard("sms", 6_008)[heard], "what is held for the morning holds up no answer"
    town.clock.moment = datetime(2026, 3, 13, 21, 59, tzinfo=UTC)  # 05.59
    town.work_off()
    assert "Kabar larut malam." not in "".join(avenue.heard("sms", 6_008))
    town.clock.moment = datetime(2026, 3, 13, 22, 0, tzinfo=UTC)  # 06.00
    town.work_off()
    assert "Kabar larut malam." in avenue.heard("sms", 6_008)[-1]


def test_a_rating_asked_for_at_ten_in_the_evening_comes_at_six(avenue):
    town, office = avenue.town, Office(avenue.town)
    town.clock.moment = datetime(2026, 3, 13, 13, 50, tzinfo=UTC)
    ticket = avenue.file("telegram", 6_010, CLINIC.format("minta nilai"))
    office.act("halim", ticket, "respond", words="Beres.")
    avenue.write("telegram", 6_010, "sudah")
    town.clock.moment = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)
    town.round()
    assert count(town, "notices", "template = 'poll' AND state = 'waiting'") == 1
    town.clock.moment = datetime(2026, 3, 14, 22, 0, tzinfo=UTC)
    town.work_off()
    assert count(town, "notices", "template = 'poll' AND state = 'delivered'") == 1


def test_what_a_broken_provider_kept_until_the_night_waits_for_the_morning(avenue):
    town, office = avenue.town, Office(avenue.town)
    ticket = avenue.file("sms", 6_011, CLINIC.format("penyedia rusak sore"))
    town.clock.moment = datetime(2026, 3, 13, 12, 55, tzinfo=UTC)  # 20.55
    avenue.twilio.moods.extend([Mood(code=20500)] * 3)
    office.act("halim", ticket, "answer", words="Kabar sore.")
    avenue.twilio.moods.clear()
    town.clock.moment = datetime(2026, 3, 13, 15, 0, tzinfo=UTC)  # 23.00
    town.work_off()
    assert "Kabar sore." not in "".join(avenue.heard("sms", 6_011))
    avenue.write("sms", 6_011, "CEK")
    town.work_off()
    assert pretty(ticket) in avenue.heard("sms", 6_011)[-1]
    town.clock.moment = datetime(2026, 3, 13, 22, 0, tzinfo=UTC)
    town.work_off()
    assert "Kabar sore." in avenue.heard("sms", 6_011)[-1]
    assert sum("Kabar sore." in text for text in avenue.heard("sms", 6_011)) == 1


def test_who_stopped_hears_nothing_of_what_waited_and_opens_by_writing(town):
    me = "+6281200006012"
    town.sms(me, CLINIC.format("lalu berhenti"))
    town.sms(me, "STOP")
    town.work_off()
    assert ["tidak akan mengirim" in line["text"] for line in town.sent(me)] == [True], "not even the receipt that waited"
    town.sms(me, "CEK")
    town.work_off()
    assert len(town.sent(me)) == 2 and "PIN" not in last(town, me)
