"""Every entity set as one SELECT over the registry, the readings and what SensorThings itself holds.

A row has a column per property (a time has a second one, `…_end`), `id`, and keys that lead to its relations (`_…`).
What is the registry's alone has the odd id 2n + 1 of its thing's id or its quantity's number; own rows have even ids.
Jurisdiction stands in each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from chengyun.identity.service import readable_by
from chengyun.kernel.contracts import Actor
from chengyun.sensing import tables as t

STA = "sta"  # the kind of things and quantities that come by SensorThings without one
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
GEOJSON = "application/geo+json"
Source = sa.Select[Any]
Column = sa.ColumnElement[Any]


def odd(number: Column) -> Column:
    """The id of what is read from the registry."""
    return sa.cast(number, sa.BigInteger) * 2 + 1


def _object(parts: Mapping[str, Column]) -> Column:
    """A JSON object of columns."""
    pairs = (part for name, column in parts.items() for part in (sa.literal(name, sa.Text), column))
    return sa.func.jsonb_build_object(*pairs, type_=JSONB)


def _point() -> Column:
    lon, lat = (sa.cast(column, sa.Double) / 1e6 for column in (t.thing.c.lon, t.thing.c.lat))
    kind = sa.literal("Point", sa.Text)
    return _object({"type": kind, "coordinates": sa.func.jsonb_build_array(lon, lat)})


def _none(kind: Any) -> Column:
    return sa.cast(sa.null(), kind)


def things(actor: Actor) -> Source:
    """Things of the registry; where SensorThings knows them (`_adopted`), with its description."""
    told = _object({name: t.thing.c[name] for name in ("code", "kind", "address")})
    columns = (
        t.thing.c.id,
        t.thing.c.name,
        sa.func.coalesce(t.sta_thing.c.description, t.kind.c.name_zh).label("description"),
        told.op("||")(t.thing.c.properties).label("properties"),
        t.sta_thing.c.thing_id.is_not(None).label("_adopted"),
    )
    held = t.thing.join(t.kind, t.kind.c.code == t.thing.c.kind).outerjoin(
        t.sta_thing, t.sta_thing.c.thing_id == t.thing.c.id
    )
    return sa.select(*columns).select_from(held).where(readable_by(actor, t.thing.c.readers))


def _standing(actor: Actor) -> tuple[Column, ...]:
    """Conditions: a thing that stands where the registry says."""
    adopted = sa.exists().where(t.sta_thing.c.thing_id == t.thing.c.id)
    return ~adopted, readable_by(actor, t.thing.c.readers)


def _places(table: sa.Table, shape: str, actor: Actor) -> Source:
    """`_own` and `_thing` let PostgreSQL leave out one half, and find the other by its primary key."""
    own = sa.select(
        table.c.id, table.c.name, table.c.description, table.c.encoding_type.label("encodingType"),
        table.c[shape], table.c.properties, sa.true().label("_own"), _none(sa.BigInteger).label("_thing"),
    ).where(readable_by(actor, table.c.readers))  # fmt: skip
    of_registry = sa.select(
        odd(t.thing.c.id), t.thing.c.name, t.thing.c.address, sa.literal(GEOJSON, sa.Text), _point(), _none(JSONB),
        sa.false(), t.thing.c.id,
    ).where(*_standing(actor))  # fmt: skip
    return _all(own, of_registry)


def _all(*parts: Source) -> Source:
    return sa.select(sa.union_all(*parts).subquery())


def locations(actor: Actor) -> Source:
    return _places(t.sta_location, "location", actor)


def features(actor: Actor) -> Source:
    return _places(t.sta_feature, "feature", actor)


def histories(actor: Actor) -> Source:
    history = t.sta_history
    columns = (history.c.id, history.c.at.label("time"), history.c.thing_id.label("_thing"))
    held = history.join(t.thing, t.thing.c.id == history.c.thing_id)
    return sa.select(*columns).select_from(held).where(readable_by(actor, t.thing.c.readers))


def datastreams(actor: Actor) -> Source:
    stream, own, quantity = t.datastream, t.sta_datastream, t.quantity
    definition = sa.literal("https://ucum.org/ucum#", sa.Text).op("||")(stream.c.unit)
    unit = _object({"name": stream.c.unit, "symbol": stream.c.unit, "definition": definition})
    columns = (
        stream.c.id,
        sa.func.coalesce(own.c.name, sa.func.concat_ws(" ", t.thing.c.name, quantity.c.name_zh)).label(
            "name"
        ),
        sa.func.coalesce(own.c.description, quantity.c.name_zh).label("description"),
        sa.func.coalesce(own.c.observation_type, MEASUREMENT).label("observationType"),
        sa.func.coalesce(own.c.unit, unit).label("unitOfMeasurement"),
        own.c.properties,
        stream.c.thing_id.label("_thing"),
        sa.func.coalesce(own.c.sensor_id, odd(quantity.c.no)).label("_sensor"),
        sa.func.coalesce(own.c.property_id, odd(quantity.c.no)).label("_property"),
        stream.c.id.label("_stream"),
    )
    held = stream.join(t.thing).join(quantity, quantity.c.code == stream.c.quantity)
    held = held.outerjoin(own, own.c.datastream_id == stream.c.id)
    return sa.select(*columns).select_from(held).where(readable_by(actor, t.thing.c.readers))


def _of_kinds(*columns: Column) -> Source:
    """Columns of the quantities that kinds bring."""
    held = t.quantity.join(t.kind, t.kind.c.code == t.quantity.c.kind)
    return sa.select(odd(t.quantity.c.no), *columns).select_from(held).where(t.quantity.c.kind != STA)


def sensors(actor: Actor) -> Source:
    own = t.sta_sensor
    quantity = t.quantity
    told = _object({name: quantity.c[name] for name in ("unit", "low", "high", "interval_s")})
    mine = sa.select(
        own.c.id, own.c.name, own.c.description, own.c.encoding_type.label("encodingType"), own.c.metadata,
        own.c.properties,
    ).where(readable_by(actor, own.c.readers))  # fmt: skip
    name = t.kind.c.name_zh.op("||")(sa.literal(" ", sa.Text)).op("||")(quantity.c.name_zh)
    return _all(
        mine, _of_kinds(name, t.kind.c.name_zh, sa.literal("application/json", sa.Text), told, _none(JSONB))
    )


def properties(actor: Actor) -> Source:
    own = t.sta_property
    mine = sa.select(own.c.id, own.c.name, own.c.definition, own.c.description, own.c.properties).where(
        readable_by(actor, own.c.readers)
    )
    definition = sa.literal("urn:chengyun:quantity:", sa.Text).op("||")(t.quantity.c.code)
    return _all(mine, _of_kinds(t.quantity.c.name_zh, definition, t.quantity.c.name_en, _none(JSONB)))


def observations(actor: Actor, since: datetime | None = None) -> Source:
    """Own Observations, and readings that came otherwise; of those that arrived at `since` or later."""
    own = t.sta_observation
    held = own.join(t.datastream, t.datastream.c.id == own.c.stream).join(t.thing)
    mine = sa.select(
        sa.cast(own.c.id, sa.Text).label("id"), own.c.at.label("phenomenonTime"),
        own.c.until.label("phenomenonTime_end"), own.c.result, own.c.result_time.label("resultTime"),
        own.c.quality.label("resultQuality"), own.c.valid_from.label("validTime"),
        own.c.valid_to.label("validTime_end"), own.c.parameters,
        own.c.stream.label("_stream"), sa.func.coalesce(own.c.feature_id, odd(t.thing.c.id)).label("_feature"),
        own.c.id.label("_row"),
    ).select_from(held).where(readable_by(actor, t.thing.c.readers))  # fmt: skip
    return _all(mine, _readings(actor, since))


def _readings(actor: Actor, since: datetime | None) -> Source:
    raw, own = t.observation, t.sta_observation
    told = sa.exists().where(own.c.stream == raw.c.stream, own.c.read_at == raw.c.at)
    moment = sa.cast(sa.func.extract("epoch", raw.c.at) * 1_000_000, sa.BigInteger)
    made = (
        sa.select(sa.func.max(t.sta_feature.c.id))
        .join(t.sta_place, t.sta_place.c.location_id == t.sta_feature.c.location_id)
        .where(t.sta_place.c.thing_id == t.thing.c.id)
        .scalar_subquery()
    )
    feature = sa.case(
        (sa.exists().where(t.sta_thing.c.thing_id == t.thing.c.id), made), else_=odd(t.thing.c.id)
    )
    held = raw.join(t.datastream, t.datastream.c.id == raw.c.stream).join(t.thing)
    found = sa.select(
        sa.func.concat_ws("-", raw.c.stream, moment), raw.c.at, _none(t.MOMENT), sa.func.to_jsonb(raw.c.value),
        raw.c.at, _none(JSONB), _none(t.MOMENT), _none(t.MOMENT), _none(JSONB),
        raw.c.stream, feature, _none(sa.BigInteger),
    ).select_from(held).where(readable_by(actor, t.thing.c.readers), ~told)  # fmt: skip
    return found if since is None else found.where(raw.c.arrived >= since)


SOURCES: dict[str, Callable[[Actor], Source]] = {
    "Things": things,
    "Locations": locations,
    "HistoricalLocations": histories,
    "Datastreams": datastreams,
    "Sensors": sensors,
    "ObservedProperties": properties,
    "FeaturesOfInterest": features,
    "Observations": observations,
}
