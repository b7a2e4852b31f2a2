"""The engine of vital signs alone: readings per second and core, roll-up, planning, warm start.

200,000 datastreams of 60 quantities in the grids of a city of 80,000 regions. The numpy figure is the same work (latest value,
count, sum, least and greatest of the leaf's bucket) vectorised with numpy, on the same readings. Time is that of the
processor: the machine may be shared.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import numpy as np
from bench._common import Figure, figure

from chengyun.sensing.contracts import Readings, Streams
from chengyun.vitals.contracts import Input, Level, Sign, Statistic, Threshold
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.engine.plan import Plan, build
from chengyun.vitals.engine.rolling import roll
from chengyun.vitals.engine.taking import take
from chengyun.vitals.engine.tree import Regions

QUANTITIES, STREAMS, MANY = 60, 200_000, 1_000_000
BATCHES = (1_000, 10_000, 100_000, 1_000_000)
START = 1_760_000_000_000_000
_STATISTICS = (
    Statistic.MEAN, Statistic.LATEST_MAX, Statistic.MAX, Statistic.ALIVE_SHARE, Statistic.ABOVE, Statistic.LATEST_MEAN,
)  # fmt: skip
_WARM = "from bench._kernel import warm; warm()"


def kernel(planning: bool) -> list[Figure]:
    """All figures; `planning`: those of a million datastreams too."""
    draw, regions = np.random.default_rng(7), city()
    plan = build(signs(2 * QUANTITIES, "grid"), {}, regions, streams(STREAMS, regions, draw), {})
    figures = []
    for size in BATCHES:
        figures += _batches(plan, size, draw)
    more = _planning(regions, draw) if planning else []
    return [*figures, *_whole_city(plan, draw), *more, _warm_start()]


def city(shape: tuple[int, ...] = (41, 25, 11, 6)) -> Regions:
    """Districts, towns in each, villages in each, grids in each."""
    ids, levels, parents = [np.array([1])], [np.array([4])], [np.array([-1])]
    for level, many in zip((3, 2, 1, 0), shape, strict=True):
        above = np.repeat(ids[-1], many)
        ids.append(np.arange(ids[-1][-1] + 1, ids[-1][-1] + 1 + len(above)))
        levels.append(np.full(len(above), level))
        parents.append(above)
    return Regions(np.concatenate(ids), np.concatenate(levels).astype(np.int8), np.concatenate(parents))


def streams(n: int, regions: Regions, draw: np.random.Generator) -> Streams:
    """Datastreams 1..n, each in a grid, of one of the quantities."""
    grids = draw.choice(regions.id[regions.level == 0], n)
    names = tuple(f"bench.q{number}" for number in range(QUANTITIES))
    quantity = draw.integers(0, QUANTITIES, n).astype(np.int32)
    return Streams.plain(np.arange(1, n + 1, dtype=np.int32), grids, quantity, names, np.full(n, 60.0))


def signs(many: int, lowest: str) -> list[Sign]:
    """Signs over datastreams, those of a quantity side by side; when every quantity has 24, of registers."""
    steps = (Threshold(Level.YELLOW, 1.2, 1.0), Threshold(Level.RED, 1.5, 1.4))
    turns = min(4 * len(_STATISTICS), many // QUANTITIES)
    made = []
    for number in range(many):
        quantity, turn = divmod(number, turns)
        statistic, window = _STATISTICS[turn % len(_STATISTICS)], (300, 3_600)[turn // len(_STATISTICS) % 2]
        of_streams = quantity < QUANTITIES
        made.append(
            Sign(
                f"bench.{number}", "", "", "bench", "1", "", "",
                Input.DATASTREAMS if of_streams else Input.REGISTER, of=f"bench.q{quantity}", limit=1.0,
                statistic=statistic if of_streams else Statistic.GAUGE, window_s=window, lowest=lowest, bad="high",
                thresholds=steps if turn % 3 == 0 else (),
            )
        )  # fmt: skip
    return made


def warm() -> None:
    """One step of a small engine, and how many seconds that took, import included."""
    began = time.perf_counter()
    regions, draw = city((2, 2, 2, 2)), np.random.default_rng(7)
    engine = Engine(build(signs(QUANTITIES, "grid"), {}, regions, streams(100, regions, draw), {}))
    engine.step(_readings(100, 100, START, draw), START)
    engine.step(_readings(100, 100, START, draw), START + 400_000_000)
    print(time.perf_counter() - began)


def _readings(many: int, of: int, now: int, draw: np.random.Generator) -> Readings:
    at = now - draw.integers(0, 900_000, many)
    return Readings(draw.integers(1, of + 1, many).astype(np.int32), at, draw.random(many))


def _batches(plan: Plan, size: int, draw: np.random.Generator) -> list[Figure]:
    """Readings into latest values and buckets, by the kernel and by numpy; then whole steps."""
    repeats, now, spent = (
        min(200, max(4, 2_000_000 // size)),
        START,
        {"kernel": 0.0, "step": 0.0, "numpy": 0.0},
    )
    engine, plain = Engine(plan), _Numpy(plan)
    engine.step(_readings(1_000, STREAMS, now, draw), now)
    nothing = Readings(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0))
    for _ in range(repeats):
        now += 20_000
        some = _readings(size, STREAMS, now, draw)
        engine.step(nothing, now)
        began = time.process_time()
        take(engine._taking, some.stream, some.at, some.value, now)
        taken = time.process_time()
        engine.step(nothing, now)
        stepped = time.process_time()
        plain.take(some)
        spent["numpy"] += time.process_time() - stepped
        spent["kernel"] += taken - began
        spent["step"] += stepped - began
    rates = {name: repeats * size / seconds / 1e6 for name, seconds in spent.items()}
    return [
        figure(f"vitals kernel, batches of {size:,}", rates["kernel"], "million obs/s/core", 15.0, "higher", repeats),
        figure(f"numpy, batches of {size:,}", rates["numpy"], "million obs/s/core", None, "higher", repeats),
        figure(f"kernel with roll-up, signs and levels, batches of {size:,}", rates["step"], "million obs/s/core",
               None, "higher", repeats),
    ]  # fmt: skip


class _Numpy:
    """The same for the leaf's current bucket, vectorised: last reading of each datastream, sums and extremes by cell."""

    def __init__(self, plan: Plan) -> None:
        cells = len(plan.cells.cells)
        self._plan = plan
        self._at, self._value = np.zeros(len(plan.stream_ids), np.int64), np.zeros(len(plan.stream_ids))
        self._count, self._sum = np.zeros(cells), np.zeros(cells)
        self._low, self._high = np.full(cells, np.inf), np.full(cells, -np.inf)
        self._cell = plan.cells.targets["cell"][plan.cells.first[:-1]]

    def take(self, some: Readings) -> None:
        """One batch."""
        place = self._plan.row_of[some.stream]
        order = np.argsort(some.at, kind="stable")  # of one datastream the newest is written last
        newer = order[some.at[order] > self._at[place[order]]]
        self._at[place[newer]], self._value[place[newer]] = some.at[newer], some.value[newer]
        cell = self._cell[place]
        np.add.at(self._count, cell, 1)
        np.add.at(self._sum, cell, some.value)
        np.minimum.at(self._low, cell, some.value)
        np.maximum.at(self._high, cell, some.value)


