"""A request sent twice (a phone that heard no answer) acts once and is answered the same.

`scope` says whose key it is ("person:7", "resident:3", "post /api/incidents"): keys of others never match.
Time is real time, not the demo clock's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, text

from chengyun.kernel.errors import Conflict
from chengyun.kernel.tables import idempotency
from chengyun.kernel.transactions import Tx

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer given the first time: HTTP status and the JSON body."""

    status: int
    response: Any


def hash_body(body: bytes) -> str:
    """What `once` and `remember` compare bodies by."""
    return hashlib.sha256(body).hexdigest()


def once(tx: Tx, key: str, scope: str, body_hash: str) -> Stored | None:
    """The stored answer, or None for the first time, which then holds the key until its transaction ends.

    A second request with the same key that comes meanwhile waits here. Raises
    Conflict("idempotency.body_differs") when the key was used with another body.
    """
    tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 7108061))"), {"name": f"{scope}\n{key}"}
    )
    found = tx.execute(
        select(idempotency.c.body_hash, idempotency.c.status, idempotency.c.response).where(
            idempotency.c.scope == scope, idempotency.c.key == key
        )
    ).one_or_none()
    if found is None:
        return None
    if found.body_hash != body_hash:
        raise Conflict("idempotency.body_differs", key=key)
    return Stored(found.status, found.response)


def remember(tx: Tx, key: str, scope: str, body_hash: str, status: int, response_json: Any) -> None:
    """Store the answer with the act: both commit or neither does."""
    tx.execute(
        insert(idempotency).values(
            scope=scope, key=key, body_hash=body_hash, status=status, response=response_json
        )
    )


def forget(tx: Tx, older_than: timedelta = KEPT) -> int:
    """Remove answers that nobody will ask for again; returns how many."""
    gone = tx.execute(delete(idempotency).where(idempotency.c.at < func.clock_timestamp() - older_than))
    return gone.rowcount
