"""Subscriptions: who is told of what, where to, and with which secret."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.exchange.contracts import (
    MANAGE,
    SECRETS_OVERLAP,
    DeliveryState,
    EventType,
    Paused,
    Subscription,
    SubscriptionMade,
)
from chengyun.exchange.rules import new_signing_secret
from chengyun.exchange.tables import attempt, delivery, subscription
from chengyun.exchange.targets import check_url
from chengyun.identity import service as identity
from chengyun.identity.vault import Vault
from chengyun.kernel import audit
from chengyun.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

s = subscription.c


def bound_to(ref: str) -> str:
    """What a sealed signing secret is bound to."""
    return f"exchange {ref}"


def valid_secrets(row: Any, vault: Vault) -> list[str]:
    """The secrets of a subscription or source (a row that says `old_valid`), the newest first."""
    sealed = [row.secret, row.old_secret] if row.old_valid else [row.secret]
    return [vault.open(bytes(one), bound_to(row.ref)) for one in sealed]


def old_valid(table: sa.Table) -> sa.ColumnElement[bool]:
    """Whether the secret before the last rotation still counts, in real time."""
    return sa.func.coalesce(table.c.old_until > sa.func.clock_timestamp(), sa.false()).label("old_valid")


def readers_of(tx: Tx, region_id: int) -> list[int]:
    """Who may see what belongs to a region. Raises Invalid outside the actor's jurisdiction."""
    readers = list(territory.ancestors(tx, region_id))
    if not set(readers) & set(tx.actor.scopes):
        raise Invalid([FieldError("region", "exchange.region_outside")])
    return readers


def subscribe(
    tx: Tx, vault: Vault, name: str, url: str, types: Sequence[EventType], region_id: int
) -> SubscriptionMade:
    """A new subscription, with its secret. It never sends more than its creator may see at that time."""
    tx.actor.require(MANAGE)
    if tx.actor.kind != "person":
        raise Forbidden("exchange.people_only")
    fault = check_url(url)
    if fault is not None:
        raise Invalid([FieldError("url", fault)])
    secret, ref = new_signing_secret(), secrets.token_hex(16)
    values = {
        "ref": ref,
        "name": name,
        "url": url,
        "types": sorted({str(one) for one in types}),
        "region_id": region_id,
        "readers": readers_of(tx, region_id),
        "secret": vault.seal(secret, bound_to(ref)),
        "created_by": tx.actor.id,
        "created_post": tx.actor.post,
        "created_name": tx.actor.name,
    }
    made = tx.execute(sa.insert(subscription).values(values).returning(s.id)).scalar_one()
    tx.renew()
    audit.record(tx, "webhook.subscribed", ("subscription", made), {"url": url, "region": region_id})
    return SubscriptionMade(one(tx, made), secret)


def listed(tx: Tx) -> list[Subscription]:
    """Subscriptions in the actor's jurisdiction, newest first. Needs exchange.manage."""
    tx.actor.require(MANAGE)
    query = _shown().where(identity.readable_by(tx.actor, s.readers), s.state != "ended")
    return [_shape(tx, row) for row in tx.execute(query.order_by(s.id.desc()))]


def one(tx: Tx, subscription_id: int) -> Subscription:
    """One subscription. Raises NotFound outside the actor's jurisdiction."""
    tx.actor.require(MANAGE)
    return _shape(tx, _found(tx, subscription_id))


def pause(tx: Tx, subscription_id: int) -> Subscription:
    """Send nothing until it is resumed; what happens meanwhile is kept for a week."""
    _found(tx, subscription_id, lock=True)
    _set(tx, subscription_id, state="paused", paused_why=Paused.PERSON.value)
    audit.record(tx, "webhook.paused", ("subscription", subscription_id))
    return one(tx, subscription_id)


