"""Where something is, and who may see it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chengyun.kernel.errors import AppError, Forbidden
from chengyun.kernel.transactions import Tx
from chengyun.sensing.sensorthings.shapes import geometry
from chengyun.territory import service as territory


@dataclass(frozen=True, slots=True)
class Spot:
    """A region with those who see what is in it, and a point in WGS-84 degrees."""

    region: int
    readers: tuple[int, ...]
    lon: float
    lat: float

    @property
    def lon_e6(self) -> int:
        return round(self.lon * 1e6)

    @property
    def lat_e6(self) -> int:
        return round(self.lat * 1e6)

    def columns(self) -> dict[str, Any]:
        return {"region_id": self.region, "readers": list(self.readers)}


def home(tx: Tx, lon: float | None = None, lat: float | None = None) -> Spot:
    """For what has no place in the city: the writer's own region, at its middle unless a point is given."""
    region = tx.actor.home or territory.city(tx)
    if lon is None or lat is None:
        west, south, east, north = territory.bbox(tx, region)
        lon, lat = (west + east) / 2, (south + north) / 2
    return Spot(region, territory.chain_of(tx, region).ids(), lon, lat)


def spot_of(tx: Tx, told: object) -> Spot:
    """Where GeoJSON lies. Raises Forbidden("sta.outside") for the jurisdiction of others."""
    found = geometry(told)
    if found is None:
        return home(tx)
    point = found.representative_point()
    try:
        chain = territory.locate(tx, point.x, point.y).chain
    except AppError as error:
        if error.status >= 500:
            raise
        return home(tx, _within(point.x, 180), _within(point.y, 90))  # beyond the city
    if tx.actor.kind != "system" and not set(chain.ids()) & set(tx.actor.scopes):
        raise Forbidden("sta.outside")
    return Spot(chain.regions[-1].id, chain.ids(), point.x, point.y)


def _within(degrees: float, most: float) -> float:
    return max(-most, min(most, degrees))
