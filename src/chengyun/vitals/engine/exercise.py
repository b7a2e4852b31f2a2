"""What a trial is put through: readings and numbers without rule, then each sign led to its worst level and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chengyun.sensing.contracts import Readings
from chengyun.vitals.contracts import Input, Sign, Statistic
from chengyun.vitals.engine.expression import evaluate, parse
from chengyun.vitals.engine.measures import ABOVE, BELOW
from chengyun.vitals.engine.rows import side_of
from chengyun.vitals.engine.shapes import TICK_US
from chengyun.vitals.engine.trial import START_US, Trial, longest_of

Values = NDArray[np.float64]
_NUMBERS = (Input.INCIDENTS, Input.REGISTER)
_SPOKEN = frozenset([Statistic.ALIVE, Statistic.SILENT, Statistic.ALIVE_SHARE, Statistic.COUNT])
_SHARES = frozenset([Statistic.ALIVE_SHARE, Statistic.ABOVE_SHARE, Statistic.BELOW_SHARE])
_LED = 6  # steps to the worst level, and as many back: two of them are enough to fall silent
_TRIED = 400  # numbers tried as inputs of a formula


def exercise(trial: Trial, random: np.random.Generator, steps: int) -> None:
    """Readings and numbers around the thresholds, late, twice, never, from the future or from nowhere, with time passing
    by a good part of the longest window; the engine dies on the way.
    """
    signs = list(trial.oracle.signs.values())
    now, longest = max(trial.engine.now, START_US), longest_of(signs)
    for number in range(steps):
        for sign in signs:
            if sign.input in _NUMBERS:
                regions = [region for code, region in trial.oracle.rows if code == sign.code]
                some = [region for region in regions if random.random() < 0.5]
                trial.set_gauge(sign.code, some, _around(random, [sign], len(some)).tolist(), now)
        trial.step(_readings(trial, random, signs, now, longest), now)
        if number == steps // 2:
            trial.restart()
        now += int(random.choice([0.2, 3.0, longest / 6, longest / 3]) * TICK_US)
    fall_silent(trial, longest // 2)


def fall_silent(trial: Trial, seconds: int) -> None:
    """Time passes, and nobody speaks."""
    nothing = Readings(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0))
    trial.step(nothing, max(trial.engine.now, START_US) + seconds * TICK_US)


def lead(trial: Trial, random: np.random.Generator, sign: Sign) -> None:
    """Let a sign reach its worst level and fall below all of them, each for longer than it waits and holds; the engine dies
    while it is on its way up. One without thresholds just gets values.
    """
    pause = longest_of(trial.oracle.signs.values()) // 3 + 1
    now = max(trial.engine.now, START_US)
    for bad in (True, False):
        for number in range(1, _LED + 1):
            now += pause * TICK_US
            wishes = _Wishes(trial, random, number)
            wishes.wish(sign, _beyond(sign, bad, random))
            wishes.tell(now)
            if bad and number == 1:
                trial.restart()


def _beyond(sign: Sign, bad: bool, random: np.random.Generator) -> float:
    """A value past the worst threshold, or short of all, in the sign's valid range; without thresholds any of that range."""
    low, high = -np.inf if sign.low is None else sign.low, np.inf if sign.high is None else sign.high
    if not sign.thresholds:
        return float(np.clip(random.uniform(0, 1), low, high))
    side = side_of(sign)
    worst = max(one.on * side for one in sign.thresholds)
    best = min(one.off * side for one in sign.thresholds)
    slack = max(worst - best, abs(worst) / 4)
    value = side * (random.uniform(worst, worst + slack) if bad else random.uniform(best - slack, best))
    return float(np.clip(value, low, high))


def _undone(sign: Sign, value: float) -> float:
    """The statistic of which the sign's expression makes `value`; exact where that is a straight line."""
    formula = parse(sign.expression)
    one, two = (evaluate(formula, {"x": x}) for x in (1.0, 2.0))
    return value if one == two else 1.0 + (value - one) / (two - one)


