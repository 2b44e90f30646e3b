"""Promises, routes and demo rows of the seed: what they promise, whom they name, and that everybody named exists."""

from __future__ import annotations

import re
import string

import pytest
from seedfiles import by_code, deployment, live, lost, regencies, route, rows, rules, units_at, words

from ntbcare.domain.ladder import parse, read
from ntbcare.domain.routing import rank
from ntbcare.domain.rulebook import Known, faults

MEASURES = {"working_days", "calendar_days", "hours", "minutes"}

# promises

TABLE_9_2 = [
    ("receipt", "*", "*", "*", "5", "minutes"),
    ("first_response", "*", "*", "mendesak", "60", "minutes"),
    ("first_response", "*", "*", "penting", "24", "hours"),
    ("first_response", "*", "*", "biasa", "48", "hours"),
    ("verify", "*", "*", "*", "3", "working_days"),
    ("followup", "*", "*", "*", "5", "working_days"),
    ("complete", "*", "permintaan_informasi", "*", "5", "working_days"),
    ("complete", "*", "tidak_berkadar", "*", "14", "working_days"),
    ("complete", "*", "berkadar", "*", "60", "working_days"),
    ("complete_calendar", "*", "berkadar", "*", "60", "calendar_days"),
    ("complete", "*", "aspirasi", "*", "14", "working_days"),
    ("kip_request", "*", "permintaan_informasi", "*", "10", "working_days"),
    ("kip_extension", "*", "permintaan_informasi", "*", "7", "working_days"),
    ("check", "*", "*", "*", "2", "working_days"),
    ("completeness", "*", "*", "*", "14", "calendar_days"),
    ("citizen_completes", "*", "*", "*", "10", "working_days"),
    ("citizen_completes_statute", "*", "*", "*", "30", "calendar_days"),
    ("pause", "*", "*", "*", "30", "calendar_days"),
    ("rebut", "*", "*", "*", "10", "working_days"),
    ("watch", "*", "*", "*", "10", "working_days"),
    ("part", "*", "*", "*", "10", "working_days"),
    ("wbs_screening", "violation", "*", "*", "30", "working_days"),
    ("pdp_request", "*", "*", "*", "72", "hours"),
    ("pdp_breach", "*", "*", "*", "72", "hours"),
]


@pytest.mark.parametrize("promise", TABLE_9_2, ids=lambda p: "-".join(x for x in p if x != "*"))
def test_every_row_of_the_promise_table_is_there_once(promise):
    columns = ("clock", "kind", "classification", "urgency", "amount", "measure")
    assert [tuple(row[c] for c in columns) for row in rows("sla_rules")].count(promise) == 1


def test_no_promise_is_there_that_the_table_does_not_know():
    assert len(rows("sla_rules")) == len(TABLE_9_2) == len(by_code("sla_rules"))


def test_a_promise_says_when_it_starts_stops_turns_yellow_and_red_and_where_it_comes_from():
    for row in rows("sla_rules"):
        assert row["measure"] in MEASURES and row["pauses"] in {"yes", "no"}
        assert 0 < int(row["yellow"]) < int(row["red"]) == int(row["amount"]), row["code"]
        assert row["starts"] and row["stops"] and row["source"] and row["version"]
        assert re.search(r"\[[SPCBND]\]", row["evidence"]) and "[" not in row["source"], row["code"]
        assert not row["valid_to"] or row["valid_from"] <= row["valid_to"]
        assert re.search(r"\d", row["label"]), row["code"]
        for step in words(row, "ladder"):
            assert re.fullmatch(r"\d+:[a-z_]+(,[a-z_]+)*", step), step


def test_a_pause_stops_only_the_clocks_the_table_lets_pause():
    pausing = {row["clock"] for row in rows("sla_rules") if row["pauses"] == "yes"}
    assert pausing == {"verify", "followup", "complete"}


