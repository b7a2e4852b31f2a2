"""Find every overdue one among a million open work orders, on a simulated clock.

Every twentieth order is overdue when the clock has moved; the sweeper must tell each of those, once, and no other.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import sqlalchemy as sa
from bench._common import Figure, figure

from chengyun.incidents import service
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database, Tx

NOW = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)
PER_INCIDENT = 10
BATCH = 5_000
_INCIDENTS = """
    INSERT INTO incidents_incident (id, number, title, text, level, state, event, centre_id, desk_id,
        territory_version, city_id, district_id, town_id, lon, lat, border_m, schematic, address, channel, readers,
        involved, residents, returns, refusals, reworks, reopened, reports_count, binding, pinned, alerts, absent,
        simulated, rulebook_id, why, occurred_at, reported_at, changed_at, lamp, due_at, rank, steps, version)
    SELECT n, 'B' || n, '测试', '测试', 'yellow', 'handling', 'reported', t.town, t.town, 1, t.city, t.district,
        t.town, 106.5, 29.5, 10, true, '', 'hotline', ARRAY[t.city, t.district, t.town], '{}', '{}', 0, 0, 0, 0, 1,
        false, false, '{}', false, true, (SELECT max(id) FROM incidents_rulebook), '{}', :now, :now, :now, 'none',
        :now, 6, 1, 1
    FROM generate_series(1, :incidents) n
    JOIN (SELECT row_number() OVER (ORDER BY region_id) - 1 AS k, count(*) OVER () AS towns, region_id AS town,
                 centre_id AS district, (SELECT id FROM territory_region WHERE level = 'city') AS city
          FROM territory_governance WHERE valid_to IS NULL) t ON t.k = n % t.towns
"""
_ORDERS = """
    INSERT INTO incidents_order (id, incident_id, number, role, unit_id, centre_id, state, issued_at,
        acknowledged_at, changed_at, returns, measures, handlers)
    SELECT n, (n - 1) / :per + 1, 'B' || n, CASE WHEN n % :per = 1 THEN 'lead' ELSE 'assist' END, 1000000 + n % 50,
        i.centre_id, 'handling', :now, :now, :now, 0, '{}', '{}'
    FROM generate_series(1, :orders) n JOIN incidents_incident i ON i.id = (n - 1) / :per + 1
"""
# Every so-manieth one ran out before now; the others end within the next month, their lamps not yet yellow.
_DEADLINES = """
    INSERT INTO incidents_deadline (id, incident_id, order_id, stage, clock, amount, started, running_since, spent,
        yellow_at, due_at, next_at, position, yellow, ladder, lamp, state, rule, shifts)
    SELECT n, (n - 1) / :per + 1, n, 'handle', 'urgent', 10, d.due - interval '10 hours',
        d.due - interval '10 hours', 0, d.due - interval '2.5 hours', d.due, d.due, 1, 0.75, '{1.25,1.5,2}', 'yellow',
        'running', 'bench', '{}'
    FROM generate_series(1, :orders) n,
        LATERAL (SELECT CASE WHEN n % :every = 0 THEN CAST(:now AS timestamptz) - make_interval(mins => n % 120)
                             ELSE CAST(:now AS timestamptz) + make_interval(mins => 1 + n % 43200) END AS due) d
"""
_TOLD = sa.text("SELECT order_id FROM incidents_step WHERE move = 'overdue' ORDER BY order_id")
_LATE = sa.text("SELECT order_id FROM incidents_deadline WHERE due_at <= :now ORDER BY order_id")


def populate(tx: Tx, orders: int, late_every: int) -> None:
    """Open work orders, ten to an incident, over all towns; every `late_every`-th is overdue at NOW."""
    values = {"now": NOW, "per": PER_INCIDENT, "orders": orders, "every": late_every}
    tx.execute(sa.text(_INCIDENTS), {"now": NOW, "incidents": orders // PER_INCIDENT})
    tx.execute(sa.text(_ORDERS), {key: values[key] for key in ("now", "per", "orders")})
    tx.execute(sa.text(_DEADLINES), values)
    tx.execute(sa.text("ANALYZE incidents_incident, incidents_order, incidents_deadline"))


def sweep_all(db: Database, now: datetime) -> int:
    """Sweep in batches, each its own transaction, until nothing is due at `now`."""
    told = 0
    while True:
        with db.begin(system_actor("incidents.sweep")) as tx:
            tx.now = now
            found = service.sweep(tx, BATCH)
        told += found
        if not found:
            return told


def overdue_told(tx: Tx, now: datetime) -> tuple[list[int], list[int]]:
    """Work orders that history calls overdue, and those that are."""
    told = [row.order_id for row in tx.execute(_TOLD)]
    return told, [row.order_id for row in tx.execute(_LATE, {"now": now})]


def measured(orders: int) -> tuple[int, int, int, float]:
    """On a database of its own: overdue, told once and overdue, told in all, seconds of sweeping."""
    from tests.incidents.support import incidents_template
    from tests.support import shared_cluster

    with (
        shared_cluster(f"sweep-{time.time_ns()}") as cluster,
        cluster.fresh(incidents_template(cluster)) as links,
    ):
        db = Database(links.app_url)
        with db.begin(system_actor("seed")) as tx:
            populate(tx, orders, late_every=20)
        began = time.monotonic()
        sweep_all(db, NOW)
        spent = time.monotonic() - began
        with db.begin(system_actor("seed")) as tx:
            told, late = overdue_told(tx, NOW)
        db.dispose()
    return len(late), len(set(told) & set(late)), len(told), spent


def run(orders: int = 1_000_000) -> list[Figure]:
    """All figures."""
    late, found, told, spent = measured(orders)
    return [
        figure("sweep: share of the overdue that are found", found / late, "", 1.0, "higher", orders),
        figure("sweep: told though not overdue, or twice", told - found, "orders", 0, "lower", orders),
        figure("sweep: from due to told, all of them", spent, "s", None, "lower", orders),
    ]
