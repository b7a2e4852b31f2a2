"""What becomes of a simulated incident: who does what next, and when. The rules decide what a move does.

Times are drawn as shares of the limits that run, on their own clocks: most are kept, some are missed, and some
districts are slower than others.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chengyun.cli.demo.asides import Asides
from chengyun.cli.demo.cast import Cast
from chengyun.cli.demo.shape import Shape
from chengyun.cli.demo.words import AGAIN, CLOSED, NOTES, OUTCOMES, OUTCOMES_ELSEWHERE, REASONS
from chengyun.incidents.history_bulk import Draft
from chengyun.incidents.life import Doer, Order, Running
from chengyun.kernel.clock import SHANGHAI, Clock, Limit

SHORTEST = 40.0  # seconds between two moves of the same incident
OFFICE_CLOCKS = (Clock.WORKING_HOURS, Clock.WORKING_DAYS)
AROUND_THE_CLOCK = 0.6  # share of what is done by somebody on duty at the weekend, too
STARS = (5, 4, 3, 2, 1)
STAR_WEIGHTS = (52, 29, 10, 5, 4)


@dataclass(frozen=True, slots=True)
class Stage:
    """What every life of the simulated city has in common."""

    plan: Shape
    cast: Cast
    siblings: dict[int, tuple[int, ...]]  # centre → centres beside it, to which it may transfer
    kinds: dict[int, str]  # unit → kind
    end: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """A move that somebody intends to make."""

    at: datetime
    name: str
    doer: Doer
    order: int | None = None  # number of the work order, 0 the first
    text: str = ""
    given: dict[str, Any] = field(default_factory=dict)


class Course:
    """One life from its report until now."""

    def __init__(
        self,
        stage: Stage,
        draft: Draft,
        source: random.Random,
        *,
        slow: float = 1.0,
        storm: bool = False,
        turns: dict[str, float] | None = None,
        hold: str | None = None,
        to: int | None = None,
    ) -> None:
        self.stage, self.draft, self.source, self.slow = stage, draft, source, slow
        # A life that is led somewhere takes no turn of its own.
        self.turns = {
            **(stage.plan.turns if hold is None else dict.fromkeys(stage.plan.turns, 0.0)),
            **(turns or {}),
        }
        self.hold, self.to = hold, to
        self.at = draft.telling.at
        self.planned: dict[int, Turn] = {}
        self.target: int | None = None  # of the last transfer
        self.last_unit: int | None = None  # that sent it back last
        self.asides = Asides(self, storm)

    @property
    def incident(self) -> Any:
        return self.draft.life.incident

    def run(self) -> None:
        """Make moves until nothing is left to do or now is reached."""
        while (turn := self.next()) is not None and turn.at <= self.stage.end:
            state = self.draft.state
            self.asides.reach(turn.at)
            if self.draft.state == state:
                self.make(turn)
            else:  # it went on by itself meanwhile: a suspension ended
                self.planned.clear()
                self.at = self.incident.changed_at
        self.asides.reach(self.stage.end)
        self.asides.end()

    def make(self, turn: Turn) -> None:
        """Let a turn happen."""
        self.planned.pop(turn.order if turn.order is not None else -1, None)
        self.draft.make(turn.name, turn.at, turn.doer, order=turn.order, text=turn.text, **turn.given)
        self.at = turn.at
        self.asides.notice()

    def next(self) -> Turn | None:
        """What somebody does next; None when it is over."""
        if self.draft.state == self.hold:
            return None
        return _NEXT[self.draft.state](self)

    # chance, time, words

    def happens(self, turn: str) -> bool:
        return self.source.random() < self.turns[turn]

    def share(self, stage: str) -> float:
        """How much of a limit somebody takes: mostly a third, sometimes more than there is."""
        if self.source.random() < self.stage.plan.late[stage] * self.slow * self.slow:
            return 1.02 + min(self.source.expovariate(4.0), 3.0)
        return min(self.source.betavariate(1.9, 3.4) * self.slow, 0.98)

    def when(self, stage: str, order: int | None = None) -> datetime:
        """A moment by the limit that runs for a stage, never before the last move."""
        soonest = self.at + timedelta(seconds=SHORTEST + self.source.expovariate(1 / 90))
        running = self.running(stage, order)
        if self.hold is not None:
            return self.soon(running)
        if running is None:
            return soonest + timedelta(minutes=self.source.expovariate(1 / 40))
        share = self.share(stage)
        if running.clock in OFFICE_CLOCKS and share < 1 and self.source.random() < AROUND_THE_CLOCK:
            hours = running.amount * share * (1 if running.clock == Clock.WORKING_HOURS else 10)
            return self.awake(soonest + timedelta(hours=hours))
        amount = max(running.amount * share - running.spent, 0.0)
        calendar = self.draft.world.book.calendar
        return max(soonest, calendar.due(running.running_since, Limit(amount, Clock(running.clock))))

    def soon(self, running: Running | None) -> datetime:
        """In time, and so that a life that is led somewhere gets there before now."""
        at = self.at + (self.stage.end - self.at) * self.source.uniform(0.08, 0.2)
        if running is None:
            return at
        limit = Limit(running.amount * self.source.uniform(0.1, 0.6), Clock(running.clock))
        return max(
            min(at, self.draft.world.book.calendar.due(self.at, limit)), self.at + timedelta(seconds=5)
        )

    def awake(self, at: datetime) -> datetime:
        """The same, or the next morning: what is not urgent is seldom done at night."""
        hour = at.astimezone(SHANGHAI).hour
        if 7 <= hour < 22 or self.incident.level in ("red", "orange"):
            return at
        return at + timedelta(hours=(7 - hour) % 24, minutes=self.source.expovariate(1 / 30))

    def later(self, hours: float) -> datetime:
        """Some time after the last move: so many hours on average."""
        drawn = min(self.source.expovariate(1 / hours), 4 * hours)
        at = self.at + timedelta(seconds=SHORTEST, hours=drawn)
        return at if self.hold is None else min(at, self.soon(None))

    def before_half(self, at: datetime, order: int) -> datetime:
        """Nobody who means to be in time begins when half of the time to handle it has gone; few do otherwise."""
        handle = self.running("handle", order)
        if handle is None or self.source.random() < self.stage.plan.late["acknowledge"]:
            return at
        half = self.at + (handle.due_at - self.at) * self.source.uniform(0.1, 0.5)
        return min(at, max(half, self.at + timedelta(seconds=SHORTEST)))

    def running(self, stage: str, order: int | None) -> Running | None:
        for one in self.draft.life.deadlines:
            if one.state == "running" and one.stage == stage and (order is None or one.order_id == order):
                return one
        return None

    def say(self, move: str) -> str:
        return self.source.choice(NOTES.get(move) or REASONS[move])

    def officer(self, centre: int) -> Doer:
        return self.stage.cast.officers[centre]

    def chief(self, centre: int) -> Doer:
        return self.stage.cast.chief_for(tuple(self.draft.world.lines[centre]))

    def turn(self, name: str, stage: str, doer: Doer, **given: Any) -> Turn:
        return Turn(self.when(stage), name, doer, None, self.say(name), given)


# the straight way, and what leads off it


def _reported(course: Course) -> Turn:
    officer = course.officer(course.incident.centre_id)
    if course.happens("decline"):
        return course.turn("decline", "accept", officer)
    return course.turn("accept", "accept", officer)


def _accepted(course: Course) -> Turn:
    incident = course.incident
    owner = incident.centre_id
    officer, line = course.officer(owner), course.draft.world.lines[owner]
    if (incident.refusals and course.source.random() < 0.5) or course.happens("transfer"):
        target = _target(course, owner)
        if target is not None:
            return course.turn("transfer", "verify", officer, to_centre=target)
    if len(line) > 1 and not incident.involved and course.happens("escalate"):
        return course.turn("escalate", "verify", officer, to_centre=line[1])
    town = incident.town_id
    if len(line) == 2 and incident.district_id == owner and course.happens("assign_down"):
        return course.turn("assign_down", "verify", officer, to_centre=town)
    if owner in course.stage.cast.chiefs and course.happens("void"):
        return course.turn("void", "verify", course.stage.cast.chiefs[owner])
    return course.turn("verify", "verify", officer)


def _target(course: Course, owner: int) -> int | None:
    """Where it is passed on to: a centre beside the owner; refused ones are tried again."""
    beside = course.stage.siblings.get(owner, ())
    if course.to is not None and course.to in beside:
        course.target = course.to
    elif course.target not in beside:
        course.target = course.source.choice(beside) if beside else None
    return course.target


def _verified(course: Course) -> Turn:
    return course.turn("file", "file", course.officer(course.incident.centre_id))


def _filed(course: Course) -> Turn:
    return course.turn("dispatch", "dispatch", course.officer(course.incident.centre_id))


def _transferring(course: Course) -> Turn:
    officer = course.officer(course.incident.desk_id)
    name = "transfer_refuse" if course.happens("transfer_refused") else "transfer_accept"
    return course.turn(name, "take_over", officer)


def _arbitrating(course: Course) -> Turn:
    """The unit that the duty matrix names keeps it, or the centre that was asked last takes it."""
    incident = course.incident
    chief = course.chief(incident.desk_id)
    if incident.state_before is not None:
        centre = course.source.choice((incident.centre_id, course.target or incident.centre_id))
        return course.turn("arbitrate", "arbitrate", chief, rule="arbitration", to_centre=centre)
    orders = [{"role": "lead", "unit": course.last_unit}]
    return course.turn("arbitrate", "arbitrate", chief, rule="arbitration", orders=orders)


def _suspended(course: Course) -> Turn:
    """Somebody takes it up again, or the sweeper does at the end."""
    running = course.running("suspension", None)
    until = running.due_at if running else course.at
    if course.source.random() < 0.3:
        early = course.at + (until - course.at) * course.source.uniform(0.3, 0.95)
        return Turn(early, "resume", course.officer(course.incident.centre_id), text="条件已具备，恢复办理。")
    return Turn(until + timedelta(seconds=1), "resume", course.officer(course.incident.centre_id))


def _handled(course: Course) -> Turn:
    officer = course.officer(course.incident.desk_id)
    return course.turn("check_fail" if course.happens("check_fail") else "check_pass", "check", officer)


def _checked(course: Course) -> Turn:
    at, words = course.when("close"), course.source.choice(CLOSED)
    return Turn(at, "close", course.officer(course.incident.centre_id), given={"outcome": words})


def _closed(course: Course) -> Turn | None:
    """The reporter rates it, or it turns out that nothing was solved; decided once per closing."""
    reporter = Doer("anonymous", None, course.draft.telling.masked_name or "反映人")
    if course.happens("reopen") and course.incident.reopened == 0:
        by = course.source.choice((reporter, course.officer(course.incident.centre_id)))
        return Turn(course.later(70), "reopen", by, text=course.say("reopen"))
    if course.draft.telling.channel in ("resident", "hotline") and course.happens("rate"):
        stars = course.source.choices(STARS, STAR_WEIGHTS)[0]
        given = {"stars": stars, "solved": stars > 2}
        text = course.say("rate") if stars > 3 else ""
        return Turn(course.later(16), "rate", reporter, text=text, given=given)
    return None


def _rated(course: Course) -> Turn | None:
    incident = course.incident
    if incident.solved or incident.reopened or course.source.random() > 0.3:
        return None
    return Turn(course.later(20), "reopen", course.officer(incident.centre_id), text=course.say("reopen"))


# work orders


def _with_units(course: Course) -> Turn | None:
    """Whoever of the units acts first; each has planned its own next step."""
    for number, order in enumerate(course.draft.life.orders):
        known = course.planned.get(number)
        if not order.open:
            course.planned.pop(number, None)
        elif known is None or known.at < course.at:  # the lead was sent back and named anew meanwhile
            course.planned[number] = _of_order(course, number, order)
    return min(course.planned.values(), key=lambda turn: turn.at, default=None)


def _of_order(course: Course, number: int, order: Order) -> Turn:
    worker = course.stage.cast.workers[order.unit_id]
    if order.state == "issued":
        return _unsigned(course, number, order, worker)
    if order.state == "acknowledged":
        at = course.before_half(course.later(0.8), order.id)
        return Turn(at, "start", worker, number, course.say("start"))
    return _report_back(course, number, order, worker)


def _unsigned(course: Course, number: int, order: Order, worker: Doer) -> Turn:
    incident = course.incident
    again = course.happens("returned_again" if incident.returns else "returned")
    at = course.before_half(course.when("acknowledge", order.id), order.id)
    if order.role == "lead" and again and not incident.binding:
        course.last_unit = order.unit_id
        return Turn(at, "return", worker, number, course.say("return"))
    return Turn(at, "acknowledge", worker, number, course.say("acknowledge"))


def _report_back(course: Course, number: int, order: Order, worker: Doer) -> Turn:
    at = course.when("handle", order.id)
    if course.incident.reworks and order.role == "lead":
        at = min(at, course.later(5))
        words = course.source.choice(AGAIN)
    else:
        words = course.source.choice(OUTCOMES.get(course.stage.kinds[order.unit_id], OUTCOMES_ELSEWHERE))
    measures: dict[str, Any] = {}
    if (course.incident.category or "").startswith("muck-truck") and order.role == "lead":
        measures = {"fine_yuan": course.source.choice((500, 1000, 2000, 2000, 3000, 5000))}
    return Turn(at, "report_back", worker, number, given={"outcome": words, "measures": measures})


_NEXT: dict[str, Callable[[Course], Turn | None]] = {
    "reported": _reported,
    "accepted": _accepted,
    "verified": _verified,
    "filed": _filed,
    "dispatched": _with_units,
    "handling": _with_units,
    "handled": _handled,
    "checked": _checked,
    "closed": _closed,
    "rated": _rated,
    "voided": lambda _: None,
    "transferring": _transferring,
    "arbitrating": _arbitrating,
    "suspended": _suspended,
}
