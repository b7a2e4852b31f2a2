"""PATCH and PUT: some properties, or all of them; relations by the ids of entities that exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from chengyun.kernel.errors import BadRequest, Conflict, NotFound
from chengyun.sensing import tables as t
from chengyun.sensing.sensorthings import ports
from chengyun.sensing.sensorthings.bodies import Given, read
from chengyun.sensing.sensorthings.creating import (
    REGISTERED,
    Creator,
    columns,
    made_by,
    permission,
    record,
    symbol,
    text_of,
)
from chengyun.sensing.sensorthings.grammar import Span
from chengyun.sensing.sensorthings.model import SETS
from chengyun.sensing.sensorthings.observing import held, reading_of, stored
from chengyun.sensing.sensorthings.placing import spot_of
from chengyun.sensing.sensorthings.shaping import Row


def change(writer: Creator, owner: str, ident: str | int, body: object, *, whole: bool = False) -> None:
    """`whole`: what is not given goes back to nothing (PUT). Raises NotFound, BadRequest, Conflict."""
    writer.tx.actor.require(permission(owner))
    row = writer.reader.by_id(owner, ident)
    if row is None:
        raise NotFound("sta.no_entity", set=owner, id=ident)
    given = read(owner, body, partial=not whole, linked=False)
    inline = [name for name, links in given.links.items() if any(link.id is None for link in links)]
    if inline:
        raise BadRequest("sta.inline", name=", ".join(inline))
    if whole:
        given = Given({**_absent(owner), **given.values}, given.links)
    _CHANGED[owner](writer, row, given)
    writer.children(owner, row["id"], given)
    record(writer.tx, "sta.changed", owner, row["id"], fields=sorted([*given.values, *given.links]))


def _absent(owner: str) -> dict[str, Any]:
    """What PUT leaves where nothing is given; the time of an Observation stays what it was."""
    kept = ("phenomenonTime",)
    return {
        name: None
        for name, known in SETS[owner].properties.items()
        if not known.required and name not in kept
    }


def own(row: Row, owner: str) -> int:
    """The id of what SensorThings holds itself. Raises Conflict for what is the registry's."""
    if row["id"] % 2:
        raise Conflict("sta.shipped", set=SETS[owner].single)
    return int(row["id"])


def _thing(writer: Creator, row: Row, given: Given) -> None:
    values: dict[str, Any] = {name: given.values[name] for name in ("name",) if name in given.values}
    if "properties" in given.values:
        told = given.values["properties"] or {}
        fixed = [
            name for name in ("code", "kind") if text_of(told, name) not in (None, row["properties"][name])
        ]
        if fixed:
            raise BadRequest(
                "sta.body", set="Things", fields=", ".join(f"properties.{name}" for name in fixed)
            )
        values["properties"] = {name: value for name, value in told.items() if name not in REGISTERED}
        if "address" in told:
            values["address"] = text_of(told, "address") or ""
    ports.change_thing(writer.tx, row["id"], values)
    if "description" in given.values:
        writer.adopt(row)
        where = t.sta_thing.c.thing_id == row["id"]
        words = {"description": given.values["description"]}
        writer.tx.execute(sa.update(t.sta_thing).where(where).values(words))
    if given.links.get("Locations"):
        places = writer.rows("Things", "Locations", given)
        writer.adopt(row)
        writer.place(row["id"], places)


def _location(writer: Creator, row: Row, given: Given) -> None:
    """A place that moves takes what stands there along."""
    tx, ident = writer.tx, own(row, "Locations")
    values = columns(given.values)
    if "location" in values:
        spot = spot_of(tx, values["location"])
        values |= spot.columns()
        here = sa.select(t.sta_place.c.thing_id).where(t.sta_place.c.location_id == ident)
        for thing in tx.execute(here).scalars().all():
            ports.move_thing(tx, thing, spot)
    _set(writer, t.sta_location, ident, values)
    for thing in writer.rows("Locations", "Things", given):
        writer.adopt(thing)
        found = writer.reader.by_id("Locations", ident)
        writer.place(thing["id"], [found] if found else [])


def _history(writer: Creator, row: Row, given: Given) -> None:
    tx, ident = writer.tx, row["id"]
    values = {"at": given.values["time"]} if "time" in given.values else {}
    for thing in writer.rows("HistoricalLocations", "Thing", given):
        values["thing_id"] = thing["id"]
    _set(writer, t.sta_history, ident, values)
    places = [writer.stored(place) for place in writer.rows("HistoricalLocations", "Locations", given)]
    if places:
        tx.execute(sa.delete(t.sta_history_place).where(t.sta_history_place.c.history_id == ident))
        rows = [{"history_id": ident, "location_id": place} for place in dict.fromkeys(places)]
        tx.execute(sa.insert(t.sta_history_place), rows)


