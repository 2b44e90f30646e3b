"""The digest of the morning: once for each officer and working day, when their office opens, and only when there is something to say."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.conftest import Clock
from tests.corridor.ladders import at, file
from tests.corridor.looking import CLINIC, ROAD, count
from tests.corridor.test_ladder_once import WALKERS, _another_house
from tests.corridor.test_officers_roads import WAYS

MAIL = "{}@ntbcare.example"


def wish(office, who: str) -> None:
    """Switch the digest by mail on."""
    assert office.desk(who).post(WAYS, data={"channel": "email", "digest": "1"}).status_code == 303


def digests(town, who: str) -> list[str]:
    """The digests that left for somebody, oldest first."""
    return [one["text"] for one in town.sent(MAIL.format(who)) if one["text"].startswith("Meja ")]


def mornings(town, moment=None) -> None:
    """One round of the mornings, and the post after it."""
    from workers import timetable

    if moment is not None:
        town.clock.moment = moment
    with town.app.app_context():
        timetable.mornings(town.app)
    town.work_off()


@pytest.fixture
def scene(new_town, office_of):
    """Two reports on halim's desk, whose first promise is over by Wednesday 1 April; he wished for a digest in March."""
    town, office = new_town, office_of(new_town)
    wish(office, "halim")
    town.office = office
    town.tickets = [file(town, f"+62811003050{n}", CLINIC.format(f"ibu Aminah nomor {n} menangis")) for n in range(2)]
    return town


def test_it_leaves_in_the_first_open_minute_and_once_a_day(scene):
    town = scene
    mornings(town, at(4, 1, 7, 29))
    assert digests(town, "halim") == []
    mornings(town, at(4, 1, 7, 30))
    (text,) = digests(town, "halim")
    assert text.startswith("Meja Dinkes") and "Rabu, 1 April 2026" in text and "https://care.example/meja" in text
    for ticket in town.tickets:
        assert f"Laporan {ticket[:3]}-{ticket[3:6]}-{ticket[6:]} (" in text
    for _ in range(3):
        town.clock.forward(minutes=1)
        mornings(town)
    mornings(town, at(4, 1, 13))
    assert len(digests(town, "halim")) == 1
    mornings(town, at(4, 2, 7, 30))
    assert len(digests(town, "halim")) == 2
    assert town.sql("SELECT count(*) FROM notices WHERE template = 'officer_digest' AND case_id IS NOT NULL") == [(0,)]


def test_weekends_and_days_off_have_none(scene):
    town = scene
    for day in (3, 4, 5):  # Good Friday and a weekend
        for hour in (8, 12):
            mornings(town, at(4, day, hour))
    assert digests(town, "halim") == []
    mornings(town, at(4, 6, 7, 30))
    assert len(digests(town, "halim")) == 1


def test_an_empty_desk_is_told_nothing_that_day(scene):
    town = scene
    wish(town.office, "dewi")
    mornings(town, at(4, 1, 7, 30))
    assert digests(town, "dewi") == [] and len(digests(town, "halim")) == 1
    file(town, "+6281100306001", "Sampah menumpuk di Kelurahan Cakranegara Barat Kecamatan Cakranegara Kota Mataram, sejak seminggu")
    mornings(town, at(4, 1, 10))
    assert digests(town, "dewi") == [], "the morning is over"


def test_who_wishes_for_it_during_the_day_gets_the_next_one(scene):
    town = scene
    town.clock.moment = at(4, 1, 11)
    wish(town.office, "imran")
    mornings(town)
    assert digests(town, "imran") == []


def test_the_lines_are_few_and_name_nothing_of_the_citizens(scene):
    town = scene
    for n in range(10):
        file(town, f"+628110030{60 + n}1", CLINIC.format(f"pak Lalu nomor {n} marah, hubungi 081234009{n:03}"))
    mornings(town, at(4, 1, 7, 30))
    (text,) = digests(town, "halim")
    assert len(re.findall(r"^- Laporan", text, re.M)) == 10 and "dan 2 lagi." in text
    for secret in ("Aminah", "Lalu", "menangis", "marah", "kosong", "081234", "+62811"):
        assert secret not in text


