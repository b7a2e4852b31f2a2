"""When and where something is reported in the simulated months: seasons, weeks, hours, storms. Vectorised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from chengyun.cli.demo.shape import Shape, Storm
from chengyun.cli.demo.spots import Spots
from chengyun.cli.demo.stories import TELLINGS
from chengyun.kernel.clock import SHANGHAI, Calendar

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DAY = 86_400
_OF_SHAPE = 100_000  # what the numbers of storms refer to


@dataclass(frozen=True, slots=True)
class Happenings:
    """One line per report, oldest first: UTC second, number of the telling, of the spot, whether in a storm."""

    at: Ints
    telling: Ints
    spot: Ints
    storm: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.at)

    def part(self, chosen: slice | Ints) -> Happenings:
        return Happenings(self.at[chosen], self.telling[chosen], self.spot[chosen], self.storm[chosen])


def draw(
    source: np.random.Generator, plan: Shape, spots: Spots, calendar: Calendar, now: datetime, count: int
) -> Happenings:
    """Exactly `count` reports within `plan.days` before `now`."""
    storms = [_storm(source, plan, spots, storm, now, count) for storm in plan.storms]
    wet = join([one for one in storms if one is not None])
    usual = _usual(source, plan, spots, calendar, now, count - len(wet))
    every = join([wet, usual])
    return every.part(np.argsort(every.at, kind="stable"))


def join(parts: Sequence[Happenings]) -> Happenings:
    """All of them, unsorted."""
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Happenings(none, none, none, none.astype(bool))
    return Happenings(
        np.concatenate([p.at for p in parts]),
        np.concatenate([p.telling for p in parts]),
        np.concatenate([p.spot for p in parts]),
        np.concatenate([p.storm for p in parts]),
    )


def _usual(
    source: np.random.Generator, plan: Shape, spots: Spots, calendar: Calendar, now: datetime, count: int
) -> Happenings:
    """The ordinary course of days; the hours of today that have not come are drawn again."""
    days = [now.astimezone(SHANGHAI).date() - timedelta(days=back) for back in range(plan.days, -1, -1)]
    weights = np.array([1.0 if calendar.is_working_day(day) else plan.rest_day for day in days])
    weights *= source.uniform(0.93, 1.07, len(days))
    first, last = (now - timedelta(days=plan.days)).timestamp(), now.timestamp() - 1
    found: list[Happenings] = []
    while (missing := count - sum(map(len, found))) > 0:
        chosen = source.choice(len(days), missing, p=weights / weights.sum())
        telling = _tellings(source, plan, days, chosen)
        at = _midnights(days)[chosen] + _seconds(source, plan, telling)
        drawn = Happenings(at, telling, spots.draw(source, missing), np.zeros(missing, dtype=bool))
        found.append(drawn.part(np.flatnonzero((at >= first) & (at <= last))))
    return join(found)


def _midnights(days: Sequence[date]) -> Ints:
    """UTC seconds at which local days begin."""
    return np.array(
        [int(datetime(d.year, d.month, d.day, tzinfo=SHANGHAI).timestamp()) for d in days], dtype=np.int64
    )


def weights_in(plan: Shape, month: int) -> Floats:
    """How often each telling is heard in a month, as shares."""
    found = np.array(
        [t.weight if not t.months or month in t.months else t.weight * plan.out_of_season for t in TELLINGS]
    )
    return np.asarray(found / found.sum())


def _tellings(source: np.random.Generator, plan: Shape, days: Sequence[date], chosen: Ints) -> Ints:
    months = np.array([day.month for day in days])[chosen]
    telling = np.zeros(len(chosen), dtype=np.int64)
    for month in np.unique(months):
        here = np.flatnonzero(months == month)
        telling[here] = source.choice(len(TELLINGS), len(here), p=weights_in(plan, int(month)))
    return telling


def _seconds(source: np.random.Generator, plan: Shape, telling: Ints) -> Ints:
    """Seconds after midnight, by the hours in which each telling is heard."""
    hour = np.zeros(len(telling), dtype=np.int64)
    kinds = np.array([t.hours for t in TELLINGS])[telling]
    for kind, profile in plan.hours.items():
        here = np.flatnonzero(kinds == kind)
        shares = np.array(profile)
        hour[here] = source.choice(24, len(here), p=shares / shares.sum())
    return hour * 3600 + source.integers(0, 3600, len(telling))


def _storm(
    source: np.random.Generator, plan: Shape, spots: Spots, storm: Storm, now: datetime, count: int
) -> Happenings | None:
    """More reports of what rain does, most of them in the storm's first half; None where it rains on nobody."""
    where = spots.within(storm.districts)
    many = storm.reports * count // _OF_SHAPE
    if not len(where) or not many:
        return None
    day = now.astimezone(SHANGHAI).date() - timedelta(days=storm.ago)
    began = int(_midnights([day])[0]) + storm.hour * 3600
    at = began + (source.beta(1.6, 2.6, many) * storm.lasts * 3600).astype(np.int64)
    shares = np.array([t.weight * plan.rain.get(t.category, 0.0) for t in TELLINGS])
    telling = source.choice(len(TELLINGS), many, p=shares / shares.sum())
    popular = np.diff(spots.heaped, prepend=0.0)[where]
    spot = where[source.choice(len(where), many, p=popular / popular.sum())]
    return Happenings(at, telling.astype(np.int64), spot, np.ones(many, dtype=bool))
