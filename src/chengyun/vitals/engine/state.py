"""What changes from step to step, as arrays; and the queues of one step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chengyun.vitals.board import ROW
from chengyun.vitals.engine.judging import Judging
from chengyun.vitals.engine.plan import Plan
from chengyun.vitals.engine.rolling import Rolling
from chengyun.vitals.engine.shapes import (
    CHANGE,
    GAUGE,
    GIVEN,
    JUDGE,
    LATEST,
    NEVER,
    NO_BUCKET,
    NOT_LATE,
    PAST,
    SLOT,
    STAT,
    Array,
    Records,
)
from chengyun.vitals.engine.taking import LINE as WAITING
from chengyun.vitals.engine.taking import Taking

LINE = 64  # bytes of a line of cache


@dataclass(slots=True)
class State:
    """`clock`: [moment of the last step, its whole tick, moment of the first step, next moment at which time alone
    changes something]. The rest is by datastream, slot, cell, limit, row, judge, gauge.
    """

    clock: Array
    latest: Records
    slots: Records
    spreads: Array
    stats: Records
    counts: Array
    fading: Array
    moving: Array
    rows: Records
    judges: Records
    due: Array
    gauges: Records
    stale: Array  # by row: to be evaluated in the next step; all are before the first
    given: Records  # numbers that the next step brings in


@dataclass(slots=True)
class Queues:
    """Empty between steps."""

    rings: Records  # those of the plan, each turned to the clock
    low: Array
    past: Records
    dirty: Array
    cells: Array
    cells_first: Array
    cells_queued: Array
    rows: Array
    rows_first: Array
    rows_queued: Array
    changes: Records


def fresh(plan: Plan, rows: Records | None) -> State:
    """The state before the first step. `rows`: the board to write on."""
    cells, board = len(plan.cells.cells), np.zeros(len(plan.layout), ROW) if rows is None else rows
    slots = aligned(plan.stores.slots, SLOT)
    slots["bucket"] = NO_BUCKET
    stats = np.zeros(cells, STAT)
    stats["streams"] = _streams(plan)
    board[:] = np.zeros(1, ROW)
    board["value"] = np.nan
    board["inputs"] = -1  # so that the first evaluation of every row counts as a change
    gauges = np.zeros(plan.rows.gauges, GAUGE)
    gauges["given"] = gauges["value"] = np.nan
    return State(
        np.array([0, 0, 0, NEVER]),
        _unheard(plan),
        slots,
        np.zeros(plan.stores.spreads),
        stats,
        np.zeros(plan.stores.counts, np.int32),
        np.full(cells, NEVER),
        np.full(cells, NEVER),
        board,
        np.zeros(len(plan.rows.judged), JUDGE),
        np.full(len(plan.rows.judged), NEVER),
        gauges,
        np.ones(len(board), np.uint8),
        np.zeros(0, GIVEN),
    )


def _unheard(plan: Plan) -> Records:
    """Every datastream's latest value: none, and not alive."""
    first, targets = plan.cells.first, plan.cells.targets
    latest = aligned(len(plan.stream_ids), LATEST)
    latest["at"], latest["cell"] = -NEVER, -1
    latest["end"], latest["more"] = first[1:], np.minimum(first[:-1] + 1, first[1:])
    some = np.flatnonzero(first[1:] > first[:-1])
    for field in ("cell", "measure"):
        latest[field][some] = targets[field][first[some]]
    return latest


def _streams(plan: Plan) -> Array:
    """By cell: how many datastreams are in it and below."""
    cells = plan.cells.cells
    total: Array = (cells["stream_end"] - cells["stream_first"]).astype(np.int32)
    for depth in range(int(cells["depth"].max(initial=0)), 0, -1):
        here = cells["depth"] == depth
        np.add.at(total, cells["parent"][here], total[here])
    return total


def queues(plan: Plan) -> Queues:
    """Room for one step."""
    depth_of_row = plan.sign_records["depth"][plan.rows.places["sign"]]
    cells_first = _segments(plan.cells.cells["depth"])
    rows_first = _segments(depth_of_row)
    return Queues(
        plan.stores.rings.copy(),
        np.full(plan.stores.lows, NOT_LATE, np.int32),
        _unlooked(plan.stores.lows),
        np.zeros(len(plan.cells.cells), np.uint8),
        np.empty(len(plan.cells.cells), np.int32),
        cells_first,
        np.zeros(len(cells_first), np.int64),
        np.empty(len(plan.layout), np.int32),
        rows_first,
        np.zeros(len(rows_first), np.int64),
        np.empty(2 * len(plan.rows.judged), CHANGE),
    )


def everything(plan: Plan, room: Queues) -> None:
    """Queue every cell, as if all had been touched."""
    depth = plan.cells.cells["depth"]
    room.dirty[:] = 1
    for level, first in enumerate(room.cells_first):
        mine = np.flatnonzero(depth == level)
        room.cells[first : first + len(mine)] = mine
        room.cells_queued[level] = len(mine)


def aligned(n: int, dtype: np.dtype[np.void]) -> Records:
    """Zeros of which none lies across more lines of cache than it must."""
    room = np.zeros(n * dtype.itemsize + LINE, np.uint8)
    first = -room.ctypes.data % LINE
    return room[first : first + n * dtype.itemsize].view(dtype)


def _unlooked(n: int) -> Records:
    past = np.zeros(n, PAST)
    past["current"] = NO_BUCKET
    return past


def _segments(depth: Array) -> Array:
    """Where the things of each depth begin in a queue."""
    first: Array = np.cumsum(np.bincount(depth, minlength=1))
    first[1:], first[0] = first[:-1].copy(), 0
    return first


def views(plan: Plan, state: State, room: Queues) -> tuple[Taking, Rolling, Judging]:
    """The same arrays, as the compiled parts take them."""
    stores, cells, rows = plan.stores, plan.cells, plan.rows
    following = state.clock[3:]
    taking = Taking(
        plan.row_of, cells.targets, stores.measures, room.rings, state.latest, state.slots, state.spreads, room.low, room.dirty, plan.depth_of_cell, room.cells, room.cells_first,
        room.cells_queued, np.empty(WAITING, np.int64),
    )  # fmt: skip
    rolling = Rolling(
        cells.cells, stores.measures, room.rings, stores.limits, cells.streams, plan.patience, state.latest, state.slots, state.spreads, room.past, room.low, state.stats, state.counts, state.fading, state.moving,
        room.dirty, room.cells, room.cells_first, room.cells_queued, plan.cell_rows, state.stale, room.rows,
        room.rows_first, room.rows_queued, following,
    )  # fmt: skip
    judging = Judging(
        plan.sign_records, rows.places, cells.cells, stores.measures, room.rings, state.slots, state.spreads, room.past,
        state.stats, state.counts, state.gauges, rows.operands, plan.dependents_first, plan.dependents,
        plan.codes, plan.numbers, np.zeros(64), np.zeros(5), np.zeros(3, np.int64), state.rows, rows.judged,
        rows.steps_of, rows.steps, state.judges, state.due, state.stale, room.rows, room.rows_first,
        room.rows_queued, room.changes, following,
    )  # fmt: skip
    return taking, rolling, judging
