"""The state as named chunks of bytes, for a snapshot.

Chunks named "plan.…" say what stands where and change with the plan only. A state fits its own plan as it is; into
another (a thing more, another threshold) goes what both know (`carrying`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from chengyun.vitals.board import ROW
from chengyun.vitals.engine.plan import Plan
from chengyun.vitals.engine.shapes import GAUGE, GIVEN, JUDGE, LATEST, SLOT, Array
from chengyun.vitals.engine.state import State

Chunks = dict[str, bytes]
_NAMES = tuple(field.name for field in fields(State))
_TYPES = {"latest": LATEST, "slots": SLOT, "rows": ROW, "judges": JUDGE, "gauges": GAUGE, "given": GIVEN}
_PLACES = {
    "plan.streams": np.int32,
    "plan.regions": np.int64,
    "plan.first": np.int64,
    "plan.sign": np.int32,
    "plan.judged": np.int32,
    "plan.gauge": np.int32,
    "plan.cell": np.int64,
}


class StateError(ValueError):
    """Chunks that are incomplete or cut short."""


def about(plan: Plan) -> Chunks:
    """The chunks that change with the plan only; "plan" is its digest."""
    told, layout = {"signs": plan.layout.signs, "rings": rings_of(plan)}, plan.layout
    return {
        "plan": plan.digest.encode(),
        "plan.about": json.dumps(told, ensure_ascii=False).encode(),
        "plan.streams": plan.stream_ids.tobytes(),
        "plan.regions": layout.regions.tobytes(),
        "plan.first": layout.first.tobytes(),
        "plan.sign": layout.sign.tobytes(),
        "plan.judged": plan.rows.judged.tobytes(),
        "plan.gauge": rows_of_gauges(plan).tobytes(),
        "plan.cell": plan.tree.id[plan.cells.cells["region"]].tobytes(),
    }


def parts(state: State) -> dict[str, Array]:
    """The arrays whose bytes are the other chunks."""
    return {name: getattr(state, name) for name in _NAMES}


def fits(plan: Plan, chunks: Mapping[str, bytes]) -> bool:
    """Whether the chunks are of this very plan."""
    return chunks.get("plan") == plan.digest.encode()


def load(state: State, chunks: Mapping[str, bytes]) -> None:
    """Put into `state` what was dumped of the same plan. Raises StateError and then leaves `state` alone."""
    for name in _NAMES:
        if len(chunks.get(name, b"")) != getattr(state, name).nbytes and name != "given":
            raise StateError(f"the snapshot's {name} is missing or cut short")
    for name in _NAMES:
        array = getattr(state, name)
        if name != "given":
            array[:] = np.frombuffer(chunks[name], array.dtype)
    state.given = np.frombuffer(chunks.get("given", b""), GIVEN).copy()


def arrays(chunks: Mapping[str, bytes]) -> dict[str, Array]:
    """The chunks that `carrying` reads, as arrays. Raises StateError where one is missing."""
    types = _TYPES | _PLACES | {"clock": np.int64, "spreads": np.float64}
    missing = sorted(set(types) - set(chunks))
    if missing:
        raise StateError(f"the snapshot lacks {', '.join(missing)}")
    return {name: np.frombuffer(chunks[name], type_) for name, type_ in types.items()}


def rings_of(plan: Plan) -> list[tuple[str, *tuple[int, ...]]]:
    """By ring: its name, first slot, first spread (-1: none), first cell, cells, buckets."""
    found: list[tuple[str, *tuple[int, ...]]] = []
    for record, measure in zip(plan.stores.measures, plan.measures, strict=True):
        for number, (width, lateness) in enumerate(measure.rings):
            ring = plan.stores.rings[int(record["ring_first"]) + number]
            name = json.dumps([*measure.key, width, lateness], ensure_ascii=False)
            found.append((name, *(int(ring[field]) for field in ("slot", "spread", "cell", "cells", "n"))))
    return found


def rows_of_gauges(plan: Plan) -> Array:
    """By gauge: its row."""
    rows = np.zeros(plan.rows.gauges, np.int32)
    for sign, first in plan.rows.gauge_first.items():
        rows[first : first + len(plan.rows.of_sign[sign])] = plan.rows.of_sign[sign]
    return rows
