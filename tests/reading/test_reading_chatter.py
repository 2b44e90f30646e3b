"""Thanks and offers are told from reports by their words, on both sides."""

from __future__ import annotations

import pytest
from chatter_texts import OFFERS, PRAISES, SUFFERING, WANTING
from hypothesis import given
from hypothesis import strategies as st
from misconduct_texts import TOLD
from test_reading_model import REPORTS
from topic_texts import TOPICS, URGENCIES

from ntbcare.reading import chatter


@pytest.mark.parametrize("text", PRAISES)
def test_thanks_stay_thanks_with_a_place_and_a_topic_in_them(plain, text):
    assert chatter.is_praise(plain, text) and not chatter.is_offer(plain, text)


@pytest.mark.parametrize("text", WANTING)
def test_thanks_with_a_but_a_wish_or_something_bad_are_a_report(plain, text):
    assert not chatter.is_praise(plain, text)


@pytest.mark.parametrize("text", OFFERS)
def test_an_offer_is_one_wherever_it_is_made(plain, text):
    assert chatter.is_offer(plain, text) and not chatter.is_praise(plain, text)


@pytest.mark.parametrize("text", SUFFERING)
def test_who_suffers_from_what_is_advertised_reports_it(plain, text):
    assert not chatter.is_offer(plain, text)


def test_no_report_of_the_tests_is_taken_for_either(plain):
    reports = [*TOLD, *(text for text, topic in TOPICS if topic), *(text for text, _ in URGENCIES), *(text for text, _ in REPORTS)]
    assert [text for text in reports if chatter.is_praise(plain, text) or chatter.is_offer(plain, text)] == []


@given(st.text(max_size=300))
def test_no_text_raises(plain, text):
    assert chatter.is_praise(plain, text) in (True, False) and chatter.is_offer(plain, text) in (True, False)
