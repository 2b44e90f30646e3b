"""One reminder in office hours before the end; the desk is told when the time is over; by hand once a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.corridor.asks import ask, reported, row
from tests.corridor.looking import story

NUMBER = "+6281277800001"


@pytest.fixture
def waiting(new_town, office_of) -> str:
    """Asked on Friday noon, until Tuesday night (two working days)."""
    ticket = reported(new_town, "menunggu luar")
    ask(office_of(new_town), ticket, road="sms", address=NUMBER, days="2")
    new_town.work_off()
    return ticket


def reminders(town) -> list[str]:
    """Every reminder that left."""
    return [one["text"] for one in town.sent(NUMBER) if "masih menunggu jawaban" in one["text"]]


def test_a_reminder_leaves_once_in_office_hours_before_the_end(new_town, waiting):
    assert row(new_town, waiting)["remind_at"] == datetime(2026, 3, 16, 0, 0, tzinfo=UTC)  # Monday 08.00 WITA, as in the fasting month
    new_town.clock.moment = datetime(2026, 3, 15, 22, 0, tzinfo=UTC)  # Monday 06.00 WITA
    new_town.round()
    assert reminders(new_town) == []
    new_town.clock.moment = datetime(2026, 3, 16, 0, 0, tzinfo=UTC)
    new_town.round()
    new_town.round()
    assert len(reminders(new_town)) == 1 and "/b/" in reminders(new_town)[0]
    assert [tag for tag, _ in story(new_town, waiting)].count("outside:reminded") == 1


def test_a_round_that_was_missed_is_made_up_in_the_next_office_hour(new_town, waiting):
    new_town.clock.moment = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)  # Monday 20.00 WITA
    new_town.round()
    assert reminders(new_town) == []
    new_town.clock.moment = datetime(2026, 3, 17, 0, 0, tzinfo=UTC)
    new_town.round()
    assert len(reminders(new_town)) == 1


def test_the_desk_is_told_once_when_the_time_is_over(new_town, office_of, waiting):
    office = office_of(new_town)
    new_town.clock.moment = datetime(2026, 3, 17, 16, 0, tzinfo=UTC)  # Wednesday 00.00 WITA
    before = new_town.case(waiting)["state"]
    new_town.round()
    new_town.round()
    case = new_town.case(waiting)
    assert (case["attention"], case["state"]) == ("outside", before)
    assert [tag for tag, _ in story(new_town, waiting)].count("outside:over") == 1
    assert "waktunya lewat" in office.page("bagus", waiting)
    assert reminders(new_town) == []  # nobody is reminded of what is over


def test_an_answer_ends_the_waiting(new_town, office_of, waiting):
    new_town.sms(NUMBER, "SUDAH")
    new_town.clock.moment = datetime(2026, 3, 18, 3, 0, tzinfo=UTC)
    new_town.round()
    assert reminders(new_town) == []
    assert "outside:over" not in [tag for tag, _ in story(new_town, waiting)]


def test_an_officer_reminds_by_hand_once_a_day(new_town, office_of, waiting):
    office = office_of(new_town)
    address = f"/meja/{waiting}/tanya-luar/{row(new_town, waiting)['id']}/ingatkan"
    assert office.desk("bagus").post(address).status_code == 303
    assert office.desk("bagus").post(address).status_code == 409
    assert office.desk("halim").post(address).status_code == 404
    new_town.work_off()
    assert len(reminders(new_town)) == 1
    assert office.desk("bagus").post(address.replace("ingatkan", "lupakan")).status_code == 404


def test_a_case_that_ended_meanwhile_asks_for_no_attention(new_town, waiting):
    new_town.sql("UPDATE cases SET state = 'archived' WHERE ticket = :ticket", ticket=waiting)
    new_town.clock.moment = datetime(2026, 3, 18, 3, 0, tzinfo=UTC)
    new_town.round()
    assert new_town.case(waiting)["attention"] is None and row(new_town, waiting)["told_at"] is not None
    assert reminders(new_town) == []
