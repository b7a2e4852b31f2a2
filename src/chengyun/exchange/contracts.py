"""What others may see of the exchange: shapes and names. Times are UTC and aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

MANAGE = "exchange.manage"
PUBLIC = "exchange.public"  # the system policy under which everybody reads what is published
SECRETS_OVERLAP = timedelta(hours=24)  # how long the old secret stays valid after a rotation
TOLERANCE = timedelta(minutes=5)  # how far a sender's clock may be off


class EventType(StrEnum):
    """What a webhook is told of; the version is part of the name and changes with the shape of `data`."""

    OPENED = "chengyun.incident.opened.v1"
    MOVED = "chengyun.incident.moved.v1"
    CLOSED = "chengyun.incident.closed.v1"
    TEST = "chengyun.exchange.test.v1"


class DeliveryState(StrEnum):
    PENDING = "pending"  # waits for its turn, or for another attempt
    DELIVERED = "delivered"
    DEAD = "dead"  # given up; can be sent again
    WITHHELD = "withheld"  # the incident has left the creator's jurisdiction or the region meanwhile


class Paused(StrEnum):
    """Why a subscription does not send."""

    PERSON = "person"  # somebody paused it
    GONE = "gone"  # the receiver answered 410
    FAILING = "failing"  # nothing was delivered for a day
    CREATOR = "creator"  # whoever made it holds no post any more


@dataclass(frozen=True, slots=True)
class Subscription:
    """`overdue`: deliveries that wait longer than an hour. The secret is never read again."""

    id: int
    name: str
    url: str
    types: list[EventType]
    region: int
    region_name: str
    state: str  # active | paused
    paused_why: Paused | None
    failures: int  # attempts that failed in a row
    pending: int
    dead: int
    last_ok: datetime | None
    last_failed: datetime | None
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one receiver. `event` is its stable id; `next_at` when it is tried (again)."""

    id: int
    event: str
    subscription: int
    subscription_name: str
    type: EventType
    incident: int | None
    number: str | None
    move: str | None
    at: datetime
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    done_at: datetime | None
    last_status: int | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One try. Neither status nor error: the sender ended before it could note what came of it."""

    n: int
    at: datetime
    duration_ms: int | None
    status: int | None
    error: str | None
    answer: str | None  # the first kilobyte


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    delivery: Delivery
    attempts: list[DeliveryAttempt]


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    items: list[Delivery]
    next: int | None  # `before` of the following page


@dataclass(frozen=True, slots=True)
class Source:
    """A system that reports by signed messages to /api/exchange/in/{slug}."""

    id: int
    slug: str
    name: str
    region: int
    region_name: str
    mapping: dict[str, Any]
    state: str  # active | paused
    accepted: int
    refused: int
    last_accepted: datetime | None
    last_refused: datetime | None
    last_refusal: str | None  # message code
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was taken in; `number` is the incident that it opened or was added to."""

    id: int
    message: str
    at: datetime
    external: str | None
    incident: int
    number: str


@dataclass(frozen=True, slots=True)
class SubscriptionMade:
    """The only moment at which a secret is seen."""

    subscription: Subscription
    secret: str


@dataclass(frozen=True, slots=True)
class SourceMade:
    """The only moment at which a secret is seen."""

    source: Source
    secret: str


@dataclass(frozen=True, slots=True)
class Published:
    """Categories whose incidents in a region are shown to everybody, without texts."""

    region: int
    region_name: str
    categories: list[str]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The answer to a message; `duplicate`: it was answered before, and this is that answer."""

    incident: str  # number
    state: str
    joined: bool  # added to the incident that an earlier message of the same case opened
    duplicate: bool
