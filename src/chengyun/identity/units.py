"""Units: who exists at which level of which region. A catalogue that everybody may read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.identity.contracts import Unit
from chengyun.identity.kinds import kind_rows
from chengyun.identity.tables import unit as units
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx

_COLUMNS = (units.c.id, units.c.kind, units.c.name, units.c.level, units.c.region_id)
_LIVING = units.c.merged_into.is_(None)
# Names follow the region's; a village's own committee name is kept where it is one already.
_SEED = sa.text(
    """
    INSERT INTO identity_unit (kind, name, level, region_id)
    SELECT k.kind,
           CASE WHEN k.kind <> 'community' THEN r.name || k.suffix
                WHEN r.name ~ '(居委会|村委会|委员会)$' THEN r.name
                WHEN r.name ~ '村$' THEN r.name || '村委会'
                WHEN r.name ~ '社区$' THEN r.name || '居委会'
                ELSE r.name || '社区居委会' END,
           r.level, r.id
    FROM unnest(CAST(:levels AS text[]), CAST(:kinds AS text[]), CAST(:suffixes AS text[]), CAST(:orders AS int[]))
         AS k(level, kind, suffix, place)
    JOIN territory_region r ON r.level = k.level AND r.valid_to IS NULL
    ORDER BY array_position(ARRAY['city', 'district', 'town', 'village'], r.level), r.id, k.place
    ON CONFLICT (region_id, kind) WHERE merged_into IS NULL DO NOTHING
    """
)


def seed_units(tx: Tx) -> int:
    """Make every unit that the vocabulary asks for and that does not exist yet; the number made. One statement."""
    levels, kinds, suffixes, orders = map(list, zip(*kind_rows(), strict=True))
    return tx.execute(
        _SEED, {"levels": levels, "kinds": kinds, "suffixes": suffixes, "orders": orders}
    ).rowcount


def unit(tx: Tx, unit_id: int) -> Unit:
    """The unit, merged ones included. Raises NotFound."""
    found = units_by_ids(tx, [unit_id])
    if not found:
        raise NotFound("unit.not_found")
    return found[unit_id]


def units_by_ids(tx: Tx, ids: Collection[int]) -> dict[int, Unit]:
    """id → unit for those that exist; one query."""
    if not ids:
        return {}
    rows = tx.execute(sa.select(*_COLUMNS).where(units.c.id.in_(list(ids))))
    return {row.id: _unit(row) for row in rows}


def find_units(
    tx: Tx,
    *,
    kind: str | None = None,
    region_id: int | None = None,
    region_ids: Sequence[int] | None = None,
    level: str | None = None,
    q: str | None = None,
    limit: int | None = None,
) -> list[Unit]:
    """Living units that match everything given, in the order of the vocabulary."""
    query = sa.select(*_COLUMNS).where(_LIVING).order_by(units.c.id)
    if kind is not None:
        query = query.where(units.c.kind == kind)
    if region_id is not None:
        query = query.where(units.c.region_id == region_id)
    if region_ids is not None:
        query = query.where(units.c.region_id.in_(list(region_ids)))
    if level is not None:
        query = query.where(units.c.level == level)
    if q:
        query = query.where(units.c.name.contains(q, autoescape=True))
    return [_unit(row) for row in tx.execute(query.limit(limit))]


def unit_of(tx: Tx, kind: str, region_id: int) -> Unit | None:
    """The living unit of that kind in that very region, if the vocabulary has one there."""
    row = tx.execute(
        sa.select(*_COLUMNS).where(_LIVING, units.c.kind == kind, units.c.region_id == region_id)
    ).one_or_none()
    return None if row is None else _unit(row)


def centre_unit(tx: Tx, region_id: int) -> Unit:
    """The governance centre of a city, district or town. Raises NotFound for other regions."""
    found = unit_of(tx, "centre", region_id)
    if found is None:
        raise NotFound("unit.not_found")
    return found


def successor(tx: Tx, unit_id: int) -> int:
    """The unit that does this unit's work today: itself, or the end of the line it was merged into."""
    query = sa.text(
        "WITH RECURSIVE line AS (SELECT id, merged_into FROM identity_unit WHERE id = :id UNION ALL"
        " SELECT u.id, u.merged_into FROM identity_unit u JOIN line ON u.id = line.merged_into)"
        " SELECT id FROM line WHERE merged_into IS NULL"
    )
    found = tx.execute(query, {"id": unit_id}).scalar_one_or_none()
    if found is None:
        raise NotFound("unit.not_found")
    return int(found)


def _unit(row: sa.Row[Any]) -> Unit:
    return Unit(row.id, row.kind, row.name, row.level, row.region_id)
