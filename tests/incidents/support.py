"""A small city with its units, a rulebook and people of every kind: what tests of incidents share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.roles import ANONYMOUS, RESIDENT, ROLES
from chengyun.identity.rules import scopes_of
from chengyun.incidents import rulebook, service, tables
from chengyun.incidents.contracts import (
    Category,
    DutyLine,
    Level,
    LimitRule,
    MessageTemplate,
    RoutingRule,
    Rulebook,
    Stage,
    UnitRef,
)
from chengyun.incidents.effects.replay import differences, replay
from chengyun.incidents.inputs import Move, ReportIn
from chengyun.incidents.life import Life
from chengyun.incidents.moving import store
from chengyun.incidents.views import Receipt
from chengyun.kernel.clock import Clock, Limit
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory
from tests.support import Cluster, seeded
from tests.territory.support import small_city_template

SHIQIAOPU = (106.48, 29.52)  # 九龙坡区
HUAXI = (106.56, 29.44)  # 巴南区
ZHAIZIPING = (108.375, 31.135)  # 开州区 · 云枫街道 · 寨子坪社区
HOUR = timedelta(hours=1)


def category(code: str, name: str, level: Level = Level.YELLOW, **more: Any) -> Category:
    return Category(code, name, name, "市容", "Streets", level, "test", **more)


RULES = Rulebook(
    digest="test-rules",
    versions={"test": "1"},
    categories=(
        category("0102", "暴露垃圾", hints=("垃圾",), public=True),
        category("0404", "下水道堵塞", Level.ORANGE, hints=("下水道", "堵了"), public=True),
        category("0401", "路面塌陷", Level.RED, hints=("塌陷",)),
        category("truck", "渣土车冒装", intake="district", hints=("渣土车",)),
        category("fire", "森林火情", Level.RED, intake="city"),
    ),
    limits=(
        LimitRule("accept", "*", "*", Stage.ACCEPT, Limit(2, Clock.URGENT)),
        LimitRule("handle-red", "*", "red", Stage.HANDLE, Limit(4, Clock.URGENT)),
        LimitRule("handle", "*", "*", Stage.HANDLE, Limit(10, Clock.URGENT)),
        LimitRule("all", "*", "*", Stage.ACKNOWLEDGE, Limit(1, Clock.URGENT)),
    ),
    routing=(
        RoutingRule(
            "drain-auto",
            "test",
            "下水道堵塞由社区先处置",
            "The community goes first",
            {"category": "0404", "event": "reported"},
            UnitRef("community", "village"),
            auto=True,
            source="test/routing.yaml:1",
        ),
        RoutingRule(
            "truck-in",
            "test",
            "移入的渣土车由城管局主办",
            "City management leads",
            {"category": "truck", "event": "transferred-in"},
            UnitRef("city-management", "district", "owner"),
            (UnitRef("housing", "district", "owner"),),
            (UnitRef("enforcement-team", "town"),),
        ),
    ),
    duties=(
        DutyLine("*", "town", "enforcement-team", ("sanitation",), ("community",), "1"),
        DutyLine("*", "district", "city-management", ("housing",), ("enforcement-team",), "2"),
        DutyLine("*", "city", "city-management", (), (), "3"),
    ),
    messages=(
        MessageTemplate("report", "reporter", "{number} 已收到，{centre}受理", "{number} received"),
        MessageTemplate("add_report", "reporter", "已并入 {number}", "joined {number}"),
        MessageTemplate("dispatch", "reporter", "已交{unit}，{due}前", "With {unit} by {due}"),
        MessageTemplate("dispatch", "unit", "{number} {title} {place}", "{number} {title}"),
        MessageTemplate("check_pass", "unit", "{number} 已核查通过，工单已免除", "{number} has passed"),
        MessageTemplate("close", "reporter", "已办结：{outcome}", "Closed: {outcome}"),
        MessageTemplate("overdue", "centre", "{number} 超时", "{number} overdue"),
    ),
)


def incidents_template(cluster: Cluster) -> str:
    """The small city with units and rules, built once per test run."""

    def build(database: Database) -> None:
        with database.begin(system_actor("seed")) as tx:
            identity.seed_units(tx)
            rulebook.install(tx, RULES)

    base = small_city_template(cluster)
    return cluster.make_template("incidents", seeded(build), base=base)


@dataclass
class City:
    """The test's database with its regions, units and people."""

    db: Database
    regions: dict[str, int] = field(default_factory=dict)
    units: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.db.begin(system_actor("seed")) as tx:
            for row in tx.execute(sa.text("SELECT id, level FROM territory_region WHERE level <> 'grid'")):
                chain = territory.chain_of(tx, row.id)
                self.regions["/".join(ref.name for ref in chain.regions[1:])] = row.id
            for row in tx.execute(sa.text("SELECT id, kind, region_id FROM identity_unit")):
                self.units[row.kind, row.region_id] = row.id

    def region(self, path: str) -> int:
        return self.regions[path]

    def unit(self, kind: str, path: str) -> int:
        return self.units[kind, self.region(path)]

    def officer(self, path: str, role: str = "duty-chief", id: int = 0) -> Actor:
        """Somebody of the centre of a region ("" the city)."""
        return self.worker("centre", path, role, id)

    def worker(self, kind: str, path: str, role: str = "department", id: int = 0) -> Actor:
        """Somebody of a unit."""
        region, unit = self.region(path), self.unit(kind, path)
        home = self.region(path.rsplit("/", 1)[0]) if kind == "community" else region
        return Actor(
            kind="person",
            id=id or unit,
            name=f"{path} {role}",
            permissions=ROLES[role].permissions,
            scopes=scopes_of(role, region, unit),
            home=home,
            unit=unit,
        )

    def worker_of(self, unit: int, id: int = 0) -> Actor:
        """Somebody of the unit with this id."""
        kind, region = next(key for key, value in self.units.items() if value == unit)
        path = next(path for path, value in self.regions.items() if value == region)
        role = {"centre": "duty-chief", "community": "community"}.get(kind, "department")
        return self.worker(kind, path, role, id)

    @contextmanager
    def at(self, actor: Actor, now: datetime | None = None) -> Iterator[Tx]:
        """A transaction of `actor`, at another time if one is given."""
        with self.db.begin(actor) as tx:
            if now is not None:
                tx.now = now
            yield tx

    def report(
        self, actor: Actor, text: str, at: tuple[float, float], now: datetime | None = None, **more: Any
    ) -> Receipt:
        with self.at(actor, now) as tx:
            return service.report(tx, ReportIn(text, *at, **more))

    def move(self, actor: Actor, incident: int, name: str, now: datetime | None = None, **given: Any) -> None:
        with self.at(actor, now) as tx:
            service.move(tx, incident, [Move(name, given)])

    def dispatch(self, actor: Actor, incident: int, now: datetime | None = None) -> None:
        """The straight way until units have it."""
        for name in ("accept", "verify", "file", "dispatch"):
            self.move(actor, incident, name, now)

    def order(self, actor: Actor, order: int, name: str, now: datetime | None = None, **given: Any) -> None:
        with self.at(actor, now) as tx:
            service.move_order(tx, order, [Move(name, given)])

    def life(self, incident: int) -> Life:
        """What is kept of an incident, history included."""
        with self.db.begin(system_actor("seed")) as tx:
            life = store.load(tx, incident).life
            life.steps = store.steps_of(tx, incident)
            return life

    def state(self, incident: int) -> str:
        return self.life(incident).incident.state

    def check_history(self, incident: int) -> None:
        """The history tells everything: read back, it gives what is kept."""
        with self.db.begin(system_actor("seed")) as tx:
            life = store.load(tx, incident).life
            rows = tx.execute(sa.select(tables.deadline).where(tables.deadline.c.incident_id == incident))
            life.deadlines = [store.running_of(row) for row in rows]
            book = rulebook.book(tx, life.incident.rulebook_id or 0)
            again = replay(life.incident, store.steps_of(tx, incident), book)
        assert differences(life, again) == []

    def sweep(self, now: datetime) -> int:
        """Sweep until nothing is due at `now`."""
        told = 0
        with self.at(system_actor("incidents.sweep"), now) as tx:
            while found := service.sweep(tx):
                told += found
        return told


def resident(id: int = 7) -> Actor:
    return Actor("resident", id, "居民", RESIDENT)


def anonymous() -> Actor:
    return Actor("anonymous", None, "匿名居民", ANONYMOUS)


def kept(tx: Tx, incident: int) -> Life:
    """Everything that is kept of an incident."""
    life = store.load(tx, incident).life
    rows = tx.execute(sa.select(tables.deadline).where(tables.deadline.c.incident_id == incident))
    life.deadlines = [store.running_of(row) for row in rows]
    life.steps = store.steps_of(tx, incident)
    return life
