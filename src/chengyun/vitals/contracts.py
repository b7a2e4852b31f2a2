"""What others may see of vital signs: one definition, its thresholds, alarms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

LEVELS = ("grid", "village", "town", "district", "city")  # from the lowest up
NOT = "not "  # before a value in a sign's `where`


class Level(IntEnum):
    """How bad a sign is: 蓝黄橙红."""

    NONE = 0
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4


class Statistic(StrEnum):
    """What is made of a measure in a region. The first group is over the readings of the window (event time), the
    second over the latest values of the region's datastreams, whatever their age up to "alive" (three expected
    intervals).
    """

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    RANGE = "range"  # max - min
    STD = "std"  # of the population
    CHANGE = "change"  # mean of the window - mean of the window before it

    STREAMS = "streams"  # how many datastreams there are
    ALIVE = "alive"  # how many of them were heard within three expected intervals
    SILENT = "silent"
    ALIVE_SHARE = "alive_share"  # 0..1
    LATEST_MEAN = "latest_mean"  # of those alive, as all below
    LATEST_MIN = "latest_min"
    LATEST_MAX = "latest_max"
    LATEST_SUM = "latest_sum"
    ABOVE = "above"  # how many are above `limit`
    ABOVE_SHARE = "above_share"  # 0..1 of those alive
    BELOW = "below"
    BELOW_SHARE = "below_share"

    GAUGE = "gauge"  # the number itself: of incidents, registers and formulas
    GAUGE_MEAN = "gauge_mean"  # of a register that is averaged, not added, going up


WINDOWED = frozenset(
    Statistic(name) for name in ["count", "sum", "mean", "min", "max", "range", "std", "change"]
)
LATEST = frozenset(
    Statistic(name)
    for name in [
        "streams",
        "alive",
        "silent",
        "alive_share",
        "latest_mean",
        "latest_min",
        "latest_max",
        "latest_sum",
        "above",
        "above_share",
        "below",
        "below_share",
    ]
)


class Input(StrEnum):
    """What a sign is made of."""

    DATASTREAMS = "datastreams"  # `of` is a quantity: gas.methane
    INCIDENTS = "incidents"  # `of` is MEASURE or MEASURE:CATEGORY prefix: open, overdue:0102, reported_24h
    REGISTER = "register"  # `of` is the code of a register's number, which comes by file or API with its date
    SIGNS = "signs"  # `inputs` names other signs; `expression` is over those names


@dataclass(frozen=True, slots=True)
class Threshold:
    """`on` is where the level begins, `off` where it ends: for direction high `off <= on`, for low `off >= on`."""

    level: Level
    on: float
    off: float


@dataclass(frozen=True, slots=True)
class Opens:
    """Which incident an episode opens, once it has reached `level`."""

    level: Level
    category: str
    title_zh: str
    life: bool = False  # life-safety first


@dataclass(frozen=True, slots=True)
class Sign:
    """One vital sign, for all regions from `lowest` up to the city. Durations are seconds, shares 0..1, `unit` UCUM.

    `expression` is over `x` (the statistic) or over the names of `inputs`: + - * / ( ) numbers, min, max, abs,
    nothing else; a division by zero or an input without value is no value.
    """

    code: str
    name_zh: str
    name_en: str
    domain: str
    unit: str
    source: str  # for people: where the number comes from
    owner: str  # kind of unit that answers for it
    input: Input
    of: str = ""
    where: Mapping[str, str] = field(default_factory=dict)  # properties of things; see `selection`
    which_zh: str = ""  # the same for people
    which_en: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)  # name in the expression → code of a sign
    statistic: Statistic = Statistic.GAUGE
    limit: float | None = None  # of above, below and their shares
    window_s: int = 0
    lateness_s: int = 120
    expression: str = "x"
    lowest: str = "town"
    decimals: int = 1
    low: float | None = None  # valid range of the value
    high: float | None = None
    bad: str | None = None  # high | low
    thresholds: tuple[Threshold, ...] = ()  # from blue to red, those that there are
    for_s: int = 0
    hold_s: int = 0
    no_data: str = "keep"  # keep | alarm
    no_data_after_s: int = 0
    alarm_levels: tuple[str, ...] = ()  # where thresholds are judged; none: at the lowest
    opens: Opens | None = None
    tells: tuple[str, ...] = ()  # levels of centres above that hear of an episode, one after the other
    period: str = "live"  # live | day | month | year: how often a new number is expected
    template: str | None = None  # which template made it; None: written by hand


Pairs = list[tuple[str, str]]  # a property and its value


def selection(where: Iterable[tuple[str, str]]) -> tuple[Pairs, Pairs]:
    """What things must have, and what they must not have ("not VALUE": those with another value, or none, are in)."""
    having: Pairs = []
    without: Pairs = []
    for name, value in where:
        (without if value.startswith(NOT) else having).append((name, value.removeprefix(NOT)))
    return having, without


@dataclass(frozen=True, slots=True)
class Simulated:
    """How a register's simulated numbers are made in a region of its lowest level: between `low` and `high`; so many per one
    of the register `per` there; or what the registers `others` leave of `rest`.
    """

    low: float = 0.0
    high: float = 0.0
    per: str = ""
    rest: str = ""
    others: tuple[str, ...] = ()

    @property
    def made_of(self) -> tuple[str, ...]:
        """The other registers that are needed."""
        return tuple(one for one in (self.per, self.rest, *self.others) if one)


@dataclass(frozen=True, slots=True)
class Domain:
    """A field of the city: gas, bridges, water… `section` is one of the city's eight."""

    code: str
    name_zh: str
    name_en: str
    section: str


class EpisodeKind(StrEnum):
    """Why an alarm is there."""

    THRESHOLD = "threshold"
    NO_DATA = "no_data"
    ANOMALY = "anomaly"


class Detector(StrEnum):
    """What decided that something is not as usual."""

    HOUR = "hour"  # against the same time of day
    VALUE = "value"  # against the usual value, whatever the hour
    JUMP = "jump"  # against the readings just before
    LEVEL = "level"  # the mean of the last readings against the usual level
    SHIFT = "shift"  # the mean of the last readings against the mean of those before
    ACTIVITY = "activity"  # how much it moves from reading to reading: restless, or flat


@dataclass(frozen=True, slots=True)
class Normal:
    """What tier 1 knew when a datastream rang: kept with the alarm, so that it explains itself later. `seen`: the value, or
    with LEVEL the mean of the last few; usual is `expected` ± `half`; `profile`: departure from `level` in each hour of
    a working day, then of a day of rest, None where not known.
    """

    detector: Detector
    at_us: int
    value: float
    seen: float
    expected: float
    half: float
    sigmas: float
    level: float
    profile: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The engine's word: in a region a sign went from one level to another. `at` is the moment of the step and
    `began` the moment of the episode's first change: (sign, region, kind, began) names the episode, of an anomaly
    together with its `stream`. `normal`: what an anomaly was judged by, when it begins.
    """

    sign: str
    region: int
    kind: EpisodeKind
    began: datetime
    at: datetime
    before: Level
    after: Level
    value: float | None
    stream: int | None  # the datastream that decided, where one did
    normal: Normal | None = None
