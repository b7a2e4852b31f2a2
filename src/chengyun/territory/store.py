"""Shapes in the database: read whole for the index or one by one for outlines."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from chengyun.kernel.errors import Unavailable
from chengyun.kernel.transactions import Tx
from chengyun.territory import shapes, tables
from chengyun.territory.directory import Header, directory, shelf
from chengyun.territory.index import Index
from chengyun.territory.indexing import build
from chengyun.territory.shapes import RingSet


def read_rings(tx: Tx, version: int, level: str | None = None, region_id: int | None = None) -> RingSet:
    """Shapes in force at `version` (each region's newest up to it), of one level or one region."""
    s, r = tables.shape, tables.region
    statement = (
        sa.select(s.c.region_id, s.c.rings)
        .ext(distinct_on(s.c.region_id))
        .where(s.c.version <= version)
        .order_by(s.c.region_id, s.c.version.desc())
    )
    if level is not None:
        statement = statement.join(r, r.c.id == s.c.region_id).where(
            r.c.level == level, r.c.valid_to.is_(None)
        )
    if region_id is not None:
        statement = statement.where(s.c.region_id == region_id)
    rows = tx.execute(statement).all()
    return shapes.decode([row.region_id for row in rows], [bytes(row.rings) for row in rows])


def index(tx: Tx) -> Index:
    """The locator of the newest version, from memory where it is known."""
    head = directory(tx).header
    return shelf.get(Index, head.digest, lambda: _load_index(tx, head))


def _load_index(tx: Tx, head: Header) -> Index:
    rings = read_rings(tx, head.id, level="grid")
    if not len(rings.ids):
        raise Unavailable("territory.no_grids")
    return build(rings)
