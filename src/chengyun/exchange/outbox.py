"""Moves of incidents become deliveries in the transaction that makes them.

Intake is the hot path: a process remembers for a second who wants to be told. Where nobody does, a move costs no
statement; otherwise one INSERT for all who do. A new subscription therefore hears what happens from a second on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from chengyun.exchange.contracts import SubscriptionsChanged
from chengyun.exchange.rules import event_of
from chengyun.exchange.tables import delivery, subscription
from chengyun.incidents.contracts import IncidentMoved
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Tx

POLICY = "exchange.outbox"
REMEMBERED = 1.0  # seconds
_SET = sa.text("SELECT set_config('chengyun.system', :name, true)")


@dataclass(frozen=True, slots=True)
class Ear:
    """A subscription as far as it decides what it is told."""

    id: int
    region: int
    types: frozenset[str]


class Ears:
    """Who wants to be told, remembered per process and database."""

    def __init__(self) -> None:
        self._known: tuple[Ear, ...] = ()
        self._until = 0.0
        self._changed = 0.0
        self._lock = threading.Lock()

    def heard(self, tx: Tx, news: IncidentMoved) -> None:
        """Write one delivery for each subscription that is to hear of this move."""
        if news.about is None:
            return
        kind, readers = event_of(news.move), set(news.about.readers)
        rows = [
            {
                "subscription_id": ear.id,
                "type": kind.value,
                "incident_id": news.incident,
                "number": news.about.number,
                "move": news.move,
                "incident_state": news.state.value,
                "at": tx.now,
            }
            for ear in self._listening(tx)
            if kind in ear.types and ear.region in readers
        ]
        if rows:
            # No RETURNING: whoever makes the move may not see the subscriptions.
            tx.execute(sa.insert(delivery).inline(), rows)

    def changed(self, tx: Tx, news: SubscriptionsChanged) -> None:
        """Somebody has changed who is told: nothing is remembered until that has surely committed."""
        with self._lock:
            self._until, self._changed = 0.0, time.monotonic()

    def _listening(self, tx: Tx) -> tuple[Ear, ...]:
        now = time.monotonic()
        with self._lock:
            if now < self._until:
                return self._known
        known = _read(tx)
        with self._lock:
            self._known = known
            if now >= self._changed + REMEMBERED:
                self._until = now + REMEMBERED
        return known


def register(bus: Bus) -> None:
    """Hear every move of incidents."""
    ears = Ears()
    bus.subscribe(IncidentMoved, ears.heard)
    bus.subscribe(SubscriptionsChanged, ears.changed)


@contextmanager
def acting_as(tx: Tx, policy: str) -> Iterator[None]:
    """A system policy for a few statements of somebody's transaction; the caller stays the actor."""
    before = tx.execute(sa.text("SELECT coalesce(current_setting('chengyun.system', true), '')")).scalar_one()
    tx.execute(_SET, {"name": policy})
    yield
    tx.execute(_SET, {"name": before})


def _read(tx: Tx) -> tuple[Ear, ...]:
    with acting_as(tx, POLICY):
        query = sa.select(subscription.c.id, subscription.c.region_id, subscription.c.types)
        found = tx.execute(query.where(subscription.c.state != "ended")).all()
    return tuple(Ear(row.id, row.region_id, frozenset(row.types)) for row in found)
