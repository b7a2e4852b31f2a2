"""What a list of incidents is narrowed by; the same filters serve queue, counts, map and exports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from chengyun.identity import service as identity
from chengyun.incidents.contracts import Channel, Lamp, Level, State
from chengyun.incidents.reading import searching
from chengyun.incidents.tables import DONE, OPEN_ORDER, incident, order
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

i = incident.c
WALK = sa.text("SELECT set_config('enable_bitmapscan', 'off', true)")


@dataclass(frozen=True, slots=True)
class Filters:
    """All that a queue can be narrowed by; empty means not narrowed."""

    state: tuple[State, ...] = ()
    level: tuple[Level, ...] = ()
    channel: tuple[Channel, ...] = ()
    lamp: Lamp | None = None
    region: int | None = None  # the place lies in this region
    centre: int | None = None  # owned by this centre, or its turn
    unit: int | None = None  # a work order of this unit
    category: str | None = None  # code or its beginning ("04")
    q: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    mine: bool = False  # the caller's unit or the caller has an open work order
    alert: bool = False  # urgent and not acknowledged at the caller's centre
    open: bool | None = None
    pinned: bool = False


def readable(tx: Tx) -> ColumnElement[bool]:
    """The caller's jurisdiction over incidents; for residents their own."""
    if tx.actor.kind == "resident":
        return i.residents.contains([tx.actor.id])
    return identity.readable_by(tx.actor, i.readers)


def walk(tx: Tx) -> None:
    """For the rest of this transaction: who sees the whole city does not gather it by the index of jurisdiction, which
    is a bitmap; the planner takes every jurisdiction for selective."""
    if territory.city(tx) in tx.actor.scopes:
        tx.execute(WALK)


def conditions(tx: Tx, filters: Filters) -> list[ColumnElement[bool]]:
    """The WHERE clause of a list, jurisdiction first."""
    found = [readable(tx)]
    found += _chosen(filters)
    found += _places(filters)
    found += _period(filters)
    if filters.q:
        found += searching.matches(tx, filters.q)
    if filters.mine:
        found.append(_mine(tx))
    if filters.alert:
        found.append(i.alerts.contains([tx.actor.home or 0]))
    return found


def _chosen(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, values in ((i.state, filters.state), (i.level, filters.level), (i.channel, filters.channel)):
        if values:
            found.append(column.in_([str(value) for value in values]))
    if filters.lamp:
        found.append(i.lamp == str(filters.lamp))
    if filters.category:
        found.append(i.category.startswith(filters.category, autoescape=True))
    if filters.pinned:
        found.append(i.pinned)
    if filters.open is not None:
        open_ones = i.state.not_in(DONE)
        found.append(_or_number(open_ones, filters) if filters.open else sa.not_(open_ones))
    if not filters.state:
        found.append(_or_number(i.state != State.MERGED, filters))
    return found


def _or_number(condition: ColumnElement[bool], filters: Filters) -> ColumnElement[bool]:
    """Whoever asks for a number finds it, whatever became of it. Words stay narrowed by a plain condition, which
    partial indexes answer."""
    asked = (filters.q or "").strip()
    return sa.or_(condition, i.number == asked) if any(map(str.isdecimal, asked)) else condition


def _places(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.region:
        chain = (i.city_id, i.district_id, i.town_id, i.village_id, i.grid_id)
        found.append(sa.or_(*(column == filters.region for column in chain)))
    if filters.centre:
        centre = filters.centre
        found.append(sa.or_(i.desk_id == centre, i.centre_id == centre, i.transfer_to == centre))
    if filters.unit:
        found.append(sa.exists().where(order.c.incident_id == i.id, order.c.unit_id == filters.unit))
    return found


def _period(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.since:
        found.append(i.reported_at >= filters.since)
    if filters.until:
        found.append(i.reported_at < filters.until)
    return found


def _mine(tx: Tx) -> ColumnElement[bool]:
    actor = tx.actor
    who = [order.c.unit_id == (actor.unit or 0)]
    if actor.kind == "person":
        who.append(order.c.person_id == actor.id)
    return sa.exists().where(order.c.incident_id == i.id, order.c.state.in_(OPEN_ORDER), sa.or_(*who))
