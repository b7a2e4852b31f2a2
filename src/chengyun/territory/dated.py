"""Changes of regions that keep what was: every name, code and parent has its dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from chengyun.kernel.transactions import Tx
from chengyun.territory import tables


def change(tx: Tx, region_id: int, day: date, values: Mapping[str, object]) -> None:
    """Change what a region is called or whom it belongs to, and keep what it was."""
    tx.execute(sa.update(tables.region).where(tables.region.c.id == region_id).values(**values))
    a = tables.alias
    current = sa.and_(a.c.region_id == region_id, a.c.valid_to.is_(None))
    if tx.execute(sa.select(a.c.valid_from).where(current)).scalar_one() == day:
        tx.execute(sa.delete(a).where(current))  # the second change of one reorganisation
    else:
        tx.execute(sa.update(a).where(current).values(valid_to=day))
    remember(tx, region_id, day)


def remember(tx: Tx, region_id: int, day: date) -> None:
    """Note what a region is called from `day` on."""
    r = tables.region
    row = sa.select(r.c.id, sa.literal(day), r.c.name, r.c.code, r.c.parent_id).where(r.c.id == region_id)
    columns = ["region_id", "valid_from", "name", "code", "parent_id"]
    tx.execute(sa.insert(tables.alias).from_select(columns, row))


def end(tx: Tx, region_ids: Sequence[int], day: date) -> None:
    """Regions that are no more from `day` on."""
    for table, column in (
        (tables.region, "id"),
        (tables.alias, "region_id"),
        (tables.governance, "region_id"),
    ):
        current = sa.and_(table.c[column].in_(region_ids), table.c.valid_to.is_(None))
        tx.execute(sa.update(table).where(current).values(valid_to=day))
