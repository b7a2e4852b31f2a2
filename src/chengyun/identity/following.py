"""A reorganisation moves towns between centres: posts, tokens and accesses follow; a dissolved centre's units merge."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from chengyun.identity.contracts import PostChanged, UnitMerged
from chengyun.identity.posts import lasting
from chengyun.identity.tables import break_glass, token
from chengyun.identity.tables import post as posts
from chengyun.identity.tables import shift as shifts
from chengyun.identity.tables import unit as units
from chengyun.identity.units import seed_units
from chengyun.kernel import audit
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import (
    CentreCreated,
    CentreDissolved,
    Following,
    Move,
    RegionMoved,
    ReorganisationPlanned,
)


def register(bus: Bus) -> None:
    """Hear of reorganisations."""
    bus.subscribe(CentreCreated, centre_created)
    bus.subscribe(CentreDissolved, centre_dissolved)
    bus.subscribe(RegionMoved, town_moved)
    bus.subscribe(ReorganisationPlanned, plan)


def centre_created(tx: Tx, news: CentreCreated) -> None:
    """A new centre has every unit of its level from its first day."""
    seed_units(tx)


def centre_dissolved(tx: Tx, news: CentreDissolved) -> None:
    """The successor's units take over."""
    dissolve(tx, news.region_id, news.into)


def town_moved(tx: Tx, news: RegionMoved) -> None:
    """Whoever works in the town is from now on seen (and governed) by the centre that takes over."""
    town = news.region_id
    held = tx.execute(
        sa.select(posts.c.id, posts.c.person_id, posts.c.region_id, posts.c.areas, posts.c.unit_id).where(
            posts.c.readers.contains([town]), lasting(tx.now)
        )
    ).all()
    for row in held:
        readers = sorted({*territory.ancestors(tx, row.region_id), *row.areas, row.unit_id})
        tx.execute(sa.update(posts).where(posts.c.id == row.id).values(readers=readers))
        tx.publish(PostChanged(row.person_id, row.id, "moved"))
    for table in (token, break_glass):
        _follow(tx, table, town)
    detail = {"from": news.from_centre, "to": news.to_centre, "posts": len(held)}
    audit.record(tx, "posts.followed", ("region", town), detail)


def _follow(tx: Tx, table: sa.Table, town: int) -> None:
    rows = tx.execute(sa.select(table.c.id, table.c.region_id).where(table.c.readers.contains([town]))).all()
    for row in rows:
        readers = list(territory.ancestors(tx, row.region_id))
        tx.execute(sa.update(table).where(table.c.id == row.id).values(readers=readers))


def dissolve(tx: Tx, district: int, into: int) -> int:
    """Merge every unit of a dissolved centre into the successor's unit of its kind; posts and shifts move along.

    A kind that the successor lacks moves over as it is. Publishes UnitMerged; returns the number of units.
    """
    old = tx.execute(sa.select(units.c.id, units.c.kind).where(units.c.region_id == district, _LIVING)).all()
    query = sa.select(units.c.kind, units.c.id).where(units.c.region_id == into, _LIVING)
    successors: dict[str, int] = {row.kind: row.id for row in tx.execute(query)}
    for row in old:
        change: dict[str, int] = {"region_id": into}
        if row.kind in successors:
            change = {"merged_into": successors[row.kind]}
        tx.execute(sa.update(units).where(units.c.id == row.id).values(change))
    tx.renew()
    for row in old:
        target = successors.get(row.kind)
        if target is not None:
            tx.publish(UnitMerged(row.id, target))
        _move_posts(tx, row.id, target or row.id, into)
    for table in (token, break_glass):
        readers = list(territory.ancestors(tx, into))
        tx.execute(
            sa.update(table).where(table.c.region_id == district).values(region_id=into, readers=readers)
        )
    tx.execute(
        sa.update(shifts)
        .where(shifts.c.centre_id == district, shifts.c.until.is_(None))
        .values(centre_id=into)
    )
    audit.record(tx, "units.merged", ("region", district), {"into": into, "units": len(old)})
    return len(old)


_LIVING = units.c.merged_into.is_(None)


def _move_posts(tx: Tx, unit_id: int, target: int, region: int) -> None:
    readers = sorted({*territory.ancestors(tx, region), target})
    moved = tx.execute(
        sa.update(posts)
        .where(posts.c.unit_id == unit_id, lasting(tx.now))
        .values(unit_id=target, region_id=region, home_id=region, readers=readers)
        .returning(posts.c.id, posts.c.person_id)
    ).all()
    for row in moved:
        tx.publish(PostChanged(row.person_id, row.id, "moved"))


def plan(tx: Tx, news: ReorganisationPlanned) -> None:
    """Say in a dry run what follows each town, and what merges where a centre loses all of its towns."""
    leaving: dict[int, list[Move]] = {}
    for move in news.moves:
        leaving.setdefault(move.from_centre.id, []).append(move)
        town = [move.region.id, *territory.descendants(tx, move.region.id, "village")]
        news.lines.extend(_lines(move.region.id, _follows(tx, town, move.region.id), _FOLLOW))
    for centre, moves in leaving.items():
        if len(moves) == len(territory.children(tx, centre)):
            news.lines.extend(_lines(centre, _follows(tx, [centre], None), _MERGE))


_FOLLOW = {
    "post": ("{n} 个在岗岗位随之划转", "{n} posts follow"),
    "unit": ("{n} 个单位随之划转", "{n} units follow"),
    "token": ("{n} 个访问令牌随之划转", "{n} API tokens follow"),
}
_MERGE = {
    "post": ("{n} 个在岗岗位转入承接的中心", "{n} posts go to the centre that takes over"),
    "unit": ("{n} 个单位并入承接的中心", "{n} units merge into the centre that takes over"),
    "token": ("{n} 个访问令牌转入承接的中心", "{n} API tokens go to the centre that takes over"),
}


def _lines(region: int, counts: dict[str, int], texts: dict[str, tuple[str, str]]) -> list[Following]:
    return [
        Following(region, kind, count, texts[kind][0].format(n=count), texts[kind][1].format(n=count))
        for kind, count in counts.items()
        if count
    ]


def _follows(tx: Tx, regions: Sequence[int], town: int | None) -> dict[str, int]:
    """How many units lie in the regions, and how many posts and tokens there (in a town: anywhere in it)."""
    living = sa.and_(units.c.region_id.in_(regions), _LIVING)

    def of(table: sa.Table) -> sa.ColumnElement[bool]:
        return table.c.region_id.in_(regions) if town is None else table.c.readers.contains([town])

    return {
        "unit": _count(tx, units, living),
        "post": _count(tx, posts, sa.and_(of(posts), lasting(tx.now))),
        "token": _count(tx, token, sa.and_(of(token), token.c.revoked_at.is_(None))),
    }


def _count(tx: Tx, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    return int(tx.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar_one())
