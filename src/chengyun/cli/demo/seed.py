"""Set the demo city up, step by step; each step is one transaction and is skipped when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa

from chengyun.cli.demo.feeling.placing import kinds_of, place
from chengyun.cli.demo.feeling.registers import load_registers
from chengyun.cli.demo.feeling.sending import save_list
from chengyun.cli.demo.history import load_history
from chengyun.cli.demo.past.loading import load_past
from chengyun.cli.demo.stories import Places
from chengyun.cli.runtime import Installation
from chengyun.identity import service as identity
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database, Tx
from chengyun.scenarios import service as scenarios
from chengyun.territory import service as territory

SCENARIOS = Path(__file__).resolve().parents[4] / "scenarios"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `done` is a query that finds a row once the step has been made."""

    zh: str
    en: str
    done: str
    act: Callable[[Tx, Installation], object]


STEPS = (
    Step(
        "区划：1 市、41 区县、1,031 镇街、11,270 村社区、约 65,000 网格（边界示意）",
        "territory",
        "SELECT 1 FROM territory_version",
        lambda tx, _: territory.seed_demo(tx),
    ),
    Step("单位与权责", "units", "SELECT 1 FROM identity_unit", lambda tx, _: identity.seed_units(tx)),
    Step(
        "应用场景：通用城市管理、渣土车监管、城市体征",
        "scenarios",
        "SELECT 1 FROM incidents_rulebook",
        lambda tx, _: scenarios.install(tx, [SCENARIOS]),
    ),
    Step(
        "演示账号与值班（模拟）",
        "demo accounts",
        "SELECT 1 FROM identity_person",
        lambda tx, _: (identity.seed_demo_accounts(tx, demo=True), identity.seed_simulated_staff(tx)),
    ),
    Step(
        "两万多台感知设备（模拟）",
        "simulated things",
        "SELECT 1 FROM sensing_thing",
        lambda tx, _: place(tx, kinds_of(SCENARIOS / "city-vitals" / "things.yaml")),
    ),
    Step(
        "统计指标（示意）",
        "numbers of registers",
        "SELECT 1 FROM vitals_number",
        lambda tx, _: load_registers(tx, SCENARIOS),
    ),
    Step(
        "三个月历史事件（模拟）",
        "three months of simulated history",
        "SELECT 1 FROM kernel_audit WHERE subject_kind = 'demo' AND subject_id = 'history'",
        lambda tx, _: load_history(tx),
    ),
    Step(
        "两个月的体征、预警与读数（模拟）",
        "two months of simulated signs, alarms and readings",
        "SELECT 1 FROM kernel_audit WHERE subject_kind = 'demo' AND subject_id = 'past'",
        lambda tx, _: load_past(tx),
    ),
)


def seed(where: Installation, say: Callable[[str], None]) -> None:
    """Make the steps that are missing; a start that was interrupted goes on where it stopped."""
    database = where.database()
    try:
        made = [_make(database, where, step, say) for step in STEPS]
        if any(made):
            _settle(where)
        with database.begin(system_actor("seed")) as tx:
            Places.from_territory(tx).save(where.settings.home)
            save_list(tx, where.settings.home)
    finally:
        database.dispose()


def _make(database: Database, where: Installation, step: Step, say: Callable[[str], None]) -> bool:
    """Whether there was something to do."""
    with database.begin(system_actor("seed")) as tx:
        if tx.execute(sa.text(f"{step.done} LIMIT 1")).one_or_none() is not None:
            return False
    say(f"正在准备 {step.zh} … {step.en}")
    began = time.monotonic()
    with database.begin(system_actor("seed")) as tx:
        # a slow machine may compute for longer than a forgotten transaction is allowed to lie open
        tx.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        step.act(tx, where)
    say(f"  完成 done（{time.monotonic() - began:.0f} 秒 s）")
    return True


def _settle(where: Installation) -> None:
    """Let PostgreSQL look at what was loaded, so that the first queries are planned well; it tidies up by itself later."""
    with psycopg.connect(where.owner_url, autocommit=True) as connection:
        connection.execute("ANALYZE")
