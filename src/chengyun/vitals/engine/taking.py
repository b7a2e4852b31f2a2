"""Readings into the latest values and the buckets of leaf cells: what runs for every reading."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from chengyun.vitals.engine.jit import jit, near, part
from chengyun.vitals.engine.shapes import Array

AHEAD = 24  # readings between looking one up, asking for what it touches, and its turn
LINE = 64  # more than twice as many, a power of two


class Taking(NamedTuple):
    """What `take` reads and writes."""

    row_of: Array  # id of a datastream → its place, -1: none
    targets: Array
    measures: Array
    rings: Array
    latest: Array
    slots: Array
    spreads: Array
    low: Array  # by ring and cell: the oldest bucket touched before the current one
    dirty: Array  # by cell
    depth: Array
    queue: Array  # cells to roll up, a segment for each depth
    queue_first: Array
    queued: Array
    places: Array  # of the LINE readings that are looked up


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
    """How many were taken: of known datastreams, finite, not the moment that is the latest already.

    A reading goes through the line `t.places`: what it will touch is asked for some readings before its turn, so that
    many wait for memory together and not one after the other.
    """
    taken = 0
    for ahead in range(len(stream) + 2 * AHEAD):
        if ahead < len(stream):
            _look_up(t, ahead, stream[ahead])
        i = ahead - AHEAD
        if i >= 0 and i < len(stream):
            _ask_for(t, t.places[i % LINE])
        i -= AHEAD
        place = t.places[i % LINE] if i >= 0 else -1
        if place < 0 or not np.isfinite(value[i]) or t.latest[place].at == at[i]:
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
def _look_up(t: Any, i: int, stream: int) -> None:
    place = np.int64(t.row_of[stream]) if stream >= 0 and stream < len(t.row_of) else -1
    t.places[i % LINE] = place
    if place >= 0:
        near(t.latest, place)


@part
def _ask_for(t: Any, place: int) -> None:
    cell = np.int64(t.latest[place].cell) if place >= 0 else -1
    if cell >= 0:
        near(t.dirty, cell)
        near(t.depth, cell)
        of = t.measures[t.latest[place].measure]
        for r in range(of.ring_first, of.ring_end):
            near(t.slots, t.rings[r].base + cell)


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
            _add(t, ring, ring.base + cell, ring.current, value)
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
    _add(t, ring, place, bucket, value)


@part
def _add(t: Any, ring: Any, place: int, bucket: int, value: float) -> None:
    slot = t.slots[place]
    if slot.bucket != bucket:
        slot.bucket = bucket
        slot.count = 0
        slot.sum = 0.0
    if ring.spread >= 0:
        distance = value - slot.sum / slot.count if slot.count else 0.0
        apart = 0.0 if slot.count == 0 else t.spreads[ring.spread + place - ring.slot]
        apart += distance * distance * slot.count / (slot.count + 1)
        t.spreads[ring.spread + place - ring.slot] = apart
    slot.low = value if slot.count == 0 else min(slot.low, value)
    slot.high = value if slot.count == 0 else max(slot.high, value)
    slot.count += 1
    slot.sum += value
