"""Proof that a partition is exact: a report that lists every violation, empty when there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from chengyun.territory.geometry import Ints, doubled_area
from chengyun.territory.topology import Mesh, Polygon, mesh, outlines


@dataclass(frozen=True, slots=True)
class Report:
    """What was found: regions per level, edges shared and outside, the city's doubled area, and all problems."""

    counts: Mapping[str, int]
    inner_edges: int
    outer_edges: int
    doubled_area: int
    problems: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check_levels(
    rings: Mapping[str, Sequence[Polygon]],
    levels: Mapping[str, Sequence[str]],
    parents: Mapping[str, str | None],
) -> Report:
    """Check grids against every level above. `levels` maps level names from the top to keys, the last being grids."""
    counts = {level: len(keys) for level, keys in levels.items()}
    names = list(levels)
    grids = levels[names[-1]]
    problems = _holes_and_parts(rings, grids)
    try:
        net = mesh([rings[key][0][0] for key in grids])
    except (KeyError, ValueError) as error:
        return Report(counts, 0, 0, 0, (*problems, f"grids do not form a mesh: {error}"))
    problems += _not_simple([rings[key][0][0] for key in grids], grids)
    label, area = np.arange(len(grids)), net.areas()
    keys: Sequence[str] = grids
    for level in reversed(names[:-1]):
        upper = {key: index for index, key in enumerate(levels[level])}
        step = np.array([upper.get(parents[key] or "", -1) for key in keys])
        if np.any(step < 0):
            problems.append(f"{keys[int(np.argmin(step))]} has no parent of level {level}")
            break
        sums = np.zeros(len(upper), dtype=np.int64)
        np.add.at(sums, step, area)
        label, area, keys = step[label], sums, levels[level]
        problems += _level(net, label, area, keys)
    outside = int(np.count_nonzero(net.twin < 0))
    inside = (len(net.twin) - outside) // 2
    return Report(counts, inside, outside, int(net.areas().sum()), tuple(problems))


def _holes_and_parts(rings: Mapping[str, Sequence[Polygon]], grids: Sequence[str]) -> list[str]:
    problems = [f"{key} has no shape" for key in grids if key not in rings]
    problems += [f"{key} is not a grid" for key in rings.keys() - set(grids)]
    return problems + [
        f"{key} is not one polygon without holes" for key, p in rings.items() if [len(q) for q in p] != [1]
    ]


def _not_simple(rings: Sequence[Ints], keys: Sequence[str]) -> list[str]:
    short = [
        f"{key} has fewer than three corners" for key, ring in zip(keys, rings, strict=True) if len(ring) < 4
    ]
    if short:
        return short
    flat = np.concatenate(rings).astype(np.float64)
    index = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    shapes = shapely.polygons(shapely.linearrings(flat, indices=index))
    crossing = [
        f"{keys[i]} crosses or touches itself" for i in np.flatnonzero(~shapely.is_valid(shapes)).tolist()
    ]
    wrong = [
        f"{key} has no area to its left"
        for key, ring in zip(keys, rings, strict=True)
        if doubled_area(ring) <= 0
    ]
    return crossing + wrong


def _level(net: Mesh, label: Ints, area: Ints, keys: Sequence[str]) -> list[str]:
    """Every region of the level is one simple polygon whose area is the sum of its children's."""
    try:
        found = outlines(net, label)
    except ValueError as error:
        return [f"outlines cannot be drawn: {error}"]
    problems = [f"{key} has nothing below it" for i, key in enumerate(keys) if i not in found]
    outer, named = [], []
    for i, polygons in sorted(found.items()):
        if [len(polygon) for polygon in polygons] != [1]:
            problems.append(f"{keys[i]} is not one polygon without holes")
            continue
        outer.append(polygons[0][0])
        named.append(keys[i])
        if doubled_area(polygons[0][0]) != int(area[i]):
            problems.append(f"{keys[i]}: the area inside its outline differs from the sum of its parts")
    return problems + (_not_simple(outer, named) if outer else [])
