"""Near a border whoever stands there is asked on which side it happened, if the neighbour would be another desk's; nobody in danger is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ntbcare import commands
from ntbcare.wording import gsm7
from tests.corridor.avenue import open_avenue
from tests.corridor.conftest import Office
from tests.corridor.looking import by_form, no_twins, pin_of
from tests.corridor.test_asking import asked, only, tells, unit_of

LENDANG_ARE, LANDO = "52.02.09.2001", "52.03.03.2009"  # Lombok Tengah and Lombok Timur; between their points:
EVEN = {"lat": -8.609, "lon": 116.379}
SAKURU, WADUWANI = "52.06.01.2011", "52.06.03.2014"  # two districts of Kabupaten Bima; between their points:
INSIDE = {"lat": -8.63, "lon": 118.676}
ROAD = "Jalan berlubang besar di depan masjid, {}"
LANE = "Jalan dusun di depan masjid berlubang besar, {}"
HEAD = "Titik Anda dekat batas. Di mana kejadiannya?"


@pytest.fixture(scope="module")
def avenue(servers, template, tmp_path_factory):
    yield from open_avenue(servers, template, tmp_path_factory.mktemp("border"))


@pytest.fixture(scope="module")
def town(avenue):
    return no_twins(avenue.town)


@pytest.fixture(scope="module")
def desks(town):
    return Office(town)


def filed(town, text: str, **fields: object) -> dict:
    """A report by the form, read by the workers."""
    ticket = by_form(town, text, **fields).headers["Location"][-9:]
    town.work_off()
    return town.case(ticket)


def mine(town, case: dict):
    """The browser of whoever has the PIN."""
    browser = town.browser()
    browser.post(f"/t/{case['ticket']}/pin", data={"pin": pin_of(town, case["ticket"])})
    return browser


def answer(town, case: dict, **given: str) -> dict:
    """They answer on the page of their report."""
    assert mine(town, case).post(f"/t/{case['ticket']}/jawab", data={"words": "", **given}).status_code == 303
    town.work_off()
    return town.case(case["ticket"])


def test_between_two_regencies_the_page_of_the_report_asks_with_buttons(town):
    case = filed(town, ROAD.format("dua kabupaten"), **EVEN)
    assert (case["state"], case["region"], case["unit_id"]) == ("received", None, None)
    assert "Hampir sama dekatnya: Desa Lendang Are, Kecamatan Kopang, Kabupaten Lombok Tengah." in case["place_because"]
    page = mine(town, case).get(f"/t/{case['ticket']}").text
    assert HEAD in page and "Balas angkanya" not in page
    assert page.count('type="radio" name="pilihan"') == 2 and "Desa Lando, Kecamatan Terara" in page
    case = answer(town, case, pilihan="2")
    assert (case["region"], case["state"], case["question"]) == (LENDANG_ARE, "dispositioned", "")
    assert unit_of(town, case).endswith("Kabupaten Lombok Tengah")


def test_in_a_chat_the_receipt_asks_and_the_number_says_which(avenue, town):
    avenue.update(avenue.telegram.text(9301, ROAD.format("di obrolan")))
    avenue.update(avenue.telegram.location(9301, EVEN["lat"], EVEN["lon"]))
    town.work_off()
    asking = f"{HEAD} 1) Desa Lando 2) Desa Lendang Are. Balas angkanya."
    assert any(asking in said for said in avenue.heard("telegram", 9301))
    assert len(asking) <= 150 and gsm7(asking) == asking
    tells(avenue, "telegram", 9301, "1")
    case = only(avenue, "telegram", 9301)
    assert (case["region"], case["state"], asked(town, case)) == (LANDO, "dispositioned", 1)


@pytest.mark.parametrize(
    ("words", "region"), [("Lendang Are", LENDANG_ARE), ("yang Lombok Timur pak", LANDO), ("Desa Tente Kecamatan Woha", "52.06.03.2003")]
)
def test_the_name_of_one_of_them_or_of_a_third_place_answers_too(town, words, region):
    case = answer(town, filed(town, ROAD.format(f"dijawab {len(words)}"), **EVEN), words=words)
    assert (case["region"], case["state"]) == (region, "dispositioned")


@pytest.mark.parametrize(("named", "region"), [("Desa Lando", LANDO), ("Desa Lendang Are", LENDANG_ARE), ("Kecamatan Kopang", LENDANG_ARE)])
def test_where_the_words_name_one_of_them_nobody_is_asked(town, named, region):
    case = filed(town, f"Jalan berlubang besar di {named}, sudah lama", **EVEN)
    assert (case["region"], case["state"], case["question"]) == (region, "dispositioned", None)
    assert "Pelapor menulis" in case["place_because"]


def test_inside_one_regency_with_one_unit_the_point_decides_and_the_neighbour_is_told(town):
    case = filed(town, ROAD.format("satu kabupaten"), **INSIDE)
    assert (case["region"], case["state"], case["question"]) == (SAKURU, "dispositioned", None)
    assert "Hampir sama dekatnya: Desa Waduwani" in case["place_because"]


def test_inside_one_regency_with_another_unit_on_each_side_it_is_asked_and_the_regency_is_certain(town, desks):
    case = filed(town, LANE.format("dua kecamatan"), **INSIDE)
    assert (case["region"], case["state"], case["unit_id"]) == ("52.06", "received", None)
    assert case["question"].startswith(HEAD)
    assert case["ticket"] in desks.queue("imran"), "the coordinator of that regency need not wait"
    case = answer(town, case, words="Waduwani")
    assert (case["region"], case["state"]) == (WADUWANI, "dispositioned")
    assert unit_of(town, case).endswith("Woha")


def test_more_words_while_it_is_asked_leave_the_question_where_it_is(avenue, town):
    avenue.update(avenue.telegram.text(9302, "Mohon bantuannya sudah lama begini, di sini"))
    avenue.update(avenue.telegram.location(9302, EVEN["lat"], EVEN["lon"]))
    town.work_off()
    tells(avenue, "telegram", 9302, "hmm begitu ya")
    case = only(avenue, "telegram", 9302)
    assert case["question"].startswith(HEAD) and asked(town, case) == 1
    tells(avenue, "telegram", 9302, "2")
    assert only(avenue, "telegram", 9302)["region"] == LENDANG_ARE


def test_another_position_answers_it_too(avenue, town):
    avenue.update(avenue.telegram.text(9303, ROAD.format("pindah titik")))
    avenue.update(avenue.telegram.location(9303, EVEN["lat"], EVEN["lon"]))
    town.work_off()
    assert only(avenue, "telegram", 9303)["question"]
    avenue.update(avenue.telegram.location(9303, -8.6255, 118.6635))
    town.work_off()
    case = only(avenue, "telegram", 9303)
    assert (case["region"][:5], case["state"], case["question"]) == ("52.06", "dispositioned", "")


def test_whoever_is_in_danger_or_cannot_be_asked_goes_where_the_point_says(avenue, town):
    danger = filed(town, "Tolong cepat, jembatan roboh, ada orang terjebak sekarang!", **EVEN)
    assert (danger["urgency"], danger["region"], danger["question"]) == ("mendesak", LANDO, None)
    tip = filed(town, ROAD.format("sekadar informasi"), kind="tip", **EVEN)
    assert (tip["kind"], tip["region"], tip["question"]) == ("tip", LANDO, None)
    program = town.api(text=ROAD.format("lewat program"), **EVEN).json["ticket"]
    town.work_off()
    case = town.case(program)
    assert (case["region"], case["state"], case["question"]) == (LANDO, "dispositioned", None)


def test_by_outlines_a_point_some_metres_from_the_neighbour_is_asked_too(new_town, tmp_path):
    def square(code: str, west: float, east: float) -> dict:
        ring = [[west, -8.65], [east, -8.65], [east, -8.57], [west, -8.57], [west, -8.65]]
        return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    path = tmp_path / "batas.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [square(LENDANG_ARE, 116.34, 116.38), square(LANDO, 116.38, 116.42)]})
    )
    commands.attach(new_town.app, seed_dir=Path(commands.__file__).parent / "seed" / "ntb", data_dir=tmp_path, development=True)
    told = new_town.app.test_cli_runner().invoke(args=["import-borders", str(path)])
    assert told.exit_code == 0, told.output
    new_town.clock.forward(seconds=4)
    far = filed(new_town, ROAD.format("jauh dari batas"), lat=-8.61, lon=116.375)
    assert (far["region"], far["question"]) == (LENDANG_ARE, None)
    close = filed(new_town, ROAD.format("dekat batas"), lat=-8.61, lon=116.3795)
    assert (close["region"], close["state"]) == (None, "received") and close["question"].startswith(HEAD)
    assert "tetapi hanya 50 meter dari Desa Lando" in close["place_because"]
    assert "Hampir sama dekatnya" not in close["place_because"], "the reading has named the neighbour"
