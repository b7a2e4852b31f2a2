"""An installation to measure: embedded PostgreSQL on disk, the whole city, real processes; and incidents by the million."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psycopg
import sqlalchemy as sa
from bench._common import free_port

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

SEED = system_actor("seed")
FIRST = 2_000  # reports taken in by the product itself, of which the others are copies
OPEN_EVERY = 10  # of copies, one in so many is open
# What differs from the original in copy `k`, per column; the others are copied.
_SHIFT = "{column} + k * 100000000::bigint"
_OPEN = f"k % {OPEN_EVERY} = 0"
_AGO = "t.reported_at - make_interval(hours => k)"
_INCIDENT = {
    "id": _SHIFT.format(column="t.id"),
    "number": "t.number || '-' || k",
    "state": f"CASE WHEN {_OPEN} THEN t.state ELSE 'closed' END",
    "rank": f"CASE WHEN {_OPEN} THEN t.rank ELSE 9 END",
    "due_at": f"CASE WHEN {_OPEN} THEN t.due_at END",
    "deadline_id": f"CASE WHEN {_OPEN} THEN {_SHIFT.format(column='t.deadline_id')} END",
    "closed_at": f"CASE WHEN {_OPEN} THEN NULL ELSE {_AGO} + interval '30 minutes' END",
    "reported_at": _AGO,
    "occurred_at": _AGO,
}
_CHILD = {
    "incident_id": _SHIFT.format(column="t.incident_id"),
    "order_id": _SHIFT.format(column="t.order_id"),
}
_COPIED = {
    "incidents_incident": _INCIDENT,
    "incidents_step": _CHILD,
    "incidents_order": {**_CHILD, "id": _SHIFT.format(column="t.id"), "state": f"CASE WHEN {_OPEN} THEN t.state ELSE 'done' END"},
    "incidents_deadline": {**_CHILD, "id": _SHIFT.format(column="t.id"), "state": f"CASE WHEN {_OPEN} THEN t.state ELSE 'met' END"},
}  # fmt: skip


@dataclass
class Site:
    """A running installation with the whole city; `server` is the superuser's URL of its database."""

    url: str
    port: int
    settings: Settings
    database: Database
    server: str
    points: list[tuple[float, float]]
    copies: int = 0

    def cookie(self, login: str) -> str:
        """The session of a demo account, as a header."""
        given = {"login": login, "password": "chengyun"}
        answer = httpx.post(f"{self.url}/api/identity/login", json=given, timeout=60)
        return f"chengyun_session={answer.cookies['chengyun_session']}"

    def count(self) -> int:
        """Incidents that are stored."""
        with self.database.begin(SEED) as tx:
            return int(tx.execute(sa.text("SELECT count(*) FROM incidents_incident")).scalar_one())


@contextmanager
def installed(*processes: str, steps: int = 4, **settings: Any) -> Iterator[Site]:
    """Migrate, make the first `steps` of the demo, start `processes` ("serve", "work"), wait until they are warm."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        server = Embedded(Path(folder))
        running = server.start()
        try:
            known = Settings(
                home=Path(folder), demo=True, database_url=running.app_url, owner_database_url=running.owner_url,
                port=free_port(), **settings,
            )  # fmt: skip
            database = _seeded(known, steps)
            admin = f"{running.admin_url.rsplit('/', 1)[0]}/{sa.make_url(running.app_url).database}"
            url = f"http://127.0.0.1:{known.port}"
            site = Site(url, known.port, known, database, admin, _points(database))
            with _started(site, processes):
                yield site
            database.dispose()
        finally:
            server.destroy()


def _seeded(settings: Settings, steps: int) -> Database:
    owner, app = settings.owner_database_url, settings.database_url
    assert owner is not None
    assert app is not None
    migrations.upgrade(owner)
    database = Database(app, build_bus())
    for step in STEPS[:steps]:
        with database.begin(SEED) as tx:
            step.act(tx, Installation(settings, owner, app, None))
    return database


@contextmanager
def _started(site: Site, processes: tuple[str, ...]) -> Iterator[None]:
    with ExitStack() as running:
        for name in processes:
            running.enter_context(process(site, name))
        _wait(lambda: httpx.get(f"{site.url}/api/health", timeout=60).is_success)
        with site.database.begin(SEED) as tx:
            version = territory.current_version(tx)
        # A tile waits for everything that a web process loads at its start.
        httpx.get(f"{site.url}/api/territory/tiles/{version}/10/814/423.mvt", timeout=120).raise_for_status()
        yield


@contextmanager
def process(site: Site, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """`chengyun NAME`, until the end of the block."""
    environment = {**os.environ, **site.settings.environment()}
    command = [sys.executable, "-m", "chengyun.cli", name]
    running = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


def _wait(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
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


def fill(site: Site, wanted: int) -> None:
    """Let there be `wanted` incidents, with history, work orders and deadlines; one in ten is open."""
    if site.copies == 0:
        for lon, lat in site.points[:FIRST]:
            with site.database.begin(system_actor("bench")) as tx:
                incidents.report(tx, ReportIn("路边一堆垃圾没有人清运", lon, lat, category="0102", level="blue", channel="hotline"))  # fmt: skip
    last = -(-wanted // FIRST) - 1
    with psycopg.connect(site.server) as admin:
        admin.execute("SET session_replication_role = replica")  # the copies refer to copies
        for table, changed in _COPIED.items():
            names = [
                name
                for (name,) in admin.execute(
                    "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                    " AND NOT attisdropped AND attgenerated = ''",
                    [table],
                )
            ]
            values = ", ".join(changed.get(name, f"t.{name}") for name in names)
            key = "id" if table == "incidents_incident" else "incident_id"
            admin.execute(
                f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE SELECT {values}"
                f" FROM (SELECT * FROM {table} WHERE {key} <= {FIRST}) t, generate_series({site.copies + 1}, {last}) k"
            )
        admin.execute(  # nor do triggers run for them
            "INSERT INTO incidents_words SELECT id, incidents_words(number, title, text, address)"
            " FROM incidents_incident i WHERE NOT EXISTS (SELECT 1 FROM incidents_words w WHERE w.incident_id = i.id)"
        )
    site.copies = last
    with psycopg.connect(site.server, autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")
