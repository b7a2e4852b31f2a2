"""What others may see of the registry: things as they come in, as they are shown, and what an import answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chengyun.sensing.contracts import Thing

READ, WRITE = "thing.read", "thing.write"
PREFIX = "cyd_"
POLICY = "sensing"  # the system policy that sees every thing, for codes in use and reorganisations


@dataclass(frozen=True, slots=True)
class StreamSetting:
    """How one datastream of a thing departs from its quantity, named by the code's last part; None: it does not.

    `unit` is what the device sends (UCUM); value = raw × scale + shift is in the quantity's unit, `low` to `high` bound it.
    """

    quantity: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    sentinels: tuple[float, ...] | None = None
    interval_s: float | None = None
    scale: float | None = None
    shift: float | None = None
    calibrated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewThing:
    """A device that is to be registered. WGS-84 degrees; `owner` a unit; `quota` None: by what its kind sends."""

    code: str
    kind: str
    name: str
    lon: float
    lat: float
    owner: int | None = None
    address: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    quota: int | None = None
    simulated: bool = False
    streams: tuple[StreamSetting, ...] = ()


@dataclass(frozen=True, slots=True)
class ThingEdit:
    """Everything about a thing that may change; its code and kind may not, since readings go by them."""

    name: str
    lon: float
    lat: float
    owner: int | None
    address: str
    properties: Mapping[str, Any]
    quota: int


@dataclass(frozen=True, slots=True)
class StreamEdit:
    """Everything about a datastream that may change. `calibrated_at` None: now, where scale or shift change."""

    unit: str
    low: float
    high: float
    sentinels: tuple[float, ...]
    interval_s: float
    scale: float
    shift: float
    calibrated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which things; None: any. `owner` a unit, `q` a part of code, name or address."""

    kind: str | None = None
    region: int | None = None
    owner: int | None = None
    active: bool | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class ThingRow:
    """A thing in a list, with names in the reader's language; `place` the chain of regions down to the grid."""

    id: int
    code: str
    kind: str
    kind_name: str
    name: str
    owner: int | None
    owner_name: str
    region: int
    place: str
    lon: float
    lat: float
    address: str
    active: bool
    simulated: bool
    has_secret: bool


@dataclass(frozen=True, slots=True)
class ThingPage:
    total: int
    page: int
    size: int
    rows: list[ThingRow]


@dataclass(frozen=True, slots=True)
class StreamName:
    """What a datastream measures, in the reader's language, in the quantity's unit; `shown`: that unit as people write it,
    `sent`: the one in which the device sends.
    """

    stream: int
    name: str
    unit: str
    shown: str
    sent: str


@dataclass(frozen=True, slots=True)
class CountRow:
    """Readings of one day: accepted, marked, or rejected for a reason; `name` says which in the reader's language."""

    day: date
    what: str
    name: str
    n: int


@dataclass(frozen=True, slots=True)
class ThingDetail:
    thing: Thing
    kind_name: str
    owner_name: str
    place: str
    names: list[StreamName]
    counts: list[CountRow]


@dataclass(frozen=True, slots=True)
class ThingSecret:
    """The only moment at which a device's secret is seen."""

    thing: int
    code: str
    secret: str


@dataclass(frozen=True, slots=True)
class ThingFault:
    """What is wrong in one cell of a table, in the reader's language; the heads are line 1."""

    line: int
    thing: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class ThingsImported:
    """What a table would make, or has made. `report` holds the first of `faults`; `ignored` are heads that nothing is
    made of; `change` is for undoing, 0: only tried.
    """

    lines: int
    things: int
    faults: int
    report: list[ThingFault]
    ignored: list[str]
    change: int
    secrets: list[ThingSecret]
