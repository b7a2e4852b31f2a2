"""Break-glass: a person sees a region beyond their jurisdiction, for a reason, until an end, on the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.identity.contracts import BREAK_GLASS_MAX_MINUTES, BreakGlass, invalid
from chengyun.identity.tables import break_glass
from chengyun.kernel import audit
from chengyun.kernel.errors import FieldError, Forbidden
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

REASON_MIN = 10
_RUNNING = sa.and_(break_glass.c.ended_at.is_(None), break_glass.c.ends_at > sa.func.now())


def begin(tx: Tx, region_id: int, reason: str, minutes: int) -> BreakGlass:
    """Widen the actor's scopes by the region, from the next request on. Real time, at most four hours.

    Permissions stay those of the post: it widens where, never what. Raises Invalid per field, NotFound for the region.
    """
    actor = tx.actor
    if actor.kind != "person" or actor.post is None:
        raise Forbidden("break_glass.posts_only")
    wrong = []
    if len(reason.strip()) < REASON_MIN:
        wrong.append(FieldError("reason", "break_glass.reason"))
    if not 1 <= minutes <= BREAK_GLASS_MAX_MINUTES:
        wrong.append(FieldError("minutes", "break_glass.minutes", {"most": BREAK_GLASS_MAX_MINUTES}))
    if wrong:
        raise invalid(*wrong)
    region = territory.region(tx, region_id)
    values = {
        "person_id": actor.id, "region_id": region_id, "reason": reason.strip(),
        "readers": list(territory.ancestors(tx, region_id)), "ends_at": sa.func.now() + timedelta(minutes=minutes),
    }  # fmt: skip
    row = tx.execute(sa.insert(break_glass).values(values).returning(*break_glass.c)).one()
    detail = {"region": region_id, "name": region.name, "reason": row.reason, "minutes": minutes}
    audit.record(tx, "break_glass.began", ("person", int(actor.id or 0)), detail)
    return _shape(row)


def running(tx: Tx) -> list[BreakGlass]:
    """The actor's own accesses that run now."""
    query = sa.select(break_glass).where(break_glass.c.person_id == tx.actor.id, _RUNNING)
    return [_shape(row) for row in tx.execute(query.order_by(break_glass.c.id))]


def end(tx: Tx) -> int:
    """End all of the actor's running accesses now; the number ended."""
    ended = tx.execute(
        sa.update(break_glass)
        .where(break_glass.c.person_id == tx.actor.id, _RUNNING)
        .values(ended_at=sa.func.now())
        .returning(break_glass.c.id)
    ).scalars()
    ids = list(ended)
    for access in ids:
        audit.record(tx, "break_glass.ended", ("break_glass", access))
    return len(ids)


def _shape(row: sa.Row[Any]) -> BreakGlass:
    return BreakGlass(row.id, row.region_id, row.reason, row.started_at, row.ends_at)
