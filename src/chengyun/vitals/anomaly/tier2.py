"""Tier 2: few datastreams, looked at closely: about 0.1 MB and some microseconds a reading each.

Sixteen differences (`kernel`), each judged in both directions by its own past. The six most surprising are averaged: one
alone may be chance, a true anomaly shows in several. Strictly online: a score knows nothing of what comes later.

*Ringing.* As tier 1: with the second reading in a row at the bar, and no more once an hour was usual; each ringing raises
the bar, which comes down again so slowly that in the long run none rings more often than is allowed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chengyun.vitals.anomaly import kernel
from chengyun.vitals.anomaly.layout import BINS, COLUMNS, DAYS, DOWN, HOUR, RINGING, STATE, UP, VALUE
from chengyun.vitals.anomaly.normal import CITY_US, HOUR_US
from chengyun.vitals.anomaly.tier1 import A_MONTH, MONTH_US
from chengyun.vitals.contracts import Closely, Normal

RINGS = 7.0  # the lowest bar
TAIL_SIGMA = 2.054  # standard deviations at which the tails begin, of a Gaussian
FAR = 1e6  # standard deviations are not counted beyond
SPREAD = 37  # readings by which one datastream is before the next when tails are fitted

Floats = NDArray[np.float64]
Slots = NDArray[np.int32]


class Tier2:
    """State of `slots` datastreams, numbered from 0. `offset_us`: of the local clock; `rings`: the lowest bar. `turned`:
    those that began or ceased to ring in the last update, in that order, maybe several times.
    """

    def __init__(self, slots: int, offset_us: int = CITY_US, rings: float = RINGS) -> None:
        self.states = np.zeros(slots, STATE)
        self.states["series"]["phase"] = np.arange(slots) * SPREAD
        self.apart = np.full(slots, MONTH_US / A_MONTH)
        self._offset, self._rings = offset_us, rings
        self._why: dict[int, Normal] = {}
        self.turned = np.empty(0, np.int32)

    def __len__(self) -> int:
        return len(self.states)

    def update(self, slot: Slots, at_us: NDArray[np.int64], value: Floats) -> Floats:
        """How surprising each reading is, as it came: minus the natural logarithm of how often such a thing is to be expected;
        0 while a datastream is new.

        Columns of equal length; a datastream's readings in the order of their moments. A reading that is not newer than the latest of
        its datastream by four minutes, or not a number, scores 0 and changes nothing. Raises IndexError for an unknown datastream.
        """
        if len(slot) and (slot.min() < 0 or slot.max() >= len(self)):
            raise IndexError("no such datastream")
        scores, turned = np.zeros(len(slot)), np.empty(len(slot), np.int32)
        row, parts = 0, []
        self._why.clear()
        while row < len(slot):
            row, count = kernel.update(
                self.states, self.apart, self._rings, self._offset, row, slot, at_us, value, scores, turned
            )
            parts.append(turned[:count].copy())
            if count and self.rings(last := int(turned[count - 1])):
                self._why[last] = self._normal(last)
        self.turned = np.concatenate([np.empty(0, np.int32), *parts])
        return scores

    def allow(self, a_month: Floats) -> None:
        """How often each may ring in the long run, times a month, above 0."""
        self.apart[:] = MONTH_US / a_month

    def rings(self, slot: int) -> bool:
        """Whether it rings."""
        return bool(self.states[slot]["ringing"]["rings"] == RINGING)

    def ring(self, slot: int) -> None:
        """Let it ring, though its state knows nothing of that, until it has been usual for a while."""
        self.states[slot]["ringing"]["rings"] = RINGING

    def last(self, slot: int) -> float:
        """The newest value."""
        series = self.states[slot]["series"]
        return float(series["values"][series["end"] - 1])

    def why(self, slot: int) -> Normal:
        """What was known when it rang in the last update. Raises KeyError where it did not."""
        return self._why[slot]

    def _normal(self, slot: int) -> Normal:
        """What judged the latest reading."""
        one = self.states[slot]
        series, tails = one["series"], one["tail"]
        column, side = np.unravel_index(int(np.argmax(one["surprise"])), one["surprise"].shape)
        seen, (expected, low, high) = float(one["seen"][column]), _usual(one, int(column))
        sigma = (float(tails[column, side]["begin"]) - float(tails[column, side]["median"])) / TAIL_SIGMA
        sigmas = min(abs(seen - expected) / sigma, FAR) if sigma > 0 else FAR
        by_hour = tails[HOUR, UP]["known"] > 0 and not np.isnan(one["difference"][HOUR])
        usual, below, above = _usual(one, HOUR if by_hour else VALUE)
        level = float(series["usual"]) if by_hour else usual
        hours = _hours(series, self._offset) + float(tails[HOUR, UP]["median"]) - level
        detector, readings = COLUMNS[column]
        return Normal(
            detector,
            int(series["at"]),
            self.last(slot),
            seen,
            expected,
            max(above - usual, usual - below),
            sigmas,
            level,
            tuple(None if np.isnan(hour) or not by_hour else float(hour) for hour in hours) * 2,
            Closely(readings, low, high, usual, usual - below, above - usual),
        )


def _usual(one: np.void, column: int) -> tuple[float, float, float]:
    """(expected, from where the lower tail ends, to where the upper one begins)"""
    reference, tail = float(one["seen"][column]) - float(one["difference"][column]), one["tail"][column]
    return (
        reference + float(tail[UP]["median"]),
        reference - float(tail[DOWN]["begin"]),
        reference + float(tail[UP]["begin"]),
    )


def _hours(series: np.void, offset_us: int) -> Floats:
    """The mean of each hour of the days before that of the latest reading; NaN: not known."""
    there = series["readings"] > 0
    there[:, (int(series["at"]) + offset_us) // (24 * HOUR_US) % DAYS] = False
    half_hours = np.where(there, series["mean"], 0).reshape(24, BINS // 24 * DAYS)
    days = there.reshape(24, BINS // 24 * DAYS).sum(1)
    with np.errstate(invalid="ignore"):
        return np.asarray(half_hours.sum(1) / days)
