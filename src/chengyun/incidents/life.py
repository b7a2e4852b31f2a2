"""One incident's life in memory: the rows that a move reads and changes. Field names are the columns' names.

The service loads a life, lets `effects` change it and saves what changed; the bulk loader starts an empty one and
keeps it in memory. Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chengyun.incidents.contracts import Role, State
from chengyun.kernel.contracts import Actor

OPEN_ORDERS = frozenset({"issued", "acknowledged", "handling"})
ENDED = frozenset({State.CLOSED, State.RATED, State.VOIDED, State.MERGED})
ENDED_RANK = 9
LEVEL_RANK = {"red": 0, "orange": 1, "yellow": 2, "blue": 3}


@dataclass(slots=True)
class Incident:
    """A row of incidents_incident."""

    id: int
    number: str
    title: str
    text: str
    category: str | None
    level: str
    centre_id: int
    desk_id: int
    territory_version: int
    city_id: int
    district_id: int
    town_id: int
    village_id: int | None
    grid_id: int | None
    lon: float
    lat: float
    border_m: float
    schematic: bool
    address: str
    positioned: str | None
    channel: str
    occurred_at: datetime
    reported_at: datetime
    changed_at: datetime
    rulebook_id: int | None
    simulated: bool = False
    origin_kind: str | None = None
    origin_id: str | None = None
    state: str = "reported"
    state_before: str | None = None
    event: str = "reported"
    transfer_to: int | None = None
    readers: list[int] = field(default_factory=list)
    involved: list[int] = field(default_factory=list)
    residents: list[int] = field(default_factory=list)
    returns: int = 0
    refusals: int = 0
    reworks: int = 0
    reopened: int = 0
    reports_count: int = 1
    binding: bool = False
    pinned: bool = False
    alerts: list[int] = field(default_factory=list)
    alert_level: str | None = None
    absent: bool = False
    rule_id: str | None = None
    why: dict[str, Any] = field(default_factory=dict)
    pending: dict[str, Any] | None = None
    filed_at: datetime | None = None
    dispatched_at: datetime | None = None
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    lamp: str = "none"
    due_at: datetime | None = None
    deadline_id: int | None = None
    rank: int = 7
    outcome: str | None = None
    stars: int | None = None
    solved: bool | None = None
    steps: int = 0
    version: int = 0
    merged_into: int | None = None
    acted_at: datetime | None = None
    urges: int = 0
    urged_at: datetime | None = None
    supervision: dict[str, Any] | None = None
    rated_at: datetime | None = None

    def chain(self) -> list[int]:
        """Region ids of the place, from the city down."""
        every = (self.city_id, self.district_id, self.town_id, self.village_id, self.grid_id)
        return [region for region in every if region is not None]

    def involve(self, scope: int) -> None:
        """Let a centre or unit beyond the chain read it from now on."""
        if scope not in self.involved:
            self.involved = [*self.involved, scope]
        if scope not in self.readers:
            self.readers = [*self.readers, scope]

    def alert(self, centre: int) -> None:
        """Ring at a centre until it acknowledges."""
        self.involve(centre)
        if centre not in self.alerts:
            self.alerts = [*self.alerts, centre]
        self.alert_level = self.level

    def add_residents(self, residents: Iterable[int]) -> None:
        """Let signed-in reporters follow it."""
        fresh = [one for one in dict.fromkeys(residents) if one not in self.residents]
        self.residents = [*self.residents, *fresh]

    def drop_residents(self, residents: Iterable[int]) -> None:
        """They report elsewhere now."""
        gone = set(residents)
        self.residents = [one for one in self.residents if one not in gone]

    def hush(self, centre: int) -> None:
        """Stop ringing at a centre: it has heard."""
        if centre in self.alerts:
            self.alerts = [other for other in self.alerts if other != centre]
            self.alert_level = self.alert_level if self.alerts else None

    @property
    def ended(self) -> bool:
        return self.state in ENDED


@dataclass(slots=True)
class Order:
    """A row of incidents_order."""

    id: int
    incident_id: int
    number: str
    role: str
    unit_id: int
    centre_id: int
    issued_at: datetime
    changed_at: datetime
    state: str = "issued"
    person_id: int | None = None
    person_name: str | None = None
    acknowledged_at: datetime | None = None
    done_at: datetime | None = None
    returns: int = 0
    outcome: str | None = None
    measures: dict[str, Any] = field(default_factory=dict)
    handlers: list[int] = field(default_factory=list)
    pending: dict[str, Any] | None = None
    called_by: int | None = None
    why: str | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN_ORDERS


@dataclass(slots=True)
class Running:
    """A row of incidents_deadline."""

    id: int
    incident_id: int
    order_id: int | None
    stage: str
    clock: str
    amount: float
    started: datetime
    running_since: datetime
    yellow_at: datetime
    due_at: datetime
    next_at: datetime
    yellow: float
    ladder: list[float]
    rule: str
    position: int = 0
    spent: float = 0.0
    lamp: str = "none"
    state: str = "running"
    ended_at: datetime | None = None
    shifts: list[datetime] = field(default_factory=list)  # when it was moved, where it ended until then, …

    @property
    def live(self) -> bool:
        return self.state in ("running", "paused")


@dataclass(slots=True)
class StepRow:
    """A row of incidents_step."""

    incident_id: int
    seq: int
    at: datetime
    move: str
    order_id: int | None
    actor_kind: str
    actor_id: int | None
    actor_name: str
    post_id: int | None
    unit_id: int | None
    home_id: int | None
    centre_id: int
    state: str
    order_state: str | None
    text: str
    args: dict[str, Any]
    why: dict[str, Any]
    attachments: list[int]


@dataclass(slots=True)
class Told:
    """A row of incidents_message."""

    incident_id: int
    audience: str
    target_id: int | None
    step: str
    zh: str
    en: str
    at: datetime


@dataclass(slots=True)
class Life:
    """An incident with its work orders and deadlines, and what its moves have added."""

    incident: Incident
    orders: list[Order] = field(default_factory=list)
    deadlines: list[Running] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def order(self, order_id: int) -> Order:
        """One of its work orders. Raises KeyError."""
        for order in self.orders:
            if order.id == order_id:
                return order
        raise KeyError(order_id)

    def lead(self) -> Order | None:
        """The work order that leads now: the newest lead that was neither returned nor withdrawn."""
        for order in reversed(self.orders):
            if order.role == Role.LEAD and order.state not in ("returned", "withdrawn", "released"):
                return order
        return None

    def open_orders(self) -> list[Order]:
        return [order for order in self.orders if order.open]

    def busy(self) -> set[int]:
        """Units that have an open work order."""
        return {order.unit_id for order in self.orders if order.open}

    def handlers(self) -> set[int]:
        """Everybody who worked on it since it was last opened; none of them checks it."""
        return {person for order in self.orders for person in order.handlers}


@dataclass(frozen=True, slots=True)
class Doer:
    """Who made a move, as history keeps it."""

    kind: str
    id: int | None
    name: str
    post: int | None = None
    unit: int | None = None
    home: int | None = None


SYSTEM = Doer("system", None, "系统")


def doer_of(actor: Actor) -> Doer:
    """The caller as history keeps it."""
    return Doer(actor.kind, actor.id, actor.name, actor.post, actor.unit, actor.home)


@dataclass(frozen=True, slots=True)
class Act:
    """A move that was decided: everything that its effect depends on, ready to be stored and replayed.

    `args` is JSON: moments are ISO strings, ids of new work orders are already given.
    """

    on: str  # incident | order
    move: str
    at: datetime
    doer: Doer
    order: int | None = None
    text: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    why: dict[str, Any] = field(default_factory=dict)
    attachments: tuple[int, ...] = ()


NewId = Callable[[], int]
