"""Where towns, villages and grids may lie: points that stand for areas, gathered into compact groups of given size.

Pure and deterministic for one random generator. Everything here is a sketch in floats; `arrangement` makes exact
faces of it. Positions are in stretched steps: integer longitude × STRETCH, integer latitude.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from chengyun.territory.geometry import STRETCH, Bools, Floats, Ints, Ring

_SAMPLES_PER_GRID = 24
_CELLS_OF_SMALLEST_TOWN = 40


@dataclass(frozen=True, slots=True)
class VillagePlan:
    """A village to place: its share of the town's area, its number of grids, whether it seeks the centre."""

    key: str
    weight: float
    grids: int
    central: bool


@dataclass(frozen=True, slots=True)
class TownPlan:
    """A town to place: its share of the district's area, whether it seeks the seat, its villages, a place it is near."""

    key: str
    weight: float
    central: bool
    villages: tuple[VillagePlan, ...]
    near: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class DistrictPlan:
    """A district to divide: its closed outline, the integer position of its seat, its towns."""

    key: str
    ring: Ring
    seat: tuple[int, int]
    towns: tuple[TownPlan, ...]


@dataclass(frozen=True, slots=True)
class _Wishes:
    """Groups to form around a centre: weights, which of them seek the centre, where they should begin (or NaN)."""

    centre: Floats
    weights: Floats
    central: Bools
    anchors: Floats


@dataclass(frozen=True, slots=True)
class Sites:
    """One integer position per grid and the index of its village in order of the plan."""

    points: Ints
    village: Ints


@dataclass(frozen=True, slots=True)
class Lattice:
    """Square cells whose centres lie in an outline: stretched centres (n, 2), column and row (n, 2), cell size."""

    centres: Floats
    places: Ints
    step: float


def sites(plan: DistrictPlan, rng: Generator) -> Sites:
    """Positions of all grids of a district, at least one per village, all inside the outline and distinct."""
    lattice = _lattice(plan.ring, _cells(plan))
    label = _gather(lattice.centres, _wishes(plan), 50, rng)
    _reconnect(lattice.places, label)
    area = shapely.Polygon(plan.ring * np.array([STRETCH, 1.0]))
    shapely.prepare(area)
    found, villages, first = [], [], 0
    for index, town in enumerate(plan.towns):
        mine = lattice.centres[label == index]
        points, village = _town_sites(town, _sample(area, mine, lattice.step, town, rng), rng)
        found.append(points)
        villages.append(village + first)
        first += len(town.villages)
    return Sites(np.concatenate(found), np.concatenate(villages))


def _wishes(plan: DistrictPlan) -> _Wishes:
    near = [(np.nan, np.nan) if town.near is None else town.near for town in plan.towns]
    return _Wishes(
        np.array(plan.seat) * np.array([STRETCH, 1.0]),
        np.array([town.weight for town in plan.towns]),
        np.array([town.central for town in plan.towns]),
        np.array(near, dtype=np.float64) * np.array([STRETCH, 1.0]),
    )


def _cells(plan: DistrictPlan) -> int:
    weights = np.array([town.weight for town in plan.towns])
    smallest = float(weights.min() / weights.sum())
    return int(min(24_000, max(2_000, _CELLS_OF_SMALLEST_TOWN / smallest)))


def _lattice(ring: Ring, cells: int) -> Lattice:
    flat = ring * np.array([STRETCH, 1.0])
    area = shapely.Polygon(flat)
    step = float(np.sqrt(area.area / cells))
    low, high = flat.min(axis=0), flat.max(axis=0)
    count = np.ceil((high - low) / step).astype(int) + 1
    places = np.stack(np.meshgrid(np.arange(count[0]), np.arange(count[1])), axis=-1).reshape(-1, 2)
    centres = low + (places + 0.5) * step
    inside = shapely.contains_xy(area, centres)
    return Lattice(centres[inside], places[inside], step)


