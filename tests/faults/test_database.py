"""PostgreSQL dies and comes back under load: what was acknowledged is there, everything else says that it is not."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from chengyun.kernel.postgres import Embedded
from tests.faults.test_exactly_once import send
from tests.support import Cluster
from tests.web.support import COOKIE, Hub, browser, hub_on, ruled_template, served, sign_in, until


@dataclass
class House:
    """A durable server of this module's own, with the application on it."""

    server: Embedded
    hub: Hub


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    folder.chmod(0o755)
    server = Embedded(folder / "home")
    try:
        cluster = Cluster(server.start(), folder)
        with cluster.fresh(ruled_template(cluster)) as links, hub_on(links, folder) as hub, served(hub):
            yield House(server, hub)
    finally:
        server.destroy()


@dataclass
class Load:
    """Reports sent one after the other by several senders until told to stop."""

    url: str
    cookie: str
    name: str
    stop: threading.Event = field(default_factory=threading.Event)
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def run(self, sender: int) -> None:
        number = 0
        while not self.stop.is_set():
            key = f"under-load-{self.name}-{sender}-{number}"
            answer = send(self.url, self.cookie, key)
            if answer.status_code == 201:
                self.acknowledged.append(answer.json()["number"])
                number += 1
            else:
                assert answer.status_code == 503, answer.text
                assert answer.json()["code"].startswith("database.")
                self.refused.append(key)
                time.sleep(0.05)


@pytest.mark.parametrize("how", ["crash", "restart"])
def test_acknowledged_is_stored(house: House, how: str) -> None:
    hub = house.hub
    with browser(hub) as client:
        sign_in(client, "shiqiaopu-duty")
        load = Load(hub.url, client.cookies[COOKIE], how)
    before = hub.count("SELECT count(*) FROM incidents_incident")
    with ThreadPoolExecutor(3) as pool:
        senders = [pool.submit(load.run, sender) for sender in range(3)]
        until(lambda: len(load.acknowledged) > 10)
        interrupt(house, how)
        after = len(load.acknowledged)
        until(lambda: len(load.acknowledged) > after + 10)
        load.stop.set()
        for sender in senders:
            sender.result()
    numbers = hub.count("SELECT array_agg(number) FROM incidents_incident")
    assert set(load.acknowledged) <= set(numbers)
    assert len(load.acknowledged) == len(set(load.acknowledged))
    stored = hub.count("SELECT count(*) FROM incidents_incident") - before
    assert len(load.acknowledged) <= stored <= len(load.acknowledged) + 3, "at most what a lost reply left"


def interrupt(house: House, how: str) -> None:
    """Kill the postmaster and all its children as a power cut does, or stop it in good order; then start it."""
    running = house.server.running()
    assert running is not None
    if how == "crash":
        os.kill(running.pid, signal.SIGQUIT)  # immediate: no checkpoint, clients are cut off
        until(lambda: house.server.running() is None)
    else:
        house.server.stop()
    assert house.server.start().port == running.port
