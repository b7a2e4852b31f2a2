"""Work that nobody waits for: sending what is due, and forgetting what was kept long enough."""

from __future__ import annotations

import threading
from datetime import timedelta

import sqlalchemy as sa

from chengyun.exchange.contracts import DeliveryState
from chengyun.exchange.delivering import desk_of, keep_sending
from chengyun.exchange.tables import attempt, delivery, message, subscription
from chengyun.kernel.jobs import loop, periodic
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database, Tx

LOG_KEPT = timedelta(days=30)  # deliveries that are done, with their attempts
WAITING_KEPT = timedelta(days=7)  # deliveries that a paused subscription has not sent
REPLAY_KEPT = timedelta(days=90)  # messages that came in; a repetition after that is refused by its time
BATCH = 5_000
d = delivery.c


@loop("exchange.deliver")
def deliver(db: Database, stop: threading.Event) -> None:
    """Send with the settings of this installation."""
    keep_sending(desk_of(db, Settings.from_env()), stop)


@periodic("exchange.sweep", every=600.0)
def sweep(tx: Tx) -> None:
    """Give up what waited too long, drop what is logged long enough, in batches."""
    now = sa.func.clock_timestamp()
    paused = sa.select(subscription.c.id).where(subscription.c.state == "paused")
    stale = sa.and_(d.state == DeliveryState.PENDING.value, d.made_at < now - WAITING_KEPT)
    given_up = {"state": DeliveryState.DEAD.value, "done_at": now}
    tx.execute(sa.update(delivery).where(stale, d.subscription_id.in_(paused)).values(given_up))
    old = list(tx.execute(sa.select(d.id).where(d.done_at < now - LOG_KEPT).limit(BATCH)).scalars())
    tx.execute(sa.delete(attempt).where(attempt.c.delivery_id.in_(old)))
    tx.execute(sa.delete(delivery).where(d.id.in_(old)))
    tx.execute(sa.delete(message).where(message.c.at < now - REPLAY_KEPT))
