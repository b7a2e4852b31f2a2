"""What the steps have said on its way into the database: in the order in which it was said, by one thread, until it is
there. Steps do not wait for it; a snapshot of their state does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import Unavailable
from chengyun.kernel.transactions import Database
from chengyun.vitals.alarms import recording
from chengyun.vitals.contracts import Change, Sign

log = logging.getLogger(__name__)
SYSTEM = system_actor("vitals")
AGAIN_S = 0.5


class Storing:
    """`run` belongs to one thread; the rest may be called from any, `say` with the turn."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._changed = threading.Condition()
        self._line: list[Change] = []
        self._signs: Mapping[str, Sign] = {}
        self._said = self._stored = 0
        self._closing = self._ended = False

    def say(self, changes: Sequence[Change], signs: Mapping[str, Sign]) -> None:
        """Store them; `signs`: by code, those in force."""
        if not changes:
            return
        with self._changed:
            self._line += changes
            self._signs = signs
            self._said += len(changes)
            self._changed.notify_all()

    @property
    def said(self) -> int:
        """How many changes were said so far."""
        with self._changed:
            return self._said

    def wait(self, said: int) -> bool:
        """Until the first `said` changes are stored; False when they will not be before the next start."""
        with self._changed:
            self._changed.wait_for(lambda: self._stored >= said or self._ended)
            return self._stored >= said

    def close(self) -> None:
        """Nothing more will be said."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def run(self, stop: threading.Event) -> None:
        """Until closed and everything is stored. Asked to stop without a database, it gives up: the next start lives
        through these steps again.
        """
        while self._some():
            changes, signs = self._line[:], self._signs
            try:
                with self._db.begin(SYSTEM) as tx:
                    recording.record(tx, changes, signs)
            except (Unavailable, sa.exc.OperationalError) as away:
                log.warning("alarms cannot be stored, trying again: %s", away)
                if stop.wait(AGAIN_S):
                    break
                continue
            with self._changed:
                del self._line[: len(changes)]
                self._stored += len(changes)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _some(self) -> bool:
        """Wait for something to store; False at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._line or self._closing)
            return bool(self._line)
