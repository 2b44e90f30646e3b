"""Kind × category × region × words → a unit and because; whatever is missing is said, and goes to a person."""

import pytest

from ntbcare.domain.routing import Decision, Rule, UnitRef, choose

UNITS = {
    ("kecamatan", "52.06.03"): UnitRef(3, "Kecamatan Woha"),
    ("pu", "52.06"): UnitRef(6, "PUPR Kabupaten Bima"),
    ("pu", ""): UnitRef(1, "PUPR Provinsi"),
    ("bpjn", ""): UnitRef(9, "Balai Jalan Nasional"),
    ("kominfo", "52.06"): UnitRef(7, "Diskominfo Bima"),
    ("kominfo", ""): UnitRef(8, "Diskominfotik"),
}


def rule(order: int, level: str, function: str, *, kind="*", category="jalan", words=(), reason="{category} di {region}: {unit}.") -> Rule:
    return Rule(order, order, kind, category, words, level, function, reason, "v1")


RULES = [
    rule(1, "coordinator", "kominfo", kind="tip", category="*", reason="Dibaca {unit}."),
    rule(2, "central", "bpjn", words=("jalan nasional",)),
    rule(3, "province", "pu", words=("jalan provinsi",)),
    rule(4, "district", "kecamatan", words=("gang",)),
    rule(5, "regency", "pu"),
    rule(6, "regency", "tidak_ada", category="hantu"),
]


def ask(category="jalan", region="52.06.03.2001", words=(), kind="complaint", rules=RULES) -> Decision:
    return choose(
        kind,
        category,
        "Jalan" if category else "",
        region,
        "Desa Tente" if region else "",
        words,
        rules,
        lambda f, r: UNITS.get((f, "" if r == "52" else r)),
    )


def test_the_first_rule_that_fits_decides_and_says_why():
    told = ask()
    assert (told.unit, told.rule, told.version) == (6, 5, "v1")
    assert told.because == "Jalan di Desa Tente: PUPR Kabupaten Bima."


@pytest.mark.parametrize(("words", "unit"), [({"jalan provinsi"}, 1), ({"gang"}, 3), ({"lain"}, 6), ({"gang", "jalan provinsi"}, 1)])
def test_words_pick_the_more_exact_rule_in_their_order(words, unit):
    assert ask(words=words).unit == unit


def test_the_order_of_the_rows_decides_and_not_the_unit():
    assert ask(words={"gang"}, rules=[RULES[4], RULES[3]]).unit == 6


def test_a_child_topic_follows_the_rule_of_its_parent_but_not_a_namesake():
    assert ask(category="jalan.lubang").unit == 6
    assert ask(category="jalanan").unit is None


def test_without_a_topic_a_person_decides():
    told = ask(category=None)
    assert (told.unit, told.rule) == (None, None)
    assert "Topiknya belum jelas" in told.because


@pytest.mark.parametrize("region", [None, "52"])
def test_without_a_place_a_regencys_rule_asks_a_person(region):
    told = ask(region=region)
    assert (told.unit, told.rule) == (None, 5)
    assert "tempatnya belum jelas" in told.because


def test_a_districts_rule_needs_the_district():
    told = ask(region="52.06", words={"gang"})
    assert (told.unit, told.rule) == (None, 4)


def test_the_provinces_rule_needs_no_place():
    assert ask(region=None, words={"jalan provinsi"}).unit == 1


def test_a_unit_that_does_not_exist_is_said_and_nothing_is_guessed():
    told = ask(category="hantu")
    assert told.unit is None
    assert "tidak ditemukan" in told.because


def test_a_central_office_is_only_suggested_to_the_coordinator():
    told = ask(words={"jalan nasional"})
    assert (told.unit, told.suggestion) == (None, 9)
    assert "Balai Jalan Nasional" in told.because


def test_a_tip_goes_to_the_coordinator_whatever_it_is_about():
    told = ask(kind="tip")
    assert (told.unit, told.suggestion, told.rule) == (None, None, 1)
    assert told.because == "Dibaca Diskominfo Bima."


def test_without_any_rule_a_person_decides():
    told = ask(rules=[])
    assert told.unit is None
    assert "Belum ada aturan" in told.because
