"""Dynamic screening, reading by reading, compiled. State after a step depends on the steps alone, never on a clock."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

DEPTH = 8  # previous moments of a datastream among which a duplicate is looked for
STUCK = 10  # expected intervals with one and the same value, after which it counts as sent again
MOVING = 0.5  # share of readings that bring another value, from which on a quantity is one that moves
SMOOTH = 1 / 256  # weight of a reading in that share
LATE, TOO_LATE, STALE = 1, 2, 4  # as contracts.Flag
DUPLICATE, UNKNOWN = -1, -2
CHUNK_BITS = 16  # rows of a chunk of a snapshot: 65,536
SLOWEST, FASTEST = 1e3, 1e10  # microseconds by which the skew's estimate may move at once


@numba.njit(cache=True, nogil=True)
def step(
    stream: NDArray[np.int32],
    at: NDArray[np.int64],
    value: NDArray[np.float64],
    now: int,
    kept: int,
    row_of: NDArray[np.int32],
    interval: NDArray[np.float64],
    quantity: NDArray[np.int32],
    moves: NDArray[np.float64],
    state: Any,
    touched: NDArray[np.int64],
    position: int,
    out: NDArray[np.int16],
) -> None:
    """Let readings count in order; `touched` gets the batch's position for each chunk of rows
    that changes, `out` the mark of each reading: 0, flags, DUPLICATE or UNKNOWN.
    """
    for k in range(len(stream)):
        row = row_of[stream[k]] if 0 <= stream[k] < len(row_of) else -1
        if row < 0:
            out[k] = UNKNOWN
        elif _seen(state, row, at[k]):
            out[k] = DUPLICATE
        else:
            touched[row >> CHUNK_BITS] = position
            mark = TOO_LATE if now - at[k] > kept else 0
            if at[k] < state.at[row]:
                out[k] = mark | LATE
            else:
                fresh = _newest(state, row, at[k], value[k], now, moves, quantity[row])
                stuck = fresh and _stuck(state, row, interval[row], moves[quantity[row]])
                out[k] = mark | (STALE if stuck else 0)
                state.flags[row] = out[k]


@numba.njit(cache=True, nogil=True)
def _seen(state: Any, row: int, at: int) -> bool:
    """Whether this moment was heard before; from now on it was."""
    if at <= state.at[row]:
        for place in range(DEPTH):
            if state.ring[row, place] == at:
                return True
    state.ring[row, state.next[row]] = at
    state.next[row] = (state.next[row] + 1) % DEPTH
    return False


@numba.njit(cache=True, nogil=True)
def _newest(
    state: Any, row: int, at: int, value: float, now: int, moves: NDArray[np.float64], quantity: int
) -> bool:
    """Take over the newest reading; whether there was one before."""
    known = state.at[row] != 0
    moved = value != state.value[row]
    if known:
        moves[quantity] += ((1.0 if moved else 0.0) - moves[quantity]) * SMOOTH
    if moved or not known:
        state.changed[row], state.run[row] = at, 0
    state.run[row] += 1
    _skew(state, row, now - at, known)
    state.at[row], state.value[row], state.arrived[row] = at, value, now
    return bool(known)


@numba.njit(cache=True, nogil=True)
def _skew(state: Any, row: int, delay: int, known: bool) -> None:
    """Running median of arrival - event time: a step towards each, longer while they lie on the same side."""
    if not known:
        state.skew[row], state.pace[row] = delay, SLOWEST
        return
    towards = 1.0 if delay > state.skew[row] else (-1.0 if delay < state.skew[row] else 0.0)
    if towards * state.pace[row] > 0:
        pace = min(abs(state.pace[row]) * 2, FASTEST)
    else:
        pace = max(abs(state.pace[row]) / 2, SLOWEST)
    pace = min(pace, abs(delay - state.skew[row]) + SLOWEST)
    state.skew[row] += np.int64(towards * pace)
    state.pace[row] = pace if towards >= 0 else -pace


@numba.njit(cache=True, nogil=True)
def _stuck(state: Any, row: int, interval: float, moving: float) -> bool:
    """One value under fresh stamps for too long, of a quantity that moves elsewhere."""
    long = state.at[row] - state.changed[row] >= STUCK * interval * 1e6
    return bool(long and state.run[row] >= STUCK and moving >= MOVING)


@numba.njit(cache=True, nogil=True)
def peek(
    stream: NDArray[np.int32],
    at: NDArray[np.int64],
    now: int,
    kept: int,
    row_of: NDArray[np.int32],
    latest: NDArray[np.int64],
    out: NDArray[np.int16],
) -> None:
    """Marks as far as they are known before the readings count."""
    for k in range(len(stream)):
        row = row_of[stream[k]] if 0 <= stream[k] < len(row_of) else -1
        out[k] = (LATE if row >= 0 and at[k] < latest[row] else 0) | (TOO_LATE if now - at[k] > kept else 0)
