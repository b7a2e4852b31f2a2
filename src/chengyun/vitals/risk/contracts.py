"""What others may see of risks. Levels are 0 (calm) to 4 (red); instants UTC; positions WGS-84 degrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chengyun.territory.contracts import RegionRef


class RiskKind(StrEnum):
    ALARM = "alarm"
    SIGN = "sign"
    INCIDENT = "incident"


class RiskThingState(StrEnum):
    ALARM = "alarm"
    ALIVE = "alive"
    SILENT = "silent"
    UNKNOWN = "unknown"  # nobody computes: whether it is heard is not known


@dataclass(frozen=True, slots=True)
class RiskCounts:
    """What is open in a region and below. Lists go from blue to red; `shelved` alarms are in no list."""

    alarms: list[int]
    signs: list[int]
    shelved: int
    red: int
    orange: int
    overdue: int


@dataclass(frozen=True, slots=True)
class RiskRegion:
    """`single`: the colour that the worst single fact gives, `summed` the one of all points; the higher is `level`."""

    region: RegionRef
    level: int
    score: float
    single: int
    summed: int
    counts: RiskCounts


@dataclass(frozen=True, slots=True)
class RiskRegions:
    """The regions of a level below `parent`, the worst first. `live`: signs are computed now, else they do not count;
    `schematic`: borders are invented."""

    parent: RegionRef
    label: str
    level: str
    live: bool
    beat: datetime | None
    schematic: bool
    regions: list[RiskRegion]


@dataclass(frozen=True, slots=True)
class RiskFact:
    """One reason for a colour. `id`: of the alarm or incident; `code`: of the sign; `thing` decided, where one did.
    `points` are those that it adds, `level` its own, `seen` what it can colour here by itself."""

    kind: RiskKind
    title: str
    region: int
    place: str
    level: int
    seen: int
    points: float
    since: datetime | None
    id: int | None = None
    code: str | None = None
    thing: int | None = None
    thing_name: str | None = None
    incident: int | None = None
    acknowledged: bool = False
    shelved: bool = False
    overdue: bool = False
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class RiskThingCount:
    """A thing with so many open alarms in the region."""

    thing: int
    name: str
    alarms: int
    level: int


@dataclass(frozen=True, slots=True)
class RiskWhy:
    """Why a region has its colour. `chain`: the regions above it that the caller may read, from the top, itself last;
    `bounds`: points from which it is blue, yellow, orange, red; `drop`: steps that a fact from below loses here;
    `facts` the worst of `total`."""

    risk: RiskRegion
    chain: list[RegionRef]
    below: str | None
    bounds: list[float]
    drop: int
    live: bool
    beat: datetime | None
    schematic: bool
    total: int
    facts: list[RiskFact]
    things: list[RiskThingCount]


@dataclass(frozen=True, slots=True)
class RiskItem:
    """An alarm or an incident on the map and in the list beside it. `at`: it began or was reported; `place`: the region
    that it stands in; `exact`: it has a position of its own, else a point inside its region stands for it."""

    kind: RiskKind
    id: int
    title: str
    detail: str
    level: int
    state: str
    open: bool
    overdue: bool
    region: int
    place: str
    lon: float
    lat: float
    exact: bool
    at: datetime
    thing: int | None
    sign: str | None
    incident: int | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class RiskItems:
    """The worst, then newest; `alarms` and `incidents` are how many there are of each."""

    alarms: int
    incidents: int
    items: list[RiskItem]


@dataclass(frozen=True, slots=True)
class RiskHours:
    """What began hour by hour from `since` on: per hour the counts from blue to red."""

    since: datetime
    hours: int
    alarms: list[list[int]]
    incidents: list[list[int]]


@dataclass(frozen=True, slots=True)
class RiskThing:
    id: int
    code: str
    name: str
    kind: str
    kind_name: str
    state: RiskThingState
    level: int
    lon: float
    lat: float
    simulated: bool


@dataclass(frozen=True, slots=True)
class RiskCluster:
    """Things of one square of the map: the middle of where they stand, how many, and how many of them in alarm (the
    worst `level`) or silent."""

    lon: float
    lat: float
    things: int
    alarm: int
    silent: int
    level: int


@dataclass(frozen=True, slots=True)
class RiskThings:
    """All things of a box one by one, or, where they are more than was asked for, as clusters."""

    total: int
    alarm: int
    silent: int
    live: bool
    things: list[RiskThing]
    clusters: list[RiskCluster]


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """A thing of a domain of danger that is in alarm now (`level`) or was within thirty days (`peak`, `alarms`)."""

    thing: int
    name: str
    kind_name: str
    domain: str
    region: int
    lon: float
    lat: float
    level: int
    peak: int
    alarms: int
    last: datetime
    simulated: bool
