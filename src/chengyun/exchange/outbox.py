"""Moves of incidents become deliveries in the transaction that makes them.

Intake is the hot path: a process keeps in memory who wants to be told, for as long as that does not change. Where
nobody does, a move costs no statement; otherwise its deliveries are written with what it writes itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from chengyun.exchange.contracts import EventType
from chengyun.exchange.rules import event_of
from chengyun.exchange.tables import delivery, subscription
from chengyun.incidents.contracts import IncidentMoved
from chengyun.kernel.events import Bus
from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx

POLICY = "exchange.outbox"


@dataclass(frozen=True, slots=True)
class Ear:
    """A subscription as far as it decides what it is told."""

    id: int
    region: int
    types: frozenset[str]


def register(bus: Bus) -> None:
    """Hear every move of incidents."""
    bus.subscribe(IncidentMoved, heard)


def heard(tx: Tx, news: IncidentMoved) -> None:
    """Write one delivery for each subscription that is to hear of this move."""
    ears = remembered(tx, "subscriptions", "ears", lambda: _read(tx))
    if news.about is None or not ears:
        return
    kind, readers = event_of(news.move), set(news.about.readers)
    told = [ear for ear in ears if kind in ear.types and ear.region in readers]
    tx.add(delivery, [_delivery(tx, ear, kind, news, news.about.number) for ear in told])


def _delivery(tx: Tx, ear: Ear, kind: EventType, news: IncidentMoved, number: str) -> dict[str, object]:
    return {
        "subscription_id": ear.id,
        "type": kind.value,
        "incident_id": news.incident,
        "number": number,
        "move": news.move,
        "incident_state": news.state.value,
        "at": tx.now,
    }


def _read(tx: Tx) -> tuple[Ear, ...]:
    with tx.under(POLICY):
        query = sa.select(subscription.c.id, subscription.c.region_id, subscription.c.types)
        found = tx.execute(query.where(subscription.c.state != "ended")).all()
    return tuple(Ear(row.id, row.region_id, frozenset(row.types)) for row in found)
