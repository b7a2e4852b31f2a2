"""风险一张图 of the whole demo city: all 1,031 towns at once, the grids of the largest district, why, lists, things.

20,000 things, 3,000 open alarms and 27,000 that are over, 10,000 incidents with their history, 4,700 signs in the 1,073
regions from town up and one in every grid, one in a thousand of them at a level. Each read is a transaction of its own.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psycopg
import sqlalchemy as sa
from bench._common import Figure, core_speed, figure
from bench.lookup import made

from chengyun.cli.demo.history import load_history
from chengyun.cli.demo.seed import STEPS
from chengyun.cli.runtime import Installation
from chengyun.identity.roles import ROLES
from chengyun.kernel import migrations
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.postgres import Embedded, Running
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory
from chengyun.vitals.board import Board, Layout, announce, publish
from chengyun.vitals.lookup.values import Live
from chengyun.vitals.risk import service
from chengyun.vitals.risk.items import Asked
from chengyun.vitals.risk.things import Heard
from chengyun.web.features import build_bus

SEED, ROUNDS = system_actor("seed"), 40
INCIDENTS, THINGS, ALARMS, OPEN = 10_000, 20_000, 30_000, 3_000
CITY_BOX = (105.0, 28.0, 110.5, 32.5)
_CHAIN = """
    WITH RECURSIVE line(id, up) AS (
        SELECT id, parent_id FROM territory_region WHERE level = 'grid' AND valid_to IS NULL
        UNION ALL SELECT line.id, r.parent_id FROM line JOIN territory_region r ON r.id = line.up WHERE line.up IS NOT NULL
    ), chain AS MATERIALIZED (
        SELECT id, array_agg(up) FILTER (WHERE up IS NOT NULL) || id AS readers, row_number() OVER (ORDER BY id * 7919 % 1000003) AS n
        FROM line GROUP BY id
    )
"""
_THINGS = f"""{_CHAIN} INSERT INTO sensing_thing (code, kind, name, region_id, readers, lon, lat, address, properties, quota, active, simulated)
    SELECT 'B-' || n, 'gas', 'B-' || n, id, readers, 105500000 + (n * 7919 % 4500000), 28500000 + (n * 104729 % 3500000), '', '{{}}', 60,
           true, true FROM chain WHERE n <= :count"""
_STREAMS = """INSERT INTO sensing_datastream (thing_id, quantity, unit, low, high, sentinels, interval_s, scale, shift)
    SELECT id, 'gas.methane', '%{LEL}', 0, 100, '{}', 60, 1, 0 FROM sensing_thing WHERE code LIKE 'B-%'"""
_ALARMS = """INSERT INTO vitals_alarm (sign, region_id, readers, kind, level, peak, value, thing_id, group_key, began, changed_at, cleared_at,
        told, simulated)
    SELECT 'sign.1.' || (n %% 100), region_id, readers, 'threshold', CASE WHEN n <= %(open)s THEN 1 + n %% 4 ELSE 0 END, 1 + n %% 4, 42, t.id,
           'all:0:' || (n / 20), at, at, CASE WHEN n > %(open)s THEN at + interval '20 minutes' END, '{}', true
    FROM generate_series(1, %(alarms)s) n JOIN sensing_thing t ON t.code = 'B-' || (1 + n %% %(things)s),
         LATERAL (SELECT now() - make_interval(mins => n %% 43000) AS at) moment"""


def run() -> list[Figure]:
    """All figures, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        server = Embedded(Path(folder), unsafe_fast=True)
        running = server.start()
        try:
            migrations.upgrade(running.owner_url)
            database = Database(running.app_url, build_bus())
            settings = Settings(home=Path(folder), demo=True, database_url=running.app_url, owner_database_url=running.owner_url)  # fmt: skip
            _fill(database, Installation(settings, running.owner_url, running.app_url, None))
            _ring(running)
            board = _board(database, Path(folder) / "live")
            found = [core_speed(), *_measured(database, board)]
            database.dispose()
        finally:
            server.destroy()
    return found


