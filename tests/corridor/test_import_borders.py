"""Official outlines come in by one command: it shows what would change, refuses what is wrong, and every process reads them at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ntbcare import commands
from ntbcare.casework import seeding
from tests.corridor.looking import count

SEED = Path(commands.__file__).parent / "seed" / "ntb"
TENTE, RISA = "52.06.03.2003", "52.06.03.2007"


@pytest.fixture
def run(new_town):
    """`flask --app wsgi …` in this town; returns (exit code, what was printed)."""
    commands.attach(new_town.app, seed_dir=SEED, data_dir=new_town.outbox.parent, development=True)

    def of(*words: object) -> tuple[int, str]:
        result = new_town.app.test_cli_runner().invoke(args=[str(word) for word in words])
        return result.exit_code, result.output

    return of


def middle(town, code: str) -> tuple[float, float]:
    """(longitude, latitude) of the point the seed knows for a village."""
    return town.sql("SELECT lon, lat FROM regions WHERE code = :code", code=code)[0]


def ring(lon: float, lat: float, half: float = 0.01) -> list[list[float]]:
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return [[lon + half * x, lat + half * y] for x, y in corners]


def feature(code: object, *rings: list, name: str = "code", **more: object) -> dict:
    return {"type": "Feature", "properties": {name: code}, "geometry": {"type": "Polygon", "coordinates": list(rings)}} | more


def saved(tmp_path: Path, *features: dict) -> Path:
    path = tmp_path / "batas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


def state(town) -> tuple:
    """Everything an import may change."""
    return town.sql("SELECT code, shape, source, loaded_at FROM borders ORDER BY code"), stamp(town), count(town, "journal")


def stamp(town) -> str:
    return town.sql("SELECT stamp FROM reference_stamp")[0][0]


def test_outlines_are_shown_loaded_journalled_and_the_second_time_nothing_happens(new_town, run, tmp_path):
    path = saved(tmp_path, feature(TENTE, ring(*middle(new_town, TENTE))), feature(RISA, ring(*middle(new_town, RISA))))
    before = stamp(new_town)
    code, told = run("import-borders", path, "--source", "BIG 2024")
    assert code == 0, told
    assert "2 features, 2 outlines (code from the property code)" in told
    assert "new        2" in told and "changed    0" in told and "unchanged  0" in told
    assert "missing    1164 of 1166 villages" in told
    assert told.endswith("changed\n")
    assert new_town.sql("SELECT DISTINCT source FROM borders") == [("BIG 2024",)]
    assert count(new_town, "journal", "tag = 'reference:borders' AND case_id IS NULL") == 1
    assert stamp(new_town) != before
    again = state(new_town)
    code, told = run("import-borders", path)
    assert (code, state(new_town)) == (0, again)
    assert "unchanged  2" in told and told.endswith("nothing to do\n")


def test_a_dry_run_shows_the_same_and_changes_nothing(new_town, run, tmp_path):
    path, before = saved(tmp_path, feature(TENTE, ring(*middle(new_town, TENTE)))), state(new_town)
    code, told = run("import-borders", path, "--dry-run")
    assert (code, state(new_town)) == (0, before)
    assert "new        1" in told and "nothing was changed" in told


def test_a_corner_that_moved_is_a_change_and_a_ring_begun_elsewhere_is_none(new_town, run, tmp_path):
    here, there = middle(new_town, TENTE), middle(new_town, RISA)
    run("import-borders", saved(tmp_path, feature(TENTE, ring(*here)), feature(RISA, ring(*there))))
    turned = [*ring(*there)[1:], ring(*there)[1]]
    code, told = run("import-borders", saved(tmp_path, feature(TENTE, ring(*here, half=0.011)), feature(RISA, turned)))
    assert code == 0
    assert f"changed    1: {TENTE} Desa Tente" in told and "unchanged  1" in told
    code, told = run("import-borders", saved(tmp_path, feature(RISA, turned)))
    assert "kept       1 loaded before and not in this file" in told
    assert count(new_town, "borders") == 2


def test_what_cannot_be_used_is_named_and_the_rest_is_loaded(new_town, run, tmp_path):
    lon, lat = middle(new_town, TENTE)
    bow = [[lon - 0.01, lat - 0.01], [lon + 0.01, lat + 0.01], [lon + 0.01, lat - 0.01], [lon - 0.01, lat + 0.01], [lon - 0.01, lat - 0.01]]
    path = saved(
        tmp_path,
        feature(TENTE, bow),
        feature(RISA, ring(*middle(new_town, RISA))),
        feature("52.06.99.2001", ring(lon, lat)),
        feature("52.06.03.2002", ring(lon, lat), geometry={"type": "Point", "coordinates": [lon, lat]}),
        feature("52.06.03.2004", [[lon, lat], [lon, lat], [lon, lat], [lon, lat]]),
        feature("52.06.03.2005", ring(2.35, 48.85)),
        feature(None, ring(lon, lat)),
    )
    code, told = run("import-borders", path)
    assert code == 0, told
    assert "new        2" in told
    assert f"repaired   1: {TENTE} (Self-intersection" in told
    assert "unknown    1: 52.06.99.2001" in told
    assert "refused    4: 52.06.03.2002 (Point instead of a polygon), 52.06.03.2004 (it has no area)" in told
    assert "52.06.03.2005 (lies nowhere near its region)" in told and "feature 7 (no property code)" in told
    assert count(new_town, "borders") == 2


def test_a_village_in_several_pieces_is_one_outline(new_town, run, tmp_path):
    lon, lat = middle(new_town, TENTE)
    code, told = run("import-borders", saved(tmp_path, feature(TENTE, ring(lon, lat)), feature(TENTE, ring(lon + 0.05, lat))))
    assert code == 0 and "joined     1" in told
    assert count(new_town, "borders") == 1


@pytest.mark.parametrize(
    ("name", "value", "option"),
    [("KDEPUM", TENTE, ()), ("kode", "5206032003", ()), ("id", 5206032003, ()), ("WADMKD", TENTE, ("--code-property", "WADMKD"))],
)
def test_the_code_is_found_under_the_names_offices_use(new_town, run, tmp_path, name, value, option):
    path = saved(tmp_path, feature(value, ring(*middle(new_town, TENTE)), name=name))
    code, told = run("import-borders", path, *option)
    assert code == 0 and f"the property {name}" in told
    assert new_town.sql("SELECT code FROM borders") == [(TENTE,)]


def in_metres(lon: float, lat: float) -> list[list[float]]:
    return [[x * 111_195, y * 111_195] for x, y in ring(lon, lat)]


def swapped(lon: float, lat: float) -> list[list[float]]:
    return [[y, x] for x, y in ring(lon, lat)]


BAD = {
    "no JSON": (b"PK\x03\x04 a zip", "This is not JSON"),
    "no GeoJSON": (b'{"type": "Topology"}', "no GeoJSON FeatureCollection"),
    "no features": (b'{"type": "FeatureCollection", "features": []}', "There are no features"),
    "metres": (in_metres, "not degrees"),
    "swapped": (swapped, "Latitude and longitude are swapped"),
    "elsewhere": (lambda lon, lat: ring(lon, lat + 40), "nowhere near their regions"),
    "no code": (lambda lon, lat: feature("Tente", ring(lon, lat), name="nama"), "Name the right one: nama"),
    "unknown codes": (lambda lon, lat: feature("11.01.01.2001", ring(lon, lat)), "no region here (11.01.01.2001)"),
    "nothing to repair": (lambda lon, lat: [[lon, lat]] * 4, "it has no area"),
    "not numbers": (lambda lon, lat: [["x", "y"], ["x", "z"], ["y", "y"], ["x", "y"]], "cannot be read"),
}


@pytest.mark.parametrize("sort", BAD)
def test_a_bad_file_is_refused_in_one_sentence_and_changes_nothing(new_town, run, tmp_path, sort):
    given, words = BAD[sort]
    if callable(given):
        made = given(*middle(new_town, TENTE))
        path = saved(tmp_path, made if isinstance(made, dict) else feature(TENTE, made))
    else:
        path = tmp_path / "batas.geojson"
        path.write_bytes(given)
    before = state(new_town)
    code, told = run("import-borders", path)
    assert (code, state(new_town)) == (1, before), told
    assert words in told and "Nothing was changed." in told and "Traceback" not in told


def test_a_file_that_is_not_there_is_said_so(run, tmp_path):
    code, told = run("import-borders", tmp_path / "none.geojson")
    assert code == 1 and "cannot be read" in told


def test_the_seed_stays_loaded_after_an_import_and_a_new_seed_keeps_the_mark_of_the_outlines(new_town, run, tmp_path):
    run("import-borders", saved(tmp_path, feature(TENTE, ring(*middle(new_town, TENTE)))))
    marked = stamp(new_town)
    with new_town.app.app_context():
        with new_town.work() as work:
            assert seeding.loaded(work, SEED)
            assert not seeding.seed(work, SEED)
        new_town.sql("UPDATE reference_stamp SET stamp = 'older' || substring(stamp from position('+' in stamp))")
        with new_town.work() as work:
            assert not seeding.loaded(work, SEED)
            assert seeding.seed(work, SEED)
            work.commit()
        with new_town.work() as work:
            assert seeding.loaded(work, SEED)
    assert stamp(new_town) == marked


def test_a_located_report_gets_the_village_of_its_outline_and_the_page_says_why(new_town, run, tmp_path, office_of):
    lon, lat = middle(new_town, TENTE)
    office, spot = office_of(new_town), {"lat": lat + 0.03, "lon": lon + 0.03}

    def filed(text: str) -> dict:
        ticket = new_town.api(text=text, **spot).json["ticket"]
        new_town.work_off()
        return new_town.case(ticket)

    before = filed("Jalan berlubang dalam sekali di depan masjid")
    assert before["region"] != TENTE and "perkiraan" in before["place_because"]
    code, told = run("import-borders", saved(tmp_path, feature(TENTE, ring(lon, lat, half=0.06))))
    assert code == 0, told
    new_town.clock.forward(seconds=4)
    after = filed("Jalan berlubang dalam sekali di depan pasar")
    assert after["region"] == TENTE
    assert after["place_because"].startswith("Titik itu ada di Desa Tente, menurut batas desa")
    assert "menurut batas desa" in office.page("bagus", after["ticket"])
