"""How long it takes to find what is near among 200,000 open incidents, under row-level security.

Half of them lie evenly over the streets of a city of 40 by 40 km, half in one hundred hot spots 600 m wide. Asked at
random places and at the hot spots: as somebody on duty in a town, with rows, scores and reasons, and as a resident
about to report, with offers. Every question is a transaction of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from bench._common import Figure, figure

from chengyun.identity.roles import RESIDENT, ROLES
from chengyun.identity.vault import Vault
from chengyun.incidents.duplicates import finding, offers
from chengyun.incidents.duplicates.finding import Wanted
from chengyun.incidents.intake import taking
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.transactions import Database, Tx

INCIDENTS, QUESTIONS = 200_000, 400
NOW = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
CENTRE, SPAN = (106.5, 29.5), 0.2  # degrees: 40 km
SPOTS, SPOT = 100, 0.003
VAULT = Vault(b"e" * 32, b"h" * 32)
_ROWS = sa.text(
    """
    INSERT INTO incidents_incident (number, title, text, category, level, state, event, centre_id, desk_id,
        territory_version, city_id, district_id, town_id, lon, lat, border_m, schematic, address, channel, readers,
        involved, residents, returns, refusals, reworks, reopened, reports_count, binding, pinned, alerts, absent,
        simulated, rulebook_id, why, occurred_at, reported_at, changed_at, lamp, due_at, rank, steps, version)
    SELECT 'B' || n, '路边有垃圾', '小区门口的垃圾没人收，已经好几天了', (ARRAY['0102','0404','0401'])[1 + n % 3], 'yellow', 'reported',
        'reported', t.town, t.town, 1, t.city, t.district, t.town, lon, lat, 10, true, '科园路 ' || n % 200 || ' 号', 'hotline',
        ARRAY[t.city, t.district, t.town], '{}', ARRAY[n], 0, 0, 0, 0, 1, false, false, '{}', false, true,
        (SELECT max(id) FROM incidents_rulebook), '{}', at, at, at, 'none', :now, 6, 1, 1
    FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[]), CAST(:ages AS float8[])) WITH ORDINALITY
             AS p(lon, lat, age, n),
         LATERAL (SELECT CAST(:now AS timestamptz) - make_interval(secs => age) AS at) w,
         (SELECT region_id AS town, centre_id AS district,
                 (SELECT id FROM territory_region WHERE level = 'city') AS city
          FROM territory_governance WHERE valid_to IS NULL ORDER BY region_id LIMIT 1) t
    """
)
_REPORTS = sa.text(
    """
    INSERT INTO incidents_report (incident_id, channel, text, at, resident_id, hidden, spam, token_hash, language,
        attachments)
    SELECT id, 'resident', text, reported_at, id, false, false, sha256(number::bytea), 'zh', '{}' FROM incidents_incident
    """
)


def run() -> list[Figure]:
    """All figures, on a database of its own."""
    from tests.incidents.support import incidents_template
    from tests.support import shared_cluster

    with (
        shared_cluster(f"near-{time.time_ns()}") as cluster,
        cluster.fresh(incidents_template(cluster)) as links,
    ):
        database = Database(links.app_url)
        with database.begin(system_actor("seed")) as tx:
            spots, town = populate(tx)
        officer = Actor("person", 1, "值班员", ROLES["town-duty"].permissions, (town,), home=town)
        resident = Actor("resident", 1, "居民", RESIDENT)
        figures = [
            *_figures("town post", _measured(database, officer, spots, _look)),
            *_figures("resident, offers", _measured(database, resident, spots, _ask)),
        ]
        database.dispose()
    return figures


def populate(tx: Tx) -> tuple[np.ndarray[Any, Any], int]:
    """The incidents with a report each → places to ask at, the town that owns them."""
    draw = np.random.default_rng(7)
    even = draw.uniform(-SPAN, SPAN, (INCIDENTS // 2, 2)) + CENTRE
    hot = draw.uniform(-SPAN, SPAN, (SPOTS, 2)) + CENTRE
    dense = hot[draw.integers(0, SPOTS, INCIDENTS // 2)] + draw.uniform(-SPOT, SPOT, (INCIDENTS // 2, 2))
    places = np.concatenate([even, dense])
    ages = draw.uniform(0, 60 * 86_400, INCIDENTS)
    values = {"lons": places[:, 0].tolist(), "lats": places[:, 1].tolist(), "ages": ages.tolist()}
    tx.execute(_ROWS, {**values, "now": NOW})
    tx.execute(_REPORTS)
    tx.execute(sa.text("ANALYZE incidents_incident, incidents_report"))
    town = tx.execute(sa.text("SELECT min(town_id) FROM incidents_incident")).scalar_one()
    asked = np.concatenate(
        [draw.uniform(-SPAN, SPAN, (QUESTIONS // 2, 2)) + CENTRE, np.repeat(hot, 2, axis=0)]
    )
    return asked, int(town)


def _look(tx: Tx, wanted: Wanted) -> int:
    return len(finding.matches(tx, wanted))


def _ask(tx: Tx, wanted: Wanted) -> int:
    with tx.under(taking.POLICY):
        return len(offers.offers(tx, wanted, VAULT))


def _measured(
    database: Database, actor: Actor, places: np.ndarray[Any, Any], act: Callable[[Tx, Wanted], int]
) -> tuple[list[float], int]:
    """Milliseconds of each question, and how many answers there were."""
    spent, found = [], 0
    for round_of in (places[:20], places):  # the first to warm up
        spent, found = [], 0
        for lon, lat in round_of.tolist():
            wanted = Wanted(lon, lat, NOW, "0102", "门口一堆垃圾没人收", "科园路 3 号")
            began = time.perf_counter()
            with database.begin(actor) as tx:
                found += act(tx, wanted)
            spent.append((time.perf_counter() - began) * 1000)
    return spent, found


def _figures(name: str, measured: tuple[list[float], int]) -> list[Figure]:
    spent, found = measured
    if found == 0:
        raise AssertionError(f"near, {name}: nothing was found, so nothing was measured")
    return [
        figure(f"near, {name}: p50", float(np.percentile(spent, 50)), "ms", None, "lower", len(spent)),
        figure(f"near, {name}: p99", float(np.percentile(spent, 99)), "ms", 20.0, "lower", len(spent)),
    ]


if __name__ == "__main__":
    for one in run():
        print(one)
