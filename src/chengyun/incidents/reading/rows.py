"""From table rows to what others may see of them: queue rows, deadlines, work orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.contracts import Unit
from chengyun.incidents import rulebook as rulebooks
from chengyun.incidents.contracts import Category, Channel, Lamp, Level, OrderState, Stage, State, UnitBrief
from chengyun.incidents.tables import OPEN_ORDER, deadline, order
from chengyun.incidents.views import Deadline, IncidentRow, Supervised
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
    owed = _owed(tx, [row.id for row in found if row.supervision is not None])
    regions = {row.desk_id: territory.region(tx, row.desk_id) for row in found}
    regions |= {row.centre_id: territory.region(tx, row.centre_id) for row in found}
    return [
        _row(
            tx,
            row,
            category=names.get(row.category or ""),
            running=_running(deadlines.get(row.deadline_id), tx.now, calendar),
            lead=leads.get(row.id, (regions[row.desk_id].name, "")),
            centre=regions[row.centre_id],
            supervision=_supervised(tx, row, owed.get(row.id)),
        )
        for row in found
    ]


def _running(row: Any, now: datetime, calendar: Calendar) -> Deadline | None:
    return deadline_of(row, now, calendar) if row is not None else None


def _supervised(tx: Tx, row: Any, due: datetime | None) -> Supervised | None:
    """The supervision of a row; `due` is the end of its running deadline."""
    one = row.supervision
    if one is None:
        return None
    late = one["state"] == "owed" and due is not None and due < tx.now
    replied = one.get("replied_at")
    return Supervised(
        state="late" if late else one["state"],
        centre=territory.region(tx, one["centre"]).name,
        note=identity.shown(tx.actor, one["note"]),
        since=datetime.fromisoformat(one["since"]),
        due=due,
        times=one["times"],
        refusals=one["refusals"],
        reply=identity.shown_within(tx.actor, one.get("reply")),
        replied_at=datetime.fromisoformat(replied) if replied else None,
        late=late or bool(one.get("late")),
    )


def _owed(tx: Tx, incidents: Sequence[int]) -> dict[int, datetime]:
    """When the answers that supervised incidents owe are due."""
    if not incidents:
        return {}
    query = sa.select(deadline.c.incident_id, deadline.c.due_at).where(
        deadline.c.incident_id.in_(incidents),
        deadline.c.stage == Stage.SUPERVISION,
        deadline.c.state.in_(("running", "paused")),
    )
    return {row.incident_id: row.due_at for row in tx.execute(query)}


def _row(
    tx: Tx,
    row: Any,
    category: Category | None,
    running: Deadline | None,
    lead: tuple[str, str],
    centre: RegionRef,
    supervision: Supervised | None,
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
        holder=lead[0],
        version=row.version,
        merged_into=row.merged_into,
        urges=row.urges,
        unstarted=lead[1] == OrderState.ACKNOWLEDGED,
        supervision=supervision,
    )


def _deadlines(tx: Tx, ids: Iterable[int]) -> dict[int, Any]:
    wanted = list(ids)
    if not wanted:
        return {}
    return {row.id: row for row in tx.execute(sa.select(deadline).where(deadline.c.id.in_(wanted)))}


def _leads(tx: Tx, incidents: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Who holds an incident that is with units: the lead unit with the person it chose, and how far it is."""
    if not incidents:
        return {}
    query = sa.select(order.c.incident_id, order.c.unit_id, order.c.person_name, order.c.state).where(
        order.c.incident_id.in_(incidents), order.c.role == "lead", order.c.state.in_(OPEN_ORDER)
    )
    found = list(tx.execute(query))
    units = identity.units_by_ids(tx, [row.unit_id for row in found])
    named = {}
    for row in found:
        unit = units.get(row.unit_id)
        if unit is not None:
            name = f"{unit.name} · {row.person_name}" if row.person_name else unit.name
            named[row.incident_id] = name, row.state
    return named
