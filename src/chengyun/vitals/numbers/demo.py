"""Simulated numbers (示意) for registers: plausible, always the same, adding up from towns to the city. Pure.

A number is drawn once per register and region from a hash, so that a town keeps its rank; months breathe a little, years
grow a little. What is part of another number is made of that number, so a share stays one. What is added going up is the
sum of the level below, what is averaged its mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from chengyun.vitals.contracts import Input, Sign, Simulated, Statistic
from chengyun.vitals.numbers.contracts import Number

SOURCE = "模拟数据（示意）"
_KEPT = {"year": 3, "month": 6, "day": 1}  # periods for city and districts; towns have the newest alone
_LIFT = {"year": 0.03, "month": 0.004, "day": 0.0}  # growth from one period to the next
_UP = ("town", "district", "city")
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tree:
    """The regions that numbers are made for: the city, its districts, the towns of each."""

    city: int
    districts: Mapping[int, Sequence[int]]


def demo_numbers(
    signs: Sequence[Sign], told: Mapping[str, Simulated], tree: Tree, today: date
) -> Iterator[Number]:
    """Numbers of every register that says how they are made, all marked simulated."""
    made = _Made(signs, told, tree)
    for register, sign in made.signs.items():
        for back, period in enumerate(_periods(sign.period, today)):
            for level, values in made.of(register, back).items():
                if level != "town" or back == 0:
                    for region, value in made.named(level, values):
                        yield Number(register, region, period, value, SOURCE, True)


def _periods(kind: str, today: date) -> list[date]:
    """First days, the newest first: the last period that is over."""
    found = []
    for back in range(1, _KEPT[kind] + 1):
        if kind == "year":
            found.append(date(today.year - back, 1, 1))
        elif kind == "month":
            months = today.year * 12 + today.month - 1 - back
            found.append(date(months // 12, months % 12 + 1, 1))
        else:
            found.append(date.fromordinal(today.toordinal() - back))
    return found


class _Made:
    """Numbers by register, period (how many `back`) and level; a district without towns stands for its only town."""

    def __init__(self, signs: Sequence[Sign], told: Mapping[str, Simulated], tree: Tree) -> None:
        self.signs: dict[str, Sign] = {}
        for sign in signs:
            if sign.input is Input.REGISTER and sign.of in told:
                self.signs.setdefault(sign.of, sign)
        self._told = told
        towns = [
            (town, at) for at, (one, below) in enumerate(tree.districts.items()) for town in below or [one]
        ]
        ids, above = zip(*towns, strict=True)
        self._ids: dict[str, Ints] = {
            "town": np.array(ids, np.int64),
            "district": np.array(list(tree.districts), np.int64),
            "city": np.array([tree.city], np.int64),
        }
        self._above = {"district": np.array(above), "city": np.zeros(len(tree.districts), np.int64)}
        self._known: dict[tuple[str, int], dict[str, Floats]] = {}

    def of(self, register: str, back: int) -> dict[str, Floats]:
        """Numbers of each level that the register has."""
        key = (register, back)
        if key not in self._known:
            self._known[key] = self._summed(self.signs[register], back)
        return self._known[key]

    def named(self, level: str, values: Floats) -> Iterator[tuple[int, float]]:
        """Regions with their numbers."""
        ids = self._ids[level]
        own = ~np.isin(ids, self._ids["district"]) if level == "town" else np.ones(len(ids), bool)
        return zip(ids[own].tolist(), values[own].tolist(), strict=True)

    def _summed(self, sign: Sign, back: int) -> dict[str, Floats]:
        values = _within(sign, self._lowest(sign, back))
        found = {sign.lowest: values}
        for level in _UP[_UP.index(sign.lowest) + 1 :]:
            above, many = self._above[level], len(self._ids[level])
            values = np.bincount(above, values, many).astype(np.float64)
            if sign.statistic is Statistic.GAUGE_MEAN:
                values = values / np.bincount(above, minlength=many)
            found[level] = values = _within(sign, values)
        return found

    def _lowest(self, sign: Sign, back: int) -> Floats:
        told = self._told[sign.of]
        if told.rest:
            return self._beside(told.rest, sign, back) - sum(
                self._beside(other, sign, back) for other in told.others
            )
        span = told.high - told.low
        ids = self._ids[sign.lowest]
        values = told.low + span * _hashed(sign.of, ids, 0) ** 1.5
        values = values + (_hashed(sign.of, ids, back + 1) - 0.5) * 0.06 * span
        if not told.per:
            values = values * (1 - _LIFT[sign.period] * back)
        values = np.clip(values, told.low, told.high)
        return values * self._beside(told.per, sign, back) if told.per else values

    def _beside(self, other: str, sign: Sign, back: int) -> Floats:
        """Another register where this one is drawn: of the same period, or the newest where the other comes less often."""
        same = self.signs[other].period == sign.period
        return self.of(other, back if same else 0)[sign.lowest]


def _within(sign: Sign, values: Floats) -> Floats:
    low = -np.inf if sign.low is None else sign.low
    high = np.inf if sign.high is None else sign.high
    return np.clip(np.round(values, max(sign.decimals, 0)), low, high)


def _hashed(register: str, ids: Ints, at: int) -> Floats:
    """Between 0 and 1, always the same for the same register, region and `at`."""
    seed = int.from_bytes(blake2b(f"{register}\n{at}".encode(), digest_size=8).digest(), "big")
    mixed = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)) / 2.0**53
