"""Snapshots of the engine and the watch: their chunks in pieces, compressed, under the position of the last batch that
is in them.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.kernel.transactions import Tx
from chengyun.vitals.tables import snapshot

PIECE = 8_000_000  # bytes of one piece before it is compressed
MARKER = "end"  # written last: a snapshot without it is not one
KEPT = 2
LOCK = 5_003_002  # of PostgreSQL's advisory locks
Piece = tuple[str, int, bytes]
s = snapshot.c


class Room:
    """Where a state is copied to between two steps: the same memory each time, since asking for it would take longer than
    the copy, which lets other threads work.
    """

    def __init__(self) -> None:
        self._room: dict[str, NDArray[np.uint8]] = {}

    def copied(self, parts: Mapping[str, NDArray[Any]]) -> dict[str, memoryview]:
        """Their bytes by name, until the next call."""
        before, self._room = self._room, {}
        for name, part in parts.items():
            room = before.get(name)
            if room is None or len(room) != part.nbytes:
                room = np.empty(part.nbytes, np.uint8)
            np.copyto(room, part.view(np.uint8))
            self._room[name] = room
        return {name: room.data for name, room in self._room.items()}


class Packing:
    """Compresses pieces for `save`; those that are as they were the last time are not compressed again. Takes its time, and
    needs no transaction.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}

    def packed(self, chunks: Mapping[str, bytes | memoryview]) -> list[Piece]:
        """Name, number, compressed."""
        known, self._known = self._known, {}
        found = []
        for name, body in chunks.items():
            for number, piece in enumerate(_pieces(body)):
                digest = hashlib.blake2b(piece, digest_size=16).digest()
                packed = known.get(digest) or zlib.compress(piece, 1)
                self._known[digest] = packed
                found.append((name, number, packed))
        return found


def alone(tx: Tx) -> None:
    """Nobody else saves until this transaction ends."""
    tx.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def save(tx: Tx, pieces: Sequence[Piece], position: int) -> None:
    """Keep the state after the batch at `position`, in place of an earlier one of this position: numbers change it
    between two batches. Under the policy "vitals", and `alone`.
    """
    rows: list[dict[str, Any]] = [
        {"name": name, "chunk": number, "position": position, "at": tx.now, "body": body}
        for name, number, body in (*pieces, (MARKER, 0, b""))
    ]
    tx.execute(sa.delete(snapshot).where(s.position == position))
    tx.execute(sa.insert(snapshot), rows)
    older = (
        sa.select(s.position).where(s.name == MARKER).order_by(s.position.desc()).offset(KEPT - 1).limit(1)
    )
    tx.execute(sa.delete(snapshot).where(s.position < older.scalar_subquery()))


def restore(tx: Tx) -> tuple[int, dict[str, bytes]] | None:
    """The newest snapshot: its position and chunks; None without one."""
    position = tx.execute(sa.select(sa.func.max(s.position)).where(s.name == MARKER)).scalar()
    if position is None:
        return None
    return int(position), _read(tx, position)


def _read(tx: Tx, position: int) -> dict[str, bytes]:
    query = (
        sa.select(s.name, s.body).where(s.position == position, s.name != MARKER).order_by(s.name, s.chunk)
    )
    found: dict[str, bytearray] = {}
    for row in tx.execute(query):
        found.setdefault(row.name, bytearray()).extend(zlib.decompress(row.body))
    return {name: bytes(body) for name, body in found.items()}


def _pieces(body: bytes | memoryview) -> list[bytes | memoryview]:
    return [body[start : start + PIECE] for start in range(0, max(len(body), 1), PIECE)]
