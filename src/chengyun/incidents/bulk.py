"""One move for many incidents: each in its own transaction, each with its own result."""

from __future__ import annotations

import sqlalchemy as sa

from chengyun.incidents import service
from chengyun.incidents.bodies import BulkBody
from chengyun.incidents.reading.filters import readable
from chengyun.incidents.tables import incident
from chengyun.incidents.views import MoveResult
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import AppError, text_of
from chengyun.kernel.transactions import Database


def move_each(db: Database, actor: Actor, body: BulkBody) -> list[MoveResult]:
    """Results in the order of the ids; a refusal says why and touches nothing else."""
    wanted = list(dict.fromkeys(body.ids))
    with db.begin(actor) as tx:
        query = sa.select(incident.c.id, incident.c.number).where(incident.c.id.in_(wanted), readable(tx))
        numbers = {row.id: row.number for row in tx.execute(query)}
    return [_move(db, actor, body, item, numbers.get(item, "")) for item in wanted]


def _move(db: Database, actor: Actor, body: BulkBody, incident_id: int, number: str) -> MoveResult:
    try:
        with db.begin(actor) as tx:
            service.move(tx, incident_id, [body.move.as_move()], None)
    except AppError as error:
        return MoveResult(incident_id, False, number, error.code, text_of(error, actor.language))
    return MoveResult(incident_id, True, number, None, None)
