"""A signed message becomes a report, once: the sender's id and time are part of what is signed.

Whoever does not know the secret learns nothing, not even which sources exist. Whoever knows it hears of every
field that cannot be used, by the pointer of their own message.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chengyun.exchange import rules
from chengyun.exchange.contracts import TakenIn
from chengyun.exchange.mapping import Mapped, apply
from chengyun.exchange.subscriptions import old_valid, valid_secrets
from chengyun.exchange.tables import message, source
from chengyun.identity.vault import Vault
from chengyun.incidents import service as incidents
from chengyun.incidents.service import Reporter, ReportIn
from chengyun.incidents.views import Receipt
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import AppError, Conflict, FieldError, Invalid, Unauthenticated
from chengyun.kernel.idempotency import hash_body
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory

POLICY = "exchange.inbound"
LONGEST_BODY = 256 * 1024
LONGEST_ID = 200
REAL_NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Signed:
    """A message as it came in."""

    id: str
    timestamp: str
    signature: str
    body: bytes


def receive(db: Database, vault: Vault, slug: str, told: Signed) -> TakenIn:
    """Verify, map, report; all or nothing. A refusal of a message that is signed rightly is noted at its source.

    Raises Unauthenticated without detail, Conflict for an id that was used with another body, Invalid.
    """
    with db.begin(_actor(slug)) as tx:
        row = _verified(tx, vault, slug, told)
    try:
        with db.begin(_actor(row.name)) as tx:
            return _take(tx, vault, row, told)
    except AppError as refused:
        if refused.status < 500:
            with db.begin(_actor(row.name)) as tx:
                _note_refusal(tx, row.id, refused.code)
        raise


def _actor(name: str) -> Actor:
    """A source as an actor: it may report, and reads nothing."""
    return Actor("system", None, name, frozenset({"incident.report"}), system=POLICY)


def _verified(tx: Tx, vault: Vault, slug: str, told: Signed) -> Any:
    """The active source that signed this message. Raises Unauthenticated, always the same."""
    query = sa.select(source, old_valid(source)).where(source.c.slug == slug, source.c.state == "active")
    row = tx.execute(query).one_or_none()
    known = valid_secrets(row, vault) if row is not None else [rules.new_signing_secret()]
    named = 0 < len(told.id) <= LONGEST_ID and told.id.isascii() and told.id.isprintable()
    right = rules.verifies(known, told.id, told.timestamp, told.body, told.signature, time.time())
    if row is None or not (named and right):
        raise Unauthenticated("exchange.signature")
    return row


def _take(tx: Tx, vault: Vault, row: Any, told: Signed) -> TakenIn:
    # Counting first locks the source: its messages are taken in one after the other, so that two of one case
    # never open two incidents. A repetition that comes meanwhile waits here for the first one's end.
    counted = {"accepted": source.c.accepted + 1, "last_accepted": REAL_NOW}
    tx.execute(sa.update(source).where(source.c.id == row.id).values(counted))
    digest = hash_body(told.body)
    held = insert(message).values(source_id=row.id, message=told.id, body_hash=digest)
    number = tx.execute(held.on_conflict_do_nothing().returning(message.c.id)).scalar()
    if number is None:
        return _answered(tx, row.id, told.id, digest)
    mapped = apply(row.mapping, _parsed(told.body))
    receipt, joined = _reported(tx, vault, row, mapped)
    answer = TakenIn(receipt.number, receipt.state.value, joined, False)
    kept = {
        "external": mapped.external,
        "incident_id": receipt.incident,
        "number": answer.incident,
        "state": answer.state,
        "joined": joined,
    }
    tx.execute(sa.update(message).where(message.c.id == number).values(kept))
    return answer


def _reported(tx: Tx, vault: Vault, row: Any, mapped: Mapped) -> tuple[Receipt, bool]:
    """The receipt, and whether it was added to the incident of an earlier message of the same case."""
    given = _report(tx, row, mapped)
    earlier = _earlier(tx, row.id, mapped.external)
    if earlier is not None:
        try:
            with tx.savepoint():
                return incidents.report(tx, replace(given, incident=earlier), vault), True
        except Conflict:  # that incident has ended: it happened again
            pass
    return incidents.report(tx, given, vault), False


def _answered(tx: Tx, source_id: int, message_id: str, digest: str) -> TakenIn:
    """The first answer to a message that is sent again."""
    mine = sa.and_(message.c.source_id == source_id, message.c.message == message_id)
    known = tx.execute(sa.select(message).where(mine)).one()
    if known.body_hash != digest:
        raise Conflict("exchange.message_differs")
    return TakenIn(known.number, known.state, known.joined, True)


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Invalid([FieldError("", "exchange.not_json")]) from error
    if not isinstance(found, dict):
        raise Invalid([FieldError("", "exchange.not_json")])
    return found


def _earlier(tx: Tx, source_id: int, external: str | None) -> int | None:
    """The incident that the latest message of the same case was about."""
    if external is None:
        return None
    mine = sa.and_(message.c.source_id == source_id, message.c.external == external)
    query = sa.select(message.c.incident_id).where(mine).order_by(message.c.id.desc()).limit(1)
    found: int | None = tx.execute(query).scalar()
    return found


def _report(tx: Tx, row: Any, mapped: Mapped) -> ReportIn:
    """Raises Invalid outside the source's region: a system reports for its own area."""
    if row.region_id not in territory.locate(tx, mapped.lon, mapped.lat).chain.ids():
        pointer = row.mapping["position"]["lon"]
        raise Invalid([FieldError(pointer, "exchange.outside_region")])
    return ReportIn(
        text=mapped.text,
        lon=mapped.lon,
        lat=mapped.lat,
        title=mapped.title,
        category=mapped.category,
        address=mapped.address,
        channel="api",
        occurred_at=mapped.occurred_at,
        reporter=Reporter(mapped.reporter_name, mapped.reporter_phone),
        origin=(f"exchange:{row.slug}", mapped.external or ""),
    )


def _note_refusal(tx: Tx, source_id: int, code: str) -> None:
    noted = {"refused": source.c.refused + 1, "last_refused": REAL_NOW, "last_refusal": code}
    tx.execute(sa.update(source).where(source.c.id == source_id).values(noted))
