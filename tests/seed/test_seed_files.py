"""The seed of a province is files only; these tests keep the files whole and true to each other."""

from __future__ import annotations

from collections import Counter
from datetime import date

import holidays
from seedfiles import SEED, by_code, deployment, live, lost, regencies, rows, units_at, words

UNIT_KINDS = {"secretariat", "opd", "inspectorate", "coordinator", "kecamatan", "hospital", "utility", "vertical"}


# regions


def test_the_province_has_ten_regencies_117_districts_and_1166_villages():
    count = Counter(row["level"] for row in rows("regions"))
    assert count == {"province": 1, "regency": 10, "district": 117, "village": 1166}
    kinds = Counter(row["type"] for row in rows("regions"))
    assert (kinds["kabupaten"], kinds["kota"], kinds["kelurahan"], kinds["desa"]) == (8, 2, 145, 1021)


def test_no_region_is_an_orphan_or_appears_twice():
    codes = by_code("regions")
    assert len(codes) == len(rows("regions"))
    for row in rows("regions"):
        assert row["parent"] == row["code"].rpartition(".")[0]
        assert row["parent"] in codes or row["level"] == "province"


def test_every_point_lies_in_a_known_village_and_inside_the_province():
    for row in rows("points"):
        assert by_code("regions")[row["code"]]["level"] == "village"
        assert -9.3 < float(row["lat"]) < -8.0 and 115.7 < float(row["lon"]) < 119.4


def test_every_alias_is_lower_case_single_and_points_at_a_region():
    aliases = [row["alias"] for row in rows("region_aliases")]
    assert len(aliases) == len(set(aliases))
    for row in rows("region_aliases"):
        assert row["alias"] == row["alias"].lower().strip()
        assert row["code"] in by_code("regions")


def test_no_alias_hides_the_name_of_a_village():
    villages = {row["name"].lower() for row in rows("regions") if row["level"] == "village"}
    assert villages.isdisjoint(row["alias"] for row in rows("region_aliases"))


def test_every_landmark_is_lower_case_and_lies_in_a_region():
    landmarks = rows("landmarks")
    assert len(landmarks) >= 150
    aliases = {row["alias"] for row in rows("region_aliases")}
    for row in landmarks:
        assert row["name"] == row["name"].lower().strip() and row["kind"]
        assert row["name"] not in aliases
        assert row["code"] in by_code("regions")


def test_bima_alone_is_nobody_s_alias_because_kabupaten_and_kota_must_be_asked():
    assert "bima" not in {row["alias"] for row in rows("region_aliases")}


# units


def test_units_form_one_tree():
    units = by_code("units")
    assert len(units) == len(rows("units"))
    assert [code for code, unit in units.items() if not unit["parent"]] == [deployment()["coordination"]["root_unit"]]
    for code in units:
        seen, here = set(), code
        while units[here]["parent"]:
            assert here not in seen, f"{code} goes round in a circle"
            seen.add(here)
            here = units[here]["parent"]


def test_every_unit_is_of_a_known_kind_level_calendar_and_region():
    for unit in rows("units"):
        assert unit["kind"] in UNIT_KINDS, unit
        assert unit["level"] in {"province", "regency", "district", "central"}, unit
        assert unit["calendar"] in {"5", "6", "always"}, unit
        assert unit["region"] in by_code("regions"), unit
        assert unit["name"] and unit["source"] and 0 < len(unit["short"]) <= 30, unit


def test_every_ended_unit_has_a_living_successor_that_starts_no_later_than_the_day_after():
    ended = [unit for unit in rows("units") if unit["valid_to"]]
    assert ended
    for unit in ended:
        heir = by_code("units")[unit["successor"]]
        assert live(heir)
        assert date.fromisoformat(unit["valid_from"]) <= date.fromisoformat(unit["valid_to"])
        gap = date.fromisoformat(heir["valid_from"]) - date.fromisoformat(unit["valid_to"])
        assert gap.days <= 1
    assert not [unit for unit in rows("units") if unit["successor"] and not unit["valid_to"]]


def test_the_province_has_19_dinas_9_badan_and_7_biro_after_january_2026_and_24_9_9_before():
    def shape(day: str) -> tuple[int, int, int]:
        names = [u["name"] for u in rows("units") if u["level"] == "province" and live(u, day)]
        dinas = sum(n.startswith(("Dinas", "Satuan Polisi")) for n in names)
        return dinas, sum(n.startswith("Badan") for n in names), sum(n.startswith("Biro") for n in names)

    assert shape("2025-12-31") == (24, 9, 9)
    assert shape("2026-01-02") == (19, 9, 7)


def test_every_district_has_exactly_one_kecamatan_unit_below_its_regency():
    for region in rows("regions"):
        if region["level"] == "district":
            (code,) = units_at("district", "kecamatan", region["code"])
            assert by_code("units")[code]["parent"] == region["parent"]


def test_the_province_and_every_regency_have_one_coordinator_one_inspectorate_and_one_setda():
    for level, region in [("province", "52"), *(("regency", code) for code in regencies())]:
        (coordinator,) = units_at(level, "kominfo", region)
        assert by_code("units")[coordinator]["kind"] == "coordinator"
        (inspectorate,) = units_at(level, "inspektorat", region)
        assert by_code("units")[inspectorate]["kind"] == "inspectorate"
        assert len(units_at(level, "setda", region)) == 1


