"""GCJ-02 and WGS-84."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chengyun.territory.gcj02 import from_wgs84, to_wgs84

CHINA = st.tuples(st.floats(73.0, 137.0), st.floats(1.5, 55.0))


def test_shift_matches_published_example() -> None:
    """The example of the published reference implementations (Shanghai, People's Square region)."""
    lon, lat = from_wgs84(121.4737, 31.2304)
    assert abs(float(lon) - 121.47823) < 2e-5
    assert abs(float(lat) - 31.22845) < 2e-5


@given(CHINA)
def test_inverse_undoes_the_shift_to_a_tenth_of_a_millimetre(place: tuple[float, float]) -> None:
    there = from_wgs84(*place)
    back = to_wgs84(*there)
    assert abs(float(back[0]) - place[0]) < 1e-9
    assert abs(float(back[1]) - place[1]) < 1e-9


@given(CHINA)
def test_shift_is_hundreds_of_metres(place: tuple[float, float]) -> None:
    lon, lat = from_wgs84(*place)
    metres = np.hypot((float(lon) - place[0]) * np.cos(np.radians(place[1])), float(lat) - place[1]) * 111_320
    assert 10 < metres < 1_500


def test_outside_the_defined_box_nothing_moves() -> None:
    assert [float(value) for value in from_wgs84(2.35, 48.86)] == [2.35, 48.86]
    assert [float(value) for value in to_wgs84(2.35, 48.86)] == [2.35, 48.86]


def test_arrays_keep_their_shape() -> None:
    lon, lat = to_wgs84(np.full((3, 2), 106.5), np.full((3, 2), 29.5))
    assert lon.shape == lat.shape == (3, 2)
    assert np.ptp(lon) == 0.0
