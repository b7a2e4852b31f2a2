"""From commit to console: many open event streams, and how long a report takes to reach each of them."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
import uuid
from typing import Any

import httpx
import numpy as np
from bench._common import Figure, figure
from bench._site import Site

CONSOLES, REPORTS, EVERY_S, PATIENCE_S = 200, 60, 0.25, 5.0


class Listener(threading.Thread):
    """All consoles of one machine: notes when which `topic` was told on which stream, by `keys` of what it says."""

    def __init__(
        self, site: Site, cookie: str, consoles: int, topic: str = "incident", keys: tuple[str, ...] = ("id",)
    ) -> None:
        super().__init__(daemon=True)
        self.lines = [_opened(site, cookie) for _ in range(consoles)]
        self.parts = {line.fileno(): b"" for line in self.lines}
        self.topic, self.keys = f"event: {topic}\n".encode(), keys
        self.heard: dict[tuple[Any, ...], list[float]] = {}
        self.stop = threading.Event()

    def run(self) -> None:
        poll = select.poll()
        by_number = {line.fileno(): line for line in self.lines}
        for line in self.lines:
            poll.register(line, select.POLLIN)
        while not self.stop.is_set():
            for number, _ in poll.poll(100):
                now = time.perf_counter()
                *events, rest = (self.parts[number] + by_number[number].recv(65536)).split(b"\n\n")
                self.parts[number] = rest
                for event in events:
                    self._note(event, now)

    def _note(self, event: bytes, now: float) -> None:
        if self.topic not in event:
            return
        data = next(line for line in event.split(b"\n") if line.startswith(b"data: "))
        told = json.loads(data[6:])
        self.heard.setdefault(tuple(told[key] for key in self.keys), []).append(now)


def _opened(site: Site, cookie: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    line.sendall(f"GET /api/stream HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
    while b"welcome" not in line.recv(4096):
        pass
    return line


def consoles(site: Site) -> list[Figure]:
    """Reports at a steady pace while all consoles listen; a report's commit comes just before its answer."""
    listener = Listener(site, site.cookie("city-duty"), CONSOLES)
    listener.start()
    answered: dict[tuple[int], float] = {}
    headers = {"Cookie": site.cookie("hotline"), "X-Chengyun": "1"}
    with httpx.Client(base_url=site.url, headers=headers, timeout=60) as client:
        for lon, lat in site.points[:REPORTS]:
            body = {
                "text": "井盖松动",
                "category": "0102",
                "level": "blue",
                "channel": "hotline",
                "lon": lon,
                "lat": lat,
            }
            told = client.post(
                "/api/incidents/reports", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}
            )
            told.raise_for_status()
            answered[told.json()["incident"],] = time.perf_counter()
            time.sleep(EVERY_S)
    end = time.monotonic() + PATIENCE_S
    while (
        time.monotonic() < end
        and sum(len(listener.heard.get(one, ())) for one in answered) < REPORTS * CONSOLES
    ):
        time.sleep(0.1)
    listener.stop.set()
    late = [heard - at for one, at in answered.items() for heard in listener.heard.get(one, ())]
    reached = len(late) / (REPORTS * CONSOLES)
    return [
        figure("hub.console_reached", reached, "share", 1, "higher", REPORTS * CONSOLES),
        figure("hub.console_p50", float(np.percentile(late, 50)) * 1e3, "ms", None, "lower", len(late)),
        figure("hub.console_p95", float(np.percentile(late, 95)) * 1e3, "ms", 300, "lower", len(late)),
    ]
