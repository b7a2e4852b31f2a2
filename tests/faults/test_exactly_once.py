"""A report counts once, however often it had to be sent and whatever died in between."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.support import Process, Wire, running
from tests.support import Cluster, Links
from tests.web.support import COOKIE, PLAIN, WRITE, Hub, hub_on, ruled_template, served, sign_in

PLACE = {"lon": 106.45, "lat": 29.49}


@pytest.fixture
def links(cluster: Cluster) -> Iterator[Links]:
    with cluster.fresh(ruled_template(cluster)) as found:
        yield found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def hub(links: Links, home: Path) -> Iterator[Hub]:
    """The same database from within the test: to sign in and to look what was stored."""
    with hub_on(links, home) as found:
        yield found


@pytest.fixture
def cookie(hub: Hub) -> str:
    with served(hub), httpx.Client(base_url=hub.url, headers=WRITE, **PLAIN) as client:
        sign_in(client, "shiqiaopu-duty")
        return str(client.cookies[COOKIE])


def send(url: str, cookie: str, key: str, text: str = "路口有一堆垃圾") -> httpx.Response:
    """One attempt on a connection of its own."""
    headers = {**WRITE, "Idempotency-Key": key, "Connection": "close"}
    body = {**PLACE, "text": f"{text} {key}", "category": "0102", "level": "blue", "channel": "grid"}
    return httpx.post(
        f"{url}/api/incidents/reports", json=body, headers=headers, cookies={COOKIE: cookie}, timeout=20,
        **PLAIN,
    )  # fmt: skip


def insist(url: str, cookie: str, key: str, patience: float = 60.0) -> dict[str, Any]:
    """Send until there is a receipt, as a phone does."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            answer = send(url, cookie, key)
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        assert answer.status_code in (201, 503), answer.text
        if answer.status_code == 201:
            found: dict[str, Any] = answer.json()
            return found
    raise AssertionError("no receipt")


def stored(hub: Hub) -> tuple[int, int, int]:
    """Incidents, work orders, and news of reports: each report leaves one of each."""
    return (
        hub.count("SELECT count(*) FROM incidents_incident"),
        hub.count("SELECT count(*) FROM incidents_order"),
        hub.count("SELECT count(*) FROM kernel_outbox WHERE topic = 'incident'"),
    )


@pytest.mark.parametrize(("count", "most"), [(12, 8), pytest.param(40, 50, marks=pytest.mark.nightly)])
def test_lost_replies_and_retries_out_of_order(hub: Hub, cookie: str, count: int, most: int) -> None:
    """The wire is cut after the commit, again and again; parallel retries overtake each other."""
    chance = random.Random(4)
    keys = [f"lost-reply-{number:03d}" for number in range(count)]
    with served(hub):
        wire = Wire(int(hub.url.rsplit(":", 1)[1]))
        wire.on_reply = lambda: chance.random() < 0.4
        attempts = [key for key in keys for _ in range(chance.randint(2, most))]
        chance.shuffle(attempts)
        with ThreadPoolExecutor(6) as pool:
            receipts = list(pool.map(lambda key: (key, insist(wire.url, cookie, key)), attempts))
        wire.close()
        other = send(hub.url, cookie, keys[0], "同一个钥匙，另一件事")
    by_key: dict[str, set[int]] = {}
    for key, receipt in receipts:
        by_key.setdefault(key, set()).add(receipt["incident"])
    assert {len(found) for found in by_key.values()} == {1}
    assert stored(hub) == (len(keys), len(keys), len(keys))
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.body_differs")


def test_the_web_process_is_killed_between_commit_and_reply(
    hub: Hub, links: Links, home: Path, cookie: str
) -> None:
    with running("serve", links, home) as web:
        wire = Wire(web.port)
        web.wait_healthy()

        def killed() -> bool:
            web.kill()
            return False

        wire.on_reply = killed
        with pytest.raises(httpx.TransportError):
            send(wire.url, cookie, "killed-after-commit")
        assert stored(hub)[0] == 1, "it was committed before the process died"
        web.start()
        wire.on_reply = lambda: True
        receipt = insist(wire.url, cookie, "killed-after-commit")
        wire.close()
    assert receipt["duplicate"] is True
    assert stored(hub) == (1, 1, 1)


def test_the_web_process_is_killed_at_random_under_load(
    hub: Hub, links: Links, home: Path, cookie: str
) -> None:
    """Whatever was acknowledged is stored, and nothing is stored twice."""
    chance, keys = random.Random(9), [f"random-kill-{number:03d}" for number in range(60)]
    with running("serve", links, home) as web:
        web.wait_healthy()
        stop = threading.Event()
        killer = threading.Thread(target=kill_twice, args=(web, stop, chance), daemon=True)
        with ThreadPoolExecutor(4) as pool:
            killer.start()
            receipts = list(pool.map(lambda key: insist(web.url, cookie, key), keys))
        stop.set()
        killer.join(20)
    assert len({receipt["incident"] for receipt in receipts}) == len(keys)
    assert stored(hub) == (len(keys), len(keys), len(keys))


def kill_twice(web: Process, stop: threading.Event, chance: random.Random) -> None:
    for _ in range(2):
        if stop.wait(chance.uniform(0.1, 0.4)):
            return
        web.kill()
        web.start()
        while not web.healthy() and not stop.wait(0.05):
            pass
