"""The entity sets of SensorThings as data: properties with their types, relations, what may not be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# "uri" is a text; "any" whatever JSON holds; "geo" GeoJSON where the encoding says so; "instant" a moment;
# "time" a moment or an interval; "interval" an interval.
Type = Literal["text", "any", "object", "geo", "unit", "instant", "time", "interval"]


@dataclass(frozen=True, slots=True)
class Property:
    """`required` on creation; `shown` even when it is null."""

    type: Type
    required: bool = False
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """`inverse` is what the target calls the way back."""

    target: str
    many: bool
    inverse: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class EntitySet:
    """`name` as in addresses, `single` as in relations."""

    name: str
    single: str
    properties: Mapping[str, Property]
    relations: Mapping[str, Relation] = field(default_factory=dict)


TEXT = Property("text", required=True)
FREE = Property("object")

_SETS = (
    EntitySet(
        "Things",
        "Thing",
        {"name": TEXT, "description": TEXT, "properties": FREE},
        {
            "Locations": Relation("Locations", True, "Things"),
            "HistoricalLocations": Relation("HistoricalLocations", True, "Thing"),
            "Datastreams": Relation("Datastreams", True, "Thing"),
        },
    ),
    EntitySet(
        "Locations",
        "Location",
        {
            "name": TEXT,
            "description": TEXT,
            "encodingType": TEXT,
            "location": Property("geo", required=True),
            "properties": FREE,
        },
        {
            "Things": Relation("Things", True, "Locations"),
            "HistoricalLocations": Relation("HistoricalLocations", True, "Locations"),
        },
    ),
    EntitySet(
        "HistoricalLocations",
        "HistoricalLocation",
        {"time": Property("instant", required=True)},
        {
            "Thing": Relation("Things", False, "HistoricalLocations", required=True),
            "Locations": Relation("Locations", True, "HistoricalLocations", required=True),
        },
    ),
    EntitySet(
        "Datastreams",
        "Datastream",
        {
            "name": TEXT,
            "description": TEXT,
            "observationType": TEXT,
            "unitOfMeasurement": Property("unit", required=True),
            "properties": FREE,
        },
        {
            "Thing": Relation("Things", False, "Datastreams", required=True),
            "Sensor": Relation("Sensors", False, "Datastreams", required=True),
            "ObservedProperty": Relation("ObservedProperties", False, "Datastreams", required=True),
            "Observations": Relation("Observations", True, "Datastream"),
        },
    ),
    EntitySet(
        "Sensors",
        "Sensor",
        {
            "name": TEXT,
            "description": TEXT,
            "encodingType": TEXT,
            "metadata": Property("any", required=True),
            "properties": FREE,
        },
        {"Datastreams": Relation("Datastreams", True, "Sensor")},
    ),
    EntitySet(
        "ObservedProperties",
        "ObservedProperty",
        {"name": TEXT, "definition": TEXT, "description": TEXT, "properties": FREE},
        {"Datastreams": Relation("Datastreams", True, "ObservedProperty")},
    ),
    EntitySet(
        "Observations",
        "Observation",
        {
            "phenomenonTime": Property("time"),
            "result": Property("any", required=True),
            "resultTime": Property("instant", shown=True),
            "resultQuality": Property("any"),
            "validTime": Property("interval"),
            "parameters": FREE,
        },
        {
            "Datastream": Relation("Datastreams", False, "Observations", required=True),
            "FeatureOfInterest": Relation("FeaturesOfInterest", False, "Observations"),
        },
    ),
    EntitySet(
        "FeaturesOfInterest",
        "FeatureOfInterest",
        {
            "name": TEXT,
            "description": TEXT,
            "encodingType": TEXT,
            "feature": Property("geo", required=True),
            "properties": FREE,
        },
        {"Observations": Relation("Observations", True, "FeatureOfInterest")},
    ),
)
SETS: Mapping[str, EntitySet] = {one.name: one for one in _SETS}
SINGLE: Mapping[str, str] = {one.single: one.name for one in _SETS}
TIMES = ("instant", "time", "interval")


def relation_named(owner: EntitySet, name: str) -> tuple[str, Relation] | None:
    """A relation by its name; the singular of a collection's name counts as well."""
    if name in owner.relations:
        return name, owner.relations[name]
    plural = SINGLE.get(name, "")
    return (plural, owner.relations[plural]) if plural in owner.relations else None
