"""Readings from a real broker: what is acknowledged is stored, once, whatever falls over in between."""

from __future__ import annotations

import os
import signal
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import gmqtt
import numpy as np
import pytest

from chengyun.cli.tls import own_certificate
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.sensing.contracts import Readings
from chengyun.sensing.intake import mqtt
from chengyun.sensing.intake.codecs import compact
from chengyun.sensing.intake.desk import Desk
from chengyun.sensing.intake.gathering import Gathered
from chengyun.sensing.live.follower import Follower
from chengyun.sensing.registry.secrets import broker_passwords, hashes
from tests.forks import forked
from tests.identity.support import SEED
from tests.sensing.broker import Broker, Device, broker_in
from tests.sensing.support import SECRET, Store, sensing_template
from tests.support import Cluster, Links
from tests.web.support import until


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with broker_in(tmp_path / "broker") as found:
        yield found


@pytest.fixture
def device(broker: Broker) -> Iterator[Device]:
    found = Device(broker)
    yield found
    found.close()


class Sense:
    """The live process in a thread: receiver, desk, follower, and an engine that keeps what it is given."""

    def __init__(self, db: Database, home: Path, broker: Broker, version: str = "5", **more: str) -> None:
        self.follower = Follower(db, home)
        self.desk = Desk(db, self.follower)
        settings = Settings(home=home, mqtt_url=broker.url, mqtt_version=version, **more)
        self.receiver = mqtt.Receiver(
            mqtt.Broker.of(settings), Gathered(self.desk, home / "drop" / "failed", "en")
        )
        self.consumed: list[tuple[Readings, int, int]] = []
        self.stop = threading.Event()

    def consume(self, readings: Readings, now: int, position: int) -> None:
        self.consumed.append((readings, now, position))

    def values(self) -> list[float]:
        return [value for readings, _, _ in self.consumed for value in readings.value.tolist()]

    @contextmanager
    def running(self, connected_in: float = 10) -> Iterator[Sense]:
        """With `connected_in` below a second nobody minds if it is not."""
        threads = [
            threading.Thread(target=self.follower.run, args=(self.consume, self.stop)),
            threading.Thread(target=self.receiver.run, args=(self.stop,)),
        ]
        for thread in threads:
            thread.start()
        try:
            assert self.receiver.connected.wait(connected_in) or connected_in < 1
            yield self
        finally:
            self.stop.set()
            for thread in threads:
                thread.join(10)
                assert not thread.is_alive()
            self.desk.close()


@pytest.fixture
def sense(city: Database, tmp_path: Path, broker: Broker) -> Iterator[Sense]:
    with Sense(city, tmp_path, broker).running() as found:
        yield found


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_forms_and_refusals(
    city: Database, tmp_path: Path, broker: Broker, device: Device, version: str
) -> None:
    store, now = Store(city), time.time()
    with Sense(city, tmp_path, broker, version).running() as sense:
        device.send("things/GAS-1/readings", {"at": now, "values": {"methane": 1, "temperature": 20}})
        device.send("things/GAS-1/readings", [{"n": "methane", "v": 2, "bt": now + 1}])
        ids = np.array([store.stream(f"GAS-{number}") for number in (3, 4, 1)], np.int32)
        packed = compact.encode(ids, np.full(3, int(now * 1e6)), np.array([3.0, 4, 5]))
        device.send("gateways/GW-1/compact", packed)
        topic, told = device.answer()
        assert topic == "chengyun/v1/gateways/GW-1/rejected"
        assert [(one["index"], one["reason"]) for one in told["rejected"]] == [(2, "forbidden")]
        assert told["accepted"] == 2
        until(lambda: len(sense.values()) == 5)
        assert sorted(sense.values()) == [1, 2, 3, 4, 20]
        for topic, body, words in (
            ("things/GAS-1/readings", [{"thing": "GAS-2", "quantity": "methane", "value": 1}], "not yours"),
            ("things/GAS-9/readings", [{"quantity": "methane", "value": 1}], "no such thing"),
            ("things/GAS-1/readings", b'{"quantity": "methane"', "line 1, column 23"),
            ("things/GAS-1/readings", bytes(10_000_000), "10000000 bytes, more than the limit"),
            ("gateways/GW-2/compact", packed, "not yours"),
        ):
            device.send(topic, body)
            _, told = device.answer()
            words_told = told.get("message") or told["rejected"][0]["message"]
            assert words in words_told
        assert store.values("GAS-1") == [1, 2]


SECURED = """certfile {certificate}
keyfile {key}
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl"""
ACL = """user chengyun
topic readwrite chengyun/v1/#

pattern write chengyun/v1/things/%u/readings
pattern read chengyun/v1/things/%u/rejected
"""


