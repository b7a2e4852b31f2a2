"""The hub over real HTTP on a durable database: reports accepted and routed, the queue of a large city, live consoles.

Client, web server, worker and PostgreSQL share this machine; every report is a commit that has reached the disk. It
lies somewhere in the whole city, its category has a rule that dispatches at once, and the receipt names the unit.
"""

from __future__ import annotations

import http.client
import json
import threading
import time

import httpx
import numpy as np
import psycopg
import sqlalchemy as sa
from bench._common import Figure, core_speed, figure
from bench._live import consoles
from bench._site import Site, fill, installed

from chengyun.identity.vault import open_vault
from chengyun.incidents import service as incidents
from chengyun.incidents.service import ReportBody, Sent
from chengyun.kernel.contracts import system_actor

SENDERS = (64, 32)  # connections that report at once: as many as two rounds hold, and half of them
WARM_UP_S, MEASURED_S = 5.0, 20.0
BEFORE, QUEUE, PAGES = 200_000, 1_000_000, 100
DESKS = ("city-duty", "jiulongpo-duty", "shiqiaopu-duty")
# Queue pages as the console asks for them: open ones by urgency, other orders, filters.
QUERIES = ("?open=1", "?open=1&sort=due", "", "?sort=newest", "?open=1&level=blue", "?category=0102")
# In all texts, in none, a whole number, pieces of numbers, what is written in Latin, a long one.
WORDS = ("垃圾", "没有这个词", "20261122-000007", "000007", "1122", "wifi", "一堆垃圾没有人", "人")
SEARCHES = tuple(f"?q={word}{more}" for word in WORDS for more in ("", "&open=1"))
SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_connections")
TEXT = "路边一堆垃圾没有人清运"


def run() -> list[Figure]:
    """All figures, on an installation of its own."""
    with installed("serve", "work") as site:
        fill(site, BEFORE)
        _tell_settings(site)
        found = [core_speed(), *_intake(site, SENDERS[0]), *_intake(site, SENDERS[1])]
        found += [_statements(site), *consoles(site)]
        fill(site, QUEUE)
        return [*found, *_queue(site)]


def _tell_settings(site: Site) -> None:
    with psycopg.connect(site.server) as admin:
        values = {name: admin.execute(f"SHOW {name}").fetchone() for name in SETTINGS}
        secured = (
            "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'incidents_incident'"
        )
        values["row-level security"] = admin.execute(secured).fetchone()
    print(", ".join(f"{name}: {value[0] if value else '?'}" for name, value in values.items()))


# reports


class Sender(threading.Thread):
    """One connection that reports as fast as it is answered."""

    def __init__(self, site: Site, cookie: str, number: int, of: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.site, self.number, self.of, self.stop = site, number, of, stop
        self.headers = {"Cookie": cookie, "X-Chengyun": "1", "Content-Type": "application/json"}
        self.told: list[tuple[float, float]] = []  # (when, seconds)
        self.routed = 0

    def run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        count = 0
        while not self.stop.is_set():
            lon, lat = self.site.points[(count * self.of + self.number) % len(self.site.points)]
            body = {
                "text": TEXT,
                "category": "0102",
                "level": "blue",
                "channel": "hotline",
                "lon": lon,
                "lat": lat,
            }
            headers = {**self.headers, "Idempotency-Key": f"bench-{self.of}-{self.number}-{count}"}
            began = time.perf_counter()
            line.request("POST", "/api/incidents/reports", json.dumps(body), headers)
            answer = line.getresponse()
            receipt = json.loads(answer.read())
            if answer.status != 201:
                raise RuntimeError(f"{answer.status}: {receipt}")
            self.told.append((time.perf_counter(), time.perf_counter() - began))
            self.routed += receipt["state"] == "dispatched"
            count += 1


def _intake(site: Site, connections: int) -> list[Figure]:
    stop, cookie, before = threading.Event(), site.cookie("hotline"), site.count()
    senders = [Sender(site, cookie, number, connections, stop) for number in range(connections)]
    for sender in senders:
        sender.start()
    time.sleep(WARM_UP_S)
    began = time.perf_counter()
    time.sleep(MEASURED_S)
    ended = time.perf_counter()
    stop.set()
    for sender in senders:
        sender.join()
    told = [spent for sender in senders for when, spent in sender.told if began <= when <= ended]
    total, stored = sum(len(sender.told) for sender in senders), site.count() - before
    if stored != total or sum(sender.routed for sender in senders) != total:
        raise RuntimeError(f"{total} acknowledged, {stored} stored: the figures would mean nothing")
    rate, share = len(told) / (ended - began), [float(x) * 1e3 for x in np.percentile(told, [50, 99])]
    name = "hub" if connections == SENDERS[0] else f"hub.{connections}_connections"
    return [
        figure(f"{name}.reports_per_s", rate, "1/s", 500, "higher", len(told)),
        figure(f"{name}.report_p50", share[0], "ms", None, "lower", len(told)),
        figure(f"{name}.report_p99", share[1], "ms", 300, "lower", len(told)),
    ]


def _statements(site: Site) -> Figure:
    """Statements of one report with its dispatch that comes alone, from BEGIN to COMMIT; more at once share them."""
    seen: list[str] = []
    vault, actor = open_vault(site.settings), system_actor("bench")
    sa.event.listen(site.database.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    for number, (lon, lat) in enumerate(site.points[:3]):  # the first ones also fill caches
        seen.clear()
        body = ReportBody(text=TEXT, lon=lon, lat=lat, category="0102", level="blue", channel="hotline")
        incidents.report_once(site.database, actor, Sent(body, f"statements-{number}", b"bench", vault))
    return figure("hub.report_statements", len(seen), "statements", 20, "lower", 1)


# the queue of a large city


def _queue(site: Site) -> list[Figure]:
    found = []
    for login in DESKS:
        headers = {"Cookie": site.cookie(login)}
        with httpx.Client(base_url=site.url, headers=headers, timeout=120) as client:
            spent = [_asked(client, QUERIES[number % len(QUERIES)]) for number in range(PAGES)]
            searched = [_asked(client, SEARCHES[number % len(SEARCHES)]) for number in range(PAGES)]
        for name, told in (("queue_page", spent), ("search", searched)):
            worst = float(np.percentile(told, 95)) * 1e3
            found.append(figure(f"hub.{name}_p95.{login}", worst, "ms", 300, "lower", PAGES))
    return [*found, figure("hub.incidents", site.count(), "incidents", QUEUE, "higher", 1)]


def _asked(client: httpx.Client, query: str) -> float:
    began = time.perf_counter()
    client.get(f"/api/incidents/{query}").raise_for_status()
    return time.perf_counter() - began
