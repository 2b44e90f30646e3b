"""A point on the map finds the desa whose outline holds it, without outlines the nearest one, and the sea finds none."""

from concurrent.futures import ThreadPoolExecutor
from math import cos, hypot, inf, nan, radians

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from seed_rows import rows

from ntbcare.reading.borders import FAR, REACH, Points
from ntbcare.reading.outlines import Borders

ALL = [(row["code"], float(row["lat"]), float(row["lon"])) for row in rows("points.csv")]


def brute(lat, lon):
    narrow = cos(radians(lat))
    return min((hypot((y - lat) * 111.195, (x - lon) * 111.195 * narrow), code) for code, y, x in ALL)


@pytest.mark.parametrize("row", ALL[::40])
def test_the_point_of_a_desa_is_in_it(points, row):
    reading = points.nearest(row[1], row[2])
    assert reading.distance_km == 0.0
    assert brute(row[1], row[2])[0] == 0.0
    assert not reading.outside
    assert reading.approximate


@pytest.mark.parametrize(("lat", "lon"), [(-8.65, 115.21), (0.0, 0.0), (-9.6, 117.0), (-7.25, 112.75)])
def test_other_islands_and_the_open_sea_are_outside(points, lat, lon):
    reading = points.nearest(lat, lon)
    assert reading.outside
    assert reading.code is None


@pytest.mark.parametrize(("lat", "lon"), [(nan, 116.0), (inf, 1.0), (-8.5, nan), (900.0, 1.0), (-8.5, -900.0)])
def test_coordinates_that_are_none_are_outside(points, lat, lon):
    assert points.nearest(lat, lon).outside


@given(lat=st.floats(-9.2, -8.0), lon=st.floats(115.7, 119.4))
def test_the_grid_finds_what_a_full_search_finds(points, lat, lon):
    reading = points.nearest(lat, lon)
    distance, _ = brute(lat, lon)
    if reading.outside:
        assert distance > REACH
    else:
        assert reading.distance_km == pytest.approx(distance, abs=0.01)
        assert distance <= FAR


def test_an_empty_map_knows_no_place():
    assert Points([]).nearest(-8.5, 116.0).outside


# outlines: four villages, each 0.04 degrees (4.4 km) wide, in a row from west to east; the third lies in the next district,
# the fourth in the next regency

WEST, SOUTH, SIDE = 118.0, -8.5, 0.04
TENTE, SAMILI, TALABIU, RABA = "52.06.03.2001", "52.06.03.2002", "52.06.04.2001", "52.72.01.1001"
NAMES = {
    TENTE: "Desa Tente", SAMILI: "Desa Samili", TALABIU: "Desa Talabiu", RABA: "Kelurahan Raba", "52.06.03": "Kecamatan Woha",
    "52.06.04": "Kecamatan Belo", "52.06": "Kabupaten Bima", "52.72": "Kota Bima", "52.72.01": "Kecamatan Rasanae",
}  # fmt: skip
METRE = 1 / 111_195  # in degrees of latitude; a metre of longitude is 1.1 % more here


def square(column, width=1.0):
    west = WEST + column * SIDE
    return shapely.to_wkb(shapely.box(west, SOUTH, west + width * SIDE, SOUTH + SIDE))


VILLAGES = [(code, square(column)) for column, code in enumerate((TENTE, SAMILI, TALABIU, RABA))]
MIDDLES = Points([(code, SOUTH + SIDE / 2, WEST + (column + 0.5) * SIDE) for column, code in enumerate((TENTE, SAMILI, TALABIU, RABA))])


def borders(rows=VILLAGES, points=MIDDLES, **more):
    return Borders(rows, points, **({"near_m": 150, "shore_m": 2000, "called": lambda code: NAMES.get(code, code)} | more))


def at(column, metres_east=0.0, north=0.5):
    """A point that many metres east of the western border of a column."""
    return SOUTH + north * SIDE, WEST + column * SIDE + metres_east * METRE * 1.011


