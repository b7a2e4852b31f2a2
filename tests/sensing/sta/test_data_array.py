"""ets-sta10, data array extension (level 6): dataArrayExtension/DataArrayTests."""

from __future__ import annotations

import pytest

from tests.sensing.sta.support import Sta, datastream, feature, location, observed, point, ref, sensor

COMPONENTS = {"id", "phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters"}


@pytest.fixture(scope="module")
def made(sta: Sta) -> tuple[list[int], list[int]]:
    """Two Datastreams of one thing with one ObservedProperty, two FeaturesOfInterest, four Observations."""
    thing = sta.make("Things", {"name": "Thing 1", "description": "The first thing."})
    sta.make("Locations", location("Location 1.0", point(8, 51), Things=[ref(thing)]))
    what = sta.make("ObservedProperties", observed("Temperature"))
    streams = [
        sta.make(
            "Datastreams", datastream(name, Thing=ref(thing), ObservedProperty=ref(what), Sensor=sensor(name))
        )
        for name in ("Datastream 1", "Datastream 2")
    ]
    features = [sta.make("FeaturesOfInterest", feature(f"Feature {n}", point(8, 51))) for n in (1, 2)]
    for number in range(4):
        links = {"Datastream": ref(streams[number % 2]), "FeatureOfInterest": ref(features[number // 2])}
        when = f"2016-01-0{number + 1}T01:01:01.000Z"
        sta.make("Observations", {"result": number + 1, "phenomenonTime": when, **links})
    return streams, features


def test_get_data_array(sta: Sta, made: tuple[list[int], list[int]]) -> None:
    found = sta.get("Observations", count="true", top=3, resultFormat="dataArray")
    assert found["@iot.count"] == 4
    assert "@iot.nextLink" in found
    assert len(found["value"]) == 2
    for group in found["value"]:
        assert "Datastream@iot.navigationLink" in group
        assert set(group["components"]) == COMPONENTS
        assert len(group["components"]) == len(COMPONENTS)
        assert group["dataArray@iot.count"] == len(group["dataArray"])
        assert all(len(row) == len(COMPONENTS) for row in group["dataArray"])
    assert sum(len(group["dataArray"]) for group in found["value"]) == 3
    rest = sta.ask("GET", found["@iot.nextLink"]).json()
    assert [len(group["dataArray"]) for group in rest["value"]] == [1]


def test_post_data_array(sta: Sta, made: tuple[list[int], list[int]]) -> None:
    """The second row names no FeatureOfInterest that exists: it alone is an error."""
    streams, features = made
    body = [
        {
            "Datastream": ref(streams[0]),
            "components": ["phenomenonTime", "result", "FeatureOfInterest/id"],
            "dataArray@iot.count": 2,
            "dataArray": [
                ["2010-12-23T10:20:00-0700", 20, features[0]],
                ["2010-12-23T10:21:00-0700", 30, "probablyNotAValidId"],
            ],
        },
        {
            "Datastream": ref(streams[1]),
            "components": ["phenomenonTime", "result"],
            "dataArray@iot.count": 2,
            "dataArray": [["2010-12-23T10:20:00-0700", 65], ["2010-12-23T10:21:00-0700", 60]],
        },
    ]
    answer = sta.ask("POST", "CreateObservations", body)
    assert answer.status_code == 201
    links = answer.json()
    assert [link.lower().startswith("error") for link in links] == [False, True, False, False]
    seen = [sta.get(link) for link in links if link != "error"]
    assert [one["result"] for one in seen] == [20, 65, 60]
    assert seen[0]["phenomenonTime"] == "2010-12-23T17:20:00.000Z"
    assert sta.get(f"{links[0]}/FeatureOfInterest")["@iot.id"] == features[0]
    assert sta.get(f"{links[2]}/Datastream")["@iot.id"] == streams[1]


def test_a_data_array_of_the_wrong_form_is_refused(sta: Sta, made: tuple[list[int], list[int]]) -> None:
    stream = {"Datastream": ref(made[0][0])}
    for body in (
        {},
        {**stream, "components": ["result"]},
        {**stream, "components": "result", "dataArray": [[1]]},
    ):
        assert sta.ask("POST", "CreateObservations", body).status_code == 400
    odd = {**stream, "components": ["result"], "dataArray": [[1, 2], "x", [None], [3]]}
    links = sta.ask("POST", "CreateObservations", odd).json()
    assert [link == "error" for link in links] == [True, True, False, False]