@dataclass(slots=True)
class _Wishes:
    """What must be told in one step, the `number`th on the way, for signs to have certain values."""

    trial: Trial
    random: np.random.Generator
    number: int
    numbers: dict[str, float] = field(default_factory=dict)  # by sign
    values: dict[str, Values] = field(default_factory=dict)  # by quantity, of its datastreams in order
    speaks: dict[str, NDArray[np.bool_]] = field(default_factory=dict)  # the same: who does at all

    def wish(self, sign: Sign, value: float) -> None:
        """That `sign` gets about this value in the regions in which it is judged."""
        if sign.input is Input.SIGNS:
            for one, wanted in self._inputs(sign, value).items():
                self.wish(self.trial.oracle.signs[one], wanted)
            return
        if sign.input in _NUMBERS:
            self.numbers[sign.code] = _undone(sign, value)
        else:
            self._feed(sign, _undone(sign, value))

    def _inputs(self, sign: Sign, value: float) -> dict[str, float]:
        """Values of what a formula is over, by sign, with which it comes nearest to `value`."""
        formula, signs = parse(sign.expression), self.trial.oracle.signs
        codes = list(sign.inputs.values())
        tried = [
            dict(zip(codes, row, strict=True))
            for row in zip(*[self._some(signs[one]) for one in codes], strict=True)
        ]
        found = [evaluate(formula, {name: row[code] for name, code in sign.inputs.items()}) for row in tried]
        return tried[int(np.nanargmin(np.abs(np.array(found) - value)))]

    def _some(self, sign: Sign) -> list[float]:
        counted = sign.statistic in ABOVE | BELOW | _SPOKEN
        if counted and sign.input is Input.DATASTREAMS:
            most = len(self._streams(sign.of))
            return [float(one) for one in self.random.integers(0, most + 1, _TRIED)]
        return [float(one) for one in 10 ** self.random.uniform(-2, 2, _TRIED)]

    def _streams(self, quantity: str) -> NDArray[np.int32]:
        streams = self.trial.place.streams
        found: NDArray[np.int32] = streams.id[streams.quantity == streams.quantities.index(quantity)]
        return found

    def _feed(self, sign: Sign, x: float) -> None:
        """Readings that give the statistic about the value `x`."""
        n = len(self._streams(sign.of))
        self.speaks.setdefault(sign.of, np.ones(n, bool))
        self.values.setdefault(sign.of, np.zeros(n))
        many = int(np.clip(round(x * n if sign.statistic in _SHARES else x), 0, n))
        if sign.statistic in _SPOKEN:
            self.speaks[sign.of] = np.arange(n) < (n - many if sign.statistic is Statistic.SILENT else many)
        elif sign.statistic in ABOVE | BELOW:
            limit = sign.limit or 0.0
            far = (1 + abs(limit) / 2) * (1 if sign.statistic in ABOVE else -1)
            self.values[sign.of] = np.where(np.arange(n) < many, limit + far, limit - far)
        elif sign.statistic is Statistic.CHANGE:
            self.values[sign.of] = np.full(n, x * self.number / 2)  # a window is three steps
        elif sign.statistic in (Statistic.RANGE, Statistic.STD):
            self.values[sign.of] = np.where((np.arange(n) + self.number) % 2, 2.0 * x, 0.0)
        else:
            self.values[sign.of] = np.full(n, x)

    def tell(self, now: int) -> None:
        """The step."""
        for code, value in self.numbers.items():
            regions = [region for one, region in self.trial.oracle.rows if one == code]
            self.trial.set_gauge(code, regions, [value] * len(regions), now)
        ids = [self._streams(one)[self.speaks[one]] for one in self.values]
        values = [value[self.speaks[one]] for one, value in self.values.items()]
        stream = np.concatenate([np.empty(0, np.int32), *ids]).astype(np.int32)
        # some at whole seconds: then what is due so long after them is due at a tick, not between two
        at = now - now % TICK_US - self.random.integers(0, 3, len(stream)) * 100_000
        self.trial.step(Readings(stream, at, np.concatenate([np.empty(0), *values])), now)


def _readings(
    trial: Trial, random: np.random.Generator, signs: Iterable[Sign], now: int, longest: int
) -> Readings:
    ids = trial.plan.stream_ids
    n = int(random.integers(0, 3 * len(ids) + 1)) if len(ids) else 0
    stream = random.integers(0, len(ids) + 2, n).astype(np.int32)  # 0 and the last are nobody's
    behind = random.choice([0.0, 0.0, 1.0, 0.05 * longest, 1.2 * longest, 130.0, -40.0], n)
    at = now - (behind * TICK_US).astype(np.int64) - random.integers(0, 3, n) * 100_000
    value = _around(random, signs, n)
    value[random.random(n) < 0.02] = np.nan
    return Readings(stream, at, value)


def _around(random: np.random.Generator, signs: Iterable[Sign], n: int) -> Values:
    edges = [edge for sign in signs for one in sign.thresholds for edge in (one.on, one.off)] or [0.0, 10.0]
    low, high = min(edges), max(edges)
    slack = max(high - low, abs(high) / 4, 1.0)
    return random.uniform(low - slack, high + slack, n)
