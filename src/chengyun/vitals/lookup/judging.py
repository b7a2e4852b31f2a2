"""What thresholds would have said of a series: decision 0019's judging of one sign in one region. Pure.

A threshold for a sign whose low values are bad is judged as the one for high values with everything negated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chengyun.vitals.contracts import Level, Threshold


@dataclass(frozen=True, slots=True)
class Rule:
    """`thresholds` by rising level; durations in seconds; `side` −1 where low is bad."""

    thresholds: tuple[Threshold, ...]
    side: int
    for_s: float
    hold_s: float

    @classmethod
    def of(cls, thresholds: Iterable[Threshold], bad: str, for_s: float, hold_s: float) -> Rule:
        ordered = tuple(sorted(thresholds, key=lambda one: one.level))
        return cls(ordered, -1 if bad == "low" else 1, for_s, hold_s)

    def reached(self, value: float) -> list[Level]:
        """The levels whose on value the value has reached."""
        return [one.level for one in self.thresholds if self.side * value >= self.side * one.on]

    def kept(self, value: float) -> list[Level]:
        """The levels that end further in than the value."""
        return [one.level for one in self.thresholds if self.side * value > self.side * one.off]


@dataclass(slots=True)
class Ring:
    """One episode. `ended` None: it lasts; `top` the worst value in it."""

    began: datetime
    ended: datetime | None
    peak: Level
    top: float


@dataclass(slots=True)
class _State:
    """`since` when the level began; `reached`: level → since when the value has reached it without a break."""

    level: Level = Level.NONE
    since: datetime | None = None
    reached: dict[Level, datetime] = field(default_factory=dict)


def judge(rule: Rule, moments: Sequence[datetime], values: Sequence[float]) -> list[Ring]:
    """The episodes of a series, oldest first; NaN is no value: nothing rises and nothing clears."""
    state, rings = _State(), list[Ring]()
    for at, value in zip(moments, values, strict=True):
        if not math.isfinite(value):
            state.reached = {}
            continue
        state.reached = {level: state.reached.get(level, at) for level in rule.reached(value)}
        before, state.level = state.level, _level(rule, state, at, value)
        if state.level != before:
            state.since = at
        _note(rule, rings, before, state.level, at, value)
    return rings


def _level(rule: Rule, state: _State, at: datetime, value: float) -> Level:
    """The highest of those reached for long enough and of those up to the present one that have not ended."""
    waited = [level for level, since in state.reached.items() if (at - since).total_seconds() >= rule.for_s]
    stays = [level for level in {*rule.kept(value), *state.reached} if level <= state.level]
    level = max([Level.NONE, *waited, *stays])
    held = state.since is not None and (at - state.since).total_seconds() < rule.hold_s
    return state.level if level < state.level and held else level


def _note(rule: Rule, rings: list[Ring], before: Level, after: Level, at: datetime, value: float) -> None:
    if before == Level.NONE and after > Level.NONE:
        rings.append(Ring(at, None, after, value))
    elif before > Level.NONE and after == Level.NONE:
        rings[-1].ended = at
    elif after > Level.NONE:
        last = rings[-1]
        last.peak = max(last.peak, after)
        last.top = max(last.top, value, key=lambda one: rule.side * one)
