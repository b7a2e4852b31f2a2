"""How many incidents of each kind there were at a moment of the past: what signs over incidents would have been given.

As `incidents.gauges` counts them now. What only the present state says (supervised, returned, reopened) is not known of
the past and has no value there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.cli.demo.feeling.forms import Floats
from chengyun.incidents.reading.gauges import class_of
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

DAY = 86_400.0
Ints = NDArray[np.int64]
MEASURES = (
    "open", "overdue", "unfiled", "reported_24h", "reported_7d", "reported_30d", "closed_24h", "closed_7d", "closed_30d",
    "on_time_30d",
)  # fmt: skip
_LIVES = sa.text(
    """
    SELECT i.id, i.town_id, coalesce(i.category, ''), extract(epoch FROM reported_at)::float8,
           extract(epoch FROM filed_at)::float8, extract(epoch FROM closed_at)::float8,
           EXISTS (SELECT 1 FROM incidents_deadline d
                   WHERE d.incident_id = i.id AND d.stage = 'handle' AND d.state = 'missed')
    FROM incidents_incident i WHERE state NOT IN ('merged', 'voided') ORDER BY i.id
    """
)
_LATE = sa.text(
    """
    SELECT d.incident_id, extract(epoch FROM d.due_at)::float8, extract(epoch FROM d.ended_at)::float8
    FROM incidents_deadline d JOIN incidents_incident i ON i.id = d.incident_id AND i.state NOT IN ('merged', 'voided')
    WHERE d.ended_at IS NULL OR d.ended_at > d.due_at
    """
)


class Counted:
    """Every incident's moments as columns; `regions` are ids, ascending, `kinds` all, majors and categories."""

    def __init__(self, tx: Tx) -> None:
        lives, late = tx.execute(_LIVES).all(), tx.execute(_LATE).all()
        self.regions, self._towns, self._town_row, self._district_row, self._city_row = _regions(tx)
        ids, town, category, reported, filed, closed, missed = _columns(lives, 7)
        codes, code = np.unique(np.array(category, str), return_inverse=True)
        self.kinds, self._fold = _kinds(codes.tolist())
        self._cell = np.searchsorted(self._towns, np.array(town, np.int64)) * len(codes) + code
        self._codes = len(codes)
        self._reported, self._missed = _floats(reported), np.array(missed, bool)
        self._filed, self._closed = _floats(filed), _floats(closed)
        of, due, ended = _columns(late, 3)
        self._late = np.searchsorted(np.array(ids, np.int64), np.array(of, np.int64))
        self._due, self._ended = _floats(due), _floats(ended)

    def at(self, moment: float) -> Floats:
        """Measure × region × kind at a moment (epoch seconds); NaN where a share has nothing to count."""
        there = self._reported <= moment
        open_ = there & ~(self._closed <= moment)
        overdue = np.zeros(len(there), bool)
        overdue[self._late[(self._due <= moment) & ~(self._ended <= moment)]] = True
        reported = [there & (self._reported > moment - days * DAY) for days in (1, 7, 30)]
        closed = [(self._closed <= moment) & (self._closed > moment - days * DAY) for days in (1, 7, 30)]
        counted = [open_, open_ & overdue, open_ & ~(self._filed <= moment), *reported, *closed]
        in_time = closed[-1] & ~self._missed
        tables = np.stack([self._folded(mask) for mask in (*counted, in_time)])
        whole = tables[MEASURES.index("closed_30d")]
        tables[-1] = np.divide(tables[-1], whole, out=np.full(whole.shape, np.nan), where=whole > 0)
        return tables

    def _folded(self, mask: NDArray[np.bool_]) -> Floats:
        """Region × kind: of towns, then of what they add up to."""
        count = np.bincount(self._cell[mask], minlength=len(self._towns) * self._codes)
        towns = count.reshape(len(self._towns), self._codes).astype(np.float64) @ self._fold
        found = np.zeros((len(self.regions), len(self.kinds)))
        found[self._town_row] = towns
        np.add.at(found, self._district_row, towns)
        found[self._city_row] = towns.sum(axis=0)
        return found


def _regions(tx: Tx) -> tuple[Ints, Ints, Ints, Ints, int]:
    """Ids of all; ids of towns, ascending; rows of towns, of the district of each, and of the city."""
    towns = np.sort(np.array([ref.id for ref in territory.find_regions(tx, "town")], np.int64))
    above = np.array([territory.centre_above(tx, int(town)) for town in towns], np.int64)
    city = territory.city(tx)
    every = np.unique(np.concatenate([towns, above, [city]]))
    rows = [np.searchsorted(every, ids) for ids in (towns, above, [city])]
    return every, towns, rows[0], rows[1], int(rows[2][0])


def _kinds(codes: list[str]) -> tuple[dict[str, int], Floats]:
    """Kind → column ("" all), and codes × kinds: what counts for what."""
    named = [code for code in codes if code]
    names = ["", *sorted({class_of(code) for code in named} | set(named))]
    columns = {name: n for n, name in enumerate(names)}
    fold = np.zeros((len(codes), len(columns)))
    for row, code in enumerate(codes):
        for name in {"", class_of(code), code} if code else {""}:
            fold[row, columns[name]] = 1.0
    return columns, fold


def _columns(rows: Any, width: int) -> Any:
    return zip(*rows, strict=True) if rows else ((),) * width


def _floats(column: Any) -> Floats:
    """NaN for none; NaN is before and after nothing."""
    return np.array(column, np.float64)
