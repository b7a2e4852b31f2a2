"""Scores of many regions for a period and the one before, from what was read. One pass over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from chengyun.incidents.evaluation import service as evaluation
from chengyun.incidents.evaluation.contracts import PeriodSpan, RateFigure
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.vitals.catalogue import store as catalogue
from chengyun.vitals.checkup import reading, rules
from chengyun.vitals.checkup.contracts import EVALUATION
from chengyun.vitals.checkup.periods import Asked, looks, parts
from chengyun.vitals.checkup.rules import Column, Curve, Floats, Scored
from chengyun.vitals.contracts import Domain, Input, Sign

COUNTED = ("filed_on_time", "handled_on_time", "closed_on_time", "rework")  # indicators of the evaluation


@dataclass(frozen=True, slots=True)
class Counted:
    """The signs that count, with how, in the order of the catalogue; `members`: domain → their columns, `groups`: the measure
    that each looks at, as a number within all of them; `idle`: without a value nothing happened, since they say of incidents."""

    signs: list[Sign]
    curves: list[Curve]
    domains: list[Domain]
    members: Mapping[str, NDArray[np.int64]]
    groups: NDArray[np.int64]
    idle: NDArray[np.bool_]

    @property
    def codes(self) -> list[str]:
        return [sign.code for sign in self.signs]

    def registers(self) -> dict[str, str]:
        """Registers whose numbers are signs → how often they come."""
        return {sign.of: sign.period for sign in self.signs if sign.input is Input.REGISTER}


def counted(tx: Tx) -> Counted:
    """Of the catalogue in force."""
    every = catalogue.signs_by_code(tx)
    pairs = [(sign, rules.curve(sign)) for sign in catalogue.signs(tx)]
    kept = [(sign, curve) for sign, curve in pairs if curve is not None]
    signs = [sign for sign, _ in kept]
    domains = [one for one in catalogue.domains(tx) if any(sign.domain == one.code for sign in signs)]
    members = {
        one.code: np.array([n for n, sign in enumerate(signs) if sign.domain == one.code], np.int64)
        for one in domains
    }
    numbers: dict[tuple[str, ...], int] = {}
    groups = [numbers.setdefault(_measure(sign), len(numbers)) for sign in signs]
    idle = np.array([rules.of_incidents(sign, every) for sign in signs], np.bool_)
    return Counted(signs, [curve for _, curve in kept], domains, members, np.array(groups, np.int64), idle)


def _measure(sign: Sign) -> tuple[str, ...]:
    """What signs that look at the same thing have in common, within their domain."""
    if sign.input is Input.SIGNS:
        return (sign.domain, sign.code)
    return (sign.domain, sign.input, sign.of, *(f"{k}={v}" for k, v in sorted(sign.where.items())))


@dataclass(frozen=True, slots=True)
class Past:
    """A span of a region: a number per sign that counts. `value` the weighted mean, `fresh` its newest moment (microseconds)."""

    value: Floats
    column: Column
    by_part: list[Column]
    fresh: NDArray[np.int64]
    recorded: float  # share of looks at which anything was recorded


@dataclass(slots=True)
class RegionScore:
    """A region in the period. `signs` and `weight` per sign that counts; `domains` with the evaluation's."""

    region: int
    now: Past
    weight: Floats  # of a sign within its domain
    rung: Mapping[str, reading.Rung]
    domains: dict[str, Scored] = field(default_factory=dict)
    before: dict[str, Scored] = field(default_factory=dict)
    parts: dict[str, list[float | None]] = field(default_factory=dict)
    deducted: dict[str, float] = field(default_factory=dict)
    figures: Mapping[str, RateFigure] = field(default_factory=dict)
    figures_before: Mapping[str, RateFigure] = field(default_factory=dict)
    value_before: Floats = field(default_factory=lambda: np.zeros(0))
    simulated: bool = False

    @property
    def overall(self) -> Scored | None:
        return rules.whole(list(self.domains.values()))

    @property
    def overall_before(self) -> Scored | None:
        return rules.whole(list(self.before.values()))


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of every region."""

    asked: Asked
    span: PeriodSpan
    before: PeriodSpan
    held: Counted

    @classmethod
    def of(cls, tx: Tx, asked: Asked) -> Ask:
        """As of now. Raises Invalid."""
        return cls(asked, asked.span(tx.now), asked.span(tx.now, 1), counted(tx))


def score(tx: Tx, ask: Ask, regions: Sequence[int]) -> dict[int, RegionScore]:
    """Every region with its domains, for the period and the one before."""
    now = _past(tx, ask, ask.span, regions, len(parts(ask.asked.period, ask.span)))
    before = _past(tx, ask, ask.before, regions, 0)
    rung = reading.alarms(tx, regions, ask.span.since, ask.span.until)
    rung_before = reading.alarms(tx, regions, ask.before.since, ask.before.until)
    figures = _figures(tx, ask, regions)
    found = {}
    for region in regions:
        past, then = now[region], before[region]
        known_before = ~ask.held.idle & (then.column.coverage > 0)
        expected = (past.column.coverage > 0) | known_before | (past.fresh > 0)
        one = RegionScore(region, past, _weights(ask.held, expected), rung.get(region, {}))
        one.value_before = then.value
        one.figures, one.figures_before = figures[0].get(region, {}), figures[1].get(region, {})
        one.simulated = any(each.simulated for each in one.rung.values())
        towns = len(territory.descendants(tx, region, "town"))
        _domains(ask, one, ask.span, towns)
        one.before = _before(ask, one, then, rung_before.get(region, {}), towns)
        found[region] = one
    return found


def _weights(held: Counted, expected: NDArray[np.bool_]) -> Floats:
    found = np.zeros(len(held.signs))
    for members in held.members.values():
        found[members] = rules.weights(held.groups[members], expected[members])
    return found


def _domains(ask: Ask, one: RegionScore, span: PeriodSpan, towns: int) -> None:
    rung = _by_domain(ask.held, one.rung)
    for code, members in ask.held.members.items():
        weight, column = one.weight[members], one.now.column
        lost = rules.deduction(rung.get(code, (0, 0, 0, 0)), towns, _days(span))
        found = rules.domain(_cut(column, members), weight, lost)
        if found is None:
            continue
        one.domains[code], one.deducted[code] = found, lost
        parts = [rules.domain(_cut(part, members), weight, 0.0) for part in one.now.by_part]
        one.parts[code] = [part.told if part else None for part in parts]
    handled = of_evaluation(one.figures)
    if handled is not None:
        one.domains[EVALUATION] = handled


def _before(
    ask: Ask, one: RegionScore, then: Past, rung: Mapping[str, reading.Rung], towns: int
) -> dict[str, Scored]:
    """The period before by the same signs and weights."""
    by_domain = _by_domain(ask.held, rung)
    found = {}
    for code in one.deducted:
        members = ask.held.members[code]
        lost = rules.deduction(by_domain.get(code, (0, 0, 0, 0)), towns, _days(ask.before))
        scored = rules.domain(_cut(then.column, members), one.weight[members], lost)
        if scored is not None:
            found[code] = scored
    handled = of_evaluation(one.figures_before)
    return found if handled is None else {**found, EVALUATION: handled}


def _cut(column: Column, members: NDArray[np.int64]) -> Column:
    return Column(column.earned[members], column.known[members], column.coverage[members])


def _days(span: PeriodSpan) -> float:
    return max((span.until - span.since).total_seconds() / 86400, 1.0)


def _by_domain(held: Counted, rung: Mapping[str, reading.Rung]) -> dict[str, Sequence[int]]:
    """Episodes by peak per domain, of signs that count."""
    found: dict[str, Sequence[int]] = {}
    for sign in held.signs if rung else ():
        if (one := rung.get(sign.code)) is not None:
            known = found.get(sign.domain, (0, 0, 0, 0))
            found[sign.domain] = [a + b for a, b in zip(known, one.by_peak, strict=True)]
    return found


# signs


def _past(tx: Tx, ask: Ask, span: PeriodSpan, regions: Sequence[int], count: int) -> dict[int, Past]:
    """What every sign that counts was in a span, and in its first `count` parts."""
    moments = looks(ask.asked.period, span)
    held = ask.held
    read = reading.samples(tx, regions, moments, held.codes)
    numbers = reading.numbers(tx, regions, held.registers(), span.last)
    values = read.values.astype(np.float64)
    fresh = np.where(np.isfinite(values), read.at[:, :, None], 0).max(axis=1, initial=0)
    recorded = np.repeat((read.at > 0)[:, :, None], len(held.signs), axis=2)
    _fill_numbers(held, regions, numbers, values, fresh, recorded)
    recorded[:, :, held.idle] &= np.isfinite(values[:, :, held.idle])
    points = np.full(values.shape, np.nan)
    for n, curve in enumerate(held.curves):
        points[:, :, n] = curve.points(values[:, :, n])
    hours = np.array([look.hours for look in moments])
    part = np.array([look.part for look in moments], np.int64)
    found = {}
    for r, region in enumerate(regions):
        by_part = [
            rules.over_time(points[r, part == n], hours[part == n], recorded[r, part == n])
            for n in range(count)
        ]
        found[region] = Past(
            _mean(values[r], hours),
            rules.over_time(points[r], hours, recorded[r]),
            by_part,
            fresh[r],
            float((read.at[r] > 0).mean()) if len(moments) else 0.0,
        )
    return found


def _mean(values: Floats, hours: Floats) -> Floats:
    has = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        mean = (hours[:, None] * np.where(has, values, 0.0)).sum(axis=0) / (hours[:, None] * has).sum(axis=0)
    return np.asarray(mean, np.float64)


def _fill_numbers(
    held: Counted,
    regions: Sequence[int],
    numbers: Mapping[tuple[str, int], reading.Number],
    values: Floats,
    fresh: NDArray[np.int64],
    recorded: NDArray[np.bool_],
) -> None:
    """A dated number stands for the whole period where the trend has none; one too old is known to be missing."""
    for n, sign in enumerate(held.signs):
        if sign.input is not Input.REGISTER:
            continue
        for r, region in enumerate(regions):
            number = numbers.get((sign.of, region))
            if number is None or np.isfinite(values[r, :, n]).any():
                continue
            recorded[r, :, n] = True
            fresh[r, n] = int(number.at.timestamp() * 1e6)
            if number.fresh:
                values[r, :, n] = number.value


def moment(microseconds: int) -> datetime | None:
    """None for 0: never."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC) if microseconds else None


