"""Deliveries: whose turn it is, what came of it, and the log of both.

A delivery is in line behind the earlier ones of its incident, and nothing else: while one is tried again, those of
other incidents go on. It leaves the line when it is delivered, withheld or given up.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.exchange import rules
from chengyun.exchange.contracts import (
    MANAGE,
    Delivery,
    DeliveryAttempt,
    DeliveryLog,
    DeliveryPage,
    DeliveryState,
    EventType,
    Paused,
)
from chengyun.exchange.sending import Outcome
from chengyun.exchange.subscriptions import old_valid
from chengyun.exchange.tables import attempt, delivery, subscription
from chengyun.identity import service as identity
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, NotFound, message
from chengyun.kernel.transactions import Tx

d, s = delivery.c, subscription.c
PENDING = DeliveryState.PENDING.value
GONE = 410
REAL_NOW = sa.func.clock_timestamp()
# A delivery is claimed for so long: longer than any attempt takes. Whoever dies meanwhile has it sent again.
CLAIMED_FOR = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this process sends now, with what is needed to send it (the row of both tables)."""

    row: Any
    n: int  # which attempt


def due(tx: Tx) -> list[int]:
    """Subscriptions for which something may be sent now."""
    free = sa.or_(d.locked_until.is_(None), d.locked_until < REAL_NOW)
    waits = sa.exists().where(d.subscription_id == s.id, d.state == PENDING, d.next_at <= REAL_NOW, free)
    rested = sa.or_(s.rest_until.is_(None), s.rest_until <= REAL_NOW)
    return list(tx.execute(sa.select(s.id).where(s.state == "active", rested, waits)).scalars())


def claim(tx: Tx, subscription_id: int, claimed_for: timedelta = CLAIMED_FOR) -> Claim | None:
    """The next delivery of a subscription whose turn it is, for this process alone; the attempt is noted first."""
    row = tx.execute(_next(subscription_id)).one_or_none()
    if row is None:
        return None
    taken = {
        "attempts": d.attempts + 1,
        "locked_until": REAL_NOW + claimed_for,
        "first_at": sa.func.coalesce(d.first_at, REAL_NOW),
    }
    tx.execute(sa.update(delivery).where(d.id == row.id).values(taken))
    n = row.attempts + 1
    tx.execute(sa.insert(attempt).values(delivery_id=row.id, n=n))
    return Claim(row, n)


def settle(tx: Tx, taken: Claim, outcome: Outcome) -> None:
    """Note what came of an attempt and decide what follows."""
    row = taken.row
    noted = {
        "duration_ms": outcome.duration_ms,
        "status": outcome.status,
        "error": outcome.error,
        "answer": outcome.answer,
    }
    mine = sa.and_(attempt.c.delivery_id == row.id, attempt.c.n == taken.n)
    tx.execute(sa.update(attempt).where(mine).values(noted))
    if outcome.ok:
        _finish(tx, row.id, DeliveryState.DELIVERED)
        _note(tx, row, failures=0, rest_until=None, last_ok=REAL_NOW)
        return
    _failed(tx, row)
    if outcome.status == GONE:
        stop(tx, row.subscription_id, Paused.GONE)


def _failed(tx: Tx, row: Any) -> None:
    """Another attempt later, or, after a day of them, none."""
    known = sa.select(s.failures, s.last_ok, d.first_at, d.attempts, REAL_NOW.label("now"))
    known = (
        known.join(delivery, d.subscription_id == s.id).where(d.id == row.id).with_for_update(of=subscription)
    )
    held = tx.execute(known).one()
    failures = held.failures + 1
    rest = timedelta(seconds=rules.rest(failures))
    _note(tx, row, failures=failures, rest_until=REAL_NOW + rest, last_failed=REAL_NOW)
    if rules.given_up(held.now - held.first_at):
        _finish(tx, row.id, DeliveryState.DEAD)
        if held.last_ok is None or held.last_ok < held.first_at:
            stop(tx, row.subscription_id, Paused.FAILING)
        return
    wait = timedelta(seconds=rules.pause(held.attempts, random.random()))  # noqa: S311  no secret, only spread
    later = {"locked_until": None, "next_at": REAL_NOW + wait}
    tx.execute(sa.update(delivery).where(d.id == row.id).values(later))


def withhold(tx: Tx, taken: Claim) -> None:
    """The incident is not the creator's to see any more: nothing is sent, and the log says so."""
    forget(tx, taken)
    _finish(tx, taken.row.id, DeliveryState.WITHHELD)


def forget(tx: Tx, taken: Claim) -> None:
    """Nothing was sent after all: the attempt does not stand in the log."""
    mine = sa.and_(attempt.c.delivery_id == taken.row.id, attempt.c.n == taken.n)
    tx.execute(sa.delete(attempt).where(mine))


def stop(tx: Tx, subscription_id: int, why: Paused) -> None:
    """Pause a subscription for a reason of its own; what it was sending waits."""
    paused = {"state": "paused", "paused_why": why.value}
    tx.execute(sa.update(subscription).where(s.id == subscription_id, s.state == "active").values(paused))
    free = {"locked_until": None, "next_at": REAL_NOW}
    waiting = sa.and_(d.subscription_id == subscription_id, d.state == PENDING)
    tx.execute(sa.update(delivery).where(waiting).values(free))
    audit.record(tx, "webhook.paused", ("subscription", subscription_id), {"why": why.value})


