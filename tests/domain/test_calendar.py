"""The calendar of working days: known years, WITA, days off as data, and an honest refusal beyond them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntbcare.domain.calendar import Calendar
from ntbcare.domain.errors import CalendarTooShort, DomainError

ONE_DAY = timedelta(days=1)
NATIONAL = dict(holidays.country_holidays("ID", years=range(2024, 2028), categories=("public", "government"), language="id"))
NTB = Calendar("test-1", NATIONAL, date(2024, 1, 1), date(2027, 12, 31))
SIX_DAYS = Calendar("rsud-1", NATIONAL, date(2024, 1, 1), date(2027, 12, 31), weekdays=frozenset(range(6)))
DECREE_2026 = "0101 0116 0216 0217 0318 0319 0320 0321 0322 0323 0324 0403 0405 0501 0514 0515 0527 0528 0531 0601 0616 0817 0825 1224 1225"

days_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))
sets_of_days = st.frozensets(days_2026, max_size=25).map(lambda days: dict.fromkeys(days, "Libur"))
sets_of_weekdays = st.frozensets(st.integers(0, 6), min_size=1)


def naive_next(day: date, n: int, off: set[date] | dict[date, str], weekdays: frozenset[int]) -> date:
    while n:
        day += ONE_DAY
        n -= day.weekday() in weekdays and day not in off
    return day


def test_the_seed_holds_exactly_the_days_of_the_2026_decree():
    assert " ".join(sorted(f"{day:%m%d}" for day in NATIONAL if day.year == 2026)) == DECREE_2026


@pytest.mark.parametrize(("year", "days"), [(2024, 238), (2025, 237), (2026, 240), (2027, 242)])
def test_a_year_has_its_known_number_of_working_days(year, days):
    new_year = date(year, 1, 1)
    assert NTB.working_days_between(new_year, date(year, 12, 31)) + NTB.is_working(new_year) == days


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 3, 13), None),
        (date(2026, 3, 14), "Sabtu"),
        (date(2026, 3, 15), "Minggu"),
        (date(2026, 3, 18), "Cuti Bersama Hari Suci Nyepi"),
        (date(2026, 3, 21), "Hari Raya Idul Fitri"),  # also a Saturday: the name says more
        (date(2025, 8, 18), "Cuti Bersama Hari Kemerdekaan Republik Indonesia"),
        (date(2024, 2, 29), None),
    ],
)
def test_a_day_says_why_it_is_off(day, why):
    assert NTB.why_off(day) == why
    assert NTB.is_working(day) is (why is None)


def test_a_hospital_works_on_saturday_and_rests_on_sunday():
    assert SIX_DAYS.is_working(date(2026, 3, 14))
    assert SIX_DAYS.why_off(date(2026, 3, 15)) == "Minggu"
    assert SIX_DAYS.add_working_days(date(2026, 3, 13), 5) == date(2026, 3, 26)


def test_the_first_day_is_not_counted_and_the_last_one_is():
    assert NTB.add_working_days(date(2026, 7, 6), 1) == date(2026, 7, 7)
    assert NTB.working_days_between(date(2026, 7, 6), date(2026, 7, 7)) == 1
    assert NTB.working_days_between(date(2026, 7, 7), date(2026, 7, 7)) == 0
    assert NTB.working_days_between(date(2026, 7, 10), date(2026, 7, 12)) == 0


def test_nothing_lies_between_a_day_and_one_before_it():
    assert NTB.working_days_between(date(2026, 7, 10), date(2026, 7, 6)) == 0


def test_zero_days_later_is_the_same_day_even_on_a_sunday():
    assert NTB.add_working_days(date(2026, 3, 15), 0) == date(2026, 3, 15)


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forward"):
        NTB.add_working_days(date(2026, 3, 13), -1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: NTB.is_working(date(2028, 1, 3)),
        lambda: NTB.why_off(date(2023, 12, 31)),
        lambda: NTB.add_working_days(date(2027, 12, 30), 5),
        lambda: NTB.add_working_days(date(2028, 1, 1), 0),
        lambda: NTB.working_days_between(date(2027, 12, 1), date(2028, 1, 1)),
        lambda: NTB.working_days_between(date(2023, 12, 31), date(2024, 1, 5)),
    ],
)
def test_an_unknown_year_is_refused_and_never_taken_as_without_holidays(ask):
    with pytest.raises(CalendarTooShort) as refused:
        ask()
    assert isinstance(refused.value, DomainError)
    assert "test-1" in refused.value.sentence
    assert refused.value.subject


def test_the_last_known_working_day_can_still_be_reached():
    assert NTB.add_working_days(date(2027, 12, 30), 1) == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 13, 15, 59, 59, tzinfo=UTC), date(2026, 3, 13)),
        (datetime(2026, 3, 13, 16, 30, tzinfo=UTC), date(2026, 3, 14)),
        (datetime(2026, 3, 13, 23, 30, tzinfo=ZoneInfo("Asia/Jakarta")), date(2026, 3, 14)),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), date(2026, 1, 1)),
    ],
)
def test_half_past_eleven_at_night_in_jakarta_is_tomorrow_in_wita(moment, day):
    assert NTB.local_date(moment) == day


def test_a_day_ends_one_second_before_midnight_in_wita():
    assert NTB.end_of_day(date(2026, 3, 27)) == datetime(2026, 3, 27, 15, 59, 59, tzinfo=UTC)
    assert NTB.end_of_day(date(2026, 3, 27)).tzinfo is UTC


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        NTB.local_date(datetime(2026, 3, 13, 8, 0))


@pytest.mark.parametrize("weekdays", [frozenset(), frozenset({7})])
def test_a_calendar_without_real_weekdays_is_refused(weekdays):
    with pytest.raises(ValueError, match="weekdays"):
        Calendar("x", {}, date(2026, 1, 1), date(2026, 1, 2), weekdays=weekdays)


def test_a_calendar_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="before"):
        Calendar("x", {}, date(2026, 1, 2), date(2026, 1, 1))


def test_a_calendar_does_not_change_when_the_rows_it_was_made_of_do():
    rows = {date(2026, 7, 6): "Hari jadi"}
    calendar = Calendar("x", rows, date(2026, 1, 1), date(2026, 12, 31))
    rows.clear()
    assert calendar.why_off(date(2026, 7, 6)) == "Hari jadi"
    assert hash(calendar) is not None


@settings(max_examples=40, deadline=None)
@given(start=days_2026, n=st.integers(0, 70), off=sets_of_days, weekdays=sets_of_weekdays)
def test_counting_forward_agrees_with_counting_day_by_day(start, n, off, weekdays):
    calendar = Calendar("x", off, date(2026, 1, 1), date(2028, 12, 31), weekdays=weekdays)
    reached = calendar.add_working_days(start, n)
    assert reached == naive_next(start, n, off, weekdays)
    assert calendar.working_days_between(start, reached) == n


@settings(max_examples=40, deadline=None)
@given(a=days_2026, b=days_2026, off=sets_of_days, weekdays=sets_of_weekdays)
def test_days_between_are_the_days_that_say_they_work(a, b, off, weekdays):
    calendar = Calendar("x", off, date(2026, 1, 1), date(2026, 12, 31), weekdays=weekdays)
    span = [a + ONE_DAY * i for i in range(1, (b - a).days + 1)]
    assert calendar.working_days_between(a, b) == sum(calendar.is_working(day) for day in span)
    assert all(calendar.is_working(day) is (calendar.why_off(day) is None) for day in span)
