"""Readings into the latest values and the buckets of leaf cells: what runs for every reading."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from chengyun.vitals.engine.jit import jit, part
from chengyun.vitals.engine.shapes import Array


class Taking(NamedTuple):
    """What `take` reads and writes."""

    row_of: Array  # id of a datastream → its place, -1: none
    targets: Array
    measures: Array
    rings: Array
    latest: Array
    slots: Array
    low: Array  # by ring and cell: the oldest bucket touched before the current one
    dirty: Array  # by cell
    depth: Array
    queue: Array  # cells to roll up, a segment for each depth
    queue_first: Array
    queued: Array


@jit
def turn(rings: Any, clock: int, epoch: int) -> None:
    """Set each ring to the bucket in which `clock` lies."""
    for r in range(len(rings)):
        ring = rings[r]
        since = clock - epoch - ring.phase
        ring.current = since // ring.width
        ring.begins = clock - since % ring.width
        ring.base = ring.slot + (ring.current % ring.n) * np.int64(ring.cells) - ring.cell


@jit
def take(t: Any, stream: Any, at: Any, value: Any, now: int) -> int:
    """How many were taken: of known datastreams, finite, not the moment that is the latest already."""
    taken = 0
    for i in range(len(stream)):
        place = stream[i]
        if place < 0 or place >= len(t.row_of) or not np.isfinite(value[i]):
            continue
        place = t.row_of[place]
        if place < 0 or t.latest[place].at == at[i]:
            continue
        one = t.latest[place]
        if at[i] > one.at:
            one.at = at[i]
            one.value = value[i]
        if one.cell >= 0:
            _into(t, one.cell, one.measure, at[i], value[i], now)
        for k in range(one.more, one.end):
            _into(t, t.targets[k].cell, t.targets[k].measure, at[i], value[i], now)
        taken += 1
    return taken


@part
def _into(t: Any, cell: int, measure: int, at: int, value: float, now: int) -> None:
    if t.dirty[cell] == 0:
        t.dirty[cell] = 1
        depth = t.depth[cell]
        t.queue[t.queue_first[depth] + t.queued[depth]] = cell
        t.queued[depth] += 1
    of = t.measures[measure]
    for r in range(of.ring_first, of.ring_end):
        ring = t.rings[r]
        if now - at > ring.lateness:
            continue
        if at >= ring.begins:
            _add(t.slots[ring.base + cell], ring.current, value, ring.spread)
        else:
            _late(t, ring, cell, at, value)


@part
def _late(t: Any, ring: Any, cell: int, at: int, value: float) -> None:
    bucket = ring.current - (ring.begins - at + ring.width - 1) // ring.width
    if bucket <= ring.current - ring.n:
        return
    low = ring.low + cell - ring.cell
    t.low[low] = min(t.low[low], bucket)
    place = ring.slot + (bucket % ring.n) * np.int64(ring.cells) + cell - ring.cell
    _add(t.slots[place], bucket, value, ring.spread)


@part
def _add(slot: Any, bucket: int, value: float, spread: int) -> None:
    if slot.bucket != bucket:
        slot.bucket = bucket
        slot.count = 1
        slot.sum = value
        slot.low = value
        slot.high = value
        slot.spread = 0.0
        return
    if spread and slot.count:
        distance = value - slot.sum / slot.count
        slot.spread += distance * distance * slot.count / (slot.count + 1)
    slot.low = value if slot.count == 0 else min(slot.low, value)
    slot.high = value if slot.count == 0 else max(slot.high, value)
    slot.count += 1
    slot.sum += value
