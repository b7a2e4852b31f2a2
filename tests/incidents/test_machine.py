"""Any life that people can give an incident, through the door: what must always hold, holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chengyun.incidents import rulebook, service, tables
from chengyun.incidents.contracts import OrderState, State
from chengyun.incidents.effects.replay import differences, replay
from chengyun.incidents.inputs import Move
from chengyun.incidents.life import ENDED, Life
from chengyun.incidents.moving import store
from chengyun.incidents.rules import MAX_RETURNS, MOVES, ORDER_MOVE
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.incidents.support import HUAXI, SHIQIAOPU, ZHAIZIPING, City, resident

START = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)
CENTRES = ("", "九龙坡区", "巴南区", "开州区", "九龙坡区/石桥铺街道", "巴南区/花溪街道", "开州区/云枫街道")
SPOTS = (
    (SHIQIAOPU, "垃圾", "九龙坡区/石桥铺街道"),
    (ZHAIZIPING, "下水道", "开州区/云枫街道"),
    (HUAXI, "渣土车", "巴南区"),
)
INCIDENT_MOVES = sorted(set(MOVES) - {"report", "add_report"})
MADE: set[str] = set()  # moves that some life has made
REFUSALS = (Conflict, Forbidden, Invalid, NotFound)


class LifeOfAnIncident(RuleBasedStateMachine):
    """Random people try random moves at random times; a plain model says what must have come of it."""

    city: City
    fresh: Life | None = None

    @initialize(spot=st.sampled_from(SPOTS), head=st.sampled_from((0, 2, 4, 5, 7)))
    def report(self, spot: tuple[tuple[float, float], str, str], head: int) -> None:
        """Reported, and brought forward by some of the usual steps."""
        self.now, (point, text, self.path) = START, spot
        self.incident = self.city.report(resident(), f"路边{text}", point, self.now).incident
        self.number = self.kept().incident.number
        self.owners = {self.kept().incident.centre_id}
        self.handlers: set[int] = set()
        self.checked = False
        self.returned = 0
        self.forward(min(head, 4), 901)
        if head > 4:
            self.all_work()
            self.forward(head - 5, 902)

    def kept(self) -> Life:
        """What the database holds now; read once between two changes."""
        if self.fresh is None:
            self.fresh = self.read()
        return self.fresh

    def read(self) -> Life:
        with self.city.db.begin(system_actor("seed")) as tx:
            life = store.load(tx, self.incident).life
            rows = tx.execute(
                sa.select(tables.deadline).where(tables.deadline.c.incident_id == self.incident)
            )
            life.deadlines = [store.running_of(row) for row in rows]
            life.steps = store.steps_of(tx, self.incident)
            return life

    def attempt(self, actor: Actor, name: str, order: int | None, given: dict[str, Any]) -> bool:
        """Try a move; whether it was made. Anything but an expected refusal is a fault."""
        before = self.kept()
        try:
            with self.city.at(actor, self.now) as tx:
                if order is None:
                    service.move(tx, self.incident, [Move(name, given)])
                else:
                    service.move_order(tx, order, [Move(name, given)])
        except REFUSALS:
            return False
        self.fresh = None
        after = self.kept()
        MADE.add(name)
        self.note(before, after, actor, name, order)
        return True

    def note(self, before: Life, after: Life, actor: Actor, name: str, order: int | None) -> None:
        """Follow what a move has made, and object where it breaks a promise."""
        row = (MOVES if order is None else ORDER_MOVE)[name]
        source = before.incident.state if order is None else before.order(order).state
        assert source in row.source
        assert after.steps[-1].move == name
        assert len(after.steps) == len(before.steps) + 1
        assert after.steps[:-1] == before.steps
        if name in ("acknowledge", "start", "report_back", "progress") and actor.id:
            self.handlers.add(actor.id)
        if name in ("check_pass", "check_fail"):
            assert actor.id not in self.handlers
            self.checked = name == "check_pass"
        if name == "reopen":
            self.checked, self.returned = False, 0
        if name == "close":
            assert self.checked
        if name == "return" and before.order(order or 0).role == "lead":
            self.returned += 1
            expected = State.ARBITRATING if self.returned >= MAX_RETURNS else State.FILED
            assert after.incident.state == expected
        if row.who == "owner":
            assert actor.home == before.incident.centre_id
        self.owners.add(after.incident.centre_id)

    # people

    @rule(pick=st.integers(0, 40), stray=st.sampled_from((None, None, None, *CENTRES)), by_hand=st.booleans())
    def officer(self, pick: int, stray: str | None, by_hand: bool) -> None:
        """A move that fits the state, by whom it is for, or by somebody astray."""
        incident = self.kept().incident
        names = [name for name in INCIDENT_MOVES if incident.state in MOVES[name].source]
        name = names[pick % len(names)]
        desk = MOVES[name].who in ("desk", "checker")
        path = self.path_of(incident.desk_id if desk else incident.centre_id) if stray is None else stray
        other = CENTRES[pick % len(CENTRES)]
        actor = self.city.officer(path, id=903 if name.endswith("approve") else 901)
        self.attempt(actor, name, None, self.given(name, other, by_hand, path))

    @rule(name=st.sampled_from(INCIDENT_MOVES), path=st.sampled_from(CENTRES), other=st.sampled_from(CENTRES))
    def anybody(self, name: str, path: str, other: str) -> None:
        """Any move at all by anybody at all."""
        self.attempt(self.city.officer(path), name, None, self.given(name, other, False, path))

    @rule(steps=st.integers(1, 5), person=st.sampled_from((0, 901)))
    def forward(self, steps: int, person: int) -> None:
        """The owner takes the usual next steps: random moves alone would seldom get far."""
        for _ in range(steps):
            life = self.kept()
            name = {
                "reported": "accept", "accepted": "verify", "verified": "file", "filed": "dispatch",
                "handled": "check_pass", "checked": "close", "transferring": "transfer_accept",
            }.get(life.incident.state)  # fmt: skip
            if name is None:
                return
            path = self.path_of(life.incident.desk_id)
            self.attempt(self.city.officer(path, id=person), name, None, self.given(name, path, False, path))

    @rule(pick=st.integers(0, 40), own=st.sampled_from((True, True, True, False)))
    def handler(self, pick: int, own: bool) -> None:
        """A move that fits a work order, by its unit or by somebody astray."""
        orders = self.kept().orders
        if orders:
            one = orders[-1 - pick % len(orders)]
            names = [name for name, row in ORDER_MOVE.items() if one.state in row.source] or ["start"]
            name = names[pick % len(names)]
            centre = self.city.officer(self.path_of(one.centre_id), id=903)
            theirs = ORDER_MOVE[name].who == "handler"
            actor = self.city.worker_of(one.unit_id) if own == theirs else centre
            self.attempt(actor, name, one.id, self.given(name, self.path, False, self.path))

    @rule()
    def all_work(self) -> None:
        """Everybody who has a work order does it."""
        for one in self.kept().open_orders():
            worker = self.city.worker_of(one.unit_id)
            if one.state == OrderState.ISSUED:
                self.attempt(worker, "acknowledge", one.id, {})
            self.attempt(worker, "report_back", one.id, {"outcome": "已处理"})

    @rule(name=st.sampled_from(("rate", "reopen", "note", "close")))
    def reporter(self, name: str) -> None:
        given = {"stars": 4, "solved": True, "reason": "没解决", "note": "补充"}
        self.attempt(resident(), name, None, given)

    @rule(hours=st.sampled_from((1, 3, 30, 400)))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        with self.city.at(system_actor("incidents.sweep"), self.now) as tx:
            while service.sweep(tx):
                self.fresh = None

    def given(self, name: str, other: str, by_hand: bool, path: str) -> dict[str, Any]:
        """Something for every need."""
        region = self.city.region(path)
        kind = "city-management" if path.count("/") == 0 else "enforcement-team"
        units = {"lead": self.city.units[kind, region], "assist": [], "assign_down": []}
        given: dict[str, Any] = {
            "reason": "理由", "note": "说明", "outcome": "已处理", "to_centre": self.city.region(other),
            "until": self.now + timedelta(days=2), "unit": self.city.units[kind, region],
            "person": 1, "stars": 4, "solved": True, "category": "0102",
        }  # fmt: skip
        if by_hand or name in ("add_order", "arbitrate"):
            given["units"] = units
        return given

    def path_of(self, region: int) -> str:
        return next(path for path, found in self.city.regions.items() if found == region)

    # what always holds

    @invariant()
    def one_owner_one_number(self) -> None:
        if hasattr(self, "incident"):
            incident = self.kept().incident
            assert incident.number == self.number
            assert incident.centre_id in {self.city.region(path) for path in CENTRES}

    @invariant()
    def history_gives_the_state(self) -> None:
        if not hasattr(self, "incident"):
            return
        life = self.kept()
        with self.city.db.begin(system_actor("seed")) as tx:
            book = rulebook.book(tx, life.incident.rulebook_id or 0)
        assert differences(life, replay(life.incident, life.steps, book)) == []
        assert [step.seq for step in life.steps] == list(range(1, len(life.steps) + 1))

    @invariant()
    def something_always_runs(self) -> None:
        """Nothing open is without a deadline, and nothing ended has one."""
        if hasattr(self, "incident"):
            life = self.kept()
            live = [d for d in life.deadlines if d.live]
            assert bool(live) == (life.incident.state not in ENDED)
            for order in life.open_orders():
                assert any(d.order_id == order.id and d.stage == "handle" for d in live)

    @invariant()
    def no_work_is_left_behind(self) -> None:
        """Nobody works on what is over or to be checked, or for a centre that has handed it over."""
        if not hasattr(self, "incident"):
            return
        life = self.kept()
        over = life.incident.state in (*ENDED, State.HANDLED, State.CHECKED)
        assert not (over and life.open_orders())
        assert {order.centre_id for order in life.open_orders()} <= {life.incident.centre_id}

    @invariant()
    def who_reads_it(self) -> None:
        """Exactly: the chain of its place, whoever owned it, was asked, told or decided, and units with work orders."""
        if not hasattr(self, "incident"):
            return
        life = self.kept()
        seeing = self.owners | set(life.incident.chain()) | {order.unit_id for order in life.orders}
        for step in life.steps:
            named = (step.args.get(name) for name in ("to_centre", "arbiter", "checker"))
            seeing |= {*(one for one in named if one), *step.args.get("alert", ())}
            seeing |= {step.home_id} if step.move == "supervise" else set()
        for path in CENTRES:
            actor = self.city.officer(path)
            with self.city.at(actor) as tx:
                query = sa.select(sa.func.count()).select_from(tables.incident)
                found = tx.execute(query.where(tables.incident.c.id == self.incident)).scalar()
            assert found == (1 if set(actor.scopes) & seeing else 0), path


def test_any_life(city: City) -> None:
    LifeOfAnIncident.city = city
    limits = settings(
        max_examples=10,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    run_state_machine_as_test(LifeOfAnIncident, settings=limits)
    assert {
        "accept",
        "verify",
        "file",
        "dispatch",
        "acknowledge",
        "report_back",
        "check_pass",
        "close",
    } <= MADE
