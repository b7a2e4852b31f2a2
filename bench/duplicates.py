"""Precision and recall of proposed duplicates on the service requests of two cities: run(data).

DIR holds boston_311.csv and baltimore_311_2000.csv as their cities publish them. Nobody labelled pairs there, so they
are judged in four ways. None looks at the class; only "withdrawn" looks at place and time, and widely:

* named: an officer closed one with the number of another request of the file ("resubmitted as", "refer to"), whole or
  its last seven digits. Every other pair of neighbours of such a request counts against. (Rare: an extract holds a
  handful, often with one end only.)
* withdrawn: an officer closed one as invalid within half an hour of its being told ("wrong form", "opened in error",
  or without a word), and there is just one other request up to 250 m away that was told from half an hour before to
  half an hour after that: the one that took its place. Neighbours count against as above. How many such pairs chance
  makes is counted by looking into the same half hours of other days, and printed.
* visit: closed within 15 minutes of one another, the later one told while the earlier was open, so one visit ended
  both; against: the earlier was closed before the later was told, or they were closed half a day apart. What lies
  between is left out, and so are requests that were closed as invalid, which nobody visited, and those that a desk
  closed in bulk: ten others or more within a quarter of an hour. Pairs up to 250 m and 30 days apart.
* chance: of all pairs, how many would be there if nobody ever told of a thing twice? Pairs a week to a month apart,
  brought back to the same hours by whole days, say it, times what the city as a whole has more at that gap (busy
  days, working hours, seasons), read off pairs more than a kilometre apart. What a rule flags beyond that is right.
  No label at all.

Baltimore's rows that were closed as duplicates name no original, and with 2,000 rows out of hundreds of thousands
the originals are not in the file: their neighbours are counted, and the false alarms among unrelated rows.

Boston's years are shown in two parts, so that one can see whether the figures carry over; most weights were set with both
in view, so neither is strictly held out. Those of classes of other groups were chosen by the figures of 2016, so 2017 is
shown alone too. `peer` is the plain rule: at most 100 m, at most 24 hours, same type.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from bench._common import Figure, figure

from chengyun.incidents.duplicates.rules import (
    CARD,
    METRES_PER_DEGREE,
    THRESHOLDS,
    Telling,
    kind_weight,
    metres_between,
    relation,
    score,
)

REACH_M, VISIT_M, LONGEST = 600.0, 250.0, timedelta(days=30)
TOGETHER, APART, BULK = timedelta(minutes=15), timedelta(hours=12), 10
SOON = timedelta(minutes=30)  # from telling to withdrawal, and around both to the one that took its place
ELSEWHERE_M = 1000.0  # pairs beyond this are about different matters
GAPS_H = np.array([0, 0.25, 1, 3, 6, 12, *range(24, 169, 24)])
WEEK_H, DAY_H, MONTH_H = 168.0, 24.0, 720.0
SHIFTS = (MONTH_H - WEEK_H) / DAY_H  # days that a pair apart for longer than a week stands for
CITY_TIME = ZoneInfo("America/New_York")
PERIODS = (("2018-2019", range(2018, 2020)), ("2016-2017", range(2016, 2018)), ("2017", range(2017, 2018)))
NUMBER = re.compile(r"\b(?:10100)?([1-3]\d{6})\b")
INVALID = re.compile(r"case invalid|resubmitted as|wrong e-?form", re.IGNORECASE)

Drift = dict[bool, "np.ndarray[Any, Any]"]  # by "same class": what the city has more at each of GAPS_H


@dataclass(frozen=True, slots=True)
class Row:
    """One request as its city publishes it."""

    id: str
    telling: Telling
    closed: datetime | None
    words: str  # of whoever closed it
    duplicate: bool  # closed as one, without saying of what


@dataclass(frozen=True, slots=True)
class Pair:
    """Two requests near one another; `log_odds` of the score, without knowing when the earlier was closed."""

    one: Row
    other: Row
    metres: float
    hours: float
    log_odds: float

    @property
    def by_rule(self) -> bool:
        return _rule(self, self.hours)

    @property
    def by_score(self) -> bool:
        return self.log_odds >= THRESHOLDS["likely"]


def run(data: Path) -> list[Figure]:
    """All figures."""
    boston, baltimore = rows(data / "boston_311.csv"), rows(data / "baltimore_311_2000.csv")
    near = list(pairs(boston))
    visits, gone = visited(boston, near), withdrawn(boston)
    figures: list[Figure] = []
    for name, years in PERIODS:
        found = [row for row in boston if row.telling.at.year in years]
        chosen = [pair for pair in near if pair.one.telling.at.year in years]
        replaced = [pair for pair in gone if pair.one.telling.at.year in years]
        figures += judged(f"{name}, withdrawn", among(replaced, near))
        figures += judged(f"{name}, one visit", [(p, y) for p, y in visits if p.one.telling.at.year in years])
        figures += by_chance(f"{name}, beyond chance", chosen, drift(found))
    figures += judged("named by officers", among(named(boston), near))
    return figures + _baltimore(baltimore)


# reading


def rows(path: Path) -> list[Row]:
    """The requests of a file, oldest first; those without a time are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        made = [_boston(line) if "open_dt" in line else _of_baltimore(line) for line in csv.DictReader(file)]
    return sorted((row for row in made if row is not None), key=lambda row: row.telling.at)


