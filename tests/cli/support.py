"""What tests of the demo share: a small city with people and history, and a way to live a history again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.cli.demo.history import load_history
from chengyun.cli.demo.seed import SCENARIOS
from chengyun.cli.demo.shape import Shape, shape
from chengyun.identity import service as identity
from chengyun.incidents import service
from chengyun.incidents.inputs import Move, Reporter, ReportIn
from chengyun.incidents.life import Incident, Life, StepRow
from chengyun.incidents.moving import store
from chengyun.incidents.reporter.tracking import report_by_token
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.transactions import Database, Tx
from chengyun.scenarios import service as scenarios
from tests.incidents.support import kept
from tests.support import Cluster, seeded
from tests.territory.support import small_city_template

LIVES, SPOTS = 300, 220
SEED = system_actor("seed")


def peopled(cluster: Cluster) -> str:
    """The small city with units, scenarios and everybody who works there."""

    def build(database: Database) -> None:
        with database.begin(SEED) as tx:
            identity.seed_units(tx)
            scenarios.install(tx, [SCENARIOS])
            identity.seed_demo_accounts(tx, demo=True)
            identity.seed_simulated_staff(tx)

    base = small_city_template(cluster)
    return cluster.make_template("staffed", seeded(build), base=base)


def with_history(cluster: Cluster) -> str:
    """The same with simulated history."""

    def build(database: Database) -> None:
        with database.begin(SEED) as tx:
            load_history(tx, LIVES, processes=1, spots=SPOTS, plan=eventful())

    base = peopled(cluster)
    return cluster.make_template("lived", seeded(build), base=base)


def eventful() -> Shape:
    """The same city with more turns: what happens once in a hundred lives happens in a few of three hundred."""
    known = shape()
    turns = {name: min(5 * chance, max(chance, 0.3)) for name, chance in known.turns.items()}
    return replace(known, turns=turns)


NOT_COMPARED = {"id", "number", "deadline_id"}


def plain(life: Life) -> dict[str, Any]:
    """A life without its ids, in an order that does not depend on them."""
    order_of = {order.id: number for number, order in enumerate(life.orders)}
    incident = {n: getattr(life.incident, n) for n in Incident.__slots__ if n not in NOT_COMPARED}
    for name in ("readers", "involved", "alerts"):
        incident[name] = sorted(incident[name])
    return {
        "incident": incident,
        "orders": [
            (o.role, o.unit_id, o.state, o.issued_at, o.acknowledged_at, o.done_at, o.outcome, o.handlers)
            for o in life.orders
        ],
        "deadlines": sorted(
            (
                d.stage,
                order_of.get(d.order_id or 0, -1),
                d.started,
                d.due_at,
                d.next_at,
                d.position,
                d.lamp,
                d.state,
            )
            for d in life.deadlines
        ),
        "steps": sorted(
            (
                s.at,
                s.move,
                order_of.get(s.order_id or 0, -1),
                s.state,
                s.order_state or "",
                s.text,
                s.actor_name,
            )
            for s in life.steps
        ),
    }


@dataclass
class Again:
    """One history lived once more, through the door: each step by whoever made it, at its own time."""

    db: Database
    life: Life
    known: dict[str, Any]  # what its first report was told with
    incident: int = 0
    token: str = ""
    version: int = 0
    actors: dict[tuple[int, int | None], Actor] = field(default_factory=dict)

    def run(self) -> Life:
        """The life that came out of it."""
        steps = list(self.life.steps)
        self.report(steps.pop(0))
        for step in steps:
            if step.actor_kind == "system":
                self.sweep(step.at)
            else:
                self.make(step)
        with self.db.begin(SEED) as tx:
            again = kept(tx, self.incident)
            silence(tx, self.incident)
        return again

    @contextmanager
    def acting(self, actor: Actor, at: datetime) -> Iterator[Tx]:
        with self.db.begin(actor) as tx:
            tx.now = at
            yield tx

    def actor(self, step: StepRow) -> Actor:
        """Who made a step, with the permissions of the post it was made in."""
        if step.actor_kind != "person" or step.actor_id is None:
            return identity.anonymous()
        key = (step.actor_id, step.post_id)
        if key not in self.actors:
            with self.db.begin(SEED) as tx:
                self.actors[key] = identity.actor_for_post(tx, *key)
        return self.actors[key]

    def report(self, step: StepRow) -> None:
        first, name = self.life.incident, self.known["masked_name"]
        given = ReportIn(
            first.text,
            first.lon,
            first.lat,
            category=step.args["category"],
            address=first.address,
            channel=first.channel,
            occurred_at=first.occurred_at,
            reporter=Reporter(name=name),
            simulated=True,
        )
        with self.acting(self.actor(step), step.at) as tx:
            receipt = service.report(tx, given)
        self.incident, self.token = receipt.incident, receipt.tracking

    def sweep(self, at: datetime) -> None:
        with self.acting(system_actor("incidents.sweep"), at) as tx:
            while service.sweep(tx):
                pass

    def make(self, step: StepRow) -> None:
        if step.move == "add_report":
            first = self.life.incident
            given = ReportIn(step.text, first.lon, first.lat, channel="resident", incident=self.incident)
            with self.acting(self.actor(step), step.at) as tx:
                service.report(tx, given)
        elif step.actor_kind == "anonymous":
            with self.acting(system_actor("tracking"), step.at) as tx:
                service.move_as_reporter(tx, report_by_token(tx, self.token), self.move(step))
        elif step.order_id is not None:
            order = self.order(step.order_id)
            with self.acting(self.actor(step), step.at) as tx:
                service.move_order(tx, order, [self.move(step)])
        else:
            with self.acting(self.actor(step), step.at) as tx:
                service.move(tx, self.incident, [self.move(step)])

    def order(self, known: int) -> int:
        """The new work order in the place of a known one."""
        number = next(n for n, order in enumerate(self.life.orders) if order.id == known)
        with self.db.begin(SEED) as tx:
            return store.load(tx, self.incident).life.orders[number].id

    def move(self, step: StepRow) -> Move:
        """What its maker gave, read back from what history keeps."""
        given: dict[str, Any] = {"reason": step.text, "note": step.text}
        for name in ("outcome", "measures", "stars", "solved", "to_centre"):
            if name in step.args:
                given[name] = step.args[name]
        if "until" in step.args:
            given["until"] = datetime.fromisoformat(step.args["until"])
        orders = step.args.get("orders", [])
        if step.move == "call_in":
            given["unit"] = orders[0]["unit"]
        elif step.move == "arbitrate" and orders:
            given["units"] = {"lead": orders[0]["unit"]}
        return Move(step.move, {name: value for name, value in given.items() if value != ""})


def silence(tx: Tx, incident: int | None = None) -> None:
    """Let the sweeper pass by one incident, or by all there are."""
    where = "" if incident is None else " WHERE incident_id = :id"
    tx.execute(
        sa.text(f"UPDATE incidents_deadline SET next_at = '9000-01-01Z'{where}"), {"id": incident or 0}
    )


def ids(tx: Tx, condition: str = "true", order: str = "id") -> list[int]:
    """Ids of incidents."""
    return list(
        tx.execute(sa.text(f"SELECT id FROM incidents_incident WHERE {condition} ORDER BY {order}")).scalars()
    )


def until(done: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait for something; whether it came."""
    import time

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.05)
    return done()
