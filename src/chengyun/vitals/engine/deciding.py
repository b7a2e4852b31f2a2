"""Which datastream decided a value, where one did: the only one of its region, or the one that is the extreme."""

from __future__ import annotations

import numpy as np

from chengyun.vitals.contracts import Statistic
from chengyun.vitals.engine.plan import Plan
from chengyun.vitals.engine.shapes import OF_CELL
from chengyun.vitals.engine.state import State

_FIELDS = {Statistic.LATEST_MAX: "high", Statistic.LATEST_MIN: "low"}


def deciding(plan: Plan, state: State, row: int) -> int | None:
    """Id of the datastream; None where several made the value together."""
    place = plan.rows.places[row]
    if plan.sign_records["input"][place["sign"]] != OF_CELL:
        return None
    cell = int(place["of"])
    field = _FIELDS.get(plan.signs[place["sign"]].statistic)
    if field is not None and state.stats["alive"][cell] > 0:
        return _extreme(plan, state, cell, field)
    return _only(plan, state, cell)


def _only(plan: Plan, state: State, cell: int) -> int | None:
    if state.stats["streams"][cell] != 1:
        return None
    cells = plan.cells.cells
    while cells["child_end"][cell] > cells["child_first"][cell]:
        cell = int(cells["child_first"][cell])
    return int(plan.stream_ids[plan.cells.streams[cells["stream_first"][cell]]])


def _extreme(plan: Plan, state: State, cell: int, field: str) -> int | None:
    cells, wanted = plan.cells.cells, state.stats[field][cell]
    while cells["child_end"][cell] > cells["child_first"][cell]:
        children = np.arange(cells["child_first"][cell], cells["child_end"][cell])
        having = (state.stats[field][children] == wanted) & (state.stats["alive"][children] > 0)
        cell = int(children[np.argmax(having)])
    streams = plan.cells.streams[cells["stream_first"][cell] : cells["stream_end"][cell]]
    latest = state.latest[streams]
    alive = latest["at"] + plan.patience[streams] >= state.clock[1]
    return int(plan.stream_ids[streams[np.argmax(alive & (latest["value"] == wanted))]])
