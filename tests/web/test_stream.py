"""Live changes end to end: a report made by one browser appears in another, and only where it may."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from chengyun.web import stream as streaming
from tests.kernel.working import worker
from tests.support import Cluster
from tests.web.cast import PLACES, STAFF, Sight, hub_template, move_person
from tests.web.support import COOKIE, WRITE, Hub, Register, browser, hub_on, served, sign_in, until

PLACE = {"lon": 106.45, "lat": 29.49}  # 九龙坡区 · 石桥铺街道


@dataclass
class Listener:
    """An open stream, read by a thread of its own."""

    told: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    last_id: int = 0
    opened: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    status: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    def read(self, client: httpx.Client, headers: dict[str, str]) -> None:
        try:
            with client.stream("GET", "/api/stream", headers=headers, timeout=60) as answer:
                self.status = answer.status_code
                self._frames(answer)
        except (httpx.TransportError, httpx.StreamError):
            pass  # the test closed its end
        finally:
            self.opened.set()
            self.ended.set()

    def _frames(self, answer: httpx.Response) -> None:
        event: dict[str, Any] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(":")
            if not line and "event" in event:
                self.events.append(event)
                self.told.put(event)
                event = {}
            elif name == "id":
                self.last_id = int(value)
                self.opened.set()
                event["id"] = int(value)
            elif name in ("event", "data"):
                event[name] = value.strip() if name == "event" else json.loads(value)

    def next(self, topic: str, limit: float = 10.0) -> dict[str, Any]:
        """The next event of a topic."""
        end = time.monotonic() + limit
        while True:
            event = self.told.get(timeout=max(0.01, end - time.monotonic()))
            if event["event"] == topic:
                return event


@contextmanager
def listening(hub: Hub, cookie: str, since: int | None = None) -> Iterator[Listener]:
    """A browser's open stream."""
    listener, client = Listener(), browser(hub, cookie)
    headers = {} if since is None else {"Last-Event-ID": str(since)}
    thread = threading.Thread(target=listener.read, args=(client, headers), daemon=True)
    thread.start()
    assert listener.opened.wait(20)
    try:
        yield listener
    finally:
        client.close()


@pytest.fixture
def live(hub: Hub) -> Iterator[Hub]:
    """The hub with a worker that gives live changes their order."""
    with worker(hub.db):
        yield hub


def signed_in(hub: Hub, login: str) -> httpx.Client:
    client = browser(hub)
    sign_in(client, login)
    return client


