"""What reading incidents returns: the queue, the detail, the lists and what a reporter is told. Shapes only.

Times are UTC and aware; positions are WGS-84 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from chengyun.incidents.contracts import Channel, Lamp, Level, OrderState, Role, Stage, State, UnitBrief
from chengyun.territory.contracts import Chain, RegionRef


@dataclass(frozen=True, slots=True)
class Deadline:
    """What runs now: limit amount is hours (urgent, working_hours) or days (working_days, calendar_days)."""

    stage: Stage
    started: datetime
    due: datetime
    amount: float
    clock: str
    lamp: Lamp
    share: float  # of the limit spent, 0…, above 1 is overdue
    rule: str


@dataclass(frozen=True, slots=True)
class Supervised:
    """An answer that is owed to a centre above, or was given and waits for its verdict."""

    state: str  # owed | late | answered
    centre: str
    note: str
    since: datetime
    due: datetime | None
    times: int
    refusals: int
    reply: str | None
    replied_at: datetime | None
    late: bool  # the answer came, or is, after its time


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One line of the queue."""

    id: int
    number: str
    title: str
    category: str | None
    category_name: str | None
    state: State
    level: Level
    lamp: Lamp
    centre: RegionRef
    place: str  # "九龙坡区 · 石桥铺街道 · 某社区 · 003 网格"
    address: str
    lon: float
    lat: float
    channel: Channel
    reports: int
    returns: int
    pinned: bool
    alert: bool  # urgent and not yet acknowledged at the reader's centre
    simulated: bool
    occurred_at: datetime
    reported_at: datetime
    changed_at: datetime
    deadline: Deadline | None
    holder: str  # who has to act now, in words
    version: int
    merged_into: int | None  # the master that it follows
    urges: int = 0
    unstarted: bool = False  # its lead has signed for it and not begun
    supervision: Supervised | None = None


@dataclass(frozen=True, slots=True)
class IncidentPage:
    items: list[IncidentRow]
    total: int
    next: str | None
    at_least: bool = False  # counting ended at `total`, there are more


@dataclass(frozen=True, slots=True)
class Need:
    """A field that a move asks for."""

    name: str  # reason | note | category | level | units | to_centre | until | attachments | person | unit | outcome | measures | reply | solved | stars
    kind: str  # text | category | level | units | region | time | photos | person | unit | number | choice
    required: bool
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowed:
    """A move that the reader may make now."""

    move: str
    label: str
    proposed: bool  # the next step one would take
    needs: list[Need]
    order: int | None = None  # work order id, for moves of a work order


@dataclass(frozen=True, slots=True)
class Evidence:
    id: int
    kind: str
    url: str
    thumb_url: str
    sha256: str
    taken_at: datetime | None
    verified: bool
    public: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history; never edited."""

    id: int
    at: datetime
    move: str
    label: str
    actor_kind: str  # person | resident | anonymous | token | system
    actor: str
    unit: str | None
    text: str
    order: int | None
    state: State
    evidence: list[Evidence]
    why: dict[str, object]


@dataclass(frozen=True, slots=True)
class WorkOrder:
    id: int
    incident: int
    number: str
    role: Role
    unit: UnitBrief
    person: str | None
    person_id: int | None
    state: OrderState
    deadline: Deadline | None
    issued_at: datetime
    acknowledged_at: datetime | None
    done_at: datetime | None
    returns: int
    outcome: str | None
    measures: dict[str, object]
    allowed: list[Allowed]


@dataclass(frozen=True, slots=True)
class ReportView:
    id: int
    incident: int  # the one that it was told of; another one where that was merged
    number: str
    channel: Channel
    text: str
    at: datetime
    reporter: str  # "张**", "匿名居民", "已隐藏"
    phone: str | None  # "138****0001"; revealed only through its own audited call
    hidden: bool
    spam: bool
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True)
class MergedBrief:
    """An incident on the other side of a merge."""

    id: int
    number: str
    title: str
    reports: int
    channel: Channel
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """One answer to "why": a rule or formula, its inputs and their source."""

    topic: str  # routing | limit | level | category | centre | place
    text: str
    rule: str | None
    source: str | None
    inputs: dict[str, object] = field(default_factory=dict)
    rejected: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    unit: UnitBrief
    role: Role
    load: int  # open work orders of the unit
    distance_m: float | None
    on_duty: int
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The dispatch that the rules propose, before anybody agrees."""

    rule: str
    why: str
    source: str
    units: list[Candidate]
    rejected: list[Candidate]
    limit: Deadline | None
    trace: list[str]


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    row: IncidentRow
    text: str
    chain: Chain
    border_m: float
    schematic: bool
    territory_version: int
    steps_passed: list[str]  # for the closed loop: report accept verify dispatch handle check close rate
    step_now: str
    history: list[Step]
    orders: list[WorkOrder]
    reports: list[ReportView]
    evidence: list[Evidence]
    why: list[Reason]
    allowed: list[Allowed]
    transfer_to: RegionRef | None
    outcome: str | None
    rulebook: dict[str, str]
    channels: list[Channel]  # of all its reports
    merged: list[MergedBrief]  # merged into it
    master: MergedBrief | None  # it was merged into
    former: Former | None = None
    binding: bool = False  # decided by arbitration: it cannot be sent back again


