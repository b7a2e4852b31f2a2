"""Snapshots of the engine and the watch: their chunks in pieces, compressed, under the position of the last batch that
is in them. A piece that is as it was in the snapshot before stays where it lies: the marker of a snapshot knows
where each of its pieces is.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
Place = tuple[str, int]  # name and number of a piece
Index = dict[Place, tuple[int, str]]  # under which position it lies, its digest
s = snapshot.c
_UNUSED = sa.text(
    "DELETE FROM vitals_snapshot WHERE name <> :marker AND (name, chunk, position) NOT IN (SELECT * FROM"
    " unnest(CAST(:names AS text[]), CAST(:numbers AS int[]), CAST(:positions AS bigint[])))"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a chunk: compressed, and the digest of what it was before."""

    place: Place
    digest: str
    body: bytes


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
        self._known: dict[str, bytes] = {}

    def packed(self, chunks: Mapping[str, bytes | memoryview]) -> list[Piece]:
        """Every piece, compressed."""
        known, self._known = self._known, {}
        found = []
        for name, body in chunks.items():
            for number, piece in enumerate(_pieces(body)):
                digest = hashlib.blake2b(piece, digest_size=16).hexdigest()
                packed = known.get(digest) or zlib.compress(piece, 1)
                self._known[digest] = packed
                found.append(Piece((name, number), digest, packed))
        return found


def alone(tx: Tx) -> None:
    """Nobody else saves until this transaction ends."""
    tx.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def save(tx: Tx, pieces: Sequence[Piece], position: int) -> None:
    """Keep the state after the batch at `position`, in place of an earlier one of this position: numbers change it
    between two batches. Under the policy "vitals", and `alone`.
    """
    before = tx.execute(
        sa.select(sa.func.max(s.position)).where(s.name == MARKER, s.position < position)
    ).scalar()
    known = {} if before is None else _index(tx, before)
    lies = {one.place: known[one.place] for one in pieces if known.get(one.place, ("", ""))[1] == one.digest}
    fresh = [one for one in pieces if one.place not in lies]
    lies |= {one.place: (position, one.digest) for one in fresh}
    told = json.dumps([[*place, *where] for place, where in lies.items()]).encode()
    rows: list[dict[str, Any]] = [
        {"name": name, "chunk": number, "position": position, "at": tx.now, "body": body}
        for (name, number), body in (*((one.place, one.body) for one in fresh), ((MARKER, 0), told))
    ]
    tx.execute(sa.delete(snapshot).where(s.position == position))
    tx.execute(sa.insert(snapshot), rows)
    _forget(tx)


def _forget(tx: Tx) -> None:
    """Snapshots before the newest, and pieces that none needs."""
    kept = (
        tx.execute(sa.select(s.position).where(s.name == MARKER).order_by(s.position.desc()).limit(KEPT))
        .scalars()
        .all()
    )
    tx.execute(sa.delete(snapshot).where(s.name == MARKER, s.position.not_in(kept)))
    used = {(*place, at) for one in kept for place, (at, _) in _index(tx, one).items()}
    names, numbers, positions = map(list, zip(*used, strict=True)) if used else ([], [], [])
    tx.execute(_UNUSED, {"marker": MARKER, "names": names, "numbers": numbers, "positions": positions})


def restore(tx: Tx) -> tuple[int, dict[str, bytes]] | None:
    """The newest snapshot: its position and chunks; None without one."""
    position = tx.execute(sa.select(sa.func.max(s.position)).where(s.name == MARKER)).scalar()
    if position is None:
        return None
    return int(position), _read(tx, position)


def _index(tx: Tx, position: int) -> Index:
    """Where the pieces of a snapshot lie; those of the first version lie together."""
    told = tx.execute(sa.select(s.body).where(s.name == MARKER, s.position == position)).scalar_one()
    if told:
        return {(name, number): (at, digest) for name, number, at, digest in json.loads(told)}
    there = tx.execute(sa.select(s.name, s.chunk).where(s.position == position, s.name != MARKER))
    return {(row.name, row.chunk): (position, "") for row in there}


def _read(tx: Tx, position: int) -> dict[str, bytes]:
    found: dict[str, bytearray] = {}
    for (name, number), (at, _) in sorted(_index(tx, position).items()):
        here = (s.name == name, s.chunk == number, s.position == at)
        packed = tx.execute(sa.select(s.body).where(*here)).scalar_one()
        found.setdefault(name, bytearray()).extend(zlib.decompress(packed))
    return {name: bytes(body) for name, body in found.items()}


def _pieces(body: bytes | memoryview) -> list[bytes | memoryview]:
    return [body[start : start + PIECE] for start in range(0, max(len(body), 1), PIECE)]
