"""A small city for the engine: one district, two towns, readings in words of seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chengyun.sensing.contracts import Readings, Streams
from chengyun.vitals.contracts import Change, Input, Level, Sign, Statistic, Threshold
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.engine.plan import build
from chengyun.vitals.engine.rows import Overrides
from chengyun.vitals.engine.tree import Regions

CITY, DISTRICT, TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE, GRID, OTHER_GRID = range(1, 9)
START = 1_760_000_000_000_000
THRESHOLDS = (Threshold(Level.BLUE, 10, 8), Threshold(Level.ORANGE, 20, 16), Threshold(Level.RED, 30, 25))


def territory() -> Regions:
    """A grid in each of two towns."""
    return Regions(
        np.array([CITY, DISTRICT, TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE, GRID, OTHER_GRID]),
        np.array([4, 3, 2, 2, 1, 1, 0, 0], np.int8),
        np.array([-1, CITY, DISTRICT, DISTRICT, TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE]),
    )


def streams(regions: Sequence[int] = (GRID, GRID, OTHER_GRID), interval_s: float = 60.0) -> Streams:
    """Datastreams 1, 2, … of gas.methane, each of its own thing."""
    n = len(regions)
    return Streams.plain(
        np.arange(1, n + 1, dtype=np.int32),
        np.array(regions, np.int64),
        np.zeros(n, np.int32),
        ("gas.methane",),
        np.full(n, interval_s),
    )


def sign(code: str = "s", **changes: Any) -> Sign:
    """A sign over the latest values of gas, judged in towns, high is bad."""
    made = {
        "name_zh": code, "name_en": code, "domain": "gas", "unit": "%", "source": "", "owner": "",
        "input": Input.DATASTREAMS, "of": "gas.methane", "statistic": Statistic.LATEST_MAX, "bad": "high",
        "thresholds": THRESHOLDS,
    }  # fmt: skip
    return Sign(code, **(made | changes))


def readings(*given: tuple[int, float, float]) -> Readings:
    """(datastream, seconds after START, value)."""
    return Readings(
        np.array([one[0] for one in given], np.int32),
        np.array([START + int(one[1] * 1e6) for one in given], np.int64),
        np.array([one[2] for one in given], np.float64),
    )


class Site:
    """An engine over the small city."""

    def __init__(
        self,
        *signs: Sign,
        overrides: Overrides | None = None,
        regions: Sequence[int] = (GRID, GRID, OTHER_GRID),
    ) -> None:
        self.plan = build(signs, overrides or {}, territory(), streams(regions), {})
        self.engine = Engine(self.plan)

    def step(self, at_s: float, *given: tuple[int, float, float]) -> list[tuple[str, int, int, int]]:
        """(sign, region, level before, level after) of every change."""
        return [(c.sign, c.region, int(c.before), int(c.after)) for c in self.changes(at_s, *given)]

    def changes(self, at_s: float, *given: tuple[int, float, float]) -> list[Change]:
        """A step `at_s` seconds after START."""
        return self.engine.step(readings(*given), START + int(at_s * 1e6))

    def row(self, code: str, region: int) -> Any:
        """The row of the board."""
        number = self.plan.layout.row(self.plan.layout.signs.index(code), region)
        assert number is not None
        return self.engine.rows[number]

    def value(self, code: str, region: int) -> float:
        """NaN: no value."""
        return float(self.row(code, region)["value"])

    def restart(self) -> None:
        """As after kill -9: another process, the last snapshot."""
        chunks = self.engine.dump()
        self.engine = Engine(self.plan)
        self.engine.load(chunks)
