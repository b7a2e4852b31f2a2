"""Taking readings in: codecs, screening, the store, the registry. The whole way is `bench vitals`.

Beside the store stands what bare COPY of the same rows in transactions of the same size reaches.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import sqlalchemy as sa
from bench._common import Figure, core_speed, figure
from tests.territory.support import small_city

from chengyun.kernel import migrations
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.postgres import Embedded
from chengyun.kernel.transactions import Database
from chengyun.sensing.contracts import Readings, Streams
from chengyun.sensing.intake import storing
from chengyun.sensing.intake.catalogue import cursor_of, streams
from chengyun.sensing.intake.codecs import compact, decode
from chengyun.sensing.intake.screening import screen
from chengyun.sensing.live.latest import Latest

SEED = system_actor("seed")
THINGS, MANY = 20_000, 1_000_000  # with a datastream each
GATEWAYS, BATCH = 20, 1_000  # readings in a message
ROWS = 10_000  # of one transaction of bare COPY
_THINGS = """
    INSERT INTO sensing_thing (code, kind, name, region_id, readers, lon, lat, address, properties, quota, active,
        simulated)
    SELECT 'B-' || n, 'bench', 'B', r.id, ARRAY[r.id], 0, 0, '', jsonb_build_object('gateway', 'G-' || n % CAST(:gateways AS int)),
        2000000000, true, true
    FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n, (SELECT id FROM territory_region WHERE level = 'grid' LIMIT 1) r
"""
_STREAMS = """
    INSERT INTO sensing_datastream (thing_id, quantity, unit, low, high, sentinels, interval_s, scale, shift)
    SELECT id, 'bench.value', '%', -1e9, 1e9, '{-200}', 10, 1, 0 FROM sensing_thing t
    WHERE NOT EXISTS (SELECT 1 FROM sensing_datastream d WHERE d.thing_id = t.id)
"""


@contextmanager
def installed() -> Iterator[tuple[Database, Path]]:
    """PostgreSQL on disk, the small city, THINGS things of GATEWAYS gateways."""
    with tempfile.TemporaryDirectory(prefix="chengyun-bench-") as folder:
        os.chmod(folder, 0o711)
        server = Embedded(Path(folder) / "home")
        try:
            running = server.start()
            migrations.upgrade(running.owner_url)
            db = Database(running.app_url)
            with db.begin(SEED) as tx:
                small_city(tx)
                tx.execute(sa.text("INSERT INTO sensing_kind VALUES ('bench', 'b', 'b', 'b')"))
                add = "INSERT INTO sensing_quantity VALUES ('bench.value', 'bench', 'v', 'v', '%', -1e9, 1e9, 10, '{-200}')"
                tx.execute(sa.text(add))
            add_things(db, 1, THINGS)
            yield db, Path(folder)
            db.dispose()
        finally:
            server.destroy()


def add_things(db: Database, first: int, last: int) -> None:
    with db.begin(SEED) as tx:
        tx.execute(sa.text(_THINGS), {"first": first, "last": last, "gateways": GATEWAYS})
        tx.execute(sa.text(_STREAMS))
        tx.execute(sa.text("ANALYZE sensing_thing, sensing_datastream"))


def run() -> list[Figure]:
    """All figures."""
    with installed() as (db, folder):
        with db.begin(SEED) as tx:
            known = streams(tx)
        return [
            core_speed(),
            *codecs(known),
            *kernels(known, folder),
            *bare_copy(db, known),
            *start(db),
        ]


def per_second(work: Callable[[], Any], each: int, seconds: float = 2.0) -> tuple[float, int]:
    """How many of `each` are done in a second of a core's time, and the calls that were made."""
    work()
    began, spent, calls = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        work()
        calls += 1
    return calls * each / (time.process_time() - spent), calls


def each_second(work: Callable[[], Any], seconds: float = 5.0) -> tuple[float, int]:
    """Rows in a second of the clock, in transactions of ROWS, one after the other."""
    work()
    began, calls = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        work()
        calls += 1
    return calls * ROWS / (time.perf_counter() - began), calls


def codecs(known: Streams) -> list[Figure]:
    """Decoding and screening of messages of BATCH readings."""
    now = time.time_ns() // 1000
    ids = known.id[:BATCH]
    names = [f"B-{number}" for number in range(1, BATCH + 1)]
    at = now / 1e6
    bodies = {
        "json": orjson.dumps(
            [{"thing": name, "quantity": "value", "value": 1.5, "at": at} for name in names]
        ),
        "senml": orjson.dumps([{"n": f"{name}/value", "v": 1.5, "t": at, "u": "%"} for name in names]),
        "influx": "\n".join(f"bench,thing={name} value=1.5 {now}000" for name in names).encode(),
        "compact": compact.encode(ids, np.full(BATCH, now), np.full(BATCH, 1.5)),
    }
    found = []
    for form, body in bodies.items():
        speed, n = per_second(lambda form=form, body=body: decode(form, body), BATCH)  # type: ignore[misc]
        found.append(figure(f"sensing.decode_{form}", speed / 1e6, "million obs/s/core", None, "higher", n))
        told = decode(form, body)
        assert not screen(told, known, now).code.any()
        speed, n = per_second(lambda told=told: screen(told, known, now), BATCH)  # type: ignore[misc]
        found.append(figure(f"sensing.screen_{form}", speed / 1e6, "million obs/s/core", None, "higher", n))
    return found


def kernels(known: Streams, folder: Path) -> list[Figure]:
    """Dynamic screening of batches over all datastreams."""
    latest = Latest(folder / "kernels", known)
    rng = np.random.default_rng(1)
    moment = [time.time_ns() // 1000]
    value = rng.random(len(known))

    def once() -> None:
        moment[0] += 1_000_000
        latest.step(Readings(known.id, np.full(len(known), moment[0]), value), moment[0], 1)

    speed, n = per_second(once, len(known))
    return [figure("sensing.dynamic_screening", speed / 1e6, "million obs/s/core", 10, "higher", n)]


def bare_copy(db: Database, known: Streams) -> list[Figure]:
    """The same rows into the same partition with nothing else: no log, no screening, no broker."""
    now = time.time_ns() // 1000
    ids = np.resize(known.id, ROWS)
    readings = Readings(ids, np.full(ROWS, now), np.full(ROWS, 1.5))
    name = f"sensing_observation_{storing.day_of(now).replace('-', '')}"

    def once() -> None:
        with db.begin(system_actor("sensing")) as tx, cursor_of(tx) as cursor:
            storing.copy_rows(cursor, name, storing.rows(readings, now, 0))

    copied, n = each_second(once)

    def logged() -> None:
        with db.begin(system_actor("sensing")) as tx:
            storing.store(tx, readings, now, "bench", own=True)

    stored, m = each_second(logged)
    return [
        figure("sensing.bare_copy", copied, "rows/s", None, "higher", n),
        figure("sensing.copy_and_log", stored, "rows/s", None, "higher", m),
    ]


def start(db: Database) -> list[Figure]:
    """Loading the registry with a million datastreams."""
    add_things(db, THINGS + 1, MANY)
    db.memory.clear()
    began = time.perf_counter()
    with db.begin(SEED) as tx:
        known = streams(tx)
    spent = time.perf_counter() - began
    assert len(known) == MANY
    return [figure("sensing.load_registry", spent, "s for 1,000,000 datastreams", 10, "lower", 1)]
