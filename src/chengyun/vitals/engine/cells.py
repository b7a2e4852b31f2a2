"""Cells: a measure in a region, where there are datastreams. Vectorised: a million datastreams take seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chengyun.sensing.contracts import Streams
from chengyun.vitals.contracts import selection
from chengyun.vitals.engine.measures import Measure
from chengyun.vitals.engine.shapes import CELL, TARGET, Array, Records
from chengyun.vitals.engine.tree import Ids, Places, Tree

Properties = Mapping[tuple[str, str], Ids]  # (name, value) → things that have it


@dataclass(frozen=True, slots=True)
class Cells:
    """`streams` of leaf cells side by side; `first`/`targets`: datastream → leaf cells; `counts`: cells of each
    measure; `region` of each cell as a place in the tree, ascending within a measure.
    """

    cells: Records
    streams: Places
    first: Places
    targets: Records
    counts: tuple[int, ...]
    left_out: (
        Ids  # datastreams in no cell: no sign asks for them, or their region is unknown or above the lowest
    )


@dataclass(slots=True)
class _Part:
    """Of one measure: its cells, and cell (from 0) of each of its datastreams."""

    cells: Records
    streams: Places
    leaf: Places


def lay(measures: Sequence[Measure], tree: Tree, streams: Streams, properties: Properties) -> Cells:
    """Cells of all measures, one measure after the other, parents before children."""
    place = tree.find(streams.region)
    scratch = np.full(len(tree) + 1, -1, np.int32)
    of_quantity = _by_quantity(streams)
    parts = []
    for number, measure in enumerate(measures):
        chosen = _chosen(measure, streams, of_quantity, properties)
        parts.append(_part(number, measure, tree, place, chosen, scratch))
    return _joined(parts, tree, len(streams.id), streams.id)


def _by_quantity(streams: Streams) -> dict[str, Places]:
    order = np.argsort(streams.quantity, kind="stable").astype(np.int32)
    edges = np.searchsorted(streams.quantity[order], np.arange(len(streams.quantities) + 1))
    return {code: order[edges[q] : edges[q + 1]] for q, code in enumerate(streams.quantities)}


def _chosen(
    measure: Measure, streams: Streams, of_quantity: Mapping[str, Places], properties: Properties
) -> Places:
    quantity, where = measure.key
    chosen = of_quantity.get(quantity, np.empty(0, np.int32))
    for among, inside in zip(selection(where), (True, False), strict=True):
        for wanted in among:
            having = properties.get(wanted, np.empty(0, np.int64))
            chosen = chosen[np.isin(streams.thing[chosen], having) == inside]
    return chosen


def _part(number: int, measure: Measure, tree: Tree, place: Places, chosen: Places, scratch: Places) -> _Part:
    """`scratch` (-1 everywhere) comes back as it was."""
    chosen = chosen[place[chosen] >= 0]
    chosen = chosen[tree.level[place[chosen]] <= measure.lowest]
    leaf = tree.up[measure.lowest][place[chosen]]
    chosen, leaf = chosen[leaf >= 0], leaf[leaf >= 0]
    regions = _with_ancestors(leaf, tree)
    scratch[regions] = np.arange(len(regions), dtype=np.int32)
    cells = np.zeros(len(regions), CELL)
    cells["measure"], cells["region"], cells["depth"] = number, regions, tree.depth[regions]
    cells["parent"] = scratch[tree.parent[regions]]  # of "no parent" it holds -1
    own = scratch[leaf]
    scratch[regions] = -1
    first = np.searchsorted(cells["parent"], np.arange(len(regions) + 1))
    cells["child_first"], cells["child_end"] = first[:-1], first[1:]
    order = np.argsort(own, kind="stable")
    edges = np.searchsorted(own[order], np.arange(len(regions) + 1))
    cells["stream_first"], cells["stream_end"] = edges[:-1], edges[1:]
    return _Part(cells, chosen[order], own[order])


def _with_ancestors(leaf: Places, tree: Tree) -> Places:
    marked = np.zeros(len(tree), bool)
    layer = leaf
    while len(layer):
        layer = layer[~marked[layer]]
        marked[layer] = True
        layer = tree.parent[layer]
        layer = layer[layer >= 0]
    return np.flatnonzero(marked).astype(np.int32)


def _joined(parts: Sequence[_Part], tree: Tree, n: int, ids: Array) -> Cells:
    cell = stream = 0
    for part in parts:
        cells = part.cells
        cells["parent"] += np.where(cells["parent"] >= 0, cell, 0).astype(np.int32)
        cells["child_first"] += cell
        cells["child_end"] += cell
        cells["stream_first"] += stream
        cells["stream_end"] += stream
        part.leaf += cell
        cell, stream = cell + len(cells), stream + len(part.streams)
    cells = np.concatenate([part.cells for part in parts]) if parts else np.zeros(0, CELL)
    streams = _concatenated([part.streams for part in parts])
    first, targets = _targets(streams, _concatenated([part.leaf for part in parts]), cells, n)
    left_out = ids[np.diff(first) == 0]
    return Cells(cells, streams, first, targets, tuple(len(part.cells) for part in parts), left_out)


def _concatenated(columns: Sequence[Places]) -> Places:
    return np.concatenate(columns) if columns else np.empty(0, np.int32)


def _targets(streams: Places, leaf: Places, cells: Records, n: int) -> tuple[Places, Records]:
    first = np.zeros(n + 1, np.int32)
    np.cumsum(np.bincount(streams, minlength=n), out=first[1:])
    order = np.argsort(streams, kind="stable")
    targets = np.empty(len(order), TARGET)
    targets["cell"] = leaf[order]
    targets["measure"] = cells["measure"][leaf[order]]
    return first, targets
