"""Where an incident lies and which units are there: what routing and messages need of territory and identity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import cos, hypot, radians

from chengyun.identity import service as identity
from chengyun.identity.contracts import Unit
from chengyun.incidents.contracts import UnitBrief
from chengyun.incidents.dispatch.routing import Facts as RoutingFacts
from chengyun.incidents.life import Incident
from chengyun.incidents.messages import Names
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import Chain

EARTH_M = 6_371_000
CENTRE_LEVELS = ("city", "district", "town")


def settlement_of(town: str) -> str:
    """A 街道 is urban, a 镇 or 乡 rural."""
    return "urban" if town.endswith("街道") else "rural"


def levels_of(chain: Chain) -> dict[str, int]:
    """Region id per level."""
    return {ref.level: ref.id for ref in chain.regions}


def facts_of(tx: Tx, incident: Incident, at: datetime) -> RoutingFacts:
    """What routing rules may ask about this incident, owned as it is now."""
    place = levels_of(territory.chain_of(tx, incident.grid_id or incident.village_id or incident.town_id))
    owner = levels_of(territory.chain_of(tx, incident.centre_id))
    town = territory.region(tx, incident.town_id)
    return make_facts(incident, place, owner, settlement_of(town.name), at)


def make_facts(
    incident: Incident, place: Mapping[str, int], owner: Mapping[str, int], settlement: str, at: datetime
) -> RoutingFacts:
    """The same from parts that are known already."""
    return RoutingFacts(
        category=incident.category or "",
        level=incident.level,
        channel=incident.channel,
        event=incident.event,
        settlement=settlement,
        at=at.astimezone(SHANGHAI).time(),
        owner_level=next(level for level in reversed(list(owner)) if owner[level] == incident.centre_id),
        place=place,
        owner=owner,
        returns=incident.returns,
        border_m=incident.border_m,
    )


def brief(unit: Unit) -> UnitBrief:
    return UnitBrief(unit.id, unit.name, unit.kind, unit.level)


class Units:
    """The catalogue of units as one transaction sees it."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def find(self, kind: str, region: int) -> UnitBrief | None:
        """The unit of that kind in that very region."""
        found = identity.unit_of(self._tx, kind, region)
        return brief(found) if found else None

    def name(self, unit_id: int) -> str:
        """What a unit is called."""
        return identity.unit(self._tx, unit_id).name

    def distance(self, unit_id: int, lon: float, lat: float) -> float:
        """Metres from the middle of the unit's region to a point."""
        region = identity.unit(self._tx, unit_id).region_id
        west, south, east, north = territory.bbox(self._tx, region)
        return metres((west + east) / 2, (south + north) / 2, lon, lat)


def metres(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Between two points in degrees, on a sphere; good to 0.5 %."""
    north = radians(lat_b - lat_a)
    east = radians(lon_b - lon_a) * cos(radians((lat_a + lat_b) / 2))
    return hypot(north, east) * EARTH_M


def names_of(tx: Tx, incident: Incident, units: Units) -> Names:
    """Names for messages about one incident."""
    lowest = incident.village_id or incident.town_id
    return Names(
        units.name,
        lambda region: territory.region(tx, region).name,
        lambda: territory.chain_of(tx, lowest).label,
    )
