"""What simulated residents say and where: words of the shipped scenarios, places of the shipped territory."""

from __future__ import annotations

import random
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Telling:
    """One kind of report: category, how often it is heard, at which hours and months, in whose words."""

    category: str
    weight: float
    texts: tuple[str, ...]
    hours: str = "day"  # day | night | any
    months: tuple[int, ...] = ()
    address: tuple[str, ...] = (
        "小区门口",
        "菜市场旁",
        "公交站附近",
        "学校门口",
        "沿街商铺前",
        "3 号楼旁",
        "路口",
    )


def tellings() -> tuple[Telling, ...]:
    """All kinds of report, from data/tellings.yaml."""
    with (DATA / "tellings.yaml").open(encoding="utf-8") as file:
        rows = yaml.safe_load(file)
    return tuple(
        Telling(
            category=str(row["category"]),
            weight=float(row["weight"]),
            texts=tuple(row["texts"]),
            hours=row.get("hours", "day"),
            months=tuple(row.get("months", ())),
        )
        for row in rows
    )


TELLINGS = tellings()
WEIGHTS = tuple(telling.weight for telling in TELLINGS)


def plausible_report(source: random.Random, lon: float, lat: float) -> dict[str, object]:
    """The body of one simulated report at a place (degrees)."""
    telling = source.choices(TELLINGS, WEIGHTS)[0]
    return {
        "text": source.choice(telling.texts),
        "category": telling.category,
        "lon": lon,
        "lat": lat,
        "address": source.choice(telling.address),
        "channel": "resident",
        "positioned": "gps",
        "simulated": True,
    }


@dataclass(frozen=True, slots=True)
class Places:
    """Points to draw from, more often where more people live."""

    points: tuple[tuple[float, float], ...]
    heaped: tuple[float, ...]  # cumulated weights

    @classmethod
    def of(cls, points: list[tuple[float, float]], weights: list[float]) -> Places:
        """From points (degrees) and their weights."""
        return cls(tuple(points), tuple(accumulate(weights)))

    def draw(self, source: random.Random) -> tuple[float, float]:
        """One point."""
        place = bisect(self.heaped, source.random() * self.heaped[-1])
        return self.points[min(place, len(self.points) - 1)]
