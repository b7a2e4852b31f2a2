"""How many incidents there are of each kind in every town, district and the city, now: what vital signs are made of.

Numbers only, of the whole city at once, so it runs as a part of the system; who may read which is settled by whoever
shows them. A share or a median without anything to count is left out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.incidents.tables import IS_OPEN
from chengyun.kernel.transactions import Tx

POLICY = "incidents.gauges"
# The class that a category belongs to, by its code: 0102 → 01, c0101 → c01, muck-truck.spill → muck-truck.
_CLASS = "CASE WHEN category LIKE '%.%' THEN split_part(category, '.', 1) ELSE left(category, -2) END"
# What is counted of each town and category, once; everything else is a sum of these.
_COUNTED = f"""
WITH told AS MATERIALIZED (
    SELECT town_id, district_id, city_id, category, state, lamp, supervision, returns, reopened, reported_at, filed_at,
           closed_at, state NOT IN ('merged', 'voided') AS counts, {IS_OPEN} AS open,
           closed_at >= :now - interval '30 days' AS closed_30d, EXISTS (
               SELECT 1 FROM incidents_deadline d WHERE d.incident_id = i.id AND d.stage = 'handle' AND d.state = 'missed'
           ) AS late
    FROM incidents_incident i
    WHERE {IS_OPEN} OR reported_at >= :now - interval '30 days' OR closed_at >= :now - interval '30 days'
), counted AS (
    SELECT town_id, district_id, city_id, category,
        count(*) FILTER (WHERE open) AS open,
        count(*) FILTER (WHERE open AND lamp = 'red') AS overdue,
        count(*) FILTER (WHERE open AND filed_at IS NULL) AS unfiled,
        count(*) FILTER (WHERE open AND supervision->>'state' = 'owed') AS supervised,
        count(*) FILTER (WHERE counts AND reported_at >= :now - interval '1 day') AS reported_24h,
        count(*) FILTER (WHERE counts AND reported_at >= :now - interval '7 days') AS reported_7d,
        count(*) FILTER (WHERE counts AND reported_at >= :now - interval '30 days') AS reported_30d,
        count(*) FILTER (WHERE counts AND closed_at >= :now - interval '1 day') AS closed_24h,
        count(*) FILTER (WHERE counts AND closed_at >= :now - interval '7 days') AS closed_7d,
        count(*) FILTER (WHERE counts AND closed_30d) AS closed_30d,
        count(*) FILTER (WHERE counts AND closed_30d AND NOT late) AS in_time_30d,
        count(*) FILTER (WHERE counts AND reopened > 0 AND (open OR closed_30d)) AS reopened_30d,
        count(*) FILTER (WHERE counts AND returns > 0 AND (open OR closed_30d)) AS returned_30d
    FROM told GROUP BY 1, 2, 3, 4
)
"""
COUNTS = (
    "open", "overdue", "unfiled", "supervised", "reported_24h", "reported_7d", "reported_30d", "closed_24h", "closed_7d",
    "closed_30d", "in_time_30d", "reopened_30d", "returned_30d",
)  # fmt: skip
# Towns, districts and the city, each for all categories, the classes and every single one.
_SETS = "GROUPING SETS ({})".format(
    ", ".join(
        f"({region}{', ' + part if part else ''})"
        for region in ("town_id", "district_id", "city_id")
        for part in ("", "major", "category")
    )
)
_FOLDED = f"""
{_COUNTED}
SELECT coalesce(town_id, district_id, city_id) AS region, coalesce(category, major) AS kind,
       GROUPING(category) = 1 AND GROUPING(major) = 1 AS every, {", ".join(f"sum({name})::float8 AS {name}" for name in COUNTS)}
FROM (SELECT *, {_CLASS} AS major FROM counted) c GROUP BY {_SETS}
"""
_MEDIAN = f"""
SELECT coalesce(town_id, district_id, city_id) AS region, coalesce(category, major) AS kind,
       GROUPING(category) = 1 AND GROUPING(major) = 1 AS every,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - reported_at)) / 3600.0 AS hours
FROM (
    SELECT town_id, district_id, city_id, category, {_CLASS} AS major, closed_at, reported_at
    FROM incidents_incident WHERE closed_at >= :now - interval '30 days' AND state NOT IN ('merged', 'voided')
) c GROUP BY {_SETS}
"""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number per region: ids (int64), values (float64)."""

    regions: NDArray[np.int64]
    values: NDArray[np.float64]


def gauges(tx: Tx) -> dict[str, Gauge]:
    """Of "MEASURE" or "MEASURE:CATEGORY" (a class or a single one) → its number in every town, district and the city.

    Counts; `on_time_30d` is a share 0..1 of those closed in 30 days whose handling was not late.
    """
    with tx.under(POLICY):
        rows = tx.execute(sa.text(_FOLDED), {"now": tx.now}).all()
    found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in rows:
        if row.kind is None and not row.every:
            continue  # without a category: it is in the whole
        told = row._mapping
        for name in COUNTS:
            found[_key(name, row.kind)].append((row.region, told[name]))
        if row.closed_30d:
            found[_key("on_time_30d", row.kind)].append((row.region, row.in_time_30d / row.closed_30d))
    return {key: _gauge(pairs) for key, pairs in found.items()}


def medians(tx: Tx) -> dict[str, Gauge]:
    """Of "median_hours_30d[:CATEGORY]": from report to closing, of those closed in 30 days."""
    with tx.under(POLICY):
        rows = tx.execute(sa.text(_MEDIAN), {"now": tx.now}).all()
    found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in rows:
        if (row.kind is not None or row.every) and row.hours is not None:
            found[_key("median_hours_30d", row.kind)].append((row.region, float(row.hours)))
    return {key: _gauge(pairs) for key, pairs in found.items()}


def class_of(category: str) -> str:
    """As _CLASS."""
    return category.partition(".")[0] if "." in category else category[:-2]


def _key(measure: str, category: str | None) -> str:
    return measure if category is None else f"{measure}:{category}"


def _gauge(pairs: list[tuple[int, Any]]) -> Gauge:
    regions, values = zip(*pairs, strict=True)
    return Gauge(np.array(regions, np.int64), np.array(values, np.float64))
