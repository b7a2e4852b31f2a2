"""Places of the simulated city where things happen again and again: corners, courtyards, markets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.cli.demo.shape import Shape
from chengyun.incidents.dispatch.opening import Ground, ground_of
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

SCATTER = 0.0035  # degrees around a village's office: about 350 m
POPULAR = 1.4  # exponent of the Pareto law by which some corners are reported far more often than others
ADDRESSES = (
    "小区 {n} 号门", "{n} 号楼旁", "菜市场旁", "公交站旁", "小学门口", "沿街商铺前", "{n} 号院内", "路口东侧", "路口西侧",
    "卫生站旁", "桥头", "加油站对面", "幼儿园门口", "停车场入口", "便民服务中心旁", "{n} 栋楼下", "施工工地旁", "河边步道",
    "村道 {n} 公里处", "广场旁",
)  # fmt: skip
_VILLAGES = sa.text(
    """
    SELECT v.id, min(p.lon) AS lon, min(p.lat) AS lat
    FROM territory_region v LEFT JOIN territory_place p ON p.region_id = v.id
    WHERE v.level = 'village' AND v.valid_to IS NULL GROUP BY v.id ORDER BY v.id
    """
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A point (degrees) with what lies there and how the place is called."""

    lon: float
    lat: float
    ground: Ground
    address: str
    district: str


@dataclass(frozen=True, slots=True)
class Spots:
    """Spots with how often something is reported there, as cumulated shares that end in 1."""

    every: tuple[Spot, ...]
    heaped: NDArray[np.float64]

    def draw(self, source: np.random.Generator, count: int) -> NDArray[np.int64]:
        """Numbers of spots, by their weight."""
        return np.searchsorted(self.heaped, source.random(count), side="right").clip(max=len(self.every) - 1)

    def within(self, districts: tuple[str, ...]) -> NDArray[np.int64]:
        """Numbers of the spots in these districts (names)."""
        wanted = set(districts)
        return np.array([n for n, spot in enumerate(self.every) if spot.district in wanted], dtype=np.int64)


def spots_of(tx: Tx, plan: Shape, source: np.random.Generator, count: int) -> Spots:
    """About `count` spots, at least one per village, more where more people live."""
    territory.warm(tx, screens=False)
    rows = tx.execute(_VILLAGES).all()
    weights = np.array([_weight(tx, row.id, plan) for row in rows])
    many = 1 + source.poisson(weights / weights.sum() * max(count - len(rows), 0))
    offices = np.array([_office(tx, row) for row in rows])
    points = np.repeat(offices, many, axis=0)
    points = np.round(points + source.uniform(-SCATTER, SCATTER, points.shape), 6)
    share = np.repeat(weights / many, many) * (source.pareto(POPULAR, len(points)) + 0.2)
    inside = territory.locate_many(points) >= 0
    share, points = share[inside], points[inside]
    every = tuple(_spot(tx, lon, lat, source) for lon, lat in points.tolist())
    return Spots(every, np.cumsum(share) / share.sum())


def _weight(tx: Tx, village: int, plan: Shape) -> float:
    chain = territory.chain_of(tx, village)
    town, district = chain.town, chain.district
    urban = plan.urban if town is not None and town.name.endswith("街道") else 1.0
    return urban * (plan.pull.get(district.name, 1.0) if district is not None else 1.0)


def _office(tx: Tx, row: Any) -> tuple[float, float]:
    if row.lon is not None:
        return float(row.lon), float(row.lat)
    west, south, east, north = territory.bbox(tx, row.id)
    return (west + east) / 2, (south + north) / 2


def _spot(tx: Tx, lon: float, lat: float, source: np.random.Generator) -> Spot:
    found = territory.locate(tx, lon, lat)
    address = ADDRESSES[int(source.integers(len(ADDRESSES)))].format(n=int(source.integers(1, 40)))
    return Spot(lon, lat, ground_of(found), address, found.district.name)
