"""How much a device may send in a minute. In memory, per process that takes readings in."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from chengyun.sensing.contracts import Streams

MINUTE_US = 60_000_000


class Quotas:
    """Readings that each device has sent within the running minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = -1
        self._ids: NDArray[np.int64] = np.zeros(0, np.int64)
        self._used: NDArray[np.int64] = np.zeros(0, np.int64)

    def take(self, known: Streams, owner: NDArray[np.int64], now: int) -> NDArray[np.bool_]:
        """Which of the readings (by their things' places, in order of arrival) are within the quota; they count."""
        with self._lock:
            self._turn(known, now)
            sent = np.bincount(owner, minlength=len(self._ids))
            if not (self._used + sent > known.quota).any():
                self._used += sent
                return np.ones(len(owner), np.bool_)
            rank = _ranks(owner, sent)
            inside = self._used[owner] + rank < known.quota[owner]
            self._used += np.bincount(owner[inside], minlength=len(self._ids))
            return inside

    def give_back(self, known: Streams, owner: NDArray[np.int64], now: int) -> None:
        """What was taken was not stored after all."""
        with self._lock:
            if self._minute == now // MINUTE_US and self._ids is known.thing_ids:
                self._used -= np.bincount(owner, minlength=len(self._ids))

    def _turn(self, known: Streams, now: int) -> None:
        """A new minute begins at nothing; a new registry keeps what is known of the same things."""
        if self._minute != now // MINUTE_US:
            self._minute = now // MINUTE_US
            self._ids, self._used = known.thing_ids, np.zeros(len(known.thing_ids), np.int64)
        elif self._ids is not known.thing_ids:
            used = np.zeros(len(known.thing_ids), np.int64)
            _, old, new = np.intersect1d(self._ids, known.thing_ids, assume_unique=True, return_indices=True)
            used[new] = self._used[old]
            self._ids, self._used = known.thing_ids, used


def _ranks(owner: NDArray[np.int64], sent: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many readings of the same thing stand before each."""
    order = np.argsort(owner, kind="stable")
    rank = np.empty(len(owner), np.int64)
    rank[order] = np.arange(len(owner)) - np.repeat(np.cumsum(sent) - sent, sent)
    return rank
