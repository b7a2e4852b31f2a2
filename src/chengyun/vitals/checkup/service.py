"""The door of checkups."""

from __future__ import annotations

from chengyun.vitals.checkup import messages  # noqa: F401  registers the texts
from chengyun.vitals.checkup.making import make, make_districts, make_towns, plan
from chengyun.vitals.checkup.paper import Paper, paper
from chengyun.vitals.checkup.periods import Asked
from chengyun.vitals.checkup.showing import CheckupFilters, listed, one

__all__ = [
    "Asked",
    "CheckupFilters",
    "Paper",
    "listed",
    "make",
    "make_districts",
    "make_towns",
    "one",
    "paper",
    "plan",
]
