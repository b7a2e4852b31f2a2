"""Readings become rows and a batch of the log: one binary COPY into the day's partition, built by numpy, and one row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from chengyun.kernel.transactions import Tx
from chengyun.sensing.contracts import Readings
from chengyun.sensing.intake.catalogue import Cursor, cursor_of
from chengyun.sensing.intake.moments import EPOCH, MICROSECOND

PG_EPOCH_US = 946_684_800_000_000  # 2000-01-01, from which PostgreSQL counts
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL = b"\xff\xff"
ROW = np.dtype(
    [
        ("columns", ">i2"),
        ("stream_size", ">i4"),
        ("stream", ">i4"),
        ("at_size", ">i4"),
        ("at", ">i8"),
        ("value_size", ">i4"),
        ("value", ">f8"),
        ("arrived_size", ">i4"),
        ("arrived", ">i8"),
        ("flags_size", ">i4"),
        ("flags", ">i2"),
    ]
)
SIZES = {"columns": 5, "stream_size": 4, "at_size": 8, "value_size": 8, "arrived_size": 8, "flags_size": 2}
NOTIFIED = "sensing_batch"
_BATCH = """
    INSERT INTO sensing_batch (position, arrived, source, n, body)
    VALUES (CASE WHEN %(own)s THEN nextval('sensing_position') END, %(arrived)s, %(source)s, %(n)s, %(body)b)
    RETURNING id, position
    """


def rows(readings: Readings, arrived: int, flags: NDArray[np.int16] | int) -> bytes:
    """COPY's binary form of `sensing_observation`."""
    found = np.empty(len(readings), ROW)
    for name, size in SIZES.items():
        found[name] = size
    found["stream"], found["value"], found["flags"] = readings.stream, readings.value, flags
    found["at"] = readings.at - PG_EPOCH_US
    found["arrived"] = arrived - PG_EPOCH_US
    return b"".join((HEAD, found.tobytes(), TAIL))


def copy_rows(cursor: Cursor, partition: str, content: bytes) -> None:
    """Into a partition, whose name PostgreSQL has made from a day."""
    statement = f"COPY {partition} (stream, at, value, arrived, flags) FROM STDIN (FORMAT BINARY)"
    with cursor.copy(cast(Any, statement)) as copy:
        copy.write(content)


def day_of(arrived: int) -> str:
    """The UTC day of a moment in microseconds."""
    return (EPOCH + arrived * MICROSECOND).date().isoformat()


def store(
    tx: Tx,
    readings: Readings,
    arrived: int,
    source: str,
    flags: NDArray[np.int16] | int = 0,
    *,
    own: bool = False,
) -> tuple[int, int | None]:
    """Rows and batch, under the transaction's policy "sensing". `own`: by the live process, which gives the position
    at once and needs no waking. The batch's id and position.
    """
    day = day_of(arrived)
    with cursor_of(tx) as cursor:
        partition = tx.memory.get(("sensing.partition", day))
        if partition is None:
            row = cursor.execute("SELECT sensing_partition(%s::date)", [day]).fetchone()
            partition = str(row[0]) if row else ""
        copy_rows(cursor, partition, rows(readings, arrived, flags))
        values = {
            "own": own,
            "arrived": datetime.fromtimestamp(0, UTC) + arrived * MICROSECOND,
            "source": source[:200],
            "n": len(readings),
            "body": readings.pack(),
        }
        made = cursor.execute(_BATCH, values).fetchone()
    if not own:
        tx.notify(NOTIFIED)
    if made is None:
        raise LookupError("a batch was not written")
    return int(made[0]), made[1]


def remember_partition(tx: Tx, arrived: int) -> None:
    """After a commit: the day's partition is there for good, nobody needs to ask again."""
    day = day_of(arrived)
    tx.memory["sensing.partition", day] = f"sensing_observation_{day.replace('-', '')}"
