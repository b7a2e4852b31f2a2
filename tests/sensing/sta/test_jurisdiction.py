"""SensorThings within the product: registered things, readings, jurisdiction, permissions, audit, the log of batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chengyun.kernel.contracts import system_actor
from chengyun.sensing.contracts import Readings
from tests.exchange.support import BN, JLP
from tests.sensing.sta.support import (
    SETS,
    WRITER,
    Sta,
    datastream,
    location,
    observed,
    point,
    ref,
    sensor,
    service,
    token,
)
from tests.support import Cluster
from tests.web.cast import middle

REGISTER = """
INSERT INTO sensing_kind VALUES ('gas', '燃气', 'Gas', 'safety');
INSERT INTO sensing_quantity (code, kind, name_zh, name_en, unit, low, high, interval_s, sentinels)
VALUES ('gas.ch4', 'gas', '甲烷', 'Methane', '%', 0, 100, 60, '{-200}');
INSERT INTO sensing_thing (code, kind, name, region_id, readers, lon, lat, address, properties, quota, active, simulated)
VALUES ('gas-1', 'gas', '餐馆燃气 1', :grid, :readers, :lon, :lat, '石桥铺 1 号', '{"floor": 2}', 60, true, false);
INSERT INTO sensing_datastream (thing_id, quantity, unit, low, high, sentinels, interval_s, scale, shift)
SELECT id, 'gas.ch4', '%', 0, 100, '{-200}', 60, 1, 0 FROM sensing_thing;
"""
NOW = datetime.now(UTC).replace(microsecond=250_000)


@dataclass
class Town:
    """One registered thing in 九龙坡区, and who sees it."""

    sta: Sta
    near: Sta  # 九龙坡区
    far: Sta  # 巴南区
    thing: int
    stream: int


@pytest.fixture(scope="module")
def town(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with service(cluster, tmp_path_factory.mktemp("home")) as sta:
        regions = sta.hub.regions
        chain = [regions["/".join(JLP.split("/")[:depth])] if depth else regions[""] for depth in range(5)]
        lon, lat = middle(JLP)
        given = {"grid": chain[-1], "readers": chain, "lon": round(lon * 1e6), "lat": round(lat * 1e6)}
        with sta.hub.db.begin(system_actor("seed")) as tx:
            for statement in REGISTER.strip().split(";\n"):
                text = sa.text(statement)
                tx.execute(text, {name: given[name] for name in text.compile().params})
        near, far = (replace(sta, token=token(sta.hub, region, *WRITER)) for region in ("九龙坡区", "巴南区"))
        thing = sta.hub.count("SELECT id FROM sensing_thing")
        yield Town(sta, near, far, thing, sta.hub.count("SELECT id FROM sensing_datastream"))


def test_a_registered_thing_is_seen_with_its_place_sensor_and_quantity(town: Town) -> None:
    thing = town.near.get(
        f"Things({town.thing})", expand="Locations,Datastreams/Sensor,Datastreams/ObservedProperty"
    )
    assert thing["name"] == "餐馆燃气 1"
    assert thing["properties"] == {"code": "gas-1", "kind": "gas", "address": "石桥铺 1 号", "floor": 2}
    lon, lat = middle(JLP)
    (place,) = thing["Locations"]
    assert place["location"] == point(round(lon, 6), round(lat, 6))
    assert town.near.ids(f"Locations({place['@iot.id']})/Things") == [town.thing]
    (stream,) = thing["Datastreams"]
    assert stream["unitOfMeasurement"]["symbol"] == "%"
    assert stream["ObservedProperty"]["definition"] == "urn:chengyun:quantity:gas.ch4"
    assert stream["Sensor"]["metadata"] == {"unit": "%", "low": 0, "high": 100, "interval_s": 60}
    for path in (f"Sensors({stream['Sensor']['@iot.id']})", f"Locations({place['@iot.id']})"):
        assert town.near.ask("DELETE", path).status_code == 409


def test_an_observation_is_a_reading_of_the_log(town: Town) -> None:
    """Row, batch and Observation in one transaction; what screening rejects leaves none of them."""
    told = {"phenomenonTime": NOW.isoformat(), "result": 1.25}
    made = town.near.post(f"Datastreams({town.stream})/Observations", told)
    query = "SELECT value FROM sensing_observation WHERE stream = :stream AND at = :at"
    assert town.sta.hub.count(query, stream=town.stream, at=NOW) == 1.25
    with town.sta.hub.db.begin(system_actor("sensing")) as tx:
        body = tx.execute(sa.text("SELECT body FROM sensing_batch ORDER BY id DESC LIMIT 1")).scalar_one()
    kept = Readings.unpack(bytes(body))
    assert (kept.stream.tolist(), kept.value.tolist()) == ([town.stream], [1.25])
    assert kept.at.tolist() == [int(NOW.timestamp() * 1e6)]
    place = town.near.get(f"Observations({made['@iot.id']})/FeatureOfInterest")
    assert place["@iot.id"] == 2 * town.thing + 1
    late = (NOW + timedelta(hours=1)).isoformat()
    for wrong in ({"result": 101}, {"result": -200}, {"result": 1, "phenomenonTime": late}):
        town.near.refuse("Observations", {**wrong, "Datastream": ref(town.stream)})
    before = town.sta.hub.count("SELECT count(*) FROM sensing_batch")
    town.near.post("Observations", {"result": "no number", "Datastream": ref(town.stream)})
    assert town.sta.hub.count("SELECT count(*) FROM sensing_batch") == before
    town.near.delete(f"Observations({made['@iot.id']})")
    assert town.sta.hub.count(query, stream=town.stream, at=NOW) is None


def test_readings_that_came_otherwise_are_observations(town: Town) -> None:
    at = NOW - timedelta(minutes=5)
    insert = "INSERT INTO sensing_observation VALUES (:stream, :at, 2.5, :arrived, 0)"
    with town.sta.hub.db.begin(system_actor("seed")) as tx:
        for arrived in (NOW, NOW - timedelta(days=3)):
            moment = at if arrived == NOW else arrived
            tx.execute(sa.text(insert), {"stream": town.stream, "at": moment, "arrived": arrived})
    path = f"Datastreams({town.stream})/Observations"
    (seen,) = town.near.value(path, filter="result eq 2.5")
    assert seen["phenomenonTime"] == at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert town.near.get(seen["@iot.selfLink"]) == seen
    assert town.near.get(f"{seen['@iot.selfLink']}/FeatureOfInterest")["@iot.id"] == 2 * town.thing + 1
    for method in ("PATCH", "DELETE"):
        assert town.near.ask(method, seen["@iot.selfLink"], {"result": 1}).status_code == 409
    old = town.near.value(path, filter="result eq 2.5 and phenomenonTime gt 2020-01-01T00:00:00Z")
    assert len(old) == 2, "older than a day: where $filter names a time"


def test_what_lies_elsewhere_does_not_exist(town: Town) -> None:
    """For a key of another district every path, filter, expansion and change behaves as if the thing were not there."""
    lon, lat = middle(JLP)
    place = town.near.make("Locations", location("密点", point(lon, lat)))
    body = {"name": "密探", "description": "密", "Locations": [ref(place)]}
    stream = datastream("密流", ObservedProperty=observed("密性"), Sensor=sensor("密仪"))
    thing = town.near.make("Things", {**body, "Datastreams": [stream]})
    held = town.near.ids(f"Things({thing})/Datastreams")[0]
    seen = town.near.make("Observations", {"result": 42, "Datastream": ref(held)})
    known = {
        "Things": thing, "Locations": place, "Datastreams": held, "Observations": seen,
        "Sensors": town.near.get(f"Datastreams({held})/Sensor")["@iot.id"],
        "ObservedProperties": town.near.get(f"Datastreams({held})/ObservedProperty")["@iot.id"],
        "FeaturesOfInterest": town.near.get(f"Observations({seen})/FeatureOfInterest")["@iot.id"],
        "HistoricalLocations": town.near.ids(f"Things({thing})/HistoricalLocations")[0],
    }  # fmt: skip
    for owner in SETS:
        path = f"{owner}({known[owner]})"
        assert town.near.ask("GET", path).status_code == 200
        for method in ("GET", "PATCH", "PUT", "DELETE"):
            assert town.far.ask(method, path, {}).status_code == 404, (method, owner)
        shown = town.far.ask("GET", owner, top=1000, count="true").text
        assert "密" not in shown
        assert known[owner] not in town.far.ids(owner)
    for name in ("Thing", "Sensor", "ObservedProperty"):
        relations = {"Thing": ref(town.thing), "Sensor": sensor("x"), "ObservedProperty": observed("x")}
        plural = {"Thing": "Things", "Sensor": "Sensors", "ObservedProperty": "ObservedProperties"}[name]
        town.far.refuse("Datastreams", datastream("x", **{**relations, name: ref(known[plural])}))
    town.far.refuse("Observations", {"result": 1, "Datastream": ref(held)})
    answer = town.far.ask("POST", f"Datastreams({held})/Observations", {"result": 1})
    assert answer.status_code == 404
    rows = {"Datastream": ref(held), "components": ["result"], "dataArray": [[1]]}
    assert town.far.ask("POST", "CreateObservations", [rows]).json() == ["error"]
    assert town.far.ids("Things", filter="Datastreams/Observations/result eq 42") == []
    assert town.far.ask("POST", "Locations", location("x", point(lon, lat))).status_code == 403


def test_a_sensor_that_others_use_is_not_removed(town: Town) -> None:
    """The city's sensor in a district's datastream: who does not see the datastream cannot take it away."""
    shared = town.far.make("Sensors", sensor("共用"))
    lon, lat = middle(JLP)
    body = {"name": "邻区", "description": "x", "Locations": [location("x", point(lon, lat))]}
    stream = datastream("x", ObservedProperty=observed("x"), Sensor=ref(shared))
    town.sta.post("Things", {**body, "Datastreams": [stream]})
    assert town.far.ask("DELETE", f"Sensors({shared})").status_code == 409
    assert town.sta.ask("GET", f"Sensors({shared})/Datastreams").status_code == 200


def test_permissions_and_audit(town: Town) -> None:
    reading = replace(town.sta, token=token(town.sta.hub, "九龙坡区", "thing.read"))
    device = replace(town.sta, token=token(town.sta.hub, "九龙坡区", "reading.write"))
    body = {"name": "x", "description": "x"}
    assert reading.ask("GET", "Things").status_code == 200
    assert [reading.ask("POST", path, body).status_code for path in ("Things", "Observations")] == [403, 403]
    assert device.ask("GET", "Things").status_code == 403
    assert device.ask("GET", "").status_code == 403
    told = {"result": 3.5, "Datastream": ref(town.stream)}
    assert device.ask("POST", "Observations", told).status_code == 201
    assert device.ask("POST", "Things", body).status_code == 403
    assert town.sta.client.get("/api/sta/v1.1/Things").status_code == 403
    made = town.near.make("Things", body)
    town.near.update("PATCH", f"Things({made})", {"name": "y"})
    town.near.delete(f"Things({made})")
    query = "SELECT jsonb_agg(action ORDER BY id) FROM kernel_audit WHERE subject_kind = 'thing' AND subject_id = :id"
    assert town.sta.hub.count(query, id=str(made)) == ["sta.created", "sta.changed", "sta.removed"]


def test_a_registered_thing_that_moves_keeps_its_past(town: Town) -> None:
    """From the first change on its places are SensorThings' own; the registry's position and readers follow."""
    lon, lat = middle(BN)
    there = town.sta.make("Locations", location("新址", point(lon, lat)))
    town.sta.update("PATCH", f"Things({town.thing})", {"Locations": [ref(there)]})
    assert town.sta.ids(f"Things({town.thing})/Locations") == [there]
    history = town.sta.value(f"Things({town.thing})/HistoricalLocations", expand="Locations", orderby="time")
    assert [one["Locations"][0]["name"] for one in history] == ["餐馆燃气 1", "新址"]
    query = "SELECT lon FROM sensing_thing WHERE id = :id"
    assert town.sta.hub.count(query, id=town.thing) == round(lon * 1e6)
    assert town.near.ask("GET", f"Things({town.thing})").status_code == 404
    assert town.far.ask("GET", f"Things({town.thing})").status_code == 200


def test_what_cannot_be_stored_is_refused(town: Town, tmp_path: Path) -> None:
    body = {"name": "x", "description": "x"}
    for content in (
        b"{",
        b'{"name": NaN}',
        b'{"name": "\\u0000"}',
        b'{"properties": {"a": 1e400}}',
        b"[" * 5000,
    ):
        answer = town.sta.client.request(
            "POST",
            "/api/sta/v1.1/Things",
            content=content,
            headers={"Authorization": f"Bearer {town.sta.token}"},
        )
        assert answer.status_code == 400, content[:30]
    town.near.refuse("Things", {**body, "properties": {"kind": "nothing of the sort"}})
    town.near.refuse("Things", {**body, "properties": {"code": "gas-1"}})
    gas = town.sta.get(f"Datastreams({town.stream})/ObservedProperty")["@iot.id"]
    thing = town.near.make("Things", {**body, "properties": {"kind": "gas"}})
    unit = datastream("x", Thing=ref(thing), Sensor=ref(gas), ObservedProperty=ref(gas))
    town.near.refuse("Datastreams", unit)  # °C where the quantity is in %
    percent = {**unit, "unitOfMeasurement": {"name": "percent", "symbol": "%", "definition": "ucum:%"}}
    town.near.post("Datastreams", percent)
    town.near.refuse("Datastreams", percent)  # a second one of the same quantity
