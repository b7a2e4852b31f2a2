"""Deadlines, pure: which ones run in a state, when they turn yellow and red, and whom they tell afterwards.

One clock of handling follows the lead through every return until the work is done: sending it back wins no time.
What a move makes of the deadlines is not written move by move: `follow` compares those that should run in the new
state with those that do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache

from chengyun.incidents.contracts import Category, LimitRule, Rulebook, Stage, State
from chengyun.incidents.life import ENDED_RANK, LEVEL_RANK, Incident, Life, NewId, Order, Running
from chengyun.incidents.rules import STAGE_OF
from chengyun.kernel.calendar import Calendar, Clock, Limit

AGAIN = timedelta(days=1)  # after the last step of the ladder it comes back every day
URGENT, HOURS, DAYS = Clock.URGENT, Clock.WORKING_HOURS, Clock.WORKING_DAYS
# What runs where a rulebook says nothing about a stage: nothing stops silently.
BUILT_IN: dict[Stage, Limit] = {
    Stage.ACCEPT: Limit(2, URGENT),
    Stage.VERIFY: Limit(24, URGENT),
    Stage.FILE: Limit(4, HOURS),
    Stage.DISPATCH: Limit(2, HOURS),
    Stage.TAKE_OVER: Limit(4, HOURS),
    Stage.ARBITRATE: Limit(1, DAYS),
    Stage.ACKNOWLEDGE: Limit(2, HOURS),
    Stage.HANDLE: Limit(5, DAYS),
    Stage.CHECK: Limit(2, HOURS),
    Stage.CLOSE: Limit(1, DAYS),
    Stage.SUSPENSION: Limit(30, Clock.CALENDAR_DAYS),
    Stage.SUPERVISION: Limit(1, DAYS),
}


@dataclass(slots=True)
class Book:
    """A rulebook with the calendar, indexed for moves."""

    id: int | None
    rulebook: Rulebook
    calendar: Calendar
    categories: Mapping[str, Category] = field(init=False)
    _limits: dict[tuple[str, str, Stage], LimitRule] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.categories = {category.code: category for category in self.rulebook.categories}

    def limit(self, category: str | None, level: str, stage: Stage) -> LimitRule:
        """The first line of the limits that matches, else the one built in."""
        key = (category or "", level, stage)
        known = self._limits.get(key)
        if known is None:
            known = self._limits[key] = self._find(*key)
        return known

    def _find(self, category: str, level: str, stage: Stage) -> LimitRule:
        for rule in self.rulebook.limits:
            if (
                rule.stage is stage
                and fnmatchcase(level, rule.level)
                and fnmatchcase(category, rule.category)
            ):
                return rule
        return LimitRule(f"built-in.{stage}", "*", "*", stage, BUILT_IN[stage])


# one deadline


def start(
    life: Life,
    stage: Stage,
    order: int | None,
    at: datetime,
    book: Book,
    new_id: NewId,
    until: datetime | None = None,
) -> Running:
    """A deadline that runs from now; `until` fixes its end, otherwise the rulebook's limit does."""
    incident = life.incident
    rule = book.limit(incident.category, incident.level, stage)
    limit = rule.limit
    if until is not None:
        limit = Limit(max((until - at).total_seconds(), 0.0) / 3600, URGENT)
    running = Running(
        id=new_id(),
        incident_id=incident.id,
        order_id=order,
        stage=stage,
        clock=limit.clock,
        amount=limit.amount,
        started=at,
        running_since=at,
        yellow_at=at,
        due_at=at,
        next_at=at,
        yellow=rule.yellow,
        ladder=list(rule.escalate),
        rule=rule.id,
        position=1 if stage is Stage.SUSPENSION else 0,  # the end of a suspension has no lamp
    )
    _time(running, book.calendar)
    life.deadlines.append(running)
    return running


def at_share(running: Running, share: float, calendar: Calendar) -> datetime:
    """When so much of the limit will be spent."""
    amount = max(running.amount * share - running.spent, 0.0)
    return _end(calendar, running.running_since, amount, running.clock)


