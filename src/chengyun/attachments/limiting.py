"""How fast residents and people without a name may upload from one address: a bucket per process, in memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from chengyun.kernel.errors import TooMany

_KEPT = 10_000  # addresses


class Limiter:
    """A token bucket per address: `burst` at once, refilled at `per_second`."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Take one token. Raises TooMany("attachments.too_fast") when there is none."""
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(address, (float(self._burst), now))
            left = min(self._burst, left + (now - since) * self._per_second)
            self._left[address] = (left - 1 if left >= 1 else left, now)
            while len(self._left) > _KEPT:
                self._left.popitem(last=False)
        if left < 1:
            raise TooMany("attachments.too_fast", max(1, int((1 - left) / self._per_second)))


LIMITER = Limiter(burst=60, per_second=0.2)
