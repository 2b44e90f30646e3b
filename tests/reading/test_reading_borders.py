"""A point on the map finds the nearest desa, approximately, and the sea finds none."""

from math import cos, hypot, inf, nan, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seed_rows import rows

from ntbcare.reading.borders import FAR, REACH, Points

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
