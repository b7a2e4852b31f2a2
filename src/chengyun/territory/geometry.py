"""Exact geometry on integers of 1e-6 degree (WGS-84), and the outlines that ship with the product.

A ring is an int64 array (n, 2) of longitudes and latitudes, closed (first row = last row); outer rings turn left
(counter-clockwise), holes turn right. All predicates are exact: within Chongqing coordinate differences stay below
2**23, so products stay far below 2**63.
"""

import json
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCALE = 1_000_000
"""Integer coordinates per degree."""

ORIGIN = (105_000_000, 28_000_000)
"""Subtracted before products are summed, so that areas of any region stay exact in 64 bits."""

STRETCH = 0.868
"""Length of a degree of longitude over one of latitude in the middle of Chongqing (29.8° N)."""

METRES = 0.11094
"""Metres in one integer step of latitude."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ring = Ints


def doubled_area(ring: Ring) -> int:
    """Twice the signed area of a closed ring in square integer steps; positive when it turns left."""
    x, y = ring[:, 0] - ORIGIN[0], ring[:, 1] - ORIGIN[1]
    return int(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def side(a: Ints, b: Ints, c: Ints) -> Ints:
    """Doubled signed area of the triangles a b c, arrays (n, 2); positive when c lies left of a→b."""
    left = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1])
    right = (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
    return np.asarray(left - right)


def close(ring: Ints) -> Ring:
    """The ring with its first row repeated at the end, when it is not so already."""
    if len(ring) and np.array_equal(ring[0], ring[-1]):
        return ring
    return np.vstack([ring, ring[:1]])


def data_text(name: str) -> str:
    """A shipped text file of this package."""
    return (resources.files(__package__) / "data" / name).read_text("utf-8")


def data_bytes(name: str) -> bytes:
    """A shipped binary file of this package."""
    return (resources.files(__package__) / "data" / name).read_bytes()


def rings_of_topology(document: dict[str, Any], collection: str) -> dict[str, Ring]:
    """Closed outer rings by id from TopoJSON whose arcs are delta-encoded integers and polygons have one ring."""
    arcs = [np.cumsum(np.array(arc, dtype=np.int64), axis=0) for arc in document["arcs"]]
    rings = {}
    for shape in document["objects"][collection]["geometries"]:
        (refs,) = shape["arcs"]
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in refs]
        ring = np.vstack([part[:-1] for part in parts])
        rings[shape["id"]] = close(ring)
    return rings


def district_outlines() -> dict[str, Ring]:
    """Outlines of the 38 districts by GB code; neighbours share identical edges, together they have no hole."""
    return rings_of_topology(json.loads(data_text("districts.topo.json")), "districts")