@pytest.mark.parametrize(
    ("change", "there"), [("confidential = true", True), ("kind = 'tip'", False), ("category = 'perempuan_anak'", False)],
    ids=["rahasia", "a tip", "a topic with its own readers"],
)  # fmt: skip
def test_what_is_for_few_is_a_number_or_nothing(scene, change, there):
    town = scene
    town.sql(f"UPDATE cases SET {change}")
    mornings(town, at(4, 1, 7, 30))
    said = digests(town, "halim")
    assert len(said) == there
    for text in said:
        assert text.count("Laporan rahasia") == 2
        body = text.partition("\n")[2]
        assert "Woha" not in body and "Kesehatan" not in body


def test_a_coordinator_is_told_of_what_waits_to_be_checked_in_their_region_only(scene):
    town, office = scene, scene.office
    ticket = file(town, "+6281100307001", ROAD.format("menunggu diperiksa"))
    office.act("bagus", ticket, "start")
    office.act("bagus", ticket, "submit_result", words="Sudah kami tambal sepanjang 40 meter.")
    for who in ("imran", "sari"):
        wish(office, who)
    town.clock.moment = at(3, 16, 8)  # the hours of Ramadan
    mornings(town)
    (text,) = digests(town, "imran")
    assert f"{ticket[:3]}-{ticket[3:6]}-{ticket[6:]}" in text and "Menunggu diperiksa: 1" in text
    assert digests(town, "sari") == []


@pytest.mark.parametrize(
    "change",
    ["UPDATE accounts SET active = false", "UPDATE account_roads SET digest = false", "UPDATE contacts SET opted_out_at = now()"],
    ids=["left", "switched off", "stopped"],
)
@pytest.mark.parametrize("late", [False, True], ids=["before", "between writing and the post"])
def test_nobody_is_sent_one_who_is_not_to_have_it(scene, change, late):
    from workers import timetable

    town = scene
    town.clock.moment = at(4, 1, 7, 30)
    if late:
        with town.app.app_context():
            timetable.mornings(town.app)
    town.sql(change)
    mornings(town)
    assert digests(town, "halim") == []
    assert count(town, "notices", "template = 'officer_digest' AND state = 'no_road'") == late


def test_one_that_could_not_leave_that_day_is_not_sent_the_next(scene):
    from workers import timetable

    town = scene
    town.clock.moment = at(4, 1, 7, 30)
    with town.app.app_context():
        timetable.mornings(town.app)
    town.clock.moment = at(4, 2, 7, 30)
    town.work_off()
    assert digests(town, "halim") == []


def test_three_schedulers_whose_clocks_jump_write_one_for_each_officer_and_day(scene):
    from ntbcare.records.base import db
    from workers import timetable

    town = scene
    wish(town.office, "imran")
    clocks = [Clock() for _ in range(WALKERS)]
    houses = [_another_house(town, clock) for clock in clocks]

    def walk(app, clock, seed):
        chance = random.Random(seed)
        for day in range(5):
            for hour in (7.5, 9, 14):
                clock.moment = at(4, 6) + timedelta(days=day + chance.choice((-1, 0, 0, 1)), hours=hour - 9)
                with app.app_context():
                    timetable.mornings(app)

    try:
        with ThreadPoolExecutor(WALKERS) as pool:
            list(pool.map(walk, houses, clocks, range(WALKERS)))
    finally:
        for app in houses:
            with app.app_context():
                db.engine.dispose()
    written = town.sql("SELECT account_id, subject, count(*) FROM officer_notices GROUP BY 1, 2")
    assert len(written) >= 5 and {n for *_, n in written} == {1}
    assert {subject[-10:] for _, subject, _ in written} <= {f"2026-04-{day:02}" for day in (6, 7, 8, 9, 10)}, "working days only"
    assert count(town, "alarms", "kind = 'digest'") == 0
