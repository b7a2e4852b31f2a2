"""How values become scores, scores domains, domains the whole, and the whole a grade. Pure.

docs/reference/checkup.md publishes every rule and number of this file; a change of either is a new METHOD.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from statistics import median

import numpy as np
from numpy.typing import NDArray

from chengyun.vitals.contracts import Input, Level, Sign

METHOD = "1"
SCORE_AT = {Level.BLUE: 85.0, Level.YELLOW: 70.0, Level.ORANGE: 50.0, Level.RED: 25.0}  # where a level begins
SINGLE = 0.1  # of the valid range (else 0.2 of the threshold): how far a lone threshold reaches either way
LONE = 0.2
MOST_WEIGHT = 8.0  # of a domain, however many measures it has
ALARM_POINTS = (0.2, 0.5, 1.0, 2.0)  # an episode by its peak, blue to red
MOST_DEDUCTED = 20.0  # points that alarms can cost a domain
HALF_AT = 5.0  # points of alarms per town and 30 days that cost half of that
LEAST_COVERED = 0.5  # of what counts: below it there is no grade

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def table(name: str) -> list[dict[str, str]]:
    """A table of data/ by its lines."""
    text = (resources.files("chengyun.vitals.checkup") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


GRADES = table("grades.csv")


@dataclass(frozen=True, slots=True)
class Curve:
    """Points over the value, piecewise linear. `side` 1: high is bad, -1: low is bad; `xs` ascend in side × value."""

    side: int
    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def points(self, values: Floats) -> Floats:
        """0..100; NaN stays NaN."""
        return np.asarray(np.interp(self.side * values, self.xs, self.ys), np.float64)


def curve(sign: Sign) -> Curve | None:
    """None where a sign does not count: it has no bad side, or neither thresholds nor a valid range."""
    if sign.bad is None:
        return None
    side = 1 if sign.bad == "high" else -1
    good, worst = (sign.low, sign.high) if side == 1 else (sign.high, sign.low)
    ends = [None if end is None else side * end for end in (good, worst)]
    marks = _marks(sign, side)
    if marks:
        return _through(side, marks, ends[0], ends[1])
    if ends[0] is None or ends[1] is None or ends[0] >= ends[1]:
        return None
    return Curve(side, (ends[0], ends[1]), (100.0, 0.0))


def of_incidents(sign: Sign, every: Mapping[str, Sign]) -> bool:
    """Whether incidents alone are counted: then no value says that there was nothing to count, and nobody's data are missing."""
    if sign.input is Input.SIGNS:
        return all(code in every and of_incidents(every[code], every) for code in sign.inputs.values())
    return sign.input is Input.INCIDENTS


def _marks(sign: Sign, side: int) -> list[tuple[float, float]]:
    """Where each level begins and what that is worth, from the mildest; one that begins no later than a milder is left out."""
    found: list[tuple[float, float]] = []
    for one in sorted(sign.thresholds, key=lambda one: one.level):
        if not found or side * one.on > found[-1][0]:
            found.append((side * one.on, SCORE_AT[one.level]))
    return found


def _through(side: int, marks: list[tuple[float, float]], good: float | None, worst: float | None) -> Curve:
    """Full points as far before the first level as the next lies behind it, none as far behind the last."""
    lone = SINGLE * (worst - good) if good is not None and worst is not None else LONE * abs(marks[0][0])
    first = marks[1][0] - marks[0][0] if len(marks) > 1 else lone or 1.0
    last = marks[-1][0] - marks[-2][0] if len(marks) > 1 else lone or 1.0
    begins, ends = marks[0][0] - first, marks[-1][0] + last
    if good is not None and good < marks[0][0]:
        begins = max(begins, good)
    if worst is not None and worst > marks[-1][0]:
        ends = min(ends, worst)
    line = [(begins, 100.0), *marks, (ends, 0.0)]
    return Curve(side, tuple(x for x, _ in line), tuple(y for _, y in line))


def level_of(sign: Sign, value: float | None) -> Level:
    """The level that a value reaches by the catalogue's thresholds."""
    if value is None or sign.bad is None:
        return Level.NONE
    side = 1 if sign.bad == "high" else -1
    return max((one.level for one in sign.thresholds if side * value >= side * one.on), default=Level.NONE)


