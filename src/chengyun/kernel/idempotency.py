"""A request sent twice (a phone that heard no answer) acts once and is answered the same.

`scope` says whose key it is ("person:7", "resident:3", "post /api/incidents"): keys of others never match.
Time is real time, not the demo clock's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import delete, func, text
from sqlalchemy.exc import IntegrityError

from chengyun.kernel.errors import Conflict
from chengyun.kernel.tables import idempotency
from chengyun.kernel.transactions import Ask, Tx

KEPT = timedelta(days=7)
# For an Ask with params "senders" and "keys": what entering a transaction may bring along.
KNOWN = (
    "(SELECT json_agg(json_build_array(scope, key, body_hash, status, response)) FROM kernel_idempotency"
    " WHERE (scope, key) IN (SELECT * FROM unnest(CAST(%(senders)s AS text[]), CAST(%(keys)s AS text[])))) AS known"
)


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
    known = tx.ask(Ask(KNOWN, {"senders": [scope], "keys": [key]})).known
    return answer_of(known, key, scope, body_hash)


def answer_of(known: list[list[Any]] | None, key: str, scope: str, body_hash: str) -> Stored | None:
    """What KNOWN has found, as `once` answers it; without holding the key, so that `twice` must be looked after."""
    for found_scope, found_key, found_hash, status, response in known or ():
        if (found_scope, found_key) != (scope, key):
            continue
        if found_hash != body_hash:
            raise Conflict("idempotency.body_differs", key=key)
        return Stored(status, response)
    return None


def twice(error: IntegrityError) -> bool:
    """Whether a transaction failed because another with the same key was faster: begun anew, it finds the answer."""
    return isinstance(error.orig, UniqueViolation) and error.orig.diag.table_name == idempotency.name


def remember(tx: Tx, key: str, scope: str, body_hash: str, status: int, response_json: Any) -> None:
    """Store the answer with the act: both commit or neither does."""
    row = {"scope": scope, "key": key, "body_hash": body_hash, "status": status, "response": response_json}
    tx.add(idempotency, [row])


def forget(tx: Tx, older_than: timedelta = KEPT) -> int:
    """Remove answers that nobody will ask for again; returns how many."""
    gone = tx.execute(delete(idempotency).where(idempotency.c.at < func.clock_timestamp() - older_than))
    return gone.rowcount
