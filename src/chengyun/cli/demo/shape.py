"""The shape of the simulated three months: data/history.yaml, typed. Everything in it is invented (模拟)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Storm:
    """Heavy rain: `ago` days before now, from a local hour, for some hours, over some districts (names)."""

    ago: int
    hour: int
    lasts: float
    reports: int  # more than usual, of 100,000
    districts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staged:
    """One life that is led to a certain state, so that a desk has everything to show.

    `hold`: the state in which it waits now; `turns`: chances that differ; `to`: district it is transferred to;
    `village`: where in the town, anywhere if empty.
    """

    district: str
    town: str
    category: str
    ago: float  # hours
    hold: str
    turns: Mapping[str, float]
    to: str | None = None
    village: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """Patterns in time and space, and the chances of the turns that a life can take."""

    days: int
    rest_day: float
    hours: Mapping[str, tuple[float, ...]]
    out_of_season: float
    channels: Mapping[str, float]
    storms: tuple[Storm, ...]
    rain: Mapping[str, float]
    urban: float
    pull: Mapping[str, float]
    slow: Mapping[str, float]
    late: Mapping[str, float]
    turns: Mapping[str, float]
    staged: tuple[Staged, ...]


@cache
def shape() -> Shape:
    """What data/history.yaml says."""
    with (DATA / "history.yaml").open(encoding="utf-8") as file:
        rows: dict[str, Any] = yaml.safe_load(file)
    rows["hours"] = {name: tuple(map(float, hours)) for name, hours in rows["hours"].items()}
    rows["storms"] = tuple(
        Storm(**{**storm, "districts": tuple(storm["districts"])}) for storm in rows["storms"]
    )
    rows["staged"] = tuple(Staged(**{"turns": {}, **one}) for one in rows["staged"])
    return Shape(**rows)