def _boston(line: dict[str, str]) -> Row | None:
    told = Telling(
        lon=float(line["longitude"]) if line["longitude"] else None,
        lat=float(line["latitude"]) if line["latitude"] else None,
        at=_local(line["open_dt"]),
        category=line["type"],
        group=line["reason"] or None,
        text=line["case_title"],
        address=line["location_street_name"],
    )
    closed = _local(line["closed_dt"]) if line["closed_dt"] else None
    return Row(line["case_enquiry_id"], told, closed, line["closure_reason"], False)


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_TIME)


def _of_baltimore(line: dict[str, str]) -> Row | None:
    if not line["CreatedDate"]:
        return None
    told = Telling(
        lon=float(line["Longitude"]) if line["Longitude"] else None,
        lat=float(line["Latitude"]) if line["Latitude"] else None,
        at=datetime.strptime(line["CreatedDate"], "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=CITY_TIME),
        category=line["SRType"],
        group=line["Agency"] or None,
        address=line["Address"].split(",")[0],
    )
    return Row(line["ServiceRequestNum"], told, None, line["Outcome"], "Duplicate" in line["SRStatus"])


def pairs(found: Sequence[Row]) -> Iterator[Pair]:
    """Pairs within reach of one another; rows without an exact position have none."""
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            gap = other.telling.at - one.telling.at
            if gap > LONGEST:
                break
            metres = metres_between(one.telling, other.telling)
            if metres is not None and metres <= REACH_M:
                odds = score(one.telling, other.telling).log_odds
                yield Pair(one, other, metres, gap.total_seconds() / 3600, odds)


# judging


def visited(found: Sequence[Row], near: Sequence[Pair]) -> list[tuple[Pair, bool]]:
    """Pairs of which it can be said whether one visit ended both."""
    ends = sorted(row.closed for row in found if row.closed)
    judged = [(pair, visit(pair)) for pair in near]
    return [(pair, yes) for pair, yes in judged if yes is not None and not (yes and _bulk(pair, ends))]


def visit(pair: Pair) -> bool | None:
    """Whether one visit ended both; None where that cannot be said."""
    first, last = pair.one.closed, pair.other.closed
    if pair.metres > VISIT_M or first is None or last is None:
        return None
    if any(INVALID.search(row.words) for row in (pair.one, pair.other)):
        return None
    if first < pair.other.telling.at:
        return False
    gap = abs(first - last)
    return True if gap <= TOGETHER else False if gap > APART else None


def _bulk(pair: Pair, ends: Sequence[datetime]) -> bool:
    """Whether many others were closed around then: at a desk, not at the place."""
    closed = sorted(end for end in (pair.one.closed, pair.other.closed) if end)
    around = bisect_right(ends, closed[-1] + TOGETHER) - bisect_left(ends, closed[0] - TOGETHER)
    return around - len(closed) >= BULK


def withdrawn(found: Sequence[Row]) -> list[Pair]:
    """Requests that were closed as invalid at once, each with the only one near that may have taken its place."""
    gone = [
        row
        for row in found
        if INVALID.search(row.words) and row.closed and row.closed - row.telling.at <= SOON
    ]
    times = [row.telling.at for row in found]
    days = [timedelta(days=day) for day in range(-14, 15) if day]
    chance = sum(len(_around(row, found, times, day)) == 1 for row in gone for day in days) / len(days)
    mates = {row.id: _around(row, found, times) for row in gone}
    ours = {frozenset((row.id, mates[row.id][0].id)): row for row in gone if len(mates[row.id]) == 1}
    print(
        f"duplicates, withdrawn: {len(gone)}, {len(ours)} with one other near, {chance:.1f} expected by chance"
    )
    return [_paired(row, mates[row.id][0]) for row in ours.values()]


def _around(
    gone: Row, found: Sequence[Row], times: Sequence[datetime], later: timedelta = timedelta(0)
) -> list[Row]:
    """Requests near one that was withdrawn, told around that time, or as much later."""
    told, closed = gone.telling.at + later, (gone.closed or gone.telling.at) + later
    there = found[bisect_left(times, told - SOON) : bisect_right(times, closed + SOON)]
    apart = [(row, metres_between(gone.telling, row.telling)) for row in there if row is not gone]
    return [row for row, metres in apart if metres is not None and metres <= VISIT_M]


def named(found: Sequence[Row]) -> list[Pair]:
    """Pairs of which an officer names one in the other, however far apart."""
    by_id = {row.id: row for row in found}
    return [_paired(row, by_id[other]) for row in found for other in _names(row) & by_id.keys()]


def among(said: Sequence[Pair], near: Sequence[Pair]) -> list[tuple[Pair, bool]]:
    """What somebody has said to be one matter, and the other pairs of those requests, which count against."""
    ends = {row.id for pair in said for row in (pair.one, pair.other)}
    known = {(pair.one.id, pair.other.id) for pair in said}
    others = [pair for pair in near if {pair.one.id, pair.other.id} & ends]
    against = [pair for pair in others if (pair.one.id, pair.other.id) not in known]
    return [(pair, True) for pair in said] + [(pair, False) for pair in against]


def _names(row: Row) -> set[str]:
    return {"10100" + number for number in NUMBER.findall(row.words)} - {row.id}


def _paired(row: Row, other: Row) -> Pair:
    one, later = sorted((row, other), key=lambda end: end.telling.at)
    metres = metres_between(one.telling, later.telling)
    hours = (later.telling.at - one.telling.at).total_seconds() / 3600
    far = inf if metres is None else metres
    return Pair(one, later, far, hours, score(one.telling, later.telling).log_odds)


def judged(name: str, labelled: Sequence[tuple[Pair, bool]]) -> list[Figure]:
    """Precision and recall of score and rule, and how much of what the rule misses is still missed."""
    right = sum(yes for _, yes in labelled)
    if right == 0:
        print(f"duplicates, {name}: no such pair in the data")
        return []
    ours, rule = (_hits(labelled, flag) for flag in (lambda p: p.by_score, lambda p: p.by_rule))
    missed = (right - ours[0]) / (right - rule[0]) if right > rule[0] else 0.0
    return [
        _line(f"{name}: precision", ours[0] / max(ours[1], 1), rule[0] / max(rule[1], 1), ours[1]),
        _line(f"{name}: recall", ours[0] / right, rule[0] / right, right),
        figure(
            f"duplicates, {name}: share of the rule's misses left", missed, "", 0.5, "lower", right - rule[0]
        ),
    ]


def _hits(labelled: Sequence[tuple[Pair, bool]], flag: Callable[[Pair], bool]) -> tuple[int, int]:
    """(right, flagged)"""
    flagged = [yes for pair, yes in labelled if flag(pair)]
    return sum(flagged), len(flagged)


def by_chance(name: str, near: Sequence[Pair], more: Drift) -> list[Figure]:
    """The same without labels: what is flagged beyond what chance puts there. All: up to 250 m and three days."""
    ours = _beyond(near, lambda pair, hours: _at(pair, hours) >= THRESHOLDS["likely"], more)
    rule = _beyond(near, _rule, more)
    whole, _ = _beyond(near, lambda pair, hours: pair.metres <= VISIT_M and hours <= 3 * DAY_H, more)
    missed = (whole - ours[0]) / (whole - rule[0]) if whole > rule[0] else 0.0
    return [
        _line(f"{name}: precision", ours[0] / ours[1], rule[0] / rule[1], ours[1]),
        _line(f"{name}: found", ours[0], rule[0], round(whole)),
        figure(
            f"duplicates, {name}: share of the rule's misses left",
            missed,
            "",
            0.5,
            "lower",
            round(whole - rule[0]),
        ),
    ]


def _at(pair: Pair, hours: float) -> float:
    """The score as if the pair had been told so many hours apart."""
    kind = relation(pair.one.telling, pair.other.telling)
    now, then = (CARD.at("hours", gap) + kind_weight(kind, gap) for gap in (pair.hours, hours))
    return pair.log_odds - now + then


def _rule(pair: Pair, hours: float) -> bool:
    """The plain rule, as if the pair had been told so many hours apart."""
    return pair.metres <= 100 and hours <= DAY_H and _same(pair)


def _same(pair: Pair) -> bool:
    return pair.one.telling.category == pair.other.telling.category


def _beyond(near: Sequence[Pair], flag: Callable[[Pair, float], bool], more: Drift) -> tuple[float, int]:
    """(flagged beyond chance, flagged)"""
    flagged = sum(flag(pair, pair.hours) for pair in near)
    chance = 0.0
    for pair in near:
        if pair.hours >= WEEK_H:
            hours = [pair.hours % DAY_H + DAY_H * day for day in range(7)]
            chance += sum(_more(more, pair, hour) for hour in hours if flag(pair, hour)) / SHIFTS
    return flagged - chance, flagged


def _more(more: Drift, pair: Pair, hours: float) -> float:
    return float(more[_same(pair)][bisect_right(GAPS_H, hours) - 1])


def drift(found: Sequence[Row]) -> Drift:
    """How many more pairs far from one another there are at each gap than the same hours of other days make expect."""
    placed = [row for row in found if row.telling.lon is not None and row.telling.lat is not None]
    told = np.array([row.telling.at.timestamp() / 3600 for row in placed])
    east = np.array([row.telling.lon for row in placed]) * np.cos(np.radians(placed[0].telling.lat or 0.0))
    north = np.array([row.telling.lat for row in placed])
    kinds = np.unique([row.telling.category or "" for row in placed], return_inverse=True)[1]
    seen = {same: np.zeros(len(GAPS_H) - 1) for same in (True, False)}
    made = {same: np.zeros(len(GAPS_H) - 1) for same in (True, False)}
    for number, end in enumerate(np.searchsorted(told, told + MONTH_H)):
        rest = slice(number + 1, end)
        far = (
            np.hypot(east[rest] - east[number], north[rest] - north[number]) > ELSEWHERE_M / METRES_PER_DEGREE
        )
        for same in (True, False):
            gaps = (told[rest] - told[number])[far & ((kinds[rest] == kinds[number]) == same)]
            seen[same] += np.histogram(gaps, GAPS_H)[0]
            of_day = gaps[gaps >= WEEK_H] % DAY_H
            made[same] += sum(np.histogram(of_day + DAY_H * day, GAPS_H)[0] for day in range(7)) / SHIFTS
    return {same: seen[same] / np.maximum(made[same], 1) for same in (True, False)}


def _baltimore(found: Sequence[Row]) -> list[Figure]:
    """False alarms among rows that hardly can belong together, and how few duplicates have their original here."""
    near = list(pairs(found))
    ends = {row.id for row in found if row.duplicate}
    mates = [pair for pair in near if {pair.one.id, pair.other.id} & ends]
    flagged = [pair for pair in near if pair.by_score]
    print(
        f"duplicates, baltimore: {len(ends)} closed as duplicates, {len(mates)} of them with a neighbour in the file"
    )
    return [
        figure(
            "duplicates, baltimore: pairs proposed", len(flagged), f"of {len(near)}", None, "lower", len(near)
        )
    ]


def _line(name: str, ours: float, rule: float, n: int) -> Figure:
    return {**figure(f"duplicates, {name}", ours, "", None, "higher", n), "peer": round(rule, 2)}


if __name__ == "__main__":
    import sys

    for one in run(Path(sys.argv[1])):
        print(one)