@lru_cache(maxsize=1024)
def _end(calendar: Calendar, since: datetime, amount: float, clock: str) -> datetime:
    """Reports of one transaction begin at the same moment and have a few limits between them."""
    return calendar.due(since, Limit(amount, Clock(clock)))


def share(running: Running, now: datetime, calendar: Calendar) -> float:
    """How much of the limit is spent: 0…, above 1 is overdue. Stands still while paused or ended."""
    if running.amount <= 0:
        return 1.0
    spent = running.spent
    until = running.ended_at or now
    if running.state not in ("paused", "held"):
        spent += _used(running, until, calendar)
    return spent / running.amount


def _used(running: Running, until: datetime, calendar: Calendar) -> float:
    return calendar.spent(running.running_since, until, Limit(running.amount, Clock(running.clock)))


def _time(running: Running, calendar: Calendar) -> None:
    """Work out yellow, due and the next look; `position` says what has been told already."""
    running.yellow_at = at_share(running, min(running.yellow, 1.0), calendar)
    running.due_at = at_share(running, 1.0, calendar)
    running.next_at = _next(running, calendar, running.next_at)


def _next(running: Running, calendar: Calendar, before: datetime) -> datetime:
    if running.position == 0:
        return running.yellow_at
    if running.position == 1:
        return running.due_at
    step = running.position - 2
    if step < len(running.ladder):
        return max(at_share(running, running.ladder[step], calendar), running.due_at)
    return before + AGAIN


def fire(running: Running, calendar: Calendar, acknowledged_only: bool = False) -> str:
    """Tell what has come due and set the next look → the move: lamp_yellow, overdue, escalated or reminded.

    A work order that was acknowledged and never started comes back when its lamp turns yellow.
    """
    move = _telling(running)
    if move == "lamp_yellow":
        running.lamp = "yellow"
        move = "reminded" if acknowledged_only and running.stage == Stage.HANDLE else move
    else:
        running.lamp = "red"
    running.position += 1
    running.next_at = _next(running, calendar, running.next_at)
    return move


def _telling(running: Running) -> str:
    if running.position == 0:
        return "lamp_yellow"
    if running.position == 1:
        return "overdue"
    return "escalated" if running.position - 2 < len(running.ladder) else "reminded"


def end(running: Running, at: datetime, *, dropped: bool = False) -> None:
    """Stop it for good: met, missed or dropped."""
    running.state = "dropped" if dropped else ("met" if at <= running.due_at else "missed")
    running.ended_at = at


def pause(running: Running, at: datetime, calendar: Calendar) -> None:
    running.spent += _used(running, at, calendar)
    running.state = "paused"


def resume(running: Running, at: datetime, calendar: Calendar) -> None:
    _keep(running, at)
    running.state = "running"
    running.running_since = at
    _time(running, calendar)


def _keep(running: Running, at: datetime) -> None:
    """Remember where it ended until now: figures of a past period ask when it was due as of then."""
    running.shifts = [*running.shifts, at, running.due_at]


def recount(running: Running, at: datetime, calendar: Calendar) -> bool:
    """Count it by another calendar, lamp and ladder with it → whether its end moved. What is granted or urgent stays.

    What has been told already is not told again, unless the new end is still to come.
    """
    before = running.due_at
    if running.state != "running" or at_share(running, 1.0, calendar) == before:
        return False
    _keep(running, at)
    _time(running, calendar)
    reached = 0 if at < running.yellow_at else 1 if at < running.due_at else running.position
    running.position = min(running.position, reached)
    running.lamp = ("none", "yellow", "red")[min(running.position, 2)]
    running.next_at = _next(running, calendar, running.next_at)
    return True


def hold(life: Life, at: datetime, calendar: Calendar) -> None:
    """The incident follows another one: its own limits stand still with the time spent, those of work orders end."""
    for running in [one for one in life.deadlines if one.live]:
        if running.order_id is not None:
            end(running, at, dropped=True)
            continue
        if running.state == "running":
            pause(running, at, calendar)
        running.state = "held"


def take_up(life: Life, at: datetime, calendar: Calendar) -> None:
    """It goes its own way again: what was held runs on with the time that was spent before."""
    for running in life.deadlines:
        if running.state == "held":
            resume(running, at, calendar)


