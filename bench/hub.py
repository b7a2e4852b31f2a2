"""The hub over real HTTP on a durable database: reports accepted and routed, and the queue of a large city.

Client, web server and PostgreSQL share this machine; every report is a commit that has reached the disk. It lies
somewhere in the whole city, its category has a rule that dispatches at once, and the receipt names the unit.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import psycopg
import sqlalchemy as sa
from bench._common import Figure, figure, free_port

from chengyun.cli.demo.seed import STEPS
from chengyun.cli.runtime import Installation
from chengyun.incidents import service as incidents
from chengyun.incidents.inputs import ReportIn
from chengyun.kernel import migrations
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.postgres import Embedded
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.territory import service as territory
from chengyun.web.features import build_bus

SENDERS, WARM_UP_S, MEASURED_S = 8, 3.0, 15.0
QUEUE, PAGES = 200_000, 120
SEED = system_actor("seed")


@dataclass
class Site:
    """A running installation with the whole city and no incidents."""

    url: str
    port: int
    database: Database
    points: list[tuple[float, float]]


def run() -> list[Figure]:
    """All figures, on an installation of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        server = Embedded(Path(folder))
        running = server.start()
        try:
            settings = Settings(
                home=Path(folder), demo=True, database_url=running.app_url, owner_database_url=running.owner_url,
                port=free_port(),
            )  # fmt: skip
            with installed(settings) as site:
                return [*_intake(site), _statements(site), *_queue(site, running.admin_url)]
        finally:
            server.destroy()


@contextmanager
def installed(settings: Settings) -> Iterator[Site]:
    """Migrate, seed everything but history, start the web process, wait until it is healthy."""
    migrations.upgrade(settings.owner_database_url)
    database = Database(settings.database_url, build_bus())
    for step in STEPS[:4]:
        with database.begin(SEED) as tx:
            step.act(tx, Installation(settings, settings.owner_database_url, settings.database_url, None))
    environment = {**os.environ, **settings.environment()}
    command = [sys.executable, "-m", "chengyun.cli", "serve"]
    web = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)
    url = f"http://127.0.0.1:{settings.port}"
    try:
        _wait(lambda: httpx.get(f"{url}/api/territory/locate?lon=106.48&lat=29.52", timeout=60).is_success)
        yield Site(url, settings.port, database, _points(database))
    finally:
        web.terminate()
        web.wait()
        database.dispose()


