"""Polygons as flat integer arrays: what is stored, loaded and indexed, without an object per vertex.

Coordinates are WGS-84 in units of 1e-6 degree (int32), so that two neighbours that share an edge share
it exactly. A ring is open (its last vertex is not the first one again); an outer ring runs
counter-clockwise, a hole clockwise, so that the inside always lies to the left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SCALE = 1_000_000

Ints = NDArray[np.int64]
Ring = NDArray[np.integer]
Polygons = Sequence[Sequence[Ring]]


@dataclass(frozen=True, slots=True)
class RingSet:
    """Rings of many regions. `ids` (k,), `xy` int32 (n, 2), `starts` (r + 1,) into xy,
    `owner` (r,) ascending index into ids, `hole` (r,) bool."""

    ids: Ints
    xy: NDArray[np.int32]
    starts: Ints
    owner: Ints
    hole: NDArray[np.bool_]

    @property
    def following(self) -> Ints:
        """For every vertex the position of the next one in its ring (n,)."""
        nxt = np.arange(1, len(self.xy) + 1, dtype=np.int64)
        nxt[self.starts[1:] - 1] = self.starts[:-1]
        return nxt

    @property
    def vertex_owner(self) -> Ints:
        """For every vertex the index of its region (n,)."""
        return np.repeat(self.owner, np.diff(self.starts))

    def areas(self) -> Ints:
        """Twice the signed area per ring (r,), exact."""
        xy = self.xy.astype(np.int64)
        base = np.repeat(xy[self.starts[:-1]], np.diff(self.starts), axis=0)
        here = xy - base
        nxt = here[self.following]
        cross = here[:, 0] * nxt[:, 1] - nxt[:, 0] * here[:, 1]
        return np.asarray(np.add.reduceat(cross, self.starts[:-1]))

    def boxes(self) -> Ints:
        """Bounds per region (k, 4): west, south, east, north."""
        first = np.searchsorted(self.owner, np.arange(len(self.ids)))
        at = self.starts[first]
        low = np.minimum.reduceat(self.xy, at, axis=0)
        high = np.maximum.reduceat(self.xy, at, axis=0)
        return np.hstack([low, high]).astype(np.int64)

    def polygons(self, index: int) -> list[list[NDArray[np.int32]]]:
        """The rings of region number `index`, grouped as [outer, *holes]."""
        found: list[list[NDArray[np.int32]]] = []
        first, last = np.searchsorted(self.owner, [index, index + 1])
        for ring in range(int(first), int(last)):
            points = self.xy[self.starts[ring] : self.starts[ring + 1]]
            if self.hole[ring] and found:
                found[-1].append(points)
            else:
                found.append([points])
        return found


def _open(ring: Ring) -> NDArray[np.int32]:
    points = np.asarray(ring, dtype=np.int32)
    return points[:-1] if len(points) > 1 and (points[0] == points[-1]).all() else points


def _oriented(ring: Ring, hole: bool) -> NDArray[np.int32]:
    points = _open(ring)
    p = points.astype(np.int64) - points[0]
    q = np.roll(p, -1, axis=0)
    clockwise = int((p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]).sum()) < 0
    return points if clockwise == hole else points[::-1]


def encode(polygons: Polygons) -> bytes:
    """Rings of one region as little-endian int32: count, then a length per ring (negative: a hole), then x, y."""
    lengths: list[int] = []
    parts: list[NDArray[np.int32]] = []
    for rings in polygons:
        for number, ring in enumerate(rings):
            points = _oriented(ring, number > 0)
            lengths.append(-len(points) if number else len(points))
            parts.append(points.reshape(-1))
    head = np.array([len(lengths), *lengths], dtype="<i4")
    return b"".join([head.tobytes(), *(part.astype("<i4").tobytes() for part in parts)])


def decode(ids: Sequence[int], blobs: Sequence[bytes]) -> RingSet:
    """Many encoded regions at once, without a Python step per ring."""
    data = np.frombuffer(b"".join(blobs), dtype="<i4")
    sizes = np.array([len(blob) // 4 for blob in blobs], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(np.int64)
    counts = data[offsets].astype(np.int64) if len(offsets) else np.zeros(0, np.int64)
    owner = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    signed = data[np.repeat(offsets, counts) + 1 + within].astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(np.abs(signed))]).astype(np.int64)
    header = np.zeros(len(data), dtype=np.bool_)
    heads = np.repeat(offsets, counts + 1) + ramp(counts + 1)
    header[heads] = True
    xy = data[~header].reshape(-1, 2).astype(np.int32)
    return RingSet(np.asarray(ids, dtype=np.int64), xy, starts, owner, signed < 0)


def ramp(counts: Ints) -> Ints:
    """0 .. count - 1 for each count, one after the other."""
    total = int(counts.sum())
    return np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
