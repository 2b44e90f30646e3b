"""The ladder walked: who above hears of a promise in danger, in office hours only, once, and never of one that was kept."""

from __future__ import annotations

import pytest

from tests.corridor.ladders import at, bell, file, only, rungs, told
from tests.corridor.looking import CLINIC, NOWHERE, ROAD, clock, count, story


def walk(town, *moments):
    """The rounds at each of these moments, twice: nothing is done twice by looking twice."""
    for moment in moments:
        town.clock.moment = moment
        town.round()
        town.round()


def test_the_promise_climbs_from_the_officer_to_the_head_of_the_region(new_town, office_of):
    town, me = new_town, "+6281100301001"
    ticket = file(town, me, ROAD.format("naik sampai bupati"))  # Friday 13 March, noon
    office_of(town).act("bagus", ticket, "start")
    only(town, ticket, "followup")
    walk(town, at(3, 25, 23, 59))
    assert rungs(town, ticket) == []
    walk(town, at(3, 26, 0, 5))
    assert rungs(town, ticket) == [("unit", "followup", False, False, False)], "the third working day is over"
    walk(town, at(3, 26, 7, 29))
    assert told(town, ticket) == []
    walk(town, at(3, 26, 7, 30))
    assert told(town, ticket) == [("bagus", "unit")]
    town.browser()
    office = office_of(town)
    office.desk("bagus").post(f"/meja/kabar/{bell(town, 'bagus', ticket, 'unit')}/tangani")
    walk(town, at(3, 27, 16), at(3, 28, 9), at(3, 30, 7, 30))  # in hand: only the rule climbs, and the promise is broken since Friday night
    assert told(town, ticket) == [("bagus", "unit"), ("nurhayati", "head")]
    office.desk("nurhayati").post(f"/meja/kabar/{bell(town, 'nurhayati', ticket, 'head')}/tangani")
    walk(town, at(3, 31, 12), at(4, 1, 7, 30))
    office.desk("imran").post(f"/meja/kabar/{bell(town, 'imran', ticket, 'sekda')}/tangani")
    walk(town, at(4, 2, 10), at(4, 6, 16))
    assert [level for level, *_ in rungs(town, ticket)] == ["unit", "head", "sekda"], "nobody at Bima's Setda has an account"
    assert told(town, ticket)[2:] == [("imran", "sekda")], "so the coordinator of Bima hears it, and the board knows"
    assert count(town, "alarms", "kind = 'level_empty' AND cleared_at IS NULL AND sentence LIKE '%Sekretariat Daerah Kabupaten Bima%'") == 1
    walk(town, at(4, 7, 7, 30), at(4, 7, 16))
    assert told(town, ticket)[3:] == [("bupati.bima", "leader")]
    assert [tag for tag, actor in story(town, ticket) if tag == "ladder:raised"] == ["ladder:raised"] * 4


def test_the_governor_and_the_secretary_hear_of_provincial_units_only(new_town, office_of):
    town = new_town
    ticket = file(town, "+6281100301002", NOWHERE.format("tangga provinsi"))  # lies with the province's coordinator
    only(town, ticket, "verify")
    walk(town, at(3, 18, 9), at(3, 25, 7, 30), at(3, 25, 15), at(3, 26, 9))
    assert told(town, ticket)[0] == ("citra", "coordinator")
    walk(town, at(3, 27, 9), at(3, 31, 9), at(4, 1, 9), at(4, 6, 9), at(4, 7, 9))
    levels = [level for _, level in told(town, ticket)]
    assert levels == ["coordinator", "kominfo_head", "sekda", "leader"]
    assert {level: who for who, level in told(town, ticket)} == {
        "coordinator": "citra", "kominfo_head": "citra", "sekda": "sekda", "leader": "gubernur",
    }  # fmt: skip


