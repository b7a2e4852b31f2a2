"""What simulated residents say and where: words of the shipped scenarios, places of the shipped territory."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from pathlib import Path

import sqlalchemy as sa
import yaml

from chengyun.cli.demo.shape import DATA, Shape, shape
from chengyun.kernel.transactions import Tx


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


def weights_at(plan: Shape, now: datetime) -> list[float]:
    """How often each telling is heard at a local moment: by its season and its hours."""
    found = []
    for telling in TELLINGS:
        season = 1.0 if not telling.months or now.month in telling.months else plan.out_of_season
        hours = plan.hours[telling.hours]
        found.append(telling.weight * season * hours[now.hour] / sum(hours))
    return found


def plausible_report(source: random.Random, lon: float, lat: float, now: datetime) -> dict[str, object]:
    """The body of one simulated report at a place (degrees) and a local time."""
    telling = source.choices(TELLINGS, weights_at(shape(), now))[0]
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


FILE = "cache/demo-places.csv"
SCATTER = 0.004  # degrees around a village's office: about 400 m


@dataclass(frozen=True, slots=True)
class Places:
    """Points (degrees) to draw from, more often where more people live."""

    points: tuple[tuple[float, float], ...]
    heaped: tuple[float, ...]  # cumulated weights

    @classmethod
    def of(cls, rows: Iterable[tuple[float, float, float]]) -> Places:
        """From rows of longitude, latitude, weight."""
        known = list(rows)
        return cls(tuple((lon, lat) for lon, lat, _ in known), tuple(accumulate(row[2] for row in known)))

    @classmethod
    def from_territory(cls, tx: Tx) -> Places:
        """One point per village, where its office is."""
        query = sa.text(
            "SELECT p.lon, p.lat, CASE WHEN t.name LIKE '%街道' THEN CAST(:urban AS float8) ELSE 1 END AS weight"
            " FROM territory_place p JOIN territory_region v ON v.id = p.region_id AND v.level = 'village'"
            " JOIN territory_region t ON t.id = v.parent_id ORDER BY p.id"
        )
        rows = tx.execute(query, {"urban": shape().urban})
        return cls.of((row.lon, row.lat, row.weight) for row in rows)

    @classmethod
    def read(cls, home: Path) -> Places:
        """What `save` wrote."""
        lines = (home / FILE).read_text(encoding="ascii").splitlines()
        return cls.of(tuple(map(float, line.split(","))) for line in lines)  # type: ignore[misc]

    def save(self, home: Path) -> None:
        """Keep the points for the simulator, which sees the city through its API only."""
        weights = (now - before for before, now in zip((0.0, *self.heaped), self.heaped, strict=False))
        lines = [
            f"{lon:.6f},{lat:.6f},{weight:g}" for (lon, lat), weight in zip(self.points, weights, strict=True)
        ]
        (home / FILE).parent.mkdir(parents=True, exist_ok=True)
        (home / FILE).write_text("\n".join(lines) + "\n", encoding="ascii")

    def draw(self, source: random.Random) -> tuple[float, float]:
        """One point, scattered around an office."""
        place = min(bisect(self.heaped, source.random() * self.heaped[-1]), len(self.points) - 1)
        lon, lat = self.points[place]
        return (
            round(lon + source.uniform(-SCATTER, SCATTER), 6),
            round(lat + source.uniform(-SCATTER, SCATTER), 6),
        )
