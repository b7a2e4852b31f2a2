"""Units: who exists at which level of which region. A catalogue that everybody may read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chengyun.identity.contracts import Unit, invalid
from chengyun.identity.kinds import kind_rows
from chengyun.identity.tables import unit as units
from chengyun.kernel.errors import FieldError, NotFound
from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

_COLUMNS = (units.c.id, units.c.kind, units.c.name, units.c.level, units.c.region_id)


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """All units, in memory: merged ones only by id, living ones by region, kind by kind as the vocabulary has them."""

    by_id: Mapping[int, Unit]
    living: Mapping[int, Mapping[str, Unit]]


def _catalogue(tx: Tx) -> _Catalogue:
    return remembered(tx, "units", "catalogue", lambda: _load(tx))


def _load(tx: Tx) -> _Catalogue:
    by_id: dict[int, Unit] = {}
    living: dict[int, dict[str, Unit]] = {}
    values: list[Any]
    for *values, merged_into in tx.execute(sa.select(*_COLUMNS, units.c.merged_into).order_by(units.c.id)):
        found = by_id[values[0]] = Unit(*values)
        if merged_into is None:
            living.setdefault(found.region_id, {})[found.kind] = found
    return _Catalogue(by_id, living)


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
    parts = {"levels": levels, "kinds": kinds, "suffixes": suffixes, "orders": orders}
    made = tx.execute(_SEED, parts).rowcount
    tx.renew()
    return made


def unit(tx: Tx, unit_id: int) -> Unit:
    """The unit, merged ones included. Raises NotFound."""
    found = units_by_ids(tx, [unit_id])
    if not found:
        raise NotFound("unit.not_found")
    return found[unit_id]


def units_by_ids(tx: Tx, ids: Collection[int]) -> dict[int, Unit]:
    """id → unit for those that exist."""
    known = _catalogue(tx).by_id
    return {number: known[number] for number in ids if number in known}


def units_in(tx: Tx, region_ids: Iterable[int]) -> list[Unit]:
    """The living units of these very regions, in the order of the vocabulary."""
    living = _catalogue(tx).living
    return [found for region in region_ids for found in living.get(region, {}).values()]


def find_units(
    tx: Tx,
    *,
    kind: str | None = None,
    region_id: int | None = None,
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
    if level is not None:
        query = query.where(units.c.level == level)
    if q:
        query = query.where(units.c.name.contains(q, autoescape=True))
    return [_unit(row) for row in tx.execute(query.limit(limit))]


def by_name(tx: Tx) -> Mapping[str, Sequence[Unit]]:
    """Living units by their names, of which several units may have one: for `named`."""
    found: dict[str, list[Unit]] = {}
    for one in find_units(tx):
        found.setdefault(one.name, []).append(one)
    return found


def named(tx: Tx, known: Mapping[str, Sequence[Unit]], told: str, region: int | None) -> Unit:
    """What a table calls a unit: its number, or its name; of several with one name, that which `region` lies in.

    Raises NotFound for a number that nothing has, Invalid("unit").
    """
    if told.isdecimal() and len(told) < 19:
        return unit(tx, int(told))
    found = known.get(told, ())
    if len(found) > 1 and region is not None:
        above = territory.ancestors(tx, region)
        found = [one for one in found if one.region_id in above]
    if len(found) != 1:
        code = "import.unit_ambiguous" if found else "import.unit_unknown"
        raise invalid(FieldError("unit", code, {"name": told}))
    return found[0]


def unit_of(tx: Tx, kind: str, region_id: int) -> Unit | None:
    """The living unit of that kind in that very region, if the vocabulary has one there."""
    return _catalogue(tx).living.get(region_id, {}).get(kind)


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
