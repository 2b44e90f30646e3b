"""Office hours: Perpres 21/2023 to the minute, Ramadan and Fridays, and a second calculator that walks minute by minute."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntbcare.domain.calendar import Calendar, of_office
from ntbcare.domain.errors import NoRule
from ntbcare.domain.office import Hours, Stretch, after, by_week, is_open, next_open
from tests.domain.golden import NATIONAL, NTB

SPAN = (date(2024, 1, 1), date(2027, 12, 31))
MINUTE = timedelta(minutes=1)


def minutes(text):
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def seed():
    path = Path(__file__).parents[2] / "ntbcare/seed/ntb/office_hours.csv"
    for row in csv.DictReader(path.open(encoding="utf-8", newline="")):
        first, _, last = row["weekdays"].partition("-")
        ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        for day in range(int(first), int(last or first) + 1):
            yield Stretch(row["week"], day, minutes(row["opens"]), minutes(row["closes"]), date.fromisoformat(row["valid_from"]), ends)


HOURS = by_week(seed())


def wita(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=8)


def week_minutes(week, monday):
    days = (monday + timedelta(days=n) for n in range(7))
    return sum(s.closes - s.opens for day in days for s in HOURS[week].on(day))


@pytest.mark.parametrize("week", ["5", "6"])
def test_a_week_has_37_and_a_half_hours_and_in_ramadan_32_and_a_half(week):
    assert week_minutes(week, date(2026, 5, 4)) == 37.5 * 60
    assert week_minutes(week, date(2026, 3, 2)) == 32.5 * 60
    assert week_minutes(week, date(2027, 2, 15)) == 32.5 * 60


def test_fridays_and_ramadan_have_their_own_break():
    def opens(day):
        return [(s.opens, s.closes) for s in HOURS["5"].on(day)]

    assert opens(date(2026, 5, 4)) == [(450, 720), (780, 960)], "Monday 07.30 to 16.00, an hour's break"
    assert opens(date(2026, 5, 8)) == [(450, 690), (780, 990)], "Friday, ninety minutes"
    assert opens(date(2026, 3, 2)) == [(480, 720), (750, 900)], "Ramadan from 08.00, half an hour"
    assert opens(date(2026, 3, 6)) == [(480, 690), (750, 930)], "a Friday in Ramadan, an hour"
    assert opens(date(2026, 3, 20)) == [(450, 690), (780, 990)], "the day after Ramadan"
    assert opens(date(2026, 5, 9)) == [], "five days a week"


def test_people_of_an_office_that_never_closes_are_told_by_day():
    always = of_office("x", SPAN, [(date(2026, 5, 1), "Hari Buruh", None)], "always", None)
    assert next_open(wita("2026-05-01 03:00"), always, HOURS["always"]) == wita("2026-05-01 07:00")
    assert next_open(wita("2026-05-01 21:00"), always, HOURS["always"]) == wita("2026-05-02 07:00")


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-05-04 07:29", "2026-05-04 07:30"), ("2026-05-04 07:30", "2026-05-04 07:30"), ("2026-05-04 11:59", "2026-05-04 11:59"),
        ("2026-05-04 12:00", "2026-05-04 13:00"), ("2026-05-04 16:00", "2026-05-05 07:30"), ("2026-05-08 11:30", "2026-05-08 13:00"),
        ("2026-05-08 16:30", "2026-05-11 07:30"), ("2026-03-13 12:00", "2026-03-13 12:30"), ("2026-03-17 15:00", "2026-03-25 07:30"),
    ],
)  # fmt: skip
def test_somebody_is_told_at_the_next_open_minute(moment, opens):
    assert next_open(wita(moment), NTB, HOURS["5"]) == wita(opens)
    assert is_open(wita(moment), NTB, HOURS["5"]) is (moment == opens)


def test_office_time_runs_over_breaks_nights_and_days_off():
    assert after(wita("2026-05-04 11:00"), timedelta(hours=2), NTB, HOURS["5"]) == wita("2026-05-04 14:00")
    assert after(wita("2026-03-17 14:00"), timedelta(hours=8), NTB, HOURS["5"]) == wita("2026-03-25 15:30"), "Nyepi and Idul Fitri"
    assert after(wita("2026-05-09 10:00"), timedelta(), NTB, HOURS["5"]) == wita("2026-05-11 07:30")


def test_an_office_without_hours_is_named_and_not_waited_for_in_vain():
    with pytest.raises(NoRule):
        next_open(wita("2026-05-04 10:00"), NTB, Hours(()))


@pytest.mark.parametrize("wrong", [("5", 7, 0, 60), ("7", 0, 0, 60), ("5", 0, 60, 60), ("5", 0, 60, 1441), ("5", 0, -1, 60)])
def test_a_stretch_that_is_no_part_of_a_day_is_refused(wrong):
    with pytest.raises(ValueError):
        Stretch(*wrong, date(2026, 1, 1))


def test_a_moment_without_a_zone_and_time_counted_backward_are_refused():
    with pytest.raises(ValueError):
        next_open(datetime(2026, 5, 4, 10), NTB, HOURS["5"])
    with pytest.raises(ValueError):
        after(wita("2026-05-04 10:00"), -MINUTE, NTB, HOURS["5"])


# the second calculator

halves = st.integers(0, 47).map(lambda n: n * 30)
days = st.lists(st.tuples(st.integers(0, 6), halves, halves), min_size=1, max_size=8).map(
    lambda rows: {(day, min(a, b)): max(a, b) for day, a, b in rows if a != b}
)
starts = st.integers(0, 20 * 24 * 60).map(lambda n: datetime(2026, 5, 1, tzinfo=UTC) + n * MINUTE)
off = st.frozensets(st.dates(date(2026, 5, 1), date(2026, 5, 31)), max_size=6).map(
    lambda found: {**NATIONAL, **dict.fromkeys(found, "Libur")}
)
quick = settings(max_examples=40, deadline=None)


def naive_open(moment, calendar, hours):
    local = moment + timedelta(hours=8)
    minute = local.hour * 60 + local.minute
    return calendar.is_working(local.date()) and any(s.weekday == local.weekday() and s.opens <= minute < s.closes for s in hours.stretches)


@quick
@given(start=starts, rows=days, off=off, length=st.integers(0, 900))
def test_the_hours_agree_with_one_who_walks_minute_by_minute(start, rows, off, length):
    hours = Hours(tuple(_apart(rows)))
    calendar = Calendar("x", off, *SPAN, weekdays=frozenset(range(7)))
    if not hours.stretches:
        return
    moment = start
    while not naive_open(moment, calendar, hours):
        moment += MINUTE
    assert next_open(start, calendar, hours) == moment
    spent = 0
    while spent < length:
        spent += naive_open(moment, calendar, hours)
        moment += MINUTE
    assert after(start, length * MINUTE, calendar, hours) == moment


def _apart(rows):
    """Stretches of a day that do not overlap."""
    for day in range(7):
        last = 0
        for (weekday, opens), closes in sorted(rows.items()):
            if weekday == day and opens >= last:
                last = closes
                yield Stretch("5", day, opens, closes, date(2026, 1, 1))
