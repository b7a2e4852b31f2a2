"""The specification of the engine: the same in plain numpy, dense and slow.

It keeps every reading for ever and works everything out anew each time. It shares nothing with the kernel but the
width and phase of a window's buckets and the parser of expressions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from chengyun.sensing.contracts import Readings, Streams
from chengyun.sensing.service import moment
from chengyun.vitals.contracts import (
    LATEST,
    LEVELS,
    WINDOWED,
    Change,
    EpisodeKind,
    Input,
    Level,
    Sign,
    Statistic,
    Threshold,
    selection,
)
from chengyun.vitals.engine.cells import Properties
from chengyun.vitals.engine.expression import evaluate, parse
from chengyun.vitals.engine.measures import phase_of, width_of
from chengyun.vitals.engine.rows import Overrides
from chengyun.vitals.engine.shapes import EPOCH_US, NEVER, TICK_US, Array
from chengyun.vitals.engine.tree import Regions

_ALIVE = 3  # expected intervals


@dataclass(slots=True)
class Row:
    """A sign in a region, with what has been judged of it."""

    sign: Sign
    region: int
    streams: Array  # places of its datastreams
    judged: bool
    thresholds: tuple[Threshold, ...]
    value: float = math.nan
    level: int = 0
    since: int = 0
    began: int = 0
    silent: int = 0  # when the episode of no data began; 0: there is none
    reached: dict[int, int] = field(default_factory=dict)  # level → since when it is wanted


class Oracle:
    """As `kernel.Engine`: `step`, `set_gauge`, and `rows` by (sign, region)."""

    def __init__(
        self,
        signs: Sequence[Sign],
        overrides: Overrides,
        regions: Regions,
        streams: Streams,
        properties: Properties,
    ) -> None:
        self.parent = dict(zip(regions.id.tolist(), regions.parent.tolist(), strict=True))
        self.level = dict(zip(regions.id.tolist(), regions.level.tolist(), strict=True))
        self._streams, self._overrides = streams, overrides
        self.signs = {sign.code: sign for sign in signs}
        self._parsed = {sign.code: parse(sign.expression) for sign in signs}
        self.chains = [list(self._up(region)) for region in streams.region.tolist()]
        self._place = {id_: place for place, id_ in enumerate(streams.id.tolist())}
        self.rows: dict[tuple[str, int], Row] = {}
        self._rows(signs, properties)
        self.latest: dict[int, tuple[int, float]] = {}  # by place of the datastream
        self.readings: list[
            tuple[int, int, float, int]
        ] = []  # place, at (never after arrival), value, how late
        self.gauges: dict[str, dict[int, tuple[float, int]]] = {}
        self._given: list[tuple[str, int, float, int]] = []
        self.started = self.tick = self.now = 0

    def step(self, readings: Readings, now_us: int) -> list[Change]:
        """Every tick up to `now_us`, then the readings."""
        now = max(now_us, self.now)
        if not self.started:
            self.started, self.tick = now, now - now % TICK_US
        changes: list[Change] = []
        while (tick := self._next()) <= now:
            self.tick = tick
            changes += self._evaluate(tick)
        self.tick = now - now % TICK_US
        for sign, region, number, given_at in self._given:
            self.gauges.setdefault(sign, {})[region] = (number, given_at)
        self._given.clear()
        for id_, at, value in zip(
            readings.stream.tolist(), readings.at.tolist(), readings.value.tolist(), strict=True
        ):
            self._take(id_, at, value, now)
        self.now = now
        return changes + self._evaluate(now)

    def set_gauge(self, sign_code: str, regions: Sequence[int], values: Sequence[float], at: int) -> None:
        """Numbers of a sign."""
        self._given += [(sign_code, region, value, at) for region, value in zip(regions, values, strict=True)]

    def _next(self) -> int:
        """The next tick at which time alone can change something; in between nothing need be worked out."""
        interval = self._streams.interval_s * TICK_US
        dues = [at + int(_ALIVE * interval[place]) + 1 for place, (at, _) in self.latest.items()]
        dues += [due for row in self.rows.values() for due in self._dues(row)]
        return min((-(-due // TICK_US) * TICK_US for due in dues if due > self.tick), default=NEVER)

    def _dues(self, row: Row) -> Iterator[int]:
        sign = row.sign
        if sign.input is Input.DATASTREAMS and sign.statistic in WINDOWED:
            width = width_of(sign.window_s) * TICK_US
            yield (
                self.tick
                + width
                - (self.tick - EPOCH_US - phase_of(sign, width // TICK_US) * TICK_US) % width
            )
        yield from (since + sign.for_s * TICK_US for since in row.reached.values())
        yield row.since + sign.hold_s * TICK_US
        yield max(self.newest(row), self.started) + sign.no_data_after_s * TICK_US

    def _rows(self, signs: Sequence[Sign], properties: Properties) -> None:
        """Signs over others after these."""
        waiting = list(signs)
        while waiting:
            sign = waiting.pop(0)
            if any(self.signs[code] in waiting for code in sign.inputs.values()):
                waiting.append(sign)
                continue
            places = self._selected(sign, properties)
            for region, level in self.level.items():
                inside = np.array([place for place in places if region in self.chains[place]], np.int64)
                if level >= LEVELS.index(sign.lowest) and self._exists(sign, region, len(inside)):
                    judged = LEVELS[level] in (sign.alarm_levels or (sign.lowest,))
                    row = Row(sign, region, inside, judged, self._thresholds(sign, region))
                    self.rows[sign.code, region] = row

    def _selected(self, sign: Sign, properties: Properties) -> list[int]:
        if sign.input is not Input.DATASTREAMS or sign.of not in self._streams.quantities:
            return []
        chosen = self._streams.quantity == self._streams.quantities.index(sign.of)
        having, without = selection(sign.where.items())
        for wanted in having:
            chosen &= np.isin(self._streams.thing, properties.get(wanted, np.empty(0, np.int64)))
        for wanted in without:
            chosen &= ~np.isin(self._streams.thing, properties.get(wanted, np.empty(0, np.int64)))
        return [int(place) for place in np.flatnonzero(chosen)]

    def _exists(self, sign: Sign, region: int, streams: int) -> bool:
        if sign.input is Input.SIGNS:
            return all((code, region) in self.rows for code in sign.inputs.values())
        return sign.input is not Input.DATASTREAMS or streams > 0

    def _up(self, region: int) -> Iterator[int]:
        while region in self.parent:
            yield region
            region = self.parent[region]

    def _thresholds(self, sign: Sign, region: int) -> tuple[Threshold, ...]:
        for one in self._up(region):
            if (sign.code, one) in self._overrides:
                return self._overrides[sign.code, one]
        return sign.thresholds

    def _take(self, stream: int, at: int, value: float, now: int) -> None:
        place = self._place.get(stream)
        if place is None or not math.isfinite(value) or self.latest.get(place, (None,))[0] == at:
            return
        if place not in self.latest or at > self.latest[place][0]:
            self.latest[place] = (at, value)
        self.readings.append((place, min(at, now), value, now - at))

    def _evaluate(self, now: int) -> list[Change]:
        clock = now - now % TICK_US
        self._columns = (
            np.array(self.readings, np.float64).reshape(-1, 4).T if self.readings else np.empty((4, 0))
        )
        changes: list[Change] = []
        for row in self.rows.values():
            value = self._formula(row, clock)
            low = -math.inf if row.sign.low is None else row.sign.low
            high = math.inf if row.sign.high is None else row.sign.high
            row.value = value if low <= value <= high else math.nan
            if row.judged:
                changes += self._judge(row, clock, now)
        return changes

    def _formula(self, row: Row, clock: int) -> float:
        values = {name: self.rows[code, row.region].value for name, code in row.sign.inputs.items()}
        if row.sign.input is not Input.SIGNS:
            values = {"x": self._statistic(row, clock)}
        return evaluate(self._parsed[row.sign.code], values)

    def _statistic(self, row: Row, clock: int) -> float:
        if row.sign.input is not Input.DATASTREAMS:
            return self._gauge(row.sign, row.region)[0]
        alive = self.alive(row, clock)
        if row.sign.statistic in LATEST:
            return of_latest(row.sign, len(row.streams), np.array(alive))
        span = row.sign.window_s
        if row.sign.statistic is Statistic.CHANGE:
            return _mean(self.window(row, clock, 0)) - _mean(self.window(row, clock, span))
        return of_window(row.sign.statistic, self.window(row, clock, 0), bool(alive))

    def alive(self, row: Row, clock: int) -> list[float]:
        """Latest values of the datastreams that are alive."""
        known = [(place, *self.latest[place]) for place in row.streams.tolist() if place in self.latest]
        interval = self._streams.interval_s * TICK_US
        return [value for place, at, value in known if at + int(_ALIVE * interval[place]) >= clock]

    def window(self, row: Row, clock: int, before_s: int) -> Array:
        """Values of the readings in the window that ends `before_s` before the bucket of `clock` ends."""
        place, at, value, late = self._columns
        width = width_of(row.sign.window_s)
        origin = EPOCH_US + phase_of(row.sign, width) * TICK_US
        bucket = (at - origin) // (width * TICK_US)
        newest = (clock - origin) // (width * TICK_US) - before_s // width
        mine = np.isin(place, row.streams) & (late <= row.sign.lateness_s * TICK_US)
        found: Array = value[mine & (bucket <= newest) & (bucket > newest - row.sign.window_s // width)]
        return found

    def _gauge(self, sign: Sign, region: int) -> tuple[float, int]:
        """The number of a region and its moment."""
        value, at = self.gauges.get(sign.code, {}).get(region, (math.nan, 0))
        if not math.isnan(value):
            return value, at
        below = [
            one for one, above in self.parent.items() if above == region and (sign.code, one) in self.rows
        ]
        numbers = [
            (value, at) for value, at in (self._gauge(sign, one) for one in below) if not math.isnan(value)
        ]
        if not numbers:
            return math.nan, 0
        values = [value for value, _ in numbers]
        mean = sign.statistic is Statistic.GAUGE_MEAN
        return sum(values) / (len(values) if mean else 1), max(at for _, at in numbers)

    def newest(self, row: Row) -> int:
        """Moment of the newest input; 0: none ever."""
        if row.sign.input is Input.SIGNS:
            return max(self.newest(self.rows[code, row.region]) for code in row.sign.inputs.values())
        if row.sign.input is not Input.DATASTREAMS:
            return self._gauge(row.sign, row.region)[1]
        return max(
            [self.latest[place][0] for place in row.streams.tolist() if place in self.latest], default=0
        )

    def _judge(self, row: Row, clock: int, now: int) -> Iterator[Change]:
        sign, side = row.sign, {"high": 1, "low": -1}.get(row.sign.bad or "", 0)
        steps = {int(one.level): (one.on * side, one.off * side) for one in row.thresholds} if side else {}
        value = row.value * side
        row.reached = {level: row.reached.get(level, now) for level, (on, _) in steps.items() if value >= on}
        after = self._level(row, steps, value, clock)
        if after != row.level:
            row.began = row.began if row.level else now
            yield self._change(row, EpisodeKind.THRESHOLD, row.began, now, row.level, after)
            row.level, row.since = after, now
        silent = (
            sign.no_data == "alarm"
            and clock >= max(self.newest(row), self.started) + sign.no_data_after_s * TICK_US
        )
        if silent != bool(row.silent):
            began = row.silent or now
            row.silent = now if silent else 0
            yield self._change(row, EpisodeKind.NO_DATA, began, now, int(not silent), int(silent))

    def _level(self, row: Row, steps: Mapping[int, tuple[float, float]], value: float, clock: int) -> int:
        if math.isnan(value):
            return row.level
        wait, hold = row.sign.for_s * TICK_US, row.sign.hold_s * TICK_US
        waited = [level for level, since in row.reached.items() if not wait or clock - since >= wait]
        stays = [
            level for level, (on, off) in steps.items() if level <= row.level and (value >= on or value > off)
        ]
        level = max([0, *waited, *stays])
        held = hold > 0 and clock - row.since < hold
        return row.level if level < row.level and held else level

    def _change(self, row: Row, kind: EpisodeKind, began: int, now: int, before: int, after: int) -> Change:
        value = None if math.isnan(row.value) else row.value
        return Change(
            row.sign.code,
            row.region,
            kind,
            moment(began),
            moment(now),
            Level(before),
            Level(after),
            value,
            None,
        )


def of_window(statistic: Statistic, values: Array, alive: bool) -> float:
    """A statistic over the readings of a window; NaN: no value. No readings count as 0 only while somebody is alive."""
    if len(values) == 0:
        return 0.0 if statistic is Statistic.COUNT and alive else math.nan
    match statistic:
        case Statistic.COUNT:
            return float(len(values))
        case Statistic.SUM:
            return float(values.sum())
        case Statistic.MEAN:
            return float(values.mean())
        case Statistic.MIN:
            return float(values.min())
        case Statistic.MAX:
            return float(values.max())
        case Statistic.RANGE:
            return float(values.max() - values.min())
    return float(values.std())


def of_latest(sign: Sign, streams: int, values: Array) -> float:
    """A statistic over the latest values of those alive; NaN: no value."""
    known = {
        Statistic.STREAMS: float(streams),
        Statistic.ALIVE: float(len(values)),
        Statistic.SILENT: float(streams - len(values)),
        Statistic.ALIVE_SHARE: len(values) / streams,
    }
    if sign.statistic in known:
        return known[sign.statistic]
    if len(values) == 0:
        return math.nan
    limit = 0.0 if sign.limit is None else sign.limit
    return {
        Statistic.LATEST_MEAN: float(values.mean()),
        Statistic.LATEST_MIN: float(values.min()),
        Statistic.LATEST_MAX: float(values.max()),
        Statistic.LATEST_SUM: float(values.sum()),
        Statistic.ABOVE: float((values > limit).sum()),
        Statistic.ABOVE_SHARE: float((values > limit).mean()),
        Statistic.BELOW: float((values < limit).sum()),
        Statistic.BELOW_SHARE: float((values < limit).mean()),
    }[sign.statistic]


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else math.nan
