"""Which incidents everybody may see by Open311: categories that a region has published, their texts masked."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from chengyun.exchange.contracts import MANAGE, Published
from chengyun.exchange.subscriptions import readers_of, region_name
from chengyun.exchange.tables import published
from chengyun.incidents import service as incidents
from chengyun.incidents.service import Outward
from chengyun.kernel import audit
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.transactions import Tx

p = published.c


def listed(tx: Tx) -> list[Published]:
    """Every region that publishes something; what is public is no secret."""
    tx.actor.require(MANAGE)
    codes: dict[int, list[str]] = {}
    for row in tx.execute(sa.select(p.region_id, p.category).order_by(p.region_id, p.category)):
        codes.setdefault(row.region_id, []).append(row.category)
    return [Published(region, region_name(tx, region), found) for region, found in codes.items()]


def public_among(tx: Tx, found: Sequence[Outward]) -> frozenset[int]:
    """The ids of those that a region of theirs has published, as the policy on the incidents has it."""
    of = {(region, one.category): one.id for one in found if one.category for region in one.regions}
    query = sa.select(p.region_id, p.category).where(p.region_id.in_({region for region, _ in of}))
    published_here = {(row.region_id, row.category) for row in tx.execute(query)}
    return frozenset(
        one.id for one in found if any((region, one.category) in published_here for region in one.regions)
    )


def publish(tx: Tx, region_id: int, categories: Sequence[str]) -> None:
    """Make these the published categories of a region (city, district or town) of one's own; audited."""
    tx.actor.require(MANAGE)
    readers_of(tx, region_id)
    known = {item.code for item in incidents.current_rulebook(tx)[1].categories}
    wrong = [
        FieldError(f"categories.{place}", "exchange.category_unknown", {"code": code})
        for place, code in enumerate(categories)
        if code not in known
    ]
    if wrong:
        raise Invalid(wrong)
    tx.execute(sa.delete(published).where(p.region_id == region_id))
    rows = [
        {"region_id": region_id, "category": code, "by_name": tx.actor.name}
        for code in sorted(set(categories))
    ]
    if rows:
        tx.execute(sa.insert(published), rows)
    audit.record(tx, "open311.published", ("region", region_id), {"categories": sorted(set(categories))})