def _spread(points: Floats, count: int, rng: Generator, taken: Floats | None = None) -> list[int]:
    """Indices of `count` points far from each other and from those taken (farthest-point sampling)."""
    chosen: list[int] = []
    distance = np.full(len(points), np.inf)
    for place in () if taken is None else taken:
        distance = np.minimum(distance, np.sum((points - place) ** 2, axis=1))
    while len(chosen) < count:
        nearest = int(np.argmax(distance)) if np.isfinite(distance[0]) else int(rng.integers(len(points)))
        chosen.append(nearest)
        distance = np.minimum(distance, np.sum((points - points[nearest]) ** 2, axis=1))
    return chosen


def _seeds(points: Floats, wishes: _Wishes, rng: Generator) -> Floats:
    """First positions: anchored groups at the point nearest to their anchor; of the others the central ones spread
    over the points nearest to the centre, the rest over the rest."""
    seeds = np.full((len(wishes.weights), 2), np.nan)
    for group in np.flatnonzero(~np.isnan(wishes.anchors[:, 0])).tolist():
        seeds[group] = points[np.argmin(np.sum((points - wishes.anchors[group]) ** 2, axis=1))]
    order = np.argsort(np.sum((points - wishes.centre) ** 2, axis=1), kind="stable")
    share = float(wishes.weights[wishes.central].sum() / wishes.weights.sum())
    count = int(wishes.central.sum())
    inner = min(max(round(len(points) * share), count), len(points) - len(seeds) + count)
    for members, pool in ((wishes.central, order[:inner]), (~wishes.central, order[inner:])):
        free = np.flatnonzero(members & np.isnan(seeds[:, 0]))
        taken = seeds[~np.isnan(seeds[:, 0])]
        if len(free):
            seeds[free] = points[pool][_spread(points[pool], len(free), rng, taken)]
    return seeds


def _gather(places: Floats, wishes: _Wishes, rounds: int, rng: Generator) -> Ints:
    """Label every place with a group so that groups are compact (power cells) and sized like their weights.

    Every group keeps at least one place; needs at least as many places as groups.
    """
    share = wishes.weights / wishes.weights.sum()
    seeds = _seeds(places, wishes, rng) - wishes.centre
    points = places - wishes.centre
    goal = share * len(points)
    spacing = float(np.prod(np.ptp(points, axis=0) + 1.0)) / len(points) * 0.7
    bonus = np.zeros(len(share))
    squares = np.sum(points**2, axis=1)[:, None]
    label = np.zeros(len(points), dtype=np.int64)
    for turn in range(rounds):
        distance = squares - 2.0 * points @ seeds.T + np.sum(seeds**2, axis=1)
        label = np.argmin(distance - bonus, axis=1)
        size = np.bincount(label, minlength=len(share))
        bonus += (goal - size) * spacing / np.pi * (0.8 if turn < rounds // 2 else 0.3)
        _follow(points, label, size, seeds)
    _fill_empty(points, label, seeds)
    return label


def _follow(points: Floats, label: Ints, size: Ints, seeds: Floats) -> None:
    """Move the seeds to the middles of their groups."""
    alive = size > 0
    for axis in (0, 1):
        total = np.bincount(label, weights=points[:, axis], minlength=len(seeds))
        seeds[alive, axis] = total[alive] / size[alive]


def _fill_empty(points: Floats, label: Ints, seeds: Floats) -> None:
    """Give every group without point the nearest point of a group that has more than one."""
    size = np.bincount(label, minlength=len(seeds))
    for group in np.flatnonzero(size == 0):
        distance = np.sum((points - seeds[group]) ** 2, axis=1)
        distance[size[label] < 2] = np.inf
        taken = int(np.argmin(distance))
        size[label[taken]] -= 1
        size[group] = 1
        label[taken] = group


def _reconnect(places: Ints, label: Ints) -> None:
    """Give lattice cells that lie apart from their group's main part to a group beside them."""
    at = {(x, y): i for i, (x, y) in enumerate(places.tolist())}
    beside = [
        [at[near] for near in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)) if near in at]
        for x, y in places.tolist()
    ]
    _bridge(places, beside)
    for _ in range(8):
        loose = _apart(beside, label.tolist())
        if not loose:
            return
        for cell in loose:
            others = [int(label[near]) for near in beside[cell] if near not in loose]
            if others:
                label[cell] = max(others, key=others.count)


