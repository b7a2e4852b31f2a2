"""What happens to simulated things: a leak, a rising river, a bridge that drifts, a slope that creeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chengyun.cli.demo.feeling.forms import Floats


@dataclass(frozen=True, slots=True)
class Story:
    """A rise, a plateau and a fall of some datastreams, again and again. Seconds; `amount` in their unit.

    `every` 0: it never ends (drift and creep): it grows by `amount` in each `rise`.
    """

    name: str
    which: NDArray[np.int64]  # rows of the sender's datastreams
    first: float  # after the start
    rise: float
    hold: float
    fall: float
    every: float
    amount: float

    def offset(self, since: float) -> float:
        """What it adds, so long after the start."""
        if since < self.first:
            return 0.0
        if self.every == 0:
            return self.amount * (since - self.first) / self.rise
        within = (since - self.first) % self.every
        shape = np.interp(
            within, [0, self.rise, self.rise + self.hold, self.rise + self.hold + self.fall], [0, 1, 1, 0]
        )
        return float(self.amount * shape)


@dataclass(frozen=True, slots=True)
class Columns:
    """Of every datastream: quantity, district, code of its thing."""

    quantity: NDArray[np.str_]
    district: NDArray[np.str_]
    thing: NDArray[np.str_]


def stories_of(
    told: Sequence[Mapping[str, Any]], columns: Columns, source: np.random.Generator
) -> list[Story]:
    """The stories of data/things.yaml, each on datastreams of its quantity (in its district, of its thing) that are drawn
    anew."""
    found = []
    for one in told:
        fits = columns.quantity == one["quantity"]
        for name in ("district", "thing"):
            if one.get(name):
                fits &= getattr(columns, name) == one[name]
        rows = np.flatnonzero(fits)
        if len(rows):
            drawn = np.sort(source.choice(rows, min(one["count"], len(rows)), replace=False))
            times = {name: float(one[name]) for name in ("first", "rise", "hold", "fall", "every", "amount")}
            found.append(Story(name=one["name"], which=drawn, **times))
    return found


def offsets(stories: Sequence[Story], since: float, count: int) -> Floats:
    """What all stories add to each of `count` datastreams."""
    added = np.zeros(count)
    for story in stories:
        added[story.which] += story.offset(since)
    return added