@pytest.mark.parametrize(("column", "code"), [(0, TENTE), (1, SAMILI), (2, TALABIU), (3, RABA)])
def test_a_point_inside_an_outline_has_its_code_exactly(column, code):
    reading = borders().nearest(*at(column + 0.5))
    assert (reading.code, reading.within, reading.exact, reading.approximate, reading.outside) == (code, code, True, False, False)
    assert (reading.distance_km, reading.near) == (0.0, ())
    kind = "kelurahan" if code == RABA else "desa"
    assert reading.because == f"Titik itu ada di {NAMES[code]}, menurut batas {kind}."


def test_what_is_nearer_to_another_village_s_point_still_lies_where_its_outline_says():
    long = [(TENTE, square(0, width=0.2)), (SAMILI, square(0.2, width=1.8))]
    place = at(0.3)
    assert MIDDLES.nearest(*place).code == TENTE
    assert borders(long).nearest(*place).code == SAMILI


def test_near_a_border_the_neighbour_is_named_with_its_distance():
    reading = borders().nearest(*at(1, metres_east=80))
    assert (reading.code, reading.exact, reading.near) == (SAMILI, True, (TENTE,))
    assert reading.because == "Titik itu ada di Desa Samili, menurut batas desa, tetapi hanya 80 meter dari Desa Tente."


@pytest.mark.parametrize(
    ("column", "code", "words"),
    [(2, TALABIU, "Desa Samili di Kecamatan Woha"), (3, RABA, "Desa Talabiu di Kabupaten Bima")],
    ids=["district", "regency"],
)
def test_a_border_between_districts_or_regencies_is_named_as_such(column, code, words):
    reading = borders().nearest(*at(column, metres_east=40))
    assert reading.code == code and reading.near
    assert f"hanya 40 meter dari {words}." in reading.because


@pytest.mark.parametrize(("metres", "near"), [(140, True), (160, False), (-140, True), (-160, False)])
def test_how_near_is_near_is_a_number_of_the_deployment(metres, near):
    assert bool(borders().nearest(*at(1, metres)).near) is near
    assert not borders(near_m=100).nearest(*at(1, metres)).near


def test_on_the_line_itself_one_is_chosen_and_the_other_named():
    reading = borders().nearest(*at(1))
    assert {reading.code, *reading.near} == {TENTE, SAMILI}


def test_an_enclave_drawn_over_the_village_around_it_is_found():
    enclave = shapely.to_wkb(shapely.box(WEST + 0.015, SOUTH + 0.015, WEST + 0.025, SOUTH + 0.025))
    assert borders([VILLAGES[0], (SAMILI, enclave)]).nearest(SOUTH + 0.02, WEST + 0.02).code == SAMILI


def test_at_sea_close_to_land_the_nearest_outline_is_told_as_such():
    reading = borders().nearest(SOUTH - 800 * METRE, WEST + SIDE / 2)
    assert (reading.code, reading.exact, reading.outside, reading.distance_km) == (TENTE, False, False, 0.8)
    assert reading.because == "Titik itu tidak ada di dalam batas mana pun, mungkin di laut; yang terdekat Desa Tente, 800 meter."


@pytest.mark.parametrize("place", [(SOUTH - 2100 * METRE, WEST + SIDE / 2), (-8.65, 115.21), (0.0, 0.0)])
def test_farther_out_is_outside_the_province(place):
    reading = borders().nearest(*place)
    assert (reading.code, reading.outside, reading.exact) == (None, True, False)
    assert reading.because == "Titik itu ada di luar batas wilayah ini."


@pytest.mark.parametrize(("lat", "lon"), [(nan, 116.0), (inf, 1.0), (-8.5, nan), (900.0, 1.0), (-8.5, -900.0), (90.0, 0.0)])
def test_coordinates_that_are_none_are_outside_with_outlines_too(lat, lon):
    assert borders().nearest(lat, lon).outside


def test_a_village_without_an_outline_is_told_where_its_sisters_have_one():
    young = borders(villages=[*NAMES, "52.06.03.2099"])
    assert young.nearest(*at(0.5)).because.endswith("menurut batas desa (sebagian desa di Kecamatan Woha belum punya batas di peta).")
    assert young.nearest(*at(2.5)).because == "Titik itu ada di Desa Talabiu, menurut batas desa."


DISTRICTS = [("52.06.03", square(0, width=2)), ("52.06.04", square(2)), ("52.72.01", square(3))]