def test_a_secured_broker_lets_a_device_in_by_its_secret_and_for_itself_alone(
    city: Database, store: Store, tmp_path: Path
) -> None:
    certificate, key = own_certificate(tmp_path)
    ours = {"mqtt_user": "chengyun", "mqtt_password": "of-the-city", "mqtt_ca": str(certificate)}
    with city.begin(SEED) as tx:
        lines = [*broker_passwords(tx), f"chengyun:{hashes('of-the-city')['broker_hash']}"]
    assert [line.split(":")[0] for line in lines] == ["GAS-1", "chengyun"]
    (tmp_path / "passwords").write_text("\n".join(lines) + "\n")
    (tmp_path / "acl").write_text(ACL)
    access = SECURED.format(certificate=certificate, key=key, folder=tmp_path)
    tls = ssl.create_default_context(cafile=str(certificate))
    with broker_in(tmp_path / "broker", access=access) as broker:
        broker.url = broker.url.replace("mqtt://", "mqtts://")
        for wrong in ({"mqtt_password": "guessed"}, {"mqtt_ca": ""}):
            with Sense(city, tmp_path, broker, **{**ours, **wrong}).running(0.5) as refused:
                assert not refused.receiver.connected.is_set()
        with pytest.raises(gmqtt.MQTTConnectError):
            Device(broker, user="GAS-1", password="guessed", tls=tls)
        with Sense(city, tmp_path, broker, **ours).running() as sense:
            device = Device(broker, "GAS-1", user="GAS-1", password=SECRET, tls=tls)
            device.send("things/GAS-3/readings", [{"quantity": "methane", "value": 1}])
            device.send("gateways/GW-1/compact", b"")
            device.send("things/GAS-1/readings", [{"quantity": "methane", "value": 2}])
            until(lambda: sense.values() == [2])
            device.close()
    assert store.values("GAS-3") == []


def test_a_broker_that_restarts_loses_nothing(sense: Sense, broker: Broker, device: Device) -> None:
    now = time.time()
    device.send("things/GAS-1/readings", {"at": now, "values": {"methane": 1}})
    until(lambda: sense.values() == [1])
    device.close()
    broker.stop()
    until(lambda: not sense.receiver.connected.is_set())
    broker.start()
    again = Device(broker)
    again.send("things/GAS-1/readings", {"at": now + 1, "values": {"methane": 2}})
    until(lambda: sense.values() == [1, 2])
    again.close()


def test_a_database_that_restarts_loses_nothing_that_was_acknowledged(
    sense: Sense, city: Database, cluster: Cluster, device: Device
) -> None:
    store, now, name = Store(city), time.time(), city.engine.url.database
    device.send("things/GAS-1/readings", {"at": now, "values": {"methane": 1}})
    until(lambda: sense.values() == [1])
    with cluster.admin() as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        for value in (2, 3):
            device.send("things/GAS-1/readings", {"at": now + value, "values": {"methane": value}})
        time.sleep(0.3)
        assert sense.values() == [1], "nothing is taken for stored"
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    until(lambda: sense.values() == [1, 2, 3])
    assert store.values("GAS-1") == [1, 2, 3]
    assert sense.receiver.connected.is_set(), "the broker's connection was not lost for it"


def die_before_acknowledging(links: Links, home: Path, broker: Broker, alive: Connection) -> None:
    """A live process that is killed when its first transaction has committed."""
    mqtt.Receiver._answer = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
    with Sense(Database(links.app_url), home, broker).running():
        alive.poll(30)


def test_killed_between_commit_and_acknowledgement_every_reading_counts_once(
    cluster: Cluster, tmp_path: Path, broker: Broker, device: Device
) -> None:
    with cluster.fresh(sensing_template(cluster)) as links:
        broker_url = Broker.__new__(Broker)
        broker_url.url = broker.url
        process, alive = forked(die_before_acknowledging, links, tmp_path, broker_url)
        db = Database(links.app_url)
        store, now = Store(db), time.time()
        until(lambda: (tmp_path / "live" / "latest-current").exists())
        time.sleep(0.5)
        burst = [{"quantity": "methane", "at": now + index, "value": index} for index in range(40)]
        device.send("things/GAS-1/readings", burst)
        process.join(20)
        assert process.exitcode == -signal.SIGKILL
        alive.close()
        assert len(store.values("GAS-1")) == 40, "committed"
        with Sense(db, tmp_path, broker).running() as sense:
            device.send("things/GAS-1/readings", {"at": now + 40, "values": {"methane": 40}})
            until(lambda: 40 in sense.values())
            assert sense.values() == [float(index) for index in range(41)]
            assert store.values("GAS-1") == sense.values()
            positions = [position for _, _, position in sense.consumed]
            assert positions == sorted(positions)
        db.dispose()
