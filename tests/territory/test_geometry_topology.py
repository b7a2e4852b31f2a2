"""Exact union of faces that share edges."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.territory.geometry import Ints, doubled_area
from chengyun.territory.topology import Polygon, dissolve, mesh

ORIGIN = np.array([106_000_000, 29_000_000])


def cell(x: int, y: int) -> Polygon:
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    return [(square + np.array([x, y])) * 1000 + ORIGIN]


def as_shape(polygons: list[Polygon]) -> shapely.Geometry:
    return shapely.multipolygons([shapely.Polygon(outer, holes) for outer, *holes in polygons])


def area(polygons: list[Polygon]) -> int:
    return sum(doubled_area(ring) for polygon in polygons for ring in polygon)


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40))
def test_union_of_cells_is_exact(places: set[tuple[int, int]]) -> None:
    cells = [cell(x, y) for x, y in sorted(places)]
    union = dissolve(cells)
    assert area(union) == 2 * 1000 * 1000 * len(places)
    assert all(shapely.Polygon(outer, holes).is_valid for outer, *holes in union)
    expected = shapely.union_all([shapely.Polygon(c[0]) for c in cells])
    assert shapely.equals(as_shape(union), expected)


def test_hole_stays_a_hole_and_an_island_in_it_a_part() -> None:
    ring = [cell(x, y) for x in range(5) for y in range(5) if x in (0, 4) or y in (0, 4)]
    union = dissolve([*ring, cell(2, 2)])
    assert sorted(len(polygon) for polygon in union) == [1, 2]
    assert area(union) == 2 * 1000 * 1000 * 17


def test_cells_that_touch_at_a_corner_stay_two_simple_parts() -> None:
    union = dissolve([cell(0, 0), cell(1, 1)])
    assert [len(polygon) for polygon in union] == [1, 1]


def test_overlap_is_refused() -> None:
    with pytest.raises(ValueError, match="same side"):
        dissolve([cell(0, 0), cell(0, 0)])


def test_nothing_dissolves_to_nothing() -> None:
    assert dissolve([]) == []


def test_mesh_knows_neighbours_and_areas() -> None:
    net = mesh([cell(0, 0)[0], cell(1, 0)[0]])
    shared: Ints = np.flatnonzero(net.twin >= 0)
    assert sorted(net.face[shared].tolist()) == [0, 1]
    assert net.areas().tolist() == [2_000_000, 2_000_000]
    assert np.array_equal(net.ring(1), np.vstack([net.ring(1)[:-1], net.ring(1)[:1]]))
