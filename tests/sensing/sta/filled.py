"""The entities of the suite's Capability3Tests.createEntities: two things, four datastreams, twelve observations."""

from __future__ import annotations

from typing import Any

from tests.sensing.sta.support import Sta, datastream, observed, point, ref, sensor


def place(number: int, lon: float) -> dict[str, Any]:
    name = f"location {number}"
    encoding = "http://example.org/location_types/GeoJSON"
    return {
        "name": name,
        "description": name,
        "encodingType": encoding,
        "location": point(lon, 50.05 + number),
    }


def fill(sta: Sta) -> None:
    """Create them as the suite does, relations that change included."""
    streams = [
        datastream(
            "datastream 1", ObservedProperty=observed("observedProperty 1"), Sensor=sensor("sensor 1")
        ),
        datastream(
            "datastream 2", ObservedProperty=observed("observedProperty 2"), Sensor=sensor("sensor 2")
        ),
    ]
    first = sta.make("Things", thing(1, "first", place(1, -117.05), streams))
    shared = sta.value(f"Things({first})/Datastreams")[1]["@iot.id"]
    kept = sta.get(f"Datastreams({shared})/ObservedProperty")["@iot.id"]
    streams = [
        datastream(
            "datastream 3", ObservedProperty=observed("observedProperty 3"), Sensor=sensor("sensor 3")
        ),
        datastream("datastream 4", ObservedProperty=ref(kept), Sensor=sensor("sensor 4")),
    ]
    second = sta.make("Things", thing(2, "second", place(2, -100.05), streams))
    places = [sta.ids(f"Things({one})/Locations")[0] for one in (first, second)]
    sta.update("PATCH", f"Things({first})", {"Locations": [ref(places[1])]})
    sta.update("PATCH", f"Things({second})", {"Locations": [ref(places[0])]})
    ids = [ident for one in (first, second) for ident in sta.ids(f"Things({one})/Datastreams")]
    for number in range(1, 13):
        told = {"phenomenonTime": f"2015-03-{number:02}T00:00:00Z", "result": number}
        if number == 12:
            told = {"phenomenonTime": "2015-03-12T00:00:00Z/2015-03-13T00:00:00Z", "result": number}
        sta.post(f"Datastreams({ids[(number - 1) // 3]})/Observations", told)


def thing(
    number: int, reference: str, where: dict[str, Any], streams: list[dict[str, Any]]
) -> dict[str, Any]:
    name = f"thing {number}"
    properties = {"reference": reference}
    return {
        "name": name, "description": name, "properties": properties, "Locations": [where], "Datastreams": streams,
    }  # fmt: skip
