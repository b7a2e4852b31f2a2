"""A state of another plan into this one: latest values, buckets, numbers, levels, each found by what it is of.

The rest is worked out anew in the next step. A level that is no longer judged (its sign or region has gone, its
thresholds were taken away) is not carried: whoever holds its alarm must end it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from chengyun.vitals.engine.plan import Plan
from chengyun.vitals.engine.shapes import GIVEN, OF_GAUGE, Array
from chengyun.vitals.engine.snapshot import arrays, rings_of
from chengyun.vitals.engine.state import State


def carry(plan: Plan, state: State, chunks: Mapping[str, bytes]) -> None:
    """Put into a fresh `state` what chunks of another plan say of the same things. Raises StateError."""
    old = arrays(chunks)
    about = json.loads(chunks["plan.about"])
    state.clock[:] = old["clock"]
    _latest(plan, state, old)
    rows = _rows(plan, old, about["signs"])
    _judged(plan, state, old, rows)
    _numbers(plan, state, old, rows)
    theirs = {name: place for name, *place in about["rings"]}
    for name, *place in rings_of(plan):
        if name in theirs:
            _buckets(plan, state, old, theirs[name], place)


def _latest(plan: Plan, state: State, old: Mapping[str, Array]) -> None:
    place = plan.row_of[np.minimum(old["plan.streams"], len(plan.row_of) - 1)]
    known = (place >= 0) & (old["plan.streams"] < len(plan.row_of))
    for field in ("at", "value"):
        state.latest[field][place[known]] = old["latest"][field][known]


def _rows(plan: Plan, old: Mapping[str, Array], codes: Sequence[str]) -> Array:
    """By old row: the row of the same sign in the same region; -1: there is none."""
    number = {code: place for place, code in enumerate(plan.layout.signs)}
    sign = np.array([number.get(code, -1) for code in codes], np.int64)[old["plan.sign"]]
    region = np.repeat(old["plan.regions"], np.diff(old["plan.first"]))
    many = max(len(number), 1)
    mine = np.repeat(plan.layout.regions, np.diff(plan.layout.first)) * many + plan.layout.sign
    return np.where(sign >= 0, _found(mine, region * many + sign), -1)


def _judged(plan: Plan, state: State, old: Mapping[str, Array], rows: Array) -> None:
    row = rows[old["plan.judged"]]
    judge = np.where(row >= 0, plan.rows.places["judge"][row], -1) if len(plan.layout) else row
    kept = judge >= 0
    state.judges[judge[kept]] = old["judges"][kept]
    before = old["rows"][old["plan.judged"][kept]]
    for field in ("level", "since"):
        state.rows[field][row[kept]] = before[field]


def _numbers(plan: Plan, state: State, old: Mapping[str, Array], rows: Array) -> None:
    """Numbers are given again: what is above may be made of others now."""
    row, gauges = rows[old["plan.gauge"]], old["gauges"]
    kept = np.flatnonzero((row >= 0) & ~np.isnan(gauges["given"]))
    kept = kept[plan.sign_records["input"][plan.rows.places["sign"][row[kept]]] == OF_GAUGE]
    again = np.zeros(len(kept), GIVEN)
    again["sign"] = plan.rows.places["sign"][row[kept]]
    again["region"] = plan.tree.id[plan.rows.region[row[kept]]]
    again["value"], again["at"] = gauges["given"][kept], gauges["since"][kept]
    state.given = again


def _buckets(
    plan: Plan, state: State, old: Mapping[str, Array], theirs: Sequence[int], ours: Sequence[int]
) -> None:
    """A ring's buckets by region; where this plan keeps fewer, the newest."""
    slot, spread, cell, cells, n = theirs
    my_slot, my_spread, my_cell, my_cells, my_n = ours
    regions = plan.tree.id[plan.cells.cells["region"][my_cell : my_cell + my_cells]]
    order = np.argsort(regions)
    place = _found(regions[order], old["plan.cell"][cell : cell + cells])
    known = np.flatnonzero(place >= 0)
    place = order[place[known]]
    mine = state.slots[my_slot : my_slot + my_n * my_cells].reshape(my_n, my_cells)
    for number, line in enumerate(old["slots"][slot : slot + n * cells].reshape(n, cells)):
        some = line[known]
        turn = some["bucket"] % my_n
        newer = some["bucket"] > mine["bucket"][turn, place]
        mine[turn[newer], place[newer]] = some[newer]
        if spread >= 0 and my_spread >= 0:
            apart = old["spreads"][spread + number * cells + known[newer]]
            state.spreads[my_spread + turn[newer] * my_cells + place[newer]] = apart


def _found(ascending: Array, wanted: Array) -> Array:
    """Place of each in `ascending`; -1 where it is missing."""
    if len(ascending) == 0:
        return np.full(len(wanted), -1, np.int64)
    where = np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)
    return np.where(ascending[where] == wanted, where, -1)