def _whole_city(plan: Plan, draw: np.random.Generator) -> list[Figure]:
    """Every datastream reports: roll-up of all cells to all levels, and evaluation of all rows."""
    engine, now = Engine(plan), START
    engine.step(_readings(1_000, STREAMS, now, draw), now)
    every = Readings(plan.stream_ids, np.full(STREAMS, now + 1), draw.random(STREAMS))
    take(engine._taking, every.stream, every.at, every.value, now + 2)
    began = time.process_time()
    roll(engine._rolling, now)
    rolled = time.process_time()
    engine._settle(now)
    settled = time.process_time()
    cells, rows = len(plan.cells.cells), len(plan.layout)
    return [
        figure("roll-up of all cells to all levels", (rolled - began) * 1e3, "ms", None, "lower", cells),
        figure("evaluation of all rows", (settled - rolled) * 1e3, "ms", None, "lower", rows),
    ]


def _planning(regions: Regions, draw: np.random.Generator) -> list[Figure]:
    """A plan for a million datastreams and 4,700 signs down to towns, and the engine's state."""
    registry, catalogue = streams(MANY, regions, draw), signs(4_700, "town")
    began = time.process_time()
    plan = build(catalogue, {}, regions, registry, {})
    built = time.process_time()
    state = Engine(plan).state
    parts: list[Any] = [getattr(state, name) for name in state.__slots__]
    return [
        figure("plan for 1M datastreams, 4,700 signs", built - began, "s", 10.0, "lower", len(plan.layout)),
        figure("plan's memory", plan.nbytes / 1e6, "MB", None, "lower", len(plan.cells.cells)),
        figure(
            "state's memory", sum(part.nbytes for part in parts) / 1e6, "MB", None, "lower", len(plan.layout)
        ),
    ]


def _warm_start() -> Figure:
    """A fresh process that finds the compiled code on disk."""
    answers = [
        subprocess.run([sys.executable, "-c", _WARM], check=True, capture_output=True, text=True).stdout
        for _ in range(3)
    ]
    return figure(
        "first steps of a fresh process, compiled before", min(map(float, answers)), "s", 3.0, "lower", 3
    )
