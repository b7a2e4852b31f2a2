"""The records that plan and state are made of. Moments and durations are microseconds.

Records rather than columns where all fields of one thing are read together: one line of cache instead of five.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Records = NDArray[np.void]
Array = NDArray[Any]

TICK_US = 1_000_000  # how often time alone is looked at
EPOCH_US = 1_577_836_800_000_000  # 2020-01-01: buckets are counted from here, in 32 bits
NEVER = np.iinfo(np.int64).max
NO_BUCKET = np.iinfo(np.int32).min
NOT_LATE = np.iinfo(np.int32).max  # in `low`: nothing before the current bucket was touched

# plan
TARGET = np.dtype([("cell", "<i4"), ("measure", "<i4")])  # where a datastream's readings go
MEASURE = np.dtype(
    [
        ("cell", "<i4"),  # its first cell
        ("ring_first", "<i4"),
        ("ring_end", "<i4"),
        ("limit_first", "<i4"),
        ("limit_end", "<i4"),
        ("_", "<i4"),
        ("count", "<i8"),  # its first place in the counts of limits
    ]
)
RING = np.dtype(
    [
        ("width", "<i8"),
        ("phase", "<i8"),  # so that not all rings move in the same moment
        ("lateness", "<i8"),
        (
            "slot",
            "<i8",
        ),  # its first slot: all cells of the measure for the first bucket, then for the second, …
        ("low", "<i8"),  # its first place in `low`
        ("begins", "<i8"),  # of the bucket of the clock
        ("base", "<i8"),  # base + cell is the slot of the bucket of the clock
        ("spread", "<i8"),  # place of its first slot's spread; -1: nobody wants it
        ("current", "<i4"),  # bucket of the clock
        ("cell", "<i4"),  # the measure's first cell
        ("cells", "<i4"),
        ("n", "<i4"),  # buckets that are kept
    ]
)
LIMIT = np.dtype([("value", "<f8"), ("above", "<i8")])
CELL = np.dtype(
    [
        ("measure", "<i4"),
        ("parent", "<i4"),  # -1: none
        ("child_first", "<i4"),
        ("child_end", "<i4"),
        ("stream_first", "<i4"),
        ("stream_end", "<i4"),
        ("row_first", "<i4"),
        ("row_end", "<i4"),
        ("depth", "<i4"),
        ("region", "<i4"),
    ]
)
OF_CELL, OF_GAUGE, OF_SIGNS = range(3)
SIGN = np.dtype(
    [
        ("low", "<f8"),
        ("high", "<f8"),
        ("wait", "<i8"),  # `for`
        ("hold", "<i8"),
        ("silence", "<i8"),  # after how long without data there is an alarm; NEVER: none
        ("input", "<i4"),  # OF_…
        ("statistic", "<i4"),
        ("ring", "<i4"),  # -1: none
        ("n", "<i4"),  # buckets of the window
        ("limit", "<i4"),  # place among the measure's limits
        ("code_first", "<i4"),
        ("code_end", "<i4"),  # equal to the first: the value is x
        ("depth", "<i4"),  # 0, or one more than its deepest input
        ("operands", "<i4"),
        ("side", "<i4"),  # 1: high is bad, -1: low is bad, 0: neither
    ]
)
PLACE = np.dtype(
    [("sign", "<i4"), ("of", "<i4"), ("judge", "<i4")]
)  # a row; `of`: cell, gauge or first operand
STEPS = np.dtype([("on", "<f8", 4), ("off", "<f8", 4)])  # times side; +inf where there is no such level

# state
LATEST = np.dtype(
    [
        ("at", "<i8"),
        ("value", "<f8"),
        (
            "cell",
            "<i4",
        ),  # the first leaf cell, -1: none; it stands here so that a reading finds all in one place
        ("measure", "<i4"),
        ("more", "<i4"),  # further targets
        ("end", "<i4"),
    ]
)
SLOT = np.dtype(
    [
        ("bucket", "<i4"),
        ("count", "<i4"),
        ("sum", "<f8"),
        ("low", "<f8"),
        ("high", "<f8"),
    ]
)  # half a line of cache; the sum of squared distances from the mean stands apart, few want it
PAST = np.dtype(
    [
        ("current", "<i4"),  # of which bucket it is the past; NO_BUCKET: to be looked for
        ("n", "<i4"),  # buckets of the window
        ("count", "<f8"),
        ("sum", "<f8"),
        ("low", "<f8"),
        ("high", "<f8"),
        ("spread", "<f8"),
    ]
)  # by ring and cell: a window without its current bucket, which alone changes mostly
STAT = np.dtype(
    [("streams", "<i4"), ("alive", "<i4"), ("newest", "<i8"), ("sum", "<f8"), ("low", "<f8"), ("high", "<f8")]
)
GAUGE = np.dtype(
    [("given", "<f8"), ("value", "<f8"), ("since", "<i8"), ("at", "<i8"), ("n", "<i4"), ("_", "<i4")]
)
GIVEN = np.dtype([("sign", "<i4"), ("_", "<i4"), ("region", "<i8"), ("value", "<f8"), ("at", "<i8")])
JUDGE = np.dtype([("began", "<i8"), ("silent", "<i8"), ("reached", "<i8", 4)])
CHANGE = np.dtype(
    [
        ("row", "<i4"),
        ("kind", "<i2"),
        ("before", "i1"),
        ("after", "i1"),
        ("began", "<i8"),
        ("value", "<f8"),
    ]
)