def test_every_promise_of_ours_climbs_up_to_the_head_of_the_region_and_the_citizens_own_do_not():
    for row in rows("sla_rules"):
        levels = [level for step in parse(row["ladder"]).steps for level in step.levels]
        ours = (
            row["clock"] not in ("receipt", "pause", "citizen_completes", "citizen_completes_statute", "rebut")
            and row["kind"] != "violation"
        )
        if ours and not row["clock"].startswith("pdp_"):
            assert levels[-2:] == ["sekda", "leader"] and levels[0] in ("unit", "coordinator"), row["code"]
    late = {row["code"]: row["ladder"] for row in rows("sla_rules")}
    assert late["followup"].startswith("3:unit;5:head;7:sekda"), "domain.md 9.2: yellow, red, then the secretary two days later"
    assert late["first_response.mendesak"].startswith("30:unit;60:head,phone")


def test_the_ladder_of_the_deployment_can_be_read_and_its_words_are_plain():
    manners = read(deployment()["ladder"])
    assert {"bayi", "balita", "lansia", "disabilitas", "difabel", "ibu hamil", "anak yatim", "sakit keras", "dipasung"} <= set(
        manners.vulnerable
    )
    assert all(word == word.lower().strip() for word in manners.vulnerable)


# routing


def test_routing_rules_stand_in_order_and_say_where_they_come_from():
    orders = [int(rule["order"]) for rule in rows("routing_rules")]
    assert orders == sorted(set(orders))
    assert all(rule["version"] and rule["valid_from"] and rule["source"] for rule in rows("routing_rules"))


def test_the_table_has_no_fault():
    levels: dict[str, set[str]] = {}
    for unit in rows("units"):
        levels.setdefault(unit["function"], set()).add(unit["level"])
    known = Known(
        {name: frozenset(found) for name, found in levels.items()}, frozenset(by_code("categories")), frozenset(by_code("regions"))
    )
    assert faults(rules(), known) == []


def test_every_rule_finds_exactly_one_unit_wherever_it_applies():
    for rule in rules():
        level = rule.level.removeprefix("overseer.")
        if level in ("province", "central"):
            assert len(units_at(level, rule.function, "52")) == 1, rule
        elif level == "regency":
            for code in regencies():
                if rule.function == "desa" and code >= "52.7":
                    continue  # no desa in a kota: the coordinator takes it
                assert len(units_at("regency", rule.function, code)) == 1, (rule.order, code)
        elif level == "district":
            assert rule.function == "kecamatan"
        elif level == "sealed":
            assert rule.function == deployment()["sealed"]["function"]
        else:
            # a coordinator's rule may name whom to ask; its own desk is found by the deployment's function
            assert rule.function == deployment()["coordination"]["function"]


def test_every_category_has_a_rule_without_words_and_the_last_rule_catches_all():
    rules = rows("routing_rules")
    plain = {rule["category"] for rule in rules if rule["kind"] == "*" and not rule["words"]}
    for category in rows("categories"):
        assert {category["code"], category["parent"]} & plain, category["code"]
    last = rules[-1]
    assert (last["kind"], last["category"], last["words"], last["level"]) == ("*", "*", "", "coordinator")


def test_no_rule_is_hidden_behind_one_that_always_wins():
    for rule in rules():
        for other in (other for other in rules() if rank(other) < rank(rule)):
            covers_kind = other.kind in ("*", rule.kind)
            covers_category = other.category in ("*", rule.category, rule.category.partition(".")[0])
            covers_region = other.region in ("", rule.region)
            covers_words = not other.words or (bool(rule.words) and set(rule.words) <= set(other.words) and not other.deeds)
            assert not (covers_kind and covers_category and covers_region and covers_words), (rule.order, other.order)


def test_a_routing_word_survives_the_spelling_out_of_abbreviations():
    for rule in rules():
        for known in (rule.words, rule.deeds, rule.suffered):
            assert lost(list(known)) == [], rule.order


def test_a_reason_uses_known_fields_only_and_ends_like_a_sentence():
    for rule in rows("routing_rules"):
        fields = {name for _, name, _, _ in string.Formatter().parse(rule["reason"]) if name is not None}
        assert fields <= {"category", "region", "unit"}, rule["order"]
        assert rule["reason"].endswith("."), rule["order"]
        assert not (rule["level"] == "sealed" and "unit" in fields), "a sealed case names no unit"


