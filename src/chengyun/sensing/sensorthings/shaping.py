"""Entities as JSON: control information, properties, links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chengyun.sensing.sensorthings.model import SETS, TIMES, EntitySet, Property
from chengyun.sensing.sensorthings.moments import written_span

Row = Mapping[Any, Any]  # of a source, by the names of its columns
IDS = ("id", "@iot.id")


def id_of(row: Row) -> int | str:
    """A number; a reading that did not come by SensorThings is named by its datastream and moment."""
    found = row["id"]
    return int(found) if isinstance(found, str) and found.isdecimal() else found


def self_link(base: str, owner: str, row: Row) -> str:
    found = id_of(row)
    return f"{base}/{owner}({found})" if isinstance(found, int) else f"{base}/{owner}('{found}')"


def property_of(known: Property, name: str, row: Row) -> Any:
    """A property as JSON."""
    value = row[name]
    if known.type in TIMES and value is not None:
        return written_span(value, row[f"{name}_end"] if known.type != "instant" else None)
    return value


def entity(
    base: str, owner: str, row: Row, select: tuple[str, ...], expanded: Mapping[str, Any]
) -> dict[str, Any]:
    """`select` as asked for (empty: everything); `expanded` what stands in place of links."""
    kind, link = SETS[owner], self_link(base, owner, row)
    found: dict[str, Any] = {}
    if not select or set(IDS) & set(select):
        found["@iot.id"] = id_of(row)
    if not select or "@iot.selfLink" in select:
        found["@iot.selfLink"] = link
    found |= _properties(kind, row, select)
    for name in kind.relations:
        if name not in expanded and (not select or name in select):
            found[f"{name}@iot.navigationLink"] = f"{link}/{name}"
    return {**found, **expanded}


def _properties(kind: EntitySet, row: Row, select: tuple[str, ...]) -> dict[str, Any]:
    found = {}
    for name, known in kind.properties.items():
        if select and name not in select:
            continue
        value = property_of(known, name, row)
        if value is not None or known.shown or name in select:
            found[name] = value
    return found


COMPONENTS = ("id", "phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters")


def arrays(base: str, rows: list[Row], select: tuple[str, ...]) -> list[dict[str, Any]]:
    """Observations by Datastream, as rows of values."""
    known = SETS["Observations"].properties
    names = [
        name for name in COMPONENTS if not select or name in select or (name == "id" and "@iot.id" in select)
    ]
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        stream = row["_stream"]
        held = found.setdefault(
            stream,
            {
                "Datastream@iot.navigationLink": f"{base}/Datastreams({stream})",
                "components": names,
                "dataArray@iot.count": 0,
                "dataArray": [],
            },
        )
        values = [id_of(row) if name == "id" else property_of(known[name], name, row) for name in names]
        held["dataArray"].append(values)
        held["dataArray@iot.count"] += 1
    return list(found.values())
