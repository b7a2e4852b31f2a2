"""Numbers that do not come from datastreams: of incidents, counted every minute, and of registers, by file or API."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from chengyun.incidents import service as incidents
from chengyun.kernel.transactions import Tx
from chengyun.sensing.service import microseconds
from chengyun.vitals.contracts import Input, Sign
from chengyun.vitals.engine.kernel import Engine
from chengyun.vitals.numbers import store as numbers

Given = tuple[NDArray[np.int64], NDArray[np.float64], int]  # regions, values, moment (microseconds)


def of_incidents(tx: Tx, signs: Mapping[str, Sign], slow: bool) -> dict[str, Given]:
    """What signs over incidents are given now, by the sign's code; `slow`: medians too."""
    counted = incidents.gauges(tx) | (incidents.medians(tx) if slow else {})
    at = microseconds(tx.now)
    return {
        sign.code: (counted[sign.of].regions, counted[sign.of].values, at)
        for sign in signs.values()
        if sign.input is Input.INCIDENTS and sign.of in counted
    }


def of_registers(tx: Tx, signs: Mapping[str, Sign]) -> dict[str, Given]:
    """The newest number of each register in each region, by the sign's code."""
    known = numbers.latest(tx)
    return {
        sign.code: known[sign.of]
        for sign in signs.values()
        if sign.input is Input.REGISTER and sign.of in known
    }


def give(engine: Engine, given: Mapping[str, Given]) -> None:
    """Hand the numbers to the engine, as far as it has a place for them."""
    rows = engine.plan.rows
    for code, (regions, values, at) in given.items():
        number = engine.place(code)
        if number is None:
            continue
        mine = engine.plan.tree.id[rows.regions_of[number]]
        fits = np.isin(regions, mine)
        engine.set_gauge(code, regions[fits], values[fits], at)
