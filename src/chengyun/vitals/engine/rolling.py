"""Touched cells: the latest values of their datastreams, and buckets merged from children, level by level."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from chengyun.vitals.engine.jit import jit, near, part
from chengyun.vitals.engine.shapes import NEVER, NO_BUCKET, NOT_LATE, Array

_NEVER, _NOT_LATE, _NO_BUCKET = int(NEVER), int(NOT_LATE), int(NO_BUCKET)
AHEAD = 8  # cells between two looks at what a cell touches, and its turn


class Rolling(NamedTuple):
    """What `roll` and `expire` read and write."""

    cells: Array
    measures: Array
    rings: Array
    limits: Array
    streams: Array  # of the leaf cells, side by side
    patience: Array  # by datastream: how long it counts as alive
    latest: Array
    slots: Array
    spreads: Array
    past: Array
    low: Array
    stats: Array
    counts: Array  # by limit and cell: alive datastreams beyond it
    fading: Array  # by cell: when one of its own datastreams is no longer alive
    moving: Array  # by cell: when a window that is not empty moves
    dirty: Array
    queue: Array
    queue_first: Array
    queued: Array
    cell_rows: Array
    stale: Array  # by row: to be evaluated
    row_queue: Array
    row_queue_first: Array
    row_queued: Array
    next: Array  # [0] the earliest moment at which time alone changes something


@jit
def roll(t: Any, clock: int) -> None:
    """Bring touched cells up to date, from the deepest up, and put their rows into the queue."""
    for up in range(len(t.queued)):
        depth = len(t.queued) - 1 - up
        first, many = t.queue_first[depth], t.queued[depth]
        for ahead in range(many + 2 * AHEAD):
            if ahead < many:
                _ask_for(t, t.queue[first + ahead])
            i = ahead - AHEAD
            if i >= 0 and i < many:
                _ask_below(t, t.queue[first + i])
            i -= AHEAD
            if i >= 0:
                _renew(t, t.queue[first + i], clock)
        t.queued[depth] = 0


@part
def _ask_for(t: Any, number: int) -> None:
    """For a cell whose turn comes soon: memory is asked before it is needed, for many cells at once."""
    near(t.cells, number)
    near(t.stats, number)
    near(t.fading, number)
    near(t.moving, number)


@part
def _ask_below(t: Any, number: int) -> None:
    """The same for what the cell says where it stands."""
    cell = t.cells[number]
    if cell.stream_end > cell.stream_first:
        near(t.latest, t.streams[cell.stream_first])
        near(t.patience, t.streams[cell.stream_first])
    near(t.cell_rows, cell.row_first)
    near(t.stats, cell.child_first)
    of = t.measures[cell.measure]
    for r in range(of.ring_first, of.ring_end):
        ring = t.rings[r]
        near(t.slots, ring.base + number)
        near(t.slots, ring.base + cell.child_first)
        near(t.low, ring.low + number - of.cell)


@part
def _renew(t: Any, number: int, clock: int) -> None:
    cell = t.cells[number]
    _clear(t, number, cell)
    _own(t, number, cell, clock)
    for child in range(cell.child_first, cell.child_end):
        _latest_of(t, number, child, cell.measure)
    _buckets(t, number, cell)
    _moves(t, number, cell)
    _rows(t, cell)
    if cell.parent >= 0:
        _push(t, cell.parent)
    t.dirty[number] = 0


@jit
def everything(t: Any) -> None:
    """Queue every cell."""
    for number in range(len(t.cells)):
        _push(t, number)


@jit
def expire(t: Any, clock: int) -> None:
    """Queue every cell in which time alone has changed something by `clock`; find when the next does."""
    soon = _NEVER
    for number in range(len(t.cells)):
        if t.fading[number] <= clock:
            _push(t, number)
        elif t.moving[number] <= clock:
            _moves(t, number, t.cells[number])
            _rows(t, t.cells[number])
        soon = min(soon, t.moving[number] if t.moving[number] > clock else _NEVER)
        soon = min(soon, t.fading[number] if t.fading[number] > clock else _NEVER)
    t.next[0] = soon


@part
def _push(t: Any, number: int) -> None:
    if t.dirty[number] == 0:
        t.dirty[number] = 1
        depth = t.cells[number].depth
        t.queue[t.queue_first[depth] + t.queued[depth]] = number
        t.queued[depth] += 1


@part
def _rows(t: Any, cell: Any) -> None:
    for k in range(cell.row_first, cell.row_end):
        row = t.cell_rows[k]
        if t.stale[row] == 0:
            t.stale[row] = 1
            t.row_queue[t.row_queue_first[0] + t.row_queued[0]] = row
            t.row_queued[0] += 1


@part
def _clear(t: Any, number: int, cell: Any) -> None:
    stat = t.stats[number]
    stat.alive = 0
    stat.newest = 0
    stat.sum = 0.0
    of = t.measures[cell.measure]
    for k in range(of.limit_first, of.limit_end):
        t.counts[_count(t, of, number, k)] = 0


@part
def _count(t: Any, of: Any, number: int, limit: int) -> Any:
    return of.count + (number - of.cell) * (of.limit_end - of.limit_first) + limit - of.limit_first


@part
def _own(t: Any, number: int, cell: Any, clock: int) -> None:
    fades = _NEVER
    for k in range(cell.stream_first, cell.stream_end):
        s = t.streams[k]
        latest = t.latest[s]
        stat = t.stats[number]
        stat.newest = max(stat.newest, latest.at)
        until = latest.at + t.patience[s]
        if until < clock:
            continue
        fades = min(fades, until + 1)
        _alive(stat, 1, latest.value, latest.value, latest.value)
        of = t.measures[cell.measure]
        for limit in range(of.limit_first, of.limit_end):
            beyond = latest.value - t.limits[limit].value
            if (t.limits[limit].above == 1 and beyond > 0) or (t.limits[limit].above == 0 and beyond < 0):
                t.counts[_count(t, of, number, limit)] += 1
    t.fading[number] = fades
    t.next[0] = min(t.next[0], fades)


@part
def _alive(stat: Any, n: int, total: float, low: float, high: float) -> None:
    stat.low = low if stat.alive == 0 else min(stat.low, low)
    stat.high = high if stat.alive == 0 else max(stat.high, high)
    stat.alive += n
    stat.sum += total


@part
def _latest_of(t: Any, number: int, child: int, measure: int) -> None:
    stat, part = t.stats[number], t.stats[child]
    stat.newest = max(stat.newest, part.newest)
    if part.alive == 0:
        return
    _alive(stat, part.alive, part.sum, part.low, part.high)
    of = t.measures[measure]
    for limit in range(of.limit_first, of.limit_end):
        t.counts[_count(t, of, number, limit)] += t.counts[_count(t, of, child, limit)]


@part
def _buckets(t: Any, number: int, cell: Any) -> None:
    of = t.measures[cell.measure]
    for r in range(of.ring_first, of.ring_end):
        ring = t.rings[r]
        low = ring.low + number - of.cell
        oldest = min(t.low[low], ring.current)
        if oldest < ring.current:
            t.past[low].current = _NO_BUCKET
        if cell.child_end > cell.child_first:
            for bucket in range(max(oldest, ring.current - ring.n + 1), ring.current + 1):
                _merge(t, ring, number, cell.child_first, cell.child_end, bucket)
        if cell.parent >= 0:
            above = ring.low + cell.parent - of.cell
            t.low[above] = min(t.low[above], t.low[low])
        t.low[low] = _NOT_LATE


@part
def _merge(t: Any, ring: Any, into: int, first: int, end: int, bucket: int) -> None:
    base = ring.slot + (bucket % ring.n) * np.int64(ring.cells) - ring.cell
    slot = t.slots[base + into]
    slot.bucket = bucket
    slot.count = 0
    slot.sum = 0.0
    apart = 0.0
    for child in range(first, end):
        part = t.slots[base + child]
        if part.bucket != bucket or part.count == 0:
            continue
        if ring.spread >= 0:
            gap = part.sum / part.count - slot.sum / slot.count if slot.count else 0.0
            apart += gap * gap * slot.count * part.count / (slot.count + part.count)
            apart += t.spreads[ring.spread + base + child - ring.slot]
        slot.low = part.low if slot.count == 0 else min(slot.low, part.low)
        slot.high = part.high if slot.count == 0 else max(slot.high, part.high)
        slot.count += part.count
        slot.sum += part.sum
    if ring.spread >= 0:
        t.spreads[ring.spread + base + into - ring.slot] = apart


@part
def _moves(t: Any, number: int, cell: Any) -> None:
    of = t.measures[cell.measure]
    soon = _NEVER
    for r in range(of.ring_first, of.ring_end):
        ring = t.rings[r]
        first = ring.base + number
        for back in range(ring.n):  # the current bucket first: mostly it is not empty
            place = first - back * np.int64(ring.cells)
            place += 0 if place >= ring.slot else ring.n * np.int64(ring.cells)
            if t.slots[place].count and t.slots[place].bucket > ring.current - ring.n:
                soon = min(soon, ring.begins + ring.width)
                break
    t.moving[number] = soon
    t.next[0] = min(t.next[0], soon)
