"""The live process: batches become steps, steps become values on the board and alarms in the database (decision 0019).
The same readings go to the watch, which knows what is usual for each datastream.

One thread at a time works with the engine. What a step says is stored by a thread of its own (`storing`), in order; a
snapshot is kept once all that its steps have said is stored.

Numbers (of incidents, of registers) are not in the log. Signs that they are in say nothing until the numbers have come
for the first time; their episodes are then what is stored, whatever a replay made of them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from chengyun.kernel.errors import AppError, Unavailable
from chengyun.kernel.transactions import Database, Tx
from chengyun.sensing.contracts import Readings
from chengyun.sensing.live.follower import Follower
from chengyun.sensing.service import microseconds, moment
from chengyun.territory import service as territory
from chengyun.vitals.alarms import recording
from chengyun.vitals.board import announce, publish
from chengyun.vitals.contracts import Change
from chengyun.vitals.engine.adopting import adopt, of_numbers, unjudged
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.live import feeding, keeping
from chengyun.vitals.live.planning import Planned, planned, tokens_of
from chengyun.vitals.live.storing import SYSTEM, Storing
from chengyun.vitals.live.watching import Watch
from chengyun.vitals.lookup.trend import record_trend

log = logging.getLogger(__name__)
TICK_S = 0.2  # between two looks at time alone
LOOK_S = 1.0  # between two looks at whether definitions, things or territory have changed
COUNT_S, SLOW_S = 60.0, 600.0  # between two counts of incidents; with medians
TREND_S = 900  # between two points of a trend
SNAPSHOT_S = 60.0
NOTHING = Readings(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64))


class Live:
    """What the process `sense` keeps. `run` belongs to the main thread."""

    def __init__(self, db: Database, home: Path, follower: Follower) -> None:
        self._db, self._folder, self._follower = db, home / "live", follower
        self._turn = follower.stepping
        self._storing = Storing(db)
        self._position = 0
        self._pointed = 0
        self._numbers = threading.Lock()  # one at a time gives numbers
        self._feeding = feeding.Feeding()
        self._fed = False  # whether numbers have come since the start
        self._room, self._packing = keeping.Room(), keeping.Packing()
        self._saved = time.monotonic()
        self._stop = threading.Event()
        self._offset_us = 0  # of the installation's clock from the machine's
        with db.begin(SYSTEM) as tx:
            self._planned = planned(tx)
            self._board = publish(self._folder, self._planned.plan.layout)
            self._engine = Engine(self._planned.plan, self._board.rows)
            self._of_numbers = of_numbers(self._planned.plan)
            self._watch = Watch(self._planned.watched)
            self._heard = self._restored(tx)

    def run(self, stop: threading.Event) -> None:
        """Until asked to stop."""
        self._stop = stop
        announce(self._folder, self._planned.plan.layout.digest)
        storing = _thread(self._storing.run, stop)
        beside: list[threading.Thread] = []

        def caught_up() -> None:
            beside.extend(_thread(work, stop) for work in (self._tick, self._count, self._keep))
            threading.Thread(target=self._warm, name="vitals-warm", daemon=True).start()

        self._follower.run(self._consume, stop, self._heard, caught_up)
        for thread in beside:
            thread.join()
        with self._turn:
            self._snapshot_now()
        self._storing.close()
        storing.join()

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
        self._say(self._unjudged(tx, self._engine))
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
        self._storing.wait(self._storing.said)
        board = publish(self._folder, made.plan.layout)
        engine = Engine(made.plan, board.rows)
        engine.load(self._engine.dump())
        self._watch.follow(made.watched)
        with self._db.begin(SYSTEM) as tx:
            ended = self._unjudged(tx, engine)
        self._engine, self._board, self._planned = engine, board, made
        self._of_numbers = of_numbers(made.plan)
        self._feeding = feeding.Feeding()
        self._say(ended)
        self._snapshot_now()
        announce(self._folder, made.plan.layout.digest)
        log.info("%d signs, %d rows", len(made.plan.signs), len(board.rows))

    # steps

    def now(self) -> int:
        """The installation's moment, microseconds."""
        return time.time_ns() // 1000 + self._offset_us

    def _consume(self, readings: Readings, now_us: int, position: int) -> None:
        with self._turn:
            self._step(readings, now_us)
            self._say(self._watch.step(readings, now_us))
            self._position = position
            self._beat()

    def _step(self, readings: Readings, now_us: int) -> None:
        changes = self._engine.step(readings, now_us)
        if not self._fed:
            changes = [one for one in changes if one.sign not in self._of_numbers]
        self._say(changes)

    def _say(self, changes: Sequence[Change]) -> None:
        self._storing.say(changes, self._planned.signs)

    def _beat(self) -> None:
        self._board.beats(time.time_ns() // 1000, self._position)

    def _tick(self, stop: threading.Event) -> None:
        looked = 0.0
        while not stop.wait(TICK_S):
            try:
                if time.monotonic() - looked >= LOOK_S:
                    self._renew()
                    looked = time.monotonic()
                with self._turn:
                    self._step(NOTHING, self.now())
                    self._beat()
                self._point()
            except (Unavailable, sa.exc.SQLAlchemyError) as away:
                log.warning("the database is away, trying again: %s", away)

    # snapshots

    def _keep(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_S):
            if time.monotonic() - self._saved < SNAPSHOT_S:
                continue
            try:
                self._snapshot()
            except (Unavailable, sa.exc.SQLAlchemyError) as away:
                log.warning("the state cannot be kept, trying again: %s", away)

    def _snapshot(self) -> None:
        """The state of one moment is copied; while it is compressed and stored, steps go on. Where a later one was kept
        meanwhile, this one is forgotten.
        """
        with self._db.begin(SYSTEM) as tx, tx.under("sensing"):
            after = self._follower.newest(tx)
        with self._turn:
            began, said, position = time.monotonic(), self._storing.said, self._position
            about, parts = self._engine.about(), self._room.copied(self._engine.parts())
            watch = self._watch.dump()
            latest = self._follower.frozen(after)
        pieces = self._packing.packed({**about, **parts, **watch})
        if not self._storing.wait(said):
            return
        with self._db.begin(SYSTEM) as tx:
            keeping.alone(tx)
            if self._saved < began:
                keeping.save(tx, pieces, position)
                with tx.under("sensing"):
                    self._follower.keep(tx, latest)
        self._saved = time.monotonic()

    def _snapshot_now(self) -> None:
        """While nothing steps: the plan changes, or this is the end. Asked to stop without a database, it gives up."""
        while self._storing.wait(self._storing.said):
            try:
                self._save()
            except (Unavailable, sa.exc.OperationalError) as away:
                log.warning("the state cannot be kept, trying again: %s", away)
                if self._stop.wait(LOOK_S):
                    raise
                continue
            break

    def _save(self) -> None:
        with self._db.begin(SYSTEM) as tx:
            keeping.alone(tx)
            keeping.save(tx, self._packing.packed(self._engine.dump() | self._watch.dump()), self._position)
            with tx.under("sensing"):
                self._follower.save(tx)
        self._saved = time.monotonic()

    # numbers and trends

    def _count(self, stop: threading.Event) -> None:
        slow, pause = -SLOW_S, 0.0
        while not stop.wait(pause):
            due = time.monotonic() - slow >= SLOW_S
            try:
                self._feed(slow=due)
            except (Unavailable, sa.exc.SQLAlchemyError) as away:
                log.warning("incidents cannot be counted, trying again: %s", away)
                pause = LOOK_S
                continue
            slow, pause = time.monotonic() if due else slow, COUNT_S

    def _feed(self, slow: bool) -> None:
        """Give the numbers. The first time the episodes of signs with numbers are made those that are stored."""
        with self._numbers:
            with self._turn:
                self._step(NOTHING, self.now())
                engine, source, signs = self._engine, self._feeding, self._planned.signs
            with self._db.begin(SYSTEM) as tx:
                given = source.changed(tx, signs, slow)
                running = [] if self._fed else recording.running(tx)
            prepared = engine.prepare(feeding.fitting(engine, given))
            with self._turn:
                if engine is not self._engine:
                    return  # whoever changed the plan gives all numbers again
                if not self._fed:
                    adopt(engine, running, self._of_numbers)
                    self._fed = True
                engine.bring_in(prepared)
                self._step(NOTHING, self.now())
                self._beat()

    def _point(self) -> None:
        """A point of the trends where its time has come, once in the installation."""
        due = self.now() // 1_000_000 // TREND_S * TREND_S
        if due <= self._pointed:
            return
        with self._db.begin(SYSTEM) as tx:
            record_trend(tx, moment(due * 1_000_000), self._board)
        self._pointed = due


def _thread(work: Callable[[threading.Event], None], stop: threading.Event) -> threading.Thread:
    found = threading.Thread(target=work, args=[stop], name=f"vitals-{work.__name__.strip('_')}", daemon=True)
    found.start()
    return found
