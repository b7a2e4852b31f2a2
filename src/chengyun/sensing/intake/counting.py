"""What became of each device's readings, per day: added up in memory, written now and then.

A process that is killed loses what it has counted since, at most FLUSH_S seconds; readings themselves it never loses.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import Unavailable
from chengyun.kernel.transactions import Database

log = logging.getLogger(__name__)
FLUSH_S = 30.0
SYSTEM = system_actor("sensing")
_ADD = sa.text(
    """
    INSERT INTO sensing_count (thing_id, day, what, n)
    SELECT c.thing, c.day, c.what, c.n
    FROM unnest(CAST(:things AS bigint[]), CAST(:days AS date[]), CAST(:whats AS text[]), CAST(:ns AS bigint[]))
        AS c (thing, day, what, n)
    JOIN sensing_thing t ON t.id = c.thing
    ORDER BY c.thing, c.day, c.what
    ON CONFLICT (thing_id, day, what) DO UPDATE SET n = sensing_count.n + excluded.n
    """
)
Key = tuple[int, str, str]  # thing, day, what


class Counts:
    """Sums of this process that are not written yet; written by a thread of its own that begins with the first."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._sums: Counter[Key] = Counter()
        self._writer: threading.Thread | None = None
        self._stop = threading.Event()

    def add(self, day: str, what: str, things: NDArray[np.int64]) -> None:
        """One reading more for each of `things` (ids, with repetitions)."""
        if not len(things):
            return
        ids, ns = np.unique(things, return_counts=True)
        with self._lock:
            for thing, n in zip(ids.tolist(), ns.tolist(), strict=True):
                self._sums[thing, day, what] += n
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="sensing-counts", daemon=True)
                self._writer.start()

    def flush(self) -> None:
        """Write all sums. Raises Unavailable, and then keeps them."""
        with self._lock:
            sums, self._sums = self._sums, Counter()
        if not sums:
            return
        things, days, whats = zip(*sums, strict=True)
        values = {"things": list(things), "days": list(days), "whats": list(whats), "ns": list(sums.values())}
        try:
            with self._db.begin(SYSTEM) as tx:
                tx.execute(_ADD, values)
        except BaseException:
            with self._lock:
                self._sums.update(sums)
            raise

    def close(self) -> None:
        """Write what is left and end the thread."""
        self._stop.set()
        if self._writer is not None:
            self._writer.join()
        self.flush()

    def _write(self) -> None:
        while not self._stop.wait(FLUSH_S):
            try:
                self.flush()
            except Unavailable as away:
                log.warning("counts wait: %s", away)
