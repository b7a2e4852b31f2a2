"""A trial: the same steps for kernel and oracle, their windows asked of DuckDB too, and what was not the same."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from chengyun.sensing.contracts import Readings, Streams
from chengyun.vitals.contracts import WINDOWED, Change, EpisodeKind, Input, Level, Sign
from chengyun.vitals.engine.duck import Duck
from chengyun.vitals.engine.expression import evaluate, parse
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.engine.oracle import Oracle, Row
from chengyun.vitals.engine.plan import build, wanted
from chengyun.vitals.engine.rows import Overrides
from chengyun.vitals.engine.shapes import TICK_US
from chengyun.vitals.engine.tree import Regions

CLOSE = 1e-9  # relative
START_US = 1_760_000_000_250_000
_INTERVAL_S = 20.0
_PART = 6  # of the longest time that signs speak of: the expected interval of their datastreams


@dataclass(frozen=True, slots=True)
class Place:
    """A territory with datastreams; `properties` as for `plan.build`."""

    regions: Regions
    streams: Streams
    properties: dict[tuple[str, str], np.ndarray[tuple[int], np.dtype[np.int64]]]


def small_place(signs: Sequence[Sign]) -> Place:
    """One city, a district, two towns, two villages, three grids; four things of every quantity, one in two of which
    has any property that is asked for. The longer what the signs wait for, the more seldom they speak.
    """
    regions = Regions(
        np.array([1, 2, 3, 4, 5, 6, 7, 8, 9]),
        np.array([4, 3, 2, 2, 1, 1, 0, 0, 0], np.int8),
        np.array([-1, 1, 2, 2, 3, 4, 5, 5, 6]),
    )
    quantities = tuple(sorted({sign.of for sign in signs if sign.input is Input.DATASTREAMS}))
    n = 4 * len(quantities)
    ids, interval_s = np.arange(1, n + 1), max(_INTERVAL_S, longest_of(signs) / _PART)
    of = np.repeat(np.arange(len(quantities)), 4).astype(np.int32)
    streams = Streams.plain(
        ids.astype(np.int32), np.resize([7, 7, 8, 9], n), of, quantities, np.full(n, interval_s)
    )
    having = {one: ids[number % 2 :: 2] for number, one in enumerate(sorted(wanted(signs)))}
    return Place(regions, streams, having)


def longest_of(signs: Iterable[Sign]) -> int:
    """The longest time that signs speak of, seconds: a window, a wait, a silence."""
    spoken = [max(one.window_s, one.for_s, one.hold_s, one.no_data_after_s) for one in signs]
    return max(spoken, default=0) or 120


class Trial:
    """The same steps for both; `differences` says in words what was not the same, `begun` how often an episode of a sign
    began with both, `valued` which signs had a value at all, `values` and `windows` how many were compared (windows: with
    DuckDB, those with readings in them).
    """

    def __init__(self, signs: Sequence[Sign], overrides: Overrides, place: Place) -> None:
        given = (signs, overrides, place.regions, place.streams, place.properties)
        self.place = place
        self.plan = build(*given)
        self.engine, self.oracle = Engine(self.plan), Oracle(*given)
        self.differences: list[str] = []
        self.begun: Counter[tuple[str, EpisodeKind]] = Counter()
        self.valued: set[str] = set()
        self.values = self.windows = 0
        self._numbers = {sign.code: number for number, sign in enumerate(signs)}

    def step(self, readings: Readings, now: int) -> None:
        """One step, and everything compared."""
        ours, theirs = self.engine.step(readings, now), self.oracle.step(readings, now)
        self.begun.update((one.sign, one.kind) for one in theirs if one.before is Level.NONE)
        if sorted(map(_name, ours)) != sorted(map(_name, theirs)):
            self.differences.append(f"changes at {now}: {ours} instead of {theirs}")
        if len(self.oracle.rows) != len(self.plan.layout):
            self.differences.append(f"{len(self.plan.layout)} rows instead of {len(self.oracle.rows)}")
        self.values += len(self.oracle.rows)
        self.valued |= {code for (code, _), row in self.oracle.rows.items() if not math.isnan(row.value)}
        for row in self.oracle.rows.values():
            self._compare(row, now)

    def set_gauge(self, sign: str, regions: Sequence[int], values: Sequence[float], at: int) -> None:
        """Numbers for both."""
        self.engine.set_gauge(sign, np.array(regions, np.int64), np.array(values, np.float64), at)
        self.oracle.set_gauge(sign, regions, values, at)

    def restart(self) -> None:
        """The engine dies and goes on from its snapshot; the oracle knows nothing of it."""
        chunks = self.engine.dump()
        self.engine = Engine(self.plan)
        self.engine.load(chunks)

    def ask_duck(self) -> None:
        """Windows of the kernel against SQL over all readings so far."""
        signs = self.oracle.signs.values()
        windowed = [one for one in signs if one.input is Input.DATASTREAMS and one.statistic in WINDOWED]
        if not windowed:
            return
        duck, clock = Duck(self.oracle.readings), self.engine.now // TICK_US * TICK_US
        for sign in windowed:
            self._compare_windows(duck, sign, clock)
        duck.close()

    def _compare_windows(self, duck: Duck, sign: Sign, clock: int) -> None:
        rows = [row for row in self.oracle.rows.values() if row.sign is sign]
        found = duck.windows(sign, [(row.region, int(one)) for row in rows for one in row.streams], clock)
        self.windows += len(found)
        formula = parse(sign.expression)
        for row in rows:
            value = of_range(sign, evaluate(formula, {"x": found.get(row.region, math.nan)}))
            ours = self._value(row)
            if not _same(ours, value) and not (ours == 0.0 and row.region not in found):  # COUNT of nothing
                self.differences.append(f"{sign.code} in {row.region}: {ours}, DuckDB {value}")

    def _value(self, row: Row) -> float:
        number = self.plan.layout.row(self._numbers[row.sign.code], row.region)
        return math.nan if number is None else float(self.engine.rows["value"][number])

    def _compare(self, row: Row, now: int) -> None:
        number = self.plan.layout.row(self._numbers[row.sign.code], row.region)
        if number is None:
            self.differences.append(f"{row.sign.code} has no row in {row.region}")
            return
        ours = self.engine.rows[number]
        if not _same(float(ours["value"]), row.value) or ours["level"] != row.level:
            self.differences.append(
                f"{row.sign.code} in {row.region} at {now}: {ours['value']} level {ours['level']}"
                f" instead of {row.value} level {row.level}"
            )
        if ours["at"] != self.oracle.newest(row):
            self.differences.append(f"{row.sign.code} in {row.region} at {now}: of {ours['at']}")


def of_range(sign: Sign, value: float) -> float:
    """The value where it is in the sign's valid range; NaN elsewhere."""
    low, high = -math.inf if sign.low is None else sign.low, math.inf if sign.high is None else sign.high
    return value if low <= value <= high else math.nan


def _name(change: Change) -> tuple[object, ...]:
    one = change
    return one.sign, one.region, one.kind, one.began, one.at, one.before, one.after


def _same(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or abs(a - b) <= CLOSE * max(1.0, abs(a), abs(b))