def test_where_only_districts_are_loaded_the_village_is_the_nearest_point_inside_and_told_as_approximate():
    reading = borders(DISTRICTS).nearest(*at(1.9))
    assert (reading.code, reading.within, reading.approximate, reading.exact) == (SAMILI, "52.06.03", True, False)
    assert (
        reading.because == "Titik itu ada di Kecamatan Woha, menurut batas kecamatan; Desa Samili hanya perkiraan karena terdekat, 1,8 km."
    )


def test_a_point_of_another_district_is_not_taken_however_near_it_is():
    place = at(2, metres_east=-200)
    far = Points([(TENTE, SOUTH + SIDE / 2, WEST), (TALABIU, place[0], place[1])])
    assert borders(DISTRICTS, far).nearest(*place).code == TENTE


def test_a_district_without_points_is_certain_and_its_village_unknown():
    reading = borders(DISTRICTS, Points([])).nearest(*at(0.5))
    assert (reading.code, reading.exact) == ("52.06.03", True)
    assert "desanya belum jelas" in reading.because


def test_the_border_of_a_district_is_near_for_a_village_beside_it():
    reading = borders([*VILLAGES[:2], *DISTRICTS]).nearest(*at(2, metres_east=-60))
    assert (reading.code, reading.exact, reading.near) == (SAMILI, True, ("52.06.04",))
    assert reading.because.endswith("hanya 60 meter dari Kecamatan Belo.")


def test_a_gap_between_two_outlines_belongs_to_the_nearer_one_inside_the_district():
    gap = [(TENTE, square(0, width=0.99)), VILLAGES[1], DISTRICTS[0]]
    reading = borders(gap).nearest(*at(1, metres_east=-10))
    assert (reading.code, reading.within, reading.exact, reading.near) == (SAMILI, "52.06.03", False, (TENTE,))


def test_land_whose_outlines_are_not_loaded_is_read_by_its_points():
    some = borders(VILLAGES[:2])
    assert some.nearest(*at(2.5)) == MIDDLES.nearest(*at(2.5))
    assert some.nearest(*at(0.5)).exact


def test_without_any_outline_everything_is_as_with_points():
    for place in (at(0.5), at(2.5), (0.0, 0.0)):
        reading, plain = borders([]).nearest(*place), MIDDLES.nearest(*place)
        assert (reading.code, reading.outside, reading.approximate) == (plain.code, plain.outside, plain.approximate)


ROUGH = [  # eighty villages between lines that run askew, so that squares of the coarse map are cut in every way
    (
        f"52.06.{row + 1:02}.{2001 + column}",
        shapely.Polygon([(WEST + 0.013 * (i + 0.31 * j), SOUTH + 0.011 * (j - 0.17 * i)) for i, j in (
            (column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1))]),
    )
    for row in range(8) for column in range(10)
]  # fmt: skip
ROUGHLY = borders([(code, shapely.to_wkb(shape)) for code, shape in ROUGH], Points([]))


@given(lat=st.floats(SOUTH - 0.04, SOUTH + 0.11), lon=st.floats(WEST - 0.02, WEST + 0.18))
def test_the_coarse_map_says_what_every_outline_asked_one_by_one_says(lat, lon):
    narrow = cos(radians(lat))

    def metres(shape):
        stretched = shapely.transform(shape, lambda corners: (corners - [lon, lat]) * [111_195 * narrow, 111_195])
        return stretched.distance(shapely.Point(0, 0))

    reading, far = ROUGHLY.nearest(lat, lon), sorted((metres(shape), code) for code, shape in ROUGH)
    holders = {code for distance, code in far if distance < 0.5}
    assert bool(reading.within) or not any(shapely.contains_properly(shape, shapely.Point(lon, lat)) for _, shape in ROUGH)
    assert reading.within is None or reading.within in holders
    if reading.within:
        assert {code for distance, code in far if distance < 149} - {reading.code} <= set(reading.near)
        assert set(reading.near) <= {code for distance, code in far if distance < 151}
    assert reading.outside == (far[0][0] > 2000) or abs(far[0][0] - 2000) < 20


def test_many_threads_may_ask_at_once():
    places = [at(step / 97) for step in range(388)]
    alone, crowd = borders(), borders()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda place: crowd.nearest(*place), places * 4)) == [alone.nearest(*place) for place in places * 4]
