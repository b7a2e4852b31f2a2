"""Precision and recall of proposed duplicates on the service requests of two cities: run(data).

DIR holds boston_311.csv and baltimore_311_2000.csv as their cities publish them. Nobody labelled pairs there, so they
are judged in three ways, none of which looks at distance, time or class, which is what the score looks at:

* named: an officer closed one with the number of another request of the file ("resubmitted as", "refer to"). Every
  other pair of neighbours of such a request counts against. (Rare: an extract holds a handful, often with one end only.)
* visit: closed within 15 minutes of one another, the later one told while the earlier was open, so one visit ended
  both; against: the earlier was closed before the later was told, or they were closed half a day apart. What lies
  between is left out. Pairs up to 250 m and 30 days apart.
* chance: of all pairs, how many would be there if nobody ever told of a thing twice? Pairs a week to a month apart,
  brought back to the same hours by whole days, say it; what a rule flags beyond that is right. No label at all.

Baltimore's rows that were closed as duplicates name no original, and with 2,000 rows out of hundreds of thousands
the originals are not in the file: their neighbours are counted, and the false alarms among unrelated rows.

Boston's years are shown in two parts, so that one can see whether the figures carry over; the weights were set with both
in view, so neither is strictly held out. `peer` is the plain rule: at most 100 m, at
most 24 hours, same type.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

from bench._common import Figure, figure

from chengyun.incidents.duplicates.rules import CARD, THRESHOLDS, Telling, metres_between, score

REACH_M, VISIT_M, LONGEST = 600.0, 250.0, timedelta(days=30)
TOGETHER, APART = timedelta(minutes=15), timedelta(hours=12)
WEEK_H, DAY_H, MONTH_H = 168.0, 24.0, 720.0
CITY_TIME = ZoneInfo("America/New_York")
LATER = 2018  # the first year of the second part
NUMBER = re.compile(r"\b\d{12}\b")


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
    figures: list[Figure] = []
    for name, chosen in (
        ("2018-2019", [pair for pair in near if pair.one.telling.at.year >= LATER]),
        ("2016-2017", [pair for pair in near if pair.one.telling.at.year < LATER]),
    ):
        figures += judged(f"{name}, one visit", [(p, y) for p in chosen if (y := visit(p)) is not None])
        figures += by_chance(f"{name}, beyond chance", chosen)
    figures += judged("named by officers", named(boston, near))
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


def visit(pair: Pair) -> bool | None:
    """Whether one visit ended both; None where that cannot be said."""
    first, last = pair.one.closed, pair.other.closed
    if pair.metres > VISIT_M or first is None or last is None:
        return None
    if first < pair.other.telling.at:
        return False
    gap = abs(first - last)
    return True if gap <= TOGETHER else False if gap > APART else None


def named(found: Sequence[Row], near: Sequence[Pair]) -> list[tuple[Pair, bool]]:
    """Pairs of which an officer names one in the other, however far apart, and the other pairs of those requests."""
    by_id = {row.id: row for row in found}
    said = [_paired(row, by_id[other]) for row in found for other in _names(row) & by_id.keys()]
    ends = {row.id for pair in said for row in (pair.one, pair.other)}
    known = {(pair.one.id, pair.other.id) for pair in said}
    others = [pair for pair in near if {pair.one.id, pair.other.id} & ends]
    against = [pair for pair in others if (pair.one.id, pair.other.id) not in known]
    return [(pair, True) for pair in said] + [(pair, False) for pair in against]


def _names(row: Row) -> set[str]:
    return set(NUMBER.findall(row.words)) - {row.id}


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


def by_chance(name: str, near: Sequence[Pair]) -> list[Figure]:
    """The same without labels: what is flagged beyond what chance puts there. All: up to 250 m and three days."""
    ours = _beyond(near, lambda pair, hours: _at(pair, hours) >= THRESHOLDS["likely"])
    rule = _beyond(near, _rule)
    whole, _ = _beyond(near, lambda pair, hours: pair.metres <= VISIT_M and hours <= 3 * DAY_H)
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
    return pair.log_odds - CARD.at("hours", pair.hours) + CARD.at("hours", hours)


def _rule(pair: Pair, hours: float) -> bool:
    """The plain rule, as if the pair had been told so many hours apart."""
    same = pair.one.telling.category == pair.other.telling.category
    return pair.metres <= 100 and hours <= DAY_H and same


def _beyond(near: Sequence[Pair], flag: Callable[[Pair, float], bool]) -> tuple[float, int]:
    """(flagged beyond chance, flagged)"""
    flagged = sum(flag(pair, pair.hours) for pair in near)
    days = (MONTH_H - WEEK_H) / DAY_H
    chance = 0.0
    for pair in near:
        if pair.hours >= WEEK_H:
            hours = (pair.hours % DAY_H + DAY_H * day for day in range(7))
            chance += sum(flag(pair, hour) for hour in hours) / days
    return flagged - chance, flagged


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