# incidents


def _figures(
    tx: Tx, ask: Ask, regions: Sequence[int]
) -> tuple[dict[int, dict[str, RateFigure]], dict[int, dict[str, RateFigure]]]:
    """Figures of the evaluation, of the period and the one before."""
    now: dict[int, dict[str, RateFigure]] = {}
    before: dict[int, dict[str, RateFigure]] = {}
    levels: dict[str, list[int]] = {}
    for region in regions:
        levels.setdefault(territory.region(tx, region).level, []).append(region)
    for level, some in levels.items():
        found = evaluation.by_region(tx, (ask.span, ask.before), level, some)
        now |= found[0]
        before |= found[1]
    return now, before


def of_evaluation(figures: Mapping[str, RateFigure]) -> Scored | None:
    """The domain that the evaluation of incidents makes: the mean of the indicators with enough incidents to say anything."""
    points = [points for key in COUNTED if (points := figure_points(key, figures.get(key))) is not None]
    if not points:
        return None
    mean = sum(points) / len(points)
    return Scored(float(len(points)), mean, mean, 1.0)


def figure_points(key: str, figure: RateFigure | None) -> float | None:
    """None for too few."""
    if figure is None or figure.rate is None or figure.denominator < evaluation.SMALLEST:
        return None
    return rules.rate_points(figure.rate, evaluation.INDICATORS[key].better)
