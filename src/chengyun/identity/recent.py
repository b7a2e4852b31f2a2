"""Sessions that were found a moment ago: who sends one thing after the other is looked up once.

What is remembered counts only where a transaction that began later still has the token under which it was read
(`Resolved.under` against `Tx.revisions["actors"]`): whatever ends a session, moves a post or cuts a phone off gives a
new one. Without that comparison it must not be used.
"""

from __future__ import annotations

import time

from chengyun.identity.resolving import STEADY, Resolved
from chengyun.identity.vault import bearer_hash

MOST = 20_000  # sessions; more, and all are looked up anew


class Recent:
    """Of one web process, on its event loop."""

    def __init__(self) -> None:
        self._held: dict[bytes, tuple[float, Resolved]] = {}

    def find(self, cookie: str) -> Resolved | None:
        """Who this was within the last STEADY; to be confirmed by its token."""
        until, found = self._held.get(bearer_hash(cookie), (0.0, None))
        return found if time.monotonic() < until else None

    def keep(self, cookie: str, found: Resolved) -> None:
        """Remember what has just been read, unless it ends soon."""
        if found.under is None:
            return
        if len(self._held) >= MOST:
            self._held.clear()
        self._held[bearer_hash(cookie)] = (time.monotonic() + STEADY.total_seconds(), found)
