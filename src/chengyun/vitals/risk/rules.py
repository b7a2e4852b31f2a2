"""What colour a region gets; pure. The tables here are the method that docs/reference/risk.md publishes.

A *fact* is an open alarm, a sign that stands at a level on the board without an alarm, or a pressing incident. It has
points, by its level and how it stands, and a level of its own. Points are sums of quarters: exact as floats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from chengyun.vitals.contracts import EpisodeKind, Level

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

POINTS = (0.0, 1.0, 2.0, 4.0, 8.0)  # none, blue, yellow, orange, red
# Which share of its points an alarm counts, and how many steps its own level falls, by why it rang.
KINDS: Mapping[EpisodeKind, tuple[float, int]] = {
    EpisodeKind.THRESHOLD: (1.0, 0),
    EpisodeKind.ANOMALY: (0.5, 1),
    EpisodeKind.NO_DATA: (0.25, 4),  # silence is no danger by itself: it weighs, and never colours alone
}
UNHEARD = timedelta(minutes=30)  # an alarm that nobody has acknowledged for so long weighs more
STANDING = timedelta(hours=24)  # one that was acknowledged and has stood for so long weighs less
MORE, LESS = 1.5, 0.5
OVERDUE = 2.0  # points of an overdue incident beside those of its level; by itself it is yellow
# One fact from below colours a region this many steps lower than itself.
DROP: Mapping[str, int] = {"grid": 0, "village": 0, "town": 1, "district": 2, "city": 3}
# The sum of points from which a region is blue, yellow, orange, red.
BOUNDS: Mapping[str, tuple[float, float, float, float]] = {
    "grid": (1, 2, 4, 8),
    "village": (1, 3, 8, 16),
    "town": (2, 6, 16, 32),
    "district": (8, 32, 80, 160),
    "city": (64, 256, 640, 1280),
}
INCIDENT_LEVELS: Mapping[str, Level] = {"red": Level.RED, "orange": Level.ORANGE}


@dataclass(frozen=True, slots=True)
class Weight:
    """What one fact counts: points, and the level that it has by itself."""

    points: float
    level: Level


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts as columns. `at`: index of the region that each counts in; `own`: it is the region's own and not of one
    below; `n`: of how many alike."""

    at: Ints
    points: Floats
    level: Ints
    own: NDArray[np.bool_]
    n: Ints

    @classmethod
    def of(cls, rows: Sequence[tuple[int, float, int, bool, int]]) -> Facts:
        """From rows of (at, points, level, own, n)."""
        at, points, level, own, n = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        ints = np.int64
        return cls(
            np.array(at, ints), np.array(points, np.float64), np.array(level, ints), np.array(own, np.bool_), np.array(n, ints)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Risks:
    """Per region: its colour, the sum of points, the highest colour that a single fact gives, and that of the sum."""

    level: Ints
    score: Floats
    single: Ints
    summed: Ints


def of_alarm(
    kind: EpisodeKind,
    level: int,
    began: datetime,
    acknowledged: bool,
    shelved_until: datetime | None,
    now: datetime,
) -> Weight:
    """A shelved alarm counts nothing until its shelf ends: somebody has said why."""
    if shelved_until is not None and shelved_until > now:
        return Weight(0.0, Level.NONE)
    share, steps = KINDS[kind]
    if not acknowledged and now - began >= UNHEARD:
        share *= MORE
    elif acknowledged and now - began >= STANDING:
        share *= LESS
    return Weight(POINTS[level] * share, Level(max(level - steps, 0)))


def of_sign(level: int) -> Weight:
    """A sign at a level on the board, where no open alarm tells of it."""
    return Weight(POINTS[level], Level(level))


def of_incident(level: str, overdue: bool) -> Weight:
    """Red and orange ones count, and any that is overdue."""
    own = INCIDENT_LEVELS.get(level, Level.NONE)
    points = POINTS[own] + (OVERDUE if overdue else 0.0)
    return Weight(points, Level(max(own, Level.YELLOW)) if overdue else own)


def judged(region_level: str, regions: int, facts: Facts) -> Risks:
    """The colours of so many regions of a level."""
    score = np.bincount(facts.at, facts.points * facts.n, regions).astype(np.float64)
    single = np.zeros(regions, np.int64)
    dropped = np.where(facts.own, facts.level, np.maximum(facts.level - DROP[region_level], 0))
    np.maximum.at(single, facts.at, np.where(facts.n > 0, dropped, 0))
    summed = np.searchsorted(np.array(BOUNDS[region_level]), score, side="right")
    return Risks(np.maximum(single, summed), score, single, summed)
