"""Episodes that are stored as open, against a plan: they go on, or nobody judges them any more and they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chengyun.sensing.service import moment
from chengyun.vitals.contracts import Change, EpisodeKind, Level
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.engine.plan import Plan
from chengyun.vitals.engine.shapes import NEVER, OF_GAUGE

_STANDING = np.dtype([("level", "<i2"), ("began", "<i8"), ("since", "<i8"), ("silent", "<i8")])


@dataclass(frozen=True, slots=True)
class Running:
    """An episode that is stored as open. Moments in microseconds."""

    sign: str
    region: int
    kind: EpisodeKind
    level: int
    began: int
    since: int


def unjudged(engine: Engine, running: Sequence[Running], now: int) -> list[Change]:
    """The ends of those for which the plan has no judge: their sign, region or thresholds are gone."""
    return [
        Change(
            one.sign,
            one.region,
            one.kind,
            moment(one.began),
            moment(now),
            Level(one.level),
            Level.NONE,
            None,
            None,
        )
        for one in running
        if _judge(engine, one) is None
    ]


def adopt(engine: Engine, running: Sequence[Running], codes: frozenset[str] | None = None) -> None:
    """Let the open episodes of these signs (None: of all) be those that are stored, whatever the engine thinks. Where the
    two differ the next step judges anew.
    """
    plan, state = engine.plan, engine.state
    stored = np.zeros(len(state.judges), _STANDING)
    for one in running:
        judge = _judge(engine, one)
        if judge is None:
            continue
        if one.kind is EpisodeKind.NO_DATA:
            stored["silent"][judge] = one.began
        else:
            for field in ("level", "began", "since"):
                stored[field][judge] = getattr(one, field)
    judges, rows = state.judges, plan.rows.judged
    level = state.rows["level"][rows]
    differs = (level != stored["level"]) | (judges["silent"] != stored["silent"])
    differs |= (level > 0) & (judges["began"] != stored["began"])
    if codes is not None:
        of = [number for number, sign in enumerate(plan.signs) if sign.code in codes]
        differs &= np.isin(plan.rows.places["sign"][rows], of)
    for field in ("level", "since"):
        state.rows[field][rows[differs]] = stored[field][differs]
    for field in ("began", "silent"):
        judges[field][differs] = stored[field][differs]
    judges["reached"][differs] = 0
    state.due[differs] = NEVER
    engine.look_again(rows[differs])


def of_numbers(plan: Plan) -> frozenset[str]:
    """The signs in which there are numbers, their own or those of what they are over. Numbers are not in the log: after a
    crash these signs do not live through the same again.
    """
    found: set[str] = set()
    for sign in np.argsort(plan.sign_records["depth"], kind="stable").tolist():
        one = plan.signs[sign]
        if plan.sign_records["input"][sign] == OF_GAUGE or not found.isdisjoint(one.inputs.values()):
            found.add(one.code)
    return frozenset(found)


def _judge(engine: Engine, one: Running) -> int | None:
    number = engine.place(one.sign)
    row = None if number is None else engine.plan.layout.row(number, one.region)
    judge = -1 if row is None else int(engine.plan.rows.places["judge"][row])
    return None if judge < 0 else judge
