"""What is wrong with a rule table is said, each fault for itself, and the table of the seed has none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ntbcare.domain.errors import BadInput
from ntbcare.domain.rulebook import Known, faults, from_csv, in_force

KNOWN = Known({"pu": frozenset({"regency"}), "kominfo": frozenset({"regency"})}, frozenset({"jalan"}), frozenset({"52.71"}))
HEAD = "order,kind,category,words,region,level,function,also,reason,version,valid_from,valid_to\n"
GOOD = "10,*,jalan,,,regency,pu,,{category} diurus {unit}.,1,2025-01-01,"


def table(*rows: str):
    return from_csv((HEAD + "\n".join(rows)).splitlines())


def test_a_good_table_has_no_faults():
    assert (
        faults(table(GOOD, "20,tip,*,gang & kasar & dibentak,52.71,overseer.regency,pu,kominfo,{unit},1,2025-01-01,2025-12-31"), KNOWN)
        == []
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (GOOD.replace(",pu,", ",hantu,"), "hantu"), (GOOD.replace("jalan", "angkasa"), "angkasa"), (GOOD.replace("regency", "galaksi"), "galaksi"),
        (GOOD.replace("{unit}", "{kepala}"), "{kepala}"), (GOOD.replace("{unit}", "{unit"), "{unit"), (GOOD.replace("{unit}", "{unit!r}"), "{unit!r}"),
        (GOOD.replace("10,*", "10,surat"), "surat"), (GOOD.replace("regency", "province"), "province"),
        ("10,*,jalan,,99.99,regency,pu,,x,1,2025-01-01,", "99.99"), ("10,*,jalan,,,regency,pu,hantu,x,1,2025-01-01,", "helper “hantu”"),
        ("10,*,jalan,gorong-gorong,,regency,pu,,x,1,2025-01-01,", "gorong-gorong"), ("10,*,*,,,overseer.regency,pu,,x,1,2025-01-01,", "without words"),
        ("10,*,jalan,gang,,overseer.central,pu,,x,1,2025-01-01,", "overseer.central"), ("10,*,jalan,,,regency,pu,,x,1,2025-02-01,2025-01-01", "before it begins"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_rule(row, said):
    found = faults(table(row), KNOWN)
    assert len(found) == 1, found
    assert said in found[0]
    assert found[0].startswith("rule 10 (1)")


def test_days_without_the_rule_between_two_of_its_versions_are_a_gap():
    first, second = GOOD.replace(",1,2025-01-01,", ",1,2025-01-01,2025-06-30"), GOOD.replace(",1,2025-01-01,", ",2,2025-08-01,")
    found = faults(table(first, second), KNOWN)
    assert len(found) == 1
    assert "from 2025-07-01 to 2025-07-31" in found[0]
    assert faults(table(first, second.replace("2025-08-01", "2025-07-01")), KNOWN) == []


def test_a_rule_that_holds_to_the_last_day_there_is_has_no_gap_after_it():
    last, other = GOOD.replace(",1,2025-01-01,", ",1,2025-01-01,9999-12-31"), GOOD.replace(",1,2025-01-01,", ",2,2025-08-01,")
    (found,) = faults(table(last, other), KNOWN)
    assert "chance would decide" in found, "they overlap, and that is all"


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", HEAD, HEAD + "x" + GOOD, HEAD + GOOD.replace("2025-01-01", "kemarin"), HEAD + '"' + GOOD, "\0"]
)
def test_what_is_no_rule_table_is_refused_in_words(text):
    with pytest.raises(BadInput):
        from_csv(text.splitlines(keepends=True))


def test_a_rule_holds_on_its_first_and_on_its_last_day():
    rule = table(GOOD.replace(",1,2025-01-01,", ",1,2025-01-01,2025-01-31"))[0]
    days = (date(2024, 12, 31), date(2025, 1, 1), date(2025, 1, 31), date(2025, 2, 1))
    assert [in_force(rule, day) for day in days] == [False, True, True, False]


def test_every_central_rule_of_the_seed_says_who_has_it_and_that_we_follow_up():
    with (Path(__file__).parents[2] / "ntbcare/seed/ntb/routing_rules.csv").open(newline="", encoding="utf-8") as lines:
        rules = from_csv(lines)
    bodies = [rule for rule in rules if rule.level == "central"]
    assert len(bodies) > 20
    numbers = {"pln": "123", "bpjs": "165", "polri": "110"}
    for rule in bodies:
        assert "{unit}" in rule.reason
        assert "meneruskan laporan ini" in rule.reason
        assert "menanyakan kelanjutannya" in rule.reason
        assert numbers.get(rule.function, "") in rule.reason, rule.order
