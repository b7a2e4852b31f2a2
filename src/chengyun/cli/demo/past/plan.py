"""data/past.yaml, and what happened to which thing when. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from chengyun.cli.demo.feeling.forms import Floats

DATA = Path(__file__).parents[1] / "data" / "past.yaml"
HOUR = 3600.0
QUARTER = 900.0  # trends are kept at quarters of an hour


@dataclass(frozen=True, slots=True)
class Past:
    """data/past.yaml, typed; see there."""

    days: int
    hours: float
    towns: int
    read: tuple[float, ...]
    happenings: tuple[Mapping[str, Any], ...]
    hours_of_things: Mapping[str, Any]
    answered: Mapping[str, float]
    clears: float

    def looks(self, now: float, source: np.random.Generator) -> Floats:
        """Moments (epoch seconds) of all looks, the oldest first: at odd quarters of the hours, as people look."""
        count = int(self.days * 24 / self.hours)
        last = now - 2 * HOUR
        moments = last - self.hours * HOUR * np.arange(count)[::-1] - source.uniform(0, 1.5, count) * HOUR
        return np.asarray(np.floor(moments / QUARTER) * QUARTER)


@cache
def past() -> Past:
    """What data/past.yaml says."""
    rows: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return Past(**{**rows, "read": tuple(rows["read"]), "happenings": tuple(rows["happenings"])})


@dataclass(frozen=True, slots=True)
class Happenings:
    """Rows of the datastreams that something happened to, from when until when (epoch seconds), and by how much."""

    which: NDArray[np.int64]
    since: Floats
    until: Floats
    amount: Floats

    def offsets(self, at: float, count: int) -> Floats:
        """What is added to each of `count` datastreams at a moment."""
        added = np.zeros(count)
        lasts = (self.since <= at) & (at <= self.until)
        np.add.at(added, self.which[lasts], self.amount[lasts])
        return added


def draw(
    told: Sequence[Mapping[str, Any]], quantities: Sequence[str], looks: Floats, source: np.random.Generator
) -> Happenings:
    """What happened before each of these looks: begun minutes or hours before, and not over."""
    of = np.array(quantities)
    parts: list[tuple[NDArray[np.int64], Floats, Floats, Floats]] = []
    for one in told:
        rows = np.flatnonzero(of == one["quantity"])
        many = int(source.poisson(one["often"] * len(looks))) if len(rows) else 0
        lasts = source.uniform(one["lasts"][0], one["lasts"][1], many) * HOUR
        since = source.choice(looks, many) - source.uniform(0.1, 0.9, many) * lasts
        amount = source.uniform(one["amount"][0], one["amount"][1], many)
        parts.append((source.choice(rows, many) if many else rows[:0], since, since + lasts, amount))
    which, since, until, amount = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Happenings(which.astype(np.int64), since, until, amount)
