"""The manners of the street as data: who carries which number, when it is quiet, and what a deployment may write."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntbcare.domain.street import RINGS, Range, Street, read

WITA = ZoneInfo("Asia/Makassar")
NTB = Street(
    ranges=(
        Range("sms", "+62", ("kannel", "gammu", "twilio")),
        Range("sms", "+62811", ("gammu",)),
        Range("sms", "", ("twilio", "kannel")),
    )
)
names = st.lists(st.sampled_from(["kannel", "gammu", "twilio", "satu", "dua"]), unique=True)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
clocks = st.times().map(lambda each: each.replace(second=0, microsecond=0))
zones = st.sampled_from([WITA, ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura"), UTC])


@pytest.mark.parametrize(
    ("address", "plugged", "order"),
    [
        ("+62812", ("twilio", "kannel", "gammu"), ("kannel", "gammu", "twilio")),
        ("+62812", ("twilio",), ("twilio",)),
        ("+62811555", ("twilio", "kannel", "gammu"), ("gammu", "kannel", "twilio")),
        ("+65", ("kannel", "twilio"), ("twilio", "kannel")),
        ("+65", ("kannel", "new"), ("kannel", "new")),
        ("+62812", (), ()),
    ],
)
def test_the_longest_prefix_decides_the_order(address, plugged, order):
    assert NTB.order("sms", address, plugged) == order


def test_a_channel_without_rows_goes_by_name():
    assert NTB.order("telegram", "123", ("b", "a")) == ("a", "b")


@given(names, st.sampled_from(["+62811", "+62812", "+65", "1708", ""]))
def test_every_plugged_gateway_is_in_the_order_once_and_no_other(plugged, address):
    order = NTB.order("sms", address, plugged)
    assert sorted(order) == sorted(plugged)


@pytest.mark.parametrize(
    ("here", "until"),
    [
        ("2026-03-13 20:59:59", None),
        ("2026-03-13 21:00:00", "2026-03-14 06:00"),
        ("2026-03-13 23:59:59", "2026-03-14 06:00"),
        ("2026-03-14 00:00:00", "2026-03-14 06:00"),
        ("2026-03-14 05:59:59", "2026-03-14 06:00"),
        ("2026-03-14 06:00:00", None),
        ("2024-02-28 22:00:00", "2024-02-29 06:00"),
        ("2025-12-31 22:00:00", "2026-01-01 06:00"),
    ],
)
def test_the_night_passes_midnight(here, until):
    moment = datetime.fromisoformat(here).replace(tzinfo=WITA)
    expected = datetime.fromisoformat(until).replace(tzinfo=WITA) if until else None
    assert NTB.quiet_until("sms", moment.astimezone(UTC), WITA) == expected


def test_a_quiet_noon_does_not_pass_midnight():
    siesta = Street(quiet_from=time(12), quiet_to=time(14))
    noon = datetime(2026, 3, 13, 12, 30, tzinfo=WITA)
    assert siesta.quiet_until("sms", noon, WITA) == datetime(2026, 3, 13, 14, tzinfo=WITA)
    assert siesta.quiet_until("sms", noon + timedelta(hours=10), WITA) is None


@given(moments)
def test_what_rings_nobody_is_never_quiet(moment):
    assert NTB.quiet_until("email", moment, WITA) is None
    assert NTB.quiet_until("web", moment, WITA) is None


@given(moments)
def test_hours_of_no_length_are_no_quiet_hours(moment):
    assert Street(quiet_from=time(6), quiet_to=time(6)).quiet_until("sms", moment, WITA) is None


@given(moments, clocks, clocks, zones, st.sampled_from(sorted(RINGS)))
def test_the_end_of_the_quiet_hours_lies_ahead_within_a_day_and_is_not_quiet(moment, begin, end, zone, channel):
    street = Street(quiet_from=begin, quiet_to=end)
    until = street.quiet_until(channel, moment, zone)
    if until is None:
        return
    assert timedelta() < until - moment <= timedelta(days=1)
    assert until.astimezone(zone).timetz().replace(tzinfo=None) == end
    assert street.quiet_until(channel, until, zone) is None
    just_before = until - timedelta(microseconds=1)
    assert street.quiet_until(channel, just_before, zone) == until


@given(moments, clocks, clocks)
def test_of_two_complementary_rules_exactly_one_is_quiet(moment, begin, end):
    if begin == end:
        return
    night = Street(quiet_from=begin, quiet_to=end).quiet_until("sms", moment, WITA)
    day = Street(quiet_from=end, quiet_to=begin).quiet_until("sms", moment, WITA)
    assert (night is None) != (day is None)


def test_a_deployment_without_the_table_has_the_defaults():
    assert read({}) == Street()


def test_what_a_deployment_writes_is_what_counts():
    facts = {
        "quiet_from": "22:30", "quiet_to": "05:00", "join_minutes": 5, "join_media_minutes": 30, "person_hour": 1, "person_day": 2,
        "stranger_day": 3, "house_hour": 4, "echoes": 5, "gateways": [{"channel": "sms", "order": ["b", "a"]}],
    }  # fmt: skip
    assert read(facts) == Street(
        (Range("sms", "", ("b", "a")),), time(22, 30), time(5), timedelta(minutes=5), timedelta(minutes=30), 1, 2, 3, 4, 5
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"quiet_from": "malam"},
        {"quiet_from": "25:00"},
        {"quiet_to": 6},
        {"join_minutes": "sepuluh"},
        {"person_hour": "banyak"},
        {"person_hour": None},
        {"persons_hour": 3},
        {"gateways": [{"channel": "sms", "order": 5}]},
        {"gateways": [{"channel": "sms", "order": "kannel"}]},
        {"gateways": [{"order": ["kannel"]}]},
        {"gateways": [{"channel": "sms"}]},
        {"gateways": [5]},
        {"person_hour": 0},
        {"house_hour": -1},
        {"join_minutes": 0},
    ],
    ids=str,
)
def test_a_value_that_is_none_is_refused(facts):
    with pytest.raises((ValueError, TypeError)):
        read(facts)