def resume(tx: Tx, subscription_id: int) -> Subscription:
    """Send again, what waits first, each with a full day of attempts."""
    _found(tx, subscription_id, lock=True)
    _set(tx, subscription_id, state="active", paused_why=None, failures=0, rest_until=None)
    waiting = sa.and_(
        delivery.c.subscription_id == subscription_id, delivery.c.state == DeliveryState.PENDING.value
    )
    fresh = {"first_at": None, "next_at": sa.func.clock_timestamp()}
    tx.execute(sa.update(delivery).where(waiting).values(fresh))
    audit.record(tx, "webhook.resumed", ("subscription", subscription_id))
    return one(tx, subscription_id)


def rotate(tx: Tx, vault: Vault, subscription_id: int) -> SubscriptionMade:
    """A new secret; the old one stays valid for a day, and messages carry a signature by each."""
    row = _found(tx, subscription_id, lock=True)
    secret = new_secret_of(tx, vault, subscription, row)
    audit.record(tx, "webhook.secret_rotated", ("subscription", subscription_id))
    return SubscriptionMade(one(tx, subscription_id), secret)


def new_secret_of(tx: Tx, vault: Vault, table: sa.Table, row: Any) -> str:
    """Rotate the secret of a subscription or a source."""
    secret = new_signing_secret()
    values = {
        "secret": vault.seal(secret, bound_to(row.ref)),
        "old_secret": row.secret,
        "old_until": sa.func.clock_timestamp() + SECRETS_OVERLAP,
    }
    tx.execute(sa.update(table).where(table.c.id == row.id).values(values))
    return secret


def end(tx: Tx, subscription_id: int) -> None:
    """Send nothing any more; what waits is dropped, the log stays until its time."""
    _found(tx, subscription_id, lock=True)
    waiting = sa.select(delivery.c.id).where(
        delivery.c.subscription_id == subscription_id, delivery.c.state == DeliveryState.PENDING.value
    )
    tx.execute(sa.delete(attempt).where(attempt.c.delivery_id.in_(waiting)))
    tx.execute(sa.delete(delivery).where(delivery.c.id.in_(waiting)))
    _set(tx, subscription_id, state="ended", old_secret=None, old_until=None)
    tx.renew()
    audit.record(tx, "webhook.ended", ("subscription", subscription_id))


def test_event(tx: Tx, subscription_id: int) -> int:
    """Put a test event in line; the id of its delivery."""
    _found(tx, subscription_id)
    values = {"subscription_id": subscription_id, "type": EventType.TEST.value, "at": tx.now}
    return int(tx.execute(sa.insert(delivery).values(values).returning(delivery.c.id)).scalar_one())


def _found(tx: Tx, subscription_id: int, *, lock: bool = False) -> Any:
    tx.actor.require(MANAGE)
    known = sa.and_(s.id == subscription_id, s.state != "ended", identity.readable_by(tx.actor, s.readers))
    query = sa.select(subscription).where(known).with_for_update() if lock else _shown().where(known)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("exchange.no_subscription")
    return row


def _set(tx: Tx, subscription_id: int, **values: Any) -> None:
    tx.execute(sa.update(subscription).where(s.id == subscription_id).values(values))


def _shown() -> sa.Select[Any]:
    def count(state: DeliveryState) -> sa.ScalarSelect[int]:
        mine = sa.and_(delivery.c.subscription_id == s.id, delivery.c.state == state.value)
        return sa.select(sa.func.count()).where(mine).correlate(subscription).scalar_subquery()

    return sa.select(
        subscription, count(DeliveryState.PENDING).label("pending"), count(DeliveryState.DEAD).label("dead")
    )


def _shape(tx: Tx, row: Any) -> Subscription:
    return Subscription(
        id=row.id,
        name=row.name,
        url=row.url,
        types=[EventType(one) for one in row.types],
        region=row.region_id,
        region_name=region_name(tx, row.region_id),
        state=row.state,
        paused_why=Paused(row.paused_why) if row.paused_why else None,
        failures=row.failures,
        pending=row.pending,
        dead=row.dead,
        last_ok=row.last_ok,
        last_failed=row.last_failed,
        created_by=row.created_name,
        created_at=row.created_at,
    )


def region_name(tx: Tx, region_id: int) -> str:
    """A region's name; one that is no longer in force shows its id."""
    known = territory.regions(tx, [region_id])
    return known[region_id].name if region_id in known else str(region_id)
