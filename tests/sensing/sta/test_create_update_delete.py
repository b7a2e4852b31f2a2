"""ets-sta10, class A.3 Create-Update-Delete (level 2): createUpdateDelete/Capability2Tests and ResultTypesTests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sensing.sta.support import (
    NOWHERE,
    PROPERTIES,
    SETS,
    Sta,
    datastream,
    feature,
    location,
    observed,
    point,
    ref,
    sensor,
)

pytestmark = pytest.mark.nightly

WEST = point(-117.05, 51.05)
INLINE_STREAM = {"unitOfMeasurement": {"name": "Lumen", "symbol": "lm", "definition": "x"}}


@pytest.fixture(autouse=True)
def empty(sta: Sta) -> Iterator[None]:
    yield
    sta.clear()
    assert set(sta.counts().values()) == {0}


def made(sta: Sta) -> dict[str, int]:
    """One entity of every set, that belong together: createEntities, createEntitiesForDelete."""
    found = {
        "Things": sta.make("Things", {"name": "Test Thing", "description": "From the suite"}),
        "Locations": sta.make("Locations", location("bow river", point(-114.05, 51.05))),
        "Sensors": sta.make("Sensors", sensor("Fuguro Barometer")),
        "ObservedProperties": sta.make("ObservedProperties", observed("DewPoint Temperature")),
        "FeaturesOfInterest": sta.make("FeaturesOfInterest", feature("A weather station.", point(10, 10))),
    }
    relations = {
        "Thing": ref(found["Things"]),
        "Sensor": ref(found["Sensors"]),
        "ObservedProperty": ref(found["ObservedProperties"]),
    }
    found["Datastreams"] = sta.make("Datastreams", datastream("test datastream.", **relations))
    told = {
        "phenomenonTime": "2015-03-01T00:40:00.000Z",
        "result": 8,
        "Datastream": ref(found["Datastreams"]),
        "FeatureOfInterest": ref(found["FeaturesOfInterest"]),
    }
    found["Observations"] = sta.make("Observations", told)
    past = {
        "time": "2015-03-01T00:40:00.000Z",
        "Thing": ref(found["Things"]),
        "Locations": [ref(found["Locations"])],
    }
    found["HistoricalLocations"] = sta.make("HistoricalLocations", past)
    return found


def test_create_entities(sta: Sta) -> None:
    """Also: the FeatureOfInterest that an Observation does not name is made from the thing's place, once."""
    known = made(sta)
    where = sta.get(f"Locations({known['Locations']})")
    sta.update("PATCH", f"Things({known['Things']})", {"Locations": [ref(known["Locations"])]})
    told = {
        "phenomenonTime": "2015-03-01T00:00:00.000Z",
        "resultTime": "2015-03-01T01:00:00.000Z",
        "result": 100,
    }
    first = sta.post("Observations", {**told, "Datastream": ref(known["Datastreams"])})
    assert first["resultTime"] == "2015-03-01T01:00:00.000Z"
    taken = sta.get(f"Observations({first['@iot.id']})/FeatureOfInterest")
    assert taken["feature"] == where["location"]
    told = {"phenomenonTime": "2015-05-01T00:00:00.000Z", "result": 105}
    second = sta.post("Observations", {**told, "Datastream": ref(known["Datastreams"])})
    assert second["resultTime"] is None
    assert sta.get(f"Observations({second['@iot.id']})/FeatureOfInterest")["@iot.id"] == taken["@iot.id"]
    history = sta.value(f"Things({known['Things']})/HistoricalLocations")
    assert len(history) == 2, "the one that was posted, and the one made by the change of place"


def test_create_entities_with_deep_insert(sta: Sta) -> None:
    place = location("West Roof", WEST)
    stream = datastream(
        "Light exposure.", ObservedProperty=observed("Luminous Flux"), Sensor=sensor("Fluxomatic")
    )
    body = {"name": "Office Building", "description": "Office", "properties": {"reference": "Third Floor"}}
    thing = sta.make("Things", {**body, "Locations": [place], "Datastreams": [stream]})
    (held,) = sta.value(f"Things({thing})/Datastreams")
    assert fits(held, {name: stream[name] for name in PROPERTIES["Datastreams"]})
    assert fits(sta.value(f"Things({thing})/Locations")[0], place)
    assert fits(sta.get(f"Datastreams({held['@iot.id']})/Sensor"), stream["Sensor"])
    assert fits(sta.get(f"Datastreams({held['@iot.id']})/ObservedProperty"), stream["ObservedProperty"])
    told = {"phenomenonTime": "2015-03-01T00:10:00Z", "result": 10}
    more = sta.make("Datastreams", {**stream, "Thing": ref(thing), "Observations": [told]})
    (seen,) = sta.value(f"Datastreams({more})/Observations")
    assert fits(seen, {"phenomenonTime": "2015-03-01T00:10:00.000Z", "result": 10})
    station = feature("A weather station.", point(-114.05, 51.05))
    seen = sta.post("Observations", {**told, "FeatureOfInterest": station, "Datastream": ref(more)})
    assert fits(sta.get(f"Observations({seen['@iot.id']})/FeatureOfInterest"), station)


