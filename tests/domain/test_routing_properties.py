"""Whatever the table holds: one answer, independent of the order of its rows and of rules about something else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ntbcare.domain.routing import DESKS, LEVELS, OVERSEER, Asked, Rule, UnitRef, below, choose, contest, rank

KINDS, CATEGORIES = ("complaint", "aspiration", "tip"), ("jalan", "jalan.lubang", "air", "air.keruh", "sampah")
REGIONS, WORDS = ("52.06", "52.06.03", "52.71", "52.71.01"), ("gang", "lubang", "pipa", "kades", "kasar")
FUNCTIONS = ("pu", "air", "kominfo", "hantu")


def unit_of(function: str, region: str) -> UnitRef | None:
    """Everybody but the ghost exists everywhere."""
    return None if function == "hantu" else UnitRef(FUNCTIONS.index(function) * 10 + len(region), f"{function} {region}")


rules = st.lists(
    st.builds(
        Rule, id=st.integers(1, 10_000), order=st.integers(1, 5), kind=st.sampled_from(("*", *KINDS)),
        category=st.sampled_from(("*", *CATEGORIES)), words=st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
        level=st.sampled_from((*LEVELS, *DESKS, OVERSEER + "regency", "rusak")), function=st.sampled_from(FUNCTIONS),
        reason=st.sampled_from(("{category} {region} {unit}", "{apa}", "")), version=st.just("v"),
        region=st.sampled_from(("", *REGIONS)), also=st.lists(st.sampled_from(FUNCTIONS), max_size=2).map(tuple),
        deeds=st.sampled_from(((), ("kasar",))),
    ), max_size=12, unique_by=lambda rule: rule.id,
)  # fmt: skip
reports = st.builds(
    Asked, kind=st.sampled_from(KINDS), category=st.one_of(st.none(), st.sampled_from(CATEGORIES)), category_name=st.just("Topik"),
    region=st.one_of(st.none(), st.sampled_from((*REGIONS, "52.06.03.2001"))), region_name=st.just("Tempat"),
    words=st.lists(st.sampled_from(WORDS), max_size=5),
)  # fmt: skip
many = settings(max_examples=300, deadline=None)


@many
@given(rules, reports, st.randoms())
def test_shuffling_the_rows_changes_nothing(table, asked, chance):
    told = choose(asked, table, unit_of)
    shuffled = list(table)
    chance.shuffle(shuffled)
    assert choose(asked, shuffled, unit_of) == told


@many
@given(rules, reports, rules)
def test_a_rule_about_something_else_changes_nothing(table, asked, others):
    told = choose(asked, table, unit_of)
    fitting = {rule.id for rule in contest(asked, others)}
    strangers = [rule for rule in others if rule.id not in fitting]
    assert choose(asked, [*strangers, *table], unit_of) == told


@many
@given(rules, reports)
def test_the_winner_fits_and_none_that_fits_comes_before_it(table, asked):
    told = choose(asked, table, unit_of)
    winner = next((rule for rule in table if rule.id == told.rule), None)
    if winner is None:
        assert told.unit is None
        return
    assert winner.kind in ("*", asked.kind)
    assert winner.category == "*" or below(asked.category, winner.category)
    assert not winner.region or below(asked.region, winner.region)
    assert not winner.words or set(winner.words) & set(asked.words)
    assert min(rank(rule) for rule in contest(asked, table)) == rank(winner)


@many
@given(rules, reports)
def test_there_is_always_an_answer_in_words(table, asked):
    told = choose(asked, table, unit_of)
    assert told.unit is not None or told.suggestion is not None or not told.also
    assert told.unit not in told.also
    assert "{" not in told.because
