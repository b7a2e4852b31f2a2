"""Cuts the shapes of a zoom to one tile: whole features in bulk, those that cross its edge one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from chengyun.territory.mvt import EXTENT
from chengyun.territory.scaling import WORLD_BITS, Scaled
from chengyun.territory.shapes import Ints, ramp

BUFFER = 64  # tile units kept beyond the edge, so that lines there do not show


@dataclass(frozen=True, slots=True)
class Window:
    """A tile; `shift` turns world units into tile units."""

    z: int
    x: int
    y: int

    @property
    def shift(self) -> int:
        return WORLD_BITS - 12 - self.z

    def box(self, buffer: int = BUFFER) -> tuple[int, int, int, int]:
        """West, north, east, south in world units."""
        size, edge = 1 << (WORLD_BITS - self.z), buffer << self.shift
        west, north = self.x * size, self.y * size
        return west - edge, north - edge, west + size + edge, north + size + edge

    def units(self, xy: NDArray[np.integer]) -> Ints:
        """World units (n, 2) to tile units, rounded alike wherever the vertex occurs."""
        half = (1 << self.shift) >> 1
        corner = np.array([self.x, self.y], dtype=np.int64) * EXTENT
        return np.asarray(((xy.astype(np.int64) + half) >> self.shift) - corner)


@dataclass(frozen=True, slots=True)
class Parts:
    """Rings (or lines) in tile units; `owner` (p,) ascending index into the Scaled's ids."""

    xy: Ints
    starts: Ints
    owner: Ints


def select(shapes: Scaled, window: Window) -> Parts:
    """The polygons of a level that the tile shows."""
    west, north, east, south = window.box()
    b = shapes.boxes
    touched = (b[:, 0] <= east) & (b[:, 2] >= west) & (b[:, 1] <= south) & (b[:, 3] >= north)
    inside = (b[:, 0] >= west) & (b[:, 2] <= east) & (b[:, 1] >= north) & (b[:, 3] <= south)
    whole = _parts(shapes, np.flatnonzero(touched & inside), window)
    crossing = _parts(shapes, np.flatnonzero(touched & ~inside), window)
    holes = _holes(shapes, np.flatnonzero(touched & ~inside))
    return _joined(_tidy(whole), _tidy(_clipped(crossing, holes)))


def select_lines(shapes: Scaled, window: Window) -> Parts:
    """The borders of a level that cross the tile, as lines."""
    west, north, east, south = window.box()
    b = shapes.boxes
    touched = (b[:, 0] <= east) & (b[:, 2] >= west) & (b[:, 1] <= south) & (b[:, 3] >= north)
    parts = _parts(shapes, np.flatnonzero(touched), window)
    if not len(parts.owner):
        return parts
    xy, ring = _closed(parts)
    lines = shapely.linestrings(xy, indices=ring)
    cut = shapely.clip_by_rect(lines, -BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    pieces, source = shapely.get_parts(cut, return_index=True)
    drawn = (shapely.get_dimensions(pieces) == 1) & ~shapely.is_empty(pieces)
    xy, piece = shapely.get_coordinates(pieces[drawn], return_index=True)
    sizes = np.bincount(piece, minlength=int(drawn.sum()))
    return Parts(np.rint(xy).astype(np.int64), _starts(sizes), parts.owner[source[drawn]])


def _closed(parts: Parts) -> tuple[NDArray[np.float64], Ints]:
    """Coordinates of rings with the first vertex once more at the end, and the ring of each."""
    counts = np.diff(parts.starts) + 1
    ring = np.repeat(np.arange(len(counts)), counts)
    at = np.repeat(parts.starts[:-1], counts) + ramp(counts) % np.repeat(counts - 1, counts)
    return parts.xy[at].astype(np.float64), ring


def _rings(shapes: Scaled, regions: Ints) -> tuple[Ints, Ints]:
    counts = np.diff(shapes.first)[regions]
    return np.repeat(shapes.first[regions], counts) + ramp(counts), np.repeat(regions, counts)


def _holes(shapes: Scaled, regions: Ints) -> NDArray[np.bool_]:
    return shapes.hole[_rings(shapes, regions)[0]]


def _parts(shapes: Scaled, regions: Ints, window: Window) -> Parts:
    rings, owner = _rings(shapes, regions)
    counts = np.diff(shapes.starts)[rings]
    vertices = np.repeat(shapes.starts[rings], counts) + ramp(counts)
    return Parts(window.units(shapes.xy[vertices]), _starts(counts), owner)


def _starts(counts: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _clipped(parts: Parts, hole: NDArray[np.bool_]) -> Parts:
    """Cut to the tile and its buffer."""
    if not len(parts.owner):
        return parts
    counts = np.diff(parts.starts)
    rings = shapely.linearrings(
        parts.xy.astype(np.float64), indices=np.repeat(np.arange(len(counts)), counts)
    )
    polygon = np.cumsum(~hole) - 1
    polygons = shapely.polygons(rings, indices=polygon)
    cut = shapely.clip_by_rect(polygons, -BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    pieces, source = shapely.get_parts(cut, return_index=True)
    solid = (shapely.get_dimensions(pieces) == 2) & ~shapely.is_empty(pieces)
    pieces = shapely.orient_polygons(pieces[solid])
    outlines, piece = shapely.get_rings(pieces, return_index=True)
    owner = parts.owner[~hole][source[solid][piece]]
    xy, ring = shapely.get_coordinates(outlines, return_index=True)
    last = np.diff(ring, append=-1) != 0
    units, ring = np.rint(xy[~last]).astype(np.int64), ring[~last]
    return _outward(Parts(units, _starts(np.bincount(ring, minlength=len(outlines))), owner), outlines, piece)


def _outward(parts: Parts, outlines: NDArray[np.object_], piece: Ints) -> Parts:
    """Turn rings so that outer ones have a positive area with y downwards, holes a negative one."""
    outer = np.diff(piece, prepend=-1) != 0
    turn = shapely.is_ccw(outlines) != outer
    counts = np.diff(parts.starts)
    ring = np.repeat(np.arange(len(counts)), counts)
    at = np.arange(len(parts.xy))
    mirrored = parts.starts[:-1][ring] + parts.starts[1:][ring] - 1 - at
    return Parts(parts.xy[np.where(turn[ring], mirrored, at)], parts.starts, parts.owner)


def _tidy(parts: Parts) -> Parts:
    """Without repeated vertices, and without rings that this leaves with fewer than three."""
    counts = np.diff(parts.starts)
    ring = np.repeat(np.arange(len(counts)), counts)
    before = np.arange(len(parts.xy)) - 1
    before[parts.starts[:-1]] = parts.starts[1:] - 1
    moved = (parts.xy != parts.xy[before]).any(axis=1)
    left = np.bincount(ring[moved], minlength=len(counts))
    keep = moved & (left >= 3)[ring]
    return Parts(parts.xy[keep], _starts(left[left >= 3]), parts.owner[left >= 3])


def _joined(a: Parts, b: Parts) -> Parts:
    starts = np.concatenate([a.starts, b.starts[1:] + a.starts[-1]])
    return Parts(np.concatenate([a.xy, b.xy]), starts, np.concatenate([a.owner, b.owner]))
