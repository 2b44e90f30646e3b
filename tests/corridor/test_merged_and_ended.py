"""What an officer ends: for a reason of this one report the joined ones go on; for the matter itself they end with it, and are told."""

from __future__ import annotations

import csv

import pytest

from ntbcare.domain import tickets
from tests.corridor.looking import RIDDLE, by_sms, last
from tests.house.committed import ROOT

with (ROOT / "ntbcare/seed/ntb/archive_reasons.csv").open(newline="", encoding="utf-8") as file:
    CHILDREN = {row["code"]: row["children"] for row in csv.DictReader(file)}


def family(town, office, prefix: str) -> tuple[str, str, str]:
    """Three reports nobody has sent on yet; the second and third are joined to the first. Their reporters have …1, …2, …3."""
    town.clock.forward(days=1)
    town.clock.moment = town.clock.moment.replace(hour=2)  # ten in the morning: by night nobody is told
    parent, *rest = [by_sms(town, f"+62811000{prefix}{n}", RIDDLE.format(f"akhir {prefix} {n}")) for n in (1, 2, 3)]
    for child in rest:
        office.act("imran", child, "merge", parent=parent)
    return parent, rest[0], rest[1]


def test_every_reason_says_what_becomes_of_joined_reports():
    assert set(CHILDREN.values()) == {"free", "keep"}
    assert CHILDREN["sudah_dilaporkan"] == CHILDREN["tidak_jelas"] == "free" and CHILDREN["bukan_kewenangan"] == "keep"


@pytest.mark.parametrize(("number", "reason"), enumerate(CHILDREN), ids=list(CHILDREN))
def test_archiving_one_report_buries_no_other_unless_the_reason_is_the_matter(town, office, number, reason):
    parent, heir, rest = family(town, office, f"960{number}")
    before = town.case(heir)["state_before"]
    office.act("imran", parent, "archive", reason=reason, words="Mohon maklum.")
    assert town.case(parent)["state"] == "archived"
    two, three = last(town, f"+62811000960{number}2"), last(town, f"+62811000960{number}3")
    if CHILDREN[reason] == "keep":
        assert [town.case(one)["state"] for one in (heir, rest)] == ["merged", "merged"]
        assert "Tidak dilanjutkan" in two and "Tidak dilanjutkan" in three
        return
    assert (town.case(heir)["state"], town.case(heir)["merged_into"]) == (before, None)
    assert (town.case(rest)["state"], town.case(rest)["merged_into"]) == ("merged", town.case(heir)["id"])
    assert "kami tangani sendiri lagi" in two and "menyangkut laporan itu saja" in two and "diakhiri pelapornya" not in two
    assert f"digabung dengan laporan {tickets.pretty(heir)}" in three
    assert heir in office.queue("imran")


def test_what_is_forwarded_takes_the_joined_along_and_tells_them(town, office):
    parent, one, two = family(town, office, "9610")
    office.act("imran", parent, "verify")
    office.act("imran", parent, "forward", words="Diteruskan ke PLN Bima, tanya di 123.")
    assert town.case(parent)["state"] == "forwarded"
    assert [town.case(child)["merged_into"] for child in (one, two)] == [town.case(parent)["id"]] * 2
    for number in (2, 3):
        assert "Diteruskan ke instansi lain" in last(town, f"+628110009610{number}")
