"""DELETE, with what cannot be without the entity (table 25 of the standard)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from chengyun.kernel.errors import Conflict, NotFound
from chengyun.sensing import tables as t
from chengyun.sensing.sensorthings import ports
from chengyun.sensing.sensorthings.changing import own
from chengyun.sensing.sensorthings.creating import Creator, permission, record
from chengyun.sensing.sensorthings.shaping import Row


def remove(writer: Creator, owner: str, ident: str) -> None:
    """Raises NotFound; Conflict where it is the registry's, or in use where the caller does not see it."""
    writer.tx.actor.require(permission(owner))
    row = writer.reader.by_id(owner, ident)
    if row is None:
        raise NotFound("sta.no_entity", set=owner, id=ident)
    try:
        with writer.tx.savepoint():
            _REMOVED[owner](writer, row)
    except sa.exc.IntegrityError as error:
        raise Conflict("sta.used_elsewhere") from error
    record(writer.tx, "sta.removed", owner, row["id"])


def _thing(writer: Creator, row: Row) -> None:
    streams = sa.select(t.datastream.c.id).where(t.datastream.c.thing_id == row["id"])
    ports.remove_datastreams(writer.tx, writer.tx.execute(streams).scalars().all())
    ports.remove_thing(writer.tx, row["id"])


def _location(writer: Creator, row: Row) -> None:
    """Its HistoricalLocations go with it."""
    ident = own(row, "Locations")
    held = sa.select(t.sta_history_place.c.history_id).where(t.sta_history_place.c.location_id == ident)
    writer.tx.execute(sa.delete(t.sta_history).where(t.sta_history.c.id.in_(held)))
    _delete(writer, t.sta_location, ident)


def _datastream(writer: Creator, row: Row) -> None:
    ports.remove_datastreams(writer.tx, [row["id"]])


def _with_streams(writer: Creator, column: sa.Column[int], ident: int) -> Sequence[int]:
    """Remove the Datastreams of a Sensor or an ObservedProperty that the caller sees."""
    held = sa.select(t.sta_datastream.c.datastream_id).where(column == ident)
    found = writer.tx.execute(held).scalars().all()
    ports.remove_datastreams(writer.tx, found)
    return found


def _sensor(writer: Creator, row: Row) -> None:
    ident = own(row, "Sensors")
    _with_streams(writer, t.sta_datastream.c.sensor_id, ident)
    _delete(writer, t.sta_sensor, ident)


def _observed(writer: Creator, row: Row) -> None:
    ident = own(row, "ObservedProperties")
    _with_streams(writer, t.sta_datastream.c.property_id, ident)
    _delete(writer, t.sta_property, ident)


def _feature(writer: Creator, row: Row) -> None:
    ident = own(row, "FeaturesOfInterest")
    seen = sa.select(t.sta_observation).where(t.sta_observation.c.feature_id == ident)
    for found in writer.tx.execute(seen).mappings().all():
        _forget(writer, found)
    _delete(writer, t.sta_feature, ident)


def _observation(writer: Creator, row: Row) -> None:
    if row["_row"] is None:
        raise Conflict("sta.raw")
    query = sa.select(t.sta_observation).where(t.sta_observation.c.id == row["_row"])
    _forget(writer, writer.tx.execute(query).mappings().one())


def _forget(writer: Creator, found: Row) -> None:
    if found["read_at"] is not None:
        ports.withdraw(writer.tx, found["stream"], found["read_at"])
    _delete(writer, t.sta_observation, found["id"])


def _history(writer: Creator, row: Row) -> None:
    _delete(writer, t.sta_history, row["id"])


def _delete(writer: Creator, table: sa.Table, ident: int) -> None:
    writer.tx.execute(sa.delete(table).where(table.c.id == ident))


_REMOVED: dict[str, Callable[[Creator, Row], None]] = {
    "Things": _thing,
    "Locations": _location,
    "HistoricalLocations": _history,
    "Datastreams": _datastream,
    "Sensors": _sensor,
    "ObservedProperties": _observed,
    "FeaturesOfInterest": _feature,
    "Observations": _observation,
}
