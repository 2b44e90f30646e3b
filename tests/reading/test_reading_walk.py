"""What citizens wrote to a walk through the house: sorted under its topic or left open, hardly ever sorted wrongly."""

from __future__ import annotations

import pytest
from danger_texts import NOT_NOW, NOW
from walk_texts import LATER, WALK


@pytest.mark.parametrize(("rows", "wrong", "silent"), [(WALK, 0.02, 0.08), (LATER, 0.05, 0.2)], ids=["known", "new"])
def test_everyday_matters_find_their_topic(topics, rows, wrong, silent):
    read = [(text, meant, topics.read(text)) for text, meant in rows]
    astray = [(text, meant, told.category) for text, meant, told in read if told.category not in (meant, None) or told.kind == "violation"]
    opened = [(text, meant, told.ranked[:2]) for text, meant, told in read if told.category is None]
    assert len(astray) <= wrong * len(rows), astray
    assert len(opened) <= silent * len(rows), opened


@pytest.mark.parametrize("text", NOW)
def test_somebody_in_danger_now_is_an_emergency(lexicon, text):
    assert lexicon.read(text).urgency == "mendesak"


@pytest.mark.parametrize("text", NOT_NOW)
def test_danger_that_was_or_may_be_is_none(lexicon, text):
    assert lexicon.read(text).urgency != "mendesak", lexicon.read(text).urgency_words
