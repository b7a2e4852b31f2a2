"""The live process: batches become steps, steps become values on the board and alarms in the database (decision 0019).
The same readings go to the watch, which knows what is usual for each datastream.

One thread at a time works with the engine. What a step says is stored before the next begins; a database that is away
is waited for, and the board is stale meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import AppError, Unavailable
from chengyun.kernel.transactions import Database, Tx
from chengyun.sensing.contracts import Readings
from chengyun.sensing.live.follower import Follower
from chengyun.sensing.service import microseconds, moment
from chengyun.territory import service as territory
from chengyun.vitals.alarms import recording
from chengyun.vitals.board import announce, publish
from chengyun.vitals.contracts import Change
from chengyun.vitals.engine.adopting import adopt, unjudged
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.live import feeding, keeping
from chengyun.vitals.live.planning import Planned, planned, tokens_of
from chengyun.vitals.live.watching import Watch
from chengyun.vitals.lookup.trend import record_trend

log = logging.getLogger(__name__)
SYSTEM = system_actor("vitals")
TICK_S = 0.2  # between two looks at time alone
LOOK_S = 1.0  # between two looks at whether definitions, things or territory have changed
COUNT_S, SLOW_S = 60.0, 600.0  # between two counts of incidents; with medians
TREND_S = 900  # between two points of a trend
SNAPSHOT_S = 60.0
AGAIN_S = 0.5
NOTHING = Readings(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64))


class Live:
    """What the process `sense` keeps. `run` belongs to the main thread."""

    def __init__(self, db: Database, home: Path, follower: Follower) -> None:
        self._db, self._folder, self._follower = db, home / "live", follower
        self._turn = follower.stepping
        self._pending: list[Change] = []
        self._position = 0
        self._pointed = 0
        self._feeding = feeding.Feeding()
        self._packing = keeping.Packing()
        self._saved = time.monotonic()
        self._saves = 0
        self._stop = threading.Event()
        self._offset_us = 0  # of the installation's clock from the machine's
        with db.begin(SYSTEM) as tx:
            self._planned = planned(tx)
            self._board = publish(self._folder, self._planned.plan.layout)
            self._engine = Engine(self._planned.plan, self._board.rows)
            self._watch = Watch(self._planned.watched)
            self._heard = self._restored(tx)

    def run(self, stop: threading.Event) -> None:
        """Until asked to stop."""
        self._stop = stop
        announce(self._folder, self._planned.plan.layout.digest)
        beside = [
            threading.Thread(target=work, args=[stop], name=name, daemon=True)
            for name, work in (
                ("vitals-tick", self._tick),
                ("vitals-count", self._count),
                ("vitals-keep", self._keep),
            )
        ]
        for thread in beside:
            thread.start()
        threading.Thread(target=self._warm, name="vitals-warm", daemon=True).start()
        self._follower.run(self._consume, stop, self._heard)
        for thread in beside:
            thread.join()
        with self._turn:
            self._flush(snapshot=True)

    def _warm(self) -> None:
        """An alarm that opens an incident looks its place up: the territory is there before the first does."""
        try:
            with self._db.begin(SYSTEM) as tx:
                territory.warm(tx)
        except AppError as away:  # the first alarm loads it
            log.info("territory not loaded: %s", away)

    def _restored(self, tx: Tx) -> int | None:
        """Position of the snapshot that was taken over; where there is none, what is open goes on."""
        kept = keeping.restore(tx)
        if kept is None:
            adopt(self._engine, recording.running(tx))
            self._watch.adopt(recording.unusual(tx))
        else:
            self._position, chunks = kept
            self._engine.load(chunks)
            self._watch.load(chunks)
        self._pending += self._unjudged(tx, self._engine)
        return kept[0] if kept else None

    def _unjudged(self, tx: Tx, engine: Engine) -> list[Change]:
        """The ends of episodes that are stored as open and that nobody judges any more."""
        now = microseconds(tx.now)
        ended = unjudged(engine, recording.running(tx), now)
        return ended + self._watch.unwatched(recording.unusual(tx), now)

    # plan

    def _renew(self) -> None:
        """Make the plan anew where what it is made of has changed."""
        with self._db.begin(SYSTEM) as tx:
            self._offset_us = microseconds(tx.now) - time.time_ns() // 1000
            if tokens_of(tx) == self._planned.tokens:
                return
            made = planned(tx)
        with self._turn:
            self._go_over(made)
        self._feed(slow=True)

    def _go_over(self, made: Planned) -> None:
        """The state is carried to the new plan; the board is another."""
        self._flush()
        board = publish(self._folder, made.plan.layout)
        engine = Engine(made.plan, board.rows)
        engine.load(self._engine.dump())
        self._watch.follow(made.watched)
        with self._db.begin(SYSTEM) as tx:
            self._pending += self._unjudged(tx, engine)
        self._engine, self._board, self._planned = engine, board, made
        self._feeding = feeding.Feeding()
        self._flush(snapshot=True)
        announce(self._folder, made.plan.layout.digest)
        log.info("%d signs, %d rows", len(made.plan.signs), len(board.rows))

    # steps

    def now(self) -> int:
        """The installation's moment, microseconds."""
        return time.time_ns() // 1000 + self._offset_us

    def _consume(self, readings: Readings, now_us: int, position: int) -> None:
        with self._turn:
            self._pending += self._engine.step(readings, now_us)
            self._pending += self._watch.step(readings, now_us)
            self._position = position
            self._flush()

    def _tick(self, stop: threading.Event) -> None:
        looked = 0.0
        while not stop.wait(TICK_S):
            try:
                if time.monotonic() - looked >= LOOK_S:
                    self._renew()
                    looked = time.monotonic()
                with self._turn:
                    self._pending += self._engine.step(NOTHING, self.now())
                    self._flush()
                self._point()
            except (Unavailable, sa.exc.SQLAlchemyError) as away:
                log.warning("the database is away, trying again: %s", away)

    def _flush(self, snapshot: bool = False) -> None:
        """Store what the steps have said, until it is stored; the caller has the turn. Asked to stop without a database,
        it gives up: the next start lives through these steps again.
        """
        while self._pending or snapshot:
            try:
                self._store(snapshot)
            except (Unavailable, sa.exc.OperationalError) as away:
                log.warning("alarms cannot be stored, trying again: %s", away)
                if self._stop.wait(AGAIN_S):
                    raise
                continue
            break
        self._board.beats(time.time_ns() // 1000, self._position)

    def _store(self, snapshot: bool) -> None:
        with self._db.begin(SYSTEM) as tx:
            recording.record(tx, self._pending, self._planned.signs)
            if snapshot:
                self._saves += 1
                chunks = self._engine.dump() | self._watch.dump()
                keeping.alone(tx)
                keeping.save(tx, self._packing.packed(chunks), self._position)
                with tx.under("sensing"):
                    self._follower.save(tx)
        self._pending.clear()
        if snapshot:
            self._saved = time.monotonic()

    def _keep(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_S):
            if time.monotonic() - self._saved < SNAPSHOT_S:
                continue
            try:
                self._snapshot()
            except (Unavailable, sa.exc.SQLAlchemyError) as away:
                log.warning("the state cannot be kept, trying again: %s", away)

    def _snapshot(self) -> None:
        """The state of one moment is copied; while it is compressed and stored, steps go on. Where somebody else has
        kept a later one meanwhile, this one is forgotten.
        """
        with self._db.begin(SYSTEM) as tx, tx.under("sensing"):
            after = self._follower.newest(tx)
        with self._turn:
            self._flush()
            saves, position = self._saves, self._position
            chunks = self._engine.dump() | self._watch.dump()
            latest = self._follower.frozen(after)
        pieces = self._packing.packed(chunks)
        with self._db.begin(SYSTEM) as tx:
            keeping.alone(tx)
            if self._saves == saves:
                keeping.save(tx, pieces, position)
                with tx.under("sensing"):
                    self._follower.keep(tx, latest)
        self._saved = time.monotonic()

    # numbers and trends

    def _count(self, stop: threading.Event) -> None:
        slow = 0.0
        while True:
            try:
                due = time.monotonic() - slow >= SLOW_S
                self._feed(slow=due)
                slow = time.monotonic() if due else slow
            except (Unavailable, sa.exc.SQLAlchemyError) as away:
                log.warning("incidents cannot be counted, trying again: %s", away)
            if stop.wait(COUNT_S):
                return

    def _feed(self, slow: bool) -> None:
        """Give the numbers; what they raise is kept with a snapshot, since they do not come again after a crash."""
        with self._db.begin(SYSTEM) as tx:
            given = self._feeding.changed(tx, self._planned.signs, slow)
        with self._turn:
            feeding.give(self._engine, given)
            self._pending += self._engine.step(NOTHING, self.now())
            self._flush(snapshot=bool(self._pending))

    def _point(self) -> None:
        """A point of the trends where its time has come, once in the installation."""
        due = self.now() // 1_000_000 // TREND_S * TREND_S
        if due <= self._pointed:
            return
        with self._db.begin(SYSTEM) as tx:
            record_trend(tx, moment(due * 1_000_000), self._board)
        self._pointed = due
