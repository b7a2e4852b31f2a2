"""Shapes of one level made ready for the tiles of one zoom: projected, simplified, still without gaps.

A border is simplified arc by arc: an arc runs between two points where three faces meet, and both faces
that share it get the same simplified arc. Coordinates are Web-Mercator in units of the world's width / 2^30.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from chengyun.territory.shapes import SCALE, Ints, RingSet, ramp

WORLD_BITS = 30
_TOLERANCE = 3.0  # tile units of 4096 to a tile: 3/8 of a pixel


@dataclass(frozen=True, slots=True)
class Scaled:
    """Rings in world units; with y downwards their outer rings have a positive area, as tiles want it.
    `boxes` (k, 4) west, north, east, south per region; `first` (k + 1,) into the rings."""

    ids: Ints
    xy: NDArray[np.int32]
    starts: Ints
    hole: NDArray[np.bool_]
    first: Ints
    boxes: Ints


def nodes(rings: RingSet) -> Ints:
    """Sorted keys of the points where an arc must not be simplified away: three or more faces, or two faces
    and the border of the whole."""
    key = keys(rings)
    points, at, passes = np.unique(key, return_inverse=True, return_counts=True)
    following = at[rings.following]
    pair = np.minimum(at, following) * len(points) + np.maximum(at, following)
    order = np.argsort(pair)
    twin = np.zeros(len(pair), dtype=np.bool_)
    same = pair[order[1:]] == pair[order[:-1]]
    twin[order[1:][same]] = True
    twin[order[:-1][same]] = True
    rim = np.zeros(len(points), dtype=np.bool_)
    rim[at[~twin]] = True
    rim[following[~twin]] = True
    return points[passes + rim > 2]


def keys(rings: RingSet) -> Ints:
    """One number per vertex position."""
    return (rings.xy[:, 1].astype(np.int64) << 32) + rings.xy[:, 0]


def scaled(rings: RingSet, zoom: int | None, fixed: Ints) -> Scaled:
    """Project, and simplify for `zoom` (None: keep every vertex) between the `fixed` node keys."""
    if not len(rings.ids):
        none = np.zeros(0, dtype=np.int64)
        return Scaled(none, rings.xy, none, rings.hole, none, none.reshape(0, 4))
    if zoom is None:
        xy, starts = project(rings.xy), rings.starts
    else:
        xy, starts = _simplified(rings, fixed, _TOLERANCE * 2.0 ** (WORLD_BITS - 12 - zoom))
    xy = _reversed(xy, starts)
    kept = np.diff(starts) >= 3
    owner, hole = rings.owner[kept], rings.hole[kept]
    xy, starts = _select(xy, starts, np.flatnonzero(kept))
    present, first = np.unique(owner, return_index=True)
    low = np.minimum.reduceat(xy, starts[first], axis=0)
    high = np.maximum.reduceat(xy, starts[first], axis=0)
    return Scaled(
        rings.ids[present], xy, starts, hole, np.append(first, len(hole)),
        np.hstack([low, high]).astype(np.int64),
    )  # fmt: skip


def project(xy: NDArray[np.integer]) -> NDArray[np.int32]:
    """1e-6 degrees (n, 2) to world units, y downwards."""
    world = float(1 << WORLD_BITS)
    lon, lat = xy[:, 0] / SCALE, np.radians(xy[:, 1] / SCALE)
    x = (lon / 360.0 + 0.5) * world
    y = (0.5 - np.arcsinh(np.tan(lat)) / (2 * np.pi)) * world
    return np.stack([np.rint(x), np.rint(y)], axis=1).astype(np.int32)


def _reversed(xy: NDArray[np.int32], starts: Ints) -> NDArray[np.int32]:
    """Every ring the other way round: with y downwards, what was counter-clockwise has a negative area."""
    counts = np.diff(starts)
    ring = np.repeat(np.arange(len(counts)), counts)
    return np.asarray(xy[starts[:-1][ring] + starts[1:][ring] - 1 - np.arange(len(xy))])


def _select(xy: NDArray[np.int32], starts: Ints, parts: Ints) -> tuple[NDArray[np.int32], Ints]:
    counts = np.diff(starts)[parts]
    vertices = np.repeat(starts[parts], counts) + ramp(counts)
    return xy[vertices], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _simplified(rings: RingSet, fixed: Ints, tolerance: float) -> tuple[NDArray[np.int32], Ints]:
    key = keys(rings)
    ring_of = np.repeat(np.arange(len(rings.hole)), np.diff(rings.starts))
    head = _arc_heads(rings, key, ring_of, fixed)
    sizes, vertices, ring_of_arc = _arcs(rings, ring_of, head)
    ends = np.cumsum(sizes)
    backward = _backward(key[vertices], ends - sizes, ends)
    arc = np.repeat(np.arange(len(sizes)), sizes)
    vertices = _turned(vertices, ends - sizes, ends, backward, arc)
    lines = shapely.linestrings(project(rings.xy[vertices]).astype(np.float64), indices=arc)
    points, arc = shapely.get_coordinates(
        shapely.simplify(lines, tolerance, preserve_topology=False), return_index=True
    )
    after = np.concatenate([[0], np.cumsum(np.bincount(arc, minlength=len(sizes)))])
    turned = _turned(np.arange(len(points)), after[:-1], after[1:], backward, arc)
    keep = np.ones(len(points), dtype=np.bool_)
    keep[after[1:] - 1] = False  # the next arc of the ring begins there
    xy = np.rint(points[turned[keep]]).astype(np.int32)
    counts = np.bincount(ring_of_arc[arc[keep]], minlength=len(rings.hole))
    return xy, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _arc_heads(rings: RingSet, key: Ints, ring_of: Ints, fixed: Ints) -> Ints:
    """Vertex positions where arcs begin, ascending; a ring without a node begins at its lowest key."""
    at = np.searchsorted(fixed, key)
    is_node = (at < len(fixed)) & (fixed[np.minimum(at, len(fixed) - 1)] == key) if len(fixed) else key < 0
    has_node = np.bincount(ring_of[is_node], minlength=len(rings.hole)) > 0
    lonely = np.flatnonzero(~has_node[ring_of])
    order = lonely[np.lexsort((key[lonely], ring_of[lonely]))]
    lowest = order[np.diff(ring_of[order], prepend=-1) != 0]
    return np.sort(np.concatenate([np.flatnonzero(is_node), lowest]))


def _arcs(rings: RingSet, ring_of: Ints, head: Ints) -> tuple[Ints, Ints, Ints]:
    """Sizes of all arcs, their vertices one after the other (both ends included), and the ring of each."""
    ring = ring_of[head]
    last = np.diff(ring, append=-1) != 0
    first = np.diff(ring, prepend=-1) != 0
    length = np.diff(rings.starts)[ring]
    following = np.roll(head, -1)
    following[last] = head[first] + length[last]
    sizes = following - head + 1
    start = rings.starts[ring]
    offset = np.repeat(head - start, sizes) + ramp(sizes)
    return sizes, np.repeat(start, sizes) + offset % np.repeat(length, sizes), ring


def _backward(key: Ints, begin: Ints, end: Ints) -> NDArray[np.bool_]:
    """Which arcs to turn so that both faces simplify the same sequence: the end with the lower key first."""
    a, b = key[begin], key[end - 1]
    return np.where(a == b, key[begin + 1] > key[end - 2], a > b)


def _turned(values: Ints, begin: Ints, end: Ints, backward: NDArray[np.bool_], arc: Ints) -> Ints:
    """Reverse the stretches [begin, end) that run backward."""
    at = np.arange(len(values))
    mirrored = begin[arc] + end[arc] - 1 - at
    return values[np.where(backward[arc], mirrored, at)]