def _bridge(places: Ints, beside: list[list[int]]) -> None:
    """Where the outline is narrower than a cell and the lattice falls apart: link each part to the main one."""
    everything = [0] * len(beside)
    while loose := _apart(beside, everything):
        inner = np.array(sorted(set(range(len(beside))) - loose))
        outer = np.array(sorted(loose))
        gaps = [int(np.min(np.sum((places[inner] - places[cell]) ** 2, axis=1))) for cell in outer]
        cell = int(outer[int(np.argmin(gaps))])
        near = int(inner[int(np.argmin(np.sum((places[inner] - places[cell]) ** 2, axis=1)))])
        beside[cell].append(near)
        beside[near].append(cell)


def _apart(beside: list[list[int]], label: list[int]) -> set[int]:
    """Cells outside the largest connected part of their group."""
    main: dict[int, list[int]] = {}
    loose: set[int] = set()
    seen = [False] * len(label)
    for first in range(len(label)):
        if seen[first]:
            continue
        seen[first], part = True, [first]
        for cell in part:
            for near in beside[cell]:
                if not seen[near] and label[near] == label[first]:
                    seen[near] = True
                    part.append(near)
        before = main.get(label[first], [])
        keep, drop = (part, before) if len(part) > len(before) else (before, part)
        main[label[first]] = keep
        loose.update(drop)
    return loose


def _sample(area: shapely.Polygon, cells: Floats, step: float, town: TownPlan, rng: Generator) -> Floats:
    """Points spread over a town's cells, about 24 per grid, all inside the outline."""
    need = _SAMPLES_PER_GRID * sum(village.grids for village in town.villages)
    fine = int(np.ceil(np.sqrt(need / len(cells))))
    offsets = (np.stack(np.meshgrid(np.arange(fine), np.arange(fine)), -1).reshape(-1, 2) + 0.5) / fine - 0.5
    points = (cells[:, None, :] + offsets[None, :, :] * step).reshape(-1, 2)
    points = points + rng.uniform(-0.4, 0.4, points.shape) * step / fine
    whole = np.rint(points / np.array([STRETCH, 1.0]))
    points = np.unique(whole, axis=0) * np.array([STRETCH, 1.0])
    return np.asarray(points[shapely.contains_xy(area, points)])


def _town_sites(town: TownPlan, points: Floats, rng: Generator) -> tuple[Ints, Ints]:
    wishes = _Wishes(
        np.median(points, axis=0),
        np.array([village.weight for village in town.villages]),
        np.array([village.central for village in town.villages]),
        np.full((len(town.villages), 2), np.nan),
    )
    label = _gather(points, wishes, 25, rng)
    found, owner = [], []
    order = np.argsort(label, kind="stable")
    cuts = np.searchsorted(label[order], np.arange(len(town.villages) + 1))
    for index, village in enumerate(town.villages):
        mine = points[order[cuts[index] : cuts[index + 1]]]
        chosen = _grid_sites(mine, min(village.grids, len(mine)), rng)
        found.append(chosen)
        owner.append(np.full(len(chosen), index))
    flat = np.concatenate(found) / np.array([STRETCH, 1.0])
    return np.rint(flat).astype(np.int64), np.concatenate(owner)


def _grid_sites(points: Floats, count: int, rng: Generator) -> Floats:
    """`count` of the points, evenly spread over them but not regular."""
    chosen = points[_spread(points, count, rng)]
    for _ in range(2):
        distance = np.sum((points[:, None, :] - chosen[None, :, :]) ** 2, axis=2)
        label = np.argmin(distance, axis=1)
        size = np.bincount(label, minlength=count)
        middle = chosen.copy()
        _follow(points, label, size, middle)
        offset = np.sum((points - middle[label]) ** 2, axis=1)
        for group in range(count):
            mine = np.flatnonzero(label == group)
            chosen[group] = points[mine[np.argmin(offset[mine])]]
    return chosen
