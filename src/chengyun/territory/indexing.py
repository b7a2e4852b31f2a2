"""Builds the locator of `index` from the rings of a partition; vectorised, seconds for 65,000 grids."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chengyun.territory.index import MIXED, OUTSIDE, Edges, Index, Int32s
from chengyun.territory.shapes import Ints, RingSet, ramp

_MAX_CELLS = 4_000_000
_LINK = -3  # while building, value v <= _LINK means "same face as cell _LINK - v"


def build(rings: RingSet) -> Index:
    """The index of a partition. Raises ValueError without a single ring."""
    if not len(rings.xy):
        raise ValueError("no shapes to index")
    edges, across = match_edges(rings)
    origin, cell, columns, rows = _raster(rings, len(edges.px))
    cells, members = _cells_of(edges, origin, cell, columns)
    offsets, entries = _grouped(cells, members, columns * rows)
    outer = np.flatnonzero((edges.west == OUTSIDE) | (edges.east == OUTSIDE))
    outer_cells, outer_entries = _outer_cells(edges, outer, origin, cell, columns)
    draft = Index(
        rings, across, edges, origin, cell, columns, rows, np.zeros(0, np.int32), offsets,
        entries.astype(np.int32), outer, outer_cells, outer_entries, np.searchsorted(rings.owner, np.arange(len(rings.ids) + 1)),
    )  # fmt: skip
    return replace(draft, cell_face=_fill_cells(draft))


def match_edges(rings: RingSet) -> tuple[Edges, Ints]:
    """Join the two sides of every edge. Returns the edges and, per vertex, the face beyond the edge that
    leaves it (OUTSIDE at the border of the whole)."""
    xy = rings.xy.astype(np.int64)
    key = (xy[:, 1] << 32) + xy[:, 0]  # orders by y, then x
    nxt = rings.following
    low, high = np.minimum(key, key[nxt]), np.maximum(key, key[nxt])
    order = _by_pair(low, high)
    same = (low[order[1:]] == low[order[:-1]]) & (high[order[1:]] == high[order[:-1]])
    first = np.concatenate([[True], ~same])
    lead = order[first]
    twin = np.full(len(lead), -1, dtype=np.int64)
    group = np.cumsum(first) - 1
    twin[group[~first]] = order[~first]
    face = rings.vertex_owner
    paired = twin >= 0
    across = np.full(len(xy), OUTSIDE, dtype=np.int64)
    across[lead[paired]] = face[twin[paired]]
    across[twin[paired]] = face[lead[paired]]
    upward = key[lead] < key[nxt[lead]]
    mine, other = face[lead], across[lead]
    p, q = np.where(upward, lead, nxt[lead]), np.where(upward, nxt[lead], lead)
    west, east = np.where(upward, mine, other), np.where(upward, other, mine)
    return Edges(xy[p, 0], xy[p, 1], xy[q, 0], xy[q, 1], west, east), across


def _by_pair(low: Ints, high: Ints) -> Ints:
    """Positions that bring equal (low, high) pairs together; one sort of a mixed key, checked exactly after."""
    mixed = low.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) ^ (
        high.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    )
    order = np.argsort(mixed)
    clash = (mixed[order[1:]] == mixed[order[:-1]]) & (
        (low[order[1:]] != low[order[:-1]]) | (high[order[1:]] != high[order[:-1]])
    )
    return np.lexsort((high, low)) if clash.any() else order


def _raster(rings: RingSet, edges: int) -> tuple[tuple[int, int], int, int, int]:
    low, high = rings.xy.min(axis=0).astype(np.int64), rings.xy.max(axis=0).astype(np.int64)
    width, height = int(high[0] - low[0]) + 1, int(high[1] - low[1]) + 1
    wanted = min(max(2 * edges, 1024), _MAX_CELLS)
    cell = max(1, int((width * height / wanted) ** 0.5))
    return (int(low[0]), int(low[1])), cell, width // cell + 1, height // cell + 1


def _cells_of(e: Edges, origin: tuple[int, int], cell: int, columns: int) -> tuple[Ints, Ints]:
    """Every (cell, edge) where an edge crosses a cell, row by row; generous by one unit at the sides.
    Level edges count too: they decide nothing in the walk, but a cell that they cross is not one face."""
    bottom, top = (e.py - origin[1]) // cell, (e.qy - origin[1]) // cell
    spans = top - bottom + 1
    edge, row = np.repeat(np.arange(len(e.px)), spans), np.repeat(bottom, spans) + ramp(spans)
    py, rise = e.py[edge], np.maximum(e.qy[edge] - e.py[edge], 1)
    run, px = e.qx[edge] - e.px[edge], e.px[edge]
    low = np.maximum(py, origin[1] + row * cell) - py
    high = np.minimum(e.qy[edge], origin[1] + (row + 1) * cell) - py
    level = e.qy[edge] == e.py[edge]
    a, b = px + low * run / rise, px + np.where(level, run, high * run / rise)
    left = np.maximum((np.floor(np.minimum(a, b)).astype(np.int64) - 1 - origin[0]) // cell, 0)
    right = np.minimum((np.ceil(np.maximum(a, b)).astype(np.int64) + 1 - origin[0]) // cell, columns - 1)
    widths = right - left + 1
    column = np.repeat(left, widths) + ramp(widths)
    return np.repeat(row, widths) * columns + column, np.repeat(edge, widths)


def _grouped(cells: Ints, members: Ints, total: int) -> tuple[Ints, Ints]:
    offsets = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=total))]).astype(np.int64)
    return offsets, members[np.argsort(cells, kind="stable")]


def _outer_cells(
    e: Edges, outer: Ints, origin: tuple[int, int], cell: int, columns: int
) -> tuple[Ints, Ints]:
    """Cells whose closed square an outer edge's box touches, sorted, with the edge each."""
    left = (np.minimum(e.px[outer], e.qx[outer]) - origin[0]) // cell
    right = (np.maximum(e.px[outer], e.qx[outer]) - origin[0]) // cell
    bottom, top = (e.py[outer] - origin[1]) // cell, (e.qy[outer] - origin[1]) // cell
    widths, counts = right - left + 1, (right - left + 1) * (top - bottom + 1)
    step, width = ramp(counts), np.repeat(widths, counts)
    column = np.repeat(left, counts) + step % width
    cells = (np.repeat(bottom, counts) + step // width) * columns + column
    order = np.argsort(cells, kind="stable")
    return cells[order], np.repeat(outer, counts)[order]


def _fill_cells(index: Index) -> Int32s:
    """The face of every edge-free cell: that of its western neighbour, or what a walk from there finds."""
    total = index.columns * index.rows
    empty = np.diff(index.offsets) == 0
    face = np.full(total, MIXED, dtype=np.int64)
    cell = np.arange(total)
    first_column = cell % index.columns == 0
    western = empty & ~first_column
    western[1:] &= empty[:-1]
    face[western] = _LINK - (cell[western] - 1)
    face[empty & first_column] = OUTSIDE
    seeds = np.flatnonzero(empty & ~western & ~first_column)
    face[seeds] = _seed_faces(index, face, seeds)
    _follow_links(face)
    return face.astype(np.int32)


def _seed_faces(index: Index, face: Ints, seeds: Ints) -> Ints:
    """Faces of edge-free cells right of a mixed one; may answer with a link to an earlier edge-free cell."""
    column, row = seeds % index.columns, seeds // index.columns
    x, y = index.origin[0] + column * index.cell, index.origin[1] + row * index.cell
    linked = np.where(face == MIXED, MIXED, _LINK - np.arange(len(face)))
    return index.walk(x, y, column - 1, row, linked)


def _follow_links(face: Ints) -> None:
    """Replace links by what they point to; each pass halves the longest chain."""
    while True:
        at = np.flatnonzero(face <= _LINK)
        if not len(at):
            return
        face[at] = face[_LINK - face[at]]
