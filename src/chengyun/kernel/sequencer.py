"""Rows of the outbox: they join the writer's transaction; the sequencer numbers them once they are committed.

Ids are given when a row is written, so a long transaction commits ids lower than ones that streams have
already passed. `seq` is given by one sequencer to rows it can see, that is, to committed ones: whoever has
read up to n never has anything at or below n still to come.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from chengyun.kernel.contracts import Actor
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.job_registry import periodic
from chengyun.kernel.tables import outbox
from chengyun.kernel.transactions import Tx
from chengyun.kernel.writes import document

WAITING = "chengyun_outbox"  # notified at the commit of rows without number
SEQUENCED = "chengyun_stream"  # notified when rows got their number
BATCH = 2_000
RETENTION = timedelta(hours=24)  # of real time
MAX_KEPT = 200_000
_SEQUENCE_LOCK = 7_108_064


@dataclass(frozen=True, slots=True)
class Event:
    """One numbered row. `data` is one line of JSON."""

    seq: int
    topic: str
    data: str
    scopes: frozenset[int]
    persons: frozenset[int]

    def visible_to(self, actor: Actor) -> bool:
        """Its scopes meet the actor's, or it names this person."""
        if not self.scopes.isdisjoint(actor.scopes):
            return True
        return actor.kind == "person" and actor.id in self.persons


def emit(
    tx: Tx,
    topic: str,
    payload: Mapping[str, object],
    scopes: Sequence[int],
    persons: Sequence[int] = (),
) -> None:
    """Tell browsers whose actor has one of `scopes`, or is one of `persons`, after this transaction commits.

    `topic` is the SSE event's name (one line, not "reset"); `payload` is small JSON that says what changed.
    """
    if topic == "reset" or not topic.isprintable():
        raise ValueError(f"not a topic: {topic!r}")
    row = {"topic": topic, "payload": document(payload), "scopes": list(scopes), "persons": list(persons)}
    tx.add(outbox, [row])
    tx.notify(WAITING)


def sequence(tx: Tx) -> int:
    """Number the committed rows that have none, and tell the web processes → how many (≤ BATCH)."""
    tx.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEQUENCE_LOCK})
    given = tx.execute(
        sa.text(
            "WITH fresh AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM"
            "  (SELECT id FROM kernel_outbox WHERE seq IS NULL ORDER BY id LIMIT :n) AS waiting),"
            " last AS (SELECT coalesce(max(seq), 0) AS seq FROM kernel_outbox)"
            " UPDATE kernel_outbox o SET seq = last.seq + fresh.n FROM fresh, last WHERE o.id = fresh.id"
        ),
        {"n": BATCH},
    ).rowcount
    if given:
        tx.execute(sa.text("SELECT pg_notify(:channel, '')"), {"channel": SEQUENCED})
        failpoint("sequencer.numbered")
    return given


def span(tx: Tx) -> tuple[int, int]:
    """The lowest and the highest number that is kept; (0, 0) before the first."""
    query = sa.text("SELECT coalesce(min(seq), 0) AS first, coalesce(max(seq), 0) AS last FROM kernel_outbox")
    row = tx.execute(query).one()
    return row.first, row.last


def events_after(tx: Tx, seq: int, limit: int) -> list[Event]:
    """Numbered rows after `seq`, oldest first."""
    rows = tx.execute(
        sa.text(
            "SELECT seq, topic, payload, scopes, persons FROM kernel_outbox WHERE seq > :seq"
            " ORDER BY seq LIMIT :limit"
        ),
        {"seq": seq, "limit": limit},
    )
    return [
        Event(
            row.seq,
            row.topic,
            json.dumps(row.payload, ensure_ascii=False, separators=(",", ":")),
            frozenset(row.scopes),
            frozenset(row.persons),
        )
        for row in rows
    ]


def prune(tx: Tx, retention: timedelta = RETENTION, keep: int = MAX_KEPT) -> int:
    """Forget numbered rows older than `retention`, and all but the last `keep` → how many.

    The newest row always stays: numbers go on from it.
    """
    return tx.execute(
        sa.text(
            "DELETE FROM kernel_outbox WHERE seq < (SELECT max(seq) FROM kernel_outbox)"
            " AND (at < clock_timestamp() - CAST(:age AS interval)"
            " OR seq <= (SELECT max(seq) FROM kernel_outbox) - :keep)"
        ),
        {"age": retention, "keep": keep},
    ).rowcount


@periodic("kernel.outbox_prune", every=60.0)
def prune_old(tx: Tx) -> None:
    """Keep the outbox within its retention."""
    prune(tx)
