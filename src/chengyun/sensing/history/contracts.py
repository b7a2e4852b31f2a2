"""What one asks of the past of a datastream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Point:
    """A stretch of time that begins at `at`: readings in it, their mean, smallest and largest value, and the last."""

    at: datetime
    n: int
    mean: float
    low: float
    high: float
    last: float


@dataclass(frozen=True, slots=True)
class History:
    """Points in order, only where there are readings; each stands for `step_s` seconds. `source`: raw | hours."""

    step_s: float
    source: str
    points: tuple[Point, ...]
