"""Evaluation of a large city: a month and a year of 100,000 incidents with their whole history over twelve months,
and a month of the same 100,000 in three.

The simulated three months are written by the product's own rules: the dense city. Then three quarters of them are
moved back by a quarter each, whole lives with steps, work orders and deadlines. Times are those of the service, statement by
statement as a request runs them, for the city's duty officer (all of it) and a district's.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import sqlalchemy as sa
from bench._common import Figure, figure

from chengyun.cli.demo.history import COUNT, load_history
from chengyun.cli.demo.seed import STEPS
from chengyun.cli.runtime import Installation
from chengyun.identity import service as identity
from chengyun.incidents.evaluation import service
from chengyun.incidents.evaluation.contracts import Dimension, PeriodKind, Question
from chengyun.kernel import migrations
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.postgres import Embedded, Running
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database, Tx
from chengyun.web.features import build_bus

SEED = system_actor("seed")
ROUNDS = 5
TARGET: dict[PeriodKind, float | None] = {PeriodKind.MONTH: 1000.0, PeriodKind.YEAR: 3000.0}
MOVED = {
    "incidents_incident": ("id", ("reported_at", "changed_at", "filed_at", "dispatched_at", "handled_at", "closed_at")),
    "incidents_step": ("incident_id", ("at",)),
    "incidents_order": ("incident_id", ("issued_at", "acknowledged_at", "done_at", "changed_at")),
    "incidents_deadline": (
        "incident_id", ("started", "running_since", "yellow_at", "due_at", "next_at", "ended_at"),
    ),
}  # fmt: skip


def run() -> list[Figure]:
    """All figures, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        server = Embedded(Path(folder))
        running = server.start()
        try:
            migrations.upgrade(running.owner_url)
            database = Database(running.app_url, build_bus())
            settings = Settings(
                home=Path(folder),
                demo=True,
                database_url=running.app_url,
                owner_database_url=running.owner_url,
            )
            _fill(database, Installation(settings, running.owner_url, running.app_url, None))
            with psycopg.connect(_whole(running), autocommit=True) as admin:
                admin.execute("VACUUM ANALYZE")
                dense = tables(database, "city-duty", {PeriodKind.MONTH: None}, "dense.")
                _spread(admin)
            return [*dense, *measured(database)]
        finally:
            server.destroy()


def _fill(database: Database, where: Installation) -> None:
    for step in STEPS[:4]:
        with database.begin(SEED) as tx:
            tx.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            step.act(tx, where)
    with database.begin(SEED) as tx:
        load_history(tx, COUNT)


def _whole(running: Running) -> str:
    """The superuser's address of the application's database."""
    return f"{running.admin_url.rsplit('/', 1)[0]}/{sa.make_url(running.app_url).database}"


def _spread(admin: psycopg.Connection) -> None:
    """Three months become twelve: each life is moved back by nought to three quarters, by its number."""
    admin.execute("SET session_replication_role = replica")
    for table, (key, columns) in MOVED.items():
        moved = ", ".join(
            f"{name} = {name} - make_interval(days => 91 * ({key} % 4)::int)" for name in columns
        )
        admin.execute(f"UPDATE {table} SET {moved} WHERE {key} % 4 > 0")
    admin.execute(
        "UPDATE incidents_deadline SET shifts = ARRAY(SELECT x - make_interval(days => 91 * (incident_id % 4)::int)"
        " FROM unnest(shifts) WITH ORDINALITY AS one(x, place) ORDER BY place) WHERE shifts <> '{}'"
    )
    admin.execute("VACUUM (FULL, ANALYZE)")
    admin.execute("VACUUM ANALYZE")


def measured(database: Database) -> list[Figure]:
    """Figures of a database that is filled and spread."""
    found = []
    for login in ("city-duty", "jiulongpo-duty"):
        found += tables(database, login, TARGET)
        actor, asked = _asked(database, login)
        for name, call in (
            ("trend", service.trend),
            ("hot_spots", service.hot_spots),
            ("hot_topics", service.hot_topics),
        ):
            spent = _spent(database, actor, lambda tx, c=call, q=asked: c(tx, q))
            found.append(figure(f"evaluation.{login}.{name}", spent, "ms", 3000.0, "lower", ROUNDS))
    return found


def tables(
    database: Database, login: str, targets: dict[PeriodKind, float | None], prefix: str = ""
) -> list[Figure]:
    """The tables of the last whole month, and of its year, as `targets` has them."""
    actor, asked = _asked(database, login)
    found = []
    for kind, target in targets.items():
        for by in (Dimension.REGION, Dimension.UNIT, Dimension.PERSON):
            question = replace(asked, period=kind, by=by)
            spent = _spent(database, actor, lambda tx, q=question: service.evaluate(tx, q))
            found.append(
                figure(f"evaluation.{prefix}{login}.{kind}.{by}", spent, "ms", target, "lower", ROUNDS)
            )
    return found


def _asked(database: Database, login: str) -> tuple[Actor, Question]:
    actor = _actor(database, login)
    with database.begin(actor) as tx:
        return actor, Question(PeriodKind.MONTH, tx.now.date().replace(day=1) - timedelta(days=1))


def _spent(database: Database, actor: Actor, call: Callable[[Tx], object]) -> float:
    """The median of some rounds, in milliseconds."""
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with database.begin(actor) as tx:
            call(tx)
        spent.append(time.perf_counter() - began)
    return sorted(spent)[ROUNDS // 2] * 1e3


def _actor(database: Database, login: str) -> Actor:
    query = "SELECT p.id, o.id AS post FROM identity_person p JOIN identity_post o ON o.person_id = p.id"
    with database.begin(SEED) as tx:
        row = tx.execute(sa.text(f"{query} WHERE p.login = :login"), {"login": login}).one()
        actor = identity.actor_for_post(tx, row.id, row.post)
    return replace(actor, permissions=actor.permissions | {"evaluation.people"})
