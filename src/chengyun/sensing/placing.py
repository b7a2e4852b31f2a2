"""Things as a map shows them: where they stand in a box, and whether they are heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.identity import service as identity
from chengyun.kernel.transactions import Tx
from chengyun.sensing.intake.catalogue import streams
from chengyun.sensing.live.shared import Shared
from chengyun.sensing.registry.adding import MICRO
from chengyun.sensing.tables import kind, thing

ALIVE_INTERVALS = 3  # a datastream is alive while it was heard within so many expected intervals
t = thing.c
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Spots:
    """Active things as columns; WGS-84 degrees."""

    id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing on a map."""

    id: int
    code: str
    name: str
    kind: str
    kind_name: str
    domain: str
    region: int
    lon: float
    lat: float
    simulated: bool


def spots(tx: Tx, box: Box, kinds: Sequence[str], region: int | None) -> Spots:
    """Active things of the caller's jurisdiction in a box (west, south, east, north), by id. Needs thing.read."""
    tx.actor.require("thing.read")
    west, south, east, north = (round(one * MICRO) for one in box)
    query = sa.select(t.id, t.lon, t.lat).where(
        identity.readable_by(tx.actor, t.readers), t.active, t.lon.between(west, east), t.lat.between(south, north)
    )  # fmt: skip
    if kinds:
        query = query.where(t.kind.in_(list(kinds)))
    if region is not None:
        query = query.where(t.readers.contains([region]))
    rows = np.array([tuple(row) for row in tx.execute(query.order_by(t.id))], np.int64).reshape(-1, 3)
    return Spots(rows[:, 0], rows[:, 1] / MICRO, rows[:, 2] / MICRO)


def spots_by_ids(tx: Tx, ids: Sequence[int]) -> dict[int, Spot]:
    """Those of the things that the caller may see, by id."""
    if not ids:
        return {}
    k = kind.c
    name = (k.name_en if tx.actor.language == "en" else k.name_zh).label("kind_name")
    query = (
        sa.select(
            t.id, t.code, t.name, t.kind, name, k.domain, t.region_id, t.lon, t.lat, t.simulated
        )
        .join_from(thing, kind, k.code == t.kind)
        .where(t.id.in_(list(ids)), identity.readable_by(tx.actor, t.readers))
    )  # fmt: skip
    return {
        row.id: Spot(
            row.id, row.code, row.name, row.kind, row.kind_name, row.domain, row.region_id, row.lon / MICRO, row.lat / MICRO,
            row.simulated,
        )
        for row in tx.execute(query)
    }  # fmt: skip


def silent(tx: Tx, latest: Shared | None, now: int, ids: NDArray[np.int64]) -> NDArray[np.bool_] | None:
    """Which of the things (active, ascending ids) have no datastream that is alive at `now` (microseconds, real time).

    None where nobody computes: then it is not known. A thing without datastreams is never heard, hence silent.
    """
    if latest is None or not latest.fresh(now):
        return None
    known = streams(tx)
    quiet = np.ones(len(ids), np.bool_)
    if not (len(latest.id) and len(known) and len(ids)):
        return quiet
    at = np.minimum(np.searchsorted(latest.id, known.id), len(latest.id) - 1)
    heard = np.where(latest.id[at] == known.id, latest.at[at], np.iinfo(np.int64).min // 2)
    alive = now - heard <= known.interval_s * (ALIVE_INTERVALS * 1e6)
    place = np.minimum(np.searchsorted(ids, known.thing[alive]), len(ids) - 1)
    quiet[place[ids[place] == known.thing[alive]]] = False
    return quiet
