"""A reorganisation: what is open follows the centre that takes over; what has ended keeps its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.contracts import UnitMerged
from chengyun.incidents import moves, news, rulebook, store, tables
from chengyun.incidents.life import SYSTEM, Act
from chengyun.incidents.places import Units
from chengyun.incidents.resolving import Working
from chengyun.incidents.tables import DONE, OPEN_ORDER
from chengyun.kernel.errors import NotFound
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import Following, RegionMoved, ReorganisationPlanned

incident, order = tables.incident, tables.order
OPEN = incident.c.state.not_in(DONE)


def register(bus: Bus) -> None:
    """Hear of reorganisations."""
    bus.subscribe(RegionMoved, town_moved)
    bus.subscribe(UnitMerged, unit_merged)
    bus.subscribe(ReorganisationPlanned, plan)


def town_moved(tx: Tx, news_of: RegionMoved) -> None:
    """Open incidents of the town, their work orders and deadlines, go to the centre that takes over."""
    swap = {news_of.from_centre: news_of.to_centre, **_units(tx, news_of.from_centre, news_of.to_centre)}
    here = sa.and_(OPEN, incident.c.town_id == news_of.region_id)
    _follow(tx, here, swap, news_of.version, news_of.to_centre)
    if _is_gone(tx, news_of.from_centre):
        elsewhere = sa.or_(
            incident.c.centre_id == news_of.from_centre, incident.c.desk_id == news_of.from_centre
        )
        _follow(tx, sa.and_(OPEN, elsewhere), swap, news_of.version, None)


def unit_merged(tx: Tx, news_of: UnitMerged) -> None:
    """Open work orders of a closed unit belong to the one that it was merged into."""
    theirs = sa.select(order.c.incident_id).where(
        order.c.unit_id == news_of.unit, order.c.state.in_(OPEN_ORDER)
    )
    swap = {news_of.unit: news_of.into}
    _follow(tx, sa.and_(OPEN, incident.c.id.in_(theirs)), swap, territory.current_version(tx), None)


def _units(tx: Tx, old: int, new: int) -> dict[int, int]:
    """Each unit of the old centre's region and the one of its kind at the new centre."""
    theirs = {unit.kind: unit.id for unit in identity.find_units(tx, region_ids=[new])}
    return {
        unit.id: theirs[unit.kind]
        for unit in identity.find_units(tx, region_ids=[old])
        if unit.kind in theirs
    }


def _is_gone(tx: Tx, centre: int) -> bool:
    """Whether a centre governs nothing any more."""
    try:
        return not territory.children(tx, centre)
    except NotFound:
        return True


def _follow(
    tx: Tx, which: sa.ColumnElement[bool], swap: Mapping[int, int], version: int, district: int | None
) -> None:
    rows = tx.execute(
        sa.select(*store.columns(incident)).where(which).order_by(incident.c.id).with_for_update()
    )
    for row in rows.all():
        loaded = store.read(tx, store.incident_of(row))
        found = loaded.life.incident
        args = {
            "swap": {str(old): new for old, new in swap.items()},
            "version": version,
            "district": district or found.district_id,
        }
        number = found.rulebook_id or 0
        work = Working(tx, loaded.life, rulebook.book(tx, number), store.Ids(tx), Units(tx))
        act = Act("incident", "moved_region", tx.now, SYSTEM, text="区划调整，由接管中心继续办理", args=args)
        alerts = list(found.alerts)
        moves.take(work, act)
        store.save(tx, loaded)
        news.announce(tx, loaded.life, [act], alerts)


def plan(tx: Tx, dry_run: ReorganisationPlanned) -> None:
    """Say what would follow each town: open incidents, their work orders, their running deadlines."""
    towns = [move.region.id for move in dry_run.moves]
    counts = (
        ("incident", _open_incidents(tx, towns), "件在办事件", "open incidents"),
        ("order", _open_orders(tx, towns), "张在办工单", "open work orders"),
        ("deadline", _running(tx, towns), "个在计时限", "running deadlines"),
    )
    for town in towns:
        for kind, found, zh, en in counts:
            if found.get(town):
                line = Following(town, kind, found[town], f"{found[town]} {zh}", f"{found[town]} {en}")
                dry_run.lines.append(line)


def _open_incidents(tx: Tx, towns: Sequence[int]) -> dict[int, int]:
    query = sa.select(incident.c.town_id, sa.func.count()).where(OPEN, incident.c.town_id.in_(towns))
    return _counted(tx, query)


def _open_orders(tx: Tx, towns: Sequence[int]) -> dict[int, int]:
    query = sa.select(incident.c.town_id, sa.func.count()).join(order, order.c.incident_id == incident.c.id)
    return _counted(tx, query.where(OPEN, order.c.state.in_(OPEN_ORDER), incident.c.town_id.in_(towns)))


def _running(tx: Tx, towns: Sequence[int]) -> dict[int, int]:
    deadline = tables.deadline
    query = sa.select(incident.c.town_id, sa.func.count()).join(
        deadline, deadline.c.incident_id == incident.c.id
    )
    return _counted(tx, query.where(deadline.c.state == "running", incident.c.town_id.in_(towns)))


def _counted(tx: Tx, query: sa.Select[Any]) -> dict[int, int]:
    rows: Sequence[Any] = tx.execute(query.group_by(incident.c.town_id)).all()
    return {row[0]: int(row[1]) for row in rows}
