"""What happens beside the straight way of a simulated life: alarms heard, further reports, asking for time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chengyun.incidents.life import Doer, Order

if TYPE_CHECKING:
    from chengyun.cli.demo.courses import Course

FAR = datetime(9999, 1, 1, tzinfo=UTC)
OPEN = ("issued", "acknowledged", "handling")
Happening = Callable[[datetime], None]
Reaction = Callable[[datetime, int], None]  # about a centre or the number of a work order


class Asides:
    """An agenda beside the course: each entry is tried at its time and does nothing where it no longer fits."""

    def __init__(self, course: Course, storm: bool) -> None:
        self.course, self.draft, self.source = course, course.draft, course.source
        self.agenda: list[tuple[datetime, int, Happening]] = []
        self.entered = 0
        self.rung: set[int] = set()
        self.steps = 0
        self._prepare(4.0 if storm else 1.0)

    def _prepare(self, more: float) -> None:
        """What is certain from the beginning: others who report the same, somebody who asks after it."""
        if self.source.random() < self.course.turns["add_report"] * more:
            for _ in range(1 + (self.source.random() < 0.3)):
                self.plan(self.source.expovariate(1 / 3), self._reported_again)
        if self.course.happens("urge"):
            self.plan(20 + self.source.expovariate(1 / 20), self._urged)
        self.notice()

    def plan(self, hours: float, happening: Happening, after: datetime | None = None) -> None:
        """Let something happen so many hours from the last move."""
        at = (after or self.course.at) + timedelta(seconds=30, hours=hours)
        self.entered += 1
        heapq.heappush(self.agenda, (at, self.entered, happening))

    def reach(self, until: datetime) -> None:
        """Let everything happen that comes before `until`, each at its moment."""
        while True:
            told = self._next_told()
            own = self.agenda[0][0] if self.agenda else FAR
            if min(told, own) > until:
                return
            if told <= own:
                self.draft.until(told)
            else:
                heapq.heappop(self.agenda)[2](own)
            self.notice()

    def end(self) -> None:
        """Let go of the course, so that a hundred thousand of them need no garbage collector."""
        self.agenda.clear()
        del self.course.asides

    def _next_told(self) -> datetime:
        found = FAR
        for one in self.draft.life.deadlines:
            if one.state == "running" and one.next_at < found:
                found = one.next_at
        return found

    def notice(self) -> None:
        """React to what was added to the history since the last look."""
        life = self.draft.life
        for step in life.steps[self.steps :]:
            reaction = _REACTIONS.get(step.move)
            if reaction:
                reaction(self, step.at, step.order_id)
        self.steps = len(life.steps)
        for centre in life.incident.alerts:
            if centre not in self.rung:
                self._rings(centre, life.steps[-1].at if life.steps else self.course.at)
        self.rung = set(life.incident.alerts)

    def _rings(self, centre: int, at: datetime) -> None:
        """An alarm is acknowledged within the hour, mostly; at the owner the next move tells as much."""
        share = 0.35 if centre == self.draft.life.incident.centre_id else 0.93
        if self.source.random() < share and self.course.hold is None:
            self.plan(0.05 + self.source.expovariate(2.5), partial(_about, self._heard, centre), at)

    def make(self, name: str, at: datetime, doer: Doer, order: int | None = None, **given: Any) -> None:
        text = given.pop("text", "") or self.course.say(name)
        self.draft.make(name, at, doer, order=order, text=text, **given)
        self.course.at = max(self.course.at, at)

    # what happens

    def _heard(self, at: datetime, centre: int) -> None:
        if centre in self.draft.life.incident.alerts:
            self.draft.make("alert_ack", at, self.course.officer(centre))

    def _reported_again(self, at: datetime) -> None:
        if not self.draft.life.incident.ended:
            self.make("add_report", at, Doer("anonymous", None, "匿名"), resident=None)

    def _urged(self, at: datetime) -> None:
        if self.draft.state not in ("closed", "rated", "voided", "suspended"):
            self.make("urge", at, self.course.stage.cast.hotline, for_reporter=True)

    def overdue(self, at: datetime, _order: int | None) -> None:
        """The centre above asks why."""
        if self.course.happens("supervise"):
            self.plan(1 + self.source.expovariate(0.4), self._supervised, at)

    def _supervised(self, at: datetime) -> None:
        incident = self.draft.life.incident
        line = self.draft.world.lines[incident.centre_id]
        if len(line) > 1 and self.draft.state in ("dispatched", "handling", "accepted", "filed"):
            self.make("supervise", at, self.course.officer(line[1]))
            self.plan(1 + self.source.expovariate(0.4), self._answered, at)

    def _answered(self, at: datetime) -> None:
        owed = self.course.running("supervision", None)
        if owed is not None and not self.draft.life.incident.ended and self.draft.state != "suspended":
            self.make("supervise_reply", at, self.course.officer(self.draft.life.incident.centre_id))

    def started(self, at: datetime, order_id: int | None) -> None:
        """Work has begun: it may take longer than thought, need others, or have to wait."""
        number = self._number(order_id)
        soon = 0.05 if self.course.hold else 1.0
        turns: tuple[tuple[str, float, Reaction], ...] = (
            ("progress", 3.0, self._progress),
            ("call_in", 1.0, self._called_in),
            ("defer", 6.0, self._deferral_asked),
            ("suspend", 8.0, self._suspension_asked),
        )
        for turn, hours, happening in turns:
            if self.course.happens(turn):
                self.plan(soon * self.source.expovariate(1 / hours), partial(_about, happening, number), at)

    def _number(self, order_id: int | None) -> int:
        return next(n for n, order in enumerate(self.draft.life.orders) if order.id == order_id)

    def _at_work(self, number: int) -> Order | None:
        order = self.draft.life.orders[number]
        return order if self.draft.state == "handling" and order.state == "handling" else None

    def _progress(self, at: datetime, number: int) -> None:
        order = self._at_work(number)
        if order is not None:
            self.make("progress", at, self.course.stage.cast.workers[order.unit_id], number)

    def _called_in(self, at: datetime, number: int) -> None:
        """Another unit of the same level helps."""
        order, world = self._at_work(number), self.draft.world
        incident = self.draft.life.incident
        town = incident.town_id
        if incident.centre_id not in world.lines[town]:
            return  # taken over from elsewhere: its units are beyond the owner's reach
        busy = {one.unit_id for one in self.draft.life.open_orders()}
        helper = world.find(self.source.choice(("construction-office", "safety-office", "sanitation")), town)
        if order is not None and helper is not None and helper.id not in busy:
            worker = self.course.stage.cast.workers[order.unit_id]
            self.make("call_in", at, worker, number, orders=[{"role": "assist", "unit": helper.id}])

    def _deferral_asked(self, at: datetime, number: int) -> None:
        order = self._at_work(number)
        running = self.course.running("handle", order.id) if order else None
        if order is None or running is None or order.pending is not None or running.due_at <= at:
            return
        until = running.due_at + timedelta(days=self.source.randint(1, 3))
        self.make("defer_request", at, self._worker(order), number, until=until.isoformat())
        self.plan(0.3 + self.source.expovariate(0.5), partial(_about, self._deferral_decided, number), at)

    def _deferral_decided(self, at: datetime, number: int) -> None:
        order = self._at_work(number)
        if order is None or order.pending is None:
            return
        chief = self.course.chief(self.draft.life.incident.centre_id)
        until = order.pending["until"]
        if self.source.random() < 0.75 and datetime.fromisoformat(until) > at:
            self.make("defer_approve", at, chief, number, until=until, **{"from": self.draft.state})
            self.course.planned.pop(number, None)
        else:
            self.make("defer_reject", at, chief, number)

    def _suspension_asked(self, at: datetime, number: int) -> None:
        order = self._at_work(number)
        if order is None or self.draft.life.incident.pending is not None:
            return
        until = at + timedelta(days=self.source.randint(3, 12))
        self.make("suspend_request", at, self._worker(order), until=until.isoformat())
        self.plan(0.3 + self.source.expovariate(0.4), self._suspension_decided, at)

    def _suspension_decided(self, at: datetime) -> None:
        incident = self.draft.life.incident
        if incident.pending is None or self.draft.state != "handling":
            return
        chief = self.course.chief(incident.centre_id)
        until = incident.pending["until"]
        if self.course.hold or self.source.random() < 0.7:
            self.make("suspend_approve", at, chief, until=until)
            self.course.planned.clear()
        else:
            self.make("suspend_reject", at, chief)

    def _worker(self, order: Order) -> Doer:
        return self.course.stage.cast.workers[order.unit_id]


def _of(happening: Callable[[datetime, int], None], number: int, at: datetime) -> None:
    happening(at, number)


def _about(happening: Reaction, about: int, at: datetime) -> None:
    happening(at, about)


_REACTIONS: dict[str, Callable[[Asides, datetime, int | None], None]] = {
    "overdue": Asides.overdue,
    "start": Asides.started,
}
