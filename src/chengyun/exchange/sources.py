"""Sources: systems that report by signed messages, each with a secret and a mapping."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chengyun.exchange.contracts import MANAGE, Message, Source, SourceMade
from chengyun.exchange.mapping import read_mapping
from chengyun.exchange.rules import new_signing_secret
from chengyun.exchange.subscriptions import bound_to, new_secret_of, readers_of, region_name
from chengyun.exchange.tables import message, source
from chengyun.identity import service as identity
from chengyun.identity.vault import Vault
from chengyun.incidents import service as incidents
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, FieldError, Invalid, NotFound
from chengyun.kernel.transactions import Tx

r = source.c


def add(tx: Tx, vault: Vault, slug: str, name: str, region_id: int, mapping: str) -> SourceMade:
    """A new source, with its secret. `mapping` is YAML or JSON; its categories must exist."""
    tx.actor.require(MANAGE)
    readers, checked = readers_of(tx, region_id), _checked(tx, mapping)
    secret, ref = new_signing_secret(), secrets.token_hex(16)
    values = {
        "ref": ref,
        "slug": slug,
        "name": name,
        "region_id": region_id,
        "readers": readers,
        "secret": vault.seal(secret, bound_to(ref)),
        "mapping": checked,
        "created_by": tx.actor.id,
        "created_name": tx.actor.name,
    }
    # The name is taken even where its owner is not to be seen; an insert that conflicts says so without a race.
    statement = insert(source).values(values).on_conflict_do_nothing(index_elements=["slug"])
    number = tx.execute(statement.returning(r.id)).scalar()
    if number is None:
        raise Conflict("exchange.slug_taken", slug=slug)
    audit.record(tx, "source.added", ("source", number), {"slug": slug, "region": region_id})
    return SourceMade(one(tx, number), secret)


def change_mapping(tx: Tx, source_id: int, mapping: str) -> Source:
    """Read messages by another mapping from now on."""
    _found(tx, source_id)
    tx.execute(sa.update(source).where(r.id == source_id).values(mapping=_checked(tx, mapping)))
    audit.record(tx, "source.mapping_changed", ("source", source_id))
    return one(tx, source_id)


def set_state(tx: Tx, source_id: int, state: str) -> Source:
    """Take its messages (active) or refuse them (paused)."""
    _found(tx, source_id)
    tx.execute(sa.update(source).where(r.id == source_id).values(state=state))
    audit.record(tx, f"source.{state}", ("source", source_id))
    return one(tx, source_id)


def rotate(tx: Tx, vault: Vault, source_id: int) -> SourceMade:
    """A new secret; the old one stays valid for a day."""
    row = _found(tx, source_id)
    secret = new_secret_of(tx, vault, source, row)
    audit.record(tx, "source.secret_rotated", ("source", source_id))
    return SourceMade(one(tx, source_id), secret)


def end(tx: Tx, source_id: int) -> None:
    """Refuse its messages for good; what it reported stays."""
    _found(tx, source_id)
    tx.execute(sa.update(source).where(r.id == source_id).values(state="ended", old_secret=None))
    audit.record(tx, "source.ended", ("source", source_id))


def listed(tx: Tx) -> list[Source]:
    """Sources in the actor's jurisdiction, newest first. Needs exchange.manage."""
    tx.actor.require(MANAGE)
    query = sa.select(source).where(identity.readable_by(tx.actor, r.readers), r.state != "ended")
    return [_shape(tx, row) for row in tx.execute(query.order_by(r.id.desc()))]


def one(tx: Tx, source_id: int) -> Source:
    """One source. Raises NotFound outside the actor's jurisdiction."""
    return _shape(tx, _found(tx, source_id))


def messages(tx: Tx, source_id: int, limit: int = 100) -> list[Message]:
    """What a source has sent, newest first."""
    _found(tx, source_id)
    query = sa.select(message).where(message.c.source_id == source_id, message.c.number.is_not(None))
    return [
        Message(row.id, row.message, row.at, row.external, row.incident_id, row.number)
        for row in tx.execute(query.order_by(message.c.id.desc()).limit(limit))
    ]


def _checked(tx: Tx, mapping: str) -> dict[str, Any]:
    read = read_mapping(mapping)
    named = read.get("category", {})
    codes = {*named.get("map", {}).values(), *filter(None, [named.get("otherwise")])}
    unknown = sorted(codes - {item.code for item in incidents.current_rulebook(tx)[1].categories})
    if unknown:
        raise Invalid(
            [FieldError("mapping.category", "exchange.category_unknown", {"code": code}) for code in unknown]
        )
    return read


def _found(tx: Tx, source_id: int) -> Any:
    tx.actor.require(MANAGE)
    known = sa.and_(r.id == source_id, r.state != "ended", identity.readable_by(tx.actor, r.readers))
    row = tx.execute(sa.select(source).where(known)).one_or_none()
    if row is None:
        raise NotFound("exchange.no_source")
    return row


def _shape(tx: Tx, row: Any) -> Source:
    return Source(
        id=row.id,
        slug=row.slug,
        name=row.name,
        region=row.region_id,
        region_name=region_name(tx, row.region_id),
        mapping=row.mapping,
        state=row.state,
        accepted=row.accepted,
        refused=row.refused,
        last_accepted=row.last_accepted,
        last_refused=row.last_refused,
        last_refusal=row.last_refusal,
        created_by=row.created_name,
        created_at=row.created_at,
    )
