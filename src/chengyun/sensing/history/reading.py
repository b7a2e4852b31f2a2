"""The one door to readings of the past: raw rows, hours in the database, and days that went to Parquet.

Same datastream and same moment are one reading, the one that arrived first, wherever it is read.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from chengyun.identity.service import readable_by
from chengyun.kernel.errors import FieldError, Invalid, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.sensing.history.contracts import History, Point
from chengyun.sensing.tables import datastream, thing

POLICY = "sensing.history"
MOST = 2_000  # points
HOUR = timedelta(hours=1)
LATEST = timedelta(
    days=7
)  # raw rows that arrived later than so long after their moment are left to the hours
AHEAD = timedelta(minutes=5)
_RAW = sa.text(
    """
    SELECT floor(extract(epoch FROM at - CAST(:since AS timestamptz)) / :step) AS place, count(*) AS n,
           sum(value) AS sum, min(value) AS low, max(value) AS high, (array_agg(value ORDER BY at DESC))[1] AS last
    FROM (SELECT DISTINCT ON (at) at, value FROM sensing_observation
          WHERE stream = :stream AND at >= :begin AND at < :until AND arrived >= :first AND arrived < :end
          ORDER BY at, arrived) r
    GROUP BY 1 ORDER BY 1
    """
)
_HOURS = sa.text(
    """
    SELECT floor(extract(epoch FROM hour - CAST(:since AS timestamptz)) / :step) AS place, sum(n) AS n,
           sum(sum) AS sum, min(min) AS low, max(max) AS high, (array_agg(last ORDER BY hour DESC))[1] AS last
    FROM sensing_hour WHERE stream = :stream AND hour >= :since AND hour < :until GROUP BY 1 ORDER BY 1
    """
)
_ROLLED = sa.text("SELECT at FROM sensing_snapshot WHERE name = 'hours' AND chunk = 0")
_OLDEST = sa.text(
    "SELECT min(to_date(right(relname, 8), 'YYYYMMDD')) FROM pg_class"
    " WHERE relname ~ '^sensing_observation_[0-9]{8}$'"
)
_PARQUET = """
    SELECT floor(("at" - $since) / ($step * 1e6)) AS place, count(*) AS n, sum(value) AS sum, min(value) AS low,
           max(value) AS high, arg_max(value, "at") AS last
    FROM (SELECT "at", arg_min(value, arrived) AS value FROM read_parquet($files)
          WHERE stream = $stream AND "at" >= $since AND "at" < $until GROUP BY "at")
    GROUP BY 1
    """


def history(
    tx: Tx, stream: int, since: datetime, until: datetime, points: int = 500, home: Path | None = None
) -> History:
    """At most `points` points of a datastream. Needs thing.read; raises NotFound outside one's jurisdiction, Invalid.

    Points of an hour or longer come from the hours, shorter ones from raw rows; raw days that are no longer in the
    database are read from the Parquet files of `home`.
    """
    tx.actor.require("thing.read")
    points = max(1, min(points, MOST))
    if since.tzinfo is None or until.tzinfo is None or since >= until:
        raise Invalid([FieldError("since", "sensing.bad_span")])
    _require_visible(tx, stream)
    step = (until - since) / points
    with tx.under(POLICY):
        if step >= HOUR:
            return _of_hours(tx, stream, since, until, step)
        return _of_raw(tx, stream, since, until, step, home)


def _require_visible(tx: Tx, stream: int) -> None:
    query = (
        sa.select(datastream.c.id)
        .join(thing, thing.c.id == datastream.c.thing_id)
        .where(datastream.c.id == stream, readable_by(tx.actor, thing.c.readers))
    )
    if tx.execute(query).first() is None:
        raise NotFound("sensing.no_stream")


def _of_hours(tx: Tx, stream: int, since: datetime, until: datetime, step: timedelta) -> History:
    """Whole hours: the first is the one in which `since` lies."""
    begin = since.replace(minute=0, second=0, microsecond=0)
    seconds = max(1, round(step / HOUR)) * HOUR.total_seconds()
    asked = {"stream": stream, "since": begin, "until": until, "step": seconds}
    rows: list[Any] = list(tx.execute(_HOURS, asked).all())
    fresh = max(tx.execute(_ROLLED).scalar() or begin, begin)
    if fresh < until:  # what has come since the last hour was rolled up
        rows = _merged(_raw(tx, asked, fresh), rows)
    return History(seconds, "hours", tuple(_point(row, begin, seconds) for row in rows))


def _raw(tx: Tx, asked: dict[str, Any], begin: datetime) -> list[Any]:
    """Points of what happened from `begin` on, counted from `since`."""
    span = {"begin": begin, "first": begin - AHEAD, "end": asked["until"] + LATEST}
    return list(tx.execute(_RAW, {**asked, **span}).all())


def _of_raw(
    tx: Tx, stream: int, since: datetime, until: datetime, step: timedelta, home: Path | None
) -> History:
    seconds = step.total_seconds()
    rows = _raw(tx, {"stream": stream, "since": since, "until": until, "step": seconds}, since)
    oldest = tx.execute(_OLDEST).scalar()
    if home is not None and (oldest is None or since.astimezone(UTC).date() < oldest):
        rows = _merged(rows, _of_files(home, stream, since, until, seconds))
    return History(seconds, "raw", tuple(_point(row, since, seconds) for row in rows))


def _of_files(home: Path, stream: int, since: datetime, until: datetime, step: float) -> list[Any]:
    """Rows as those of _RAW from the days that were exported. A day's file holds what arrived on it."""
    files = [
        str(file)
        for file in sorted(parquet_folder(home).glob("*.parquet"))
        if (since - AHEAD).date().isoformat() <= file.stem <= (until + LATEST).date().isoformat()
    ]
    if not files:
        return []
    asked = {
        "since": _micro(since), "until": _micro(until), "step": step, "stream": stream, "files": files,
    }  # fmt: skip
    with duckdb.connect() as connection:
        return [_Row(*row) for row in connection.execute(_PARQUET, asked).fetchall()]


class _Row:
    """A row of either store."""

    def __init__(self, place: float, n: int, total: float, low: float, high: float, last: float) -> None:
        self.place, self.n, self.sum, self.low, self.high, self.last = place, n, total, low, high, last


def _merged(raw: list[Any], filed: list[Any]) -> list[Any]:
    """Both in order; at the seam a point may have readings of both, of which the raw ones are the later."""
    known = {int(row.place): row for row in filed}
    for row in raw:
        old = known.get(int(row.place))
        if old is None:
            known[int(row.place)] = row
        else:
            low, high = min(old.low, row.low), max(old.high, row.high)
            known[int(row.place)] = _Row(row.place, old.n + row.n, old.sum + row.sum, low, high, row.last)
    return [known[place] for place in sorted(known)]


def _point(row: Any, since: datetime, step: float) -> Point:
    at = since + timedelta(seconds=float(row.place) * step)
    n = int(row.n)
    return Point(at, n, row.sum / n, row.low, row.high, row.last)


def _micro(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def parquet_folder(home: Path) -> Path:
    """Where exported days lie: YYYY-MM-DD.parquet (stream, at and arrived in microseconds, value, flags)."""
    return home / "history"
