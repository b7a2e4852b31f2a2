"""Queue rows for any query that gives ids, newest first, with a cursor and the exact number."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chengyun.incidents.reading.rows import rows_of
from chengyun.incidents.tables import incident
from chengyun.incidents.views import IncidentPage
from chengyun.kernel.transactions import Tx


def page_of(tx: Tx, ids: sa.Select[Any], after: int | None, limit: int) -> IncidentPage:
    """The incidents that `ids` selects, below id `after`; `total` counts all of them."""
    every = ids.subquery()
    counted = sa.select(every.c.id, sa.func.count().over().label("total")).subquery()
    page = sa.select(counted.c.id, counted.c.total).order_by(counted.c.id.desc()).limit(limit + 1)
    if after is not None:
        page = page.where(counted.c.id < after)
    found = list(tx.execute(page))
    chosen = [row.id for row in found[:limit]]
    query = sa.select(incident).where(incident.c.id.in_(chosen)).order_by(incident.c.id.desc())
    rows = rows_of(tx, list(tx.execute(query)))
    return IncidentPage(rows, found[0].total if found else 0, str(chosen[-1]) if len(found) > limit else None)
