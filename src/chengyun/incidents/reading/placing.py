"""Incidents as the map of risks needs them: counted by region, placed, and by the hour in which they were reported.

Everything is narrowed by the caller's jurisdiction, as the queue is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from chengyun.identity import service as identity
from chengyun.incidents.contracts import Lamp, Level, State
from chengyun.incidents.reading.filters import Filters, conditions, readable, walk
from chengyun.incidents.reading.queries import PARENT_COLUMNS, REGION_COLUMNS
from chengyun.incidents.tables import DONE, incident
from chengyun.kernel.transactions import Tx

i = incident.c
_COLUMNS = {"city": i.city_id, **REGION_COLUMNS}
_WORST_FIRST = sa.case((i.level == "red", 0), (i.level == "orange", 1), (i.level == "yellow", 2), else_=3)


@dataclass(frozen=True, slots=True)
class Pressing:
    """Open incidents of a region (itself and all below) that press: of level red, orange, and those overdue; `total`
    counts each once."""

    region: int
    red: int
    orange: int
    overdue: int
    total: int


@dataclass(frozen=True, slots=True)
class Placed:
    """An incident on a map. `region`: the lowest that it lies in; WGS-84 degrees."""

    id: int
    number: str
    title: str
    level: Level
    state: State
    lamp: Lamp
    region: int
    lon: float
    lat: float
    reported_at: datetime
    simulated: bool
    open: bool


def pressing(tx: Tx, level: str, parent: int, told: Sequence[int] = ()) -> list[Pressing]:
    """Per region of a level at or below `parent`. Of the incidents `told` the level does not count, since whoever asks
    counts what they came from; that they are overdue does."""
    column = _COLUMNS[level]
    walk(tx)
    fresh = i.id.not_in(list(told)) if told else sa.true()
    red, orange, overdue = i.level == "red", i.level == "orange", i.lamp == "red"
    query = sa.select(
        column.label("region"),
        sa.func.count().filter(red, fresh).label("red"),
        sa.func.count().filter(orange, fresh).label("orange"),
        sa.func.count().filter(overdue).label("overdue"),
        sa.func.count().filter(sa.or_(overdue, fresh)).label("total"),
    ).where(readable(tx), i.state.not_in(DONE), sa.or_(red, orange, overdue), column.is_not(None))
    rows = tx.execute(query.where(_within(parent)).group_by(column))
    return [Pressing(row.region, row.red, row.orange, row.overdue, row.total) for row in rows]


def placed(tx: Tx, filters: Filters, limit: int) -> tuple[int, list[Placed]]:
    """How many there are, and the worst, then newest of them."""
    walk(tx)
    where = conditions(tx, filters)
    total = int(tx.execute(sa.select(sa.func.count()).where(*where)).scalar_one())
    region = sa.func.coalesce(i.grid_id, i.village_id, i.town_id, i.district_id, i.city_id).label("region")
    query = (
        sa.select(
            i.id, i.number, i.title, i.level, i.state, i.lamp, region, i.lon, i.lat, i.reported_at, i.simulated
        )
        .where(*where)
        .order_by(_WORST_FIRST, sa.case((i.lamp == "red", 0), else_=1), i.reported_at.desc(), i.id.desc())
        .limit(limit)
    )  # fmt: skip
    return total, [
        Placed(
            row.id, row.number, identity.shown(tx.actor, row.title), Level(row.level), State(row.state), Lamp(row.lamp), row.region, row.lon, row.lat,
            row.reported_at, row.simulated, row.state not in DONE,
        )
        for row in tx.execute(query)
    ]  # fmt: skip


def by_hour(tx: Tx, filters: Filters) -> list[tuple[datetime, Level, int]]:
    """How many were reported in each hour (its beginning), by level."""
    walk(tx)
    hour = sa.func.date_trunc("hour", i.reported_at).label("hour")
    query = (
        sa.select(hour, i.level, sa.func.count().label("n"))
        .where(*conditions(tx, filters))
        .group_by(hour, i.level)
    )
    return [(row.hour, Level(row.level), row.n) for row in tx.execute(query)]


def _within(parent: int) -> ColumnElement[bool]:
    return sa.or_(*(above == parent for above in (*PARENT_COLUMNS, i.grid_id)))