def test_a_kota_has_no_village_office_because_it_has_no_desa():
    for code in regencies():
        assert len(units_at("regency", "desa", code)) == (0 if code >= "52.7" else 1)


def test_central_bodies_are_forwarding_targets_only():
    central = [unit for unit in rows("units") if unit["level"] == "central"]
    assert {unit["kind"] for unit in central} == {"vertical"}
    assert not [unit for unit in rows("units") if unit["kind"] == "vertical" and unit["level"] != "central"]


# categories


def test_the_taxonomy_has_25_top_categories_and_lainnya_and_two_levels_only():
    top = {row["code"] for row in rows("categories") if not row["parent"]}
    assert len(top) == 26 and "lainnya" in top
    for row in rows("categories"):
        assert row["parent"] in top | {""}
        assert not row["parent"] or row["code"].startswith(row["parent"] + ".")
        assert row["default_urgency"] in {"mendesak", "penting", "biasa"}
        assert row["needs_check"] in {"yes", "no"} and row["sealed"] in {"yes", "no", "restricted"}
    assert len(by_code("categories")) == len(rows("categories"))


def test_sp4n_ids_are_unique_and_all_48_of_the_samarinda_export_are_placed():
    ids = [row["sp4n_id"] for row in rows("categories") if row["sp4n_id"]]
    assert len(ids) == len(set(ids)) == 48
    assert all(number.isdigit() for number in ids)
    assert by_code("categories")["lainnya"]["sp4n_id"] == "110"
    assert by_code("categories")["jalan_jembatan.jalan_berlubang"]["sp4n_id"] == "1397"


def test_a_keyword_belongs_to_one_top_category_and_there_are_ten_to_thirty_of_them():
    owner: dict[str, str] = {}
    for row in rows("categories"):
        if row["parent"]:
            continue
        assert 10 <= len(words(row, "keywords")) <= 30, row["code"]
        for word in words(row, "keywords"):
            assert word == word.lower().strip()
            assert owner.setdefault(word, row["code"]) == row["code"], word


def test_a_keyword_survives_the_spelling_out_of_abbreviations():
    for row in rows("categories"):
        assert lost(words(row, "keywords")) == [], row["code"]


def test_only_corruption_is_sealed_and_only_women_and_children_are_restricted():
    sealed = {row["code"]: row["sealed"] for row in rows("categories") if row["sealed"] != "no"}
    assert sealed == {"korupsi_pungli": "yes", "perempuan_anak": "restricted"}


# words


def test_abbreviations_leave_school_names_and_ordinary_words_alone():
    tokens = {row["token"] for row in rows("abbreviations")}
    assert tokens.isdisjoint({"sma", "smp", "smk", "sd", "tiang", "dengan", "terik", "air", "kaya"})
    pairs = [(row["token"], row["lang"]) for row in rows("abbreviations")]
    assert len(pairs) == len(set(pairs))
    assert {row["lang"] for row in rows("abbreviations")} == {"id", "sasak", "samawa", "mbojo"}


def test_an_animal_s_name_is_marked_as_an_ordinary_word_too():
    ordinary = {row["token"] for row in rows("abusive") if row["also_ordinary"] == "yes"}
    assert {"anjing", "babi", "monyet"} <= ordinary
    assert all(row["severity"] in {"1", "2", "3"} for row in rows("abusive"))


# small files


def test_archive_reasons_are_the_eight_of_the_law_in_a_neighbour_s_words():
    assert len(by_code("archive_reasons")) == 8
    for row in rows("archive_reasons"):
        assert row["label"] and row["sentence"].endswith(".") and len(row["sentence"]) <= 160


def test_emergency_numbers_are_the_seven_and_the_safe_way_fits_one_sms():
    assert {e["number"] for e in deployment()["emergency"]} == {"112", "110", "113", "115", "119", "123", "129"}
    assert len(deployment()["sealed"]["safe_way"]) <= 160
    assert deployment()["province"]["code"] == "52" and deployment()["time"]["zone"] == "Asia/Makassar"


def test_units_named_by_the_deployment_exist():
    coordination, sealed = deployment()["coordination"], deployment()["sealed"]
    for code in (coordination["fallback_unit"], coordination["root_unit"], coordination["escalation_unit"]):
        assert live(by_code("units")[code])
    assert by_code("units")[coordination["fallback_unit"]]["kind"] == coordination["kind"]
    assert by_code("units")[sealed["province_unit"]]["function"] == sealed["function"]


def test_local_days_off_have_their_columns_even_while_there_are_none():
    header = (SEED / "days_off_extra.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "date,name,kind,region,source"
    for row in rows("days_off_extra"):
        assert date.fromisoformat(row["date"]) and row["kind"] == "local" and row["source"]


def test_the_holidays_package_agrees_with_the_joint_decree_for_2026():
    public = {(1, 1), (1, 16), (2, 17), (3, 19), (3, 21), (3, 22), (4, 3), (4, 5), (5, 1), (5, 14), (5, 27), (5, 31)}
    public |= {(6, 1), (6, 16), (8, 17), (8, 25), (12, 25)}
    joint = {(2, 16), (3, 18), (3, 20), (3, 23), (3, 24), (5, 15), (5, 28), (12, 24)}
    assert (len(public), len(joint)) == (17, 8)
    package = holidays.Indonesia(years=2026, categories=("public", "government"))
    assert {(day.month, day.day) for day in package} == public | joint
