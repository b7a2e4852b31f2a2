"""The state as named chunks of bytes, for a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from chengyun.vitals.engine.plan import Plan
from chengyun.vitals.engine.shapes import GIVEN
from chengyun.vitals.engine.state import State

Chunks = dict[str, bytes]
_NAMES = tuple(field.name for field in fields(State))


class StateError(ValueError):
    """Chunks that are of another plan or incomplete."""


def dump(plan: Plan, state: State) -> Chunks:
    """Chunks; "plan" is the digest of the plan that gives the others their meaning."""
    return {"plan": plan.digest.encode()} | {name: getattr(state, name).tobytes() for name in _NAMES}


def load(plan: Plan, state: State, chunks: Mapping[str, bytes]) -> None:
    """Put into `state` what `dump` took. Raises StateError, and leaves `state` alone, where it does not fit."""
    if chunks.get("plan") != plan.digest.encode():
        raise StateError("the snapshot is of another plan")
    for name in _NAMES:
        if len(chunks.get(name, b"")) != getattr(state, name).nbytes and name != "given":
            raise StateError(f"the snapshot's {name} is missing or cut short")
    for name in _NAMES:
        array = getattr(state, name)
        if name != "given":
            array[:] = np.frombuffer(chunks[name], array.dtype)
    state.given = np.frombuffer(chunks["given"], GIVEN).copy()
