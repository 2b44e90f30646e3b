"""The lawful clock against literals computed by an independent script, and the cases that failed others."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta

import pytest

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
from tests.domain.golden import COLUMNS, FIVE, FRIDAY, FRIDAY_DUE, GOLDEN, NATIONAL, NEARNESS, NTB, PAUSED, SENTENCES, VECTORS, at, promise

GSM7_ASCII = set(string.ascii_letters + string.digits + " !\"#%&'()*+,-./:;<=>?@$_\r\n")  # the part of GSM-7 that is also ASCII

# --- the vectors of domain.md 8.4: received, +3 +5 +10 +14 +60 working days, +60 calendar days --------------------------------


@pytest.mark.parametrize(
    ("received", "amount", "measure", "expected"),
    [(row[0], *column, day) for row in VECTORS for column, day in zip(COLUMNS, row[1:], strict=True)],
)
@pytest.mark.parametrize("clock", ["00:00:00", "10:30:00", "23:59:59"])
def test_the_published_vectors_hold_at_any_hour_of_the_day(received, amount, measure, expected, clock):
    started = datetime.fromisoformat(f"{received}T{clock}+08:00")
    assert due(promise(amount, measure), started, NTB) == datetime.fromisoformat(f"{expected}T23:59:59+08:00")


# --- the golden table: started (UTC), amount, measure, due (UTC); computed by a script that shares nothing with the house ------


@pytest.mark.parametrize(("started", "amount", "measure", "expected", "case"), GOLDEN)
def test_the_golden_table_of_due_moments_holds(started, amount, measure, expected, case):
    moment = due(promise(amount, measure), at(started), NTB)
    assert moment == at(expected), case
    assert moment.tzinfo is UTC


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
        (60 * 24 + 60 * 161 + 1, "late", 161, "lewat 6 hari 17 jam"),
        (60 * 24 + 60 * 48, "late", 48, "lewat 2 hari"),
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
