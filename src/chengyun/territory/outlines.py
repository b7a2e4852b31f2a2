"""Borders of single regions as GeoJSON and as bounds, from the stored shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory.directory import directory
from chengyun.territory.shapes import SCALE, RingSet
from chengyun.territory.store import read_rings

_STEPS = 1500  # an outline is simplified to this part of its own size


def bbox(tx: Tx, region_id: int) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees. Raises NotFound for an unknown region or one without a shape."""
    west, south, east, north = (_rings(tx, region_id).boxes()[0] / SCALE).tolist()
    return west, south, east, north


def extent(tx: Tx) -> tuple[float, float, float, float]:
    """Bounds of the city; the whole world while no shape says where it is."""
    tree = directory(tx)
    rings = read_rings(tx, tree.header.id, region_id=tree.city)
    if not len(rings.ids):
        return -180.0, -85.0, 180.0, 85.0
    west, south, east, north = (rings.boxes()[0] / SCALE).tolist()
    return west, south, east, north


def outline(tx: Tx, region_id: int) -> dict[str, Any]:
    """A GeoJSON feature (MultiPolygon, degrees) simplified to 1/1500 of the region's size."""
    tree = directory(tx)
    ref = tree.ref(region_id)
    rings = _rings(tx, region_id)
    box = rings.boxes()[0]
    tolerance = float(max(box[2] - box[0], box[3] - box[1])) / _STEPS
    whole = shapely.simplify(shapely.MultiPolygon(shells(rings, 0)), tolerance)
    degrees = shapely.transform(whole, lambda xy: np.round(xy / SCALE, 6))
    multi = degrees if degrees.geom_type == "MultiPolygon" else shapely.MultiPolygon([degrees])
    return {
        "type": "Feature",
        "id": ref.id,
        "properties": {"name": ref.name, "level": ref.level, "schematic": tree.header.schematic},
        "geometry": shapely.geometry.mapping(multi),
    }


def shells(rings: RingSet, index: int) -> list[shapely.Polygon]:
    """Region number `index` as shapely polygons in 1e-6 degree."""
    return [shapely.Polygon(outer, holes) for outer, *holes in rings.polygons(index)]


def _rings(tx: Tx, region_id: int) -> RingSet:
    tree = directory(tx)
    tree.ref(region_id)
    rings = read_rings(tx, tree.header.id, region_id=region_id)
    if not len(rings.ids):
        raise NotFound("territory.no_shape", id=region_id)
    return rings
