"""From table rows to what others may see of them: queue rows, deadlines, work orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.contracts import Unit
from chengyun.incidents import rulebook as rulebooks
from chengyun.incidents.contracts import (
    Category,
    Channel,
    Deadline,
    IncidentRow,
    Lamp,
    Level,
    Stage,
    State,
    UnitBrief,
)
from chengyun.incidents.tables import OPEN_ORDER, deadline, order
from chengyun.kernel.clock import Calendar, Clock, Limit, current_calendar
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import RegionRef

WITH_UNITS = {State.DISPATCHED, State.HANDLING}


def deadline_of(row: Any, now: datetime, calendar: Calendar) -> Deadline:
    """A deadline as people see it; `share` counts the time before a pause too."""
    limit = Limit(row.amount, Clock(row.clock))
    running = calendar.spent(row.running_since, now, limit) if row.state == "running" else 0.0
    share = (row.spent + running) / row.amount if row.amount else 1.0
    return Deadline(
        stage=Stage(row.stage),
        started=row.started,
        due=row.due_at,
        amount=row.amount,
        clock=row.clock,
        lamp=Lamp(row.lamp),
        share=share,
        rule=row.rule,
    )


def brief(unit: Unit) -> UnitBrief:
    """A unit without where it sits."""
    return UnitBrief(unit.id, unit.name, unit.kind, unit.level)


def categories(tx: Tx) -> Mapping[str, Category]:
    """Categories of the current rulebook by code."""
    return {item.code: item for item in rulebooks.current(tx)[1].categories}


def rows_of(tx: Tx, found: Sequence[Any]) -> list[IncidentRow]:
    """Queue rows for rows of the incident table, with a handful of statements for all of them."""
    if not found:
        return []
    calendar = current_calendar(tx)
    deadlines = _deadlines(tx, [row.deadline_id for row in found if row.deadline_id])
    names = categories(tx)
    leads = _leads(tx, [row.id for row in found if State(row.state) in WITH_UNITS])
    regions = {row.desk_id: territory.region(tx, row.desk_id) for row in found}
    regions |= {row.centre_id: territory.region(tx, row.centre_id) for row in found}
    return [
        _row(
            tx,
            row,
            category=names.get(row.category or ""),
            running=_running(deadlines.get(row.deadline_id), tx.now, calendar),
            holder=leads.get(row.id) or regions[row.desk_id].name,
            centre=regions[row.centre_id],
        )
        for row in found
    ]


def _running(row: Any, now: datetime, calendar: Calendar) -> Deadline | None:
    return deadline_of(row, now, calendar) if row is not None else None


def _row(
    tx: Tx, row: Any, category: Category | None, running: Deadline | None, holder: str, centre: RegionRef
) -> IncidentRow:
    name = None
    if category:
        name = category.name_en if tx.actor.language == "en" else category.name_zh
    lowest = row.grid_id or row.village_id or row.town_id
    return IncidentRow(
        id=row.id,
        number=row.number,
        title=identity.shown(tx.actor, row.title),
        category=row.category,
        category_name=name,
        state=State(row.state),
        level=Level(row.level),
        lamp=Lamp(row.lamp),
        centre=centre,
        place=territory.chain_of(tx, lowest).label,
        address=identity.shown(tx.actor, row.address),
        lon=row.lon,
        lat=row.lat,
        channel=Channel(row.channel),
        reports=row.reports_count,
        returns=row.returns,
        pinned=row.pinned,
        alert=tx.actor.home in row.alerts,
        simulated=row.simulated,
        occurred_at=row.occurred_at,
        reported_at=row.reported_at,
        changed_at=row.changed_at,
        deadline=running,
        holder=holder,
        version=row.version,
        merged_into=row.merged_into,
    )


def _deadlines(tx: Tx, ids: Iterable[int]) -> dict[int, Any]:
    wanted = list(ids)
    if not wanted:
        return {}
    return {row.id: row for row in tx.execute(sa.select(deadline).where(deadline.c.id.in_(wanted)))}


def _leads(tx: Tx, incidents: Sequence[int]) -> dict[int, str]:
    """Who holds an incident that is with units: the lead unit, with the person it chose."""
    if not incidents:
        return {}
    query = sa.select(order.c.incident_id, order.c.unit_id, order.c.person_name).where(
        order.c.incident_id.in_(incidents), order.c.role == "lead", order.c.state.in_(OPEN_ORDER)
    )
    found = list(tx.execute(query))
    units = identity.units_by_ids(tx, [row.unit_id for row in found])
    named = {}
    for row in found:
        unit = units.get(row.unit_id)
        if unit is not None:
            named[row.incident_id] = f"{unit.name} · {row.person_name}" if row.person_name else unit.name
    return named
