"""Of which region somebody asks, and whether their jurisdiction holds it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chengyun.identity import service as identity
from chengyun.kernel.errors import Forbidden, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import LEVELS, RegionRef
from chengyun.vitals.lookup.contracts import SignScope
from chengyun.vitals.lookup.values import Live

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def reads(tx: Tx, region: int) -> bool:
    """Whether the caller's jurisdiction holds the whole region."""
    held = set(tx.actor.scopes)
    return tx.actor.kind == "system" or any(one in held for one in territory.ancestors(tx, region))


def own(tx: Tx) -> RegionRef:
    """Where a caller starts: their centre's region, else the largest that they have. Raises Forbidden where they have none."""
    actor = tx.actor
    if actor.kind == "system":
        return territory.region(tx, territory.city(tx))
    held = territory.regions(tx, actor.scopes)
    if actor.home in held:
        return held[actor.home]
    if not held:
        raise Forbidden("vitals.no_region")
    return min(held.values(), key=lambda ref: (LEVELS.index(ref.level), ref.id))


def asked(tx: Tx, region: int | None) -> RegionRef:
    """The region asked for, else the caller's own. Raises NotFound for any other, whether it exists or not."""
    if region is None:
        return own(tx)
    found = territory.regions(tx, [region]).get(region)
    if found is None or not reads(tx, region):
        raise NotFound("vitals.region_outside")
    return found


def responsible(tx: Tx, region: int, kind: str) -> str:
    """The unit of that kind nearest above; where the vocabulary has none, as the sign says it."""
    for above in territory.ancestors(tx, region):
        found = identity.unit_of(tx, kind, above)
        if found is not None:
            return found.name
    return kind


def siblings(tx: Tx, region: int) -> list[int]:
    """The regions of the same centre, itself included; the city is alone."""
    above = territory.centre_above(tx, region)
    return [region] if above is None else [ref.id for ref in territory.children(tx, above)]


def scope(tx: Tx, region: RegionRef, live: Live) -> SignScope:
    """For the wire."""
    above = territory.centre_above(tx, region.id)
    beat = EPOCH + timedelta(microseconds=live.beat) if live.beat else None
    return SignScope(
        region,
        territory.chain_of(tx, region.id).label,
        above if above is not None and reads(tx, above) else None,
        live.fresh,
        beat,
    )
