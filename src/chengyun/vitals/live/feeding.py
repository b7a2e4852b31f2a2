"""Numbers that do not come from datastreams: of incidents, counted every minute, and of registers, by file or API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from chengyun.incidents import service as incidents
from chengyun.kernel.transactions import Tx
from chengyun.sensing.service import microseconds
from chengyun.territory import service as territory
from chengyun.vitals.contracts import Input, Sign
from chengyun.vitals.engine.kernel import Engine, Given
from chengyun.vitals.numbers import store as numbers

Columns = tuple[NDArray[np.int64], NDArray[np.float64]]


class Feeding:
    """What was given of each sign last, so that only what has changed is given again."""

    def __init__(self) -> None:
        self._last: dict[str, Columns] = {}

    def changed(self, tx: Tx, signs: Mapping[str, Sign], slow: bool) -> dict[str, Given]:
        """Numbers that differ from the last time, by the sign's code; `slow`: medians and registers too."""
        found = of_incidents(tx, signs, slow) | (of_registers(tx, signs) if slow else {})
        fresh = {}
        for code, (regions, values, at) in found.items():
            differs = self._differs(code, regions, values)
            if differs.any():
                fresh[code] = (regions[differs], values[differs], at)
        return fresh

    def _differs(
        self, code: str, regions: NDArray[np.int64], values: NDArray[np.float64]
    ) -> NDArray[np.bool]:
        before = self._last.get(code)
        self._last[code] = (regions, values)
        if before is None or not np.array_equal(before[0], regions):
            return np.ones(len(regions), bool)
        return ~np.isclose(before[1], values, rtol=0, atol=0, equal_nan=True)


def of_incidents(tx: Tx, signs: Mapping[str, Sign], slow: bool) -> dict[str, Given]:
    """What signs over incidents are given now; medians if `slow`."""
    counted = incidents.gauges(tx) | (incidents.medians(tx) if slow else {})
    at = microseconds(tx.now)
    every = np.sort(
        np.concatenate([[territory.city(tx)], *(_ids(tx, level) for level in ("district", "town"))])
    )
    return {
        sign.code: (every, _whole(sign.of, counted.get(sign.of), every), at)
        for sign in signs.values()
        if sign.input is Input.INCIDENTS and (slow or not sign.of.startswith("median"))
    }


def _whole(of: str, counted: incidents.Gauge | None, every: NDArray[np.int64]) -> NDArray[np.float64]:
    """A number for each region: of a count none is zero, of a share or a median it is no value."""
    values = np.full(len(every), 0.0 if of.partition(":")[0] in incidents.COUNTS else np.nan)
    if counted is not None:
        known = np.isin(counted.regions, every)
        values[np.searchsorted(every, counted.regions[known])] = counted.values[known]
    return values


def _ids(tx: Tx, level: str) -> NDArray[np.int64]:
    return np.array([ref.id for ref in territory.find_regions(tx, level)], np.int64)


def of_registers(tx: Tx, signs: Mapping[str, Sign], before: date | None = None) -> dict[str, Given]:
    """The newest number of each register in each region; `before`: of periods that began before that day."""
    known = numbers.latest(tx, before)
    return {
        sign.code: known[sign.of]
        for sign in signs.values()
        if sign.input is Input.REGISTER and sign.of in known
    }


def fitting(engine: Engine, given: Mapping[str, Given]) -> dict[str, Given]:
    """The numbers as far as the engine has a place for them."""
    found = {}
    for code, (regions, values, at) in given.items():
        number = engine.place(code)
        if number is not None:
            mine = engine.plan.tree.id[engine.plan.rows.regions_of[number]]
            fits = np.isin(regions, mine)
            found[code] = (regions[fits], values[fits], at)
    return found
