"""Readings into the latest values and the buckets of leaf cells: what runs for every reading."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from chengyun.vitals.engine.jit import jit
from chengyun.vitals.engine.shapes import Array


class Taking(NamedTuple):
    """What `take` reads and writes."""

    row_of: Array  # id of a datastream → its place, -1: none
    first: Array  # by datastream: its first target
    targets: Array
    measures: Array
    rings: Array
    current: Array  # by ring: the bucket of the clock
    begins: Array  # by ring: when that bucket begins
    latest: Array
    slots: Array
    low: Array  # by ring and cell: the oldest bucket touched before the current one
    dirty: Array  # by cell
    depth: Array
    queue: Array  # cells to roll up, a segment for each depth
    queue_first: Array
    queued: Array


@jit
def turn(rings: Any, current: Any, begins: Any, clock: int, epoch: int) -> None:
    """Set each ring to the bucket in which `clock` lies."""
    for r in range(len(rings)):
        ring = rings[r]
        since = clock - epoch - ring.phase
        current[r] = since // ring.width
        begins[r] = clock - since % ring.width


@jit
def take(t: Any, stream: Any, at: Any, value: Any, now: int) -> int:
    """How many were taken: of known datastreams, finite, not the moment that is the latest already."""
    taken = 0
    for i in range(len(stream)):
        place = stream[i]
        if place < 0 or place >= len(t.row_of) or not np.isfinite(value[i]):
            continue
        s = t.row_of[place]
        if s < 0 or t.latest[s].at == at[i]:
            continue
        if at[i] > t.latest[s].at:
            t.latest[s].at = at[i]
            t.latest[s].value = value[i]
        for k in range(t.first[s], t.first[s + 1]):
            _into(t, t.targets[k].cell, t.targets[k].measure, at[i], value[i], now)
        taken += 1
    return taken


@jit
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
        bucket = t.current[r]
        if at < t.begins[r]:
            bucket -= (t.begins[r] - at + ring.width - 1) // ring.width
            if bucket <= t.current[r] - ring.n:
                continue
            low = ring.low + cell - of.cell
            t.low[low] = min(t.low[low], bucket)
        _add(t.slots, ring.slot + (cell - of.cell) * ring.n + bucket % ring.n, bucket, value, ring.spread)


@jit
def _add(slots: Any, place: int, bucket: int, value: float, spread: int) -> None:
    slot = slots[place]
    if slot.bucket != bucket:
        slot.bucket = bucket
        slot.count = 0
        slot.sum = 0.0
        slot.low = value
        slot.high = value
        slot.spread = 0.0
    elif spread and slot.count:
        distance = value - slot.sum / slot.count
        slot.spread += distance * distance * slot.count / (slot.count + 1)
    slot.count += 1
    slot.sum += value
    slot.low = min(slot.low, value)
    slot.high = max(slot.high, value)
