"""A reorganisation: what is open follows the centre that takes over; what has ended keeps its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.contracts import UnitMerged, UnitRestored
from chengyun.incidents import rulebook, tables
from chengyun.incidents.contracts import State
from chengyun.incidents.dispatch.places import Units
from chengyun.incidents.life import SYSTEM, Act
from chengyun.incidents.moving import moves, news, store
from chengyun.incidents.moving.resolving import Working
from chengyun.incidents.moving.store import Loaded
from chengyun.incidents.tables import DONE, OPEN_ORDER
from chengyun.kernel.contracts import Actor
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import CentreDissolved, Following, RegionMoved, ReorganisationPlanned

incident, order, step = tables.incident, tables.order, tables.step
OPEN = sa.or_(incident.c.state.not_in(DONE), incident.c.state == State.MERGED)  # a merged one may come back


def register(bus: Bus) -> None:
    """Hear of reorganisations; say which incidents a reader of the audit may see."""
    identity.register_subject("incident", _seen)
    bus.subscribe(CentreDissolved, centre_dissolved)
    bus.subscribe(UnitMerged, unit_merged)
    bus.subscribe(UnitRestored, unit_restored)
    bus.subscribe(RegionMoved, town_moved)
    bus.subscribe(ReorganisationPlanned, plan)


def town_moved(tx: Tx, told: RegionMoved) -> None:
    """Open incidents of the town, their work orders and deadlines, go to the centre that takes over."""
    theirs = {unit.kind: unit.id for unit in identity.units_in(tx, [told.to_centre])}
    for loaded in _locked(tx, sa.and_(OPEN, incident.c.town_id == told.region_id)):
        units = identity.units_by_ids(tx, loaded.life.busy())
        swap = {told.from_centre: told.to_centre}
        for unit in units.values():
            if unit.level == "district" and unit.region_id != told.to_centre and unit.kind in theirs:
                swap[unit.id] = theirs[unit.kind]
        _follow(tx, loaded, swap, told.version, told.to_centre)


def centre_dissolved(tx: Tx, told: CentreDissolved) -> None:
    """What a centre that has ended took over from elsewhere goes to its successor; its own towns move one by one."""
    holds = sa.or_(
        incident.c.centre_id == told.region_id,
        incident.c.desk_id == told.region_id,
        incident.c.transfer_to == told.region_id,
    )
    for loaded in _locked(tx, sa.and_(OPEN, incident.c.district_id != told.region_id, holds)):
        _follow(tx, loaded, {told.region_id: told.into}, told.version, None)


def unit_merged(tx: Tx, told: UnitMerged) -> None:
    """Open work orders of a closed unit belong to the one that it was merged into."""
    theirs = sa.select(order.c.incident_id).where(order.c.unit_id == told.unit, order.c.state.in_(OPEN_ORDER))
    version = territory.current_version(tx)
    for loaded in _locked(tx, sa.and_(OPEN, incident.c.id.in_(theirs))):
        _follow(tx, loaded, {told.unit: told.into}, version, None)


def unit_restored(tx: Tx, told: UnitRestored) -> None:
    """A merger is taken back: what it moved, and what is still open there, returns.

    Where both units had work on one incident, nobody can tell their orders apart any more: those stay.
    """
    moved = sa.select(step.c.incident_id).where(
        step.c.move == "moved_region", step.c.args["swap"][str(told.unit)].as_integer() == told.former
    )
    single = (
        sa.select(order.c.incident_id)
        .where(order.c.unit_id == told.former, order.c.state.in_(OPEN_ORDER))
        .group_by(order.c.incident_id)
        .having(sa.func.count() == 1)
    )
    version = territory.current_version(tx)
    for loaded in _locked(tx, sa.and_(OPEN, incident.c.id.in_(moved), incident.c.id.in_(single))):
        _follow(tx, loaded, {told.former: told.unit}, version, None)


def _seen(actor: Actor) -> sa.Select[Any]:
    return sa.select(incident.c.id).where(identity.readable_by(actor, incident.c.readers))


def _locked(tx: Tx, which: sa.ColumnElement[bool]) -> Iterator[Loaded]:
    query = sa.select(*store.columns(incident)).where(which).order_by(incident.c.id).with_for_update()
    for row in tx.execute(query).all():
        yield store.read(tx, store.incident_of(row))


def _follow(tx: Tx, loaded: Loaded, swap: Mapping[int, int], version: int, district: int | None) -> None:
    """One step of the history: centres and units by `swap`, the place's district where that has changed."""
    found = loaded.life.incident
    args = {
        "swap": {str(old): new for old, new in swap.items()},
        "version": version,
        "district": district or found.district_id,
    }
    book = rulebook.book(tx, found.rulebook_id or 0)
    work = Working(tx, loaded.life, book, store.Ids(tx), Units(tx))
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