def _fill(database: Database, where: Installation) -> None:
    for step in STEPS[:4]:
        with database.begin(SEED) as tx:
            tx.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            step.act(tx, where)
    with database.begin(SEED) as tx:
        load_history(tx, INCIDENTS)
    with database.begin(SEED) as tx:
        tx.execute(sa.text(_THINGS), {"count": THINGS})
        tx.execute(sa.text(_STREAMS))


def _ring(running: Running) -> None:
    """As the superuser: no one policy sees both things and alarms."""
    address = f"{running.admin_url.rsplit('/', 1)[0]}/{sa.make_url(running.app_url).database}"
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(_ALARMS, {"alarms": ALARMS, "open": OPEN, "things": THINGS})
        admin.execute("VACUUM ANALYZE")


def _board(database: Database, folder: Path) -> Board:
    with database.begin(SEED) as tx:
        upper = {
            ref.id for level in ("city", "district", "town") for ref in territory.find_regions(tx, level)
        }
        grids = {ref.id for ref in territory.find_regions(tx, "grid")}
    codes = tuple(sign.code for sign in made())
    ids = np.array(sorted(upper | grids), np.int64)
    counts = np.where(np.isin(ids, list(upper)), len(codes), 1)
    every = np.arange(len(codes), dtype=np.int32)
    columns = np.concatenate([every[:count] for count in counts.tolist()])
    layout = Layout("bench", codes, ids, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), columns)
    board = publish(folder, layout)
    chance = np.random.default_rng(5)
    board.rows["value"], board.rows["alive"] = 1.0, 3
    board.rows["level"] = np.where(chance.random(len(layout)) < 0.001, chance.integers(1, 5, len(layout)), 0)
    announce(folder, layout.digest)
    return board


def _measured(database: Database, board: Board) -> list[Figure]:
    with database.begin(SEED) as tx:
        territory.warm(tx)
        city = territory.city(tx)
        districts = territory.find_regions(tx, "district")
        largest = max(districts, key=lambda ref: len(territory.descendants(tx, ref.id, "grid"))).id
    heard = Heard(None, 0)
    reads: dict[str, tuple[int, float | None, Callable[[Tx, Live], int]]] = {
        "all towns of the city": (city, 300, lambda tx, live: len(service.regions(tx, live, "town", city).regions)),
        "grids of the largest district": (largest, 300, lambda tx, live: len(service.regions(tx, live, "grid", largest).regions)),
        "why, the city": (city, None, lambda tx, live: service.why(tx, live, city).total),
        "list of 500": (city, None, lambda tx, _: service.items(tx, Asked(limit=500)).alarms),
        "a week by the hour": (city, None, lambda tx, _: sum(map(sum, service.hours(tx, None, 168).alarms))),
        "things of the city, gathered": (city, None, lambda tx, _: service.things(tx, heard, CITY_BOX, (), None, 1000).total),
        "points of danger": (city, None, lambda tx, _: len(service.points(tx, None, 500))),
    }  # fmt: skip
    return [one for name, read in reads.items() for one in _p95(database, board, name, *read)]


def _p95(
    database: Database,
    board: Board,
    name: str,
    home: int,
    target: float | None,
    read: Callable[[Tx, Live], int],
) -> list[Figure]:
    actor = Actor("person", 1, "值班员", ROLES["city-duty"].permissions, (home,), home=home)
    spent, size = [], 0
    for round_ in range(ROUNDS + 2):
        board.beats(time.time_ns() // 1000, round_)
        began = time.perf_counter()
        with database.begin(actor) as tx:
            size = read(tx, Live.of(board))
        if round_ > 1:
            spent.append((time.perf_counter() - began) * 1000)
    if not size:
        raise AssertionError(f"risk, {name}: nothing came back, so nothing was measured")
    return [figure(f"risk, {name} ({size:,}): p95", float(np.percentile(spent, 95)), "ms", target, "lower", len(spent))]  # fmt: skip


if __name__ == "__main__":
    for one in run():
        print(one)