def put_off(running: Running, at: datetime, until: datetime, calendar: Calendar) -> None:
    """Grant more time: the end is `until`, the lamp goes out; `started` stays what it was."""
    _keep(running, at)
    running.clock, running.amount = URGENT, max((until - at).total_seconds(), 0.0) / 3600
    running.running_since, running.spent = at, 0.0
    running.lamp, running.position, running.rule = "none", 0, "granted"
    _time(running, calendar)


# all deadlines of a life

Key = tuple[str, int | None]


def follow(life: Life, at: datetime, book: Book, new_id: NewId) -> None:
    """After a move: end the deadlines whose stage is over, start those that begin, show the most urgent one."""
    live = [running for running in life.deadlines if running.live]
    wanted = _wanted(life, live)
    _bind(life, live, wanted)
    have = {(d.stage, d.order_id): d for d in live}
    for key, running in have.items():
        if key not in wanted:
            end(running, at, dropped=_dropped(life, running))
    for stage, order in wanted:
        if (stage, order) not in have:
            _begin(life, Stage(stage), order, at, book, new_id)
    show(life)


def _wanted(life: Life, live: Sequence[Running]) -> dict[Key, None]:
    incident = life.incident
    if incident.ended:
        return {}
    kept = [(d.stage, d.order_id) for d in live]
    if incident.state == State.SUSPENDED:
        return dict.fromkeys(kept)
    stages = (STAGE_OF.get(incident.state), STAGE_OF.get(incident.state_before or ""))
    keys: list[Key] = [(stage, None) for stage in stages if stage]
    for order in life.orders:
        keys.extend(_of_order(order))
    keys.extend(key for key in kept if key[0] == Stage.SUPERVISION or key == (Stage.HANDLE, None))
    return dict.fromkeys(keys)


def _of_order(order: Order) -> list[Key]:
    if order.state == "issued":
        return [(Stage.ACKNOWLEDGE, order.id), (Stage.HANDLE, order.id)]
    return [(Stage.HANDLE, order.id)] if order.open else []


def _bind(life: Life, live: Sequence[Running], wanted: dict[Key, None]) -> None:
    """The clock of handling that a returned lead left behind goes on with the new lead."""
    loose = next((d for d in live if d.stage == Stage.HANDLE and d.order_id is None), None)
    lead = life.lead()
    if loose and lead and lead.open:
        loose.order_id = lead.id
        wanted.pop((Stage.HANDLE, None), None)


def release_clock(life: Life, order: Order) -> None:
    """Take the clock of handling away from a lead that goes back; it runs on without a holder."""
    for running in life.deadlines:
        if running.live and running.stage == Stage.HANDLE and running.order_id == order.id:
            running.order_id = None


def _begin(life: Life, stage: Stage, order: int | None, at: datetime, book: Book, new_id: NewId) -> None:
    """Start a deadline; handling that failed its check goes on with the clock it had."""
    for running in reversed(life.deadlines):
        if (
            order is not None
            and stage is Stage.HANDLE
            and (running.stage, running.order_id) == (stage, order)
        ):
            running.state, running.ended_at = "running", None
            return
    start(life, stage, order, at, book, new_id)


def _dropped(life: Life, running: Running) -> bool:
    if life.incident.state == State.VOIDED:
        return True
    if running.order_id is None:
        return False
    return life.order(running.order_id).state in ("released", "withdrawn", "returned")


def show(life: Life) -> None:
    """Put the worst lamp and the earliest end on the incident, where queues sort by them."""
    incident = life.incident
    running = [d for d in life.deadlines if d.live]
    first = min(running, key=lambda d: (d.due_at, d.id), default=None)
    lamps = {d.lamp for d in running}
    incident.lamp = next((lamp for lamp in ("red", "yellow") if lamp in lamps), "none")
    incident.deadline_id = first.id if first else None
    incident.due_at = first.due_at if first else None
    incident.rank = rank_of(incident)


def rank_of(incident: Incident) -> int:
    """Where it stands in a queue by urgency: overdue first, then by level; what has ended comes last."""
    return ENDED_RANK if incident.ended else (0 if incident.lamp == "red" else 4) + LEVEL_RANK[incident.level]
