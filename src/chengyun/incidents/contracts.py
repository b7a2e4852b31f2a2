"""What others may see of incidents: names, the rulebook and news. What reading returns is in `views`.

Times are UTC and aware; positions are WGS-84 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from chengyun.kernel.clock import Limit


class State(StrEnum):
    """Where an incident stands in the closed loop."""

    REPORTED = "reported"  # 待受理
    ACCEPTED = "accepted"  # 待核实
    VERIFIED = "verified"  # 待立案
    FILED = "filed"  # 待分拨
    DISPATCHED = "dispatched"  # 待签收
    HANDLING = "handling"  # 处置中
    HANDLED = "handled"  # 待核查
    CHECKED = "checked"  # 待结案
    CLOSED = "closed"  # 已结案
    RATED = "rated"  # 已评价
    VOIDED = "voided"  # 已作废
    MERGED = "merged"  # 已合并: told again, it follows its master
    TRANSFERRING = "transferring"  # 移送中
    ARBITRATING = "arbitrating"  # 待裁定
    SUSPENDED = "suspended"  # 已挂账


class OrderState(StrEnum):
    """Where one unit's work order stands."""

    ISSUED = "issued"  # 待签收
    ACKNOWLEDGED = "acknowledged"  # 已签收
    HANDLING = "handling"  # 处置中
    DONE = "done"  # 已反馈
    RETURNED = "returned"  # 已退单
    RELEASED = "released"  # 已免除
    WITHDRAWN = "withdrawn"  # 已撤回


class Role(StrEnum):
    LEAD = "lead"  # 主办
    ASSIST = "assist"  # 协办
    ASSIGNED = "assigned"  # 交办


class Level(StrEnum):
    """Urgency: 红 立即, 橙 今日, 黄 临期, 蓝 常规."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class Lamp(StrEnum):
    """The deadline lamp of whatever is running now."""

    NONE = "none"
    YELLOW = "yellow"
    RED = "red"  # overdue


class Channel(StrEnum):
    RESIDENT = "resident"
    GRID = "grid"
    HOTLINE = "hotline"
    API = "api"
    CENTRE = "centre"
    CAMERA = "camera"
    SENSOR = "sensor"
    INSPECTION = "inspection"


class Stage(StrEnum):
    """A stage that runs against a time limit."""

    ACCEPT = "accept"
    VERIFY = "verify"
    FILE = "file"
    DISPATCH = "dispatch"
    TAKE_OVER = "take_over"  # a transfer waits for its target
    ARBITRATE = "arbitrate"
    ACKNOWLEDGE = "acknowledge"
    HANDLE = "handle"
    CHECK = "check"
    CLOSE = "close"
    SUSPENSION = "suspension"  # the end of a suspension
    SUPERVISION = "supervision"  # an answer owed to the centre above


# --- the rulebook: what scenario folders compile to ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Category:
    code: str  # "0404" or "muck-truck.overload"
    name_zh: str
    name_en: str
    group_zh: str
    group_en: str
    level: Level
    scenario: str
    intake: str = "town"  # level of the centre that takes it on
    hints: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    public: bool = False  # neighbours may hear that somebody has reported such a thing nearby


@dataclass(frozen=True, slots=True)
class LimitRule:
    """One line of limits.yaml: the first that matches category, level and stage counts."""

    id: str
    category: str  # glob
    level: str  # glob
    stage: Stage
    limit: Limit
    yellow: float = 0.75  # share of the limit spent when the lamp turns yellow
    escalate: tuple[float, ...] = (1.25, 1.5, 2.0)  # shares spent at which the centre above hears


@dataclass(frozen=True, slots=True)
class UnitBrief:
    id: int
    name: str
    kind: str
    level: str


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit by kind: at which level, in the region of that level that holds the place (or owns the incident)."""

    kind: str
    level: str
    of: str = "place"  # "place" | "owner"


@dataclass(frozen=True, slots=True)
class RoutingRule:
    id: str
    scenario: str
    why_zh: str
    why_en: str
    when: dict[
        str, object
    ]  # {"category": glob|[..], "event": .., "level": [..], "channel": .., "hours": "22:00-06:00", …}
    lead: UnitRef
    assist: tuple[UnitRef, ...] = ()
    assign_down: tuple[UnitRef, ...] = ()
    auto: bool = False  # dispatch at once, without verification by an officer
    source: str = ""  # file:line


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One line of the duty matrix (权责清单): who leads and assists for a category at a level of centre."""

    category: str  # glob
    level: str
    lead: str
    assist: tuple[str, ...] = ()
    assign_down: tuple[str, ...] = ()
    clause: str = ""  # number in the duty matrix, shown in "why"


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    step: str  # move or work order move
    audience: str  # "reporter" | "unit" | "centre"
    zh: str
    en: str
    category: str = "*"  # glob; one that names categories goes before the one for all


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that scenario folders say about incidents; immutable, content-addressed, pinned by incidents."""

    digest: str
    versions: dict[str, str]  # scenario id → version
    categories: tuple[Category, ...]
    limits: tuple[LimitRule, ...]
    routing: tuple[RoutingRule, ...]
    duties: tuple[DutyLine, ...]
    messages: tuple[MessageTemplate, ...]


# --- news published inside the transaction -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class About:
    """What a listener needs of an incident without reading it again: whom it may be told to, and its name."""

    number: str
    readers: tuple[int, ...]
    category: str | None
    level: Level


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    incident: int
    origin: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class IncidentMoved:
    incident: int
    move: str
    state: State
    about: About | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class IncidentClosed:
    incident: int
    origin: tuple[str, str] | None
