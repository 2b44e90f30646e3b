"""The ladder on paper: when each level hears of a promise, what a pause and a hurry do to that, and who climbs past whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntbcare.domain.clock import Measure, due, resumed
from ntbcare.domain.ladder import LAST, Height, Manners, Rise, Stand, Step, height, hurries, parse, read, rises, snooze_limit
from tests.domain.golden import NTB, at, promise
from tests.domain.test_clock_properties import amounts, calendars, lengths, measures, moments

FOLLOWUP = parse("3:unit;5:head;7:sekda;10:leader")
FRIDAY = at("2026-03-13 02:00:00")  # 10.00 WITA, before Nyepi and Idul Fitri
MANNERS = read({"faster": 0.5, "least_minutes": 10, "least_hours": 1, "least_days": 1, "answer_hours": 8, "snooze_days": 2})
quick = settings(max_examples=40, deadline=None)
spans = st.lists(st.integers(1, 60), min_size=1, max_size=4, unique=True).map(sorted)
LEVELS = ("unit", "head", "sekda", "leader")


def ladder_of(numbers):
    return parse(";".join(f"{amount}:{level}" for amount, level in zip(numbers, LEVELS, strict=False)))


def heard(steps):
    return [(step.at.strftime("%m-%d %H:%M:%S") if step.at else None, *step.levels) for step in steps]


# reading


def test_a_ladder_is_read_step_by_step():
    assert parse("30:unit;60:head,phone").steps == (Step(30, ("unit",)), Step(60, ("head", "phone")))
    assert parse("").steps == ()


def test_what_other_doors_tell_is_no_rung_of_ours():
    assert parse("5:citizen").steps == parse("24:data_officer;48:data_officer").steps == ()
    assert parse("5:operator;7:unit").steps == (Step(7, ("unit",)),)


@pytest.mark.parametrize("text", ["unit", "x:unit", "0:unit", "-1:unit", "3:", "3:bos", "5:unit;3:head", "3:unit;3:head", "3:unit;5:unit"])
def test_a_ladder_that_nobody_can_climb_is_refused(text):
    with pytest.raises(ValueError):
        parse(text)


@pytest.mark.parametrize(
    "facts", [{"faster": 0}, {"faster": 1.5}, {"answer_hours": 0}, {"snooze_days": 0}, {"least_days": 0}, {"faster": "x"}]
)
def test_manners_that_mean_nothing_are_refused(facts):
    with pytest.raises(ValueError):
        read(facts)


def test_words_of_the_vulnerable_are_a_list_of_words():
    assert read({"vulnerable_words": ["bayi"]}).vulnerable == ("bayi",)
    for wrong in ("bayi", [""], [3]):
        with pytest.raises(TypeError):
            read({"vulnerable_words": wrong})


# when


def test_each_level_hears_at_the_end_of_its_day_and_the_head_when_the_promise_is_broken():
    steps = rises(promise(5), FOLLOWUP, FRIDAY, due(promise(5), FRIDAY, NTB), NTB, MANNERS, hurry=False)
    assert heard(steps) == [
        ("03-25 15:59:59", "unit"), ("03-27 15:59:59", "head"), ("03-31 15:59:59", "sekda"), ("04-06 15:59:59", "leader"),
    ]  # fmt: skip


def test_hours_climb_on_the_wall():
    row = promise(24, "hours")
    steps = rises(row, parse("12:unit;24:head"), FRIDAY, due(row, FRIDAY, NTB), NTB, MANNERS, hurry=False)
    assert heard(steps) == [("03-13 14:00:00", "unit"), ("03-14 02:00:00", "head"), (None, "leader")]


def test_where_waiting_is_worse_every_step_comes_sooner_and_none_before_the_least():
    until = due(promise(5), FRIDAY, NTB)
    steps = rises(promise(5), FOLLOWUP, FRIDAY, until, NTB, MANNERS, hurry=True)
    assert [step.at for step in steps] == [due(promise(n), FRIDAY, NTB) for n in (2, 3, 4, 5)]
    row = promise(12, "minutes")
    (first, _) = rises(row, parse("12:unit"), FRIDAY, due(row, FRIDAY, NTB), NTB, MANNERS, hurry=True)
    assert first.at == FRIDAY + timedelta(minutes=10)


def test_vulnerable_people_always_hurry_and_an_urgent_row_is_hurried_already():
    plain, urgent = parse("3:unit"), parse("30:unit", urgent=True)
    assert hurries(plain, urgent=True, vulnerable=False) and hurries(plain, urgent=False, vulnerable=True)
    assert hurries(urgent, urgent=True, vulnerable=True)
    assert not hurries(urgent, urgent=True, vulnerable=False) and not hurries(plain, urgent=False, vulnerable=False)


def test_a_step_beyond_the_known_years_has_no_moment_and_stops_nothing():
    started = at("2027-12-20 02:00:00")
    steps = rises(promise(5), parse("3:unit;60:head"), started, due(promise(5), started, NTB), NTB, MANNERS, hurry=False)
    assert steps[0].at is not None and [step.at for step in steps[1:]] == [None, None]


def test_a_rule_without_a_ladder_tells_nobody():
    assert rises(promise(5), parse("5:citizen"), FRIDAY, due(promise(5), FRIDAY, NTB), NTB, MANNERS, hurry=False) == []


@quick
@given(started=moments, wait=lengths, pause=lengths, amount=amounts, measure=measures, calendar=calendars)
def test_the_step_of_the_whole_amount_is_due_with_the_promise_also_after_a_pause(started, wait, pause, amount, measure, calendar):
    row = promise(amount, measure)
    until = resumed(row, due(row, started, calendar), started + wait, started + wait + pause, calendar)
    assert rises(row, parse(f"{amount}:head"), started, until, calendar, MANNERS, hurry=False)[0].at == until


@quick
@given(started=moments, pause=lengths, amount=amounts, early=amounts, measure=measures, calendar=calendars)
def test_a_pause_moves_every_step_as_it_moves_the_promise(started, pause, amount, early, measure, calendar):
    row = promise(amount, measure)
    until = resumed(row, due(row, started, calendar), started, started + pause, calendar)
    step = rises(row, parse(f"{early}:unit"), started, until, calendar, MANNERS, hurry=False)[0].at
    assert step == resumed(row, due(replace(row, amount=early), started, calendar), started, started + pause, calendar)


@quick
@given(started=moments, numbers=spans, amount=amounts, measure=measures, calendar=calendars, hurry=st.booleans())
def test_nobody_above_hears_before_those_below_and_the_head_of_the_region_is_last(started, numbers, amount, measure, calendar, hurry):
    row = promise(amount, measure)
    steps = rises(row, ladder_of(numbers), started, due(row, started, calendar), calendar, MANNERS, hurry=hurry)
    known = [step.at for step in steps if step.at is not None]
    assert known == sorted(known) and known[0] > started
    assert LAST in steps[-1].levels and all(LAST not in step.levels for step in steps[:-1])


@quick
@given(started=moments, numbers=spans, amount=amounts, measure=measures, calendar=calendars)
def test_hurrying_never_makes_anybody_hear_later(started, numbers, amount, measure, calendar):
    row = promise(amount, measure)
    if measure == Measure.minutes:
        numbers = [10 * number for number in numbers]
    given_ = (row, ladder_of(numbers), started, due(row, started, calendar), calendar, MANNERS)
    for slow, fast in zip(rises(*given_, hurry=False), rises(*given_, hurry=True), strict=True):
        assert fast.at is None or slow.at is None or fast.at <= slow.at


# how high

T = datetime(2026, 3, 30, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STEPS = [Rise(T, ("unit",)), Rise(T + 48 * HOUR, ("head", "phone")), Rise(None, ("leader",))]


def test_nothing_is_reached_before_its_moment():
    assert height(STEPS, [], T - HOUR) == Height(0, (), T)
    assert height(STEPS, [], T) == Height(1, ("unit",), T + 48 * HOUR)


def test_who_does_not_answer_is_climbed_past_but_only_one_step_at_a_time():
    told = Stand("unit", answer_by=T + 9 * HOUR)
    assert height(STEPS, [told], T + 8 * HOUR) == Height(1, ("unit",), T + 9 * HOUR)
    assert height(STEPS, [told], T + 9 * HOUR) == Height(2, ("unit", "head", "phone"), None)
    both = [told, Stand("head", answer_by=T + 20 * HOUR), Stand("phone", answer_by=T + 21 * HOUR)]
    assert height(STEPS, both, T + 20 * HOUR) == Height(2, ("unit", "head", "phone"), T + 21 * HOUR)
    assert height(STEPS, both, T + 21 * HOUR) == Height(3, ("unit", "head", "phone", "leader"), None)


def test_who_was_not_told_yet_has_not_failed_to_answer():
    assert height(STEPS, [Stand("unit")], T + 40 * HOUR) == Height(1, ("unit",), T + 48 * HOUR)


def test_having_it_in_hand_stops_the_waiting_and_no_step_of_the_rule():
    told = Stand("unit", answer_by=T + 9 * HOUR, acknowledged=True)
    assert height(STEPS, [told], T + 40 * HOUR) == Height(1, ("unit",), T + 48 * HOUR)
    assert height(STEPS, [told], T + 48 * HOUR).levels == ("unit", "head", "phone")


def test_of_two_on_one_step_one_answer_is_enough():
    stands = [Stand("head", answer_by=T, acknowledged=True), Stand("phone", answer_by=T)]
    assert height(STEPS, stands, T + 99 * HOUR).levels == ("unit", "head", "phone")


def test_putting_off_moves_the_waiting_and_no_step_of_the_rule():
    told = Stand("unit", answer_by=T + 9 * HOUR, snoozed_until=T + 30 * HOUR)
    assert height(STEPS, [told], T + 29 * HOUR) == Height(1, ("unit",), T + 30 * HOUR)
    assert height(STEPS, [told], T + 30 * HOUR).levels == ("unit", "head", "phone")
    late = replace(told, snoozed_until=T + 90 * HOUR)
    assert height(STEPS, [late], T + 48 * HOUR).levels == ("unit", "head", "phone")


def test_what_another_promise_of_the_case_holds_is_not_waited_for_here():
    assert height(STEPS, [], T + 90 * HOUR) == Height(2, ("unit", "head", "phone"), None)


@quick
@given(
    hours=st.lists(st.integers(0, 200), min_size=2, max_size=2).map(sorted),
    answers=st.lists(st.integers(0, 100), max_size=2),
    ack=st.booleans(),
)
def test_a_promise_only_ever_climbs_and_looks_forward(hours, answers, ack):
    stands = [Stand(level, T + n * HOUR, acknowledged=ack) for level, n in zip(("unit", "head"), answers, strict=False)]
    early, later = (height(STEPS, stands, T + n * HOUR) for n in hours)
    assert early.reached <= later.reached and set(early.levels) <= set(later.levels)
    assert {stand.level for stand in stands} <= set(early.levels), "what stands stays reached when the clock of the house is put back"
    for n, found in zip(hours, (early, later), strict=True):
        assert found.look_at is None or found.look_at > T + n * HOUR


# putting off


def test_nobody_puts_off_longer_than_the_allowed_days_or_past_the_next_step_of_the_rule():
    now = at("2026-03-26 02:00:00")  # Thursday
    assert snooze_limit(now, NTB, MANNERS, []) == at("2026-03-30 15:59:59"), "two working days, over the weekend"
    near = [Rise(at("2026-03-25 15:59:59"), ("unit",)), Rise(at("2026-03-27 15:59:59"), ("head",)), Rise(None, ("leader",))]
    assert snooze_limit(now, NTB, MANNERS, near) == at("2026-03-27 15:59:59")


def test_patience_is_shorter_where_waiting_is_worse():
    assert MANNERS.patience(hurry=False) == timedelta(hours=8) and MANNERS.patience(hurry=True) == timedelta(hours=4)
    assert Manners().snooze_days > 0
