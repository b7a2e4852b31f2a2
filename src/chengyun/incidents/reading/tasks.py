"""Work orders as their handlers see them on the phone: by deadline or by distance."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents.contracts import OrderState
from chengyun.incidents.reading.detail import evidence_of, order_views
from chengyun.incidents.reading.filters import readable
from chengyun.incidents.reading.rows import rows_of
from chengyun.incidents.tables import OPEN_ORDER, incident, order, report
from chengyun.incidents.views import Task
from chengyun.kernel.transactions import Tx

EARTH_M = 6_371_008.8
TASK_CAP = 200


def distance_m(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in metres between two points in degrees."""
    half_lat, half_lon = radians(lat2 - lat) / 2, radians(lon2 - lon) / 2
    a = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * EARTH_M * asin(sqrt(a))


def tasks(
    tx: Tx,
    *,
    states: tuple[OrderState, ...] = (),
    here: tuple[float, float] | None = None,
    sort: str = "due",
) -> list[Task]:
    """The caller's work orders: of the unit, or given to the person; open ones unless `states` says otherwise."""
    wanted = [str(state) for state in states] or list(OPEN_ORDER)
    who = [order.c.unit_id == (tx.actor.unit or 0)]
    if tx.actor.kind == "person":
        who.append(order.c.person_id == tx.actor.id)
    found_orders = (
        sa.select(order)
        .join(incident, incident.c.id == order.c.incident_id)
        .where(sa.or_(*who), order.c.state.in_(wanted), readable(tx))
        .order_by(sa.func.coalesce(incident.c.due_at, incident.c.reported_at), order.c.id)
        .limit(TASK_CAP)
    )
    orders = list(tx.execute(found_orders))
    return _sorted(_views(tx, orders, here), sort)


def _views(tx: Tx, orders: list[Any], here: tuple[float, float] | None) -> list[Task]:
    ids = sorted({item.incident_id for item in orders})
    rows = list(tx.execute(sa.select(incident).where(incident.c.id.in_(ids)))) if ids else []
    by_id = {row.id: row for row in rows}
    shown = {row.id: row for row in rows_of(tx, rows)}
    photos = _photos(tx, ids)
    found = []
    for item in orders:
        row = by_id[item.incident_id]
        distance = distance_m(*here, row.lon, row.lat) if here else None
        evidence = list(evidence_of(tx, photos.get(row.id, [])).values())
        view = order_views(tx, row, [item])[0]
        found.append(Task(view, shown[row.id], identity.shown(tx.actor, row.text), distance, evidence))
    return found


def _photos(tx: Tx, ids: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    if ids:
        query = sa.select(report.c.incident_id, report.c.attachments).where(report.c.incident_id.in_(ids))
        for row in tx.execute(query):
            found.setdefault(row.incident_id, []).extend(row.attachments)
    return found


def _sorted(found: list[Task], sort: str) -> list[Task]:
    if sort != "distance":
        return found
    return sorted(found, key=lambda task: task.distance_m if task.distance_m is not None else float("inf"))
