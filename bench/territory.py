"""The territory on the whole demo city: locating, tiles, search, loading; peers are plain shapely in the same run."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from chengyun.kernel import migrations
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.postgres import Embedded
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service, tiles
from chengyun.territory.clipping import Window
from chengyun.territory.index import Index
from chengyun.territory.indexing import build
from chengyun.territory.scaling import WORLD_BITS, project
from chengyun.territory.shapes import SCALE
from chengyun.territory.store import index, read_rings

POINTS, LOOKUPS, TILES = 400_000, 3_000, 150
Figure = dict[str, Any]
Floats = NDArray[np.float64]


def run() -> list[Figure]:
    """All figures, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = Embedded(Path(folder), unsafe_fast=True)
        running = server.start()
        try:
            migrations.upgrade(running.owner_url, "0002")
            database = Database(running.app_url)
            figures = _loading(database)
            with database.begin(system_actor("bench")) as tx:
                figures += _located(tx) + _tiles(tx) + _searched(tx)
            database.dispose()
        finally:
            server.destroy()
    return figures


def _loading(database: Database) -> list[Figure]:
    began = time.perf_counter()
    with database.begin(system_actor("seed")) as tx:
        regions = service.seed_demo(tx)
    seeded = time.perf_counter() - began
    with database.begin(system_actor("bench")) as tx:
        began = time.perf_counter()
        build(read_rings(tx, 1, level="grid"))
        indexed = time.perf_counter() - began
        began = time.perf_counter()
        service.warm(tx)
        warmed = time.perf_counter() - began
    return [
        _figure("seed of the demo city", seeded, "s", 60, "lower", n=regions),
        _figure("index from the database", indexed, "s", 3, "lower", n=1),
        _figure("warm-up of a web process", warmed, "s", 20, "lower", n=1),
    ]


def _located(tx: Tx) -> list[Figure]:
    found = index(tx)
    west, south, east, north = service.version_info(tx).bbox
    points = np.random.default_rng(11).uniform((west, south), (east, north), (POINTS, 2))
    rate = max(POINTS / _seconds(lambda: service.locate_many(points)) for _ in range(3))
    tree = shapely.STRtree(_polygons(found))
    sample = points[: POINTS // 8]
    peer = max(len(sample) / _seconds(lambda: _by_tree(tree, sample)) for _ in range(2))
    inside = points[service.locate_many(points) >= 0][:LOOKUPS]
    spent = [_seconds(lambda p=p: service.locate(tx, p[0], p[1])) * 1000 for p in inside]
    single = [_seconds(lambda p=p: _one_by_tree(tree, p)) * 1000 for p in inside[:500]]
    return [
        _figure("locate_many", rate, "points/s", 200_000, "higher", peer, POINTS),
        _figure(
            "locate p50", statistics.median(spent), "ms", None, "lower", statistics.median(single), len(spent)
        ),
        _figure(
            "locate p99", _percentile(spent, 99), "ms", 1.0, "lower", _percentile(single, 99), len(spent)
        ),
    ]


def _polygons(found: Index) -> NDArray[np.object_]:
    rings = found.rings
    return np.array(
        [shapely.Polygon(rings.polygons(n)[0][0]) for n in range(len(rings.ids))], dtype=np.object_
    )


def _by_tree(tree: shapely.STRtree, points: Floats) -> Any:
    """The peer: one STRtree over all grids, asked for all points at once."""
    return tree.query(shapely.points(np.rint(points * SCALE)), predicate="intersects")


def _one_by_tree(tree: shapely.STRtree, point: Floats) -> float:
    """The peer for a single look-up: the grid and the distance to its border."""
    spot = shapely.Point(np.rint(point * SCALE))
    grid = tree.geometries[tree.query(spot, predicate="intersects")[0]]
    return float(grid.boundary.distance(spot))


def _tiles(tx: Tx) -> list[Figure]:
    rings = index(tx).rings
    middles = rings.xy[np.random.default_rng(3).choice(len(rings.xy), TILES)].astype(np.int64)
    figures = []
    for zoom, target in ((10, 150.0), (12, 60.0)):
        spots = {tuple((xy >> (WORLD_BITS - zoom)).tolist()) for xy in project(middles)}
        cold = [_seconds(lambda s=s, z=zoom: tiles.draw(tx, Window(z, *s))) * 1000 for s in spots]
        for spot in spots:
            service.tile(tx, zoom, *spot)
        kept = [_seconds(lambda s=s, z=zoom: service.tile(tx, z, *s)) * 1000 for s in spots]
        figures += [
            _figure(f"tile z{zoom} cold p95", _percentile(cold, 95), "ms", target, "lower", n=len(spots)),
            _figure(f"tile z{zoom} cached p95", _percentile(kept, 95), "ms", 5.0, "lower", n=len(spots)),
        ]
    return figures


def _searched(tx: Tx) -> list[Figure]:
    words = [
        "石桥铺",
        "sqp",
        "qijiang",
        "九龙坡区石桥铺街道",
        "开州区云枫街道寨子坪社区",
        "zhaiziping",
        "人民路",
        "jiedao",
    ]
    spent = [_seconds(lambda q=q: service.search(tx, q, None, 10)) * 1000 for q in words * 20]
    return [_figure("place search p95", _percentile(spent, 95), "ms", 20.0, "lower", n=len(spent))]


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _percentile(values: Sequence[float], share: float) -> float:
    return float(np.percentile(values, share))


def _figure(
    name: str,
    value: float,
    unit: str,
    target: float | None,
    better: str,
    peer: float | None = None,
    n: int = 1,
) -> Figure:
    return {
        "name": f"territory: {name}", "value": round(value, 3), "unit": unit, "target": target, "better": better,
        "peer": None if peer is None else round(peer, 3), "n": n,
    }  # fmt: skip


if __name__ == "__main__":
    for figure in run():
        print(figure)