def _datastream(writer: Creator, row: Row, given: Given) -> None:
    tx, stream = writer.tx, row["id"]
    values = {**_kept(row), **columns(given.values)}
    registered: dict[str, Any] = {}
    things = writer.rows("Datastreams", "Thing", given)
    thing = things[0]["id"] if things else row["_thing"]
    sensor, observed = _makers(writer, row, given)
    unit = symbol(values["unit"])
    if "ObservedProperty" in given.links or thing != row["_thing"]:
        registered = {"thing_id": thing, "quantity": writer.quantity(thing, observed, unit)}
    elif observed["id"] % 2 and unit != symbol(row["unitOfMeasurement"]):
        raise BadRequest("sta.unit", unit=symbol(row["unitOfMeasurement"]))
    ports.change_datastream(tx, stream, {**registered, "unit": unit})
    values |= {**made_by(sensor, observed), "datastream_id": stream}
    tx.execute(sa.delete(t.sta_datastream).where(t.sta_datastream.c.datastream_id == stream))
    tx.execute(sa.insert(t.sta_datastream).values(values))


def _makers(writer: Creator, row: Row, given: Given) -> tuple[Row, Row]:
    """Sensor and ObservedProperty after the change."""
    found = []
    for name, key, owner in (
        ("Sensor", "_sensor", "Sensors"),
        ("ObservedProperty", "_property", "ObservedProperties"),
    ):
        told = writer.rows("Datastreams", name, given)
        held_now = writer.reader.by_id(owner, row[key])
        found.append(told[0] if told else held_now or {"id": row[key]})
    return found[0], found[1]


def _kept(row: Row) -> dict[str, Any]:
    names = ("name", "description", "observationType", "unitOfMeasurement", "properties")
    return columns({name: row[name] for name in names})


def _sensor(writer: Creator, row: Row, given: Given) -> None:
    _set(writer, t.sta_sensor, own(row, "Sensors"), columns(given.values))


def _observed(writer: Creator, row: Row, given: Given) -> None:
    _set(writer, t.sta_property, own(row, "ObservedProperties"), columns(given.values))


def _feature(writer: Creator, row: Row, given: Given) -> None:
    values = columns(given.values)
    if "feature" in values:
        values |= spot_of(writer.tx, values["feature"]).columns()
    _set(writer, t.sta_feature, own(row, "FeaturesOfInterest"), values)


def _observation(writer: Creator, row: Row, given: Given) -> None:
    """The old reading is withdrawn, the new one taken in."""
    tx, table = writer.tx, t.sta_observation
    if row["_row"] is None:
        raise Conflict("sta.raw")
    known = tx.execute(sa.select(table).where(table.c.id == row["_row"])).mappings().one()
    streams = writer.rows("Observations", "Datastream", given)
    stream = streams[0] if streams else writer.reader.by_id("Datastreams", row["_stream"])
    values = {**stored(tx, {**_told(row), **given.values}), "stream": stream["_stream"] if stream else 0}
    for feature in writer.rows("Observations", "FeatureOfInterest", given):
        values["feature_id"] = held(stream or {}, feature["id"])
    reading = reading_of(tx, values)
    if known["read_at"] is not None:
        ports.withdraw(tx, known["stream"], known["read_at"])
    values["read_at"] = reading.at if reading else None
    _set(writer, table, row["_row"], values)
    ports.take_in(tx, [reading] if reading else [])


def _told(row: Row) -> dict[str, Any]:
    """An Observation as if it had just been sent."""
    names = ("result", "resultTime", "resultQuality", "parameters")
    valid = Span(row["validTime"], row["validTime_end"]) if row["validTime"] else None
    when = Span(row["phenomenonTime"], row["phenomenonTime_end"])
    return {**{name: row[name] for name in names}, "validTime": valid, "phenomenonTime": when}


def _set(writer: Creator, table: sa.Table, ident: int, values: Mapping[str, Any]) -> None:
    if values:
        writer.tx.execute(sa.update(table).where(table.c.id == ident).values(dict(values)))


_CHANGED: dict[str, Callable[[Creator, Row, Given], None]] = {
    "Things": _thing,
    "Locations": _location,
    "HistoricalLocations": _history,
    "Datastreams": _datastream,
    "Sensors": _sensor,
    "ObservedProperties": _observed,
    "FeaturesOfInterest": _feature,
    "Observations": _observation,
}
