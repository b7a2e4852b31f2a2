"""Faces as rings of shared vertices: which edges they share, what a set of them encloses, whether all is exact.

A set of simple faces in which every directed edge occurs once, and every edge that is not on the outside occurs
also in the opposite direction, whose outside is one simple ring, covers each inner point exactly once: the winding
numbers of the faces add up to the winding number of the outside. `Mesh` holds such sets; `dissolve` cancels edges.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from chengyun.territory.geometry import Bools, Floats, Ints, Ring, doubled_area

Polygon = list[Ring]
"""[outer, *holes], closed rings."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """Faces (one ring each, turning left) over common vertices, as half-edges.

    points (v, 2): distinct vertices. tail, head, face, twin (h): vertex indices, face index, and the index of the
    opposite half-edge, −1 on the outside. start (f + 1): half-edges of face i are start[i]:start[i + 1], in order.
    """

    points: Ints
    tail: Ints
    head: Ints
    face: Ints
    twin: Ints
    start: Ints

    @property
    def size(self) -> int:
        """Number of faces."""
        return len(self.start) - 1

    def ring(self, face: int) -> Ring:
        """Closed ring of a face."""
        index = self.tail[self.start[face] : self.start[face + 1]]
        return np.asarray(self.points[np.append(index, index[0])])

    def lengths(self) -> Floats:
        """Lengths of the half-edges in integer steps."""
        span = (self.points[self.head] - self.points[self.tail]).astype(np.float64)
        return np.asarray(np.hypot(span[:, 0], span[:, 1]))

    def areas(self) -> Ints:
        """Doubled areas of the faces, exact."""
        local = self.points - self.points.min(axis=0)
        a, b = local[self.tail], local[self.head]
        cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
        return np.asarray(np.add.reduceat(cross, self.start[:-1]))


def mesh(rings: Sequence[Ring]) -> Mesh:
    """The mesh of closed rings that turn left. Raises ValueError when two faces use one directed edge."""
    counts = np.array([len(ring) - 1 for ring in rings], dtype=np.int64)
    start = np.concatenate([[0], np.cumsum(counts)])
    corners = np.concatenate([ring[:-1] for ring in rings])
    packed = (corners[:, 0] << 32) + corners[:, 1]
    unique, tail = np.unique(packed, return_inverse=True)
    points = np.column_stack([unique >> 32, unique & 0xFFFFFFFF])
    head = np.roll(tail, -1)
    head[start[1:] - 1] = tail[start[:-1]]
    face = np.repeat(np.arange(len(rings)), counts)
    twin = _twins(tail, head, len(points))
    return Mesh(points, tail, head, face, twin, start)


def _twins(tail: Ints, head: Ints, size: int) -> Ints:
    forward, backward = tail * size + head, head * size + tail
    order = np.argsort(forward, kind="stable")
    ordered = forward[order]
    if np.any(ordered[1:] == ordered[:-1]):
        raise ValueError("two faces lie on the same side of one edge")
    at = np.minimum(np.searchsorted(ordered, backward), len(order) - 1)
    return np.where(ordered[at] == backward, order[at], -1)


def border(mesh_: Mesh, label: Ints) -> Bools:
    """Half-edges on the border of their label's area; `label` (f) numbers the faces, −1 leaves a face out."""
    mine = label[mesh_.face]
    other = np.where(mesh_.twin >= 0, label[mesh_.face[mesh_.twin]], -1)
    return np.asarray((mine >= 0) & (mine != other))


def outlines(mesh_: Mesh, label: Ints) -> dict[int, list[Polygon]]:
    """What the faces of each label enclose together, by label: inner edges cancel, the rest is chained."""
    kept = np.flatnonzero(border(mesh_, label))
    kept = kept[np.argsort(label[mesh_.face[kept]], kind="stable")]
    labels = label[mesh_.face[kept]]
    cuts = np.flatnonzero(np.diff(labels)) + 1
    result = {}
    for part in np.split(kept, cuts):
        if len(part):
            tails, heads = mesh_.tail[part].tolist(), mesh_.head[part].tolist()
            loops = _chain(tails, heads, mesh_.points)
            result[int(label[mesh_.face[part[0]]])] = _nest([mesh_.points[loop] for loop in loops])
    return result


def _chain(tails: list[int], heads: list[int], points: Ints) -> list[list[int]]:
    """Closed vertex loops of directed edges; where an area touches itself, the sharpest left turn keeps loops simple."""
    ways: dict[int, list[int]] = defaultdict(list)
    for tail, head in zip(tails, heads, strict=True):
        ways[tail].append(head)
    loops = []
    while ways:
        first = next(iter(ways))
        loop = [first]
        while True:
            here = loop[-1]
            options = ways[here]
            choice = 0 if len(options) == 1 or len(loop) < 2 else _leftmost(points, loop[-2], here, options)
            there = options.pop(choice)
            if not options:
                del ways[here]
            loop.append(there)
            if there == first:
                break
        loops.append(loop)
    return [simple for loop in loops for simple in _split(loop)]


def _leftmost(points: Ints, before: int, here: int, options: list[int]) -> int:
    """The option that turns most to the left when coming from `before`; the area lies on the left."""
    back = points[before] - points[here]
    angle0 = np.arctan2(back[1], back[0])
    out = points[options] - points[here]
    turn = (angle0 - np.arctan2(out[:, 1], out[:, 0])) % (2 * np.pi)
    return int(np.argmin(turn))


def _split(loop: list[int]) -> list[list[int]]:
    """Cut a closed loop at vertices it visits twice."""
    result, path, seen = [], [loop[0]], {loop[0]: 0}
    for vertex in loop[1:]:
        if vertex in seen:
            at = seen[vertex]
            result.append([*path[at:], vertex])
            for gone in path[at + 1 :]:
                del seen[gone]
            del path[at + 1 :]
        else:
            seen[vertex] = len(path)
            path.append(vertex)
    return result


def _nest(loops: list[Ring]) -> list[Polygon]:
    """Polygons from simple loops: those that turn left are outer, the others are holes of the one around them."""
    outer = [loop for loop in loops if doubled_area(loop) > 0]
    polygons: list[Polygon] = [[loop] for loop in sorted(outer, key=doubled_area)]
    for hole in (loop for loop in loops if doubled_area(loop) < 0):
        corner = hole[np.lexsort((hole[:, 1], hole[:, 0]))[0]]
        around = [polygon for polygon in polygons if _holds(polygon[0], corner)]
        if not around:
            raise ValueError("faces overlap: a hole has nothing around it")
        around[0].append(hole)
    return polygons


def _holds(ring: Ring, point: Ints) -> bool:
    """Whether the ring has the area just left (west) of the point inside, or the point itself; exact."""
    a, b = ring[:-1], ring[1:]
    spans = (a[:, 1] < point[1]) != (b[:, 1] < point[1])
    a, b = a[spans], b[spans]
    cross = (b[:, 0] - a[:, 0]) * (point[1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (point[0] - a[:, 0])
    west = np.where(b[:, 1] > a[:, 1], cross < 0, cross > 0)
    return int(np.count_nonzero(west)) % 2 == 1


def dissolve(polygons: Iterable[Polygon]) -> list[Polygon]:
    """Exact union of polygons that do not overlap and share vertices wherever they meet.

    Takes and returns polygons as [outer, *holes] of closed rings. Raises ValueError for polygons that overlap: when
    two lie on the same side of one edge, or a hole has nothing around it.
    """
    rings = [ring for polygon in polygons for ring in polygon]
    if not rings:
        return []
    whole = mesh(rings)
    return outlines(whole, np.zeros(whole.size, dtype=np.int64))[0]
