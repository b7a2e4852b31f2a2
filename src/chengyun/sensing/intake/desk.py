"""The desk at which readings are taken in: screen, keep within what the sender may, store, count. One per process.

Whoever takes in does so in a sitting (`Desk.open`): one transaction, and what is kept in memory follows its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.identity.service import readable_by
from chengyun.kernel.contracts import Actor
from chengyun.kernel.transactions import Database, Tx
from chengyun.sensing.contracts import Readings, Reason, Rejected, Streams, Taken
from chengyun.sensing.intake.catalogue import streams
from chengyun.sensing.intake.codecs import Columns, Packed
from chengyun.sensing.intake.counting import Counts
from chengyun.sensing.intake.moments import microseconds
from chengyun.sensing.intake.quotas import Quotas
from chengyun.sensing.intake.screening import CODE, REASONS, Screened, screen
from chengyun.sensing.intake.storing import day_of, remember_partition, store
from chengyun.sensing.tables import thing

_REMEMBERED = timedelta(days=2)  # how far back a message that is sent again is looked for
_STORED = sa.text(
    """
    SELECT stream, CAST(extract(epoch FROM at) * 1000000 AS bigint) AS at FROM sensing_observation
    WHERE arrived > :since AND stream = ANY(:ids)
      AND at BETWEEN to_timestamp(:first / 1e6) - interval '1 second' AND to_timestamp(:last / 1e6) + interval '1 second'
    """
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends. `thing`: a device, for itself alone; `gateway`: for the things that name it; `actor`: for the things
    in its jurisdiction; none of them: for every thing (a file that the installation's keeper put there).
    """

    source: str
    thing: str | None = None
    gateway: str | None = None
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A decoded message. `again`: the broker sends it a second time, so it may be stored already."""

    sender: Sender
    told: Columns | Packed
    again: bool = False


class Live(Protocol):
    """The live process, for which order counts: it is told of its own batches as they are committed."""

    def turn(self) -> AbstractContextManager[None]:
        """Nobody else gives positions meanwhile."""

    def flags(self, readings: Readings, now: int) -> NDArray[np.int16]:
        """Marks of readings as far as is known before they count."""

    def offer(self, readings: Readings, now: int, position: int) -> None:
        """A batch that is committed."""


class Desk:
    """What a process keeps while it takes readings in."""

    def __init__(self, db: Database, live: Live | None = None) -> None:
        self.db = db
        self.live = live
        self.quotas = Quotas()
        self.counts = Counts(db)

    @contextmanager
    def open(self, actor: Actor) -> Iterator[Sitting]:
        """A transaction of `actor` in which one may `write` once."""
        with self.live.turn() if self.live else nullcontext():
            sitting = Sitting(self)
            try:
                with self.db.begin(actor) as sitting.tx:
                    yield sitting
            except BaseException:
                sitting.abandoned()
                raise
            sitting.committed()

    def close(self) -> None:
        """Write what was counted."""
        self.counts.close()


class Sitting:
    """Readings taken in by one transaction."""

    tx: Tx

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: Streams | None = None
        self._found: list[Screened] = []
        self._owners = np.zeros(0, np.int64)
        self._now = 0
        self._readings: Readings | None = None
        self._position: int | None = None

    def write(self, incoming: Sequence[Incoming]) -> list[Taken]:
        """Screen and store; what became of each message, in order."""
        tx = self.tx
        self._known = known = streams(tx)
        self._now = now = microseconds(tx.now)
        for one in incoming:
            found = screen(one.told, known, now)
            _limit(tx, one.sender, found, known)
            self._found.append(found)
        self._keep_quotas(known)
        with tx.under("sensing"):
            before = [
                _stored_before(tx, found, known) if one.again else found.accepted & False
                for one, found in zip(incoming, self._found, strict=True)
            ]
            batch = self._store(known, before, " ".join(sorted({one.sender.source for one in incoming})))
        return [_taken(found, batch) for found in self._found]

    def _keep_quotas(self, known: Streams) -> None:
        owners = [found.owner[found.accepted] for found in self._found]
        self._owners = np.concatenate(owners) if owners else self._owners
        inside = self._desk.quotas.take(known, self._owners, self._now)
        self._owners = self._owners[inside]
        ends = np.cumsum([len(part) for part in owners])
        for found, kept in zip(self._found, np.split(inside, ends[:-1]), strict=True):
            found.code[np.flatnonzero(found.accepted)[~kept]] = CODE[Reason.QUOTA]

    def _store(self, known: Streams, before: list[NDArray[np.bool_]], source: str) -> int | None:
        """The batch's id; None where nothing is left to store."""
        parts = [found.readings(known, ~seen) for found, seen in zip(self._found, before, strict=True)]
        readings = Readings(
            np.concatenate([part.stream for part in parts]),
            np.concatenate([part.at for part in parts]),
            np.concatenate([part.value for part in parts]),
        )
        if not len(readings):
            return None
        live = self._desk.live
        flags = live.flags(readings, self._now) if live else 0
        batch, self._position = store(self.tx, readings, self._now, source, flags, own=live is not None)
        self._readings = readings
        return batch

    def abandoned(self) -> None:
        """The transaction has failed: what it used up of quotas is free again."""
        if self._known is not None and len(self._owners):
            self._desk.quotas.give_back(self._known, self._owners, self._now)

    def committed(self) -> None:
        """What is true now that the readings are there for good."""
        if self._known is None:
            return
        self._count(self._known)
        if self._readings is None:
            return
        remember_partition(self.tx, self._now)
        if self._desk.live and self._position is not None:
            self._desk.live.offer(self._readings, self._now, self._position)

    def _count(self, known: Streams) -> None:
        day, counts = day_of(self._now), self._desk.counts
        counts.add(day, "accepted", known.thing_ids[self._owners])
        for found in self._found:
            if not found.code.any():
                continue
            for code in np.unique(found.code[(found.code > 0) & (found.owner >= 0)]):
                things = known.thing_ids[found.owner[(found.code == code) & (found.owner >= 0)]]
                counts.add(day, REASONS[code - 1].value, things)


