"""What signs, registers and alarms were in many regions at once. Reads beyond the caller's jurisdiction: scores of peers are
numbers that everybody's median is made of, so whoever calls this shows only what its reader may see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.vitals.checkup.periods import Look
from chengyun.vitals.tables import layout as layouts

POLICY = "vitals"  # of the system, for what is read here
MOST_INCIDENTS = 5  # of a sign
AGE = {
    "day": timedelta(days=3),
    "month": timedelta(days=62),
    "year": timedelta(days=800),
}  # of a number that counts
_BODY = np.dtype("<f4")
# One index look-up per region and moment, however often trends are recorded.
_SAMPLED = """
SELECT r.place::int4, l.place::int4, t.at, t.layout_id, t.body
FROM unnest(%s::bigint[]) WITH ORDINALITY r (region, place)
CROSS JOIN unnest(%s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY l (since, until, place)
CROSS JOIN LATERAL (
    SELECT at, layout_id, body FROM vitals_trend v
    WHERE v.region_id = r.region AND v.at >= l.since AND v.at < l.until ORDER BY v.at DESC LIMIT 1
) t
"""
_NUMBERS = sa.text("""
SELECT DISTINCT ON (n.register, n.region_id) n.register, n.region_id, n.period, n.value, n.at, n.simulated
FROM vitals_number n
WHERE n.register = ANY(CAST(:registers AS text[])) AND n.region_id = ANY(CAST(:regions AS bigint[])) AND n.period <= :last
ORDER BY n.register, n.region_id, n.period DESC
""")
_ALARMS = sa.text("""
SELECT r.region, a.sign, a.peak, count(*) AS n, bool_or(a.simulated) AS simulated,
       count(*) FILTER (WHERE a.cleared_at IS NULL OR a.cleared_at >= :until) AS still,
       (array_agg(a.incident_id ORDER BY a.peak DESC, a.id DESC) FILTER (WHERE a.incident_id IS NOT NULL))[1:5]
           AS incidents
FROM vitals_alarm a CROSS JOIN LATERAL unnest(a.readers) r (region)
WHERE a.began >= :since AND a.began < :until AND a.readers && CAST(:regions AS bigint[]) AND r.region = ANY(CAST(:regions AS bigint[]))
GROUP BY r.region, a.sign, a.peak
""")


@dataclass(frozen=True, slots=True)
class Samples:
    """`values`: region × look × sign, NaN where there is none; `at`: region × look, microseconds, 0 where nothing was recorded."""

    values: NDArray[np.float32]
    at: NDArray[np.int64]


def samples(tx: Tx, regions: Sequence[int], looks: Sequence[Look], codes: Sequence[str]) -> Samples:
    """The newest record within each look."""
    values = np.full((len(regions), len(looks), len(codes)), np.nan, np.float32)
    at = np.zeros((len(regions), len(looks)), np.int64)
    since, until = [look.since for look in looks], [look.until for look in looks]
    with tx.under(POLICY):
        places = {one: _places(tx, one, codes) for one in tx.execute(sa.select(layouts.c.id)).scalars()}
        driver: psycopg.Connection[Any] = tx.conn.connection.driver_connection  # type: ignore[assignment]
        with driver.cursor(binary=True) as cursor:  # as text a body would be twice as long
            for region, look, moment, layout, body in cursor.execute(_SAMPLED, (list(regions), since, until)):
                place = places[layout]
                known = place >= 0
                values[region - 1, look - 1, known] = np.frombuffer(body, _BODY)[place[known]]
                at[region - 1, look - 1] = int(moment.timestamp() * 1e6)
    return Samples(values, at)


def _places(tx: Tx, layout: int, codes: Sequence[str]) -> NDArray[np.int64]:
    """Where each sign stands in a body of the layout; -1 where it does not."""

    def read() -> Mapping[str, int]:
        held = tx.execute(sa.select(layouts.c.codes).where(layouts.c.id == layout)).scalar_one()
        return {code: place for place, code in enumerate(held)}

    kept = remembered(tx, "signs", f"checkup.layout {layout}", read)
    return np.array([kept.get(code, -1) for code in codes], np.int64)


@dataclass(frozen=True, slots=True)
class Number:
    """The newest of a register that was about something in or before the period; `fresh`: not too old to count."""

    value: float
    at: datetime
    fresh: bool
    simulated: bool


def numbers(
    tx: Tx, regions: Sequence[int], registers: Mapping[str, str], last: date
) -> dict[tuple[str, int], Number]:
    """By register and region. `registers`: code → how often it comes (day, month, year)."""
    if not registers:
        return {}
    given = {"registers": sorted(registers), "regions": list(regions), "last": last}
    with tx.under(POLICY):
        rows = tx.execute(_NUMBERS, given).all()
    return {
        (row.register, row.region_id): Number(
            row.value,
            row.at,
            last - row.period <= AGE.get(registers[row.register], AGE["month"]),
            row.simulated,
        )
        for row in rows
    }


@dataclass(slots=True)
class Rung:
    """Episodes of a sign in a region and below: by peak (blue to red), not cleared at the end, incidents they opened."""

    by_peak: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    still: int = 0
    incidents: list[int] = field(default_factory=list)
    simulated: bool = False


def alarms(tx: Tx, regions: Sequence[int], since: datetime, until: datetime) -> dict[int, dict[str, Rung]]:
    """Of the episodes that began in the span: region → sign → what rang."""
    given = {"regions": list(regions), "since": since, "until": until}
    with tx.under(POLICY):
        rows = tx.execute(_ALARMS, given).all()
    found: dict[int, dict[str, Rung]] = {}
    for row in sorted(rows, key=lambda row: -int(row.peak)):
        rung = found.setdefault(row.region, {}).setdefault(row.sign, Rung())
        rung.by_peak[max(row.peak, 1) - 1] += row.n
        rung.still += row.still
        rung.incidents = [*rung.incidents, *(row.incidents or ())][:MOST_INCIDENTS]
        rung.simulated |= row.simulated
    return found
