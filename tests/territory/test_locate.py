"""Which grid is this: exact borders, what lies outside, the vectorised answer equals the single one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.kernel.errors import Invalid, message
from chengyun.kernel.transactions import Tx
from chengyun.territory import service
from chengyun.territory.contracts import OutsideCity
from chengyun.territory.index import OUTSIDE, Index
from chengyun.territory.indexing import build
from chengyun.territory.shapes import Ints, Polygons, decode, encode


def index_of(shapes: list[Polygons]) -> Index:
    """The locator of polygons in 1e-6 degree."""
    return build(decode(range(1, len(shapes) + 1), [encode(shape) for shape in shapes]))


def wobbly(size: int, seed: int, step: int = 90, jitter: int = 35) -> list[Polygons]:
    """size × size faces that share jittered borders of five vertices a side: an exact partition."""
    rng = np.random.default_rng(seed)
    k = 5
    gx, gy = np.meshgrid(np.arange(size * k + 1) * step, np.arange(size * k + 1) * step, indexing="ij")
    gx, gy = (g + rng.integers(-jitter, jitter + 1, g.shape) for g in (gx, gy))
    found: list[Polygons] = []
    for i, j in np.ndindex(size, size):
        a, b = i * k, j * k
        south = [(t, b) for t in range(a, a + k)]
        east = [(a + k, t) for t in range(b, b + k)]
        north = [(t, b + k) for t in range(a + k, a, -1)]
        west = [(a, t) for t in range(b + k, b, -1)]
        found.append([[np.array([(gx[p], gy[p]) for p in south + east + north + west])]])
    return found


def nudged(shapes: list[Polygons], x: Ints, y: Ints) -> Ints:
    """The rule in other words: the face that holds the point moved a hair east and a far smaller hair north."""
    wide = 100_000_000  # no edge of the test passes within 1e-4 of a point that is not on it
    polygons = [shapely.Polygon(shape[0][0].astype(float) * wide) for shape in shapes]
    tree = shapely.STRtree(polygons)
    moved = shapely.points(np.stack([x * wide + 10_000, y * wide + 1], axis=1).astype(float))
    point, face = tree.query(moved, predicate="intersects")
    found = np.full(len(x), OUTSIDE)
    found[point] = face
    return found


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 6))
def test_every_point_belongs_to_the_face_just_east_of_it(seed: int, size: int) -> None:
    shapes = wobbly(size, seed)
    index = index_of(shapes)
    rng = np.random.default_rng(seed)
    free = rng.integers(-60, size * 450 + 60, (300, 2))
    corners = np.concatenate([shape[0][0] for shape in shapes])
    middles = (corners + np.roll(corners, 1, axis=0)) // 2
    points = np.concatenate([free, corners, middles])
    found = index.faces_of(points[:, 0], points[:, 1])
    single = [index.locate(x / 1e6, y / 1e6) for x, y in points.tolist()]
    assert [OUTSIDE if hit is None else hit.face for hit in single] == found.tolist()
    expected = nudged(shapes, points[:, 0], points[:, 1])
    city = shapely.union_all([shapely.Polygon(shape[0][0]) for shape in shapes])
    rim = shapely.intersects(shapely.boundary(city), shapely.points(points.astype(float)))
    assert (found[~rim] == expected[~rim]).all()
    touched = shapely.intersects(city, shapely.points(points[rim].astype(float)))
    assert (found[rim][touched] != OUTSIDE).all()


def test_a_border_that_runs_east_west_belongs_to_the_north() -> None:
    south = [[np.array([(0, 0), (100, 0), (100, 50), (0, 50)])]]
    north = [[np.array([(0, 50), (100, 50), (100, 100), (0, 100)])]]
    found = index_of([south, north]).faces_of(
        np.array([30, 30, 30, 0, 100, 100]), np.array([50, 49, 51, 50, 100, 0])
    )
    assert found.tolist() == [1, 0, 1, 1, 1, 0]


def test_a_hole_is_outside_and_an_island_in_it_is_found() -> None:
    ring = [
        [
            np.array([(0, 0), (90, 0), (90, 90), (0, 90)]),
            np.array([(30, 30), (30, 60), (60, 60), (60, 30)]),
        ]
    ]
    island = [[np.array([(40, 40), (50, 40), (50, 50), (40, 50)])]]
    index = index_of([ring, island])
    assert index.faces_of(np.array([10, 35, 45, 70]), np.array([45] * 4)).tolist() == [0, OUTSIDE, 1, 0]


def test_a_point_gets_its_chain_version_and_distance(city_tx: Tx) -> None:
    found = service.locate(city_tx, 106.461, 29.5005)
    assert found.chain.label == "九龙坡区 · 石桥铺街道 · 寨子坪社区 · 004 网格"
    assert found.version == service.current_version(city_tx)
    assert found.schematic
    assert found.border_m == pytest.approx(0.0005 * 110_860, rel=0.01)
    assert found.neighbour is not None
    assert (
        service.chain_of(city_tx, found.neighbour.id).label == "九龙坡区 · 石桥铺街道 · 寨子坪社区 · 002 网格"
    )


def test_the_neighbour_beyond_the_city_is_nobody(city_tx: Tx) -> None:
    found = service.locate(city_tx, 106.57, 29.5599)
    assert found.neighbour is None


def test_outside_the_city_it_says_how_far(city_tx: Tx) -> None:
    with pytest.raises(OutsideCity) as caught:
        service.locate(city_tx, 106.50, 29.57)
    assert caught.value.distance_m == pytest.approx(0.01 * 110_860, rel=0.01)
    assert caught.value.nearest == "九龙坡区"
    assert "1.1 km" in message(caught.value.code, caught.value.params, "zh")
    assert "九龙坡区" in message(caught.value.code, caught.value.params, "en")


def test_swapped_coordinates_are_recognised(city_tx: Tx) -> None:
    with pytest.raises(OutsideCity) as caught:
        service.locate(city_tx, 29.50, 106.46)
    assert caught.value.swapped
    assert "写反" in message(caught.value.code, caught.value.params, "zh")


@pytest.mark.parametrize(("lon", "lat"), [(181.0, 0.0), (0.0, 91.0), (float("nan"), 29.0)])
def test_impossible_coordinates_are_refused(city_tx: Tx, lon: float, lat: float) -> None:
    with pytest.raises(Invalid) as caught:
        service.locate(city_tx, lon, lat)
    assert caught.value.code == "territory.coordinates"


def test_many_points_at_once_answer_as_one_by_one(city_tx: Tx) -> None:
    service.warm(city_tx)
    rng = np.random.default_rng(7)
    points = rng.uniform((106.35, 29.39), (106.69, 29.57), (400, 2))
    many = service.locate_many(points)
    assert 0 < (many == OUTSIDE).sum() < 400
    for (lon, lat), grid in zip(points, many.tolist(), strict=True):
        if grid == OUTSIDE:
            with pytest.raises(OutsideCity):
                service.locate(city_tx, lon, lat)
        else:
            assert service.locate(city_tx, lon, lat).grid.id == grid
