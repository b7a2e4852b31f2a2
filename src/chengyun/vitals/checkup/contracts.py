"""What others may see of checkups. Instants are UTC, scores 0..100, shares and coverage 0..1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

EVALUATION = "evaluation"  # the domain that the evaluation of incidents makes, beside those of the catalogue


class CheckupPeriod(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    CUSTOM = "custom"


class Target(StrEnum):
    """What a proposal links to."""

    SIGN = "sign"
    DOMAIN = "domain"
    REGION = "region"
    FIGURE = "figure"  # of the evaluation


@dataclass(frozen=True, slots=True)
class CheckupScore:
    """`score`: missing data earn nothing; `known`: of what there are data of. None: there is nothing to go by. `before`: the
    score of the period before; `median`, `rank` (1 is best) of `of` regions of the same centre that have one."""

    score: float | None
    known: float | None
    grade: str | None
    coverage: float
    before: float | None
    median: float | None
    rank: int | None
    of: int


@dataclass(frozen=True, slots=True)
class CheckupPart:
    """A part of the period, local days; its score is of signs alone, without alarms and incidents."""

    first: date
    last: date
    score: float | None


@dataclass(frozen=True, slots=True)
class CheckupSign:
    """What a sign was in the period. `value`, `before`: time-weighted means; `level` that of `value`; `fresh`: the newest moment
    that is in it; `lost`: points of the whole report that it cost; `incidents` that its alarms opened, five at most."""

    code: str
    name: str
    unit: str
    decimals: int
    domain: str
    owner: str
    value: float | None
    before: float | None
    score: float
    level: int
    coverage: float
    fresh: datetime | None
    lost: float
    alarms: int
    alarms_open: int
    incidents: list[int]


@dataclass(frozen=True, slots=True)
class CheckupDomain:
    """`weight` in the whole; `expected` signs have had data in this period or the one before, `valued` of them in this one;
    `alarms` raised, blue to red; `deducted` points for them; `worst`: the signs that cost most."""

    code: str
    name: str
    section: str
    weight: float
    score: CheckupScore
    parts: list[float | None]
    expected: int
    valued: int
    alarms: list[int]
    deducted: float
    worst: list[CheckupSign]


@dataclass(frozen=True, slots=True)
class CheckupFigure:
    """An indicator of the evaluation as the report counts it; `score` None: too few incidents to say."""

    key: str
    name: str
    numerator: int
    denominator: int
    rate: float | None
    before: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class CheckupArea:
    """An area right below; `pull`: points below the average of all of them."""

    region: int
    name: str
    score: float | None
    grade: str | None
    before: float | None
    pull: float | None
    weakest: str


@dataclass(frozen=True, slots=True)
class CheckupProposal:
    """A sentence that `rule` of data/proposals.csv made of a finding, and what it is about."""

    rule: str
    text: str
    owner: str
    target: Target
    code: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a checkup found, as it is kept. `recorded`: share of the sampled moments at which signs were recorded at all;
    `handling_missed`: incidents that fell due and were not handled in time."""

    overall: CheckupScore
    parts: list[CheckupPart]
    domains: list[CheckupDomain]
    handling: list[CheckupFigure]
    handling_missed: int
    problems: list[CheckupSign]
    areas: list[CheckupArea]
    proposals: list[CheckupProposal]
    alarms: list[int]
    signs: int  # that count
    without_source: int  # that count and have no data here
    recorded: float
    sampled: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class CheckupLine:
    """A version in a list. `until` before `ends`: the period was still running; `by` None: made as scheduled."""

    id: int
    region: int
    region_name: str
    period: CheckupPeriod
    first: date
    last: date
    since: datetime
    until: datetime
    ends: datetime
    score: float | None
    grade: str | None
    method: str
    computed_at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class CheckupIncident:
    """As far as the reader may read it."""

    id: int
    number: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class CheckupPeer:
    """A region of the same centre that the reader may read, and its newest checkup of the same period."""

    region: int
    name: str
    score: float | None
    checkup: int


@dataclass(frozen=True, slots=True)
class Checkup:
    """A version as its reader sees it: `incidents` behind the problems, `missed` ones of the evaluation (ten at most)."""

    line: CheckupLine
    label: str
    level: str
    above: int | None  # one step up, where the reader may read it
    findings: Findings
    peers: list[CheckupPeer]
    incidents: list[CheckupIncident]
    missed: list[CheckupIncident]
    grades: dict[str, str]  # grade → its name
    may_make: bool
