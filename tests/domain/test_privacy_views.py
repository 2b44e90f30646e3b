"""What each audience sees of a case: listed literally, for every mixture of anonim, rahasia and published."""

import dataclasses
from itertools import product

import pytest

from ntbcare.domain.privacy import Audience, View, may_be_offered, view

PARTS = {field.name for field in dataclasses.fields(View)}
ALL = {"progress", "words", "story", "place", "identity", "contact"}
TOLD = ALL - {"identity", "contact"}
# audience → (anonymous, confidential, published) → parts
EXPECTED = {
    Audience.PUBLIC: lambda anonymous, confidential, published: TOLD if published and not confidential else {"progress"},
    Audience.REPORTER: lambda anonymous, confidential, published: TOLD,
    Audience.HANDLER: lambda anonymous, confidential, published: TOLD if anonymous else ALL,
    Audience.COORDINATOR: lambda anonymous, confidential, published: TOLD if anonymous else ALL,
    Audience.FIGURES: lambda anonymous, confidential, published: {"progress", "place"} if confidential else {"progress", "place", "words"},
}


@pytest.mark.parametrize(("audience", "flags"), list(product(Audience, product((False, True), repeat=3))))
def test_an_audience_sees_exactly_what_is_listed(audience, flags):
    anonymous, confidential, published = flags
    seen = view(audience, anonymous=anonymous, confidential=confidential, published=published)
    assert {part for part in PARTS if getattr(seen, part)} == EXPECTED[audience](*flags)


def test_what_nobody_decided_is_hidden():
    assert not any(getattr(View(), part) for part in PARTS)
    assert PARTS == ALL, "a new part needs a line in this test"


def test_a_new_report_is_not_public():
    seen = view(Audience.PUBLIC, anonymous=False, confidential=False, published=False)
    assert seen == View(progress=True)


@pytest.mark.parametrize("audience", Audience)
def test_anonim_hides_the_person_from_every_audience(audience):
    for confidential, published in product((False, True), repeat=2):
        seen = view(audience, anonymous=True, confidential=confidential, published=published)
        assert not seen.identity
        assert not seen.contact


@pytest.mark.parametrize(
    ("facts", "offered"),
    [
        ({}, True),
        ({"published": True}, True),
        ({"anonymous": True}, False),
        ({"anonymous": True, "published": True}, True),
        ({"confidential": True}, False),
        ({"confidential": True, "published": True}, False),
        ({"tip": True}, False),
        ({"tip": True, "published": True}, False),
        ({"sealed": "yes"}, False),
        ({"sealed": "restricted"}, False),
        ({"sealed": "restricted", "published": True}, False),
    ],
)
def test_only_what_may_be_public_is_offered_to_somebody_who_tells_of_the_same(facts, offered):
    plain = {"tip": False, "anonymous": False, "confidential": False, "published": False, "sealed": "no"}
    assert may_be_offered(**(plain | facts)) is offered
