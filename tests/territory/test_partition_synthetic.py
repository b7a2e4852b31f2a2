"""The exact partition on small invented cities: adjoining districts with a crooked common border."""

from collections import Counter
from fractions import Fraction

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chengyun.territory.checking import check_levels
from chengyun.territory.geometry import Ints, Ring, close, doubled_area
from chengyun.territory.layout import DistrictPlan, TownPlan, VillagePlan
from chengyun.territory.partition import divide

WEST, SOUTH, SIZE = 106_500_000, 29_500_000, 100_000
heights = st.lists(st.integers(1, 60), min_size=3, max_size=9)
bends = st.integers(-35_000, 35_000)


def city(crooked: list[int], shapes: list[list[tuple[int, int]]]) -> list[DistrictPlan]:
    """Two districts side by side; `crooked` bends their common border, `shapes` are (villages, grids) per town."""
    steps = np.linspace(0, SIZE, len(crooked) + 2).astype(int)
    inner = [(WEST + SIZE + bend, SOUTH + int(y)) for bend, y in zip(crooked, steps[1:-1], strict=True)]
    line = [(WEST + SIZE, SOUTH), *inner, (WEST + SIZE, SOUTH + SIZE)]
    left = [(WEST, SOUTH), *line, (WEST, SOUTH + SIZE)]
    right = [(WEST + 2 * SIZE, SOUTH), (WEST + 2 * SIZE, SOUTH + SIZE), *line[::-1]]
    plans = []
    for number, (corners, towns) in enumerate(zip((left, right), shapes, strict=True)):
        ring = close(np.array(corners, dtype=np.int64))
        seat = (WEST + number * SIZE + SIZE // 2, SOUTH + SIZE // 2)
        plans.append(
            DistrictPlan(
                f"{number}", ring, seat, tuple(town(f"{number}{i}", *t) for i, t in enumerate(towns))
            )
        )
    return plans


def town(key: str, villages: int, grids: int) -> TownPlan:
    members = tuple(VillagePlan(f"{key}{i:02d}", 1.0 + i % 3, grids, i % 2 == 0) for i in range(villages))
    return TownPlan(key, float(villages), key.endswith("0"), members)


def levels_of(
    plans: list[DistrictPlan], rings: dict[str, Ring]
) -> tuple[dict[str, list[str]], dict[str, str | None]]:
    parents: dict[str, str | None] = {"city": None}
    levels: dict[str, list[str]] = {
        "city": ["city"],
        "district": [],
        "town": [],
        "village": [],
        "grid": list(rings),
    }
    for plan in plans:
        parents[plan.key] = "city"
        levels["district"].append(plan.key)
        for member in plan.towns:
            parents[member.key] = plan.key
            levels["town"].append(member.key)
            for village in member.villages:
                parents[village.key] = member.key
                levels["village"].append(village.key)
    parents.update({key: key.partition("-")[0] for key in rings})
    return levels, parents


def holds(ring: Ring, x: Fraction, y: Fraction) -> bool:
    """Exact even-odd test with rational arithmetic, independent of the product's own."""
    inside = False
    for (ax, ay), (bx, by) in zip(ring[:-1].tolist(), ring[1:].tolist(), strict=True):
        if (ay <= y) != (by <= y):
            cross = ax + (y - ay) * Fraction(bx - ax, by - ay)
            inside ^= cross > x
    return inside


shapes = st.lists(st.tuples(st.integers(1, 4), st.integers(2, 6)), min_size=1, max_size=4)


@example([0, 0, 34322], [(1, 2)], [(1, 2)], 2)  # no edge inside a district, so nothing to roughen
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(bends, max_size=6), shapes, shapes, st.integers(0, 1000))
def test_any_city_is_divided_exactly(
    crooked: list[int], first: list[tuple[int, int]], second: list[tuple[int, int]], seed: int
) -> None:
    plans = city(crooked, [first, second])
    rings = divide(plans, seed)
    levels, parents = levels_of(plans, rings)
    report = check_levels({key: [[ring]] for key, ring in rings.items()}, levels, parents)
    assert report.problems == ()
    assert report.doubled_area == 2 * 2 * SIZE * SIZE
    assert set(parents[key] for key in rings) == set(levels["village"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(bends, max_size=4), shapes, shapes, st.integers(0, 1000))
def test_every_edge_is_shared_by_two_grids_or_outside(
    crooked: list[int], first: list[tuple[int, int]], second: list[tuple[int, int]], seed: int
) -> None:
    rings = divide(city(crooked, [first, second]), seed)
    edges = Counter(
        (tuple(a), tuple(b))
        for ring in rings.values()
        for a, b in zip(ring[:-1].tolist(), ring[1:].tolist(), strict=True)
    )
    assert set(edges.values()) == {1}
    low, high = np.array([WEST, SOUTH]), np.array([WEST + 2 * SIZE, SOUTH + SIZE])
    for a, b in edges:
        if (b, a) not in edges:
            assert any(a[i] == b[i] in (low[i], high[i]) for i in (0, 1)), "an inner edge has only one side"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(bends, max_size=4),
    shapes,
    st.integers(0, 100),
    st.lists(st.tuples(st.integers(0, 2 * SIZE - 1), st.integers(0, SIZE - 1)), min_size=5, max_size=20),
)
def test_every_point_lies_in_exactly_one_grid(
    crooked: list[int], towns: list[tuple[int, int]], seed: int, points: list[tuple[int, int]]
) -> None:
    """Also on corners and edges: with half-open crossings each integer point belongs to one grid alone."""
    rings = divide(city(crooked, [towns, towns]), seed)
    corners = [tuple(ring[0].tolist()) for ring in rings.values()]
    inner = [(x, y) for x, y in corners if x < WEST + 2 * SIZE and y < SOUTH + SIZE]
    for x, y in [*((WEST + x, SOUTH + y) for x, y in points), *inner[:20]]:
        assert sum(holds(ring, Fraction(x), Fraction(y)) for ring in rings.values()) == 1


def test_the_same_seed_gives_the_same_city_and_another_seed_another() -> None:
    plans = city([10_000, -10_000], [[(3, 4), (2, 5)], [(2, 3)]])
    one, two, other = divide(plans, 1), divide(plans, 1), divide(plans, 2)
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[key], two[key]) for key in one)
    assert any(not np.array_equal(one[key], other[key]) for key in one.keys() & other.keys())


def test_a_damaged_partition_is_found_out() -> None:
    plans = city([5_000], [[(2, 4)], [(2, 4)]])
    rings = divide(plans, 3)
    levels, parents = levels_of(plans, rings)

    def problems(changed: dict[str, Ring], gone: str | None = None) -> tuple[str, ...]:
        merged = {key: [[ring]] for key, ring in {**rings, **changed}.items() if key != gone}
        return check_levels(merged, levels, parents).problems

    key = next(iter(rings))
    moved: Ints = rings[key].copy()
    moved[1] += 40
    assert problems({}) == ()
    assert problems({key: moved})
    assert problems({key: rings[key][::-1]})
    assert problems({}, gone=key)
    assert problems({key: close(rings[key][:2])})


def test_areas_follow_weights() -> None:
    """Towns of one and of four equal villages take about a fifth and four fifths of a district."""
    plans = city([], [[(1, 6), (4, 6)], [(1, 6), (4, 6)]])
    areas = {"00": 0, "01": 0}
    for key, ring in divide(plans, 5).items():
        if key[:2] in areas:
            areas[key[:2]] += doubled_area(ring)
    assert 0.12 < areas["00"] / sum(areas.values()) < 0.28