def test_nobody_is_told_at_night_in_a_break_or_on_a_day_off(new_town):
    town = new_town
    ticket = file(town, "+6281100301003", CLINIC.format("jangan malam"))  # the first answer: 24 hours, the officer after twelve
    only(town, ticket, "first_response")
    walk(town, at(3, 14, 0, 1), at(3, 15, 12), at(3, 16, 7, 59))
    assert rungs(town, ticket)[0] == ("unit", "first_response", False, False, False) and told(town, ticket) == []
    walk(town, at(3, 16, 8))  # Ramadan: the office opens at eight
    assert ("halim", "unit") in told(town, ticket)


def test_who_was_away_when_the_desk_opened_is_not_woken_up_late_at_night(new_town):
    town = new_town
    ticket = file(town, "+6281100301004", CLINIC.format("server mati seharian"))
    only(town, ticket, "first_response")
    walk(town, at(3, 14, 0, 1))
    walk(town, at(3, 16, 22))  # the rounds stood still all Monday
    assert told(town, ticket) == []
    walk(town, at(3, 17, 8))
    assert ("halim", "unit") in told(town, ticket)


def test_who_does_not_answer_is_climbed_past_after_eight_office_hours(new_town):
    town = new_town
    ticket = file(town, "+6281100301005", CLINIC.format("tidak menjawab"))
    only(town, ticket, "complete")  # 14 working days: the officer after seven, which end on 31 March; the head not before twelve
    walk(town, at(3, 31, 23), at(4, 1, 7, 30))
    assert told(town, ticket) == [("halim", "unit")]
    walk(town, at(4, 2, 7, 59))
    assert len(rungs(town, ticket)) == 1, "one Wednesday of seven and a half hours, half an hour of Thursday is missing"
    walk(town, at(4, 2, 8), at(4, 2, 8, 1))
    assert [level for level, *_ in rungs(town, ticket)] == ["unit", "head"]
    assert told(town, ticket)[1:] == [("imran", "head")], "Dinkes has no head with an account"


def test_what_was_answered_in_time_climbs_no_further_and_its_bells_are_put_away(new_town, office_of):
    town = new_town
    office = office_of(town)
    ticket = file(town, "+6281100301006", CLINIC.format("dijawab sesudah diingatkan"))
    walk(town, at(3, 16, 8))
    assert ("unit", "first_response", True, False, False) in rungs(town, ticket)
    office.act("halim", ticket, "respond", words="Obat sudah datang.")
    assert {row[4] for row in rungs(town, ticket)} == {True}
    assert count(town, "bells", "read_at IS NULL") == 0
    before = told(town, ticket)
    walk(town, at(3, 25, 9), at(4, 20, 9))
    assert told(town, ticket) == before


def test_a_question_to_the_citizen_stops_the_ladder_and_the_answer_moves_it(new_town, office_of):
    town, me = new_town, "+6281100301007"
    office = office_of(town)
    ticket = file(town, me, CLINIC.format("tanya dulu"))
    town.clock.moment = at(3, 16, 9)
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    only(town, ticket, "followup")
    walk(town, at(3, 26, 7, 30), at(3, 26, 12))
    assert [row for row in rungs(town, ticket) if row[1] == "followup"] == [], "without the question the officer would hear of it today"
    town.sms(me, "Obat darah tinggi")
    town.work_off()
    only(town, ticket, "followup")
    walk(town, at(3, 30, 9), at(3, 30, 23, 50))
    assert [row for row in rungs(town, ticket) if row[1] == "followup"] == []
    walk(town, at(3, 31, 7, 30))  # 17, 25 and 26 March were waited
    assert ("unit", "followup", True, False, False) in rungs(town, ticket)


def test_a_rung_that_is_raised_stands_still_while_we_wait_for_the_citizen(new_town, office_of):
    town, me = new_town, "+6281100301008"
    office = office_of(town)
    ticket = file(town, me, CLINIC.format("naik lalu tanya"))
    only(town, ticket, "followup")
    walk(town, at(3, 26, 6, 10))
    office.act("halim", ticket, "ask", words="Obat yang mana?")  # in the citizen's hands before anybody is at the desk
    only(town, ticket, "followup")
    walk(town, at(3, 26, 9), at(4, 1, 9))
    assert [row for row in rungs(town, ticket) if row[1] == "followup"] == [("unit", "followup", False, False, False)]