def _limit(tx: Tx, sender: Sender, found: Screened, known: Streams) -> None:
    """What the sender may not send is forbidden, whatever else is wrong with it, and counts for nobody: one learns
    nothing of it, not even whether it exists.
    """
    if sender.thing is not None:
        beyond = _of_others(sender.thing, found, known)
    elif sender.gateway is not None:
        number = known.gateways.get(sender.gateway, -1)
        beyond = (found.owner < 0) | (known.gateway[found.owner] != number if len(known.gateway) else True)
    elif sender.actor is not None:
        places = np.unique(found.owner[found.owner >= 0])
        visible = np.isin(found.owner, places[_visible(tx, sender.actor, known.thing_ids[places])])
        beyond = ~visible
    else:
        return
    found.code[beyond] = CODE[Reason.FORBIDDEN]
    found.owner[beyond] = -1


def _of_others(code: str, found: Screened, known: Streams) -> NDArray[np.bool_]:
    if found.named is None:
        return np.asarray(found.owner != known.things.get(code, -2))
    return np.array([name != code for name, _ in found.named], np.bool_)


def _visible(tx: Tx, actor: Actor, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which things the actor may see."""
    if not len(ids):
        return np.zeros(0, np.bool_)
    query = sa.select(thing.c.id).where(thing.c.id.in_(ids.tolist()), readable_by(actor, thing.c.readers))
    seen = np.array(list(tx.execute(query).scalars()), np.int64)
    return np.isin(ids, seen)


def _stored_before(tx: Tx, found: Screened, known: Streams) -> NDArray[np.bool_]:
    """Which readings of a message that is sent again are stored: their commit came before its sender heard of it."""
    keep = found.accepted
    readings = found.readings(known)
    if not len(readings):
        return keep & False
    asked = {
        "since": tx.now - _REMEMBERED,
        "ids": np.unique(readings.stream).tolist(),
        "first": int(readings.at.min()),
        "last": int(readings.at.max()),
    }
    stored = {(row.stream, row.at) for row in tx.execute(_STORED, asked)}
    pairs = zip(readings.stream.tolist(), readings.at.tolist(), strict=True)
    seen = np.zeros(len(keep), np.bool_)
    seen[np.flatnonzero(keep)] = [pair in stored for pair in pairs]
    return seen


def _taken(found: Screened, batch: int | None) -> Taken:
    rejected = tuple(Rejected(*one) for one in found.rejected())
    return Taken(len(found.code) - len(rejected), rejected, batch)
