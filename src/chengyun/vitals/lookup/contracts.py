"""What others may see of lookup. Instants are UTC, positions WGS-84; a level is 0 (none) to 4 (red)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chengyun.territory.contracts import RegionRef


class Freshness(StrEnum):
    FRESH = "fresh"
    STALE = "stale"  # somebody computed it once, nobody does now, or none of its inputs is alive
    NONE = "none"  # no value: never any, or it cannot be computed now


@dataclass(frozen=True, slots=True)
class SignReading:
    """A sign in a region. `level` None: not known; `at`: the newest reading that is in it, `since` when the level began;
    `inputs` datastreams, incidents or numbers, `alive` of them were heard in time."""

    value: float | None
    level: int | None
    state: Freshness
    at: datetime | None
    since: datetime | None
    alive: int
    inputs: int


@dataclass(frozen=True, slots=True)
class SignBrief:
    """A definition as a row shows it, named in the reader's language."""

    code: str
    name: str
    domain: str
    domain_name: str
    unit: str
    decimals: int
    bad: str | None  # high | low
    input: str
    period: str
    lowest: str
    generated: bool


@dataclass(frozen=True, slots=True)
class SignRank:
    """Place among the regions of the same centre: the worst first, the highest where neither is bad."""

    place: int
    of: int


@dataclass(frozen=True, slots=True)
class SignHit:
    """`spark`: the values of the last 24 hours, oldest first."""

    sign: SignBrief
    reading: SignReading
    rank: SignRank | None
    spark: list[float | None]


@dataclass(frozen=True, slots=True)
class SignScope:
    """Where the numbers are from. `above`: one step up, where the caller may read it; `live`: somebody computes now,
    `beat` when that was last so."""

    region: RegionRef
    label: str
    above: int | None
    live: bool
    beat: datetime | None


@dataclass(frozen=True, slots=True)
class SignLookup:
    """`named`: the question named the region; `outside`: it named one that the caller may not read."""

    scope: SignScope
    named: bool
    outside: RegionRef | None
    total: int
    rows: list[SignHit]


@dataclass(frozen=True, slots=True)
class SignThreshold:
    """Begins at `on`, ends at `off`."""

    level: int
    on: float
    off: float


@dataclass(frozen=True, slots=True)
class SignThresholds:
    """In force in a region. `region` whose they are, None: as the catalogue has them; `reason` only for the region's own."""

    thresholds: list[SignThreshold]
    region: RegionRef | None
    at: datetime | None
    reason: str | None
    own: bool


@dataclass(frozen=True, slots=True)
class SignInput:
    """Another sign that is in a formula, under its name there."""

    name: str
    sign: SignBrief
    reading: SignReading


@dataclass(frozen=True, slots=True)
class SignWhy:
    """How a value comes about. `of`: the quantity (by name and code), measure or register; `owner`: the unit responsible there; durations are seconds."""

    of: str
    which: str  # of which things; empty: of all
    statistic: str
    limit: str | None  # of the quantity, with its unit
    window_s: int
    lateness_s: int
    expression: str
    inputs: list[SignInput]
    source: str
    owner: str
    low: float | None
    high: float | None
    for_s: int
    hold_s: int
    no_data: str
    template: str | None
    alarms_open: int  # in the region and below
    incidents_30d: int  # that alarms of it opened in thirty days


@dataclass(frozen=True, slots=True)
class SignPage:
    sign: SignBrief
    scope: SignScope
    reading: SignReading
    rank: SignRank | None
    thresholds: SignThresholds
    why: SignWhy
    may_edit: bool


@dataclass(frozen=True, slots=True)
class SignChild:
    """`grids`: those in it, by which a map that is near enough to show grids alone tints it; empty for a district."""

    region: RegionRef
    reading: SignReading
    grids: list[int]


@dataclass(frozen=True, slots=True)
class SignStream:
    """A datastream that is in the value. `at`: when `value` was measured."""

    stream: int
    thing: int
    code: str
    name: str
    unit: str
    value: float | None
    at: datetime | None
    lon: float
    lat: float
    simulated: bool


@dataclass(frozen=True, slots=True)
class SignBelow:
    """The regions below, the worst first; in a grid its datastreams, of which `streams_total` there are."""

    scope: SignScope
    level: str | None
    regions: list[SignChild]
    streams: list[SignStream]
    streams_total: int


@dataclass(frozen=True, slots=True)
class SignTrendPoint:
    """`low` and `high` are those of several values that one point stands for."""

    at: datetime
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class SignTrend:
    since: datetime
    until: datetime
    points: list[SignTrendPoint]


@dataclass(frozen=True, slots=True)
class SignDomain:
    code: str
    name: str
    section: str
    signs: int


@dataclass(frozen=True, slots=True)
class SignCatalogueRow:
    sign: SignBrief
    reading: SignReading


@dataclass(frozen=True, slots=True)
class SignCatalogue:
    """`total` fit the filters, of `every`; `with_data` of the fitting ones have a value in the region."""

    scope: SignScope
    every: int
    total: int
    with_data: int
    generated: int
    domains: list[SignDomain]
    rows: list[SignCatalogueRow]


@dataclass(frozen=True, slots=True)
class SignField:
    """One domain in a region: how many signs at which level (0 to 4), how many stale, and the worst."""

    domain: SignDomain
    levels: list[int]
    stale: int
    rows: list[SignCatalogueRow]


@dataclass(frozen=True, slots=True)
class SignBoard:
    scope: SignScope
    domains: list[SignField]


@dataclass(frozen=True, slots=True)
class SignRing:
    """Once that it would have rung; `ended` None: it would still. `top` is the worst value."""

    began: datetime
    ended: datetime | None
    peak: int
    top: float


@dataclass(frozen=True, slots=True)
class SignTryOut:
    """Thresholds on what was: `rings` times, `now` times with those in force. `step_s` lies between two values, so what
    was shorter is not seen; `known` is the share of the values that there are."""

    since: datetime
    until: datetime
    points: int
    step_s: int
    known: float
    rings: int
    now: int
    by_level: list[int]  # 0 to 4: how many peaked there
    listed: list[SignRing]  # newest first
