"""Properties of the lawful clock, against a naive second calculator that walks day by day with a fixed +8 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ntbcare.domain.calendar import Calendar
from ntbcare.domain.clock import Measure, day_by_day, due, explain, resumed, stage
from tests.domain.golden import NATIONAL, promise

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
