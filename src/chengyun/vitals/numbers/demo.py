"""Simulated numbers (示意) for registers: plausible, always the same, adding up from towns to the city. Pure.

A number is drawn once per register and region from a hash, so that a town keeps its rank; months breathe a little, years
grow a little. What is added going up is the sum of the level below, what is averaged its mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from chengyun.vitals.contracts import Input, Sign, Statistic
from chengyun.vitals.numbers.contracts import Number

SOURCE = "模拟数据（示意）"
_KEPT = {"year": 3, "month": 6, "day": 1}  # periods for city and districts; towns have the newest alone
_LIFT = {"year": 0.03, "month": 0.004, "day": 0.0}  # growth from one period to the next


@dataclass(frozen=True, slots=True)
class Tree:
    """The regions that numbers are made for: the city, its districts, the towns of each."""

    city: int
    districts: Mapping[int, Sequence[int]]


def demo_numbers(
    signs: Sequence[Sign], ranges: Mapping[str, tuple[float, float]], tree: Tree, today: date
) -> Iterator[Number]:
    """Numbers of every register that has a range (of its lowest level), all marked simulated."""
    seen: set[str] = set()
    for sign in signs:
        if sign.input is Input.REGISTER and sign.of in ranges and sign.of not in seen:
            seen.add(sign.of)
            yield from _of_register(sign, ranges[sign.of], tree, today)


def _of_register(sign: Sign, given: tuple[float, float], tree: Tree, today: date) -> Iterator[Number]:
    for back, period in enumerate(_periods(sign.period, today)):
        for region, value, town in _values(sign, given, tree, back):
            if not town or back == 0:
                yield Number(sign.of, region, period, _within(sign, value), SOURCE, True)


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


def _values(
    sign: Sign, given: tuple[float, float], tree: Tree, back: int
) -> Iterator[tuple[int, float, bool]]:
    """Region, value, and whether it is a town; the city last."""
    mean = sign.statistic is Statistic.GAUGE_MEAN
    every: list[float] = []
    for district, towns in tree.districts.items() if sign.lowest != "city" else ():
        if sign.lowest == "district" or not towns:
            value = _drawn(sign, given, district, back)
        else:
            below = [(town, _drawn(sign, given, town, back)) for town in towns]
            yield from ((town, value, True) for town, value in below)
            value = _up([value for _, value in below], mean)
        every.append(value)
        yield district, value, False
    yield tree.city, _up(every, mean) if every else _drawn(sign, given, tree.city, back), False


def _up(values: Sequence[float], mean: bool) -> float:
    return math.fsum(values) / (len(values) if mean else 1)


def _drawn(sign: Sign, given: tuple[float, float], region: int, back: int) -> float:
    low, high = given
    value = low + (high - low) * _share(sign.of, region, 0) ** 1.5
    breath = (_share(sign.of, region, back + 1) - 0.5) * 0.06 * (high - low)
    value = min(high, max(low, (value + breath) * (1 - _LIFT[sign.period] * back)))
    digits = sign.decimals if sign.statistic is Statistic.GAUGE_MEAN or sign.decimals else 0
    return float(round(value, digits))


def _within(sign: Sign, value: float) -> float:
    value = round(value, max(sign.decimals, 0))
    value = value if sign.low is None else max(sign.low, value)
    return value if sign.high is None else min(sign.high, value)


def _share(register: str, region: int, at: int) -> float:
    """Between 0 and 1, always the same for the same."""
    digest = blake2b(f"{register}\n{region}\n{at}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / (1 << 56)
