"""Alarms as they are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chengyun.vitals.contracts import EpisodeKind


class AlarmState(StrEnum):
    """Where an alarm stands, from the one that rings to the one that is over."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    CLEARED = "cleared"


class What(StrEnum):
    """What a step of an alarm's history says."""

    RAISED = "raised"
    UP = "up"
    DOWN = "down"
    CLEARED = "cleared"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    TOLD = "told"
    OPENED = "opened"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One episode of a sign in a region. `value` in the sign's unit, with so many `decimals` (None: a reading as it came);
    position in WGS-84 degrees where a thing decided.
    """

    id: int
    sign: str
    sign_name: str
    unit: str
    decimals: int | None
    region: int
    region_name: str
    kind: EpisodeKind
    state: AlarmState
    level: int
    peak: int
    value: float | None
    thing: int | None
    thing_name: str | None
    lon: float | None
    lat: float | None
    group: str
    began: datetime
    changed_at: datetime
    cleared_at: datetime | None
    acknowledged_by: str | None
    shelved_until: datetime | None
    incident: int | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class AlarmStep:
    """One line of an alarm's history."""

    at: datetime
    what: What
    level: int
    value: float | None
    by: str | None
    note: str


@dataclass(frozen=True, slots=True)
class AlarmPoint:
    """Readings from `at` on: their mean, the smallest, the largest."""

    at: datetime
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AlarmBand:
    """What was usual from `at` on."""

    at: datetime
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AlarmPicture:
    """The picture of normal of an anomaly: the reading with which it rang (`at`, `value`) and what was usual then; the
    readings around it and what was usual for each, as was known when it rang. In the sign's unit.
    """

    at: datetime
    value: float
    expected: float
    low: float
    high: float
    since: datetime
    until: datetime
    points: list[AlarmPoint]
    band: list[AlarmBand]


@dataclass(frozen=True, slots=True)
class AlarmDetail:
    """An alarm, how it went, the sentence that says why it rang, and of an anomaly the picture of normal."""

    alarm: Alarm
    why: str
    steps: list[AlarmStep]
    picture: AlarmPicture | None


@dataclass(frozen=True, slots=True)
class Storm:
    """Alarms of one place and type that came together: one line instead of hundreds."""

    group: str
    title: str
    count: int
    open: int
    level: int
    began: datetime
    first: Alarm


@dataclass(frozen=True, slots=True)
class AlarmPage:
    """`after` continues the list; `open` counts by level from blue to red, of all that the filters let through."""

    items: list[Alarm]
    after: int | None
    open: list[int]
    per_operator_hour: float | None  # raised in the last hour, per officer on duty at the caller's centre


@dataclass(frozen=True, slots=True)
class Noisy:
    """How a sign behaved in a region over a period."""

    sign: str
    sign_name: str
    region: int
    region_name: str
    count: int
    chattering: int  # began within ten minutes of the end of the one before
    median_minutes: float | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """A period's alarms: how many, how fast they were heard, which ring too often."""

    since: datetime
    until: datetime
    raised: int
    by_level: list[int]
    incidents: int
    acknowledged_minutes: float | None  # median
    cleared_minutes: float | None
    by_day: list[tuple[datetime, int]]
    noisy: list[Noisy]
