"""Thousands of random lives in memory: what effects and deadlines must never do."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.incidents.contracts import Stage
from chengyun.incidents.deadlines import share
from chengyun.incidents.effects.replay import differences, replay
from chengyun.incidents.history_bulk import Draft
from chengyun.incidents.life import Doer
from chengyun.incidents.rules import MOVES, NEXT, NEXT_OF_ORDER, ORDER_MOVE
from chengyun.kernel.errors import Conflict
from tests.incidents.pure import BANAN, CITY, HUAXI, JLP, SQP, doer, draft, unit

UNITS = [unit("enforcement-team", SQP), unit("housing", JLP), unit("city-management", BANAN)]
NEVER = {"report", "lamp_yellow", "overdue", "escalated", "reminded", "moved_region", "recount", "split_from"}
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
        self.taken: list[int] = []  # reports that came with others
        self.told = 1
        self.spent: dict[str, float] = {}  # of each limit, when it was merged

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
            "merge_into": {"incident": 10**6, "number": "1"},
            "take_in": {
                "incident": 10**6 + 1,
                "number": "2",
                "reports": rng.randint(1, 50),
                "residents": [8],
            },
            "let_go": {
                "incident": 10**6 + 1,
                "number": "2",
                "reports": sum(self.taken[-1:]),
                "residents": [8],
            },
            "split_off": {"incident": 10**6 + 2, "number": "3", "reports": [1], "residents": []},
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
        choices = [one for one in incident_moves + order_moves * 2 if one[0] not in self.senseless()]
        weights = [5 if name in SELDOM or name in FORWARD else 1 for name, _ in choices]
        name, number = rng.choices(choices, weights)[0]
        who: Doer = doer(life.incident.desk_id, rng.randint(1, 5))
        try:
            given = self.given(name)
            before = self.shares()
            self.draft.make(name, self.at, who, order=number, **given)
            REACHED[name] += 1
            self.count(name, given, before)
        except Conflict:
            # Refused for what the table does not say; the half-made move is not kept, as a transaction would.
            self.draft = rebuilt(self.draft)

    def senseless(self) -> set[str]:
        """What nobody could ask for now: taking apart what was not put together."""
        kept = set() if self.taken else {"let_go"}
        return NEVER | kept | (set() if self.told > 1 + sum(self.taken) else {"split_off"})

    def shares(self) -> dict[str, float]:
        """How much is spent now of each limit of the incident itself, and of the lead's handling."""
        life, calendar = self.draft.life, self.draft.world.book.calendar
        lead = life.lead()
        own = {None} | ({lead.id} if lead and lead.open else set())
        live = [d for d in life.deadlines if d.live and (d.order_id is None or d.stage == Stage.HANDLE)]
        return {d.stage: share(d, self.at, calendar) for d in live if d.order_id in own}

    def count(self, name: str, given: dict[str, Any], before: dict[str, float]) -> None:
        """No report is lost, and no limit moves while it follows another incident."""
        if name in ("add_report", "take_in"):
            self.told += given.get("reports", 1)
        if name == "take_in":
            self.taken.append(given["reports"])
        if name == "let_go":
            self.told -= self.taken.pop()
        if name == "split_off":
            self.told -= 1
        assert self.draft.life.incident.reports_count == self.told
        if name == "merge_into":
            self.spent = before
        if name == "unmerge":
            after = self.shares()
            assert all(abs(after[stage] - spent) < 1e-6 for stage, spent in self.spent.items()), after


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
    over = [d for d in life.deadlines if not d.live and d.state != "held"]
    assert all(d.state in ("met", "missed", "dropped") and d.ended_at for d in over)
    merged = incident.state == "merged"
    assert merged == (incident.merged_into is not None)
    assert merged or not any(d.state == "held" for d in life.deadlines)
    assert not (merged and life.open_orders())
    assert sum(d.stage == Stage.HANDLE and d.order_id is None for d in live) <= 1
    leads = [order for order in life.orders if order.role == "lead" and order.open]
    assert len(leads) <= 1
    assert {incident.centre_id, incident.desk_id} <= set(incident.readers)
    assert {order.unit_id for order in life.orders} <= set(incident.readers)
    if incident.state in ("handled", "checked"):
        assert not life.open_orders()
    if incident.state == "handling":
        assert life.lead() is not None
    assert (incident.closed_at is not None) == (incident.ended and not merged)


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
