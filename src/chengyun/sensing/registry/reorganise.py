"""A reorganisation: things stay in their grids; who governs them, and whose unit looks after them, follows."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array

from chengyun.identity import service as identity
from chengyun.identity.contracts import UnitMerged, UnitRestored
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Tx
from chengyun.sensing import tables
from chengyun.sensing.registry.contracts import POLICY
from chengyun.territory.contracts import Following, RegionMoved, ReorganisationPlanned

t = tables.thing


def register(bus: Bus) -> None:
    """Hear of reorganisations; say which things a reader of the audit may see."""
    identity.register_subject("thing", _seen)
    bus.subscribe(RegionMoved, town_moved)
    bus.subscribe(UnitMerged, unit_merged)
    bus.subscribe(UnitRestored, unit_restored)
    bus.subscribe(ReorganisationPlanned, plan)


def town_moved(tx: Tx, told: RegionMoved) -> None:
    """The centre that takes over sees the town's things, the former one does not any more."""
    count = _swap(tx, t.c.readers.contains([told.region_id]), told.from_centre, told.to_centre)
    if count:
        detail = {"from": told.from_centre, "to": told.to_centre, "things": count}
        audit.record(tx, "things.followed", ("region", told.region_id), detail)


def unit_merged(tx: Tx, told: UnitMerged) -> None:
    """Things of a closed unit are looked after by the one it was merged into; whose they were stays on record."""
    count = _swap(tx, t.c.readers.contains([told.unit]), told.unit, told.into)
    if count:
        audit.record(tx, "things.followed", ("unit", told.unit), {"to": told.into, "things": count})


def unit_restored(tx: Tx, told: UnitRestored) -> None:
    """A merger is taken back: its things return, those of units that had been merged into it before too."""
    with tx.under(POLICY):
        theirs = sa.and_(t.c.readers.contains([told.former]), t.c.owner_id != told.former)
        owners = tx.execute(sa.select(t.c.owner_id).where(theirs).distinct()).scalars().all()
    back = [owner for owner in owners if identity.successor(tx, owner) == told.unit]
    if back:
        _swap(tx, sa.and_(theirs, t.c.owner_id.in_(back)), told.former, told.unit)


def _swap(tx: Tx, which: sa.ColumnElement[bool], old: int, new: int) -> int:
    """Replace a reader; how many things. An administrator who merges units may not see all of them."""
    swapped = sa.func.array_replace(t.c.readers, sa.cast(old, sa.BigInteger), sa.cast(new, sa.BigInteger))
    with tx.under(POLICY):
        return tx.execute(sa.update(t).where(which).values(readers=swapped)).rowcount


def plan(tx: Tx, dry_run: ReorganisationPlanned) -> None:
    """Say how many things would follow each town."""
    towns = [move.region.id for move in dry_run.moves]
    overlap = t.c.readers.overlap(sa.cast(array(towns), ARRAY(sa.BigInteger)))
    each = sa.select(sa.func.unnest(t.c.readers).label("reader")).where(overlap).subquery()
    query: sa.Select[Any] = (
        sa.select(each.c.reader, sa.func.count().label("n"))
        .where(each.c.reader.in_(towns))
        .group_by(each.c.reader)
    )
    with tx.under(POLICY):
        counts: dict[int, int] = {row.reader: row.n for row in tx.execute(query)} if towns else {}
    for town, count in counts.items():
        dry_run.lines.append(Following(town, "thing", count, f"{count} 台感知设备", f"{count} things"))


def _seen(actor: Actor) -> sa.Select[Any]:
    return sa.select(t.c.id).where(identity.readable_by(actor, t.c.readers))
