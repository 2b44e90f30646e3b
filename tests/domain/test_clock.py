"""The lawful clock against literals computed by an independent script, a naive second calculator, and its properties."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntbcare.domain.calendar import Calendar
from ntbcare.domain.clock import (
    DayCount,
    Measure,
    Promise,
    date_words,
    day_by_day,
    due,
    explain,
    moment_words,
    recounted,
    remaining,
    resumed,
    short_moment,
    stage,
)
from ntbcare.domain.errors import CalendarTooShort, DomainError, QuestionNotDelivered

NATIONAL = dict(holidays.country_holidays("ID", years=range(2024, 2028), categories=("public", "government"), language="id"))
NTB = Calendar("test-1", NATIONAL, date(2024, 1, 1), date(2027, 12, 31))
GSM7_ASCII = set(string.ascii_letters + string.digits + " !\"#%&'()*+,-./:;<=>?@$_\r\n")  # the part of GSM-7 that is also ASCII


def promise(amount: int, measure: str = "working_days", pauses: bool = True) -> Promise:
    return Promise("x", "complete", amount, Measure(measure), pauses, "Penyelesaian", "domain.md 9.2", "1")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


WORKING, CALENDAR = "working_days", "calendar_days"
FIVE = promise(5)
FRIDAY = at("2026-03-13 02:00:00")  # Friday 13 March 2026, 10.00 WITA
FRIDAY_DUE = at("2026-03-27 15:59:59")

# --- the vectors of domain.md 8.4: received, +3 +5 +10 +14 +60 working days, +60 calendar days --------------------------------

VECTORS = [
    ("2025-12-24", "2025-12-31", "2026-01-05", "2026-01-12", "2026-01-19", "2026-04-02", "2026-02-22"),
    ("2026-02-13", "2026-02-20", "2026-02-24", "2026-03-03", "2026-03-09", "2026-05-25", "2026-04-14"),
    ("2026-03-13", "2026-03-25", "2026-03-27", "2026-04-06", "2026-04-10", "2026-06-24", "2026-05-12"),
    ("2026-05-12", "2026-05-19", "2026-05-21", "2026-06-02", "2026-06-08", "2026-08-12", "2026-07-11"),
]
COLUMNS = [*((days, "working_days") for days in (3, 5, 10, 14, 60)), (60, "calendar_days")]


@pytest.mark.parametrize(
    ("received", "amount", "measure", "expected"),
    [(row[0], *column, day) for row in VECTORS for column, day in zip(COLUMNS, row[1:], strict=True)],
)
@pytest.mark.parametrize("clock", ["00:00:00", "10:30:00", "23:59:59"])
def test_the_published_vectors_hold_at_any_hour_of_the_day(received, amount, measure, expected, clock):
    started = datetime.fromisoformat(f"{received}T{clock}+08:00")
    assert due(promise(amount, measure), started, NTB) == datetime.fromisoformat(f"{expected}T23:59:59+08:00")


# --- the golden table: started (UTC), amount, measure, due (UTC); computed by a script that shares nothing with the house ------

GOLDEN = [
    ("2024-02-28 03:00:00", 3, WORKING, "2024-03-04 15:59:59", "the day before the leap day"),
    ("2024-02-28 03:00:00", 5, WORKING, "2024-03-06 15:59:59", "the day before the leap day"),
    ("2024-02-28 03:00:00", 14, WORKING, "2024-03-21 15:59:59", "the day before the leap day"),
    ("2024-02-28 03:00:00", 60, WORKING, "2024-06-11 15:59:59", "the day before the leap day"),
    ("2024-02-29 03:00:00", 1, WORKING, "2024-03-01 15:59:59", "on the leap day"),
    ("2024-02-28 16:00:00", 1, WORKING, "2024-03-01 15:59:59", "leap day begins in WITA at 16:00 UTC"),
    ("2024-02-28 15:59:59", 1, WORKING, "2024-02-29 15:59:59", "one second before the leap day"),
    ("2024-02-28 03:00:00", 1, CALENDAR, "2024-02-29 15:59:59", "due on the leap day"),
    ("2024-02-29 03:00:00", 60, CALENDAR, "2024-04-29 15:59:59", "from the leap day"),
    ("2024-02-28 20:00:00", 24, "hours", "2024-02-29 20:00:00", "over the leap day"),
    ("2024-12-31 03:00:00", 3, WORKING, "2025-01-06 15:59:59", "year end"),
    ("2024-12-31 16:30:00", 3, WORKING, "2025-01-06 15:59:59", "new year's day already in WITA"),
    ("2024-12-23 02:00:00", 5, WORKING, "2025-01-02 15:59:59", "Christmas 2024"),
    ("2024-04-05 07:00:00", 3, WORKING, "2024-04-18 15:59:59", "over Idul Fitri 2024"),
    ("2024-11-26 07:00:00", 1, WORKING, "2024-11-28 15:59:59", "regional election day"),
    ("2024-06-14 07:00:00", 2, WORKING, "2024-06-20 15:59:59", "Idul Adha 2024"),
    ("2025-01-24 01:00:00", 3, WORKING, "2025-02-03 15:59:59", "three days off in a row"),
    ("2025-03-27 06:00:00", 3, WORKING, "2025-04-10 15:59:59", "Nyepi and Idul Fitri 2025"),
    ("2025-03-27 06:00:00", 14, WORKING, "2025-04-28 15:59:59", "Nyepi and Idul Fitri 2025"),
    ("2025-04-05 06:00:00", 1, WORKING, "2025-04-08 15:59:59", "a Saturday inside the Idul Fitri leave"),
    ("2025-05-28 04:00:00", 2, WORKING, "2025-06-03 15:59:59", "long weekend"),
    ("2025-06-05 23:00:00", 5, WORKING, "2025-06-16 15:59:59", "Idul Adha began in WITA"),
    ("2025-08-15 03:00:00", 1, WORKING, "2025-08-19 15:59:59", "18 August 2025, added in mid-year"),
    ("2025-09-04 15:59:59", 3, WORKING, "2025-09-10 15:59:59", "last second before Maulid"),
    ("2025-09-04 16:00:00", 3, WORKING, "2025-09-10 15:59:59", "first second of Maulid"),
    ("2025-12-24 15:59:59", 5, WORKING, "2026-01-05 15:59:59", "last second before Christmas"),
    ("2025-12-31 15:59:59", 1, WORKING, "2026-01-02 15:59:59", "last second of the year"),
    ("2025-12-31 16:00:00", 1, WORKING, "2026-01-02 15:59:59", "first second of the year"),
    ("2025-12-26 03:00:00", 5, WORKING, "2026-01-05 15:59:59", "received on cuti bersama"),
    ("2026-03-13 02:00:00", 5, WORKING, "2026-03-27 15:59:59", "domain.md 9.5 row 5"),
    ("2026-03-13 15:59:59", 5, WORKING, "2026-03-27 15:59:59", "last second of Friday 13 March"),
    ("2026-03-13 16:00:00", 5, WORKING, "2026-03-27 15:59:59", "Saturday 14 March in WITA"),
    ("2026-03-13 16:30:00", 1, CALENDAR, "2026-03-15 15:59:59", "already 14 March in WITA"),
    ("2026-03-13 15:30:00", 1, CALENDAR, "2026-03-14 15:59:59", "still 13 March in WITA"),
    ("2026-03-15 15:30:00", 3, WORKING, "2026-03-25 15:59:59", "a Sunday night"),
    ("2026-03-15 16:30:00", 3, WORKING, "2026-03-26 15:59:59", "Monday in WITA"),
    ("2026-03-17 03:00:00", 1, WORKING, "2026-03-25 15:59:59", "the eve of seven days off"),
    ("2026-03-18 03:00:00", 1, WORKING, "2026-03-25 15:59:59", "received on cuti bersama Nyepi"),
    ("2026-03-21 03:00:00", 3, WORKING, "2026-03-27 15:59:59", "received on Idul Fitri, a Saturday"),
    ("2026-03-24 15:59:59", 1, WORKING, "2026-03-25 15:59:59", "last day of leave"),
    ("2026-03-24 16:00:00", 1, WORKING, "2026-03-26 15:59:59", "first working day in WITA"),
    ("2026-04-02 09:00:00", 2, WORKING, "2026-04-07 15:59:59", "over Good Friday"),
    ("2026-04-30 09:00:00", 10, WORKING, "2026-05-19 15:59:59", "over Labour Day and Ascension"),
    ("2026-05-13 09:00:00", 1, WORKING, "2026-05-18 15:59:59", "Ascension and cuti bersama"),
    ("2026-05-26 09:00:00", 5, WORKING, "2026-06-05 15:59:59", "Idul Adha, Waisak, Pancasila"),
    ("2026-06-15 01:00:00", 30, WORKING, "2026-07-28 15:59:59", "WBS screening"),
    ("2026-08-14 01:00:00", 2, WORKING, "2026-08-19 15:59:59", "over 17 August"),
    ("2026-08-24 23:59:59", 2, WORKING, "2026-08-27 15:59:59", "Maulid in WITA"),
    ("2026-02-13 09:00:00", 60, CALENDAR, "2026-04-14 15:59:59", "statutory ceiling"),
    ("2026-01-31 09:00:00", 14, CALENDAR, "2026-02-14 15:59:59", "statutory answer"),
    ("2026-12-20 09:00:00", 30, CALENDAR, "2027-01-19 15:59:59", "over the year end"),
    ("2026-12-23 03:00:00", 1, WORKING, "2026-12-28 15:59:59", "the eve of Christmas leave"),
    ("2026-12-23 03:00:00", 5, WORKING, "2027-01-04 15:59:59", "into 2027"),
    ("2026-12-31 16:30:00", 2, WORKING, "2027-01-06 15:59:59", "2027 already in WITA"),
    ("2026-10-12 03:00:00", 60, WORKING, "2027-01-08 15:59:59", "sixty days into 2027"),
    ("2026-03-13 15:59:30", 1, "hours", "2026-03-13 16:59:30", "over local midnight"),
    ("2026-03-20 20:15:07", 24, "hours", "2026-03-21 20:15:07", "night and Idul Fitri count"),
    ("2026-12-31 10:00:00", 48, "hours", "2027-01-02 10:00:00", "over the year end"),
    ("2026-06-01 01:02:03", 72, "hours", "2026-06-04 01:02:03", "PDP breach 3x24 hours"),
    ("2026-03-21 15:58:00", 5, "minutes", "2026-03-21 16:03:00", "receipt over local midnight"),
    ("2024-02-29 15:59:59", 5, "minutes", "2024-02-29 16:04:59", "receipt at the end of the leap day"),
    ("2027-03-05 03:00:00", 1, WORKING, "2027-03-16 15:59:59", "Idul Fitri 2027, an estimate"),
    ("2026-07-06 00:00:00", 5, WORKING, "2026-07-13 15:59:59", "a plain week"),
    ("2026-07-10 08:00:00", 2, WORKING, "2026-07-14 15:59:59", "check of a result over a weekend"),
    ("2026-07-11 08:00:00", 5, WORKING, "2026-07-17 15:59:59", "received on a plain Saturday"),
]


@pytest.mark.parametrize(("started", "amount", "measure", "expected", "case"), GOLDEN)
def test_the_golden_table_of_due_moments_holds(started, amount, measure, expected, case):
    moment = due(promise(amount, measure), at(started), NTB)
    assert moment == at(expected), case
    assert moment.tzinfo is UTC


PAUSED = [  # due, paused, resumed (UTC), measure, due afterwards
    ("2026-03-27 15:59:59", "2026-03-16 02:00:00", "2026-03-25 09:00:00", WORKING, "2026-03-31 15:59:59", "over Nyepi and Idul Fitri"),
    ("2026-03-27 15:59:59", "2026-03-16 02:00:00", "2026-03-16 09:00:00", WORKING, "2026-03-27 15:59:59", "within one day"),
    ("2026-03-27 15:59:59", "2026-03-16 15:59:59", "2026-03-16 16:00:00", WORKING, "2026-03-30 15:59:59", "a second, but over midnight"),
    ("2026-03-27 15:59:59", "2026-03-18 02:00:00", "2026-03-24 09:00:00", WORKING, "2026-03-27 15:59:59", "only days off"),
    ("2026-03-27 15:59:59", "2026-03-20 02:00:00", "2026-03-25 01:00:00", WORKING, "2026-03-30 15:59:59", "day off to working day"),
    ("2026-03-27 15:59:59", "2026-03-27 02:00:00", "2026-04-06 02:00:00", WORKING, "2026-04-06 15:59:59", "from the very last day"),
    ("2026-01-05 15:59:59", "2025-12-24 02:00:00", "2026-01-02 02:00:00", WORKING, "2026-01-09 15:59:59", "over the year end"),
    ("2026-01-05 15:59:59", "2025-12-26 02:00:00", "2025-12-28 02:00:00", WORKING, "2026-01-05 15:59:59", "a weekend"),
    ("2024-03-06 15:59:59", "2024-02-28 02:00:00", "2024-02-29 02:00:00", WORKING, "2024-03-07 15:59:59", "into the leap day"),
    ("2026-05-21 15:59:59", "2026-05-13 02:00:00", "2026-05-18 02:00:00", WORKING, "2026-05-22 15:59:59", "over Ascension"),
    ("2026-04-14 15:59:59", "2026-03-16 02:00:00", "2026-03-25 09:00:00", CALENDAR, "2026-04-23 15:59:59", "calendar days count every day"),
    ("2026-04-14 15:59:59", "2026-03-16 02:00:00", "2026-03-16 15:59:59", CALENDAR, "2026-04-14 15:59:59", "calendar days within one day"),
    ("2026-03-14 02:00:00", "2026-03-13 10:00:00", "2026-03-13 11:30:15", "hours", "2026-03-14 03:30:15", "exact time"),
    ("2026-03-13 02:05:00", "2026-03-13 02:01:00", "2026-03-13 02:01:40", "minutes", "2026-03-13 02:05:40", "exact seconds"),
]


@pytest.mark.parametrize(("due_at", "paused", "back", "measure", "expected", "case"), PAUSED)
def test_the_golden_table_of_pauses_holds(due_at, paused, back, measure, expected, case):
    moved = resumed(promise(5, measure), at(due_at), at(paused), at(back), NTB)
    assert moved == at(expected), case
    assert moved.tzinfo is UTC


# --- must-have tests from real failures, domain.md 9.5 rows 3 to 6 -------------------------------------------------------------


def test_a_report_moved_three_times_keeps_its_overall_due_date():
    overall = due(promise(14), FRIDAY, NTB)
    followups = [due(FIVE, at(moved), NTB) for moved in ("2026-03-16 01:00:00", "2026-03-25 01:00:00", "2026-03-27 01:00:00")]
    assert overall == due(promise(14), FRIDAY, NTB) == at("2026-04-10 15:59:59")
    assert followups == [at("2026-03-30 15:59:59"), at("2026-04-01 15:59:59"), at("2026-04-06 15:59:59")]


def test_a_pause_without_a_delivered_question_has_its_own_refusal_in_words():
    refusal = QuestionNotDelivered(subject="NTB-1")
    assert isinstance(refusal, DomainError)
    assert "belum terkirim" in refusal.sentence
    assert refusal.subject == "NTB-1"


def test_five_working_days_from_friday_13_march_2026_end_on_27_march():
    assert due(FIVE, FRIDAY, NTB) == FRIDAY_DUE


def test_a_later_holiday_moves_a_due_date_only_when_applied_and_never_earlier():
    more = Calendar("test-2", {**NATIONAL, date(2026, 3, 16): "Hari duka"}, NTB.first, NTB.last)
    fewer = Calendar("test-3", {d: n for d, n in NATIONAL.items() if d != date(2026, 3, 18)}, NTB.first, NTB.last)
    assert due(FIVE, FRIDAY, NTB) == FRIDAY_DUE
    assert recounted(FIVE, FRIDAY, (), FRIDAY_DUE, more) == at("2026-03-30 15:59:59")
    assert due(FIVE, FRIDAY, fewer) < FRIDAY_DUE
    assert recounted(FIVE, FRIDAY, (), FRIDAY_DUE, fewer) == FRIDAY_DUE


def test_a_recount_replays_the_pauses():
    pauses = [(at("2026-03-16 02:00:00"), at("2026-03-25 09:00:00"))]
    more = Calendar("test-2", {**NATIONAL, date(2026, 3, 26): "Hari duka"}, NTB.first, NTB.last)
    assert recounted(FIVE, FRIDAY, pauses, at("2026-03-31 15:59:59"), NTB) == at("2026-03-31 15:59:59")
    assert recounted(FIVE, FRIDAY, pauses, at("2026-03-31 15:59:59"), more) == at("2026-04-01 15:59:59")


# --- refusals --------------------------------------------------------------------------------------------------------------------


def test_a_promise_that_does_not_pause_does_not_move():
    fixed = promise(60, "calendar_days", pauses=False)
    assert resumed(fixed, FRIDAY_DUE, FRIDAY, FRIDAY + timedelta(days=9), NTB) == FRIDAY_DUE


def test_a_pause_within_one_day_leaves_even_an_odd_stored_moment_untouched():
    odd = at("2026-03-27 04:00:00")  # an imported due date that is no end of day
    assert resumed(FIVE, odd, FRIDAY, FRIDAY + timedelta(hours=1), NTB) == odd


@pytest.mark.parametrize("measure", list(Measure))
def test_a_start_in_local_time_gives_the_same_due_moment_in_utc(measure):
    local = datetime.fromisoformat("2026-03-13T10:00:00+08:00")
    assert due(promise(5, measure), local, NTB) == due(promise(5, measure), FRIDAY, NTB)
    assert due(promise(5, measure), local, NTB).tzinfo is UTC


@pytest.mark.parametrize("pauses", [True, False])
def test_a_pause_cannot_end_before_it_begins(pauses):
    with pytest.raises(ValueError, match="before it begins"):
        resumed(promise(5, pauses=pauses), FRIDAY_DUE, FRIDAY, FRIDAY - timedelta(seconds=1), NTB)


@pytest.mark.parametrize("amount", [0, -3])
def test_a_promise_of_nothing_is_refused(amount):
    with pytest.raises(ValueError, match="at least 1"):
        promise(amount)


def test_an_unknown_measure_is_refused():
    with pytest.raises(ValueError, match="fortnights"):
        Promise("x", "complete", 5, "fortnights", True, "", "", "1")  # type: ignore[arg-type]


@pytest.mark.parametrize("measure", list(Measure))
def test_a_start_without_a_zone_is_refused(measure):
    with pytest.raises(ValueError, match="zone"):
        due(promise(1, measure), datetime(2026, 3, 13, 8, 0), NTB)


def test_a_working_day_promise_beyond_the_known_years_is_refused():
    with pytest.raises(CalendarTooShort):
        due(promise(60), at("2027-12-01 02:00:00"), NTB)


def test_calendar_days_and_hours_need_no_holidays_and_know_every_year():
    assert due(promise(60, "calendar_days"), at("2027-12-01 02:00:00"), NTB) == at("2028-01-30 15:59:59")
    assert due(promise(48, "hours"), at("2027-12-31 02:00:00"), NTB) == at("2028-01-02 02:00:00")


# --- how near, in words ------------------------------------------------------------------------------------------------------------

NEARNESS = [  # now (UTC), stage, days left, words; five working days from Friday 13 March
    ("2026-03-13 02:00:00", "on_time", 5, "tinggal 5 hari kerja"),
    ("2026-03-16 02:00:00", "on_time", 4, "tinggal 4 hari kerja"),
    ("2026-03-22 02:00:00", "on_time", 3, "tinggal 3 hari kerja"),
    ("2026-03-25 02:00:00", "on_time", 2, "tinggal 2 hari kerja"),
    ("2026-03-26 02:00:00", "soon", 1, "tinggal 1 hari kerja"),
    ("2026-03-27 15:59:59", "soon", 0, "hari ini hari terakhir"),
    ("2026-03-27 16:00:00", "late", 0, "baru saja lewat tenggat"),
    ("2026-03-29 02:00:00", "late", 0, "baru saja lewat tenggat"),
    ("2026-03-31 02:00:00", "late", 2, "lewat 2 hari kerja"),
]


@pytest.mark.parametrize(("now", "nearness", "left", "words"), NEARNESS)
def test_a_case_turns_soon_at_four_fifths_and_late_after_its_last_second(now, nearness, left, words):
    rest = remaining(FIVE, FRIDAY_DUE, at(now), NTB)
    assert stage(FIVE, FRIDAY, FRIDAY_DUE, at(now), NTB) == nearness
    assert (rest.amount, rest.words, rest.late) == (left, words, nearness == "late")


def test_time_spent_waiting_for_the_citizen_never_makes_a_case_look_urgent():
    paused, back = at("2026-03-16 02:00:00"), at("2026-04-20 02:00:00")
    moved = resumed(FIVE, FRIDAY_DUE, paused, back, NTB)
    assert remaining(FIVE, moved, back, NTB).amount == remaining(FIVE, FRIDAY_DUE, paused, NTB).amount == 4
    assert stage(FIVE, FRIDAY, moved, back, NTB) == "on_time"


@pytest.mark.parametrize(
    ("minutes", "nearness", "left", "words"),
    [
        (0, "on_time", 24, "tinggal 24 jam"),
        (60 * 19 + 11, "on_time", 4, "tinggal 4 jam 49 menit"),
        (60 * 20, "soon", 4, "tinggal 4 jam"),
        (60 * 24, "soon", 0, "tinggal kurang dari semenit"),
        (60 * 25 + 5, "late", 1, "lewat 1 jam 5 menit"),
    ],
)
def test_an_hour_promise_is_measured_on_the_wall_clock(minutes, nearness, left, words):
    day = promise(24, "hours")
    until, now = due(day, FRIDAY, NTB), FRIDAY + timedelta(minutes=minutes)
    rest = remaining(day, until, now, NTB)
    assert (stage(day, FRIDAY, until, now, NTB), rest.amount, rest.words) == (nearness, left, words)


def test_an_hour_promise_that_waited_long_is_not_soon_until_its_last_fifth():
    day = promise(24, "hours")
    until = resumed(day, due(day, FRIDAY, NTB), FRIDAY + timedelta(hours=1), FRIDAY + timedelta(hours=201), NTB)
    assert stage(day, FRIDAY, until, FRIDAY + timedelta(hours=201), NTB) == "on_time"
    assert stage(day, FRIDAY, until, until - timedelta(minutes=289), NTB) == "on_time"
    assert stage(day, FRIDAY, until, until - timedelta(minutes=288), NTB) == "soon"


def test_a_due_day_that_was_declared_off_later_still_has_true_words():
    closed = Calendar("test-2", {**NATIONAL, date(2026, 3, 27): "Hari duka"}, NTB.first, NTB.last)
    eve, itself = at("2026-03-26 02:00:00"), at("2026-03-27 02:00:00")
    assert remaining(FIVE, FRIDAY_DUE, eve, closed).words == "tinggal kurang dari 1 hari kerja"
    assert remaining(FIVE, FRIDAY_DUE, itself, closed).words == "hari ini hari terakhir"
    assert stage(FIVE, FRIDAY, FRIDAY_DUE, eve, closed) == "soon"


def test_a_one_day_promise_is_on_time_on_the_day_it_arrives_and_soon_on_its_only_day():
    one = promise(1)
    until = due(one, FRIDAY, NTB)
    assert stage(one, FRIDAY, until, FRIDAY, NTB) == "on_time"
    assert stage(one, FRIDAY, until, at("2026-03-16 01:00:00"), NTB) == "soon"


SENTENCES = [
    (FIVE, "2026-03-13 02:00:00", "2026-03-27 15:59:59",
     ("5 hari kerja sejak Jumat, 13 Maret 2026 (hari itu tidak dihitung), jadi paling lambat Jumat, 27 Maret 2026 pukul 23.59 WITA; "
     "9 hari libur dan akhir pekan dilewati.")),
    (FIVE, "2026-03-13 02:00:00", "2026-03-31 15:59:59",
     ("5 hari kerja sejak Jumat, 13 Maret 2026 (hari itu tidak dihitung), ditambah 2 hari kerja selama menunggu jawaban pelapor, "
     "jadi paling lambat Selasa, 31 Maret 2026 pukul 23.59 WITA; 11 hari libur dan akhir pekan dilewati.")),
    (FIVE, "2026-03-14 02:00:00", "2026-03-27 15:59:59",
     ("5 hari kerja sejak Sabtu, 14 Maret 2026 (hari itu tidak dihitung), jadi paling lambat Jumat, 27 Maret 2026 pukul 23.59 WITA; "
     "8 hari libur dan akhir pekan dilewati.")),
    (promise(2), "2026-07-06 02:00:00", "2026-07-08 15:59:59",
     "2 hari kerja sejak Senin, 6 Juli 2026 (hari itu tidak dihitung), jadi paling lambat Rabu, 8 Juli 2026 pukul 23.59 WITA."),
    (promise(2), "2026-07-10 02:00:00", "2026-07-14 15:59:59",
     ("2 hari kerja sejak Jumat, 10 Juli 2026 (hari itu tidak dihitung), jadi paling lambat Selasa, 14 Juli 2026 pukul 23.59 WITA; "
     "2 hari akhir pekan dilewati.")),
    (promise(1), "2026-06-15 02:00:00", "2026-06-17 15:59:59",
     ("1 hari kerja sejak Senin, 15 Juni 2026 (hari itu tidak dihitung), jadi paling lambat Rabu, 17 Juni 2026 pukul 23.59 WITA; "
     "1 hari libur dilewati.")),
    (FIVE, "2026-03-13 02:00:00", "2026-03-26 15:59:59",
     ("5 hari kerja sejak Jumat, 13 Maret 2026 (hari itu tidak dihitung), menurut kalender yang berlaku waktu tenggat ini ditetapkan, "
     "jadi paling lambat Kamis, 26 Maret 2026 pukul 23.59 WITA.")),
    (promise(60, "calendar_days", pauses=False), "2026-02-13 02:00:00", "2026-04-14 15:59:59",
     ("60 hari kalender sejak Jumat, 13 Februari 2026 (hari itu tidak dihitung), jadi paling lambat Selasa, 14 April 2026 "
     "pukul 23.59 WITA; akhir pekan dan hari libur ikut dihitung.")),
    (promise(24, "hours"), "2026-03-13 00:10:00", "2026-03-14 03:30:00",
     ("24 jam sejak Jumat, 13 Maret 2026 pukul 08.10 WITA, siang malam termasuk hari libur, ditambah 3 jam 20 menit selama menunggu "
     "jawaban pelapor, jadi paling lambat Sabtu, 14 Maret 2026 pukul 11.30 WITA.")),
]  # fmt: skip


@pytest.mark.parametrize(("row", "started", "due_at", "sentence"), SENTENCES)
def test_the_due_date_explains_itself_as_a_neighbour_would(row, started, due_at, sentence):
    assert explain(row, at(started), at(due_at), NTB) == sentence


def test_each_day_says_whether_and_why_it_was_counted():
    days = day_by_day(FIVE, FRIDAY, FRIDAY_DUE, NTB)
    assert days[:3] == [
        DayCount(date(2026, 3, 13), False, "hari mulai, tidak dihitung", None),
        DayCount(date(2026, 3, 14), False, "Sabtu", None),
        DayCount(date(2026, 3, 15), False, "Minggu", None),
    ]
    assert days[6] == DayCount(date(2026, 3, 19), False, "Hari Suci Nyepi", None)
    assert [(d.day.day, d.number) for d in days if d.counted] == [(16, 1), (17, 2), (25, 3), (26, 4), (27, 5)]
    assert sum(not d.counted for d in days[1:]) == 9


def test_paused_days_are_shown_as_paused_and_the_count_still_ends_at_the_promise():
    pauses = [(at("2026-03-16 02:00:00"), at("2026-03-25 09:00:00"))]
    days = day_by_day(FIVE, FRIDAY, at("2026-03-31 15:59:59"), NTB, pauses=pauses)
    assert [d.day.day for d in days if "menunggu jawaban" in d.why] == [17, 25]
    assert days[-1] == DayCount(date(2026, 3, 31), True, "hari kerja", 5)


def test_calendar_days_count_sundays_and_hours_number_no_day():
    week = day_by_day(promise(3, "calendar_days"), FRIDAY, at("2026-03-16 15:59:59"), NTB)
    assert [d.number for d in week] == [None, 1, 2, 3]
    night = day_by_day(promise(24, "hours"), FRIDAY, FRIDAY + timedelta(hours=24), NTB)
    assert [(d.counted, d.number) for d in night] == [(True, None), (True, None)]


def test_a_near_moment_is_named_by_its_nearness():
    assert moment_words(FRIDAY_DUE, NTB) == "Jumat, 27 Maret 2026 pukul 23.59 WITA"
    assert moment_words(FRIDAY_DUE, NTB, date(2026, 3, 27)) == "hari ini (Jumat, 27 Maret 2026) pukul 23.59 WITA"
    assert moment_words(FRIDAY_DUE, NTB, date(2026, 3, 26)) == "besok (Jumat, 27 Maret 2026) pukul 23.59 WITA"
    assert moment_words(FRIDAY_DUE, NTB, date(2026, 3, 1)) == "Jumat, 27 Maret 2026 pukul 23.59 WITA"


def test_the_moment_for_sms_is_short_and_stays_in_the_gsm_alphabet():
    assert short_moment(FRIDAY_DUE, NTB) == "Jum 27 Mar 23.59 WITA"
    texts = {short_moment(at("2026-01-01 15:59:59") + timedelta(days=n), NTB) for n in range(365)}
    assert max(map(len, texts)) == 21
    assert set("".join(texts)) <= GSM7_ASCII


def test_the_months_and_days_have_their_indonesian_names():
    assert date_words(date(2024, 2, 29)) == "Kamis, 29 Februari 2024"
    assert [date_words(date(2026, m, 1)).split()[2] for m in range(1, 13)] == [
        "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ]  # fmt: skip


# --- properties, against a second calculator that walks day by day with a fixed +8 hours -------------------------------------------

ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2025, 12, 25), date(2028, 12, 31)
quick = settings(max_examples=40, deadline=None)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
amounts = st.integers(1, 60)
days_off = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 3, 31)), max_size=25).map(lambda days: dict.fromkeys(days, "Libur"))
weekdays = st.sampled_from([frozenset(range(5)), frozenset(range(6)), frozenset(range(7)), frozenset({0, 2, 6})])
calendars = st.builds(lambda off, week: Calendar("x", off, FIRST, LAST, week), days_off, weekdays)
measures = st.sampled_from(list(Measure))
lengths = st.integers(0, 40 * 86400).map(lambda seconds: timedelta(seconds=seconds))


def naive_day(moment: datetime) -> date:
    return (moment + timedelta(hours=8)).date()


def naive_works(day: date, calendar: Calendar) -> bool:
    return day.weekday() in calendar.weekdays and day not in calendar.days_off


def naive_due(started: datetime, amount: int, calendar: Calendar) -> datetime:
    day = naive_day(started)
    while amount:
        day += ONE_DAY
        amount -= naive_works(day, calendar)
    return datetime(day.year, day.month, day.day, 15, 59, 59, tzinfo=UTC)


def naive_working_time(a: datetime, b: datetime, calendar: Calendar) -> int:
    span = range((naive_day(b) - naive_day(a)).days)
    return sum(naive_works(naive_day(a) + ONE_DAY * (i + 1), calendar) for i in span)


@quick
@given(started=moments, amount=amounts, calendar=calendars)
def test_the_clock_agrees_with_the_second_calculator(started, amount, calendar):
    assert due(promise(amount), started, calendar) == naive_due(started, amount, calendar)


@quick
@given(started=moments, amount=amounts, calendar=calendars)
def test_a_working_day_promise_is_never_due_on_a_day_off_and_always_after_its_start(started, amount, calendar):
    until = due(promise(amount), started, calendar)
    assert naive_works(naive_day(until), calendar)
    assert until > started
    assert (until + timedelta(hours=8)).strftime("%H:%M:%S") == "23:59:59"


@quick
@given(started=moments, amount=amounts, calendar=calendars, extra=st.dates(date(2026, 1, 1), date(2027, 6, 30)))
def test_adding_a_day_off_never_makes_a_due_date_earlier(started, amount, calendar, extra):
    more = Calendar("y", {**calendar.days_off, extra: "Libur baru"}, FIRST, LAST, calendar.weekdays)
    assert due(promise(amount), started, more) >= due(promise(amount), started, calendar)


@quick
@given(started=moments, later=lengths, amount=amounts, measure=measures, calendar=calendars)
def test_who_comes_later_is_never_due_earlier(started, later, amount, measure, calendar):
    row = promise(amount, measure)
    assert due(row, started, calendar) <= due(row, started + later, calendar)


@quick
@given(started=moments, until_pause=lengths, pause=lengths, amount=amounts, calendar=calendars)
def test_a_pause_moves_a_due_date_by_exactly_the_working_time_paused(started, until_pause, pause, amount, calendar):
    paused, before = started + until_pause, due(promise(amount), started, calendar)
    after = resumed(promise(amount), before, paused, paused + pause, calendar)
    assert naive_working_time(before, after, calendar) == naive_working_time(paused, paused + pause, calendar)
    assert naive_works(naive_day(after), calendar)
    if paused <= before:  # what was left when the clock stopped is left when it runs again
        assert naive_working_time(paused, before, calendar) == naive_working_time(paused + pause, after, calendar)


@quick
@given(started=moments, until_pause=lengths, pause=lengths, amount=amounts, measure=measures, calendar=calendars)
def test_resuming_never_makes_a_promise_due_earlier(started, until_pause, pause, amount, measure, calendar):
    row, paused = promise(amount, measure), started + until_pause
    before = due(row, started, calendar)
    assert before <= resumed(row, before, paused, paused + pause, calendar) <= before + pause + timedelta(days=400)
    if row.wall is not None:
        assert resumed(row, before, paused, paused + pause, calendar) == before + pause


@quick
@given(started=moments, day=st.dates(date(2026, 1, 2), date(2026, 12, 30)), amount=amounts, calendar=calendars,
       seconds=st.tuples(st.integers(0, 86399), st.integers(0, 86399)).map(sorted),
       measure=st.sampled_from([Measure.working_days, Measure.calendar_days]))  # fmt: skip
def test_pausing_and_resuming_on_the_same_day_changes_nothing(started, day, amount, calendar, seconds, measure):
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)
    paused, back = (midnight + timedelta(seconds=n) for n in seconds)
    before = due(promise(amount, measure), started, calendar)
    assert resumed(promise(amount, measure), before, paused, back, calendar) == before


@quick
@given(started=moments, waits=st.tuples(lengths, lengths, lengths), amount=amounts, measure=measures, calendar=calendars)
def test_two_pauses_that_touch_are_one_pause(started, waits, amount, measure, calendar):
    row, paused = promise(amount, measure), started + waits[0]
    middle, back = paused + waits[1], paused + waits[1] + waits[2]
    before = due(row, started, calendar)
    twice = resumed(row, resumed(row, before, paused, middle, calendar), middle, back, calendar)
    assert twice == resumed(row, before, paused, back, calendar)


@quick
@given(started=moments, waits=st.tuples(lengths, lengths, lengths, lengths), amount=amounts, measure=measures, calendar=calendars)
def test_two_pauses_compose_whatever_lies_between_them(started, waits, amount, measure, calendar):
    row, before = promise(amount, measure), due(promise(amount, measure), started, calendar)
    p1 = started + waits[0]
    r1, p2, r2 = p1 + waits[1], p1 + waits[1] + waits[2], p1 + sum(waits[1:], timedelta())
    in_order = resumed(row, resumed(row, before, p1, r1, calendar), p2, r2, calendar)
    assert in_order == resumed(row, resumed(row, before, p2, r2, calendar), p1, r1, calendar)


@quick
@given(started=moments, share=st.floats(0, 1), pause=lengths, amount=amounts, calendar=calendars)
def test_the_days_on_paper_add_up_to_the_promise_also_after_a_pause(started, share, pause, amount, calendar):
    before = due(promise(amount), started, calendar)
    paused = started + share * (before - started)
    after = resumed(promise(amount), before, paused, paused + pause, calendar)
    days = day_by_day(promise(amount), started, after, calendar, pauses=[(paused, paused + pause)])
    assert [d.number for d in days if d.counted] == list(range(1, amount + 1))
    assert f"{amount} hari kerja sejak" in explain(promise(amount), started, after, calendar)


@quick
@given(started=moments, shares=st.tuples(st.floats(0, 1.2), st.floats(0, 1.2)).map(sorted), amount=amounts, measure=measures)
def test_a_running_clock_only_ever_gets_more_urgent(started, shares, amount, measure):
    row, calendar = promise(amount, measure), Calendar("x", NATIONAL, FIRST, LAST)
    until = due(row, started, calendar)
    stages = [stage(row, started, until, started + share * (until - started), calendar) for share in shares]
    assert stages == sorted(stages, key=["on_time", "soon", "late"].index)
