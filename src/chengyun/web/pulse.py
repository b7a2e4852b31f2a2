"""How late the event loop is: so long does what has arrived wait before anybody can tell what it is."""

from __future__ import annotations

import asyncio
import time

BEAT = 0.05  # seconds between two looks


class Pulse:
    """Of one event loop. `late`: seconds by which the last look came late; 0 before the first."""

    def __init__(self) -> None:
        self.late = 0.0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(BEAT)
            self.late = max(0.0, time.monotonic() - began - BEAT)
