"""HTTP of subscriptions, their deliveries, sources, and what is published to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from chengyun.exchange import deliveries, publishing, sources, subscriptions
from chengyun.exchange.contracts import (
    Delivery,
    DeliveryLog,
    DeliveryPage,
    DeliveryState,
    EventType,
    Message,
    Published,
    Source,
    SourceMade,
    Subscription,
    SubscriptionMade,
)
from chengyun.identity.routing import Caller, Db, Keys
from chengyun.kernel.contracts import Actor
from chengyun.kernel.fields import Body, Id, Text
from chengyun.kernel.transactions import Database, Tx

router = APIRouter(prefix="/api/exchange", tags=["exchange"])
Number = Annotated[Id, Path()]
IncidentEvent = Literal[EventType.OPENED, EventType.MOVED, EventType.CLOSED]


@contextmanager
def managing(db: Database, actor: Actor) -> Iterator[Tx]:
    """A transaction of somebody who may manage the exchange. Raises Forbidden."""
    actor.require("exchange.manage")
    with db.begin(actor) as tx:
        yield tx


class SubscriptionIn(Body):
    name: Text = Field(min_length=1, max_length=100)
    url: Text = Field(min_length=8, max_length=2000)
    types: list[IncidentEvent] = Field(min_length=1, max_length=3)
    region: Id


class StateIn(Body):
    state: Literal["active", "paused"]


class SourceIn(Body):
    slug: Text = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,49}$", description="the last part of its address")
    name: Text = Field(min_length=1, max_length=100)
    region: Id
    mapping: Text = Field(min_length=2, max_length=20_000, description="YAML or JSON")


class MappingIn(Body):
    mapping: Text = Field(min_length=2, max_length=20_000, description="YAML or JSON")


class PublishedIn(Body):
    region: Id
    categories: list[Annotated[Text, Field(max_length=100)]] = Field(max_length=500)


@router.get("/subscriptions")
def list_subscriptions(actor: Caller, db: Db) -> list[Subscription]:
    """Webhooks that leave, with their health."""
    with managing(db, actor) as tx:
        return subscriptions.listed(tx)


@router.post("/subscriptions", status_code=201)
def subscribe(body: SubscriptionIn, actor: Caller, db: Db, keys: Keys) -> SubscriptionMade:
    """A new webhook. Its secret is shown here only."""
    with managing(db, actor) as tx:
        return subscriptions.subscribe(tx, keys, body.name, body.url, body.types, body.region)


@router.post("/subscriptions/{subscription_id}/state")
def set_subscription_state(subscription_id: Number, body: StateIn, actor: Caller, db: Db) -> Subscription:
    """Pause a webhook, or send again from where it stopped."""
    with managing(db, actor) as tx:
        change = subscriptions.pause if body.state == "paused" else subscriptions.resume
        return change(tx, subscription_id)


@router.post("/subscriptions/{subscription_id}/secret")
def rotate_subscription_secret(
    subscription_id: Number, actor: Caller, db: Db, keys: Keys
) -> SubscriptionMade:
    """A new secret; for a day messages carry a signature by the old one as well."""
    with managing(db, actor) as tx:
        return subscriptions.rotate(tx, keys, subscription_id)


@router.post("/subscriptions/{subscription_id}/test", status_code=202)
def send_test_event(subscription_id: Number, actor: Caller, db: Db) -> DeliveryLog:
    """Put a test event in line."""
    with managing(db, actor) as tx:
        return deliveries.log_of(tx, subscriptions.test_event(tx, subscription_id))


@router.delete("/subscriptions/{subscription_id}", status_code=204)
def end_subscription(subscription_id: Number, actor: Caller, db: Db) -> None:
    """Send nothing any more."""
    with managing(db, actor) as tx:
        subscriptions.end(tx, subscription_id)


@router.get("/deliveries")
def list_deliveries(
    actor: Caller,
    db: Db,
    subscription: Id | None = None,
    state: DeliveryState | None = None,
    number: Annotated[Text | None, Query(max_length=50)] = None,
    before: Id | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeliveryPage:
    """The delivery log, newest first."""
    with managing(db, actor) as tx:
        return deliveries.listed(
            tx, subscription_id=subscription, state=state, number=number or None, before=before, limit=limit
        )


@router.get("/deliveries/{delivery_id}")
def read_delivery(delivery_id: Number, actor: Caller, db: Db) -> DeliveryLog:
    """One delivery with every attempt."""
    with managing(db, actor) as tx:
        return deliveries.log_of(tx, delivery_id)


@router.post("/deliveries/{delivery_id}/again", status_code=202)
def send_again(delivery_id: Number, actor: Caller, db: Db) -> Delivery:
    """Send once more what was delivered or given up, with the same id."""
    with managing(db, actor) as tx:
        return deliveries.again(tx, delivery_id)


@router.get("/sources")
def list_sources(actor: Caller, db: Db) -> list[Source]:
    """Systems that report by signed messages, with their health."""
    with managing(db, actor) as tx:
        return sources.listed(tx)


@router.post("/sources", status_code=201)
def add_source(body: SourceIn, actor: Caller, db: Db, keys: Keys) -> SourceMade:
    """A new source. Its secret is shown here only."""
    with managing(db, actor) as tx:
        return sources.add(tx, keys, body.slug, body.name, body.region, body.mapping)


@router.post("/sources/{source_id}/mapping")
def change_source_mapping(source_id: Number, body: MappingIn, actor: Caller, db: Db) -> Source:
    """Read its messages by another mapping from now on."""
    with managing(db, actor) as tx:
        return sources.change_mapping(tx, source_id, body.mapping)


@router.post("/sources/{source_id}/state")
def set_source_state(source_id: Number, body: StateIn, actor: Caller, db: Db) -> Source:
    """Take its messages, or refuse them."""
    with managing(db, actor) as tx:
        return sources.set_state(tx, source_id, body.state)


@router.post("/sources/{source_id}/secret")
def rotate_source_secret(source_id: Number, actor: Caller, db: Db, keys: Keys) -> SourceMade:
    """A new secret; the old one is accepted for another day."""
    with managing(db, actor) as tx:
        return sources.rotate(tx, keys, source_id)


@router.delete("/sources/{source_id}", status_code=204)
def end_source(source_id: Number, actor: Caller, db: Db) -> None:
    """Refuse its messages for good."""
    with managing(db, actor) as tx:
        sources.end(tx, source_id)


@router.get("/sources/{source_id}/messages")
def list_messages(source_id: Number, actor: Caller, db: Db) -> list[Message]:
    """What a source has sent, newest first."""
    with managing(db, actor) as tx:
        return sources.messages(tx, source_id)


@router.get("/published")
def list_published(actor: Caller, db: Db) -> list[Published]:
    """What Open311 shows to everybody, by region."""
    with managing(db, actor) as tx:
        return publishing.listed(tx)


@router.put("/published")
def publish(body: PublishedIn, actor: Caller, db: Db) -> list[Published]:
    """Show the incidents of these categories in a region to everybody, without texts; none: show none."""
    with managing(db, actor) as tx:
        publishing.publish(tx, body.region, body.categories)
        return publishing.listed(tx)