def report(client: httpx.Client, key: str) -> dict[str, Any]:
    body = {**PLACE, "text": "路口有一堆垃圾", "category": "0102", "level": "orange"}
    answer = client.post("/api/incidents/reports", json=body, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_report_appears_on_a_console_within_a_second(live: Hub) -> None:
    duty = signed_in(live, "shiqiaopu-duty")
    with browser(live) as somebody, listening(live, duty.cookies[COOKIE]) as console:
        somebody.post("/api/incidents/reports", json={}, headers={"Idempotency-Key": "warm-up-call"})
        sent = time.monotonic()
        receipt = somebody.post(
            "/api/incidents/reports",
            json={**PLACE, "text": "路口有一堆垃圾"},
            headers={"Idempotency-Key": "live-report"},
        ).json()
        event = console.next("incident")
        delay = time.monotonic() - sent
    assert event["data"]["number"] == receipt["number"]
    assert set(event["data"]) >= {"id", "number", "change", "state", "level", "lamp", "centre"}
    assert delay < 1.0, f"{delay:.2f} s"


def test_what_was_missed_is_replayed_once_and_in_order(live: Hub) -> None:
    duty = signed_in(live, "jiulongpo-duty")
    cookie = duty.cookies[COOKIE]
    with listening(live, cookie) as first:
        report(duty, "replay-number-0")
        seen = first.next("incident")
    numbers = [report(duty, f"replay-number-{count}")["number"] for count in (1, 2, 3)]
    until(lambda: live.count("SELECT count(*) FROM kernel_outbox WHERE seq IS NULL") == 0)
    with listening(live, cookie, since=seen["id"]) as again:
        replayed = [again.next("incident") for _ in numbers]
        fourth = report(duty, "replay-number-4")
        assert again.next("incident")["data"]["number"] == fourth["number"]
    assert [event["data"]["number"] for event in replayed] == numbers
    ids = [event["id"] for event in again.events]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("since", [987_654_321, -5])
def test_a_place_that_was_never_reached_means_read_everything_again(live: Hub, since: int) -> None:
    duty = signed_in(live, "jiulongpo-duty")
    report(duty, "reset-number-1")
    with listening(live, duty.cookies[COOKIE]) as first:
        report(duty, "reset-number-2")
        head = first.next("incident")["id"]
    with listening(live, duty.cookies[COOKIE], since=since) as console:
        assert console.next("reset")["id"] >= head
        assert report(duty, "reset-number-3")["number"] == console.next("incident")["data"]["number"]


def test_nobody_listens_without_signing_in(live: Hub) -> None:
    with browser(live) as nobody:
        answer = nobody.get("/api/stream")
        assert (answer.status_code, answer.json()["code"]) == (401, "session.required")
        answer = nobody.get("/api/stream", headers={"Last-Event-ID": "not a number"})
        assert answer.status_code == 422


def test_an_ended_session_hears_nothing_more(live: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "RECHECK", 0.0)
    duty, other = signed_in(live, "jiulongpo-duty"), signed_in(live, "city-duty")
    with listening(live, duty.cookies[COOKIE]) as console:
        report(other, "before-the-end")
        console.next("incident")
        before = len(console.events)
        assert duty.post("/api/identity/logout").status_code == 204
        report(other, "after-the-end")
        assert console.ended.wait(10)
    assert len(console.events) == before


@pytest.fixture
def crowd(cluster: Cluster) -> Iterator[tuple[Hub, Register]]:
    """The cast on a database of its own, behind a real server, with a worker."""
    home = cluster.folder / "hub-home"
    with (
        cluster.fresh(hub_template(cluster)) as links,
        hub_on(links, home) as hub,
        served(hub),
        worker(hub.db),
    ):
        yield hub, Register.load(cluster.folder / "hub.json")


def note(hub: Hub, register: Register, name: str, who: str = "p-city") -> int:
    """A change of an incident; its id."""
    case = register.cases[name].id
    with browser(hub, register.cookies[who]) as city:
        body = {"moves": [{"move": "note", "note": "已电话告知"}]}
        assert city.post(f"/api/incidents/{case}/moves", json=body).status_code == 200
    return case


@contextmanager
def everybody(hub: Hub, register: Register, names: list[str]) -> Iterator[dict[str, Listener]]:
    """One open stream per person."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(listening(hub, register.cookies[name])) for name in names}


def test_the_stream_carries_what_one_may_see(crowd: tuple[Hub, Register], record_property: Any) -> None:
    hub, register = crowd
    sight = Sight(hub, register)
    ids = {case.id: name for name, case in register.cases.items()}
    people = [name for name in STAFF if name != "p-admin"]
    with everybody(hub, register, people) as ears:
        for name in PLACES:
            note(hub, register, name)
        last = register.cases[list(PLACES)[-1]].id
        until(lambda: any(event["data"].get("id") == last for event in ears["p-city"].events))
        time.sleep(0.5)
        for who, listener in ears.items():
            heard = {ids[event["data"]["id"]] for event in listener.events if event["data"].get("id") in ids}
            assert heard == sight.seen(who), who
    record_property("probes", len(people) * len(PLACES))


def test_who_was_moved_hears_of_the_new_place_and_no_more_of_the_old(
    crowd: tuple[Hub, Register], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also not of an order that was given to them in person at the old place."""
    monkeypatch.setattr(streaming, "RECHECK", 0.0)
    hub, register = crowd
    enforcement = register.persons["p-enforcement"]
    order = register.cases["own"].orders[0]
    with browser(hub, register.cookies["p-enforcement"]) as handler:
        body = {"moves": [{"move": "acknowledge"}, {"move": "assign_person", "person": enforcement}]}
        answer = handler.post(f"/api/incidents/orders/{order}/moves", json=body)
        assert answer.status_code == 200, answer.text
    with listening(hub, register.cookies["p-enforcement"]) as ear:
        case = note(hub, register, "own")
        assert ear.next("incident")["data"]["id"] == case
        move_person(hub, enforcement)
        note(hub, register, "own")
        ear.next("reset")
        before = len(ear.events)
        note(hub, register, "own")
        there = note(hub, register, "same-name-far")
        assert ear.next("incident")["data"]["id"] == there
    heard = {event["data"].get("id") for event in ear.events[before:]}
    assert heard == {there}


def test_words_of_a_stream_are_never_cached(live: Hub) -> None:
    duty = signed_in(live, "jiulongpo-duty")
    with duty.stream("GET", "/api/stream", headers=WRITE) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
