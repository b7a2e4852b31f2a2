"""Things found by what belongs to them: their datastreams, their ids, their properties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.identity import service as identity
from chengyun.kernel.transactions import Tx
from chengyun.sensing.tables import datastream, thing

_HAVING = sa.text(
    """
    SELECT w.name, w.value, array_agg(h.id ORDER BY h.id) AS ids
    FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) AS w (name, value)
    JOIN (SELECT t.id, p.key, p.value FROM sensing_thing t, jsonb_each(t.properties) p WHERE t.active) h
      ON h.key = w.name AND h.value = to_jsonb(w.value)
    GROUP BY 1, 2
    """
)
t = thing.c


@dataclass(frozen=True, slots=True)
class ThingBrief:
    """What an alarm says of a thing. WGS-84 degrees."""

    id: int
    code: str
    name: str
    address: str
    lon: float
    lat: float
    simulated: bool
    readers: tuple[int, ...]


def things_of_streams(tx: Tx, streams: Sequence[int]) -> dict[int, ThingBrief]:
    """The thing of each datastream (id) that the caller may see."""
    if not streams:
        return {}
    query = _briefs(tx, datastream.c.id.label("stream")).join(datastream, datastream.c.thing_id == t.id)
    rows = tx.execute(query.where(datastream.c.id.in_(list(streams))))
    return {row.stream: _brief(row) for row in rows}


def things_by_ids(tx: Tx, ids: Sequence[int]) -> dict[int, ThingBrief]:
    """Those of the things that the caller may see, by id."""
    if not ids:
        return {}
    return {row.id: _brief(row) for row in tx.execute(_briefs(tx).where(t.id.in_(list(ids))))}


def things_having(tx: Tx, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Ids of the active things with each property (name, value)."""
    pairs = list(wanted)
    asked = {"names": [name for name, _ in pairs], "values": [value for _, value in pairs]}
    having = {(row.name, row.value): row.ids for row in tx.execute(_HAVING, asked)}
    return {one: np.array(having.get(one, ()), np.int64) for one in pairs}


def _briefs(tx: Tx, *more: Any) -> sa.Select[Any]:
    columns = (t.id, t.code, t.name, t.address, t.lon, t.lat, t.simulated, t.readers)
    return sa.select(*columns, *more).select_from(thing).where(identity.readable_by(tx.actor, t.readers))


def _brief(row: Any) -> ThingBrief:
    return ThingBrief(
        row.id,
        row.code,
        row.name,
        row.address,
        row.lon / 1e6,
        row.lat / 1e6,
        row.simulated,
        tuple(row.readers),
    )
