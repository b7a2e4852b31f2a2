"""Tier 2 on the datastreams that are watched closely, by their ids, and its snapshots.

The state is large and every reading changes it. So a snapshot holds a *base* of each part of the datastreams, one of which is
made anew with each snapshot, and the readings since then. Living through them again gives the state of the snapshot's
moment, to the last bit.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from chengyun.sensing.contracts import Readings
from chengyun.vitals.anomaly.layout import STATE
from chengyun.vitals.anomaly.tier2 import Tier2
from chengyun.vitals.contracts import Normal

log = logging.getLogger(__name__)
PARTS = 32  # a base is as many snapshots old at most
READINGS = 200_000  # since the oldest base: more of them make bases anew
IDS, APART, SINCE, TOLD, BASE = "ids", "apart", "since", "told", "base."  # chunks
READING = np.dtype([("slot", "<i4"), ("at", "<i8"), ("value", "<f8")])


def compile_for(ids: NDArray[np.int32]) -> None:
    """What watches these, before anybody waits for it: the first time on a machine it takes seconds."""
    if len(ids):
        Tier2(1).update(np.zeros(1, np.int32), np.zeros(1, np.int64), np.zeros(1))


class Close:
    """Not for use by two threads at once."""

    def __init__(self) -> None:
        self.turned: list[int] = []  # that began or ceased to ring in the last step
        self._told: list[NDArray[np.void]] = []  # readings since the oldest base
        self._first = self._end = 0  # numbers of the first of them, and of that after the last
        self._since = np.zeros(PARTS, np.int64)  # number of the first reading that is not in each base
        self._bases = [b""] * PARTS
        self._renumber(np.empty(0, np.int32), Tier2(0))

    def __contains__(self, stream: int) -> bool:
        return self._slot_of(stream) >= 0

    def follow(self, ids: NDArray[np.int32], a_month: NDArray[np.float64]) -> None:
        """From now on these, ascending; how often a month each may ring in the long run. A new one knows nothing yet."""
        tier = Tier2(len(ids))
        tier.allow(a_month)
        if np.array_equal(ids, self._ids) and np.array_equal(tier.apart, self._tier.apart):
            return
        _, old, new = np.intersect1d(self._ids, ids, assume_unique=True, return_indices=True)
        tier.states[new] = self._tier.states[old]
        self._renumber(ids, tier)

    def step(self, readings: Readings) -> None:
        """Take in what is of these datastreams."""
        self.turned = []
        if not len(self._ids):
            return
        slot = self._slots[np.minimum(readings.stream, len(self._slots) - 1)]
        mine = np.flatnonzero(slot >= 0)
        if len(mine):
            told = (slot[mine], readings.at[mine], readings.value[mine])
            self._tier.update(*told)
            self._told.append(_packed(*told))
            self._end += len(mine)
            self.turned = self._ids[self._tier.turned].tolist()

    def rings(self, stream: int) -> bool:
        """Whether it rings."""
        return self._tier.rings(self._slot_of(stream))

    def ring(self, stream: int) -> None:
        """Let it ring until it has been usual for a while."""
        slot = self._slot_of(stream)
        self._tier.ring(slot)
        self._renew(slot // _per(len(self._ids)))  # no reading says so

    def last(self, stream: int) -> float:
        """The newest value."""
        return self._tier.last(self._slot_of(stream))

    def why(self, stream: int) -> Normal:
        """What was known when it rang in the last step."""
        return self._tier.why(self._slot_of(stream))

    def dump(self) -> dict[str, bytes]:
        """The state between two steps, as named chunks."""
        if not len(self._ids):
            return {}
        self._renew(int(self._since.argmin()))
        while self._end - self._since.min() > READINGS:
            self._renew(int(self._since.argmin()))
        first = int(self._since.min())
        told = np.concatenate([np.empty(0, READING), *self._told])[first - self._first :]
        self._told, self._first = [told], first
        whole = {
            IDS: self._ids.tobytes(),
            APART: self._tier.apart.tobytes(),
            SINCE: (self._since - self._first).tobytes(),
            TOLD: told.tobytes(),
        }
        return whole | {f"{BASE}{part:02}": base for part, base in enumerate(self._bases)}

    def load(self, chunks: Mapping[str, bytes]) -> None:
        """Go on from what `dump` gave, if anything. What is of another version is left alone: it is learnt again."""
        if IDS not in chunks:
            return
        ids = np.frombuffer(chunks[IDS], np.int32).copy()
        body = b"".join(chunks[f"{BASE}{part:02}"] for part in range(PARTS))
        if len(body) != len(ids) * STATE.itemsize:
            log.warning(
                "%d datastreams are watched closely from the beginning: their state is of another version",
                len(ids),
            )
            return
        tier = Tier2(len(ids))
        tier.states[:] = np.frombuffer(body, STATE)
        tier.apart[:] = np.frombuffer(chunks[APART], np.float64)
        told, since = np.frombuffer(chunks[TOLD], READING), np.frombuffer(chunks[SINCE], np.int64)
        after = told[np.arange(len(told)) >= since[_part_of(told["slot"], len(ids))]]
        tier.update(*(np.ascontiguousarray(after[name]) for name in ("slot", "at", "value")))
        self._renumber(ids, tier)

    def _slot_of(self, stream: int) -> int:
        return int(self._slots[min(stream, len(self._slots) - 1)])

    def _renumber(self, ids: NDArray[np.int32], tier: Tier2) -> None:
        self._ids, self._tier = ids, tier
        self._slots = np.full(int(ids.max(initial=-1)) + 2, -1, np.int32)  # by id; the last is of all beyond
        self._slots[ids] = np.arange(len(ids))
        self._told, self._first = [], self._end
        for part in range(PARTS):
            self._renew(part)

    def _renew(self, part: int) -> None:
        per = _per(len(self._ids))
        self._bases[part] = self._tier.states[part * per : (part + 1) * per].tobytes()
        self._since[part] = self._end


def _per(count: int) -> int:
    return -(-count // PARTS)


def _part_of(slot: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    return slot // max(_per(count), 1)


def _packed(slot: NDArray[np.int32], at: NDArray[np.int64], value: NDArray[np.float64]) -> NDArray[np.void]:
    packed = np.empty(len(slot), READING)
    packed["slot"], packed["at"], packed["value"] = slot, at, value
    return packed
