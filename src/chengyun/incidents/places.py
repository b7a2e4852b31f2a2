"""Where an incident lies and which units are there: what routing and messages need of territory and identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import cos, hypot, radians

from chengyun.identity import service as identity
from chengyun.identity.contracts import Unit
from chengyun.incidents.contracts import UnitBrief
from chengyun.incidents.life import Incident
from chengyun.incidents.messages import Names
from chengyun.incidents.routing import Facts as RoutingFacts
from chengyun.incidents.routing import FindUnit
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
    """Units met in one transaction; those of a few regions come by one query."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._by_id: dict[int, UnitBrief] = {}
        self._by_place: dict[tuple[str, int], UnitBrief] = {}
        self._regions: set[int] = set()
        self._region_of: dict[int, int] = {}

    def around(self, regions: Iterable[int]) -> FindUnit:
        """Find units by kind and region; the living units of `regions` are read at once."""
        wanted = [region for region in dict.fromkeys(regions) if region not in self._regions]
        if wanted:
            for unit in identity.find_units(self._tx, region_ids=wanted):
                self._keep(unit)
            self._regions.update(wanted)
        return self.find

    def _keep(self, unit: Unit) -> None:
        self._by_id[unit.id] = brief(unit)
        self._region_of[unit.id] = unit.region_id
        self._by_place[unit.kind, unit.region_id] = brief(unit)

    def find(self, kind: str, region: int) -> UnitBrief | None:
        """The unit of that kind in that very region."""
        if region not in self._regions:
            self.around([region])
        return self._by_place.get((kind, region))

    def meet(self, ids: Iterable[int | None]) -> None:
        """Read the units of `ids` at once, for their names."""
        wanted = {unit for unit in ids if unit is not None and unit not in self._by_id}
        for unit in identity.units_by_ids(self._tx, wanted).values():
            self._keep(unit)

    def name(self, unit_id: int) -> str:
        """What a unit is called."""
        if unit_id not in self._by_id:
            self._keep(identity.unit(self._tx, unit_id))
        return self._by_id[unit_id].name

    def distance(self, unit_id: int, lon: float, lat: float) -> float:
        """Metres from the middle of the unit's region to a point."""
        west, south, east, north = territory.bbox(self._tx, self._region_of[unit_id])
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
