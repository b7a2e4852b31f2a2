"""What thresholds would have said of a series: decision 0019's judging of one sign in one region. Pure.

A threshold for a sign whose low values are bad is judged as the one for high values with everything negated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chengyun.vitals.contracts import Level, Threshold


@dataclass(frozen=True, slots=True)
class Rule:
    """`thresholds` by rising level; durations in seconds; `sign` −1 where low is bad."""

    thresholds: tuple[Threshold, ...]
    sign: int
    for_s: float
    hold_s: float

    @classmethod
    def of(cls, thresholds: Iterable[Threshold], bad: str, for_s: float, hold_s: float) -> Rule:
        ordered = tuple(sorted(thresholds, key=lambda one: one.level))
        return cls(ordered, -1 if bad == "low" else 1, for_s, hold_s)

    def wanted(self, value: float) -> Level:
        """The highest level that the value reaches."""
        return max(
            (one.level for one in self.thresholds if self.sign * value >= self.sign * one.on),
            default=Level.NONE,
        )

    def stays(self, level: Level, value: float) -> bool:
        """Whether a level that was reached is kept."""
        return any(one.level == level and self.sign * value > self.sign * one.off for one in self.thresholds)


@dataclass(slots=True)
class Ring:
    """One episode. `ended` None: it lasts; `top` the worst value in it."""

    began: datetime
    ended: datetime | None
    peak: Level
    top: float


@dataclass(slots=True)
class _State:
    level: Level = Level.NONE
    reached: datetime | None = None
    above: datetime | None = None  # since when more is wanted than there is


def judge(rule: Rule, moments: Sequence[datetime], values: Sequence[float]) -> list[Ring]:
    """The episodes of a series, oldest first; NaN is no value: nothing rises and nothing clears."""
    state, rings = _State(), list[Ring]()
    for at, value in zip(moments, values, strict=True):
        if not math.isfinite(value):
            state.above = None
            continue
        before, state.level = state.level, _next(rule, state, at, value)
        if state.level != before:
            state.reached = at
        _note(rule, rings, before, state.level, at, value)
    return rings


def _next(rule: Rule, state: _State, at: datetime, value: float) -> Level:
    wanted = rule.wanted(value)
    if wanted > state.level:
        state.above = state.above or at
        return wanted if (at - state.above).total_seconds() >= rule.for_s else state.level
    state.above = None
    held = state.reached is not None and (at - state.reached).total_seconds() < rule.hold_s
    return state.level if held or wanted == state.level or rule.stays(state.level, value) else wanted


def _note(rule: Rule, rings: list[Ring], before: Level, after: Level, at: datetime, value: float) -> None:
    if before == Level.NONE and after > Level.NONE:
        rings.append(Ring(at, None, after, value))
    elif before > Level.NONE and after == Level.NONE:
        rings[-1].ended = at
    elif after > Level.NONE:
        last = rings[-1]
        last.peak = max(last.peak, after)
        last.top = max(last.top, value, key=lambda one: rule.sign * one)
