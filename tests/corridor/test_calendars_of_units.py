"""Whose days are counted: each unit's own week and region, the citizen's own, and what is pinned stays pinned."""

from __future__ import annotations

from pathlib import Path

import pytest

from ntbcare import commands
from tests.corridor.looking import CLINIC, RIDDLE, ROAD, by_sms
from tests.corridor.test_journey_clocks import at, end_of

HOSPITAL = "Antrean di RSUD Kecamatan Woha Kabupaten Bima terlalu lama dan obat kosong, {}"  # → RSUD Bima, open every day
LOCAL_DAY = "2026-03-17"


def pinned(town, ticket: str, name: str) -> tuple:
    """(edition, week, region, due) of the newest round of a clock."""
    query = "SELECT calendar_version, week, region, due_at FROM clocks WHERE case_id = :id AND clock = :name ORDER BY round DESC LIMIT 1"
    return town.sql(query, id=town.case(ticket)["id"], name=name)[0]


def say(town, *words: str):
    """One command of the application."""
    commands.attach(town.app, seed_dir=Path(commands.__file__).parent / "seed" / "ntb", data_dir=town.outbox.parent, development=True)
    return town.app.test_cli_runner().invoke(args=list(words))


def add_day(town, day: str, name: str = "Hari jadi daerah", region: str | None = "52.06", kind: str = "local") -> str:
    """Add a day off on the command line; returns the new edition."""
    where = ("--region", region) if region else ()
    told = say(town, "add-day-off", day, name, "--kind", kind, "--source", "SK Bupati nomor 7", *where)
    assert told.exit_code == 0, told.output
    town.clock.forward(seconds=5)  # within that time every process has heard of it
    return told.output.partition(":")[0]


@pytest.fixture
def with_a_local_day(new_town):
    """A town in which Tuesday 17 March is off in the regency of Bima, and nowhere else."""
    add_day(new_town, LOCAL_DAY)
    return new_town


def test_an_office_that_never_closes_counts_every_day_and_a_five_day_office_skips_the_holidays(town):
    hospital, clinic = by_sms(town, "+6281100031001", HOSPITAL.format("rumah sakit")), by_sms(town, "+6281100031002", CLINIC.format("pusk"))
    assert town.sql("SELECT code FROM units WHERE id = :id", id=town.case(hospital)["unit_id"]) == [("52.06.rsud",)]
    assert pinned(town, hospital, "followup")[1:] == ("always", "52.06", end_of(18, 3)), "five days, through the weekend and Nyepi"
    assert pinned(town, hospital, "complete")[1:] == ("always", "52.06", end_of(27, 3)), "fourteen days, also the overall promise"
    assert pinned(town, clinic, "followup")[1:] == ("5", "52.06", end_of(27, 3))
    assert pinned(town, hospital, "completeness")[1] == pinned(town, hospital, "verify")[1] == "5", "the coordinator's desk is no hospital"


def test_a_six_day_office_works_on_saturday(new_town):
    new_town.sql("UPDATE units SET calendar = '6' WHERE code = '52.06.dinkes'; UPDATE reference_stamp SET stamp = stamp || '6'")
    ticket = by_sms(new_town, "+6281100031003", CLINIC.format("enam hari"))
    assert pinned(new_town, ticket, "followup")[1:] == ("6", "52.06", end_of(26, 3)), "Saturday 14 March is the first day"


def test_a_local_day_off_holds_where_it_was_declared_and_nowhere_else(with_a_local_day):
    town = with_a_local_day
    bima = by_sms(town, "+6281100031004", CLINIC.format("Bima"))
    elsewhere = by_sms(town, "+6281100031005", "Obat di puskesmas Kecamatan Praya Kabupaten Lombok Tengah kosong sejak Senin, sana")
    nowhere = by_sms(town, "+6281100031006", RIDDLE.format("teka-teki"))
    assert pinned(town, bima, "followup")[2:] == ("52.06", end_of(30, 3))
    assert pinned(town, elsewhere, "followup")[2:] == ("52.02", end_of(27, 3))
    assert pinned(town, nowhere, "verify")[2:] == ("52.06", end_of(26, 3)), "16, 25 and 26 March: the 17th is off at Bima's desk"


def test_a_citizen_has_five_days_a_week_and_the_days_off_of_the_own_regency(with_a_local_day, office_of):
    town, office = with_a_local_day, office_of(with_a_local_day)
    ticket = by_sms(town, "+6281100031007", CLINIC.format("tanya"))
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    assert pinned(town, ticket, "citizen_completes")[1:] == ("5", "52.06", end_of(7, 4)), "ten working days without 17 March"
    assert pinned(town, ticket, "citizen_completes_statute")[3] == end_of(12, 4), "the law counts every day"


def test_what_is_pinned_is_counted_with_the_calendar_it_was_pinned_to(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = by_sms(town, "+6281100031008", CLINIC.format("lama"))
    before = pinned(town, ticket, "followup")
    edition = add_day(town, LOCAL_DAY)
    office.act("halim", ticket, "ask", words="Obat yang mana?")
    town.clock.moment = at(25)
    town.sms("+6281100031008", "Obat darah tinggi")
    town.work_off()
    after = pinned(town, ticket, "followup")
    assert after[:3] == before[:3] and before[0] != edition
    assert after[3] == end_of(1, 4), "16, 17 and 25 March waited; by the calendar of the start the 17th was a working day"


def test_going_to_an_office_with_another_week_never_moves_the_overall_date(new_town, office_of):
    town, office = new_town, office_of(new_town)
    ticket = by_sms(town, "+6281100031009", ROAD.format("pindah kantor"))
    overall = pinned(town, ticket, "complete")
    town.sql("UPDATE accounts SET unit_id = :unit WHERE email LIKE 'halim@%'", unit=office.unit("52.06.rsud"))
    for who, other, week in (("bagus", "52.06.rsud", "always"), ("halim", "52.06.pupr", "5")):
        town.clock.forward(days=1)
        office.act(who, ticket, "hand_back", words="Bukan milik kami.", unit=str(office.unit(other)))
        office.act("imran", ticket, "dispose", unit=office.unit(other), words="Silakan dilanjutkan.")
        assert pinned(town, ticket, "followup")[1] == week
        assert pinned(town, ticket, "complete") == overall
    assert town.sql("SELECT count(*) FROM clocks WHERE case_id = :id AND clock = 'followup'", id=town.case(ticket)["id"]) == [(3,)]
