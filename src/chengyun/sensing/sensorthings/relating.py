"""How entities lead to each other: the key column of the one, and a condition on the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from chengyun.sensing import tables as t

Columns = sa.ColumnCollection[str, Any]
Column = sa.ColumnElement[Any]
Leads = Callable[[Column, Columns], Column]


def _on(name: str) -> Leads:
    return lambda key, target: target[name] == key


def _held(place: sa.FromClause, *conditions: Column) -> Column:
    """Whether a link exists. Nothing but the link stands in its FROM, however deep in a query it is."""
    found = sa.select(sa.literal(1)).select_from(place).where(*conditions)
    return found.correlate_except(place).exists()


def place_named(key: Column, target: Columns) -> Column:
    """The Location or FeatureOfInterest of an id, found by a primary key."""
    registered = sa.and_(~target["_own"], key % 2 == 1, target["_thing"] == key // 2)
    return sa.or_(sa.and_(target["_own"], target.id == key), registered)


def _among(column: Column, condition: Column) -> Column:
    """The ids on one side of the links between things and places."""
    found = sa.select(column).select_from(t.sta_place).where(condition).correlate_except(t.sta_place)
    return sa.func.array(found.scalar_subquery(), type_=sa.ARRAY(sa.BigInteger))


def _location_of(key: Column, target: Columns) -> Column:
    """The Locations of a thing: those that were set, else where the registry says."""
    held = _among(t.sta_place.c.location_id, t.sta_place.c.thing_id == key)
    return sa.or_(sa.and_(target["_own"], target.id == sa.any_(held)), target["_thing"] == key)


def _thing_at(key: Column, target: Columns) -> Column:
    held = _among(t.sta_place.c.thing_id, t.sta_place.c.location_id == key)
    registered = sa.and_(target.id == key // 2, key % 2 == 1, ~target["_adopted"])
    return sa.or_(target.id == sa.any_(held), registered)


def _was_at(key: Column, target: Columns) -> Column:
    place = t.sta_history_place.alias()
    return _held(place, place.c.history_id == key, place.c.location_id == target.id)


def _history_at(key: Column, target: Columns) -> Column:
    place = t.sta_history_place.alias()
    return _held(place, place.c.location_id == key, place.c.history_id == target.id)


# (set, relation) → the column of the entity whose value is the key, the condition on the target
LEADS: dict[tuple[str, str], tuple[str, Leads]] = {
    ("Things", "Locations"): ("id", _location_of),
    ("Things", "HistoricalLocations"): ("id", _on("_thing")),
    ("Things", "Datastreams"): ("id", _on("_thing")),
    ("Locations", "Things"): ("id", _thing_at),
    ("Locations", "HistoricalLocations"): ("id", _history_at),
    ("HistoricalLocations", "Thing"): ("_thing", _on("id")),
    ("HistoricalLocations", "Locations"): ("id", _was_at),
    ("Datastreams", "Thing"): ("_thing", _on("id")),
    ("Datastreams", "Sensor"): ("_sensor", _on("id")),
    ("Datastreams", "ObservedProperty"): ("_property", _on("id")),
    ("Datastreams", "Observations"): ("_stream", _on("_stream")),
    ("Sensors", "Datastreams"): ("id", _on("_sensor")),
    ("ObservedProperties", "Datastreams"): ("id", _on("_property")),
    ("Observations", "Datastream"): ("_stream", _on("id")),
    ("Observations", "FeatureOfInterest"): ("_feature", place_named),
    ("FeaturesOfInterest", "Observations"): ("id", _on("_feature")),
}
