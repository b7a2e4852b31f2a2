"""Observations: an entity of their own, and a reading for the live process where the result is a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.kernel.errors import BadRequest
from chengyun.kernel.transactions import Tx
from chengyun.sensing import tables as t
from chengyun.sensing.sensorthings import ports
from chengyun.sensing.sensorthings.grammar import Span
from chengyun.sensing.sensorthings.ports import Reading
from chengyun.sensing.sensorthings.shapes import geometry
from chengyun.sensing.sensorthings.shaping import Row

# Datastream, FeatureOfInterest (None: from the thing's place), properties as in a body
Told = tuple[Row, Row | None, Mapping[str, Any]]


def observe(tx: Tx, told: Sequence[Told]) -> list[int]:
    """Store Observations with their readings → ids. Raises BadRequest."""
    rows = []
    for stream, feature, values in told:
        ident = feature_of(tx, stream) if feature is None else feature["id"]
        rows.append({"stream": stream["_stream"], **stored(tx, values), "feature_id": held(stream, ident)})
    reads = [reading_of(tx, row) for row in rows]
    for row, reading in zip(rows, reads, strict=True):
        row["read_at"] = reading.at if reading else None
    insert = sa.insert(t.sta_observation).returning(t.sta_observation.c.id, sort_by_parameter_order=True)
    made = [int(ident) for ident in tx.execute(insert, rows).scalars()]
    ports.take_in(tx, [reading for reading in reads if reading is not None])
    return made


def held(stream: Row, feature: int) -> int | None:
    """A FeatureOfInterest as it is kept: None for the place of the registry. Raises BadRequest for that of another thing."""
    if feature % 2 == 0:
        return feature
    if feature != 2 * stream["_thing"] + 1:
        raise BadRequest("sta.link", name="FeatureOfInterest")
    return None


def stored(tx: Tx, values: Mapping[str, Any]) -> dict[str, Any]:
    """Properties under the names of their columns. Without a phenomenonTime it is now."""
    when = values.get("phenomenonTime") or Span(tx.now)
    valid = values.get("validTime")
    return {
        "at": when.start,
        "until": when.end,
        "result_time": values.get("resultTime"),
        "result": values["result"],
        "quality": values.get("resultQuality"),
        "valid_from": valid.start if valid else None,
        "valid_to": valid.end if valid else None,
        "parameters": values.get("parameters"),
    }


def reading_of(tx: Tx, row: Mapping[str, Any]) -> Reading | None:
    """What the live process gets of an Observation: its number at the end of its time; nothing of other results, nor of
    what is older than it reads. Raises BadRequest("sta.reading") for a number that is not taken in.
    """
    value, at = row["result"], moment_of(row)
    if isinstance(value, bool) or not isinstance(value, int | float) or at < tx.now - ports.OLDEST:
        return None
    if abs(value) > ports.UNBOUNDED:
        raise BadRequest("sta.reading", reason="out_of_range")
    reading = Reading(row["stream"], at, float(value))
    reason = ports.screened(tx, reading)
    if reason is not None:
        raise BadRequest("sta.reading", reason=reason.value)
    return reading


def moment_of(row: Mapping[str, Any]) -> datetime:
    found: datetime = row["until"] or row["at"]
    return found


def feature_of(tx: Tx, stream: Row) -> int:
    """The FeatureOfInterest of an Observation that names none: the thing's place, made into one once.

    Raises BadRequest("sta.no_place") for a thing without a place.
    """
    thing = stream["_thing"]
    if not tx.execute(sa.select(sa.exists().where(t.sta_thing.c.thing_id == thing))).scalar_one():
        return int(2 * thing + 1)
    place, feature = t.sta_location, t.sta_feature
    query = (
        sa.select(place)
        .join(t.sta_place, t.sta_place.c.location_id == place.c.id)
        .where(t.sta_place.c.thing_id == thing)
        .order_by(place.c.id)
    )
    found = [row for row in tx.execute(query).mappings() if geometry(row["location"]) is not None]
    if not found:
        raise BadRequest("sta.no_place")
    made = sa.select(feature.c.id).where(
        feature.c.location_id == found[0]["id"], feature.c.feature == found[0]["location"]
    )
    known = tx.execute(made.order_by(feature.c.id).limit(1)).scalar_one_or_none()
    return int(known) if known is not None else feature_from(tx, found[0])


def feature_from(tx: Tx, place: Row) -> int:
    """A FeatureOfInterest made from a Location → id."""
    names = ("name", "description", "encoding_type", "region_id", "readers")
    values = {
        **{name: place[name] for name in names},
        "feature": place["location"],
        "location_id": place["id"],
    }
    insert = sa.insert(t.sta_feature).values(values).returning(t.sta_feature.c.id)
    return int(tx.execute(insert).scalar_one())
