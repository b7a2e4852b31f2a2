"""Rows of `vitals_number`: written as one statement, the newest period found per register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import insert

from chengyun.identity.service import readable_by
from chengyun.kernel.bulk import insert as copy
from chengyun.kernel.transactions import Tx
from chengyun.sensing.intake.catalogue import cursor_of, gathered
from chengyun.sensing.intake.storing import PG_EPOCH_US
from chengyun.territory import service as territory
from chengyun.vitals.numbers.contracts import Number
from chengyun.vitals.tables import number

Key = tuple[str, int, date]
_AT_ONCE = 5_000
_REGISTERS = "SELECT DISTINCT hashtextextended(register, 0), register FROM vitals_number"
_NEWEST = """
    SELECT DISTINCT ON (register, region_id) hashtextextended(register, 0) AS id, region_id AS region, value, at
    FROM vitals_number WHERE {where} ORDER BY register, region_id, period DESC
    """
_TYPES = (("id", ">i8"), ("region", ">i8"), ("value", ">f8"), ("at", ">i8"))
_COLUMNS = ("register", "region_id", "period", "readers", "value", "at", "source", "simulated")


def known(tx: Tx, numbers: Sequence[Number]) -> dict[Key, tuple[float, str, bool]]:
    """What is stored of these already."""
    found: dict[Key, tuple[float, str, bool]] = {}
    columns = (number.c.register, number.c.region_id, number.c.period)
    query = sa.select(*columns, number.c.value, number.c.source, number.c.simulated)
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        keys = [(one.register, one.region, one.period) for one in part]
        for row in tx.execute(query.where(sa.tuple_(*columns).in_(keys))):
            found[row.register, row.region_id, row.period] = (row.value, row.source, row.simulated)
    return found


def put_numbers(tx: Tx, numbers: Sequence[Number]) -> None:
    """Store these, over what there was of the same register, region and period."""
    chains = _readers(tx, {one.region for one in numbers})
    statement = insert(number)
    new = statement.excluded
    names = ("readers", "value", "at", "source", "simulated")
    statement = statement.on_conflict_do_update(
        index_elements=["register", "region_id", "period"], set_={name: new[name] for name in names}
    )
    for start in range(0, len(numbers), _AT_ONCE):
        rows = [_row(one, chains, tx.now) for one in numbers[start : start + _AT_ONCE]]
        tx.execute(statement, [dict(zip(_COLUMNS, row, strict=True)) for row in rows])


def load_numbers(tx: Tx, numbers: Sequence[Number]) -> int:
    """The same for many that are not there yet, by COPY."""
    chains = _readers(tx, {one.region for one in numbers})
    return copy(tx, number.name, _COLUMNS, (_row(one, chains, tx.now) for one in numbers))


def latest(
    tx: Tx, before: date | None = None
) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64], int]]:
    """Of each register: regions, their newest numbers, and when the newest of them came in (microseconds). `before`: of
    periods that began before that day. There are half a million: they come as columns."""
    where = "true" if before is None else f"period < '{before.isoformat()}'"
    with cursor_of(tx) as cursor:
        names = dict(cursor.execute(_REGISTERS).fetchall())
        found = gathered(cursor, _NEWEST.format(where=where), _TYPES)
    _, edges = np.unique(found["id"], return_index=True)  # in the order of ids
    parts = zip(
        edges.tolist(), [*edges[1:].tolist(), len(found["id"])], strict=False
    )  # none where there is none
    return {
        names[int(found["id"][first])]: (
            found["region"][first:end],
            found["value"][first:end],
            int(found["at"][first:end].max()) + PG_EPOCH_US,
        )
        for first, end in parts
    }


def _readers(tx: Tx, regions: set[int]) -> dict[int, list[int]]:
    """Whoever governs a region reads its numbers."""
    return {region: sorted(territory.chain_of(tx, region).ids()) for region in regions}


def _row(one: Number, chains: Mapping[int, list[int]], at: datetime) -> tuple[Any, ...]:
    readers = chains[one.region]
    return (one.register, one.region, one.period, readers, one.value, at, one.source, one.simulated)


def freshness(tx: Tx) -> dict[str, tuple[date, datetime, int]]:
    """Per register: the newest period, when its last number came, how many there are; of what the actor may read."""
    query = (
        sa.select(number.c.register, sa.func.max(number.c.period), sa.func.max(number.c.at), sa.func.count())
        .where(readable_by(tx.actor, number.c.readers))
        .group_by(number.c.register)
    )
    rows: Iterable[Any] = tx.execute(query)
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
