"""Thousands of random lives in memory: what effects and deadlines must never do."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.incidents.contracts import Stage
from chengyun.incidents.history_bulk import Draft
from chengyun.incidents.life import Doer
from chengyun.incidents.replay import differences, replay
from chengyun.incidents.rules import MOVES, NEXT, NEXT_OF_ORDER, ORDER_MOVE
from chengyun.kernel.errors import Conflict
from tests.incidents.pure import BANAN, CITY, HUAXI, JLP, SQP, doer, draft, unit

UNITS = [unit("enforcement-team", SQP), unit("housing", JLP), unit("city-management", BANAN)]
NEVER = {"report", "lamp_yellow", "overdue", "escalated", "reminded", "moved_region", "recount"}
SELDOM = {
    "transfer",
    "transfer_refuse",
    "return",
    "dispatch",
    "arbitrate",
}  # three of them in a row arbitrate
FORWARD = {*NEXT.values(), *NEXT_OF_ORDER.values()}  # a life that is voided early says little
REACHED: Counter[str] = Counter()


class Walk:
    """Random moves that the table allows, with pauses from a minute to a month."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.draft: Draft = draft(self.rng.choice(("0102", "0404", "truck", "fire")))
        self.at = self.draft.telling.at

    def given(self, name: str) -> dict[str, Any]:
        rng, centre = self.rng, self.draft.life.incident.centre_id
        others = [one for one in (CITY, JLP, BANAN, SQP, HUAXI) if one != centre]
        until = (self.at + timedelta(hours=rng.choice((1, 50, 500)))).isoformat()
        order = [{"role": "lead" if name == "arbitrate" else "assist", "unit": rng.choice(UNITS)}]
        whole = {
            "transfer": {"to_centre": rng.choice(others)},
            "escalate": {"to_centre": rng.choice(others)},
            "assign_down": {"to_centre": rng.choice(others)},
            "arbitrate": rng.choice(
                ({"orders": order, "rule": "arbitration"}, {"to_centre": rng.choice(others)})
            ),
            "add_order": {"orders": order},
            "call_in": {"orders": order},
            "rate": {"stars": 3, "solved": False},
            "assign_person": {"person": 9, "name": "网格员"},
            "report_back": {"outcome": "已处理", "checker": rng.choice((None, None, CITY))},
            "classify": {"level": rng.choice(("red", "blue"))},
        }
        if name in ("suspend_request", "suspend_approve", "defer_request", "defer_approve"):
            return {"until": until}
        return whole.get(name, {})

    def step(self) -> None:
        life, rng = self.draft.life, self.rng
        self.at += timedelta(minutes=rng.choice((1, 30, 300, 3000, 30000)))
        self.draft.until(self.at)
        incident_moves = [(name, None) for name, row in MOVES.items() if life.incident.state in row.source]
        order_moves = [
            (name, number)
            for number, order in enumerate(life.orders)
            for name, row in ORDER_MOVE.items()
            if order.state in row.source and life.incident.state in row.within
        ]
        choices = [one for one in incident_moves + order_moves * 2 if one[0] not in NEVER]
        weights = [5 if name in SELDOM or name in FORWARD else 1 for name, _ in choices]
        name, number = rng.choices(choices, weights)[0]
        who: Doer = doer(life.incident.desk_id, rng.randint(1, 5))
        try:
            self.draft.make(name, self.at, who, order=number, **self.given(name))
            REACHED[name] += 1
        except Conflict:
            # Refused for what the table does not say; the half-made move is not kept, as a transaction would.
            self.draft = rebuilt(self.draft)


def rebuilt(broken: Draft) -> Draft:
    """The draft as its history has it: what a rolled back transaction leaves."""
    life = replay(broken.life.incident, broken.life.steps, broken.world.book)
    broken.life.incident, broken.life.orders = life.incident, life.orders
    broken.life.deadlines = life.deadlines
    return broken


def check(walked: Draft) -> None:
    life, incident = walked.life, walked.life.incident
    live = [d for d in life.deadlines if d.live]
    assert bool(live) == (not incident.ended), incident.state
    assert len({(d.stage, d.order_id) for d in live}) == len(live)
    assert all(d.state in ("met", "missed", "dropped") and d.ended_at for d in life.deadlines if not d.live)
    assert sum(d.stage == Stage.HANDLE and d.order_id is None for d in live) <= 1
    leads = [order for order in life.orders if order.role == "lead" and order.open]
    assert len(leads) <= 1
    assert {incident.centre_id, incident.desk_id} <= set(incident.readers)
    assert {order.unit_id for order in life.orders} <= set(incident.readers)
    if incident.state in ("handled", "checked"):
        assert not life.open_orders()
    if incident.state == "handling":
        assert life.lead() is not None
    assert (incident.closed_at is not None) == incident.ended


def check_history(walked: Draft) -> None:
    life, incident = walked.life, walked.life.incident
    again = replay(incident, life.steps, walked.world.book)
    assert differences(life, again) == []


@given(seed=st.integers(0, 2**32))
@settings(max_examples=120, deadline=None, derandomize=True, database=None)
def test_no_walk_breaks_a_promise(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(30):
        walk.step()
        check(walk.draft)
    check_history(walk.draft)


def test_the_walks_went_everywhere() -> None:
    for seed in range(100):
        walk = Walk(seed)
        for _ in range(40):
            walk.step()
    assert set(REACHED) == (set(MOVES) | set(ORDER_MOVE)) - NEVER
