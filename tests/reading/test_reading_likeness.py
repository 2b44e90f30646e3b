"""How alike two told things are: the same whichever comes first, one for itself, and never much across topics or districts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.likeness import given as deployed
from bench.likeness import measure, pairs
from ntbcare.reading.likeness import Limits, Told, alike, district_of, limits, metres_between, words_of

NOON = datetime(2026, 3, 13, 4, tzinfo=UTC)
LIMITS = Limits()
WORDS = ["lubang", "rusak", "aspal", "mati", "padam", "air", "sampah", "tumpuk", "jembatan", "retak", "motor", "jatuh", "berlobang", "guru"]
MARKS = ["pasar", "masjid", "sd 1", "sd 2", "rt 3", "km 12"]
REGIONS = ["52.06.03.2003", "52.06.03.2004", "52.06.03", "52.06.04.2001", "52.06", None]

told = st.builds(
    Told,
    region=st.sampled_from(REGIONS),
    topic=st.sampled_from(["jalan_jembatan", "air_bersih", None]),
    words=st.frozensets(st.sampled_from(WORDS), max_size=6),
    marks=st.frozensets(st.sampled_from(MARKS), max_size=2),
    at=st.integers(0, 60 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    lat=st.sampled_from([None, -8.6123, -8.6131, -8.7]),
    lon=st.sampled_from([None, 118.6564, 118.657]),
)


@given(told, told)
def test_it_is_the_same_whichever_comes_first_and_always_a_share(one, other):
    there, back = alike(one, other, LIMITS), alike(other, one, LIMITS)
    assert there.score == back.score
    assert 0 <= there.score <= 1


@given(told)
def test_a_thing_is_wholly_like_itself(one):
    assert alike(one, one, LIMITS).score == 1


@given(told, told, st.sampled_from([Limits(), Limits(show=0.2, offer=0.3), Limits(metres=5000, days=300)]))
def test_another_topic_another_district_or_another_season_is_never_shown(one, other, bounds):
    apart = one.topic != other.topic or district_of(one.region) != district_of(other.region)
    if apart or abs(one.at - other.at) > timedelta(days=bounds.days):
        assert alike(one, other, bounds).score < bounds.show


@given(told, told)
def test_every_score_says_why(one, other):
    found = alike(one, other, LIMITS)
    assert found.reasons and all(found.reasons)
    assert found.score < LIMITS.offer or one == other or "topik sama" in found.reasons


def test_the_pairs_are_many_and_the_measure_holds():
    every = list(pairs())
    assert len(every) >= 60 and 0.4 <= sum(pair.same for pair in every) / len(every) <= 0.6
    precision, recall = measure(deployed().offer, deployed())
    assert precision >= 0.95 and recall >= 0.9, (precision, recall)
    assert measure(deployed().show, deployed())[1] == 1, "an officer sees every pair"


@pytest.mark.parametrize(
    ("text", "words", "marks"),
    [
        ("Jln berlubang dpn pasar Tente", {"jalan", "lubang"}, set()),
        ("jalan berlubang di depan pasar", {"jalan", "lubang", "pasar"}, {"pasar"}),
        ("atap SDN 2 bocor", {"atap", "bocor"}, {"sd 2"}),
        ("lampu mati di gang 4 RT 03", {"lampu", "mati"}, {"gang 4", "rt 3"}),
        ("rusak di km 12", {"rusak"}, {"km 12"}),
        ("simpang tiga bundaran gelap", {"gelap"}, {"bundaran"}),
    ],
)
def test_what_is_told_and_where_are_read_apart(plain, text, words, marks):
    told_words, told_marks = words_of(plain, text, frozenset({"tente"}))
    assert words - {"pasar"} <= told_words and marks <= told_marks
    assert "tente" not in told_words


def test_other_landmarks_speak_against_it_and_the_same_one_for_it(plain):
    def told_at(text: str) -> Told:
        return Told("52.06.03.2003", "jalan_jembatan", *words_of(plain, text), NOON)

    market, school, none = (told_at(text) for text in ("jalan rusak depan pasar", "jalan rusak dekat SD 2", "jalan rusak parah"))
    assert alike(market, school, LIMITS).score < LIMITS.offer <= alike(market, none, LIMITS).score
    assert alike(market, market._replace(at=NOON + timedelta(days=1)), LIMITS).score > alike(market, none, LIMITS).score


def test_three_hundred_metres_are_one_place_and_far_points_are_none():
    here = Told("52.06.03.2003", "jalan_jembatan", frozenset({"lubang"}), frozenset(), NOON, -8.6123, 118.6564)
    near, far = here._replace(lat=-8.6131, region="52.06.03.2004"), here._replace(lat=-8.64)
    assert 80 < (metres_between(here, near) or 0) < 100
    assert alike(here, near, LIMITS).score > LIMITS.offer
    assert alike(here, far, LIMITS).score < LIMITS.show


def test_the_limits_are_rows_and_wrong_ones_are_refused_by_name():
    assert limits({"offer": 0.8, "most_shown": 3}) == Limits(offer=0.8, most_shown=3)
    with pytest.raises(TypeError, match="threshold"):
        limits({"threshold": 1})
    with pytest.raises(ValueError, match="above nought"):
        limits({"days": 0})
