"""Each office counts its own days: the golden table of weeks and regions, and properties against a second calculator."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ntbcare.domain.calendar import WEEK_WORDS, WEEKS, holds_in, of_office
from ntbcare.domain.clock import day_by_day, due, explain, recounted, resumed
from tests.domain.golden import CALENDAR, GOLDEN, PAUSED, WORKING, at, promise
from tests.domain.golden_weeks import OFF, SPAN, STOOD
from tests.domain.golden_weeks import WEEKS as TABLE

quick = settings(max_examples=60, deadline=None)
DAY = timedelta(days=1)
REGIONS = (None, "52", "52.06", "52.06.03", "52.71", "52.0")


def office(week: str, region: str | None, off=OFF):
    return of_office("test-weeks", SPAN, off, week, region)


@pytest.mark.parametrize(("started", "amount", "measure", "week", "region", "expected", "case"), TABLE)
def test_the_golden_table_of_weeks_and_regions_holds(started, amount, measure, week, region, expected, case):
    assert due(promise(amount, measure), at(started), office(week, region)) == at(expected), case


@pytest.mark.parametrize(("due_at", "paused", "back", "week", "region", "expected", "case"), STOOD)
def test_the_golden_table_of_pauses_in_each_week_holds(due_at, paused, back, week, region, expected, case):
    assert resumed(promise(14), at(due_at), at(paused), at(back), office(week, region)) == at(expected), case


def test_the_golden_tables_hold_two_hundred_cases_and_more():
    assert len(TABLE) + len(STOOD) + len(GOLDEN) + len(PAUSED) >= 200


def test_a_day_off_says_whose_it_is():
    district, regency, city = (office("5", code) for code in ("52.06.03", "52.06", "52.71"))
    assert [one.why_off(date(2026, 7, 7)) for one in (district, regency, city)] == ["Hari jadi kecamatan", None, None]
    assert [one.why_off(date(2026, 12, 17)) for one in (district, regency, city)] == ["Hari jadi provinsi"] * 3
    assert office("always", "52.06").why_off(date(2026, 12, 25)) is None
    assert office("6", "52.06").why_off(date(2026, 3, 14)) is None and office("6", "52.06").why_off(date(2026, 3, 15)) == "Minggu"


def test_a_code_that_only_begins_alike_is_another_region():
    assert not holds_in("52.0", "52.06") and not holds_in("52.06", "52") and not holds_in("52.06", None)
    assert holds_in("52", "52.06.03") and holds_in("52.06", "52.06") and holds_in(None, None)


def test_the_nations_name_of_a_day_goes_before_the_regions():
    twice = [(date(2026, 7, 6), "Hari daerah", "52.06"), (date(2026, 7, 6), "Hari nasional", None)]
    assert office("5", "52.06", twice).why_off(date(2026, 7, 6)) == "Hari nasional"


def test_a_week_nobody_knows_is_refused():
    assert set(WEEKS) == set(WEEK_WORDS)
    with pytest.raises(ValueError, match="5, 6, always"):
        office("7", None)


# --- properties, against a second calculator: it keeps no calendar, walks day by day and asks each day anew --------------------

moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30), timezones=st.just(UTC))
amounts, weeks, regions = st.integers(1, 40), st.sampled_from(["5", "6", "always"]), st.sampled_from(REGIONS)
lists = st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2027, 4, 30)), st.just("Libur"), regions), max_size=30)
waits = st.integers(0, 30 * 86400).map(lambda seconds: timedelta(seconds=seconds))


def rests(day: date, week: str, region: str | None, off) -> bool:
    if week == "always":
        return False
    mine = "" if region is None else region + "."
    return day.isoweekday() > int(week) or any(one == day and (where is None or mine.startswith(where + ".")) for one, _, where in off)


def walked(day: date, amount: int, week: str, region: str | None, off) -> date:
    while amount > 0:
        day = day + DAY
        if not rests(day, week, region, off):
            amount = amount - 1
    return day


def wita(moment: datetime) -> date:
    return (moment + timedelta(hours=8)).date()


def last_second(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 15, 59, 59, tzinfo=UTC)


@quick
@given(started=moments, amount=amounts, week=weeks, region=regions, off=lists)
def test_every_office_agrees_with_the_second_calculator(started, amount, week, region, off):
    until = due(promise(amount), started, office(week, region, off))
    assert until == last_second(walked(wita(started), amount, week, region, off))
    assert not rests(wita(until), week, region, off), "never due on a day on which nobody works"


@quick
@given(started=moments, amount=amounts, week=weeks, region=regions, off=lists, more=lists)
def test_more_days_off_never_make_anything_due_earlier_wherever_they_hold(started, amount, week, region, off, more):
    before, after = office(week, region, off), office(week, region, [*off, *more])
    assert due(promise(amount), started, before) <= due(promise(amount), started, after)


@quick
@given(started=moments, later=waits, amount=amounts, week=weeks, region=regions, off=lists)
def test_who_comes_later_is_never_answered_earlier(started, later, amount, week, region, off):
    calendar = office(week, region, off)
    assert due(promise(amount), started, calendar) <= due(promise(amount), started + later, calendar)


@quick
@given(started=moments, gaps=st.tuples(waits, waits, waits, waits), amount=amounts, week=weeks, region=regions, off=lists)
def test_two_pauses_add_exactly_the_working_days_of_both(started, gaps, amount, week, region, off):
    calendar, row = office(week, region, off), promise(amount)
    a, b, c, d = (started + sum(gaps[:n], timedelta()) for n in (1, 2, 3, 4))
    stood = sum(not rests(wita(since) + DAY * n, week, region, off) for since, until in ((a, b), (c, d))
                for n in range(1, (wita(until) - wita(since)).days + 1))  # fmt: skip
    moved = resumed(row, resumed(row, due(row, started, calendar), a, b, calendar), c, d, calendar)
    assert moved == last_second(walked(wita(started), amount + stood, week, region, off))


@quick
@given(started=moments, gaps=st.tuples(waits, waits), amount=amounts, week=weeks, region=regions, off=lists, more=lists)
def test_counting_again_is_counting_afresh_and_never_earlier_and_once_is_enough(started, gaps, amount, week, region, off, more):
    row, before, after = promise(amount), office(week, region, off), office(week, region, more)
    a, b = started + gaps[0], started + gaps[0] + gaps[1]
    stored = resumed(row, due(row, started, before), a, b, before)
    fresh = resumed(row, due(row, started, after), a, b, after)
    again = recounted(row, started, [(a, b)], stored, after)
    assert again == max(stored, fresh)
    assert recounted(row, started, [(a, b)], again, after) == again


@quick
@given(started=moments, share=st.floats(0, 1), gap=waits, amount=amounts, week=weeks, region=regions, off=lists)
def test_the_list_of_days_ends_with_the_promised_number_and_names_each_day_once(started, share, gap, amount, week, region, off):
    calendar, row = office(week, region, off), promise(amount)
    a = started + share * (due(row, started, calendar) - started)
    until = resumed(row, due(row, started, calendar), a, a + gap, calendar)
    days = day_by_day(row, started, until, calendar, pauses=[(a, a + gap)])
    assert [one.number for one in days if one.counted] == list(range(1, amount + 1))
    assert [one.day for one in days] == [wita(started) + DAY * n for n in range((wita(until) - wita(started)).days + 1)]
    assert "tidak pernah dimajukan" not in explain(row, started, until, calendar, pauses=[(a, a + gap)])


@quick
@given(started=moments, amount=amounts, extra=st.integers(1, 9), region=regions, off=lists)
def test_a_date_that_was_kept_though_days_off_were_taken_back_says_so(started, amount, extra, region, off):
    calendar, row = office("5", region, off), promise(amount)
    until = due(promise(amount + extra), started, calendar)
    assert f"ditambah {extra} hari kerja karena tenggat yang sudah disebut tidak pernah dimajukan" in explain(
        row, started, until, calendar, pauses=[]
    )


@quick
@given(started=moments, amount=amounts, week=weeks, region=regions, off=lists)
def test_calendar_days_are_the_same_for_every_office(started, amount, week, region, off):
    assume(amount < 40)
    assert due(promise(amount, CALENDAR), started, office(week, region, off)) == last_second(wita(started) + DAY * amount)
    assert due(promise(amount, WORKING), started, office(week, region, off)) >= last_second(wita(started) + DAY * amount)
