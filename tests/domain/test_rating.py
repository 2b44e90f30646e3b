"""Silence is counted as silence: it lowers the rate of answers and touches no mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntbcare.domain.rating import LABELS, UNHAPPY, summarise

SCORES = st.lists(st.one_of(st.none(), st.integers(1, 5)))


@pytest.mark.parametrize(
    ("scores", "asked", "answered", "mean", "rate"),
    [
        ([], 0, 0, None, 0.0),
        ([None], 1, 0, None, 0.0),
        ([None, None, None], 3, 0, None, 0.0),
        ([5], 1, 1, 5.0, 1.0),
        ([1, None], 2, 1, 1.0, 0.5),
        ([4, 5, None, None], 4, 2, 4.5, 0.5),
        ([1, 2, 3, 4, 5], 5, 5, 3.0, 1.0),
    ],
)
def test_a_set_of_polls_is_summed_up(scores, asked, answered, mean, rate):
    told = summarise(scores)
    assert (told.asked, told.answered, told.mean, told.rate) == (asked, answered, mean, rate)


@given(SCORES, st.integers(1, 20))
def test_more_silence_lowers_the_rate_and_never_touches_the_mean(scores, silent):
    before, after = summarise(scores), summarise(scores + [None] * silent)
    assert after.mean == before.mean
    assert after.answered == before.answered
    assert after.rate < before.rate or before.rate == after.rate == 0


@given(SCORES)
def test_the_mean_lies_between_the_answers_and_only_answers_count(scores):
    given_ = [score for score in scores if score is not None]
    told = summarise(iter(scores))
    assert told.answered == len(given_) <= told.asked == len(scores)
    assert (told.mean is None) == (not given_)
    if given_:
        assert min(given_) <= told.mean <= max(given_)


def test_every_digit_has_a_word_and_the_low_ones_are_unhappy():
    assert list(LABELS) == [1, 2, 3, 4, 5]
    assert UNHAPPY == (1, 2)