def _finish(tx: Tx, delivery_id: int, state: DeliveryState) -> None:
    done = {"state": state.value, "locked_until": None, "done_at": REAL_NOW}
    tx.execute(sa.update(delivery).where(d.id == delivery_id).values(done))


def _note(tx: Tx, row: Any, **values: Any) -> None:
    tx.execute(sa.update(subscription).where(s.id == row.subscription_id).values(values))


# the log


def listed(
    tx: Tx,
    *,
    subscription_id: int | None = None,
    state: DeliveryState | None = None,
    number: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> DeliveryPage:
    """The log, newest first. Needs exchange.manage."""
    query = _shown(tx).order_by(d.id.desc()).limit(limit + 1)
    if subscription_id is not None:
        query = query.where(d.subscription_id == subscription_id)
    if state is not None:
        query = query.where(d.state == state.value)
    if number is not None:
        query = query.where(d.number == number)
    if before is not None:
        query = query.where(d.id < before)
    rows = tx.execute(query).all()
    items = [_shape(row, tx.actor.language) for row in rows[:limit]]
    return DeliveryPage(items, items[-1].id if len(rows) > limit else None)


def log_of(tx: Tx, delivery_id: int) -> DeliveryLog:
    """A delivery with its attempts, the first one first. Raises NotFound outside the actor's jurisdiction."""
    found = _one(tx, delivery_id)
    query = sa.select(attempt).where(attempt.c.delivery_id == delivery_id).order_by(attempt.c.n)
    language = tx.actor.language
    tried = [
        DeliveryAttempt(row.n, row.at, row.duration_ms, row.status, _words(row.error, language), row.answer)
        for row in tx.execute(query)
    ]
    return DeliveryLog(_shape(found, language), tried)


def again(tx: Tx, delivery_id: int) -> Delivery:
    """Send once more what was delivered or given up, with the same id, for another day if need be."""
    row = _one(tx, delivery_id)
    if row.state == PENDING:
        raise Conflict("exchange.still_waiting")
    anew = {"state": PENDING, "first_at": None, "next_at": REAL_NOW, "done_at": None, "locked_until": None}
    tx.execute(sa.update(delivery).where(d.id == delivery_id).values(anew))
    audit.record(tx, "webhook.sent_again", ("delivery", delivery_id))
    return _shape(_one(tx, delivery_id), tx.actor.language)


def _shown(tx: Tx) -> sa.Select[Any]:
    tx.actor.require(MANAGE)
    latest = (
        sa.select(attempt.c.status, attempt.c.error)
        .where(attempt.c.delivery_id == d.id)
        .order_by(attempt.c.n.desc())
        .limit(1)
        .lateral("latest")
    )
    return (
        sa.select(delivery, s.name, latest.c.status.label("last_status"), latest.c.error.label("last_error"))
        .select_from(delivery.join(subscription).outerjoin(latest, sa.true()))
        .where(identity.readable_by(tx.actor, s.readers), s.state != "ended")
    )


def _one(tx: Tx, delivery_id: int) -> Any:
    row = tx.execute(_shown(tx).where(d.id == delivery_id)).one_or_none()
    if row is None:
        raise NotFound("exchange.no_delivery")
    return row


def _words(error: str | None, language: str) -> str | None:
    return message(error, {}, language) if error else None


def event_id(delivery_id: int) -> str:
    """The id that a receiver tells repetitions by."""
    return f"msg_{delivery_id}"


def _next(subscription_id: int) -> sa.Select[Any]:
    """The oldest delivery that is due, that nobody holds and that none of the same incident goes before."""
    earlier = delivery.alias("earlier")
    behind = sa.exists().where(
        earlier.c.subscription_id == d.subscription_id,
        earlier.c.incident_id == d.incident_id,
        earlier.c.state == PENDING,
        earlier.c.id < d.id,
    )
    free = sa.or_(d.locked_until.is_(None), d.locked_until < REAL_NOW)
    return (
        sa.select(delivery, s.ref, s.url, s.secret, s.old_secret, old_valid(subscription), s.region_id)
        .add_columns(s.created_by, s.created_post)
        .join(subscription, s.id == d.subscription_id)
        .where(d.subscription_id == subscription_id, s.state == "active")
        .where(d.state == PENDING, d.next_at <= REAL_NOW, free, sa.not_(behind))
        .order_by(d.next_at, d.id)
        .limit(1)
        .with_for_update(of=delivery, skip_locked=True)
    )


def _shape(row: Any, language: str) -> Delivery:
    waits: datetime | None = row.next_at if row.state == PENDING else None
    return Delivery(
        id=row.id,
        event=event_id(row.id),
        subscription=row.subscription_id,
        subscription_name=row.name,
        type=EventType(row.type),
        incident=row.incident_id,
        number=row.number,
        move=row.move,
        at=row.at,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_at=waits,
        done_at=row.done_at,
        last_status=row.last_status,
        last_error=_words(row.last_error, language),
    )
