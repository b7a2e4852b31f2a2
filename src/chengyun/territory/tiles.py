"""Vector tiles: districts up to z8, towns z8-10, grids from z10, as layer "regions" with the region's id as
feature id (for live values by feature state); layer "labels" holds one point per name, layer "borders" the
lines of districts and (from z8) towns, also at zooms where those are no features.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import shapely

from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory.clipping import Window
from chengyun.territory.directory import Shelf, directory, header
from chengyun.territory.features import Points, drawn, layer, named, outlined
from chengyun.territory.mvt import LINE, POINT, POLYGON
from chengyun.territory.outlines import shells
from chengyun.territory.scaling import Scaled, nodes, project, scaled
from chengyun.territory.shapes import Ints, RingSet
from chengyun.territory.store import index, read_rings

MAX_ZOOM = 14
_LOWEST = 4
_KEEP_TILES, _KEEP_BYTES = 4096, 128_000_000
_FULL_DETAIL = 11  # from this zoom on every vertex is drawn


class Cache:
    """The latest tiles by (digest, z, x, y), bounded in number and in bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tiles: OrderedDict[tuple[str, int, int, int], bytes] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple[str, int, int, int]) -> bytes | None:
        """The tile, now the latest."""
        with self._lock:
            found = self._tiles.get(key)
            if found is not None:
                self._tiles.move_to_end(key)
            return found

    def put(self, key: tuple[str, int, int, int], tile: bytes) -> None:
        """Keep a tile; the oldest go."""
        with self._lock:
            self._bytes += len(tile) - len(self._tiles.pop(key, b""))
            self._tiles[key] = tile
            while len(self._tiles) > _KEEP_TILES or self._bytes > _KEEP_BYTES:
                self._bytes -= len(self._tiles.popitem(last=False)[1])


@dataclass(frozen=True, slots=True)
class Nodes:
    """Sorted vertex keys where arcs end."""

    keys: Ints


_cache = Cache()
_shelf = Shelf(keep=64)


def tag(tx: Tx, z: int, x: int, y: int) -> str:
    """The ETag of a tile: it changes with the version only."""
    return f'"{header(tx).digest[:16]}-{z}-{x}-{y}"'


def tile(tx: Tx, z: int, x: int, y: int) -> bytes:
    """One tile of the newest version. Raises NotFound("territory.no_tile") outside z0-14 or the world."""
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise NotFound("territory.no_tile", z=z, x=x, y=y)
    key = (header(tx).digest, z, x, y)
    found = _cache.get(key)
    if found is None:
        found = draw(tx, Window(z, x, y))
        _cache.put(key, found)
    return found


def draw(tx: Tx, window: Window) -> bytes:
    """One tile, without the cache."""
    tree = directory(tx)
    regions = [drawn(tree, _shapes(tx, level, window.z), window) for level in levels_at(window.z)]
    borders = [outlined(tree, _shapes(tx, level, window.z), window) for level in _lines_at(window.z)]
    names = [named(tree, points(tx, level), window) for level in _labels_at(window.z)]
    return (
        layer("regions", POLYGON, regions) + layer("borders", LINE, borders) + layer("labels", POINT, names)
    )


def prepare(tx: Tx) -> None:
    """Make the geometry of every zoom, so that no tile has to wait for it."""
    for zoom in range(4, _FULL_DETAIL + 1):
        for level in levels_at(zoom):
            _shapes(tx, level, zoom)
        for level in _lines_at(zoom):
            _shapes(tx, level, zoom)
    for level in _labels_at(MAX_ZOOM):
        points(tx, level)


def levels_at(zoom: int) -> tuple[str, ...]:
    """Which levels a zoom shows as features, the lower ones last."""
    if zoom < 8:
        return ("district",)
    if zoom == 8:
        return ("district", "town")
    return ("town",) if zoom < 10 else ("town", "grid") if zoom == 10 else ("grid",)


def _lines_at(zoom: int) -> tuple[str, ...]:
    return ("district",) if zoom < 8 else ("district", "town")


def _labels_at(zoom: int) -> tuple[str, ...]:
    return (
        ("district",) if zoom < 9 else ("district", "town") if zoom < 12 else ("district", "town", "village")
    )


def _shapes(tx: Tx, level: str, zoom: int) -> Scaled:
    zoom = min(max(zoom, _LOWEST), _FULL_DETAIL)
    head = directory(tx).header

    def make() -> Scaled:
        return scaled(_rings(tx, level), None if zoom == _FULL_DETAIL else zoom, _nodes(tx, zoom).keys)

    return _shelf.get(Scaled, f"{head.digest}/{level}/{zoom}", make)


def _rings(tx: Tx, level: str) -> RingSet:
    if level == "grid":
        return index(tx).rings
    head = directory(tx).header
    return _shelf.get(RingSet, f"{head.digest}/{level}", lambda: read_rings(tx, head.id, level=level))


def _nodes(tx: Tx, zoom: int) -> Nodes:
    """Where arcs end at a zoom: at the corners of its finest level, so that coarser borders follow it."""
    level = "district" if zoom < 8 else "town" if zoom < 10 else "grid"
    digest = directory(tx).header.digest
    return _shelf.get(Nodes, f"{digest}/{level}", lambda: Nodes(nodes(_rings(tx, level))))


def points(tx: Tx, level: str) -> Points:
    """A point inside the largest part of every region of a level."""
    digest = directory(tx).header.digest
    return _shelf.get(Points, f"{digest}/{level}", lambda: _middles(_rings(tx, level)))


def _middles(rings: RingSet) -> Points:
    largest = [max(shells(rings, i), key=lambda p: p.area) for i in range(len(rings.ids))]
    inside = shapely.get_coordinates(shapely.point_on_surface(largest))
    return Points(rings.ids, project(inside).astype(np.int64))