def test_after_a_lost_objection_the_ladder_begins_anew(new_town, office_of):
    town, me = new_town, "+6281100301009"
    office = office_of(town)
    ticket = file(town, me, CLINIC.format("keberatan pelapor"))
    only(town, ticket, "complete")
    walk(town, at(4, 1, 7, 30))
    assert told(town, ticket) == [("halim", "unit")]
    office.act("halim", ticket, "respond", words="Obat sudah datang.")
    assert rungs(town, ticket)[0][4] is True
    town.sms(me, "BELUM")
    town.work_off()
    assert town.case(ticket)["state"] == "in_progress"
    walk(town, at(4, 1, 13), at(4, 1, 13, 5))
    assert rungs(town, ticket)[0] == ("unit", "complete", True, False, False)
    assert told(town, ticket) == [("halim", "unit")], "the same bell rings again, not a second one"
    assert count(town, "bells", "read_at IS NULL") == 1


@pytest.mark.parametrize(("words", "hurry"), [("nenek saya lansia {}", True), ("nenek saya {}", False)])
def test_vulnerable_people_are_heard_sooner(new_town, words, hurry):
    town = new_town
    ticket = file(town, "+6281100301010", CLINIC.format(words.format("sendirian")))
    assert town.case(ticket)["vulnerable"] is hurry
    due = town.sql("SELECT climb_at FROM clocks WHERE clock = 'followup' AND case_id = :id", id=town.case(ticket)["id"])[0][0]
    assert due == (at(3, 17, 23, 59) if hurry else at(3, 25, 23, 59)).replace(second=59)


def test_the_coordinator_says_who_is_vulnerable_when_verifying(new_town, office_of):
    town = new_town
    office = office_of(town)
    ticket = file(town, "+6281100301011", NOWHERE.format("siapa rentan"))
    slow = town.sql("SELECT climb_at FROM clocks WHERE clock = 'first_response' AND case_id = :id", id=town.case(ticket)["id"])[0][0]
    assert 'name="vulnerable"' in office.page("citra", ticket)
    office.act("citra", ticket, "verify", vulnerable_asked="1", vulnerable="1", region="52.06.03")
    assert town.case(ticket)["vulnerable"] is True
    assert "Warga rentan" in office.page("citra", ticket)
    assert town.sql("SELECT climb_at FROM clocks WHERE clock = 'first_response' AND case_id = :id", id=town.case(ticket)["id"])[0][0] < slow


def test_a_hospital_officer_hears_on_a_day_off_but_by_day(new_town):
    town = new_town
    town.sql("UPDATE accounts SET unit_id = (SELECT id FROM units WHERE code = '52.06.rsud') WHERE email = 'halim@ntbcare.example'")
    ticket = file(town, "+6281100301012", CLINIC.format("di RSUD"))
    rsud = town.sql("SELECT id FROM units WHERE code = '52.06.rsud'")[0][0]
    town.sql("UPDATE cases SET unit_id = :unit, desk_id = :unit WHERE ticket = :ticket", unit=rsud, ticket=ticket)
    only(town, ticket, "first_response")
    walk(town, at(3, 14, 0, 1), at(3, 14, 6, 59))
    assert told(town, ticket) == []
    walk(town, at(3, 14, 7))  # a Saturday
    assert told(town, ticket) == [("halim", "unit")]


def test_only_active_accounts_are_told(new_town):
    town = new_town
    town.sql("UPDATE accounts SET active = false WHERE email = 'halim@ntbcare.example'")
    ticket = file(town, "+6281100301013", CLINIC.format("petugas cuti selamanya"))
    only(town, ticket, "first_response")
    walk(town, at(3, 14, 0, 1), at(3, 16, 8))
    assert told(town, ticket)[:1] == [("imran", "unit")]
    assert count(town, "alarms", "kind = 'level_empty'") >= 1
    assert "Tangga tanpa orang" in town.desk("admin").get("/kendali").text


