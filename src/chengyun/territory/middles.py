"""A point inside a region, where what concerns all of it is shown; made when first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import shapely

from chengyun.kernel.transactions import Tx
from chengyun.territory.directory import Directory, Shelf, directory
from chengyun.territory.outlines import shells
from chengyun.territory.shapes import SCALE, Ints, RingSet
from chengyun.territory.store import index, read_rings

_LINE = ("grid", "village", "town", "district", "city")  # from the lowest up
_shelf = Shelf()
_rings = Shelf(keep=8)


@dataclass(frozen=True, slots=True)
class Middles:
    """Of one version: region → (lon, lat) in degrees."""

    known: dict[int, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Of one version: `above[region]` (0: none) and `level[region]` (place in `_LINE`, -1: no region in force)."""

    above: Ints
    level: Ints


def middles(tx: Tx, region_ids: Iterable[int]) -> dict[int, tuple[float, float]]:
    """A point (WGS-84 degrees) inside the largest part of each region; regions without a shape are left out."""
    tree = directory(tx)
    known = _shelf.get(Middles, tree.header.digest, Middles).known
    wanted = set(region_ids)
    for region in sorted(wanted - known.keys()):
        ref = tree.refs.get(region)
        spot = _inside(_rings_of(tx, tree, ref.level), region) if ref is not None else None
        if spot is not None:
            known[region] = spot
    return {region: known[region] for region in wanted if region in known}


def above_at(tx: Tx, region_ids: Ints, level: str) -> Ints:
    """For each region the one of `level` that it lies in (itself where it is of that level), by governance; 0 for those
    that stand above the level, are unknown or have ended."""
    tree = directory(tx)
    ladder = _shelf.get(Ladder, tree.header.digest, lambda: _ladder(tree))
    wanted = _LINE.index(level)
    found = np.where((region_ids > 0) & (region_ids < len(ladder.above)), region_ids, 0)
    for _ in range(wanted):
        found = np.where(ladder.level[found] < wanted, ladder.above[found], found)
    return np.where(ladder.level[found] == wanted, found, 0)


def _ladder(tree: Directory) -> Ladder:
    size = max(tree.refs) + 1
    above, level = np.zeros(size, np.int64), np.full(size, -1, np.int64)
    for region, ref in tree.refs.items():
        above[region], level[region] = tree.above.get(region, 0), _LINE.index(ref.level)
    return Ladder(above, level)


def _rings_of(tx: Tx, tree: Directory, level: str) -> RingSet:
    if level == "grid":
        return index(tx).rings
    return _rings.get(RingSet, f"{tree.header.digest}/{level}", lambda: read_rings(tx, tree.header.id, level))


def _inside(rings: RingSet, region: int) -> tuple[float, float] | None:
    at = np.flatnonzero(rings.ids == region)
    if not len(at):
        return None
    largest = max(shells(rings, int(at[0])), key=lambda part: part.area)
    lon, lat = (shapely.get_coordinates(shapely.point_on_surface(largest))[0] / SCALE).tolist()
    return round(lon, 6), round(lat, 6)
