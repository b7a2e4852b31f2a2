"""How often is a difference as large as this one to be expected, going by the past of the same difference?

Within the past by counting, beyond it by a generalised Pareto tail fitted (by moments) to the largest 2 %. So a
series that spikes every hour makes no stir about one more spike, and a quiet one does.
"""

from __future__ import annotations

import numpy as np
from numba import njit

PAST = 4096  # differences that are kept
LEAST = 100  # differences before anything is said
EVERY = 32  # differences after which the tails are fitted anew
SHARE, AT_LEAST = 0.02, 10  # what of the past is tail
KEPT = 96  # largest values kept for counting: more than SHARE of PAST
NARROWEST = 0.15  # mean excess of a tail / distance of the tail from the median: a Gaussian has 0.18
HEAVIEST = 0.7  # shape of a tail
MOST = 16.0  # no difference counts more: one in nine million
UP, DOWN = 0, 1

TAIL = np.dtype(
    [
        ("begin", "<f8"),  # where the tail begins
        ("median", "<f8"),
        ("excess", "<f8"),  # scale of the Pareto tail; 0: all values of the past are the same
        ("shape", "<f8"),
        ("known", "<i8"),  # how many values it was fitted to; 0: none yet
        ("top", "<f4", (KEPT,)),  # the largest, ascending, the last `tops` of it
        ("tops", "<i8"),
    ]
)
COLUMN = np.dtype([("ring", "<f4", (PAST,)), ("count", "<i8"), ("tail", TAIL, (2,))])


@njit(cache=True)
def surprise(column, difference, found):  # type: ignore[no-untyped-def]
    """Fill `found` (up, down) with minus the logarithm of how often; the difference then joins the past."""
    value = np.float32(difference)
    if column.tail[UP].known > 0:
        found[UP] = _rarity(column.tail[UP], value)
        found[DOWN] = _rarity(column.tail[DOWN], -value)
    column.ring[column.count % PAST] = value
    column.count += 1
    if column.count >= LEAST and (column.count == LEAST or column.count % EVERY == 0):
        ordered = np.sort(column.ring[: min(column.count, PAST)])
        _fit(column.tail[UP], ordered)
        _fit(column.tail[DOWN], -ordered[::-1])


@njit(cache=True)
def _rarity(tail, value):  # type: ignore[no-untyped-def]
    if value <= tail.median:
        return 0.0
    beginning = np.log(tail.known / tail.tops)
    if value <= tail.begin:
        return beginning * (value - tail.median) / (tail.begin - tail.median)
    rarity = MOST
    if tail.excess > 0:
        beyond = (value - tail.begin) / tail.excess
        rarity = beginning + (np.log(1 + tail.shape * beyond) / tail.shape if tail.shape > 0 else beyond)
    top = tail.top[KEPT - tail.tops :]
    as_large = len(top) - np.searchsorted(top, value)
    if as_large > 0:
        rarity = min(rarity, np.log(tail.known / as_large))
    return min(rarity, MOST)


@njit(cache=True)
def _fit(tail, ordered):  # type: ignore[no-untyped-def]
    known = len(ordered)
    tops = max(AT_LEAST, int(SHARE * known))
    tail.known, tail.tops = known, tops
    tail.top[KEPT - tops :] = ordered[known - tops :]
    tail.begin, tail.median = ordered[known - tops - 1], ordered[known // 2]
    excess = ordered[known - tops :].astype(np.float64) - tail.begin
    mean, spread = excess.mean(), excess.var()
    tail.shape = 0.0
    if spread > 0 and mean > 0:
        shape = min(max(0.5 * (1 - mean * mean / spread), 0.0), HEAVIEST)
        tail.shape = shape if shape > 1e-3 else 0.0
    tail.excess = max(mean * (1 - tail.shape), NARROWEST * (tail.begin - tail.median))
