"""The territory for the engine: parents before children, children of one parent side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chengyun.vitals.contracts import LEVELS

Places = NDArray[np.int32]  # indexes
Ids = NDArray[np.int64]
_DEEPEST = 16


class PlanError(ValueError):
    """The definitions or the territory cannot be planned; the text says what is wrong with which."""


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions in force as columns: id, level (an index into LEVELS), parent's id (-1: none)."""

    id: Ids
    level: NDArray[np.int8]
    parent: Ids


@dataclass(frozen=True, slots=True)
class Tree:
    """Regions in the order of the engine. `up[level][r]` is r, or its first ancestor that is at least of `level`
    (-1: none); `sorted_id`, `by_id` find a region by its id.
    """

    id: Ids
    level: NDArray[np.int8]
    parent: Places  # -1: none
    depth: NDArray[np.int8]  # 0: a root
    up: tuple[Places, ...]
    sorted_id: Ids
    by_id: Places

    def __len__(self) -> int:
        return len(self.id)

    def find(self, ids: Ids) -> Places:
        """Places of regions; -1 where a region is unknown."""
        return _find(self.sorted_id, self.by_id, ids)


def plant(regions: Regions) -> Tree:
    """The tree of `regions`. Raises PlanError where a parent is unknown or a region is above itself."""
    by_id = np.argsort(regions.id, kind="stable").astype(np.int32)
    parent = _find(regions.id[by_id], by_id, regions.parent)
    if bool(np.any((parent < 0) & (regions.parent >= 0))):
        raise PlanError("a region's parent is not among the regions")
    order, depth = _by_depth(regions.id, parent)
    place = np.empty(len(order) + 1, np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    place[-1] = -1  # of "no parent"
    ids, level, above = regions.id[order], regions.level[order], place[parent[order]]
    by_new_id = np.argsort(ids, kind="stable").astype(np.int32)
    up = tuple(_at_least(lowest, level, above) for lowest in range(len(LEVELS)))
    return Tree(ids, level, above, depth, up, ids[by_new_id], by_new_id)


def _by_depth(ids: Ids, parent: Places) -> tuple[Ids, NDArray[np.int8]]:
    """Order of the regions and depth of each in that order."""
    rank = np.full(len(ids), -1, np.int64)
    layer = np.flatnonzero(parent < 0)
    layers: list[Ids] = []
    done = 0
    while len(layer):
        layer = layer[np.lexsort((ids[layer], rank[parent[layer]] if layers else ids[layer]))]
        rank[layer] = np.arange(done, done + len(layer))
        layers.append(layer)
        done += len(layer)
        if len(layers) > _DEEPEST:
            break
        waiting = np.flatnonzero(rank < 0)
        layer = waiting[rank[parent[waiting]] >= 0]
    if done < len(ids):
        raise PlanError("regions stand above themselves, or more than 16 deep")
    depth = np.repeat(np.arange(len(layers), dtype=np.int8), [len(layer) for layer in layers])
    return np.concatenate(layers) if layers else np.empty(0, np.int64), depth


def _at_least(lowest: int, level: NDArray[np.int8], parent: Places) -> Places:
    found = np.arange(len(level), dtype=np.int32)
    while True:
        climbing = (found >= 0) & (level[found] < lowest)
        if not climbing.any():
            return found
        found[climbing] = parent[found[climbing]]


def _find(sorted_id: Ids, by_id: Places, ids: Ids) -> Places:
    if len(sorted_id) == 0:
        return np.full(len(ids), -1, np.int32)
    where = np.minimum(np.searchsorted(sorted_id, ids), len(sorted_id) - 1)
    return np.where(sorted_id[where] == ids, by_id[where], -1).astype(np.int32)