def fits(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return {name: found.get(name) for name in wanted} == wanted


def test_create_invalid_entities_with_deep_insert(sta: Sta) -> None:
    """Nothing of a body remains when one part of it is wrong."""
    lacking = datastream("Light exposure.", ObservedProperty=observed("Luminous Flux"))
    place = location("West Roof", WEST)
    body = {"name": "Office Building", "description": "Office Building"}
    sta.refuse("Things", {**body, "Locations": [place], "Datastreams": [lacking]})
    assert set(sta.counts().values()) == {0}
    thing = sta.make("Things", body)
    whole = datastream("test", Thing=ref(thing), ObservedProperty=observed("Flux"), Sensor=sensor("Acme"))
    told = {"phenomenonTime": "2015-03-01T00:10:00Z", "result": 10}
    for missing in ("Sensor", "ObservedProperty", "Thing"):
        rest = {name: value for name, value in whole.items() if name != missing}
        sta.refuse("Datastreams", {**rest, "Observations": [told]})
    sta.refuse("Datastreams", {**whole, "Observations": [{}]})
    assert {name for name, count in sta.counts().items() if count} == {"Things"}
    stream = sta.make("Datastreams", whole)
    sta.refuse("Observations", {**told, "Datastream": ref(stream)})
    lacking = feature("A weather station.", WEST)
    del lacking["encodingType"]
    sta.refuse("Observations", {**told, "FeatureOfInterest": lacking, "Datastream": ref(stream)})
    counts = sta.counts()
    assert (counts["Observations"], counts["FeaturesOfInterest"]) == (0, 0)


def test_create_invalid_entities(sta: Sta) -> None:
    known = made(sta)
    relations = {
        "Thing": ref(known["Things"]),
        "Sensor": ref(known["Sensors"]),
        "ObservedProperty": ref(known["ObservedProperties"]),
    }
    for missing in relations:
        sta.refuse("Datastreams", datastream("x", **{k: v for k, v in relations.items() if k != missing}))
        sta.refuse("Datastreams", datastream("x", **{**relations, missing: ref(NOWHERE)}))
    told = {"phenomenonTime": "2015-03-01T00:40:00.000Z", "result": 8}
    sta.refuse("Observations", {**told, "FeatureOfInterest": ref(known["FeaturesOfInterest"])})
    sta.refuse(
        "Observations", {**told, "Datastream": ref(known["Datastreams"])}
    )  # and the thing has no place
    for owner in SETS:
        sta.refuse(owner, {})
        sta.refuse(owner, {"nmae": "a misspelt property"})
        sta.refuse(owner, [])


PATCHES: dict[str, tuple[dict[str, Any], ...]] = {
    "Things": ({"description": "PATCHED"},),
    "Locations": ({"location": point(114.05, -50)},),
    "HistoricalLocations": ({"time": "2015-07-01T00:00:00.000Z"},),
    "Sensors": ({"metadata": "PATCHED"},),
    "ObservedProperties": ({"description": "PATCHED"},),
    "FeaturesOfInterest": ({"feature": point(114.05, -51.05)},),
    "Datastreams": (
        {"description": "Patched Description"},
        {"unitOfMeasurement": {"name": "Entropy2", "symbol": "S2", "definition": "http://x#Entropy2"}},
    ),
    "Observations": ({"phenomenonTime": "2015-07-01T00:40:00.000Z"},),
}


def test_patch_entities(sta: Sta) -> None:
    known = made(sta)
    for owner, patches in PATCHES.items():
        for patch in patches:
            before = sta.get(f"{owner}({known[owner]})")
            after = sta.update("PATCH", f"{owner}({known[owner]})", patch)
            assert after == {**before, **patch}


def test_put_entities(sta: Sta) -> None:
    known = made(sta)
    unit = {"name": "Entropy", "symbol": "S", "definition": "http://x#Entropy"}
    puts: dict[str, dict[str, Any]] = {
        "Things": {"name": "UPDATED", "description": "UPDATED"},
        "Locations": location("UPDATED", point(-114.05, 50)),
        "HistoricalLocations": {"time": "2015-08-01T00:00:00.000Z"},
        "Sensors": {**sensor("UPDATED"), "metadata": "UPDATED"},
        "ObservedProperties": {"name": "QWERTY", "definition": "ZXCVB", "description": "POIUYTREW"},
        "FeaturesOfInterest": feature("POIUYTREW", point(-114.05, 51.05)),
        "Datastreams": {**datastream("Data coming from sensor on ISS."), "unitOfMeasurement": unit},
        "Observations": {"result": "99", "phenomenonTime": "2015-08-01T00:40:00.000Z"},
    }
    for owner, body in puts.items():
        assert fits(sta.update("PUT", f"{owner}({known[owner]})", body), body)
    answer = sta.ask("PUT", f"Things({known['Things']})", {"name": "without a description"})
    assert answer.status_code == 400


def test_delete_entities(sta: Sta) -> None:
    known = made(sta)
    order = (
        "Observations", "FeaturesOfInterest", "Datastreams", "ObservedProperties", "Sensors", "HistoricalLocations",
        "Locations", "Things",
    )  # fmt: skip
    for owner in order:
        sta.delete(f"{owner}({known[owner]})")


GONE_WITH: dict[str, set[str]] = {
    "Things": {"Things", "Datastreams", "HistoricalLocations", "Observations"},
    "Datastreams": {"Datastreams", "Observations"},
    "Locations": {"Locations", "HistoricalLocations"},
    "HistoricalLocations": {"HistoricalLocations"},
    "Sensors": {"Sensors", "Datastreams", "Observations"},
    "ObservedProperties": {"ObservedProperties", "Datastreams", "Observations"},
    "FeaturesOfInterest": {"FeaturesOfInterest", "Observations"},
    "Observations": {"Observations"},
}


@pytest.mark.parametrize("owner", GONE_WITH)
def test_check_delete_integrity_constraint(sta: Sta, owner: str) -> None:
    known = made(sta)
    sta.delete(f"{owner}({known[owner]})")
    assert {name for name, count in sta.counts().items() if not count} == GONE_WITH[owner]


def test_invalid_patch_entities(sta: Sta) -> None:
    """Related entities cannot be written inline."""
    known = made(sta)
    stream = {**INLINE_STREAM, "Thing": ref(known["Things"])}
    inline: list[tuple[str, dict[str, Any]]] = [
        ("Things", {"Locations": [location("West Roof", WEST)]}),
        ("Things", {"Datastreams": [INLINE_STREAM]}),
        ("Sensors", {"Datastreams": [stream]}),
        ("ObservedProperties", {"Datastreams": [stream]}),
        ("Datastreams", {"ObservedProperty": observed("Count")}),
        ("Datastreams", {"Sensor": sensor("Acme Traffic 2000")}),
        ("Datastreams", {"Thing": {"name": "test", "description": "test"}}),
        ("Datastreams", {"Observations": [{"phenomenonTime": "2015-03-01T00:00:00Z", "result": 92122}]}),
    ]
    before = sta.counts()
    for owner, body in inline:
        assert sta.ask("PATCH", f"{owner}({known[owner]})", body).status_code == 400, body
    assert sta.counts() == before


@pytest.mark.parametrize("owner", SETS)
def test_delete_noneexistent_entities(sta: Sta, owner: str) -> None:
    for method in ("DELETE", "PATCH", "PUT"):
        assert sta.ask(method, f"{owner}({NOWHERE})", {}).status_code == 404


RESULTS = {
    "testBooleanResult": (True, False),
    "testStringResult": ("fourty two",),
    "testNumericResult": (1, 1.23),
    "testObjectResult": ({"number": 1.23, "string": "One comma twentythree", "boolean": True},),
    "testArrayResult": ([1.23, "One comma twentythree", True],),
}


@pytest.mark.parametrize("test", RESULTS)
def test_result_types(sta: Sta, test: str) -> None:
    known = made(sta)
    sta.update("PATCH", f"Things({known['Things']})", {"Locations": [ref(known["Locations"])]})
    for result in RESULTS[test]:
        found = sta.post("Observations", {"result": result, "Datastream": ref(known["Datastreams"])})
        assert found["result"] == result
        assert type(found["result"]) is type(result)
