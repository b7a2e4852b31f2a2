"""A week of hours of single things, where the demo's accounts are: what their charts show before there are readings."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from chengyun.cli.demo.feeling.forms import Floats, Signals
from chengyun.cli.demo.feeling.sending import Fed
from chengyun.cli.demo.past.plan import HOUR, Happenings
from chengyun.kernel.transactions import Tx
from chengyun.sensing.intake.catalogue import cursor_of
from chengyun.sensing.intake.storing import HEAD, PG_EPOCH_US, TAIL

_FIELDS = (("stream", ">i4"), ("hour", ">i8"), ("n", ">i4"), *((name, ">f8") for name in ("sum", "min", "max", "sumsq", "last")))  # fmt: skip
_ROW = np.dtype(
    [
        ("columns", ">i2"),
        *(part for name, kind in _FIELDS for part in ((f"{name}_size", ">i4"), (name, kind))),
    ]
)
_NAMES = "stream, hour, n, sum, min, max, sumsq, last"
_STAGING = "CREATE TEMPORARY TABLE demo_hour ON COMMIT DROP AS SELECT * FROM sensing_hour WITH NO DATA"


def load_hours(
    tx: Tx,
    fed: Fed,
    which: NDArray[np.int64],
    signals: Signals,
    happened: Happenings,
    now: float,
    days: int,
    each: int,
) -> int:
    """Hours of the datastreams `which` (rows of `fed`), of `each` readings an hour, up to the last full one → how many."""
    first = int(now // HOUR) - days * 24
    with cursor_of(tx) as cursor:
        cursor.execute(_STAGING)
        with cursor.copy(cast(Any, f"COPY demo_hour ({_NAMES}) FROM STDIN (FORMAT BINARY)")) as copy:
            copy.write(HEAD)
            for hour in range(first, int(now // HOUR)):
                copy.write(_packed(fed.stream[which], hour, _read(which, signals, happened, hour, each)))
            copy.write(TAIL)
        cursor.execute(
            cast(
                Any,
                f"INSERT INTO sensing_hour ({_NAMES}) SELECT {_NAMES} FROM demo_hour ORDER BY stream, hour",
            )
        )
        count = cursor.rowcount
        cursor.execute("DROP TABLE demo_hour")
    return count


def _read(which: NDArray[np.int64], signals: Signals, happened: Happenings, hour: int, each: int) -> Floats:
    """Readings × datastreams."""
    moments = [hour * HOUR + (n + 0.5) / each * HOUR for n in range(each)]
    return np.stack([signals.at(which, at, happened.offsets(at, signals.count)[which]) for at in moments])


def _packed(streams: NDArray[np.int32], hour: int, read: Floats) -> bytes:
    """COPY's binary rows."""
    found = np.zeros(len(streams), _ROW)
    found["columns"] = len(_FIELDS)
    for name, kind in _FIELDS:
        found[f"{name}_size"] = np.dtype(kind).itemsize
    found["stream"], found["hour"], found["n"] = streams, int(hour * HOUR * 1e6) - PG_EPOCH_US, len(read)
    found["sum"], found["min"], found["max"] = read.sum(axis=0), read.min(axis=0), read.max(axis=0)
    found["sumsq"], found["last"] = (read * read).sum(axis=0), read[-1]
    return found.tobytes()
