"""The live engine, let loose on one moment of the past after the other.

A look is a fresh engine that is given a day's readings, what incidents and registers said then, and one step. So every
value is worked out by the very definitions, windows and formulas that work it out live; what a level must have lasted
for (`for`) is left out, and so are numbers and sums of readings within a window, which few readings would belie.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from chengyun.cli.demo.feeling.forms import Floats
from chengyun.cli.demo.past.counting import MEASURES, Counted
from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.sensing.contracts import Readings
from chengyun.vitals.board import Layout, Rows
from chengyun.vitals.checkup.rules import curve
from chengyun.vitals.contracts import LEVELS, Change, Input, Sign, Statistic
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.engine.plan import Plan, build, wanted
from chengyun.vitals.engine.shapes import Records
from chengyun.vitals.live import feeding
from chengyun.vitals.live.planning import regions_of

UNTOLD = (Statistic.COUNT, Statistic.SUM)
WINDOWS_S = 2 * 86_400  # how late a reading may come: the whole look is one step
NOTHING = Readings(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0))


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


class Looking:
    """An engine per look over one plan."""

    def __init__(self, tx: Tx, signs: Sequence[Sign], counted: Counted) -> None:
        self._plan: Plan = build(
            signs,
            {},
            regions_of(tx),
            sensing.streams(tx),
            sensing.things_having(tx, sorted(wanted(signs))),
        )
        self._signs = {sign.code: sign for sign in signs}
        self._place = self._places(counted)
        self._registered: tuple[date, Records] | None = None

    def look(self, tx: Tx, readings: Readings, at: float, incidents: Floats) -> Look:
        """What the engine says at a moment (epoch seconds)."""
        moment = int(at * 1e6)
        engine = Engine(self._plan)
        engine.state.gauges[:] = self._registers(tx, moment)
        slot, measure, region, kind = self._place
        numbers = incidents[measure, region, kind]
        engine.state.gauges["given"][slot] = engine.state.gauges["value"][slot] = numbers
        engine.state.gauges["at"][slot], engine.state.gauges["n"][slot] = moment, np.isfinite(numbers)
        changes = engine.step(readings, moment)
        return Look(self._plan.layout, engine.rows, changes)

    def _registers(self, tx: Tx, moment: int) -> Records:
        """Gauges as they were in the month of a moment: of periods that were over."""
        first = np.datetime64(moment, "us").astype("datetime64[M]").astype(date).replace(day=1)
        if self._registered is None or self._registered[0] != first:
            engine = Engine(self._plan)
            engine.set_gauges(feeding.fitting(engine, feeding.of_registers(tx, self._signs, first)))
            engine.step(NOTHING, moment)
            self._registered = first, engine.state.gauges.copy()
        return self._registered[1]

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
