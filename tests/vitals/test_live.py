"""From a reading to the centre's screen: the live process on the shipped catalogue, through crashes and back."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import sqlalchemy as sa

from chengyun.incidents.reading.gauges import Gauge
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database, Tx
from chengyun.sensing import service as sensing
from chengyun.sensing.contracts import Readings
from chengyun.sensing.service import NewThing, moment
from chengyun.territory import service as territory
from chengyun.vitals.alarms import handling
from chengyun.vitals.board import Reader
from chengyun.vitals.live import process as live
from chengyun.vitals.live.sensing import run
from chengyun.web.features import build_bus
from tests.forks import forked
from tests.kernel.working import worker
from tests.support import Links
from tests.web.support import Hub, until

SIGN, UNUSUAL, COUNTED = "gas.methane.now-max", "gas.co.anomaly", "incident.04.overdue"
HERE = (106.45, 29.49)  # 九龙坡区 · 石桥铺街道 · 寨子坪社区 · 001 网格
SEED = system_actor("seed")
LOGGED = """
    INSERT INTO sensing_batch (position, arrived, source, n, body)
    VALUES (nextval('sensing_position'), :at, 'test', 1, :body)
"""


@pytest.fixture
def streams(hub: Hub) -> dict[str, int]:
    """A restaurant's gas detector, its datastreams by quantity; that of carbon monoxide with two days of quiet readings
    in the log.
    """
    with hub.db.begin(SEED) as tx:
        thing = NewThing(
            "G-1", "gas", "老灶火锅燃气探测器", *HERE, properties={"place": "market"}, simulated=True
        )
        ids = sensing.add_things(tx, [thing])
        of = {one.quantity: one.id for one in sensing.thing(tx, ids["G-1"]).thing.streams}
        now = sensing.microseconds(tx.now)
    at = now - 1_200_000_000 * np.arange(144, 0, -1)
    value = 3 + np.random.default_rng(1).normal(0, 0.2, len(at))
    id_ = np.array([of["gas.co"]], np.int32)
    rows = [
        {"at": moment(int(one)), "body": Readings(id_, at[n : n + 1], value[n : n + 1]).pack()}
        for n, one in enumerate(at)
    ]
    with hub.db.begin(system_actor("sensing")) as tx:
        tx.execute(sa.text(LOGGED), rows)
    return of


def run_sense(links: Links, home: Path, _alive: Connection) -> None:
    """What the forked process does, until it is killed or asked to stop."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    live.SNAPSHOT_S, live.TICK_S = 0.5, 0.001  # while it runs too, not at its end alone
    database = Database(links.app_url, build_bus())
    run(database, Settings(home=home), stop)
    database.dispose()


def run_sense_of_counts(links: Links, home: Path, alive: Connection) -> None:
    """The same, but no snapshot is kept while it runs, and overdue incidents are counted in a file: town, number."""

    def counted(_tx: Tx) -> dict[str, Gauge]:
        town, number = (home / "overdue").read_text().split()
        return {"overdue:04": Gauge(np.array([int(town)]), np.array([float(number)]))}

    live.feeding.incidents.gauges = counted
    live.Live._snapshot = lambda _self: None  # type: ignore[method-assign]
    live.COUNT_S = 0.2
    run_sense(links, home, alive)


