"""Broken rules, units without people, officers who left: the case is with somebody, and somebody is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ntbcare import commands
from tests.corridor.looking import count

BROKEN = [
    ("function", "hantu"), ("level", "galaksi"), ("reason", "Diurus {kepala}."), ("reason", "Diurus {unit"), ("also", "hantu"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _no_alarms(town):
    """Each test hears only its own."""
    town.sql("UPDATE alarms SET cleared_at = now() WHERE cleared_at IS NULL")


def alarms(town, kind: str) -> list[tuple[str, int]]:
    """(sentence, count) of what is on the board."""
    return town.sql("SELECT sentence, count FROM alarms WHERE kind = :kind AND cleared_at IS NULL ORDER BY id", kind=kind)


def rules_changed(town) -> None:
    """Every process reads the tables again."""
    town.sql("UPDATE reference_stamp SET stamp = md5(stamp || random())")
    town.clock.forward(hours=1)


def filed(town, category: str, text: str) -> str:
    """A report with topic and place chosen from the lists, so that only the rules are asked; triaged."""
    answer = town.api(text=text, category=category, region="52.06.03")
    assert answer.status_code in (200, 201), answer.text
    town.work_off()
    return answer.json["ticket"].replace(" ", "")


def doctor(town) -> str:
    """What `flask doctor` says."""
    commands.attach(town.app, seed_dir=Path("."), data_dir=Path("."), development=True)
    return town.app.test_cli_runner().invoke(args=["doctor"]).output


@pytest.mark.parametrize(("column", "value"), BROKEN)
def test_a_broken_rule_never_loses_a_case_and_is_told(town, office, column, value):
    row = "position = 120 AND version = '2026-1'"
    (good,) = town.sql(f"SELECT {column} FROM routing_rules WHERE {row}")[0]
    town.sql(f"UPDATE routing_rules SET {column} = :value WHERE {row}", value=value)
    rules_changed(town)
    try:
        ticket = filed(town, "jalan_jembatan", f"aturan rusak {column} {value}")
        case = town.case(ticket)
        assert case["triaged_at"] is not None
        assert count(town, "errands", "kind = 'triage' AND done_at IS NULL") == 0
        if column == "also":
            assert case["unit_id"] == office.unit("52.06.pupr"), "who leads is known all the same"
        else:
            assert (case["unit_id"], case["desk_id"]) == (None, office.unit("52.06.diskominfo"))
            assert "koordinator" in case["because"]
        assert len(alarms(town, "rule_broken")) == 1
        said = doctor(town)
        assert "BAD rule 120 (2026-1)" in said
    finally:
        town.sql(f"UPDATE routing_rules SET {column} = :value WHERE {row}", value=good)
        rules_changed(town)
    assert "BAD rule" not in doctor(town)


def test_the_seeds_own_table_has_no_fault(town):
    assert "0 faults" in doctor(town)


def test_a_topic_without_any_rule_goes_to_a_person_with_an_alarm(town, office):
    town.sql("UPDATE routing_rules SET valid_to = '2026-03-01' WHERE position IN (470, 920)")
    rules_changed(town)
    try:
        ticket = filed(town, "bansos", "Bansos PKH di Desa Tente Kecamatan Woha Kabupaten Bima belum cair tiga bulan")
        assert town.case(ticket)["desk_id"] == office.unit("52.06.diskominfo")
        assert [count for _, count in alarms(town, "rule_broken")] == [1]
    finally:
        town.sql("UPDATE routing_rules SET valid_to = NULL WHERE position IN (470, 920)")
        rules_changed(town)


def test_a_unit_without_people_gets_its_case_and_the_coordinator_sees_it(town, office):
    first = filed(town, "bansos", "Bansos PKH di Desa Tente Kecamatan Woha Kabupaten Bima belum cair, tanpa petugas")
    filed(town, "bansos", "Bansos BPNT di Desa Tente Kecamatan Woha Kabupaten Bima dipersulit, tanpa petugas juga")
    case = town.case(first)
    assert (case["unit_id"], case["desk_id"]) == (office.unit("52.06.dinsos"),) * 2
    assert first in office.queue("imran", "attention").replace(" ", "")
    assert "Belum ada petugas" in office.queue("imran", "attention")
    ((sentence, times),) = alarms(town, "unit_empty")
    assert "Dinas Sosial Kabupaten Bima" in sentence
    assert times == 1, "one matter, however many cases"
    assert "Unit tanpa petugas" in town.desk("admin").get("/kendali").text


def test_a_unit_with_people_rings_no_alarm(town):
    ticket = filed(town, "kesehatan", "ada petugasnya")
    assert town.case(ticket)["attention"] is None
    assert alarms(town, "unit_empty") == []


def test_an_officer_who_left_is_noticed_for_old_and_for_new_cases(town, office):
    old = filed(town, "kesehatan", "nomor tujuh puluh")
    town.round()
    assert not [one for one in alarms(town, "unit_empty") if "Dinas Kesehatan Kabupaten Bima" in one[0]]
    town.sql("UPDATE accounts SET active = false WHERE email LIKE 'halim@%'")
    try:
        town.round()
        assert len([one for one in alarms(town, "unit_empty") if "Dinas Kesehatan Kabupaten Bima" in one[0]]) == 1
        new = filed(town, "kesehatan", "nomor delapan puluh")
        queue = office.queue("imran", "attention").replace(" ", "")
        assert old in queue
        assert new in queue
        town.round()
        assert [n for s, n in alarms(town, "unit_empty") if "Dinas Kesehatan Kabupaten Bima" in s] == [1]
    finally:
        town.sql("UPDATE accounts SET active = true WHERE email LIKE 'halim@%'")
