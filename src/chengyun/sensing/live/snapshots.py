"""The latest values in the database: chunks that changed, under the position of the last batch that is in them."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa

from chengyun.kernel.transactions import Tx
from chengyun.sensing.live.latest import ROW, Latest
from chengyun.sensing.tables import batch, snapshot

NAME, MARKER = "latest", -1  # the marker's body says what is known of quantities
LAST = 2**62
NEWEST = 2  # snapshots whose bodies are kept
s = snapshot.c
_CHUNKS = sa.text(
    "SELECT DISTINCT ON (chunk) chunk, position, body FROM sensing_snapshot"
    " WHERE name = :name AND chunk <> :marker AND position <= :position ORDER BY chunk, position DESC"
)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The latest values after the batch at `position`, as far as they have changed: (chunk, body)."""

    position: int
    bodies: tuple[tuple[int, bytes], ...]


def newest(tx: Tx) -> int:
    """Position of the newest snapshot; -1: there is none."""
    found = _marker(tx, LAST)
    return -1 if found is None else int(found.position)


def frozen(latest: Latest, after: int) -> Frozen:
    """What has changed since the snapshot at `after`. While nothing steps."""
    moves = dict(zip(latest.known.quantities, latest.moves.tolist(), strict=True))
    bodies = [(chunk, rows.tobytes()) for chunk, rows in latest.since(after)]
    return Frozen(latest.position, (*bodies, (MARKER, json.dumps(moves).encode())))


def save(tx: Tx, kept: Frozen) -> None:
    """Keep it, and forget what the newest two snapshots do not need.

    To be called by the live process alone, under the policy "sensing"; the engine saves its own state in the same
    transaction, so that both are of one position.
    """
    if newest(tx) >= kept.position:
        return
    values = [
        {"name": NAME, "chunk": chunk, "position": kept.position, "at": tx.now, "body": body}
        for chunk, body in kept.bodies
    ]
    tx.execute(sa.insert(snapshot), values)
    _prune(tx)


def restore(tx: Tx, latest: Latest, upto: int | None = None) -> None:
    """Take the newest snapshot over (`upto`: of that position or before), where there is one. Under "sensing"."""
    found = _marker(tx, LAST if upto is None else upto)
    if found is None:
        return
    moves = json.loads(found.body)
    latest.moves[:] = [moves.get(code, 0.0) for code in latest.known.quantities]
    chunks = tx.execute(_CHUNKS, {"name": NAME, "marker": MARKER, "position": found.position}).all()
    for row in sorted(chunks, key=lambda chunk: chunk.position):
        latest.put(np.frombuffer(row.body, ROW))
    latest.position = int(found.position)


def _marker(tx: Tx, upto: int) -> sa.Row[tuple[int, bytes]] | None:
    """The newest complete snapshot of at most this position."""
    found = sa.select(s.position, s.body).where(s.name == NAME, s.chunk == MARKER, s.position <= upto)
    return tx.execute(found.order_by(s.position.desc()).limit(1)).first()


def _prune(tx: Tx) -> None:
    """Bodies of batches before the older of the two newest snapshots, and chunks that both have newer ones of."""
    markers = sa.select(s.position).where(s.name == NAME, s.chunk == MARKER).order_by(s.position.desc())
    kept = list(tx.execute(markers.limit(NEWEST)).scalars())
    if len(kept) < NEWEST:
        return
    oldest = kept[-1]
    newer = snapshot.alias("newer")
    overtaken = sa.exists().where(
        newer.c.name == s.name,
        newer.c.chunk == s.chunk,
        newer.c.position > s.position,
        newer.c.position <= oldest,
    )
    tx.execute(sa.delete(snapshot).where(s.name == NAME, sa.or_(overtaken, _old_marker(oldest))))
    tx.execute(sa.delete(batch).where(batch.c.position <= oldest))


def _old_marker(oldest: int) -> sa.ColumnElement[bool]:
    return sa.and_(s.chunk == MARKER, s.position < oldest)
