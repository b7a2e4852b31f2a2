"""Every definition on kernel, oracle and DuckDB: the same windows and exactly the same episodes.

`check_catalogue` is the door: it makes a small territory, datastreams for whatever the signs ask for, and readings
that come late, twice, never, from the future or from nowhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from chengyun.sensing.contracts import Readings, Streams
from chengyun.vitals.contracts import WINDOWED, Change, Input, Sign
from chengyun.vitals.engine.duck import Duck
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.engine.measures import key_of
from chengyun.vitals.engine.oracle import Oracle, Row
from chengyun.vitals.engine.plan import build, wanted
from chengyun.vitals.engine.rows import Overrides
from chengyun.vitals.engine.shapes import TICK_US
from chengyun.vitals.engine.tree import Regions

CLOSE = 1e-9  # relative
START_US = 1_760_000_000_250_000
_INTERVAL_S = 20.0


@dataclass(frozen=True, slots=True)
class Place:
    """A territory with datastreams; `properties` as for `plan.build`."""

    regions: Regions
    streams: Streams
    properties: dict[tuple[str, str], np.ndarray[tuple[int], np.dtype[np.int64]]]


def small_place(signs: Sequence[Sign]) -> Place:
    """One city, a district, two towns, two villages, three grids; four things of every quantity, one in two of which
    has any property that is asked for.
    """
    regions = Regions(
        np.array([1, 2, 3, 4, 5, 6, 7, 8, 9]),
        np.array([4, 3, 2, 2, 1, 1, 0, 0, 0], np.int8),
        np.array([-1, 1, 2, 2, 3, 4, 5, 5, 6]),
    )
    quantities = tuple(sorted({sign.of for sign in signs if sign.input is Input.DATASTREAMS}))
    n = 4 * len(quantities)
    ids = np.arange(1, n + 1)
    of = np.repeat(np.arange(len(quantities)), 4).astype(np.int32)
    streams = Streams.plain(
        ids.astype(np.int32), np.resize([7, 7, 8, 9], n), of, quantities, np.full(n, _INTERVAL_S)
    )
    having = {one: ids[number % 2 :: 2] for number, one in enumerate(sorted(wanted(signs)))}
    return Place(regions, streams, having)


class Trial:
    """The same steps for both; `differences` says in words what was not the same."""

    def __init__(self, signs: Sequence[Sign], overrides: Overrides, place: Place) -> None:
        given = (signs, overrides, place.regions, place.streams, place.properties)
        self.plan = build(*given)
        self.engine, self.oracle = Engine(self.plan), Oracle(*given)
        self.differences: list[str] = []
        self.episodes = 0
        self._numbers = {sign.code: number for number, sign in enumerate(signs)}

    def step(self, readings: Readings, now: int) -> None:
        """One step, and everything compared."""
        ours, theirs = self.engine.step(readings, now), self.oracle.step(readings, now)
        self.episodes += len(theirs)
        if sorted(map(_name, ours)) != sorted(map(_name, theirs)):
            self.differences.append(f"changes at {now}: {ours} instead of {theirs}")
        if len(self.oracle.rows) != len(self.plan.layout):
            self.differences.append(f"{len(self.plan.layout)} rows instead of {len(self.oracle.rows)}")
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

    def ask_duck(self) -> int:
        """Windows of the kernel against SQL over all readings → how many were compared."""
        duck, clock, compared = Duck(self.oracle.readings), self.engine.now // TICK_US * TICK_US, 0
        for sign in self.oracle.signs.values():
            if sign.input is Input.DATASTREAMS and sign.statistic in WINDOWED and sign.expression == "x":
                compared += self._compare_windows(duck, sign, clock)
        duck.close()
        return compared

    def _compare_windows(self, duck: Duck, sign: Sign, clock: int) -> int:
        rows = [row for row in self.oracle.rows.values() if row.sign is sign]
        found = duck.windows(sign, [(row.region, int(one)) for row in rows for one in row.streams], clock)
        for row in rows:
            value = of_range(sign, found.get(row.region, math.nan))
            ours = self._value(row)
            if not _same(ours, value) and not (ours == 0.0 and row.region not in found):  # COUNT of nothing
                self.differences.append(f"{sign.code} in {row.region}: {ours}, DuckDB {value}")
        return len(rows)

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


def check_catalogue(signs: Sequence[Sign], seed: int = 1, steps: int = 8) -> list[str]:
    """Differences, none when all is well. Signs of one measure are tried together, formulas with what they are over."""
    random = np.random.default_rng(seed)
    differences: list[str] = []
    for group in _groups(signs):
        trial = Trial(group, {}, small_place(group))
        exercise(trial, random, steps)
        trial.ask_duck()
        differences += trial.differences
    return differences


def exercise(trial: Trial, random: np.random.Generator, steps: int) -> None:
    """Readings and numbers around the thresholds, with time passing by a good part of the longest window."""
    signs = list(trial.oracle.signs.values())
    now = max(trial.engine.now, START_US)
    longest = max([sign.window_s for sign in signs], default=0) or 120
    for number in range(steps):
        for sign in signs:
            if sign.input in (Input.INCIDENTS, Input.REGISTER):
                regions = [region for code, region in trial.oracle.rows if code == sign.code]
                some = [region for region in regions if random.random() < 0.5]
                trial.set_gauge(sign.code, some, _values(random, [sign], len(some)).tolist(), now)
        trial.step(_readings(trial, random, signs, now, longest), now)
        if number == steps // 2:
            trial.restart()
        now += int(random.choice([0.2, 3.0, longest / 6, longest / 3]) * TICK_US)
    trial.step(
        Readings(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0)), now + longest * TICK_US // 2
    )


def of_range(sign: Sign, value: float) -> float:
    """The value where it is in the sign's valid range; NaN elsewhere."""
    low, high = -math.inf if sign.low is None else sign.low, math.inf if sign.high is None else sign.high
    return value if low <= value <= high else math.nan