def test_a_broken_item_is_told_and_holds_up_nobody(new_town):
    town = new_town
    broken, sound = (file(town, f"+62811003010{n}", CLINIC.format(f"nomor {n}")) for n in (14, 15))
    for ticket in (broken, sound):
        only(town, ticket, "first_response")
    town.sql("UPDATE clocks SET calendar_version = (SELECT min(version) FROM calendar_versions)")
    town.sql("DELETE FROM office_hours WHERE week = '5'")
    town.sql("UPDATE reference_stamp SET stamp = stamp || 'x'")
    walk(town, at(3, 14, 0, 1))
    assert rungs(town, sound) == []
    assert count(town, "alarms", "kind = 'ladder' AND sentence LIKE '%Jam kerja%'") == 2
    assert clock(town, sound, "first_response")["stopped_at"] is None


def test_promises_given_before_there_was_a_ladder_climb_and_what_was_broken_before_is_no_news(new_town):
    from ntbcare.casework import seeding

    town = new_town
    old, new = (file(town, f"+62811003010{n}", CLINIC.format(f"sebelum ada tangga {n}")) for n in (16, 17))
    town.sql("UPDATE clocks SET climb_at = NULL")
    town.sql("UPDATE clocks SET due_at = :past WHERE case_id = :id", past=at(3, 12), id=town.case(old)["id"])
    town.sql("UPDATE reference_stamp SET stamp = 'another seed'")
    with town.app.app_context(), town.work() as work:
        assert seeding.seed(work, town.house.seed) is True
        work.commit()
    assert count(town, "office_hours", "week = '5' AND valid_to IS NULL") == 10, "the same rows, not twice"
    town.clock.forward(seconds=10)
    walk(town, at(3, 16, 8))
    assert rungs(town, old) == []
    assert ("unit", "first_response", True, False, False) in rungs(town, new)


def test_of_a_topic_with_readers_of_its_own_a_bell_tells_neither_topic_nor_place(new_town):
    town = new_town
    ticket = file(town, "+6281100301018", CLINIC.format("topik terbatas"))
    town.sql("UPDATE cases SET category = 'perempuan_anak' WHERE ticket = :ticket", ticket=ticket)
    walk(town, at(3, 16, 8))
    said = town.sql("SELECT words FROM bells WHERE case_id = :id", id=town.case(ticket)["id"])
    assert said and all("Laporan rahasia" in words and "Woha" not in words and "erempuan" not in words for (words,) in said)


def test_an_urgent_matter_is_told_to_the_head_and_by_telephone_within_an_hour_of_office_time(new_town):
    town = new_town
    town.clock.moment = at(3, 16, 9)
    ticket = file(town, "+6281100301019", "Tolong ada kebakaran rumah di Desa Tente Kecamatan Woha")
    assert town.case(ticket)["urgency"] == "mendesak"
    only(town, ticket, "first_response")
    walk(town, at(3, 16, 9, 31))
    assert [level for _, level in told(town, ticket)] == ["unit"]
    walk(town, at(3, 16, 10, 1))
    assert sorted(level for _, level in told(town, ticket)[1:]) == ["head", "phone"]
    words = dict(town.sql("SELECT kind, words FROM bells WHERE case_id = :id", id=town.case(ticket)["id"]))
    assert "Telepon unitnya sekarang" in words["ladder.phone"] and "sudah lewat sejak" in words["ladder.head"]


def test_what_is_urgent_rings_at_any_hour_where_somebody_is_on_duty(new_town):
    town = new_town
    town.clock.moment = at(3, 15, 21)  # Sunday night
    fire = file(town, "+6281100301901", "Tolong kebakaran di Desa Tente Kecamatan Woha, rumah warga terbakar sekarang!")
    road = file(
        town, "+6281100301902", "Jalan rusak di Desa Ncera Kecamatan Belo Kabupaten Bima, tolong cepat, ada bayi sakit keras sering lewat"
    )
    walk(town, at(3, 15, 21, 31), at(3, 15, 22, 5), at(3, 16, 3))
    assert ("imran", "unit") in told(town, fire), "Damkar has no people here, and the coordinator is on duty for it"
    assert told(town, road) == [], "a road waits for the morning, whoever walks on it"
