"""Kind × category × region × words → a unit and because; whatever is missing is said, and goes to a person."""

import pytest

from ntbcare.domain.routing import Asked, Decision, Rule, UnitRef, choose

UNITS = {
    ("kecamatan", "52.06.03"): UnitRef(3, "Kecamatan Woha"),
    ("pu", "52.06"): UnitRef(6, "PUPR Kabupaten Bima"),
    ("pu", ""): UnitRef(1, "PUPR Provinsi"),
    ("bpjn", ""): UnitRef(9, "Balai Jalan Nasional"),
    ("kominfo", "52.06"): UnitRef(7, "Diskominfo Bima"),
    ("kominfo", ""): UnitRef(8, "Diskominfotik"),
}


def rule(order: int, level: str, function: str, *, kind="*", category="jalan", words=(), reason="{category} di {region}: {unit}.", **more):
    return Rule(order, order, kind, category, words, level, function, reason, "v1", **more)


RULES = [
    rule(1, "coordinator", "kominfo", kind="tip", category="*", reason="Dibaca {unit}."),
    rule(2, "central", "bpjn", words=("jalan nasional",)),
    rule(3, "province", "pu", words=("jalan provinsi",)),
    rule(4, "district", "kecamatan", words=("gang",)),
    rule(5, "regency", "pu"),
    rule(6, "regency", "tidak_ada", category="hantu"),
]


def ask(category="jalan", region="52.06.03.2001", words="", kind="complaint", rules=RULES) -> Decision:
    asked = Asked(kind, category, "Jalan" if category else "", region, "Desa Tente" if region else "", words.split())
    return choose(asked, rules, lambda f, r: UNITS.get((f, "" if r == "52" else r)))


def test_the_rule_that_fits_decides_and_says_why():
    told = ask()
    assert (told.unit, told.rule, told.version) == (6, 5, "v1")
    assert told.because == "Jalan di Desa Tente: PUPR Kabupaten Bima."


@pytest.mark.parametrize(("words", "unit"), [("ini jalan provinsi", 1), ("gang", 3), ("lain", 6), ("gang jalan provinsi", 1)])
def test_words_pick_the_more_exact_rule_in_their_order(words, unit):
    assert ask(words=words).unit == unit


def test_the_place_of_a_row_in_the_file_decides_nothing():
    assert ask(words="gang", rules=[RULES[4], RULES[3]]).unit == 3


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
    told = ask(region="52.06", words="gang")
    assert (told.unit, told.rule) == (None, 4)


def test_the_provinces_rule_needs_no_place():
    assert ask(region=None, words="jalan provinsi").unit == 1


def test_a_unit_that_does_not_exist_is_said_and_nothing_is_guessed():
    told = ask(category="hantu")
    assert told.unit is None
    assert "tidak ditemukan" in told.because


def test_a_central_office_is_only_suggested_to_the_coordinator():
    told = ask(words="jalan nasional")
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


KIND, SEALED, FIRST = rule(90, "province", "pu", kind="aspiration", category="*"), rule(99, "sealed", "x"), rule(98, "first", "kominfo")
TOWN, DISTRICT = rule(91, "province", "pu", region="52.06"), rule(92, "district", "kecamatan", region="52.06.03")


@pytest.mark.parametrize(
    ("stronger", "weaker", "asked"),
    [
        (rule(9, "province", "pu", category="jalan.lubang"), RULES[4], {"category": "jalan.lubang"}),
        (rule(9, "province", "pu"), rule(1, "regency", "pu", category="*"), {}),
        (rule(9, "province", "pu", words=("gang",)), rule(1, "regency", "pu", category="jalan.lubang"),
         {"words": "gang", "category": "jalan.lubang"}),
        (TOWN, RULES[4], {}), (DISTRICT, TOWN, {}), (KIND, RULES[3], {"kind": "aspiration", "words": "gang"}),
        (SEALED, FIRST, {"words": "gang"}), (FIRST, KIND, {"kind": "aspiration"}),
    ],
    ids=["sub-category", "category", "words before sub-category", "region", "district", "kind", "sealed", "first"],
)  # fmt: skip
def test_the_most_specific_rule_wins_whatever_its_order(stronger, weaker, asked):
    assert stronger.order > weaker.order or stronger.order > 90
    for rules in ([stronger, weaker], [weaker, stronger]):
        assert ask(rules=rules, **asked).rule == stronger.id


def test_between_equals_the_lower_order_wins():
    assert ask(rules=[rule(7, "province", "pu"), rule(3, "regency", "pu")]).rule == 3


def test_a_rule_for_a_region_is_for_nowhere_else():
    elsewhere = rule(1, "province", "pu", region="52.71")
    assert ask(rules=[elsewhere, RULES[4]]).rule == 5
    assert ask(rules=[elsewhere, RULES[4]], region=None).rule == 5
    assert ask(rules=[rule(1, "province", "pu", region="52.0"), RULES[4]]).rule == 5, "52.0 is no part of a code"


def test_further_units_help_and_the_one_that_leads_is_no_helper():
    told = ask(rules=[rule(1, "regency", "pu", also=("kecamatan", "pu", "kominfo"))])
    assert (told.unit, told.also, told.fault) == (6, (3, 7), "")


def test_a_helper_that_does_not_exist_is_told_and_the_others_help():
    told = ask(rules=[rule(1, "regency", "pu", also=("hantu", "kominfo"))])
    assert (told.unit, told.also) == (6, (7,))
    assert "hantu" in told.fault


@pytest.mark.parametrize(
    "broken", [rule(1, "galaksi", "pu"), rule(1, "regency", "pu", reason="{unit.name} {0} {"), rule(1, "regency", "hantu")]
)
def test_a_broken_rule_sends_to_a_person_and_says_what_is_broken(broken):
    told = ask(rules=[broken, RULES[4]])
    assert (told.unit, told.rule) == (None, 1)
    assert "koordinator" in told.because
    assert told.fault


def test_a_central_body_never_becomes_the_unit_even_where_the_rule_says_province():
    asked = Asked("complaint", "jalan", "Jalan", "52.06", "Bima")
    told = choose(asked, [rule(1, "province", "pln")], lambda f, r: UnitRef(4, "PLN", "central"))
    assert (told.unit, told.suggestion) == (None, 4)


def test_without_a_topic_what_protects_somebody_still_holds():
    guard = rule(1, "overseer.district", "kecamatan", category="*", words=("kades",), deeds=("kasar",))
    assert ask(category=None, words="kades kasar", rules=[guard, RULES[4]]).unit == 3
    assert ask(category=None, words="kades baik", rules=[guard, RULES[4]]).rule is None


def test_who_is_accused_does_not_lead_and_that_is_said_also_without_a_place():
    guard = rule(1, "overseer.district", "kecamatan", category="*", words=("kades",), deeds=("kasar",))
    told = ask(words="kades kasar", region=None, rules=[guard])
    assert told.unit is None
    assert "tidak memimpin" in told.because