def _readings(
    trial: Trial, random: np.random.Generator, signs: Sequence[Sign], now: int, longest: int
) -> Readings:
    ids = trial.plan.stream_ids
    n = int(random.integers(0, 3 * len(ids) + 1)) if len(ids) else 0
    stream = random.integers(0, len(ids) + 2, n).astype(np.int32)  # 0 and the last are nobody's
    behind = random.choice([0.0, 0.0, 1.0, 0.05 * longest, 1.2 * longest, 130.0, -40.0], n)
    at = now - (behind * TICK_US).astype(np.int64) - random.integers(0, 3, n) * 100_000
    value = _values(random, signs, n)
    value[random.random(n) < 0.02] = np.nan
    return Readings(stream, at, value)


def _values(
    random: np.random.Generator, signs: Iterable[Sign], n: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    edges = [edge for sign in signs for one in sign.thresholds for edge in (one.on, one.off)] or [0.0, 10.0]
    low, high = min(edges), max(edges)
    slack = max(high - low, abs(high) / 4, 1.0)
    return random.uniform(low - slack, high + slack, n)


def _groups(signs: Sequence[Sign]) -> Iterator[list[Sign]]:
    """Signs of one measure; numbers by the hundred; formulas by the dozen with all that they are over."""
    by_code = {sign.code: sign for sign in signs}
    measures: dict[object, list[Sign]] = {}
    for number, sign in enumerate(signs):
        if sign.input is Input.DATASTREAMS:
            measures.setdefault((key_of(sign), sign.window_s), []).append(sign)
        elif sign.input is not Input.SIGNS:
            measures.setdefault(number // 100, []).append(sign)
    yield from measures.values()
    formulas = [sign for sign in signs if sign.input is Input.SIGNS]
    for first in range(0, len(formulas), 12):
        yield list(_with_inputs(formulas[first : first + 12], by_code).values())


def _with_inputs(signs: Iterable[Sign], by_code: dict[str, Sign]) -> dict[str, Sign]:
    found: dict[str, Sign] = {}
    waiting = list(signs)
    while waiting:
        sign = waiting.pop()
        if sign.code not in found:
            found[sign.code] = sign
            waiting += [by_code[code] for code in sign.inputs.values()]
    return found


def _name(change: Change) -> tuple[object, ...]:
    one = change
    return one.sign, one.region, one.kind, one.began, one.at, one.before, one.after


def _same(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or abs(a - b) <= CLOSE * max(1.0, abs(a), abs(b))