@dataclass(frozen=True, slots=True)
class Column:
    """Scores of signs, one each: `earned` 0 where data are missing, `known` of what there is (NaN: nothing), `coverage` 0..1."""

    earned: Floats
    known: Floats
    coverage: Floats


def over_time(points: Floats, hours: Floats, recorded: Bools) -> Column:
    """`points` a line per look and a column per sign, NaN: no value; `hours` per look; `recorded`, as points: something could
    have been known then. A look without a value earns nothing; one that was not recorded at all does not count.
    """
    has = np.isfinite(points)
    weight = hours[:, None]
    asked = (weight * (recorded | has)).sum(axis=0)
    held = (weight * has).sum(axis=0)
    gained = (weight * np.where(has, points, 0.0)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Column(
            np.where(asked > 0, gained / asked, 0.0), gained / held, np.where(asked > 0, held / asked, 0.0)
        )


def weights(groups: NDArray[np.int64], expected: Bools) -> Floats:
    """Signs of one measure share its weight of 1; those that are not expected have none."""
    if not len(groups):
        return np.zeros(0)
    shared = np.bincount(groups[expected], minlength=int(groups.max()) + 1)[groups]
    return np.where(expected, 1.0 / np.maximum(shared, 1), 0.0)


def deduction(alarms: Sequence[int], towns: int, days: float) -> float:
    """Points that a domain loses for `alarms` (episodes by peak, blue to red): 0..MOST_DEDUCTED, the more the flatter."""
    burden = sum(n * points for n, points in zip(alarms, ALARM_POINTS, strict=True))
    rate = burden / max(towns, 1) / (days / 30)
    return MOST_DEDUCTED * rate / (rate + HALF_AT)


@dataclass(frozen=True, slots=True)
class Scored:
    """A domain or the whole. `weight` in the next whole; `known` None: no data at all, and `score` stands for nothing."""

    weight: float
    score: float
    known: float | None
    coverage: float

    @property
    def told(self) -> float | None:
        """What may be shown: no data is no zero."""
        return None if self.known is None else self.score


def domain(column: Column, weight: Floats, deducted: float) -> Scored | None:
    """Of its signs with their weights; None where none is expected."""
    total = float(weight.sum())
    if total <= 0:
        return None
    held = weight * column.coverage
    earned = float((weight * column.earned).sum()) / total
    known = (
        float((held * np.where(held > 0, column.known, 0.0)).sum()) / float(held.sum())
        if held.sum() > 0
        else None
    )
    score = max(earned - deducted, 0.0)
    return Scored(
        min(total, MOST_WEIGHT),
        score,
        None if known is None else max(known - deducted, 0.0),
        float(held.sum()) / total,
    )


def whole(parts: Sequence[Scored]) -> Scored | None:
    """The weighted mean of domains; one without data earns nothing. None where there is no domain."""
    total = sum(part.weight for part in parts)
    if total <= 0:
        return None
    score = sum(part.weight * part.score for part in parts) / total
    held = [(part.weight * part.coverage, part.known) for part in parts if part.known is not None]
    cover = sum(weight for weight, _ in held)
    known = sum(weight * known for weight, known in held) / cover if cover > 0 else None
    return Scored(total, score if known is not None else 0.0, known, cover / total)


def rate_points(rate: float, better: str) -> float:
    """An indicator of the evaluation as points."""
    return 100 * (rate if better == "higher" else 1 - rate)


def grade(scored: Scored | None) -> str | None:
    """By data/grades.csv; None where less than half of what counts is known."""
    if scored is None or scored.known is None or scored.coverage < LEAST_COVERED:
        return None
    return next(line["grade"] for line in GRADES if scored.score >= float(line["from"]))


def standing(region: int, scores: Mapping[int, float | None]) -> tuple[float | None, int | None, int]:
    """Median of those that have a score, the place of a region among them (1 is best), how many they are."""
    known = {one: score for one, score in scores.items() if score is not None}
    if len(known) < 2:
        return None, None, len(known)
    own = known.get(region)
    place = None if own is None else 1 + sum(score > own for score in known.values())
    return median(known.values()), place, len(known)
