"""Kinds of things with their quantities: scenario data, replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chengyun.kernel.errors import Conflict, Invalid
from chengyun.kernel.transactions import Tx
from chengyun.sensing import tables
from chengyun.sensing.contracts import Kind, Quantity
from chengyun.sensing.registry.adding import give_streams
from chengyun.sensing.registry.contracts import POLICY
from chengyun.sensing.registry.rules import faults_of_kind

FIELDS = tuple(Quantity.__dataclass_fields__)
OF_KIND = tuple(name for name in Kind.__dataclass_fields__ if name != "quantities")
k, q, t, d = tables.kind, tables.quantity, tables.thing, tables.datastream


def kinds(tx: Tx) -> list[Kind]:
    """Every kind by code, with its quantities by code."""
    held: dict[str, list[Quantity]] = {}
    for row in tx.execute(sa.select(*(q.c[name] for name in FIELDS)).order_by(q.c.code)):
        values = {**row._mapping, "sentinels": tuple(row.sentinels)}
        held.setdefault(row.kind, []).append(Quantity(**values))
    rows = tx.execute(sa.select(k).order_by(k.c.code))
    return [Kind(**row._mapping, quantities=tuple(held.get(row.code, ()))) for row in rows]


def install_kinds(tx: Tx, wanted: Sequence[Kind]) -> int:
    """Let there be exactly these kinds, and those that things still are of; the number of kinds afterwards.

    A new quantity of a kind becomes a datastream of each thing of that kind. What a thing has already keeps its
    settings. The caller has shown that the actor may. Raises Invalid with every fault, Conflict("kind.unit_in_use").
    """
    wrong = [fault for kind in wanted for fault in faults_of_kind(kind)]
    if wrong:
        raise Invalid(wrong, "kind.refused")
    had = kinds(tx)
    if had == [
        replace(one, quantities=tuple(sorted(one.quantities, key=lambda quantity: quantity.code)))
        for one in sorted(wanted, key=lambda one: one.code)
    ]:
        return len(had)
    with tx.under(POLICY):
        used, units = _used(tx)
        quantities = {quantity.code: quantity for kind in wanted for quantity in kind.quantities}
        changed = sorted(
            code for code, unit in units.items() if code in quantities and quantities[code].unit != unit
        )
        if changed:
            raise Conflict("kind.unit_in_use", names="、".join(changed))
        _replace(tx, wanted, quantities, [*units], used)
        give_streams(tx, sa.true())
    tx.renew()
    return len(kinds(tx))


def _used(tx: Tx) -> tuple[list[str], dict[str, str]]:
    """Kinds that things are of; quantities that are measured, with their unit."""
    used = list(tx.execute(sa.select(t.c.kind).distinct()).scalars())
    measured = sa.select(q.c.code, q.c.unit).where(q.c.code.in_(sa.select(d.c.quantity).distinct()))
    return used, {row.code: row.unit for row in tx.execute(measured)}


def _replace(
    tx: Tx,
    wanted: Sequence[Kind],
    quantities: Mapping[str, Quantity],
    measured: Sequence[str],
    used: Sequence[str],
) -> None:
    _upsert(tx, k, [{name: getattr(one, name) for name in OF_KIND} for one in wanted])
    _upsert(tx, q, [_row(quantity) for quantity in quantities.values()])
    tx.execute(sa.delete(q).where(q.c.code.not_in([*quantities, *measured])))
    still = sa.select(q.c.kind)
    tx.execute(
        sa.delete(k).where(k.c.code.not_in([*(one.code for one in wanted), *used]), k.c.code.not_in(still))
    )


def _row(quantity: Quantity) -> dict[str, Any]:
    return {
        **{name: getattr(quantity, name) for name in FIELDS},
        "sentinels": list(quantity.sentinels),
    }


def _upsert(tx: Tx, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    fresh = insert(table).values(list(rows))
    values = {name: fresh.excluded[name] for name in rows[0] if name != "code"}
    tx.execute(fresh.on_conflict_do_update(index_elements=["code"], set_=values))