@contextmanager
def sense(
    hub: Hub, home: Path, end: int = signal.SIGTERM, body: Callable[..., None] = run_sense
) -> Iterator[None]:
    """The live process; `end` is the signal that ends it."""
    process, alive = forked(body, hub.links, home)
    reader = Reader(home / "live")
    try:
        until(lambda: (board := reader.board()) is not None and board.fresh(time.time_ns() // 1000), 60)
        yield
    finally:
        os.kill(process.pid, end)
        process.join(30)
        alive.close()
        assert process.exitcode == (0 if end == signal.SIGTERM else -end)


@pytest.fixture(autouse=True)
def working(hub: Hub) -> Iterator[None]:
    """Whoever opens incidents."""
    with worker(hub.db):
        yield


@pytest.fixture
def officer(hub: Hub) -> Iterator[httpx.Client]:
    with signed_in(hub, "shiqiaopu-duty") as client:
        yield client


@contextmanager
def signed_in(hub: Hub, login: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.url, headers={"X-Chengyun": "1"}, timeout=30, trust_env=False) as client:
        answer = client.post("/api/identity/login", json={"login": login, "password": "chengyun"})
        assert answer.status_code == 200, answer.text
        yield client


@pytest.fixture
def send(hub: Hub) -> Iterator[Callable[..., None]]:
    """Readings of the detector over HTTP; `ago` seconds before now."""
    with signed_in(hub, "admin") as client:

        def told(value: float, ago: float = 0.0, quantity: str = "methane") -> None:
            reading = {"thing": "G-1", "quantity": quantity, "value": value, "at": time.time() - ago}
            answer = client.post("/api/sensing/readings", json={"readings": [reading]})
            assert answer.status_code == 202, answer.text
            assert answer.json()["accepted"] == 1, answer.text

        yield told


def alarms(client: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/vitals/alarms", params={"sign": SIGN, "kind": "threshold"} | params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_a_leak_rings_once_and_becomes_one_incident_whatever_crashes(
    hub: Hub, tmp_path: Path, streams: dict[str, int], send: Callable[..., None], officer: httpx.Client
) -> None:
    """The hold of an alarm, its episode and its incident survive a restart: nothing is missed, nothing doubled; nor is
    what another sensor feels that is not as usual.
    """
    with sense(hub, tmp_path, signal.SIGKILL):
        send(1.0, ago=3)
        send(60.0, ago=2)
        until(lambda: [one for one in alarms(officer) if one["incident"]])
        send(15.0, 2, "co")
        send(16.0, 1, "co")
        until(lambda: alarms(officer, sign=UNUSUAL, kind="anomaly"))
    (rung,) = alarms(officer)
    assert (rung["level"], rung["thing_name"], rung["simulated"]) == (4, "老灶火锅燃气探测器", True)
    assert "石桥铺街道" in rung["region_name"]
    assert rung["incident"] is not None
    detail = officer.get(f"/api/vitals/alarms/{rung['id']}").json()
    assert [step["what"] for step in detail["steps"]] == ["raised", "opened"]
    assert "60.00 %LEL" in detail["why"]
    incident = officer.get(f"/api/incidents/{rung['incident']}").json()
    assert incident["row"]["channel"] == "sensor"
    assert incident["row"]["level"] == "red"

    (odd,) = alarms(officer, kind="anomaly", sign=UNUSUAL)
    assert (odd["level"], odd["sign_name"], odd["value"], odd["incident"]) == (
        1,
        "室内一氧化碳异常",
        16.0,
        None,
    )
    with sense(hub, tmp_path):  # everything since the last snapshot is lived through again
        send(61.0, ago=1)
        send(15.5, 0, "co")
        time.sleep(1.0)
        assert [one["id"] for one in alarms(officer, sign=UNUSUAL, kind="anomaly")] == [odd["id"]]
        the_picture_of_normal(officer, odd["id"])
        assert [one["id"] for one in alarms(officer)] == [rung["id"]]
        assert hub.count("SELECT count(*) FROM incidents_incident WHERE origin_kind = 'alarm'") == 1


def the_picture_of_normal(officer: httpx.Client, alarm: int) -> None:
    """What was usual, as it was known when it rang, around the readings."""
    detail = officer.get(f"/api/vitals/alarms/{alarm}").json()
    assert "标准差：现为 16，平常" in detail["why"]
    shown = detail["picture"]
    assert shown["low"] < shown["expected"] < shown["high"] < shown["value"] == 16.0
    assert shown["expected"] == pytest.approx(3, abs=0.2)
    assert [point["high"] for point in shown["points"]][-1:] == [16.0]
    ends = (shown["band"][0]["at"], shown["band"][-1]["at"])
    assert ends == (shown["since"], shown["until"])
    assert all(one["low"] < 3 < one["high"] for one in shown["band"])


def test_an_alarm_is_heard_shelved_told_upwards_and_closed_with_its_incident(
    hub: Hub, tmp_path: Path, streams: dict[str, int], send: Callable[..., None], officer: httpx.Client
) -> None:
    with sense(hub, tmp_path):
        send(60.0)
        until(lambda: [one for one in alarms(officer) if one["incident"]])
    (rung,) = alarms(officer)
    path = f"/api/vitals/alarms/{rung['id']}"
    with hub.db.begin(system_actor("vitals")) as tx:
        assert handling.tell_upwards(tx) == 0  # red is told to all at once
    far = officer.post(f"{path}/shelve", json={"until": "2099-01-01T00:00:00Z", "reason": "更换探测器"})
    assert far.json()["fields"][0]["code"] == "vitals.shelf_end"
    with hub.db.begin(SEED) as tx:
        soon = (tx.now + timedelta(hours=1)).isoformat()
        place = territory.locate(tx, *HERE).grid.id
    assert (
        officer.post(f"{path}/shelve", json={"until": soon, "reason": "更换探测器 13812345678"}).status_code
        == 204
    )
    assert [one["state"] for one in alarms(officer, state="shelved")] == ["shelved"]
    assert officer.post(f"{path}/unshelve").status_code == 204
    assert officer.post(f"{path}/unshelve").json()["code"] == "vitals.not_shelved"
    assert officer.post(f"{path}/acknowledge").status_code == 204
    assert officer.post(f"{path}/acknowledge").status_code == 204  # once more changes nothing
    steps = officer.get(path).json()["steps"]
    assert [step["what"] for step in steps] == ["raised", "opened", "shelved", "unshelved", "acknowledged"]
    assert "138****5678" in steps[2]["note"]
    page = officer.get("/api/vitals/alarms", params={"region": place}).json()
    assert page["open"] == [0, 0, 0, 1]
    storms = officer.get("/api/vitals/alarms/storms").json()
    assert [(storm["count"], storm["level"]) for storm in storms] == [(1, 4)]
    assert officer.get("/api/vitals/alarms/analysis").json()["incidents"] == 1
    with signed_in(hub, "banan-duty") as elsewhere:
        assert elsewhere.get(path).status_code == 404
        assert alarms(elsewhere) == []


def test_what_is_lived_through_again_has_its_own_time(
    hub: Hub, tmp_path: Path, streams: dict[str, int], officer: httpx.Client
) -> None:
    """Time passes as it did then: the present begins where the log ends."""
    with hub.db.begin(SEED) as tx:
        at = sensing.microseconds(tx.now) - 1_000_000_000
    methane = np.array([streams["gas.methane"]], np.int32)
    told = [(at, 60.0), (at + 30_000_000, 1.0)]
    rows = [
        {"at": moment(when), "body": Readings(methane, np.array([when]), np.array([value])).pack()}
        for when, value in told
    ]
    with hub.db.begin(system_actor("sensing")) as tx:
        tx.execute(sa.text(LOGGED), rows)
    with sense(hub, tmp_path):
        until(lambda: alarms(officer, state="cleared"))
    (rung,) = alarms(officer, state="cleared")
    began, cleared = (datetime.fromisoformat(rung[name]) for name in ("began", "cleared_at"))
    assert began == moment(at)
    assert cleared < moment(at + 600_000_000)


def test_numbers_ring_once_whatever_crashes(hub: Hub, tmp_path: Path, officer: httpx.Client) -> None:
    """Numbers are not in the log: what they have raised is as it was stored, with no snapshot at all."""
    town = hub.regions["九龙坡区/石桥铺街道"]

    def counted(number: int) -> None:
        (tmp_path / "overdue").write_text(f"{town} {number}")

    def open_ones() -> list[int]:
        return [one["id"] for one in alarms(officer, sign=COUNTED) if one["level"] > 0]

    counted(0)
    with sense(
        hub, tmp_path, body=run_sense_of_counts
    ):  # its end is a snapshot that knows nothing of what comes
        pass
    with sense(hub, tmp_path, signal.SIGKILL, run_sense_of_counts):
        counted(3)
        until(open_ones)
    (rung,) = open_ones()
    with sense(hub, tmp_path, signal.SIGKILL, run_sense_of_counts):
        time.sleep(1.0)
        assert open_ones() == [rung]
        counted(0)
        until(lambda: not open_ones())
    counted(2)
    with sense(hub, tmp_path, signal.SIGKILL, run_sense_of_counts):
        until(open_ones)
        assert open_ones() != [rung]
    assert len(alarms(officer, sign=COUNTED)) == 2
