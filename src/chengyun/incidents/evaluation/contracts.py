"""What others may see of evaluation: questions, figures, hot spots, topics. Instants are UTC; shares are 0…1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chengyun.incidents.contracts import Channel


class PeriodKind(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    CUSTOM = "custom"


class Dimension(StrEnum):
    """What the table has a line for."""

    REGION = "region"
    UNIT = "unit"  # which led last
    GROUP = "group"  # major class
    CATEGORY = "category"
    PERSON = "person"  # who worked on it last for the lead; needs a permission of its own
    CHANNEL = "channel"


class FigurePart(StrEnum):
    """The incidents behind a number."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    MISSED = "missed"  # in the denominator, not in the numerator


@dataclass(frozen=True, slots=True)
class PeriodSpan:
    """From `since` until before `until`; `ends` is where the period would end, later than `until` while it runs."""

    since: datetime
    until: datetime
    ends: datetime
    first: date  # local days, both included
    last: date

    @property
    def running(self) -> bool:
        return self.until < self.ends


@dataclass(frozen=True, slots=True)
class Question:
    """Which figures: a period, and what they are narrowed to. `region` None: all that the caller may read."""

    period: PeriodKind
    day: date  # a local day in the period
    last: date | None = None  # of a custom period, which begins on `day`
    by: Dimension = Dimension.REGION
    region: int | None = None
    category: str | None = None  # code or its beginning
    channel: tuple[Channel, ...] = ()
    unit: int | None = None  # led by this unit


@dataclass(frozen=True, slots=True)
class IndicatorText:
    """One line of data/indicators.csv: numerator ÷ denominator over the incidents of a cohort."""

    key: str
    cohort: str  # reported | filed | due: which incidents the period counts
    name: str
    numerator: str  # key of a measure
    denominator: str
    better: str  # higher | lower
    numerator_name: str
    denominator_name: str
    why: str


@dataclass(frozen=True, slots=True)
class RateFigure:
    """One cell. `rate` is None where there is nothing to divide by, `grade` also where n is too small."""

    numerator: int
    denominator: int
    rate: float | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class EvaluationLine:
    """One line of the table. `key` is what a click hands back; `drill`: the region has levels below."""

    key: str
    name: str
    figures: dict[str, RateFigure]  # indicator → figure
    before: dict[str, float | None]  # indicator → rate of the period before
    drill: bool = False


@dataclass(frozen=True, slots=True)
class EvaluationScope:
    """What was asked for, in words; `whole`: the caller may read everything in the region."""

    region: int | None
    name: str
    level: str | None
    whole: bool
    above: int | None  # where one step up leads, as far as the caller may read


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that the screen shows of a period but its trend."""

    span: PeriodSpan
    before: PeriodSpan
    year_ago: PeriodSpan
    scope: EvaluationScope
    by: Dimension
    smallest: int  # a smaller denominator has no grade
    grades: dict[str, float]  # grade → from which percentage
    indicators: list[IndicatorText]
    total: dict[str, RateFigure]
    total_before: dict[str, RateFigure]
    total_year_ago: dict[str, RateFigure]
    lines: list[EvaluationLine]
    left_out: int  # smaller lines that are not shown


@dataclass(frozen=True, slots=True)
class TrendPoint:
    span: PeriodSpan
    figures: dict[str, RateFigure]


@dataclass(frozen=True, slots=True)
class HotCell:
    """A square of the map. `z`: Getis-Ord Gi* of the counts; `box`: west, south, east, north in degrees."""

    box: tuple[float, float, float, float]
    count: int
    before: int  # in the period before
    z: float
    hot: str  # high (p < 0.01) | raised (p < 0.05) | "", one-sided
    category: str | None  # the most frequent one
    category_name: str | None


@dataclass(frozen=True, slots=True)
class HotSpots:
    span: PeriodSpan
    scope: EvaluationScope
    cell_m: float
    total: int
    cells: list[HotCell]  # hottest first


@dataclass(frozen=True, slots=True)
class TopicTelling:
    """One incident of a topic."""

    incident: int
    number: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HotTopic:
    """A cluster of tellings. `incident` is the one nearest to the middle of it."""

    title: str
    incident: int
    number: str
    place: str
    count: int
    before: int  # tellings of the period before that fall into it
    first: datetime
    last: datetime
    category: str | None
    category_name: str | None
    tellings: list[TopicTelling]  # newest first, 50 at most


@dataclass(frozen=True, slots=True)
class HotTopics:
    """`sampled` of `total` tellings were compared: the newest, where there are more than fit."""

    span: PeriodSpan
    scope: EvaluationScope
    total: int
    sampled: int
    topics: list[HotTopic]
