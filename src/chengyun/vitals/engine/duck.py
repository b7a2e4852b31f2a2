"""Windows worked out by DuckDB, in SQL over all readings so far: the second opinion on what the kernel keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from chengyun.vitals.contracts import Sign, Statistic
from chengyun.vitals.engine.measures import phase_of, width_of
from chengyun.vitals.engine.shapes import EPOCH_US, TICK_US

Inside = tuple[int, int]  # a region, the place of a datastream in it
Reading = tuple[int, int, float, int]  # place, moment (never after arrival), value, how late; microseconds

_SQL = {
    Statistic.COUNT: "count(*)::DOUBLE",
    Statistic.SUM: "sum(value)",
    Statistic.MEAN: "avg(value)",
    Statistic.MIN: "min(value)",
    Statistic.MAX: "max(value)",
    Statistic.RANGE: "max(value) - min(value)",
    Statistic.STD: "stddev_pop(value)",
    Statistic.CHANGE: "avg(value) FILTER (WHERE back < n) - avg(value) FILTER (WHERE back >= n)",
}
_READINGS = "INSERT INTO readings SELECT unnest(?::INT[]), unnest(?::BIGINT[]), unnest(?::DOUBLE[]), unnest(?::BIGINT[])"
_INSIDE = "INSERT INTO inside SELECT unnest(?::BIGINT[]), unnest(?::INT[])"
_WINDOW = """
    WITH buckets AS (
        SELECT i.region, r.value, $n AS n,
            ($clock - $origin) // $width - (r.moment - $origin) // $width AS back
        FROM readings r JOIN inside i ON i.place = r.place
        WHERE r.late <= $lateness
    )
    SELECT region, {statistic} AS value FROM buckets WHERE back >= 0 AND back < $kept GROUP BY region
"""


class Duck:
    """Windows over `readings` as of a moment."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._base = duckdb.connect()
        self._base.execute("SET threads = 1")
        self._base.execute("CREATE TABLE readings (place INTEGER, moment BIGINT, value DOUBLE, late BIGINT)")
        self._base.execute("CREATE TABLE inside (region BIGINT, place INTEGER)")
        self._put(_READINGS, readings)

    def windows(self, sign: Sign, inside: Iterable[Inside], clock: int) -> dict[int, float]:
        """Value of a windowed sign by region; regions without readings in the window are missing."""
        self._base.execute("DELETE FROM inside")
        pairs = list(inside)
        if not pairs:
            return {}
        self._put(_INSIDE, pairs)
        width = width_of(sign.window_s)
        n = sign.window_s // width
        values = {
            "clock": clock,
            "origin": EPOCH_US + phase_of(sign, width) * TICK_US,
            "width": width * TICK_US,
            "lateness": sign.lateness_s * TICK_US,
            "n": n,
            "kept": 2 * n if sign.statistic is Statistic.CHANGE else n,
        }
        found = self._base.execute(_WINDOW.format(statistic=_SQL[sign.statistic]), values).fetchall()
        return {int(region): float(value) for region, value in found if value is not None}

    def _put(self, statement: str, rows: Sequence[tuple[float, ...]]) -> None:
        """By columns: row by row takes a hundred times as long."""
        if rows:
            self._base.execute(statement, [list(column) for column in zip(*rows, strict=True)])

    def close(self) -> None:
        """Give the memory back."""
        self._base.close()
