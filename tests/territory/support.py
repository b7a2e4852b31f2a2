"""A small city around real coordinates, quick to load: one city, three districts, nine towns, 36 villages,
144 grids, all square. 石龙镇 exists twice: in 九龙坡区 and in 开州区. 开州区 lies apart from the other two.

A town is a square of 0.08 degrees; its four villages and their four grids each are squares in it. Places:
石桥铺街道 (106.48, 29.52) in 九龙坡区, 花溪街道 (106.56, 29.44) in 巴南区, 云枫街道 (108.40, 31.16) in
开州区, whose south-western village is 寨子坪社区.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory.seed import Source, load
from chengyun.territory.shapes import Polygons
from tests.support import Cluster, migrated, seeded

TOWN, VILLAGE, GRID = 80_000, 40_000, 20_000
SOURCE = Source("小城 (示意)", date(2023, 6, 30), "tests", "tests", True)

# district → (code, [(town, west, south)]) in 1e-6 degree
DISTRICTS: dict[str, tuple[str, list[tuple[str, int, int]]]] = {
    "九龙坡区": (
        "500107",
        [
            ("石桥铺街道", 106_440_000, 29_480_000),
            ("杨家坪街道", 106_520_000, 29_480_000),
            ("石龙镇", 106_360_000, 29_480_000),
        ],
    ),
    "巴南区": (
        "500113",
        [
            ("花溪街道", 106_520_000, 29_400_000),
            ("李家沱街道", 106_440_000, 29_400_000),
            ("南泉街道", 106_600_000, 29_400_000),
        ],
    ),
    "开州区": (
        "500154",
        [
            ("云枫街道", 108_360_000, 31_120_000),
            ("汉丰街道", 108_440_000, 31_120_000),
            ("石龙镇", 108_520_000, 31_120_000),
        ],
    ),
}
VILLAGES = ("寨子坪社区", "綦口村", "重石社区", "曾家坝村")


@dataclass(frozen=True, slots=True)
class SmallRegion:
    """A draft as the loader takes it."""

    key: str
    level: str
    name: str
    code: str | None = None
    parent: str | None = None
    governs: str | None = None
    kind: str = "division"


def small_city(tx: Tx) -> dict[str, int]:
    """Load the small city; returns ids by path, as in ids["开州区/云枫街道/寨子坪社区/001"], city: ids[""]."""
    drafts, outlines = small_partition()
    return load(tx, drafts, outlines, SOURCE)


def small_city_template(cluster: Cluster) -> str:
    """A template database with the small city, for `cluster.fresh(...)`: built once per test run."""

    def build(database: Database) -> None:
        with database.begin(system_actor("seed")) as tx:
            small_city(tx)

    base = cluster.make_template("schema", migrated)
    return cluster.make_template("small_city", seeded(build), base=base)


def small_partition() -> tuple[list[SmallRegion], dict[str, Polygons]]:
    """Drafts of all levels and the outlines of the grids."""
    drafts = [SmallRegion("", "city", "重庆市", "500000")]
    outlines: dict[str, Polygons] = {}
    for district, (code, towns) in DISTRICTS.items():
        drafts.append(SmallRegion(district, "district", district, code, parent=""))
        for number, (town, west, south) in enumerate(towns, start=1):
            path = f"{district}/{town}"
            drafts.append(SmallRegion(path, "town", town, f"{code}{number:03d}", parent=district))
            for draft, outline in _villages(path, f"{code}{number:03d}", west, south):
                drafts.append(draft)
                outlines |= outline
    return drafts, outlines


def _villages(
    town: str, code: str, west: int, south: int
) -> Iterator[tuple[SmallRegion, dict[str, Polygons]]]:
    for number, name in enumerate(VILLAGES):
        key = f"{town}/{name}"
        yield SmallRegion(key, "village", name, f"{code}{number + 1:03d}", parent=town), {}
        x, y = west + number % 2 * VILLAGE, south + number // 2 * VILLAGE
        for cell in range(4):
            corner = (x + cell % 2 * GRID, y + cell // 2 * GRID)
            grid = SmallRegion(f"{key}/{cell + 1:03d}", "grid", f"{cell + 1:03d} 网格", parent=key)
            yield grid, {grid.key: square(*corner, GRID)}


def square(west: int, south: int, size: int) -> Polygons:
    """One square polygon."""
    east, north = west + size, south + size
    return [[np.array([(west, south), (east, south), (east, north), (west, north)])]]
