"""Gives the live engine every batch, in one order that a restart repeats.

Own batches come from the desk right after their commit, those of other processes when NOTIFY tells of them; a batch's
position is given, and its place in the line taken, within one turn, so the order of consuming is that of positions.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.kernel.errors import Unavailable
from chengyun.kernel.listening import listen
from chengyun.kernel.transactions import Database, Tx
from chengyun.sensing.contracts import Readings
from chengyun.sensing.intake.catalogue import streams
from chengyun.sensing.intake.counting import SYSTEM, Counts
from chengyun.sensing.intake.moments import microseconds
from chengyun.sensing.intake.storing import NOTIFIED, day_of
from chengyun.sensing.live import snapshots
from chengyun.sensing.live.latest import Latest

log = logging.getLogger(__name__)
Consume = Callable[[Readings, int, int], None]
MOST = 256  # batches that wait to be consumed; then whoever takes readings in waits
PAGE = 64  # batches of others, or of a replay, that are read at once
IDLE_S = 0.5  # how often the registry and the heartbeat are looked after where nothing comes
_WAITING = sa.text(
    """
    WITH taken AS (
        SELECT id, nextval('sensing_position') AS position FROM
            (SELECT id FROM sensing_batch WHERE position IS NULL ORDER BY id LIMIT :page FOR UPDATE) w
    )
    UPDATE sensing_batch b SET position = taken.position FROM taken WHERE b.id = taken.id
    RETURNING b.position, b.arrived, b.body
    """
)
_REPLAY = sa.text(
    "SELECT position, arrived, body FROM sensing_batch WHERE position > :after ORDER BY position LIMIT :page"
)
Batch = tuple[Readings, int, int]  # readings, arrived, position


class Follower:
    """The desk's `Live`, and the engine's source. `run` belongs to one thread; the rest may be called from any."""

    def __init__(self, db: Database, home: Path, counts: Counts | None = None) -> None:
        self._db = db
        self._counts = counts or Counts(db)
        self.stepping = threading.RLock()  # who has it sees latest values and engine after the same batch
        self._turn = threading.Lock()
        self._line: deque[Batch] = deque()
        self._changed = threading.Condition()
        self._foreign = True
        self._ready = False
        self._failed = False
        self._looked = 0.0
        self._folder = home / "live"
        self.latest = self._restored(None)

    # for the desk

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else gives positions; begins once there is room in the line and the replay is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._failed or (self._ready and len(self._line) < MOST))
        if self._failed:
            raise Unavailable("sensing.not_following")
        with self._turn:
            yield

    def flags(self, readings: Readings, now: int) -> NDArray[np.int16]:
        """As the latest values have it."""
        return self.latest.flags(readings, now)

    def offer(self, readings: Readings, now: int, position: int) -> None:
        """An own batch, committed in this turn."""
        with self._changed:
            self._line.append((readings, now, position))
            self._changed.notify_all()

    # for the engine

    def run(
        self,
        consume: Consume,
        stop: threading.Event,
        after: int | None = None,
        caught_up: Callable[[], None] = lambda: None,
    ) -> None:
        """Call `consume(readings, now_us, position)` for every batch after position `after` (None: after the snapshot
        of the latest values) until `stop`: readings that count, without duplicates, stuck and too late ones.
        `caught_up` is called when what was stored before is lived through.
        """
        listener = threading.Thread(
            target=listen, args=(self._db, [NOTIFIED], self._wake, stop), name="sensing-listen", daemon=True
        )
        try:
            if after is not None and after != self.latest.position:
                self.latest = self._restored(after)
            self._replay(consume, after or 0, stop)
            caught_up()
            listener.start()
            while not stop.is_set():
                self._once(consume)
        finally:
            with self._changed:
                self._failed = True
                self._changed.notify_all()

    def save(self, tx: Tx) -> int:
        """Snapshot of the latest values in the engine's transaction (policy "sensing"), while nothing steps; the position
        that it is of.
        """
        self.keep(tx, self.frozen(self.newest(tx)))
        return self.latest.position

    def newest(self, tx: Tx) -> int:
        """Position of the newest snapshot of the latest values."""
        return snapshots.newest(tx)

    def frozen(self, after: int) -> snapshots.Frozen:
        """What has changed since the snapshot at `after`, to be kept later; while nothing steps."""
        return snapshots.frozen(self.latest, after)

    def keep(self, tx: Tx, kept: snapshots.Frozen) -> None:
        """`save` of what was frozen."""
        snapshots.save(tx, kept)

    def _wake(self, _channels: set[str]) -> None:
        with self._changed:
            self._foreign = True
            self._changed.notify_all()

    def _restored(self, upto: int | None) -> Latest:
        with self._db.begin(SYSTEM) as tx:
            latest = Latest(self._folder, streams(tx))
            snapshots.restore(tx, latest, upto)
        return latest

    def _replay(self, consume: Consume, heard: int, stop: threading.Event) -> None:
        """Bodies after the snapshot, page by page; the engine has heard of those up to `heard`."""
        after = self.latest.position
        while not stop.is_set():
            with self._db.begin(SYSTEM) as tx:
                rows = tx.execute(_REPLAY, {"after": after, "page": PAGE}).all()
            for row in rows:
                self._consume(consume if row.position > heard else _nobody, _batch(row))
                after = row.position
            if len(rows) < PAGE:
                break
        with self._changed:
            self._ready = True
            self._changed.notify_all()

    def _once(self, consume: Consume) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._line or self._foreign, IDLE_S)
            foreign, self._foreign = self._foreign, False
        try:
            if foreign:
                self._take_foreign()
            if time.monotonic() - self._looked >= IDLE_S:
                self._look_after()
        except (Unavailable, sa.exc.SQLAlchemyError) as away:
            log.warning("the log cannot be read, trying again: %s", away)
            self._foreign = True
            threading.Event().wait(IDLE_S)
        while self._line:
            batch = self._line[0]
            self._consume(consume, batch)
            with self._changed:
                self._line.popleft()
                self._changed.notify_all()

    def _take_foreign(self) -> None:
        """Give positions to committed batches of others, and a place in the line."""
        with self._turn:
            with self._db.begin(SYSTEM) as tx:
                rows = tx.execute(_WAITING, {"page": PAGE}).all()
            with self._changed:
                self._line.extend(sorted((_batch(row) for row in rows), key=lambda batch: batch[2]))
                self._foreign = self._foreign or len(rows) == PAGE

    def _look_after(self) -> None:
        """The registry may have changed, and the heartbeat goes on where nothing comes."""
        with self._db.begin(SYSTEM) as tx:
            known = streams(tx)
        if known is not self.latest.known:
            with self.stepping:
                self.latest.relayout(known)
        self._looked = time.monotonic()
        self._beat()

    def _consume(self, consume: Consume, batch: Batch) -> None:
        readings, now, position = batch
        if not self.latest.knows(readings):
            self._look_after()
        with self.stepping:
            stepped = self.latest.step(readings, now, position)
            consume(stepped.counts, now, position)
        known, day = self.latest.known, day_of(now)
        for what, found in stepped.streams(readings):
            self._counts.add(day, what, known.thing[known.of_ids(found)])
        self._beat()

    def _beat(self) -> None:
        """In real time, whatever the installation's clock says."""
        self.latest.shared.beats(time.time_ns() // 1000, self.latest.position)


def _nobody(_readings: Readings, _now: int, _position: int) -> None:
    """For batches that the engine has heard of."""


def _batch(row: sa.Row[Any]) -> Batch:
    return Readings.unpack(row.body), microseconds(row.arrived), int(row.position)
