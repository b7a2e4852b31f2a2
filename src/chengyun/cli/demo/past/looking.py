"""The live engine, let loose on one moment of the past after the other.

A look is a fresh engine that is given a day's readings, what incidents and registers said then, and one step. So every
value is worked out by the very definitions, windows and formulas that work it out live; what a level must have lasted
for (`for`) is left out, and so are numbers and sums of readings within a window, which few readings would belie.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from chengyun.cli.demo.feeling.forms import Floats
from chengyun.cli.demo.past.counting import MEASURES, Counted
from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.sensing.contracts import Readings, Streams
from chengyun.vitals.board import Layout, Rows
from chengyun.vitals.checkup.rules import curve
from chengyun.vitals.contracts import LEVELS, Change, Input, Sign, Statistic
from chengyun.vitals.engine.cells import Properties
from chengyun.vitals.engine.kernel import Engine, Given
from chengyun.vitals.engine.plan import Plan, build, wanted
from chengyun.vitals.engine.shapes import Records
from chengyun.vitals.engine.tree import Regions
from chengyun.vitals.live import feeding
from chengyun.vitals.live.planning import regions_of

UNTOLD = (Statistic.COUNT, Statistic.SUM)
WINDOWS_S = 2 * 86_400  # how late a reading may come: the whole look is one step


@dataclass(frozen=True, slots=True)
class Look:
    """What one look says: as a board, and the levels that are reached."""

    layout: Layout
    rows: Rows
    changes: list[Change]


def kept(signs: Iterable[Sign], lowest: str, judged: bool) -> list[Sign]:
    """The signs of a plan of the past, and what they are made of; `judged`: those alone that have thresholds or count in
    reports, in all their regions."""
    every = {sign.code: sign for sign in signs}
    telling = {code: _telling(sign, every) for code, sign in every.items()}
    chosen = {code for code, sign in every.items() if telling[code] and (not judged or _counts(sign))}
    needed = chosen | {one for code in chosen for one in _inputs(every[code], every)}
    bottom = LEVELS.index(lowest)
    return [
        replace(
            sign,
            lateness_s=WINDOWS_S,
            for_s=0,
            hold_s=0,
            no_data="keep",
            lowest=sign.lowest if judged else LEVELS[max(bottom, LEVELS.index(sign.lowest))],
        )
        for code, sign in every.items()
        if code in needed
    ]


def _counts(sign: Sign) -> bool:
    return bool(sign.thresholds) or curve(sign) is not None


def _telling(sign: Sign, every: dict[str, Sign]) -> bool:
    return sign.statistic not in UNTOLD and all(_telling(every[one], every) for one in sign.inputs.values())


def _inputs(sign: Sign, every: dict[str, Sign]) -> set[str]:
    below = set(sign.inputs.values())
    return below.union(*(_inputs(every[one], every) for one in below)) if below else below


@dataclass(frozen=True, slots=True)
class Ground:
    """What every look stands on. `numbers`: of registers, by the month in which they were known."""

    regions: Regions
    streams: Streams
    having: Properties
    numbers: Mapping[date, Mapping[str, Given]]


def ground_of(tx: Tx, signs: Sequence[Sign], looks: Iterable[float]) -> Ground:
    """Read once for all looks (epoch seconds)."""
    by_code = {sign.code: sign for sign in signs}
    return Ground(
        regions_of(tx),
        sensing.streams(tx),
        sensing.things_having(tx, sorted(wanted(signs))),
        {first: feeding.of_registers(tx, by_code, first) for first in sorted(set(map(_month, looks)))},
    )


def _month(at: float) -> date:
    """The first day of the month in which a moment lies."""
    return datetime.fromtimestamp(at, UTC).date().replace(day=1)


class Looking:
    """An engine per look over one plan."""

    def __init__(self, ground: Ground, signs: Sequence[Sign], counted: Counted) -> None:
        self._ground = ground
        self._plan: Plan = build(signs, {}, ground.regions, ground.streams, ground.having)
        self._place = self._places(counted)
        self._registered: dict[date, Records] = {}

    def look(self, readings: Readings, at: float, incidents: Floats) -> Look:
        """What the engine says at a moment (epoch seconds)."""
        moment = int(at * 1e6)
        engine = Engine(self._plan)
        engine.state.gauges[:] = self._registers(_month(at))
        slot, measure, region, kind = self._place
        numbers = incidents[measure, region, kind]
        engine.state.gauges["given"][slot] = engine.state.gauges["value"][slot] = numbers
        engine.state.gauges["at"][slot], engine.state.gauges["n"][slot] = moment, np.isfinite(numbers)
        changes = engine.step(readings, moment)
        return Look(self._plan.layout, engine.rows, changes)

    def _registers(self, month: date) -> Records:
        """Gauges as they were in a month: of periods that were over."""
        if month not in self._registered:
            engine = Engine(self._plan)
            engine.bring_in(engine.prepare(feeding.fitting(engine, self._ground.numbers[month])))
            self._registered[month] = engine.state.gauges
        return self._registered[month]

    def _places(self, counted: Counted) -> tuple[NDArray[np.int64], ...]:
        """Of every gauge over incidents: its place, and where its number stands in what is counted."""
        parts: list[tuple[NDArray[np.int64], ...]] = []
        for number, first in self._plan.rows.gauge_first.items():
            sign = self._plan.signs[number]
            measure, _, kind = sign.of.partition(":")
            if sign.input is Input.INCIDENTS and measure in MEASURES and kind in counted.kinds:
                ids = self._plan.tree.id[self._plan.rows.regions_of[number]]
                held = np.flatnonzero(np.isin(ids, counted.regions))
                row = np.searchsorted(counted.regions, ids[held])
                columns = (
                    np.full(len(held), MEASURES.index(measure)),
                    row,
                    np.full(len(held), counted.kinds[kind]),
                )
                parts.append((first + held, *columns))
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))
