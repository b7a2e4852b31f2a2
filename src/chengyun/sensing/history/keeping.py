"""Partitions made ahead, hours rolled up, days past their retention written to Parquet and dropped."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import duckdb
import numpy as np
import sqlalchemy as sa

from chengyun.kernel.durable import sync
from chengyun.kernel.transactions import Tx
from chengyun.sensing.history.reading import parquet_folder
from chengyun.sensing.intake.catalogue import Columns, Cursor, cursor_of
from chengyun.sensing.intake.storing import PG_EPOCH_US
from chengyun.sensing.tables import snapshot

AHEAD_DAYS = 3
SETTLED = timedelta(minutes=1)  # after the hour: what is being committed is there by then
ROLLUP = "hours"  # name of the row that says up to which arrival hours are rolled up
_DAYS = sa.text(
    "SELECT to_date(right(relname, 8), 'YYYYMMDD') AS day FROM pg_class"
    " WHERE relname ~ '^sensing_observation_[0-9]{8}$' ORDER BY 1"
)
# Hours in which something arrived are computed anew from all raw readings of that hour.
_ROLL = sa.text(
    """
    WITH touched AS (
        SELECT DISTINCT stream, date_trunc('hour', at) AS hour FROM sensing_observation
        WHERE arrived >= :since AND arrived < :until AND at >= :kept
    ), span AS (SELECT min(hour) AS low, max(hour) + interval '1 hour' AS high FROM touched),
    readings AS (
        SELECT DISTINCT ON (o.stream, o.at) o.stream, o.at, o.value, t.hour
        FROM span, sensing_observation o
        JOIN touched t ON t.stream = o.stream AND t.hour = date_trunc('hour', o.at)
        WHERE o.at >= span.low AND o.at < span.high AND o.arrived >= span.low - interval '5 minutes'
        ORDER BY o.stream, o.at, o.arrived
    )
    INSERT INTO sensing_hour (stream, hour, n, sum, min, max, sumsq, last)
    SELECT stream, hour, count(*), sum(value), min(value), max(value), sum(value * value),
           (array_agg(value ORDER BY at DESC))[1]
    FROM readings GROUP BY stream, hour
    ON CONFLICT (stream, hour) DO UPDATE SET n = excluded.n, sum = excluded.sum, min = excluded.min,
        max = excluded.max, sumsq = excluded.sumsq, last = excluded.last
    """
)
HEAD, TAIL = 19, 2  # bytes of COPY's binary form around the rows
_TYPES = (("stream", ">i4"), ("at", ">i8"), ("value", ">f8"), ("arrived", ">i8"), ("flags", ">i2"))


def make_ahead(tx: Tx) -> None:
    """The partitions of today and the next days."""
    for number in range(AHEAD_DAYS):
        day = tx.now.astimezone(UTC).date() + timedelta(days=number)
        tx.execute(sa.text("SELECT sensing_partition(:day)"), {"day": day})


def roll_up(tx: Tx, kept_days: int) -> bool:
    """One hour of arrivals; whether there was one to do. Under the policy "sensing"."""
    s = snapshot.c
    mark = sa.select(s.at).where(s.name == ROLLUP, s.chunk == 0)
    since = (
        tx.execute(mark).scalar()
        or tx.execute(sa.text("SELECT min(arrived) FROM sensing_observation")).scalar()
    )
    if since is None:
        return False
    begin = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    until = begin + timedelta(hours=1)
    if until > tx.now - SETTLED:
        return False
    kept = tx.now - timedelta(days=kept_days - 1)
    tx.execute(_ROLL, {"since": begin, "until": until, "kept": kept})
    tx.execute(sa.delete(snapshot).where(s.name == ROLLUP))
    done = {"name": ROLLUP, "chunk": 0, "position": 0, "at": until, "body": b""}
    tx.execute(sa.insert(snapshot).values(done))
    return True


def expired(tx: Tx, kept_days: int) -> list[date]:
    """Days whose partitions are older than their retention and rolled up, the oldest first."""
    s = snapshot.c
    rolled = tx.execute(sa.select(s.at).where(s.name == ROLLUP, s.chunk == 0)).scalar()
    if rolled is None:
        return []
    limit = min(tx.now - timedelta(days=kept_days), rolled).astimezone(UTC).date()
    return [row.day for row in tx.execute(_DAYS) if row.day < limit]


def export(tx: Tx, day: date, home: Path) -> Path:
    """Write a day's raw rows to Parquet, whole or not at all, and drop its partition. Under the policy "sensing"."""
    folder = parquet_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{day.isoformat()}.parquet"
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    sql = (
        "SELECT stream, at, value, arrived, flags FROM sensing_observation"
        f" WHERE arrived >= '{begin.isoformat()}' AND arrived < '{(begin + timedelta(days=1)).isoformat()}'"
    )
    with cursor_of(tx) as cursor:
        found = _copied(cursor, sql, _TYPES)
    rows = {
        "stream": found["stream"], "at": found["at"] + PG_EPOCH_US, "value": found["value"],
        "arrived": found["arrived"] + PG_EPOCH_US, "flags": found["flags"],
    }  # fmt: skip
    _write(rows, place)
    tx.execute(sa.text("SELECT sensing_drop_partition(:day)"), {"day": day})
    return place


def _copied(cursor: Cursor, sql: str, types: tuple[tuple[str, str], ...]) -> Columns:
    """Rows whose columns all have a fixed width and no NULL, as native columns."""
    layout: list[tuple[str, str]] = [("_columns", ">i2")]
    for name, kind in types:
        layout += [(f"_{name}", ">i4"), (name, kind)]
    with cursor.copy(cast(Any, f"COPY ({sql}) TO STDOUT (FORMAT BINARY)")) as copy:
        content = b"".join(bytes(block) for block in copy)
    dtype = np.dtype(layout)
    rows, rest = divmod(len(content) - HEAD - TAIL, dtype.itemsize)
    if rest:
        raise ValueError("a column of the readings is NULL or wider than its type")
    found = np.frombuffer(content, dtype, rows, HEAD)
    return {name: found[name].astype(kind.replace(">", "<")) for name, kind in types}


def _write(rows: dict[str, np.ndarray[Any, Any]], place: Path) -> None:
    fresh = place.with_suffix(f".{os.getpid()}.part")
    with duckdb.connect() as connection:
        connection.register("readings", cast(Any, rows))
        quoted = str(fresh).replace("'", "''")
        connection.execute(
            'COPY (SELECT * FROM readings ORDER BY stream, "at", arrived)'
            f" TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)"
        )
    sync(fresh)
    fresh.replace(place)
    sync(place.parent)
