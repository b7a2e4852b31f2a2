"""Creating entities, alone or with those that belong to them: all of it in one transaction, or none."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.kernel import audit
from chengyun.kernel.errors import BadRequest, Conflict
from chengyun.kernel.transactions import Tx
from chengyun.sensing import tables as t
from chengyun.sensing.sensorthings import ports
from chengyun.sensing.sensorthings.bodies import Given, Link, read
from chengyun.sensing.sensorthings.model import SETS
from chengyun.sensing.sensorthings.observing import feature_from, observe
from chengyun.sensing.sensorthings.placing import home, spot_of
from chengyun.sensing.sensorthings.reading import Reader
from chengyun.sensing.sensorthings.shapes import geometry
from chengyun.sensing.sensorthings.shaping import Row
from chengyun.sensing.sensorthings.sources import STA

COLUMNS = {
    "encodingType": "encoding_type",
    "observationType": "observation_type",
    "unitOfMeasurement": "unit",
}
REGISTERED = ("code", "kind", "address")  # of `properties`: what the registry has columns for
Body = Mapping[str, Any]


Relink = Callable[["Creator", str, str, Body], None]  # change a relation of an entity that exists


class Creator:
    """Creates in one transaction, as its actor may."""

    def __init__(self, reader: Reader, relink: Relink) -> None:
        self.reader, self.tx, self.relink = reader, reader.tx, relink

    def create(self, owner: str, body: object) -> int | str:
        """The new entity's id. Raises BadRequest, Conflict, Forbidden."""
        self.tx.actor.require(permission(owner))
        given = read(owner, body)
        made = _MADE[owner](self, given)
        self.children(owner, made, given)
        if owner != "Observations":
            record(self.tx, "sta.created", owner, made)
        return made

    def row(self, owner: str, relation: str, link: Link) -> Row:
        """A related entity, made where it is new. Raises BadRequest("sta.link")."""
        target = SETS[owner].relations[relation].target
        ident = self.create(target, link.body) if link.id is None else link.id
        found = self.reader.by_id(target, ident)
        if found is None:
            raise BadRequest("sta.link", name=relation)
        return found

    def rows(self, owner: str, relation: str, given: Given) -> list[Row]:
        return [self.row(owner, relation, link) for link in given.links.get(relation, ())]

    def children(self, owner: str, made: int | str, given: Given) -> None:
        """Collections whose entities belong to this one: new ones are made with it, others come over."""
        for name, relation in SETS[owner].relations.items():
            if not relation.many or SETS[relation.target].relations[relation.inverse].many:
                continue
            back = {relation.inverse: {"@iot.id": made}}
            for link in given.links.get(name, ()):
                if link.id is None:
                    self.create(relation.target, {**link.body, **back})
                else:
                    self.relink(self, relation.target, link.id, back)

    def thing(self, given: Given) -> int:
        told = dict(given.values.get("properties") or {})
        code = text_of(told, "code") or f"sta-{uuid.uuid4().hex[:16]}"
        kind = text_of(told, "kind") or STA
        if kind == STA:
            ports.ensure_kind(self.tx)
        elif not ports.kind_exists(self.tx, kind):
            raise BadRequest("sta.kind", kind=kind)
        places = self.rows("Things", "Locations", given)
        spot = spot_of(self.tx, _shape(places)) if places else home(self.tx)
        kept = {name: value for name, value in told.items() if name not in REGISTERED}
        address = text_of(told, "address") or ""
        name = given.values["name"]
        made = ports.add_thing(self.tx, code, kind, name, spot, {**kept, "address": address})
        values = {"thing_id": made, "description": given.values["description"]}
        self.tx.execute(sa.insert(t.sta_thing).values(values))
        if places:
            self.place(made, places)
        return made

    def adopt(self, thing: Row) -> None:
        """From now on SensorThings keeps this thing's description and places; it starts with those of the registry."""
        ident = thing["id"]
        place = self.reader.by_id("Locations", 2 * ident + 1)
        if thing["_adopted"] or place is None:
            return
        known = self.tx.execute(sa.select(t.thing).where(t.thing.c.id == ident)).mappings().one()
        self.tx.execute(sa.insert(t.sta_thing).values(thing_id=ident, description=thing["description"]))
        values = {
            "name": place["name"], "description": place["description"], "encoding_type": place["encodingType"],
            "location": place["location"], "region_id": known["region_id"], "readers": known["readers"],
        }  # fmt: skip
        made = self.insert(t.sta_location, values)
        self.tx.execute(sa.insert(t.sta_place).values(thing_id=ident, location_id=made))
        self.remember({"thing_id": ident, "at": known["created_at"]}, [made])
        feature = feature_from(self.tx, {**values, "id": made})
        streams = sa.select(t.datastream.c.id).where(t.datastream.c.thing_id == ident)
        seen = sa.and_(t.sta_observation.c.stream.in_(streams), t.sta_observation.c.feature_id.is_(None))
        self.tx.execute(sa.update(t.sta_observation).where(seen).values(feature_id=feature))

    def place(self, thing: int, places: Sequence[Row]) -> None:
        """A thing's Locations from now on; the registry's position follows, and the past is kept."""
        ids = [self.stored(row) for row in places]
        self.tx.execute(sa.delete(t.sta_place).where(t.sta_place.c.thing_id == thing))
        rows = [{"thing_id": thing, "location_id": ident} for ident in dict.fromkeys(ids)]
        if not rows:
            return
        self.tx.execute(sa.insert(t.sta_place), rows)
        past = {"thing_id": thing, "at": self.tx.now}
        self.remember(past, ids)
        ports.move_thing(self.tx, thing, spot_of(self.tx, _shape(places)))

    def remember(self, past: Mapping[str, Any], locations: Sequence[int]) -> int:
        """A HistoricalLocation → id."""
        insert = sa.insert(t.sta_history).values(dict(past)).returning(t.sta_history.c.id)
        made = int(self.tx.execute(insert).scalar_one())
        rows = [{"history_id": made, "location_id": ident} for ident in dict.fromkeys(locations)]
        self.tx.execute(sa.insert(t.sta_history_place), rows)
        return made

    def stored(self, row: Row) -> int:
        """The id of a Location that SensorThings holds. Raises Conflict for one of the registry."""
        if row["id"] % 2:
            raise Conflict("sta.shipped", set="Location")
        return int(row["id"])

    def location(self, given: Given) -> int:
        spot = spot_of(self.tx, given.values["location"])
        made = self.insert(t.sta_location, {**columns(given.values), **spot.columns()})
        found = self.reader.by_id("Locations", made)
        for thing in self.rows("Locations", "Things", given):
            self.adopt(thing)
            self.place(thing["id"], [found] if found else [])
        return made

    def history(self, given: Given) -> int:
        (thing,) = self.rows("HistoricalLocations", "Thing", given)
        places = self.rows("HistoricalLocations", "Locations", given)
        past = {"thing_id": thing["id"], "at": given.values["time"]}
        return self.remember(past, [self.stored(row) for row in places])

    def sensor(self, given: Given) -> int:
        return self.insert(t.sta_sensor, {**columns(given.values), **home(self.tx).columns()})

    def observed(self, given: Given) -> int:
        return self.insert(t.sta_property, {**columns(given.values), **home(self.tx).columns()})

    def feature(self, given: Given) -> int:
        spot = spot_of(self.tx, given.values["feature"])
        return self.insert(t.sta_feature, {**columns(given.values), **spot.columns()})

    def datastream(self, given: Given) -> int:
        (thing,) = self.rows("Datastreams", "Thing", given)
        (sensor,) = self.rows("Datastreams", "Sensor", given)
        (observed,) = self.rows("Datastreams", "ObservedProperty", given)
        unit = symbol(given.values["unitOfMeasurement"])
        quantity = self.quantity(thing["id"], observed, unit)
        values = {**columns(given.values), **made_by(sensor, observed)}
        made = ports.add_datastream(self.tx, thing["id"], quantity, unit)
        self.tx.execute(sa.insert(t.sta_datastream).values(datastream_id=made, **values))
        return made

    def quantity(self, thing: int, observed: Row, unit: str) -> str:
        """What the registry calls an ObservedProperty of this thing. Raises Conflict."""
        held = ports.quantities_of(self.tx, thing)
        if observed["id"] % 2 == 0:
            return ports.ensure_quantity(self.tx, observed["id"], unit, held)
        known = ports.quantity_by_number(self.tx, observed["id"] // 2)
        if known.code in held:
            raise Conflict("sta.taken")
        if unit != known.unit:
            raise BadRequest("sta.unit", unit=known.unit)
        return str(known.code)

    def observation(self, given: Given) -> int:
        (stream,) = self.rows("Observations", "Datastream", given)
        features = self.rows("Observations", "FeatureOfInterest", given)
        (made,) = observe(self.tx, [(stream, features[0] if features else None, given.values)])
        return made

    def insert(self, table: sa.Table, values: Mapping[str, Any]) -> int:
        return int(self.tx.execute(sa.insert(table).values(dict(values)).returning(table.c.id)).scalar_one())


_MADE: dict[str, Callable[[Creator, Given], int]] = {
    "Things": Creator.thing,
    "Locations": Creator.location,
    "HistoricalLocations": Creator.history,
    "Datastreams": Creator.datastream,
    "Sensors": Creator.sensor,
    "ObservedProperties": Creator.observed,
    "Observations": Creator.observation,
    "FeaturesOfInterest": Creator.feature,
}


def permission(owner: str) -> str:
    """What writing to a set needs."""
    return "reading.write" if owner == "Observations" else "thing.write"


def record(tx: Tx, action: str, owner: str, ident: int | str, **detail: Any) -> None:
    """Who changed what; a thing as the registry calls it."""
    kind = "thing" if owner == "Things" else f"sta.{SETS[owner].single}"
    audit.record(tx, action, (kind, ident), {"set": owner, **detail})


def columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Properties under the names of their columns."""
    return {COLUMNS.get(name, name): value for name, value in values.items()}


def symbol(unit: Mapping[str, Any]) -> str:
    """What the registry calls a unit."""
    return str(unit.get("symbol") or unit.get("name") or "1")


def made_by(sensor: Row, observed: Row) -> dict[str, Any]:
    """Sensor and ObservedProperty of a Datastream; those of the registry come together, by its quantity.

    Raises BadRequest for a registered Sensor of something else.
    """
    if sensor["id"] % 2 and sensor["id"] != observed["id"]:
        raise BadRequest("sta.link", name="Sensor")
    return {
        "sensor_id": None if sensor["id"] % 2 else sensor["id"],
        "property_id": None if observed["id"] % 2 else observed["id"],
    }


def text_of(told: Mapping[str, Any], name: str) -> str | None:
    """A text within `properties`. Raises BadRequest where it is something else."""
    value = told.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest("sta.body", set="Things", fields=f"properties.{name}")
    return value or None


def _shape(places: Sequence[Row]) -> object:
    """The first of several places that has a geometry."""
    return next((row["location"] for row in places if geometry(row["location"]) is not None), None)
