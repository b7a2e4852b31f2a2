"""Indicators, grades and periods: pure. Which incidents a measure counts is in `measures`."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources

from chengyun.incidents.evaluation.contracts import (
    IndicatorText,
    PeriodKind,
    PeriodSpan,
    Question,
    RateFigure,
)
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.errors import FieldError, Invalid

SMALLEST = 10  # a smaller denominator says too little for a grade
LONGEST = timedelta(days=1100)  # of a custom period
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
TREND: dict[PeriodKind, int] = {
    PeriodKind.DAY: 14,
    PeriodKind.WEEK: 12,
    PeriodKind.MONTH: 12,
    PeriodKind.QUARTER: 8,
    PeriodKind.HALF: 6,
    PeriodKind.YEAR: 5,
    PeriodKind.CUSTOM: 6,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of indicators in both languages."""

    key: str
    cohort: str
    zh: str
    en: str
    numerator: str
    denominator: str
    better: str
    numerator_zh: str
    numerator_en: str
    denominator_zh: str
    denominator_en: str
    why_zh: str
    why_en: str

    def told(self, language: str) -> IndicatorText:
        """As a reader of that language sees it."""
        en = language == "en"
        return IndicatorText(
            key=self.key,
            cohort=self.cohort,
            name=self.en if en else self.zh,
            numerator=self.numerator,
            denominator=self.denominator,
            better=self.better,
            numerator_name=self.numerator_en if en else self.numerator_zh,
            denominator_name=self.denominator_en if en else self.denominator_zh,
            why=self.why_en if en else self.why_zh,
        )


def _table(name: str) -> list[dict[str, str]]:
    text = (resources.files("chengyun.incidents.evaluation") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


INDICATORS: dict[str, Row] = {line["key"]: Row(**line) for line in _table("indicators.csv")}
GRADES: dict[str, float] = {line["grade"]: float(line["from"]) for line in _table("grades.csv")}
MEASURES: tuple[str, ...] = tuple(
    dict.fromkeys(name for row in INDICATORS.values() for name in (row.denominator, row.numerator))
)


def figure(row: Row, counts: Mapping[str, int]) -> RateFigure:
    """One indicator from the counts of the measures."""
    numerator, denominator = counts[row.numerator], counts[row.denominator]
    rate = numerator / denominator if denominator else None
    return RateFigure(numerator, denominator, rate, grade(rate, denominator, row.better))


def figures(counts: Mapping[str, int], keys: tuple[str, ...] = tuple(INDICATORS)) -> dict[str, RateFigure]:
    """Every indicator from the counts of the measures."""
    return {key: figure(INDICATORS[key], counts) for key in keys}


def grade(rate: float | None, n: int, better: str = "higher") -> str | None:
    """A to E by percentage, the best first in the table; None for too few."""
    if rate is None or n < SMALLEST:
        return None
    points = 100 * (rate if better == "higher" else 1 - rate)
    return next(name for name, least in GRADES.items() if points >= least)


# periods, in local days


def span_of(question: Question, now: datetime, back: int = 0) -> PeriodSpan:
    """The period asked for, or the one `back` periods before it. Raises Invalid."""
    first, after = _days(question, back)
    ends = _midnight(after)
    since = _midnight(first)
    return PeriodSpan(since, max(since, min(ends, now)), ends, first, after - timedelta(days=1))


def year_ago(question: Question, now: datetime) -> PeriodSpan:
    """The same days one year before."""
    first, after = _days(question, 0)
    first, after = _years(first, -1), _years(after, -1)
    ends = _midnight(after)
    return PeriodSpan(_midnight(first), min(ends, now), ends, first, after - timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def _days(question: Question, back: int) -> tuple[date, date]:
    """The first local day and the one after the last."""
    if not EARLIEST <= question.day < LATEST:
        raise Invalid([FieldError("day", "evaluation.day_out_of_range")])
    if question.period is PeriodKind.CUSTOM:
        return _custom(question, back)
    if question.period in (PeriodKind.DAY, PeriodKind.WEEK):
        length = 1 if question.period is PeriodKind.DAY else 7
        first = question.day - timedelta(days=question.day.weekday() if length == 7 else 0)
        first -= timedelta(days=length * back)
        return first, first + timedelta(days=length)
    months = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}[
        question.period
    ]
    number = question.day.year * 12 + question.day.month - 1
    number = number // months * months - back * months
    return _month(number), _month(number + months)


def _custom(question: Question, back: int) -> tuple[date, date]:
    last = question.last or question.day
    after = last + timedelta(days=1)
    length = after - question.day
    if last < question.day or length > LONGEST or last >= LATEST:
        raise Invalid([FieldError("last", "evaluation.last_out_of_range", {"days": LONGEST.days})])
    return question.day - length * back, after - length * back


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
