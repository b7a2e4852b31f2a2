"""Random lives, loaded as history, and what each of them counts for: the oracle of evaluation's tests."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chengyun.incidents import rulebook
from chengyun.incidents.contracts import State
from chengyun.incidents.effects.replay import replay
from chengyun.incidents.evaluation.contracts import (
    PeriodSpan,
)
from chengyun.incidents.history_bulk import Draft, load
from chengyun.incidents.life import Life, StepRow
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Tx
from tests.incidents.support import HOUR, HUAXI, SHIQIAOPU, ZHAIZIPING, City
from tests.incidents.test_history_bulk import START, Driver, telling, world_of

SEED = system_actor("seed")
LIVES = 72
LATER = START + timedelta(days=60)


class Wanderer(Driver):
    """Takes the turns that change figures after the fact, too: granted time, suspension, reopening, voiding."""

    def live(self) -> list[Any]:
        draft, rng = self.draft, self.rng
        if rng.random() < 0.1:
            return self.ended("decline", State.REPORTED)
        if rng.random() < 0.1:
            return self.turns
        self.dispatch()
        if rng.random() < 0.3 and draft.state == State.DISPATCHED:
            self.turn("return", self.worker(self.lead()), self.lead(), reason="不归我管")
            self.dispatch()
        if rng.random() < 0.25:
            self.suspend()
        self.work()
        if draft.state == State.CLOSED and rng.random() < 0.4:
            self.turn("reopen", self.chief, reason="又来了")
            self.dispatch()
            self.work()
        elif rng.random() < 0.2:
            return self.ended("void", State.HANDLING)
        return self.turns

    def ended(self, move: str, state: str) -> list[Any]:
        if self.draft.state == state:
            self.turn(move, self.chief, reason="不属实")
        return self.turns

    def dispatch(self) -> None:
        for name, state in zip(("accept", "verify", "file", "dispatch"), list(State)[:4], strict=True):
            if self.draft.state == state:
                self.turn(name, self.chief)

    def lead(self) -> int:
        return next(n for n, o in reversed(list(enumerate(self.draft.life.orders))) if o.role == "lead")

    def check(self) -> None:
        if self.rng.random() < 0.3:
            self.turn("check_fail", self.checker, reason="没干净")
            self.turn("report_back", self.worker(self.lead()), self.lead(), outcome="再次处理", measures={})
        self.turn("check_pass", self.checker)
        self.turn("close", self.checker, outcome="已办结")

    def suspend(self) -> None:
        """Taken up again by hand, by the sweeper, or not at all."""
        until = self.at + timedelta(days=self.rng.choice((7, 90)))
        self.turn("suspend_approve", self.chief, until=until.isoformat())
        if self.rng.random() < 0.6:
            self.turn("resume", self.chief)
        elif until < LATER:
            self.at = until + HOUR
            self.draft.until(self.at)

    def work(self) -> None:
        if self.draft.state not in (State.DISPATCHED, State.HANDLING):
            return
        if self.rng.random() < 0.3:
            self.turn("acknowledge", self.worker(self.lead()), self.lead())
            until = self.at + timedelta(hours=self.rng.choice((5, 50)))
            self.turn("defer_approve", self.chief, self.lead(), until=until.isoformat())
            self.turn("report_back", self.worker(self.lead()), self.lead(), outcome="已处理", measures={})
        self.handle()
        if self.draft.state == State.HANDLED:
            self.check()

    def handle(self) -> None:
        for number, order in enumerate(self.draft.life.orders):
            if order.open and self.rng.random() < 0.9:
                if order.state == "issued":
                    self.turn("acknowledge", self.worker(number), number)
                self.turn("report_back", self.worker(number), number, outcome="已处理", measures={})


def wander(city: City, seed: int) -> list[Draft]:
    """Random lives in three districts, loaded."""
    rng, found = random.Random(seed), []
    spots = ((SHIQIAOPU, "0102"), (ZHAIZIPING, "0404"), (HUAXI, "truck"), (SHIQIAOPU, "0401"))
    with city.db.begin(SEED) as tx:
        world = world_of(tx, LIVES)
        for number in range(LIVES):
            point, category = spots[number % len(spots)]
            at = START + timedelta(hours=7 * number)
            told = telling(tx, city.officer("九龙坡区/石桥铺街道"), at, point, category, f"第 {number} 件")
            told = replace(told, channel=rng.choice(("resident", "hotline")))
            draft = Draft(world, told)
            Wanderer(city, draft, rng).live()
            draft.until(LATER)
            found.append(draft)
        load(tx, found)
    return found


class Oracle:
    """What one life counts for in a span, read from the life that its history until then replays to."""

    def __init__(self, life: Life, steps: list[StepRow], span: PeriodSpan) -> None:
        self.life, self.span = life, span
        self.moves = {step.move for step in steps}
        self.at = {move: [step.at for step in steps if step.move == move] for move in self.moves}
        self.incident = life.incident
        suspended = self.incident.state == State.SUSPENDED
        self.suspended_at = self.at["suspend_approve"][-1] if suspended else None
        self.state = (self.incident.state_before if suspended else None) or self.incident.state

    def measures(self) -> set[str]:
        return {name for name, holds in (self.filing() | self.work()).items() if holds}

    def inside(self, at: datetime | None) -> bool:
        return at is not None and self.span.since <= at < self.span.until

    def late(self, *stages: str, by: datetime | None = None) -> bool:
        over = [d.ended_at for d in self.life.deadlines if d.state == "missed" and d.stage in stages]
        return any(at <= by for at in over if at) if by else bool(over)

    def filing(self) -> dict[str, bool]:
        at = self.at["file"][0] if "file" in self.moves else None
        bad = "decline" in self.moves or ("void" in self.moves and at is None)
        valid, filed = self.inside(self.incident.reported_at) and not bad, self.inside(at)
        return {
            "valid": valid,
            "accepted": valid and at is not None,
            "filed": filed,
            "filed_in_time": filed and not self.late("accept", "verify", "file", by=at),
            "filed_right": filed and "void" not in self.moves,
        }

    def due(self) -> datetime | None:
        clocks = [d for d in self.life.deadlines if d.stage == "handle"]
        of_lead = [d for d in clocks if d.order_id is None or self.life.order(d.order_id).role == "lead"]
        found = max((d.due_at for d in of_lead if self.inside(d.due_at)), default=None)
        stopped = found and self.suspended_at and self.suspended_at < found
        return None if stopped or self.incident.state == State.VOIDED else found

    def work(self) -> dict[str, bool]:
        due = self.due()
        if due is None:
            return {}
        lead = [order for order in self.life.orders if order.role == "lead"][-1]
        done = self.state in ("handled", "checked", "closed", "rated")
        handled = done or (self.state == "handling" and lead.state == "done")
        in_time = handled and lead.done_at is not None and lead.done_at <= due
        closed = self.state in ("closed", "rated")
        return {
            "due": True,
            "due_open": self.suspended_at is None,
            "handled": handled,
            "handled_in_time": in_time,
            "closed": closed,
            "closed_in_time": closed and in_time and not self.late("check", "close"),
            "reworked": handled and self.incident.reworks + self.incident.reopened > 0,
        }


def expected(tx: Tx, drafts: list[Draft], span: PeriodSpan) -> dict[int, set[str]]:
    """Incident → the measures it counts for."""
    found = {}
    for draft in drafts:
        known = draft.life.incident
        steps = [step for step in draft.life.steps if step.at < span.until]
        if steps:
            life = replay(known, steps, rulebook.book(tx, known.rulebook_id or 0))
            found[known.id] = Oracle(life, steps, span).measures()
    return found
