"""Which grid is this: exact point location on the partition, in memory, for one point or millions.

A point is rounded to 1e-6 degree and compared in integers. Border rule (half-open): a point on a border
belongs to the face just east of it, on a border that runs exactly east-west to the face just north of it;
on the outer border of the city it belongs to the face inside. So every point belongs to one face.

The plane is cut into square cells. A cell without an edge knows its face; in the others the nearest edge
to the west of the point decides, and if there is none, the search goes on one cell further west.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chengyun.territory.shapes import SCALE, Ints, RingSet, ramp

OUTSIDE = -1
MIXED = -2

Int32s = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Edges:
    """Undirected edges; each runs from (px, py) up to (qx, qy), eastward where level. Faces or OUTSIDE."""

    px: Ints
    py: Ints
    qx: Ints
    qy: Ints
    west: Ints
    east: Ints


@dataclass(frozen=True, slots=True)
class Hit:
    """One located point: face index, distance in metres to its nearest border, face beyond (or OUTSIDE)."""

    face: int
    border_m: float
    beyond: int


@dataclass(frozen=True, slots=True)
class Index:
    """The locator of one version. `rings.ids[face]` is the grid's id; `across` the face beyond each edge."""

    rings: RingSet
    across: Ints
    edges: Edges
    origin: tuple[int, int]
    cell: int
    columns: int
    rows: int
    cell_face: Int32s
    offsets: Ints
    entries: Int32s
    outer: Ints
    outer_cells: Ints
    outer_entries: Ints
    first_vertex: Ints

    def faces(self, lonlat: NDArray[np.float64]) -> Ints:
        """Face index per point (n,), OUTSIDE where the city does not reach. `lonlat` in degrees (n, 2)."""
        points = np.rint(np.asarray(lonlat, dtype=np.float64) * SCALE).astype(np.int64)
        return self.faces_of(points[:, 0], points[:, 1])

    def faces_of(self, x: Ints, y: Ints) -> Ints:
        """As `faces`, for integer coordinates (1e-6 degree)."""
        found = np.full(len(x), OUTSIDE, dtype=np.int64)
        column, row = (x - self.origin[0]) // self.cell, (y - self.origin[1]) // self.cell
        near = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        todo = np.flatnonzero(near)
        found[todo] = self.walk(x[todo], y[todo], column[todo], row[todo], self.cell_face)
        lost = todo[found[todo] == OUTSIDE]
        if len(lost):
            found[lost] = self._on_outer_border(x[lost], y[lost])
        return found

    def locate(self, lon: float, lat: float) -> Hit | None:
        """One point in degrees, or None outside the city."""
        x, y = round(lon * SCALE), round(lat * SCALE)
        face = int(self.faces_of(np.array([x]), np.array([y]))[0])
        if face == OUTSIDE:
            return None
        first, last = self.first_vertex[face], self.first_vertex[face + 1]
        a = self.rings.xy[first:last]
        b = self.rings.xy[self._following(face)]
        metres = segment_distances(x, y, a, b)
        nearest = int(np.argmin(metres))
        return Hit(face, float(metres[nearest]), int(self.across[first + nearest]))

    def distance_to_city(self, lon: float, lat: float) -> tuple[float, int]:
        """Metres from a point outside to the city's outer border, and the face that it meets there."""
        e, o = self.edges, self.outer
        a, b = np.stack([e.px[o], e.py[o]], 1), np.stack([e.qx[o], e.qy[o]], 1)
        metres = segment_distances(round(lon * SCALE), round(lat * SCALE), a, b)
        nearest = int(np.argmin(metres))
        return float(metres[nearest]), int(max(e.west[o[nearest]], e.east[o[nearest]]))

    def _following(self, face: int) -> Ints:
        first, last = int(self.first_vertex[face]), int(self.first_vertex[face + 1])
        nxt = np.arange(first + 1, last + 1)
        low, high = np.searchsorted(self.rings.starts, [first, last])
        ends = self.rings.starts[low + 1 : high + 1]
        nxt[ends - 1 - first] = self.rings.starts[low:high]
        return nxt

    def walk(self, x: Ints, y: Ints, column: Ints, row: Ints, cell_face: Int32s) -> Ints:
        """Go west cell by cell until an edge or an edge-free cell tells the face."""
        found = np.full(len(x), OUTSIDE, dtype=np.int64)
        todo = np.arange(len(x))
        column = column.copy()
        while len(todo):
            cell = row[todo] * self.columns + column[todo]
            face = cell_face[cell].astype(np.int64)
            known = face != MIXED
            found[todo[known]] = face[known]
            todo, cell = todo[~known], cell[~known]
            left = self.origin[0] + column[todo] * self.cell
            edge = self._nearest_edge(x[todo], y[todo], cell, left)
            hit = edge >= 0
            found[todo[hit]] = self.edges.east[edge[hit]]
            todo = todo[~hit]
            column[todo] -= 1
            todo = todo[column[todo] >= 0]
        return found

    def _nearest_edge(self, x: Ints, y: Ints, cell: Ints, left: Ints) -> Ints:
        """The last edge at or west of each point that crosses its line of latitude inside the cell, or -1."""
        counts = self.offsets[cell + 1] - self.offsets[cell]
        point = np.repeat(np.arange(len(x)), counts)
        edge = self.entries[np.repeat(self.offsets[cell], counts) + ramp(counts)]
        e = self.edges
        py, qy = e.py[edge], e.qy[edge]
        spans = (py <= y[point]) & (y[point] < qy)
        point, edge, py, qy = point[spans], edge[spans], py[spans], qy[spans]
        rise, run = qy - py, e.qx[edge] - e.px[edge]
        climb = (y[point] - py) * run
        px = e.px[edge]
        keep = (climb <= (x[point] - px) * rise) & (climb >= (left[point] - px) * rise)
        point, edge, climb, rise, px, run = (v[keep] for v in (point, edge, climb, rise, px, run))
        best = np.full(len(x), -1, dtype=np.int64)
        if len(point):
            self._choose(best, point, edge, px + climb // rise, (climb % rise) / rise, run / rise)
        return best

    def _choose(
        self,
        best: Ints,
        point: Ints,
        edge: Int32s,
        whole: Ints,
        part: NDArray[np.float64],
        slope: NDArray[np.float64],
    ) -> None:
        """Keep per point the easternmost crossing; at a shared vertex the one that leads furthest east.

        whole + part is the crossing; two different fractions differ by more than a rounding error because
        both rises are below 2^23. A real face wins over the outside where a border is drawn twice.
        """
        single = np.ones(len(point), dtype=np.bool_)
        same = point[1:] == point[:-1]
        single[1:] &= ~same
        single[:-1] &= ~same
        best[point[single]] = edge[single]
        many = np.flatnonzero(~single)
        inner = self.edges.east[edge[many]] != OUTSIDE
        order = np.lexsort((inner, slope[many], part[many], whole[many], point[many]))
        best[point[many[order]]] = edge[many[order]]

    def _on_outer_border(self, x: Ints, y: Ints) -> Ints:
        """The face inside the outer border that a point lies on exactly, else OUTSIDE."""
        found = np.full(len(x), OUTSIDE, dtype=np.int64)
        cell = (y - self.origin[1]) // self.cell * self.columns + (x - self.origin[0]) // self.cell
        low, high = (
            np.searchsorted(self.outer_cells, cell),
            np.searchsorted(self.outer_cells, cell, side="right"),
        )
        point = np.repeat(np.arange(len(x)), high - low)
        edge = self.outer_entries[np.repeat(low, high - low) + ramp(high - low)]
        e = self.edges
        dx, dy = x[point] - e.px[edge], y[point] - e.py[edge]
        run, rise = e.qx[edge] - e.px[edge], e.qy[edge] - e.py[edge]
        on_line = dx * rise == dy * run
        along = dx * run + dy * rise
        on = on_line & (along >= 0) & (along <= run * run + rise * rise)
        point, edge = point[on], edge[on]
        order = np.argsort(-edge)  # the lowest edge number is written last and so wins
        found[point[order]] = np.maximum(e.west[edge[order]], e.east[edge[order]])
        return found


def metres_per_unit(y: int) -> tuple[float, float]:
    """Metres of one 1e-6 degree of longitude and of latitude at latitude y (WGS-84 series)."""
    phi = math.radians(y / SCALE)
    lon = 111412.84 * math.cos(phi) - 93.5 * math.cos(3 * phi)
    lat = 111132.954 - 559.822 * math.cos(2 * phi)
    return lon / SCALE, lat / SCALE


def segment_distances(x: int, y: int, a: NDArray[np.integer], b: NDArray[np.integer]) -> NDArray[np.float64]:
    """Metres from a point to each segment a-b, (n, 2) each; flat-earth, good to 0.1 % within 50 km."""
    scale = np.array(metres_per_unit(y))
    start = (a - np.array([x, y])) * scale
    run = (b - np.array([x, y])) * scale - start
    length = np.maximum((run * run).sum(axis=1), 1e-12)
    share = np.clip(-(start * run).sum(axis=1) / length, 0.0, 1.0)
    gap = start + run * share[:, None]
    return np.asarray(np.hypot(gap[:, 0], gap[:, 1]))
