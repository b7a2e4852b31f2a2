"""Unions of regions by cancelling shared edges: exact, no vertex moves."""

from __future__ import annotations

import numpy as np

from chengyun.territory.shapes import Ints, RingSet
from chengyun.territory.topology import Polygon, mesh, outlines


def dissolved(rings: RingSet, group: Ints) -> dict[int, list[Polygon]]:
    """What the regions of each group enclose together; `group` (k,) numbers the regions, -1 leaves one out.
    Raises ValueError when two regions lie on the same side of one edge."""
    xy = rings.xy.astype(np.int64)
    bounds = zip(rings.starts[:-1].tolist(), rings.starts[1:].tolist(), strict=True)
    closed = [np.vstack([xy[a:b], xy[a : a + 1]]) for a, b in bounds]
    return outlines(mesh(closed), group[rings.owner])
