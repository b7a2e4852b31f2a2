"""Things on the map: one by one or, where there are too many, gathered into squares; and the points of danger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.identity import service as identity
from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.vitals.lookup import reach
from chengyun.vitals.lookup.listening import Heard
from chengyun.vitals.risk.contracts import RiskCluster, RiskPoint, RiskThing, RiskThings, RiskThingState
from chengyun.vitals.tables import alarm

Box = tuple[float, float, float, float]  # west, south, east, north
MONTH = timedelta(days=30)
SQUARES = 24  # along the longer side of a box
# Domains of things in which an alarm makes a point of danger; the others tell of comfort, traffic or upkeep.
DANGERS = frozenset(
    ["bridges", "buildings", "drainage", "fire", "flood", "forest", "gas", "lifts", "metro", "power", "sites", "slopes", "tunnels"]
)  # fmt: skip
a = alarm.c


@dataclass(frozen=True, slots=True)
class Seen:
    """Things with their states, in the order of `spots`."""

    spots: sensing.Spots
    level: NDArray[np.int64]  # of the worst open alarm; 0: none
    silent: NDArray[np.bool_] | None  # None: not known


def things(tx: Tx, heard: Heard, box: Box, kinds: tuple[str, ...], region: int | None, limit: int) -> RiskThings:  # fmt: skip
    """Active things in a box. Raises NotFound for a region elsewhere."""
    if region is not None:
        reach.asked(tx, region)
    spots = sensing.spots(tx, box, kinds, region)
    seen = Seen(spots, _levels(tx, spots.id), sensing.silent(tx, heard.latest, heard.now, spots.id))
    single = len(spots) <= limit
    return RiskThings(
        len(spots), int((seen.level > 0).sum()), int(seen.silent.sum()) if seen.silent is not None else 0,
        seen.silent is not None, _singles(tx, seen) if single else [], [] if single else clusters(box, seen),
    )  # fmt: skip


def points(tx: Tx, region: int | None, limit: int) -> list[RiskPoint]:
    """Things of dangerous domains that are in alarm or were within thirty days, the worst first. Raises NotFound."""
    where = [identity.readable_by(tx.actor, a.readers), a.thing_id.is_not(None), a.peak > 0]
    if region is not None:
        where.append(a.readers.contains([reach.asked(tx, region).id]))
    level = sa.func.max(a.level).filter(a.cleared_at.is_(None))
    query = (
        sa.select(
            a.thing_id, sa.func.coalesce(level, 0).label("level"), sa.func.max(a.peak).label("peak"),
            sa.func.count().label("n"), sa.func.max(a.began).label("last"),
        )
        .where(*where, sa.or_(a.cleared_at.is_(None), a.cleared_at >= tx.now - MONTH))
        .group_by(a.thing_id)
        .order_by(sa.desc("level"), sa.desc("peak"), sa.desc("last"))
    )  # fmt: skip
    rows, found = tx.execute(query).all(), list[RiskPoint]()
    for start in range(
        0, len(rows), limit
    ):  # as many as are wanted at a time: most things in alarm are dangerous ones
        if len(found) < limit:
            found += _points(tx, rows[start : start + limit])
    return found[:limit]


def _points(tx: Tx, rows: Sequence[Any]) -> Iterator[RiskPoint]:
    known = sensing.spots_by_ids(tx, [row.thing_id for row in rows])
    for row in rows:
        one = known.get(row.thing_id)
        if one is not None and one.domain in DANGERS:
            yield RiskPoint(
                one.id, one.name, one.kind_name, one.domain, one.region, one.lon, one.lat, row.level, row.peak, row.n, row.last,
                one.simulated,
            )  # fmt: skip


def clusters(box: Box, seen: Seen) -> list[RiskCluster]:
    """The things of each square of a box as one."""
    west, south, east, north = box
    size = max(east - west, north - south) / SQUARES or 1.0
    square = np.floor((seen.spots.lon - west) / size) * (SQUARES + 2) + np.floor(
        (seen.spots.lat - south) / size
    )
    _, place, each = np.unique(square, return_inverse=True, return_counts=True)

    def total(of: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.bincount(place, of, len(each)).astype(np.float64)

    worst = np.zeros(len(each), np.int64)
    np.maximum.at(worst, place, seen.level)
    silent = total(seen.silent.astype(np.int64)) if seen.silent is not None else np.zeros(len(each))
    columns = (
        (total(seen.spots.lon) / each).round(6), (total(seen.spots.lat) / each).round(6), each,
        total((seen.level > 0).astype(np.int64)).astype(np.int64), silent.astype(np.int64), worst,
    )  # fmt: skip
    return [RiskCluster(*row) for row in zip(*(one.tolist() for one in columns), strict=True)]


def _levels(tx: Tx, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each thing (ascending ids) the level of its worst open alarm."""
    found = np.zeros(len(ids), np.int64)
    query = sa.select(a.thing_id, sa.func.max(a.level).label("level")).where(
        a.cleared_at.is_(None), a.level > 0, a.thing_id.is_not(None), identity.readable_by(tx.actor, a.readers)
    )  # fmt: skip
    rows = tx.execute(query.group_by(a.thing_id)).all()
    if rows and len(ids):
        thing, level = (np.array(column, np.int64) for column in zip(*rows, strict=True))
        at = np.minimum(np.searchsorted(ids, thing), len(ids) - 1)
        here = ids[at] == thing
        found[at[here]] = level[here]
    return found


def _singles(tx: Tx, seen: Seen) -> list[RiskThing]:
    known = sensing.spots_by_ids(tx, seen.spots.id.tolist())
    quiet = seen.silent.tolist() if seen.silent is not None else [None] * len(seen.spots)
    return [
        RiskThing(
            one.id, one.code, one.name, one.kind, one.kind_name, _state(level, silent), level, one.lon, one.lat, one.simulated
        )
        for thing, level, silent in zip(seen.spots.id.tolist(), seen.level.tolist(), quiet, strict=True)
        if (one := known.get(thing)) is not None
    ]  # fmt: skip


def _state(level: int, silent: bool | None) -> RiskThingState:
    if level:
        return RiskThingState.ALARM
    if silent is None:
        return RiskThingState.UNKNOWN
    return RiskThingState.SILENT if silent else RiskThingState.ALIVE
