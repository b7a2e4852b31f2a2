"""What signs share: one quantity of the things with certain properties, its windows and its limits."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from chengyun.vitals.contracts import LEVELS, WINDOWED, Input, Sign, Statistic
from chengyun.vitals.engine.shapes import LIMIT, MEASURE, RING, TICK_US, Records
from chengyun.vitals.engine.tree import PlanError

FEWEST, MOST = 12, 60  # buckets of a window
Key = tuple[str, tuple[tuple[str, str], ...]]  # quantity, properties
Window = tuple[int, int]  # width of a bucket in seconds, lateness in seconds
Limit = tuple[float, bool]  # value, whether above

ABOVE = frozenset([Statistic.ABOVE, Statistic.ABOVE_SHARE])
BELOW = frozenset([Statistic.BELOW, Statistic.BELOW_SHARE])


@dataclass(slots=True)
class Measure:
    """One measure: `rings` and `limits` in the order in which signs named them, first and kept together."""

    key: Key
    lowest: int  # index into LEVELS
    rings: dict[Window, tuple[int, bool]]  # buckets kept, whether the spread is wanted
    limits: list[Limit]


def key_of(sign: Sign) -> Key:
    """Signs of equal key share cells."""
    return sign.of, tuple(sorted(sign.where.items()))


def width_of(window_s: int) -> int:
    """Seconds of a bucket: the widest that gives a window at least FEWEST buckets, all of whole seconds."""
    for n in range(FEWEST, MOST + 1):
        if window_s % n == 0:
            return window_s // n
    return 1 if window_s <= MOST else max(1, np.gcd(window_s, window_s // FEWEST))


def window_of(sign: Sign) -> Window | None:
    """Of a sign over a window; None for others. Raises PlanError without a window."""
    if sign.statistic not in WINDOWED:
        return None
    if sign.window_s <= 0:
        raise PlanError(f"{sign.code}: {sign.statistic} needs a window")
    return int(width_of(sign.window_s)), sign.lateness_s


def limit_of(sign: Sign) -> Limit | None:
    """Of a sign that counts what is beyond a limit. Raises PlanError without one."""
    if sign.statistic not in ABOVE | BELOW:
        return None
    if sign.limit is None:
        raise PlanError(f"{sign.code}: {sign.statistic} needs a limit")
    return sign.limit, sign.statistic in ABOVE


def name_of(key: Key) -> str:
    """Of a measure; stable over plans."""
    return "&".join([key[0], *[f"{name}={value}" for name, value in key[1]]])


def phase_of(sign: Sign, width: int) -> int:
    """Seconds by which the buckets of a sign's window begin late, so that not all windows move in one moment.
    It hangs on the measure alone: every plan has the same buckets.
    """
    return _phase(key_of(sign), width)


def _phase(key: Key, width: int) -> int:
    return zlib.crc32(f"{name_of(key)}/{width}".encode()) % width


def measures_of(signs: Iterable[Sign]) -> list[Measure]:
    """The measures that signs over datastreams need."""
    found: dict[Key, Measure] = {}
    for sign in signs:
        if sign.input is not Input.DATASTREAMS:
            continue
        key, lowest = key_of(sign), LEVELS.index(sign.lowest)
        measure = found.setdefault(key, Measure(key, lowest, {}, []))
        measure.lowest = min(measure.lowest, lowest)
        _add_ring(measure, sign)
        limit = limit_of(sign)
        if limit is not None and limit not in measure.limits:
            measure.limits.append(limit)
    return list(found.values())


def _add_ring(measure: Measure, sign: Sign) -> None:
    window = window_of(sign)
    if window is None:
        return
    n = sign.window_s // window[0] * (2 if sign.statistic is Statistic.CHANGE else 1)
    kept, spread = measure.rings.get(window, (0, False))
    measure.rings[window] = max(kept, n), spread or sign.statistic is Statistic.STD


@dataclass(frozen=True, slots=True)
class Stores:
    """Measures, rings and limits as records, and how much room they need."""

    measures: Records
    rings: Records
    limits: Records
    slots: int
    spreads: int
    lows: int
    counts: int


def lay_out(measures: Sequence[Measure], cells: Sequence[int]) -> Stores:
    """Places for measures with that many cells each."""
    records = np.zeros(len(measures), MEASURE)
    rings = np.zeros(sum(len(measure.rings) for measure in measures), RING)
    limits = np.array([one for measure in measures for one in measure.limits], LIMIT)
    cell = slot = low = count = ring = limit = spreads = 0
    for m, (measure, n) in enumerate(zip(measures, cells, strict=True)):
        records[m] = (cell, ring, ring + len(measure.rings), limit, limit + len(measure.limits), 0, count)
        for window, (kept, spread) in measure.rings.items():
            place = spreads if spread else -1
            rings[ring] = (*_timing(measure, window), slot, low, 0, 0, place, 0, cell, n, kept)
            ring, slot, low, spreads = ring + 1, slot + n * kept, low + n, spreads + n * kept * spread
        cell, limit, count = cell + n, limit + len(measure.limits), count + n * len(measure.limits)
    return Stores(records, rings, limits, slot, spreads, low, count)


def _timing(measure: Measure, window: Window) -> tuple[int, int, int]:
    """Width, phase, lateness in microseconds."""
    width, lateness = window
    return width * TICK_US, _phase(measure.key, width) * TICK_US, lateness * TICK_US
