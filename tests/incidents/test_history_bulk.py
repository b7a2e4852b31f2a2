"""Simulated lives: what the loader computes is what the door would have done."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents import rulebook, service
from chengyun.incidents.contracts import State
from chengyun.incidents.dispatch.opening import Ground
from chengyun.incidents.dispatch.places import Units, brief
from chengyun.incidents.effects.replay import differences, replay
from chengyun.incidents.history_bulk import Draft, Telling, World, first_ids, load
from chengyun.incidents.inputs import Move, ReportIn
from chengyun.incidents.life import Doer, Life
from chengyun.incidents.moving import store
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from tests.incidents.support import HUAXI, SHIQIAOPU, ZHAIZIPING, City, kept

START = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)  # a Tuesday, 09:00 in Chongqing


def world_of(tx: Tx, room: int) -> World:
    units = identity.find_units(tx)
    regions = [ref for level in ("city", "district", "town") for ref in territory.find_regions(tx, level)]
    return World(
        book=rulebook.book(tx, rulebook.current(tx)[0]),
        units={(unit.kind, unit.region_id): brief(unit) for unit in units},
        unit_names={unit.id: unit.name for unit in units},
        region_names={ref.id: ref.name for ref in regions},
        lines={ref.id: territory.ancestors(tx, ref.id) for ref in regions},
        first=first_ids(tx, room),
    )


def telling(
    tx: Tx, actor: Actor, at: datetime, point: tuple[float, float], category: str, text: str
) -> Telling:
    found = territory.locate(tx, *point)
    ground = Ground(
        {ref.level: ref.id for ref in found.chain.regions},
        found.town.name,
        found.chain.label,
        found.version,
        found.border_m,
        found.neighbour.name if found.neighbour else None,
    )
    doer = Doer(actor.kind, actor.id, actor.name, actor.post, actor.unit, actor.home)
    return Telling(at, doer, ground, *point, text, "centre", category)


Turn = tuple[str, datetime, Actor, int | None, dict[str, Any]]


class Driver:
    """Drives a draft to some end, with pauses long enough for lamps, ladders and reminders."""

    def __init__(self, city: City, draft: Draft, rng: random.Random) -> None:
        self.city, self.draft, self.rng = city, draft, rng
        self.at, self.turns = draft.telling.at, list[Turn]()
        self.chief = city.officer(city_path(city, draft))
        self.checker = city.officer(city_path(city, draft), id=991)

    def turn(self, name: str, actor: Actor, order: int | None = None, **given: Any) -> None:
        self.at += timedelta(minutes=self.rng.choice((7, 40, 200, 900, 4000)))
        doer = Doer(actor.kind, actor.id, actor.name, actor.post, actor.unit, actor.home)
        args = {key: value for key, value in given.items() if key != "reason"}
        self.draft.make(name, self.at, doer, order=order, text=str(given.get("reason", "")), **args)
        self.turns.append((name, self.at, actor, order, given))

    def worker(self, number: int) -> Actor:
        return self.city.worker_of(self.draft.order(number).unit_id)

    def live(self) -> list[Turn]:
        for name, state in zip(("accept", "verify", "file", "dispatch"), list(State)[:4], strict=True):
            if self.draft.state == state:
                self.turn(name, self.chief)
        if self.rng.random() < 0.4:
            self.turn("return", self.worker(0), 0, reason="不归我管")
            self.turn("dispatch", self.chief)
        self.handle()
        if self.draft.state == State.HANDLED:
            self.check()
        return self.turns

    def handle(self) -> None:
        for number, order in enumerate(self.draft.life.orders):
            if order.open and self.rng.random() < 0.9:
                self.turn("acknowledge", self.worker(number), number)
                self.turn("report_back", self.worker(number), number, outcome="已处理", measures={})

    def check(self) -> None:
        if self.rng.random() < 0.3:
            lead = next(
                i for i, o in enumerate(self.draft.life.orders) if o.role == "lead" and o.state == "done"
            )
            self.turn("check_fail", self.checker, reason="没干净")
            self.turn("report_back", self.worker(lead), lead, outcome="再次处理", measures={})
        self.turn("check_pass", self.checker)
        self.turn("close", self.checker, outcome="已办结")


def city_path(city: City, draft: Draft) -> str:
    return next(p for p, r in city.regions.items() if r == draft.life.incident.centre_id)


def made(city: City, count: int, seed: int = 1) -> list[tuple[Draft, list[Turn]]]:
    rng, found = random.Random(seed), []
    spots = ((SHIQIAOPU, "0102"), (ZHAIZIPING, "0404"), (HUAXI, "truck"), (SHIQIAOPU, "0401"))
    with city.db.begin(system_actor("seed")) as tx:
        world = world_of(tx, count)
        for number in range(count):
            point, category = spots[number % len(spots)]
            actor = city.officer("九龙坡区/石桥铺街道")
            at = START + timedelta(minutes=17 * number)
            draft = Draft(world, telling(tx, actor, at, point, category, f"第 {number} 件"))
            turns = Driver(city, draft, rng).live()
            draft.until(START + timedelta(days=20))
            found.append((draft, turns))
        load(tx, [draft for draft, _ in found])
    return found


def test_loaded_lives_read_back_from_their_history(city: City) -> None:
    lives = made(city, 40)
    states = {draft.state for draft, _ in lives}
    assert {State.CLOSED, State.DISPATCHED} <= states
    with city.db.begin(system_actor("seed")) as tx:
        for draft, _ in lives:
            life = kept(tx, draft.life.incident.id)
            book = rulebook.book(tx, life.incident.rulebook_id or 0)
            assert differences(life, replay(life.incident, life.steps, book)) == []
            assert life.incident == draft.life.incident


def test_the_door_reaches_the_same_state(city: City) -> None:
    """The same moves at the same times through the service, the sweeper running at every moment that matters."""
    lives = made(city, 10, seed=3)
    moments = {step.at for draft, _ in lives for step in draft.life.steps if step.actor_kind == "system"}
    with city.db.begin(system_actor("seed")) as tx:
        tx.execute(sa.text("UPDATE incidents_deadline SET next_at = '9000-01-01Z'"))
        tx.execute(sa.text("UPDATE incidents_incident SET absent = true"))
    again: dict[int, int] = {}
    agenda: list[tuple[datetime, int, int, Turn | None]] = []
    for number, (draft, turns) in enumerate(lives):
        agenda.append((draft.telling.at, 1, number, None))
        agenda.extend((turn[1], 1, number, turn) for turn in turns)
    agenda.extend((at, 0, -1, None) for at in moments)
    for at, _, number, turn in sorted(agenda, key=lambda one: one[:3]):
        if number < 0:
            sweep_deadlines(city, at)
        elif turn is None:
            again[number] = report_like(city, lives[number][0])
        else:
            make_turn(city, again[number], turn)
    with city.db.begin(system_actor("seed")) as tx:
        for number, (draft, _) in enumerate(lives):
            found, lived = told(kept(tx, again[number])), told(draft.life)
            for one, other in zip(found.pop("steps"), lived.pop("steps"), strict=True):
                assert one == other
            assert found == lived


def sweep_deadlines(city: City, at: datetime) -> None:
    with city.at(system_actor("incidents.sweep"), at) as tx:
        tx.execute(sa.text("UPDATE incidents_incident SET absent = true WHERE NOT absent"))
        service.sweep(tx)


def report_like(city: City, draft: Draft) -> int:
    told_first = draft.telling
    with city.at(city.officer("九龙坡区/石桥铺街道"), told_first.at) as tx:
        given = ReportIn(told_first.text, told_first.lon, told_first.lat, category=told_first.category)
        return service.report(tx, given).incident


def make_turn(city: City, incident: int, turn: Turn) -> None:
    name, at, actor, order, given = turn
    with city.db.begin(system_actor("seed")) as tx:
        orders = store.load(tx, incident).life.orders
    with city.at(actor, at) as tx:
        if order is None:
            service.move(tx, incident, [Move(name, given)])
        else:
            service.move_order(tx, orders[order].id, [Move(name, given)])


def told(life: Life) -> dict[str, Any]:
    """A life without its ids."""
    order_of = {order.id: number for number, order in enumerate(life.orders)}
    incident = life.incident
    skip = {"id", "number", "deadline_id", "version", "absent", "simulated"}
    plain = {name: getattr(incident, name) for name in incident.__slots__ if name not in skip}
    plain["readers"], plain["alerts"] = sorted(incident.readers), sorted(incident.alerts)
    plain["involved"] = sorted(incident.involved)
    return {
        "incident": plain,
        "orders": [(o.role, o.unit_id, o.state, o.issued_at, o.done_at, o.outcome) for o in life.orders],
        "deadlines": sorted(
            (d.stage, order_of.get(d.order_id or 0, -1), d.due_at, d.next_at, d.position, d.lamp, d.state)
            for d in life.deadlines
        ),
        "steps": [(s.at, s.move, s.state, s.order_state, s.text, s.actor_name) for s in life.steps],
    }


def test_units_are_found_where_they_are(city: City) -> None:
    with city.at(city.officer("九龙坡区")) as tx:
        units = Units(tx)
        found = units.find("city-management", city.region("九龙坡区"))
        assert found is not None
        assert found.name == units.name(found.id)
        assert units.find("city-management", city.region("九龙坡区/石桥铺街道")) is None
