"""The data array extension: many Observations in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chengyun.kernel.errors import AppError, BadRequest
from chengyun.sensing.sensorthings.bodies import Link, read
from chengyun.sensing.sensorthings.creating import Creator
from chengyun.sensing.sensorthings.observing import observe
from chengyun.sensing.sensorthings.shaping import Row

FEATURE = ("FeatureOfInterest/id", "FeatureOfInterest/@iot.id")
ERROR = "error"
MOST = 10_000


def create_observations(writer: Creator, body: object) -> list[str]:
    """One answer for each row, in order: the new Observation's link, or "error". Raises BadRequest."""
    writer.tx.actor.require("reading.write")
    groups = body if isinstance(body, list) else [body]
    rows = [(stream, told) for group in groups for stream, told in _rows(writer, group)]
    if len(rows) > MOST:
        raise BadRequest("sta.body", set="CreateObservations", fields=f"dataArray > {MOST}")
    return [_created(writer, stream, told) for stream, told in rows]


def _rows(writer: Creator, group: object) -> list[tuple[Row | None, Mapping[str, Any] | None]]:
    """A row's Datastream and what it tells, None for what cannot be read."""
    if not isinstance(group, dict) or not isinstance(group.get("dataArray"), list):
        raise BadRequest("sta.body", set="CreateObservations", fields="dataArray")
    names = group.get("components")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadRequest("sta.body", set="CreateObservations", fields="components")
    told = group.get("Datastream")
    ident = told.get("@iot.id") if isinstance(told, dict) else None
    stream = writer.reader.by_id("Datastreams", ident) if ident is not None else None
    return [(stream, _row(names, values)) for values in group["dataArray"]]


def _row(names: Sequence[str], values: object) -> Mapping[str, Any] | None:
    return (
        dict(zip(names, values, strict=True))
        if isinstance(values, list) and len(values) == len(names)
        else None
    )


def _created(writer: Creator, stream: Row | None, told: Mapping[str, Any] | None) -> str:
    if stream is None or told is None:
        return ERROR
    named = [str(value) for name, value in told.items() if name in FEATURE]
    rest = {name: value for name, value in told.items() if name not in FEATURE}
    try:
        with writer.tx.savepoint():
            given = read("Observations", rest, linked=False)
            feature = writer.row("Observations", "FeatureOfInterest", Link(named[0], {})) if named else None
            (made,) = observe(writer.tx, [(stream, feature, given.values)])
    except AppError as error:
        if error.status >= 500:
            raise
        return ERROR
    return f"{writer.reader.base}/Observations({made})"