@dataclass(frozen=True, slots=True)
class Former:
    """The incident that this one takes up again."""

    id: int
    number: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The strip of counts; each is a filter of the queue."""

    to_accept: int
    to_verify: int
    to_dispatch: int
    handling: int
    overdue: int
    to_check: int
    closed_today: int
    alerts: int
    on_time_share: float | None  # of those closed this month, 0…1
    arbitrating: int = 0
    transfers_in: int = 0


@dataclass(frozen=True, slots=True)
class MapPoint:
    id: int
    lon: float
    lat: float
    level: Level
    state: State


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a report; what the reporter keeps."""

    report: int
    incident: int
    number: str
    tracking: str  # unguessable
    state: State
    place: str
    promise: str  # in plain words
    duplicate: bool  # the same Idempotency-Key was answered before


@dataclass(frozen=True, slots=True)
class Task:
    """A work order as its handler sees it on the phone."""

    order: WorkOrder
    incident: IncidentRow
    text: str
    distance_m: float | None
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True)
class TrackingStep:
    name: str
    label: str
    at: datetime | None
    text: str
    done: bool
    who: str = ""  # a unit or a centre, never a person
    until: datetime | None = None  # where it stands now: when this step is to be over
    now: bool = False


@dataclass(frozen=True, slots=True)
class Delay:
    """Why it takes longer than promised, honestly; `until`: the new promise, where there is one."""

    kind: str  # suspended | deferred | transferring | arbitrating | assisting | late
    text: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Tracking:
    """What a reporter sees of the incident; no names of people, no other reporters."""

    number: str
    title: str
    text: str
    place: str
    state: State
    state_label: str
    steps: list[TrackingStep]
    messages: list[str]
    promised_at: datetime | None
    holder: str
    can_rate: bool
    can_reopen: bool
    stars: int | None
    evidence: list[Evidence]
    simulated: bool
    merged_into: str | None  # number of the incident that it is handled with
    reports: int  # how many told of it
    next_words: str = ""  # what comes next, in words
    delay: Delay | None = None
    can_urge: bool = False
    urge_from: datetime | None = None  # urged already: from when on again
    urges: int = 0
    rate_until: datetime | None = None  # rated: until when it may be changed
    reopen_until: datetime | None = None
    closed_at: datetime | None = None
    lon: float = 0.0
    lat: float = 0.0
    former: str | None = None  # number of the incident that this one takes up again


@dataclass(frozen=True, slots=True)
class MoveResult:
    """One line of a bulk action's answer."""

    id: int
    ok: bool
    number: str
    code: str | None
    message: str | None
