"""What the board and the desk show. Times are UTC and aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chengyun.incidents.views import Allowed, IncidentRow
from chengyun.territory.contracts import RegionRef


class Tab(StrEnum):
    """Why an incident needs a word from above."""

    OVERDUE = "overdue"  # 超期
    BOUNCING = "bouncing"  # 反复退单/移送
    FORGOTTEN = "forgotten"  # 无人处理
    REDONE = "redone"  # 重开/返工
    URGED = "urged"  # 群众反复催
    SUPERVISED = "supervised"  # 督办中


@dataclass(frozen=True, slots=True)
class Because:
    """One reason in words. `since`: when it began, `due`: the deadline in question, `times`: how often."""

    tab: Tab
    text: str
    since: datetime | None
    due: datetime | None
    times: int
    holder: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    row: IncidentRow
    because: list[Because]  # that of the tab first
    allowed: list[Allowed]


@dataclass(frozen=True, slots=True)
class Board:
    """A page of one tab with the counts of all; `rules` says in words when an incident stands there."""

    tab: Tab
    counts: dict[Tab, int]
    rules: dict[Tab, str]
    items: list[BoardRow]
    next: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What one side did and why, in its own words."""

    at: datetime
    move: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a dispute: a unit or a centre, with its area."""

    kind: str  # unit | centre
    id: int
    name: str
    area: RegionRef
    said: list[Said]


@dataclass(frozen=True, slots=True)
class Clause:
    """A line of the duty matrix about the category."""

    level: str
    clause: str
    lead: str
    assist: list[str]


@dataclass(frozen=True, slots=True)
class Precedent:
    """An earlier decision about the same category; `same_pair`: between the same sides."""

    incident: int
    number: str
    title: str
    at: datetime
    by: str
    decided_for: str
    reason: str
    same_pair: bool
    state_label: str
    stars: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that an arbiter needs on one page."""

    row: IncidentRow
    text: str
    parties: list[Party]
    clauses: list[Clause]
    precedents: list[Precedent]
    returns: int
    refusals: int
    asked_by: str | None  # who took it here before the third return or refusal, with the reason
    allowed: list[Allowed]
