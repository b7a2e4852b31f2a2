"""Simulated lives by the hundred thousand: the same effects in memory, loaded by COPY.

A `World` holds what the service would ask territory and identity for; `Draft` is one life that a planner drives:

    draft = Draft(world, told)                       # report, and dispatch where a rule is clear
    draft.make("accept", at, officer)                # a move with its time and who makes it
    draft.make("acknowledge", at, worker, order=0)   # of its first work order
    draft.until(now)                                 # what the sweeper would have told meanwhile
    load(tx, drafts)

Between two moves the deadlines that came due are told at their own moment, as the sweeper tells them. Nothing here
decides by itself: rules, routing, calendar and effects are the product's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from hashlib import sha256
from itertools import count
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from chengyun.incidents.clock.telling import told_args, told_words
from chengyun.incidents.contracts import OrderState, UnitBrief
from chengyun.incidents.deadlines import Book, fire
from chengyun.incidents.dispatch import opening
from chengyun.incidents.dispatch.opening import Ground
from chengyun.incidents.effects import apply
from chengyun.incidents.life import SYSTEM, Act, Doer, Incident, Life, Order, Running, StepRow, Told
from chengyun.incidents.messages import Names, tell
from chengyun.incidents.rules import MAX_RETURNS, ORDER_MOVE
from chengyun.kernel import bulk
from chengyun.kernel.transactions import Tx

_ROOM = {"incident": 1, "report": 1, "number": 1, "order": 20, "deadline": 50}  # ids per incident at most


@dataclass(slots=True)
class World:
    """What lives need to know of the city: names, units by (kind, region), the line of centres above each."""

    book: Book
    units: Mapping[tuple[str, int], UnitBrief]
    unit_names: Mapping[int, str]
    region_names: Mapping[int, str]
    lines: Mapping[int, Sequence[int]]  # centre → itself and those above it, up to the city
    first: Mapping[str, int]  # incident, order, deadline, report, number → first id that is free
    _ids: dict[str, Iterator[int]] = field(init=False)

    def __post_init__(self) -> None:
        self._ids = {name: count(first) for name, first in self.first.items()}

    def new(self, kind: str) -> int:
        """The next id of a kind."""
        return next(self._ids[kind])

    def maker(self, kind: str) -> Callable[[], int]:
        return self._ids[kind].__next__

    def find(self, kind: str, region: int) -> UnitBrief | None:
        """The unit of that kind in that very region."""
        return self.units.get((kind, region))


@dataclass(frozen=True, slots=True)
class Telling:
    """The first report of a simulated life."""

    at: datetime
    doer: Doer
    ground: Ground
    lon: float
    lat: float
    text: str
    channel: str
    category: str
    title: str | None = None
    level: str | None = None
    address: str = ""
    occurred_at: datetime | None = None
    masked_name: str | None = None


class Draft:
    """One simulated life under way."""

    __slots__ = ("_names", "audiences", "decision", "life", "telling", "world")

    def __init__(self, world: World, telling: Telling, audiences: Sequence[str] = ("reporter",)) -> None:
        self.world, self.telling, self.audiences = world, telling, audiences
        self.life = Life(_incident(world, telling))
        regions = world.region_names
        self._names = Names(world.unit_names.__getitem__, regions.__getitem__, lambda: telling.ground.label)
        category = world.book.categories[telling.category]
        incident = self.life.incident
        self._take(opening.first_act(incident, telling.ground, category, (), telling.doer))
        self.decision = opening.route(incident, telling.ground, world.book, world.find, telling.at)
        if self.decision.auto and self.decision.units:
            opening.straight_through(self.decision, telling.at, world.maker("order"), self._take)

    @property
    def state(self) -> str:
        return self.life.incident.state

    def order(self, number: int) -> Order:
        """One of its work orders, 0 the first."""
        return self.life.orders[number]

    def make(
        self,
        name: str,
        at: datetime,
        doer: Doer,
        /,
        *,
        order: int | None = None,
        text: str = "",
        **given: Any,
    ) -> None:
        """A move at its time. Conflict where the table has none; `given` are args as `effects` takes them.

        Dispatch without orders takes what the rules propose now; the third return and refusal go to the arbiter.
        """
        self.until(at)
        on = "order" if order is not None and name in ORDER_MOVE else "incident"
        number = self.life.orders[order].id if order is not None else None
        args, why = self._args(name, at, given)
        if name == "arbitrate":
            why = {"routing": opening.by_arbiter(doer.name)}
        self._take(Act(on, name, at, doer, number, text or given.get("outcome", ""), args, why))

    def until(self, now: datetime) -> None:
        """Tell, each at its moment, the deadlines that have come due by `now`."""
        while True:
            due = [d for d in self.life.deadlines if d.state == "running" and d.next_at <= now]
            if not due:
                return
            self._tell(min(due, key=lambda d: (d.next_at, d.id)))

    def _tell(self, running: Running) -> None:
        incident = self.life.incident
        at = max(
            running.next_at, incident.changed_at
        )  # a clock that goes on after a check may be due already
        order = self.life.order(running.order_id) if running.order_id is not None else None
        if running.stage == "suspension":
            self._take(Act("incident", "resume", at, SYSTEM, text="挂账到期，自动恢复"))
            return
        centre = incident.desk_id if order is None else incident.centre_id
        step = running.position - 2
        only = order is not None and order.state == OrderState.ACKNOWLEDGED
        move = fire(running, self.world.book.calendar, acknowledged_only=only)
        args = told_args(running, move, step, self.world.lines[centre])
        self._take(Act("incident", move, at, SYSTEM, running.order_id, told_words(move, running), args))

    def _args(self, name: str, at: datetime, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        incident, world = self.life.incident, self.world
        if name == "dispatch" and "orders" not in given:
            line = world.lines[incident.centre_id]
            self.decision = opening.route(incident, self.telling.ground, world.book, world.find, at, line)
            given = {"orders": opening.orders_of(self.decision, self.life.busy()), "rule": self.decision.rule}
            why = {"routing": opening.why_of(self.decision)}
            return {**given, "orders": self._numbered(given["orders"])}, why
        if "orders" in given:
            given = {**given, "orders": self._numbered(given["orders"])}
        line = world.lines[incident.centre_id]
        if name == "seek_arbitration" or (name == "return" and incident.returns + 1 >= MAX_RETURNS):
            given["arbiter"] = line[min(1, len(line) - 1)]
        if name == "transfer_refuse" and incident.refusals + 1 >= MAX_RETURNS:
            theirs = world.lines[incident.transfer_to or incident.centre_id]
            given["arbiter"] = next(centre for centre in line if centre in theirs)
        if name in ("transfer", "suspend_approve", "merge_into", "seek_arbitration"):
            given["from"] = incident.state
        return given, {}

    def _numbered(self, orders: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{"id": self.world.new("order"), **order} for order in orders]

    def _take(self, act: Act) -> None:
        apply(self.life, act, self.world.book, self.world.maker("deadline"))
        tell(self.life, act, self.world.book, self._names, self.audiences)


def _incident(world: World, telling: Telling) -> Incident:
    category = world.book.categories[telling.category]
    ground, levels = telling.ground, telling.ground.levels
    centre = opening.owner_of(levels, category)
    return Incident(
        id=world.new("incident"),
        number=opening.number_of(telling.at, world.new("number")),
        title=telling.title or opening.title_of(telling.text, category),
        text=telling.text,
        category=category.code,
        level=telling.level or str(category.level),
        centre_id=centre,
        desk_id=centre,
        territory_version=ground.version,
        city_id=levels["city"],
        district_id=levels["district"],
        town_id=levels["town"],
        village_id=levels.get("village"),
        grid_id=levels.get("grid"),
        lon=telling.lon,
        lat=telling.lat,
        border_m=ground.border_m,
        schematic=True,
        address=telling.address,
        positioned=None,
        channel=telling.channel,
        occurred_at=telling.occurred_at or telling.at,
        reported_at=telling.at,
        changed_at=telling.at,
        rulebook_id=world.book.id,
        simulated=True,
    )


# loading


def first_ids(tx: Tx, room: int) -> dict[str, int]:
    """The first free id of each kind, with room for so many incidents behind it: nobody else will use those.

    For an installation that is being set up: it must not run while others report.
    """
    first = {}
    for name, many in _ROOM.items():
        sequence = "incidents_number_seq" if name == "number" else f"incidents_{name}_id_seq"
        query = sa.text(f"SELECT setval('{sequence}', nextval('{sequence}') + :room) - :room")
        first[name] = int(tx.execute(query, {"room": room * many}).scalar_one())
    return first


def load(tx: Tx, drafts: Sequence[Draft]) -> dict[str, int]:
    """Write finished and half-finished lives → rows per table. Runs as a system that the row policies know."""
    lives = [draft.life for draft in drafts]
    return {
        "incident": _copy(tx, "incidents_incident", Incident, (life.incident for life in lives)),
        "order": _copy(tx, "incidents_order", Order, (one for life in lives for one in life.orders)),
        "deadline": _copy(
            tx, "incidents_deadline", Running, (one for life in lives for one in life.deadlines)
        ),
        "step": _copy(tx, "incidents_step", StepRow, (one for life in lives for one in life.steps)),
        "message": _copy(tx, "incidents_message", Told, (one for life in lives for one in life.told)),
        "report": _reports(tx, drafts),
    }


def _copy(tx: Tx, table: str, kind: type[Any], rows: Iterable[Any]) -> int:
    names = [f.name for f in fields(kind)]
    return bulk.insert(tx, table, names, map(attrgetter(*names), rows))


_REPORT = [
    "id",
    "incident_id",
    "channel",
    "text",
    "at",
    "person_id",
    "masked_name",
    "hidden",
    "spam",
    "token_hash",
    "language",
    "attachments",
]


def _reports(tx: Tx, drafts: Sequence[Draft]) -> int:
    return bulk.insert(tx, "incidents_report", _REPORT, (_report(draft) for draft in drafts))


def _report(draft: Draft) -> list[Any]:
    """The first telling; nobody holds the secret of a simulated one."""
    telling, incident = draft.telling, draft.life.incident
    person = telling.doer.id if telling.doer.kind == "person" else None
    nobody = sha256(b"simulated" + incident.number.encode()).digest()
    number = draft.world.new("report")
    shown = telling.masked_name
    return [
        number,
        incident.id,
        telling.channel,
        telling.text,
        telling.at,
        person,
        shown,
        False,
        False,
        nobody,
        "zh",
        [],
    ]
