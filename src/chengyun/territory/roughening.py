"""Borders that look grown, not drawn: straight edges between grids get displaced middle points, exactly.

An edge a–b between two faces that are star-shaped around points l and r owns the quadrilateral a r b l; the
quadrilaterals of different edges do not overlap. A middle point m is taken only when the four triangles it makes
with a, b, l and r all keep their orientation, so it stays inside and nothing can cross; both faces get the vertex.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from chengyun.territory.geometry import Bools, Floats, Ints, Ring, side
from chengyun.territory.topology import Mesh

_SHORTEST = 1_500
"""Edges below this many steps (about 160 m) stay straight."""


@dataclass(slots=True)
class _Segments:
    """Pieces of edges: ends a, b (n, 2), apexes to the left and right, half-edge, span low–high on it, depth left."""

    a: Ints
    b: Ints
    left: Ints
    right: Ints
    edge: Ints
    low: Floats
    high: Floats
    depth: Ints

    def take(self, mask: Bools) -> "_Segments":
        places = (self.a[mask], self.b[mask], self.left[mask], self.right[mask])
        return _Segments(*places, self.edge[mask], self.low[mask], self.high[mask], self.depth[mask])


def roughen(net: Mesh, depth: Ints, rng: Generator) -> list[Ring]:
    """Closed rings of all faces with displaced middle points.

    depth (h): how often the half-edge may be halved, 0 leaves it straight; both half-edges of an edge agree.
    """
    centre, star = _centres(net)
    first = np.flatnonzero((net.twin > np.arange(len(net.twin))) & (depth > 0))
    other = net.face[net.twin[first]]
    first = first[star[net.face[first]] & star[other]]
    apex_left, apex_right = centre[net.face[first]], centre[net.face[net.twin[first]]]
    ends = np.zeros(len(first)), np.ones(len(first))
    at = net.points[net.tail[first]], net.points[net.head[first]]
    todo = _Segments(*at, apex_left, apex_right, first, *ends, depth[first])
    # Begun with nothing: there may be no edge to halve.
    points, edges, places = [np.empty((0, 2), np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    while len(todo.edge):
        done, middle, todo = _halve(todo, rng)
        points.append(middle)
        edges.append(done.edge)
        places.append((done.low + done.high) / 2)
    return _rings(net, np.concatenate(points), np.concatenate(edges), np.concatenate(places))


def _centres(net: Mesh) -> tuple[Ints, Bools]:
    """Per face the rounded mean of its vertices, and whether the face is star-shaped around it."""
    counts = np.diff(net.start)
    total = np.add.reduceat(net.points[net.tail], net.start[:-1], axis=0)
    centre = np.asarray(total // counts[:, None])
    turn = side(net.points[net.tail], net.points[net.head], centre[net.face])
    return centre, np.asarray(np.minimum.reduceat(turn, net.start[:-1]) > 0)


def _halve(todo: _Segments, rng: Generator) -> tuple[_Segments, Ints, _Segments]:
    """Segments that got a middle point, those points, and the halves still to be treated."""
    span = todo.b - todo.a
    shift = rng.uniform(0.05, 0.17, len(span)) * rng.choice([-1.0, 1.0], len(span))
    along = rng.uniform(0.4, 0.6, len(span))
    normal = np.column_stack([-span[:, 1], span[:, 0]])
    middle = np.rint(todo.a + span * along[:, None] + normal * shift[:, None]).astype(np.int64)
    fits = (
        (side(todo.a, middle, todo.left) > 0)
        & (side(middle, todo.b, todo.left) > 0)
        & (side(middle, todo.a, todo.right) > 0)
        & (side(todo.b, middle, todo.right) > 0)
        & (np.hypot(span[:, 0], span[:, 1]) > _SHORTEST)
    )
    done, middle = todo.take(fits), middle[fits]
    half = (done.low + done.high) / 2
    rest = done.depth - 1
    halves = _Segments(
        np.concatenate([done.a, middle]),
        np.concatenate([middle, done.b]),
        np.concatenate([done.left, done.left]),
        np.concatenate([done.right, done.right]),
        np.concatenate([done.edge, done.edge]),
        np.concatenate([done.low, half]),
        np.concatenate([half, done.high]),
        np.concatenate([rest, rest]),
    )
    return done, middle, halves.take(halves.depth > 0)


def _rings(net: Mesh, points: Ints, edges: Ints, places: Floats) -> list[Ring]:
    """Rings with the new points put between the ends of their half-edge and of its twin."""
    half = np.concatenate([np.arange(len(net.tail)), edges, net.twin[edges]])
    place = np.concatenate([np.zeros(len(net.tail)), places, 1.0 - places])
    corner = np.concatenate([net.points[net.tail], points, points])
    order = np.lexsort((place, half))
    counts = np.bincount(net.face[half], minlength=net.size)
    open_rings = np.split(corner[order], np.cumsum(counts)[:-1])
    return [np.vstack([ring, ring[:1]]) for ring in open_rings]