def _wait(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        try:
            if ready():
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the web server did not answer")


def _points(database: Database) -> list[tuple[float, float]]:
    """Places all over the city, always the same."""
    with database.begin(SEED) as tx:
        territory.warm(tx)
        west, south, east, north = territory.version_info(tx).bbox
    found = np.random.default_rng(7).uniform((west, south), (east, north), (60_000, 2))
    return [tuple(point) for point in found[territory.locate_many(found) >= 0].tolist()]


def session(site: Site, login: str) -> str:
    """The cookie of a demo account."""
    answer = httpx.post(f"{site.url}/api/identity/login", json={"login": login, "password": "chengyun"})
    return f"chengyun_session={answer.cookies['chengyun_session']}"


# reports


class Sender(threading.Thread):
    """One connection that reports as fast as it is answered."""

    def __init__(self, site: Site, cookie: str, number: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.site, self.number, self.stop = site, number, stop
        self.cookie = cookie
        self.told: list[tuple[float, float]] = []  # (when, seconds)
        self.routed = 0

    def run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        count = 0
        while not self.stop.is_set():
            lon, lat = self.site.points[(count * SENDERS + self.number) % len(self.site.points)]
            body = {
                "text": "路边一堆垃圾没有人清运",
                "category": "0102",
                "level": "blue",
                "channel": "hotline",
            }
            began = time.perf_counter()
            line.request(
                "POST", "/api/incidents/reports", json.dumps({**body, "lon": lon, "lat": lat}),
                {
                    "Cookie": self.cookie, "X-Chengyun": "1", "Content-Type": "application/json",
                    "Idempotency-Key": f"bench-{self.number}-{count}",
                },
            )  # fmt: skip
            answer = line.getresponse()
            receipt = json.loads(answer.read())
            if answer.status != 201:
                raise RuntimeError(f"{answer.status}: {receipt}")
            self.told.append((time.perf_counter(), time.perf_counter() - began))
            self.routed += receipt["state"] == "dispatched"
            count += 1


def _intake(site: Site) -> list[Figure]:
    stop, cookie = threading.Event(), session(site, "hotline")
    senders = [Sender(site, cookie, number, stop) for number in range(SENDERS)]
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
    total = sum(len(sender.told) for sender in senders)
    with site.database.begin(SEED) as tx:
        stored = int(tx.execute(sa.text("SELECT count(*) FROM incidents_incident")).scalar_one())
    if stored != total or sum(sender.routed for sender in senders) != total:
        raise RuntimeError(f"{total} acknowledged, {stored} stored: the figures would mean nothing")
    rate, share = len(told) / (ended - began), [float(x) * 1e3 for x in np.percentile(told, [50, 99])]
    return [
        figure("hub.reports_per_s", rate, "1/s", 500, "higher", len(told)),
        figure("hub.report_p50", share[0], "ms", None, "lower", len(told)),
        figure("hub.report_p99", share[1], "ms", 300, "lower", len(told)),
    ]


def _statements(site: Site) -> Figure:
    """Statements of one report with its dispatch, from BEGIN to COMMIT, without signing in."""
    seen: list[str] = []
    sa.event.listen(site.database.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    for lon, lat in site.points[:3]:  # the first ones also fill caches
        seen.clear()
        with site.database.begin(system_actor("bench")) as tx:
            given = ReportIn("路边一堆垃圾", lon, lat, category="0102", level="blue", channel="hotline")
            incidents.report(tx, given)
    return figure("hub.report_statements", len(seen), "statements", 20, "lower", 1)


# the queue of a large city


def _queue(site: Site, admin_url: str) -> list[Figure]:
    _multiply(site, admin_url)
    found = []
    for login in ("city-duty", "jiulongpo-duty", "shiqiaopu-duty"):
        headers = {"Cookie": session(site, login)}
        with httpx.Client(base_url=site.url, headers=headers, timeout=60) as client:
            spent = [_page(client, number) for number in range(PAGES)]
        worst = float(np.percentile(spent, 95)) * 1e3
        found.append(figure(f"hub.queue_page_p95.{login}", worst, "ms", 300, "lower", PAGES))
    return found


def _page(client: httpx.Client, number: int) -> float:
    """Queue and counts as the console asks for them, in turns with filters."""
    queries = ("", "?open=1", "?sort=due", "?category=0102", "?level=blue&open=1", "?q=垃圾")
    began = time.perf_counter()
    client.get(f"/api/incidents/{queries[number % len(queries)]}").raise_for_status()
    return time.perf_counter() - began


def _multiply(site: Site, admin_url: str) -> None:
    """Copy the incidents that were reported, with work orders and deadlines, until there are `QUEUE` of them."""
    with site.database.begin(SEED) as tx:
        have = int(tx.execute(sa.text("SELECT count(*) FROM incidents_incident")).scalar_one())
    copies, step = -(-QUEUE // have) - 1, 10_000_000
    shifted = {
        "incidents_incident": ("id",),
        "incidents_order": ("id", "incident_id"),
        "incidents_deadline": ("id", "incident_id", "order_id"),
    }
    with site.database.begin(SEED) as tx:
        for table, keys in shifted.items():
            names = [c["name"] for c in sa.inspect(tx.conn).get_columns(table)]
            values = [_copied(name, keys, step) for name in names]
            query = f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} t,"
            tx.execute(sa.text(f"{query} generate_series(1, {copies}) k"))
    database = sa.make_url(site.database.url).database
    with psycopg.connect(f"{admin_url.rsplit('/', 1)[0]}/{database}", autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")


def _copied(name: str, keys: tuple[str, ...], step: int) -> str:
    if name in keys:
        return f"t.{name} + k * {step}::bigint"
    if name == "number":
        return "t.number || '-' || k"
    return f"t.{name}"
