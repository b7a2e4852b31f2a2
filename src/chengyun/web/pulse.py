"""How late the event loop is: so long does what has arrived wait before anybody can tell what it is."""

from __future__ import annotations

import asyncio
import time
from collections import deque

BEAT = 0.05  # seconds between two looks
LOOKS = 3  # that have to be late: one hiccup is no overload


class Pulse:
    """Of one event loop. `late`: seconds by which each of the last looks came late, or more; 0 at first."""

    def __init__(self) -> None:
        self.late = 0.0

    async def run(self) -> None:
        """Look until cancelled."""
        looks = deque([0.0] * LOOKS, maxlen=LOOKS)
        while True:
            began = time.monotonic()
            await asyncio.sleep(BEAT)
            looks.append(max(0.0, time.monotonic() - began - BEAT))
            self.late = min(looks)
