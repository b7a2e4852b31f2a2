"""Sending what is due: three short transactions around each request, none open while a receiver takes its time.

The incident is read as whoever made the subscription, as of now: row-level security decides what leaves, so that a
post that ended or an incident that moved on is not told any more.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chengyun.exchange import deliveries, leaving, rules
from chengyun.exchange.contracts import EventType, Paused
from chengyun.exchange.deliveries import CLAIMED_FOR, Claim
from chengyun.exchange.publishing import public_among
from chengyun.exchange.sending import Outcome, send
from chengyun.exchange.subscriptions import valid_secrets
from chengyun.exchange.targets import Network, networks
from chengyun.identity.vault import Vault, open_vault
from chengyun.incidents import service as incidents
from chengyun.incidents.service import Outward
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import NotFound, Unauthenticated
from chengyun.kernel.jobs import ActorRef, resolve_actor
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database

log = logging.getLogger(__name__)

SENDER = system_actor("exchange.deliver")
POLL = 0.5  # seconds between looks
THREADS = 6  # receivers that are sent to at once; a slow one holds its own thread only
TURN = 20  # deliveries of one receiver before others get the thread
CONTENT = "application/cloudevents+json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Desk:
    """What sending needs. `source` is how this installation names itself in events."""

    db: Database
    vault: Vault
    allowed: list[Network]
    source: str
    claimed_for: timedelta = CLAIMED_FOR


def desk_of(db: Database, settings: Settings) -> Desk:
    """The desk of an installation."""
    source = settings.public_url.rstrip("/") or "urn:chengyun"
    return Desk(db, open_vault(settings), networks(settings.webhook_networks), source)


def keep_sending(desk: Desk, stop: threading.Event) -> None:
    """Send what is due until `stop`; each receiver has at most one thread of this process."""
    running: dict[int, Future[int]] = {}
    with ThreadPoolExecutor(THREADS, thread_name_prefix="exchange") as pool:
        while not stop.wait(POLL):
            for number in [number for number, future in running.items() if future.done()]:
                running.pop(number).result()
            with desk.db.begin(SENDER) as tx:
                waiting = deliveries.due(tx)
            for number in waiting:
                if number not in running and not stop.is_set():
                    running[number] = pool.submit(send_due, desk, number, stop)


def send_due(desk: Desk, subscription_id: int, stop: threading.Event | None = None) -> int:
    """Send what is due for one receiver, `TURN` deliveries at most; how many were tried."""
    tried = 0
    while tried < TURN and not (stop and stop.is_set()):
        with desk.db.begin(SENDER) as tx:
            taken = deliveries.claim(tx, subscription_id, desk.claimed_for)
        if taken is None:
            break
        _deliver(desk, taken)
        tried += 1
    return tried


def _deliver(desk: Desk, taken: Claim) -> None:
    try:
        event = compose(desk, taken.row)
    except Unauthenticated:
        with desk.db.begin(SENDER) as tx:
            deliveries.forget(tx, taken)
            deliveries.stop(tx, taken.row.subscription_id, Paused.CREATOR)
        return
    except NotFound:
        with desk.db.begin(SENDER) as tx:
            deliveries.withhold(tx, taken)
        return
    outcome = _post(desk, taken.row, event)
    with desk.db.begin(SENDER) as tx:
        deliveries.settle(tx, taken, outcome)


def _post(desk: Desk, row: Any, event: dict[str, Any]) -> Outcome:
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    stamp, name = int(time.time()), deliveries.event_id(row.id)
    headers = [
        ("Content-Type", CONTENT),
        ("User-Agent", "chengyun"),
        ("webhook-id", name),
        ("webhook-timestamp", str(stamp)),
        ("webhook-signature", rules.signatures(valid_secrets(row, desk.vault), name, stamp, body)),
    ]
    return send(row.url, headers, body, desk.allowed)


def compose(desk: Desk, row: Any) -> dict[str, Any]:
    """The CloudEvent of a delivery. Raises NotFound where it may not leave, Unauthenticated without a creator."""
    creator = resolve_actor(desk.db, ActorRef("person", row.created_by, row.created_post))
    kind = EventType(row.type)
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": deliveries.event_id(row.id),
        "source": f"{desk.source}/api/exchange" if "://" in desk.source else desk.source,
        "type": kind.value,
        "time": row.at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": f"{row.id:019d}",
    }
    if kind is EventType.TEST:
        return {**event, "data": {"test": True}}
    with desk.db.begin(creator) as tx:
        found = incidents.outward_by_id(tx, row.incident_id)
        public = bool(public_among(tx, [found]))
    if row.region_id not in found.readers:
        raise NotFound("incidents.none", id=row.incident_id)
    data = {"move": row.move, "state": row.incident_state, "incident": told(creator, found, public)}
    return {**event, "subject": found.number, "data": data}


def told(reader: Actor, found: Outward, public: bool) -> dict[str, Any]:
    """An incident as another system gets it; `state` is the present one, which may be later than the event's."""
    lon, lat = leaving.position(reader, found.lon, found.lat)
    return {
        "id": found.id,
        "number": found.number,
        "state": found.state.value,
        "open": found.open,
        "category": found.category,
        "category_name": found.category_name,
        "level": found.level,
        "text": leaving.text(reader, found.text, public=public),
        "address": leaving.text(reader, found.address),
        "place": found.place,
        "lon": lon,
        "lat": lat,
        "responsible": found.responsible,
        "outcome": leaving.text(reader, found.outcome, public=public),
        "reported_at": found.requested.isoformat(),
        "changed_at": found.changed.isoformat(),
        "due_at": found.due.isoformat() if found.due else None,
        "simulated": found.simulated,
    }