def test_a_sealed_case_never_reaches_a_category_s_desk():
    for code in ("52.06", "52.71"):
        assert route("violation", "jalan_jembatan", "jalan", code) == ("sealed", "")
        assert route("complaint", "korupsi_pungli", "uang pelicin", code) == ("sealed", "")


@pytest.mark.parametrize(
    ("category", "text", "region", "unit"),
    [
        ("jalan_jembatan", "jln rusak parah dkt psr tente", "52.06.03", "52.06.pupr"),
        ("jalan_jembatan", "jln provinsi di Alas amblas", "52.04.05", "prov.pupr"),
        ("jalan_jembatan", "jalan nasional berlubang", "52.04.13", "pusat.bpjn"),
        ("pendidikan", "atap smp negeri bocor", "52.03.07", "52.03.dikbud"),
        ("pendidikan", "guru SMA jarang masuk", "52.03.07", "prov.dikpora"),
        ("pendidikan", "madrasah belum dibangun", "52.05.01", "pusat.kemenag"),
        ("kesehatan", "puskesmas menolak pasien bpjs", "52.06.03", "52.06.dinkes"),
        ("kesehatan", "kartu bpjs tidak aktif", "52.06.03", "pusat.bpjs"),
        ("listrik_penerangan", "pju mati", "52.02.04", "52.02.dishub"),
        ("listrik_penerangan", "listrik padam", "52.05.06", "pusat.pln"),
        ("air_bersih", "air mati", "52.71.01", "52.71.ptam"),
        ("layanan_desa", "kantor desa tutup", "52.06.03.2003", "52.06.03.kec"),
        ("layanan_desa", "dana desa tidak jelas", "52.71.01", "52.71.diskominfo"),
        ("pajak_samsat", "antre di samsat", "52.71", "prov.bappenda"),
        ("pertanahan", "sertifikat tanah belum jadi", "52.02", "pusat.bpn"),
        ("jalan_jembatan", "jalan berlubang", "", "prov.diskominfotik"),
        ("lainnya", "entahlah", "52.07", "52.07.diskominfo"),
    ],
)
def test_a_plain_complaint_reaches_the_desk_a_neighbour_would_name(category, text, region, unit):
    assert route("complaint", category, text, region)[1] == unit


# demo


def test_demo_officers_have_fictional_addresses_and_real_desks():
    officers = rows("demo_officers")
    assert len({row["email"] for row in officers}) == len(officers)
    assert {row["role"] for row in officers} == {"officer", "coordinator", "head", "leader", "admin", "inspector"}
    for row in officers:
        assert row["email"].endswith("@ntbcare.example")
        unit = by_code("units")[row["unit"]]
        assert live(unit) and unit["kind"] != "vertical"
        assert (row["role"] == "inspector") == (unit["kind"] == "inspectorate")
        assert row["role"] != "coordinator" or unit["kind"] == "coordinator"


def test_demo_cases_name_known_places_topics_and_fictional_numbers():
    cases = rows("demo_cases")
    assert 30 <= len(cases) <= 40 and len({row["ref"] for row in cases}) == len(cases)
    for row in cases:
        assert row["region"] == "" or row["region"] in by_code("regions")
        assert row["category"] in by_code("categories")
        assert row["kind"] in {"complaint", "aspiration", "tip"}
        assert row["then"] in {"none", "accept", "ask", "answer", "close"}
        assert row["phone"] == "" or re.fullmatch(r"\+62811000\d{4}", row["phone"])
        assert row["channel"] != "sms" or len(row["text"]) <= 160
        assert not re.search(r"\d{10,}", row["text"]), "no identity number or telephone in the words"
    assert {row["region"][:5] for row in cases if row["region"]} == set(regencies())


def test_a_demo_case_that_is_worked_on_has_a_desk_that_can_lead_it():
    for row in rows("demo_cases"):
        level, unit = route(row["kind"], row["category"], row["text"], row["region"])
        assert unit and level != "sealed", row["ref"]
        if row["then"] != "none":
            assert level != "central", (row["ref"], unit)
