"""The facts of many regions at once: one query for alarms, one for incidents, one pass over the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.identity import service as identity
from chengyun.incidents import service as incidents
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.vitals.contracts import EpisodeKind, Level
from chengyun.vitals.lookup.values import Live
from chengyun.vitals.risk.contracts import RiskCounts
from chengyun.vitals.risk.rules import OVERDUE, POINTS, Facts, Ints, Risks, Weight, judged, of_alarm, of_sign
from chengyun.vitals.tables import alarm

a = alarm.c
_OPEN = (
    a.id, a.sign, a.region_id, a.kind, a.level, a.began, a.acknowledged_at, a.shelved_until, a.incident_id, a.thing_id
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alarmed:
    """An open alarm and what it counts."""

    row: Any
    weight: Weight

    @property
    def shelved(self) -> bool:
        return self.weight.points == 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Signs at a level that no open alarm tells of, as columns: region, number of the sign, level, its beginning."""

    region: Ints
    sign: Ints
    level: Ints
    since: Ints

    def __len__(self) -> int:
        return len(self.region)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that was found for some regions of one level (`ids`, ascending)."""

    ids: Ints
    risks: Risks
    counts: list[RiskCounts]
    alarms: list[Alarmed]
    signs: Standing
    told: list[int]  # incidents that a counting alarm has opened
    pressing: Mapping[int, incidents.Pressing]


def gather(tx: Tx, live: Live, level: str, ids: Sequence[int], parent: int) -> Gathered:
    """Of regions of `level` (ascending ids) at or below `parent`, all of which the caller reads."""
    regions = np.array(ids, np.int64)
    alarms = open_alarms(tx, parent)
    signs = standing(live, alarms)
    told = [one.row.incident_id for one in alarms if one.row.incident_id is not None and not one.shelved]
    may = tx.actor.may("incident.read")
    pressing = {one.region: one for one in (incidents.pressing(tx, level, parent, told) if may else ())}
    places = _places(tx, regions, np.array([one.row.region_id for one in alarms], np.int64), level)
    kept = [(place, one) for place, one in zip(places.tolist(), alarms, strict=True) if place >= 0]
    seats = _places(tx, regions, signs.region, level)
    signs, seats = _some(signs, seats >= 0), seats[seats >= 0]
    facts = Facts.of(
        [*_of_alarms(regions, kept), *_of_signs(regions, signs, seats), *_of_incidents(regions, pressing)]
    )
    return Gathered(
        regions, judged(level, len(regions), facts), _counts(regions, kept, signs, seats, pressing), [one for _, one in kept],
        signs, told, pressing,
    )  # fmt: skip


def open_alarms(tx: Tx, region: int) -> list[Alarmed]:
    """The open alarms of a region and below, within the caller's jurisdiction."""
    query = sa.select(*_OPEN).where(
        a.cleared_at.is_(None), a.level > 0, identity.readable_by(tx.actor, a.readers), a.readers.contains([region])
    )  # fmt: skip
    return [Alarmed(row, weight(tx, row)) for row in tx.execute(query)]


def weight(tx: Tx, row: Any) -> Weight:
    """What an open alarm counts now."""
    return of_alarm(
        EpisodeKind(row.kind),
        row.level,
        row.began,
        row.acknowledged_at is not None,
        row.shelved_until,
        tx.now,
    )


def standing(live: Live, alarms: Sequence[Alarmed]) -> Standing:
    """Signs at a level, as far as somebody computes and their inputs are alive; those with an open alarm (shelved or
    not) are told by it."""
    board = live.board
    if board is None or not live.fresh:
        return Standing(*(np.zeros(0, np.int64) for _ in range(4)))
    rows = np.flatnonzero(board.rows["level"])
    rows = rows[board.rows["alive"][rows] > 0]
    region = board.layout.regions[np.searchsorted(board.layout.first, rows, side="right") - 1]
    sign = board.layout.sign[rows].astype(np.int64)
    known, size = _numbers(board.layout.signs), len(board.layout.signs)
    told = [one.row.region_id * size + known[one.row.sign] for one in alarms if one.row.sign in known]
    free = ~np.isin(region * size + sign, np.array(told, np.int64))
    level, since = board.rows["level"][rows].astype(np.int64), board.rows["since"][rows]
    return _some(Standing(region, sign, level, since), free)


@lru_cache(maxsize=4)
def _numbers(signs: tuple[str, ...]) -> Mapping[str, int]:
    return {code: number for number, code in enumerate(signs)}


def _some(signs: Standing, kept: NDArray[np.bool_]) -> Standing:
    return Standing(signs.region[kept], signs.sign[kept], signs.level[kept], signs.since[kept])


def _places(tx: Tx, regions: Ints, stand: Ints, level: str) -> Ints:
    """Index of the region that each place lies in; -1 where it is none of them."""
    if not (len(regions) and len(stand)):
        return np.full(len(stand), -1, np.int64)
    above = territory.above_at(tx, stand, level)
    at = np.minimum(np.searchsorted(regions, above), len(regions) - 1)
    return np.where(regions[at] == above, at, -1)


Row = tuple[int, float, int, bool, int]


def _of_alarms(regions: Ints, kept: Sequence[tuple[int, Alarmed]]) -> list[Row]:
    return [
        (place, one.weight.points, int(one.weight.level), int(regions[place]) == one.row.region_id, 1)
        for place, one in kept
    ]


def _of_signs(regions: Ints, signs: Standing, seats: Ints) -> list[Row]:
    columns = zip(seats.tolist(), signs.level.tolist(), signs.region.tolist(), strict=True)
    return [(seat, of_sign(level).points, level, int(regions[seat]) == stands, 1) for seat, level, stands in columns]  # fmt: skip


def _of_incidents(regions: Ints, pressing: Mapping[int, incidents.Pressing]) -> list[Row]:
    found: list[Row] = []
    for place, region in enumerate(regions.tolist()):
        one = pressing.get(region)
        if one is not None:
            found += [
                (place, POINTS[Level.RED], Level.RED, False, one.red),
                (place, POINTS[Level.ORANGE], Level.ORANGE, False, one.orange),
                (place, OVERDUE, Level.YELLOW, False, one.overdue),
            ]
    return found


def _counts(
    regions: Ints,
    alarms: Sequence[tuple[int, Alarmed]],
    signs: Standing,
    seats: Ints,
    pressing: Mapping[int, incidents.Pressing],
) -> list[RiskCounts]:
    rang, stood = np.zeros((len(regions), 4), np.int64), np.zeros((len(regions), 4), np.int64)
    shelved = np.zeros(len(regions), np.int64)
    for place, one in alarms:
        if one.shelved:
            shelved[place] += 1
        else:
            rang[place, one.row.level - 1] += 1
    np.add.at(stood, (seats, signs.level - 1), 1)
    none = incidents.Pressing(0, 0, 0, 0, 0)
    each = [pressing.get(region, none) for region in regions.tolist()]
    return [
        RiskCounts(alarmed, signed, quiet, one.red, one.orange, one.overdue)
        for alarmed, signed, quiet, one in zip(
            rang.tolist(), stood.tolist(), shelved.tolist(), each, strict=True
        )
    ]
