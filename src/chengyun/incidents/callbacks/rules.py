"""Whom to call back, as data: pure."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources

TRIES = 3  # nobody reached so often: left in peace
POOR = 2  # stars up to which a rating counts as dissatisfied
STRIDE = 7_919  # spreads consecutive ids over the hundred


@dataclass(frozen=True, slots=True)
class Line:
    """One line of callbacks.csv; the first that fits is the reason. `share`: of those that fit, 0…1."""

    reason: str
    share: float
    after: timedelta  # since closing, so that the reporter may rate first
    within: timedelta
    zh: str
    en: str


def _line(row: dict[str, str]) -> Line:
    after, within = timedelta(hours=float(row["after_hours"])), timedelta(days=float(row["within_days"]))
    return Line(row["reason"], float(row["share"]), after, within, row["zh"], row["en"])


_TABLE = resources.files("chengyun.incidents") / "callbacks" / "data" / "callbacks.csv"
LINES = tuple(_line(row) for row in csv.DictReader(io.StringIO(_TABLE.read_text(encoding="utf-8"))))
BY_REASON = {line.reason: line for line in LINES}
LONGEST = max(line.within for line in LINES)


def draw(incident: int) -> int:
    """0…99, the same for an incident whenever it is asked; SQL computes it as `id * STRIDE % 100`."""
    return incident * STRIDE % 100
