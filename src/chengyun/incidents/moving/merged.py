"""Who follows whom: the line of masters above a merged incident, and all that have been merged into one.

A query sees what its caller may see; where the line leads out of that, it ends there.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents.contracts import Channel, State
from chengyun.incidents.tables import incident, report, step
from chengyun.incidents.views import MergedBrief
from chengyun.kernel.transactions import Tx

_UP = sa.text(
    """
    WITH RECURSIVE up AS (
        SELECT id, merged_into, 0 AS far FROM incidents_incident WHERE id = :id
        UNION ALL
        SELECT i.id, i.merged_into, up.far + 1 FROM incidents_incident i JOIN up ON i.id = up.merged_into
    )
    SELECT id FROM up ORDER BY far
    """
)
_DOWN = sa.text(
    """
    WITH RECURSIVE down AS (
        SELECT id, 0 AS far FROM incidents_incident WHERE id = :id
        UNION ALL
        SELECT i.id, down.far + 1 FROM incidents_incident i JOIN down ON i.merged_into = down.id
    )
    SELECT id FROM down ORDER BY far, id
    """
)


def line_of(tx: Tx, incident_id: int) -> list[int]:
    """The incident itself, its master, the master's master, …; empty where the caller may not see it."""
    return [row.id for row in tx.execute(_UP, {"id": incident_id})]


def root_of(tx: Tx, incident_id: int) -> int:
    """The incident that answers for this one; itself where it was not merged or nobody may see it."""
    return (line_of(tx, incident_id) or [incident_id])[-1]


def group_of(tx: Tx, incident_id: int) -> list[int]:
    """The incident itself and all that were merged into it, at whatever remove."""
    return [row.id for row in tx.execute(_DOWN, {"id": incident_id})]


def merged_since(tx: Tx, incident_id: int) -> datetime | None:
    """When it was merged last."""
    query = sa.select(sa.func.max(step.c.at)).where(
        step.c.incident_id == incident_id, step.c.move == "merge_into"
    )
    found: datetime | None = tx.execute(query).scalar()
    return found


def briefs(tx: Tx, incident_id: int, group: list[int]) -> list[MergedBrief]:
    """Those of a group that were merged into it, as its page names them."""
    others = [one for one in group if one != incident_id]
    if not others:
        return []
    rows = tx.execute(sa.select(incident).where(incident.c.id.in_(others)).order_by(incident.c.id)).all()
    return [brief(tx, row) for row in rows]


def brief(tx: Tx, row: Any) -> MergedBrief:
    """A row of the incident table as the other side of a merge."""
    title = identity.shown(tx.actor, row.title)
    return MergedBrief(row.id, row.number, title, row.reports_count, Channel(row.channel), row.reported_at)


def master_of(tx: Tx, row: Any) -> MergedBrief | None:
    """The incident that answers for a merged one, if the caller may see it."""
    if row.state != State.MERGED:
        return None
    root = root_of(tx, row.id)
    found = briefs(tx, row.id, [root]) if root != row.id else []
    return found[0] if found else None


def reporters_of(tx: Tx, group: Collection[int], without: Collection[int] = ()) -> set[int]:
    """Signed-in residents with a report of their own in one of these incidents; reports of `without` do not count."""
    query = sa.select(report.c.resident_id).where(
        report.c.incident_id.in_(group), report.c.resident_id.is_not(None), report.c.id.not_in(without)
    )
    return {row.resident_id for row in tx.execute(query)}
