"""A backup and its restore, timed: a city with reports and their audit, back to a moment after the backup."""

from __future__ import annotations

import os
import re
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import sqlalchemy as sa
from bench._common import Figure, figure

from chengyun.cli.demo.seed import STEPS
from chengyun.cli.main import run as chengyun
from chengyun.cli.runtime import Installation, embedded, installation
from chengyun.incidents import service as incidents
from chengyun.incidents.inputs import ReportIn
from chengyun.kernel import audit, migrations
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database

BEFORE, BETWEEN, AFTER = 1_000, 300, 100
SEED = system_actor("seed")


def run() -> list[Figure]:
    """All figures, on an installation of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        os.environ |= {"CHENGYUN_HOME": str(folder / "home"), "CHENGYUN_BACKUP_DIR": str(folder / "backups")}
        settings = Settings.from_env()
        try:
            return _drill(settings, folder / "backups")
        finally:
            embedded(settings).destroy()


def _drill(settings: Settings, backups: Path) -> list[Figure]:
    with installation(settings) as where:
        migrations.upgrade(where.owner_url)
        database = where.database()
        _seed(database, where, settings)
        _report(database, BEFORE)
        backed_up = _timed(lambda: chengyun(["backup"]))
        _report(database, BETWEEN)
        moment = datetime.now(UTC)
        time.sleep(0.1)
        _report(database, AFTER)
        size = _size(database)
        database.dispose()
        running = embedded(settings).running()
        assert running is not None
        os.kill(running.pid, signal.SIGQUIT)
        while embedded(settings).running() is not None:
            time.sleep(0.01)
    said = StringIO()
    with redirect_stdout(said):
        restored = _timed(
            lambda: chengyun(["restore", str(backups), "--replace", "--at", moment.isoformat()])
        )
    with installation(settings) as where:
        database = where.database()
        kept = _count(database)
        database.dispose()
    sealed = int(re.findall(r"audit ok: ([0-9,]+)", said.getvalue())[0].replace(",", ""))
    return [
        figure("restore.backup", backed_up, "s", None, "lower", BEFORE),
        figure("restore.database_size", size / 1e6, "MB", None, "lower", 1),
        figure("restore.to_a_moment", restored, "s", 600, "lower", 1),
        figure(
            "restore.lost_before_the_moment", max(0, BEFORE + BETWEEN - kept), "reports", 0, "lower", kept
        ),
        figure("restore.kept_after_the_moment", max(0, kept - BEFORE - BETWEEN), "reports", 0, "lower", kept),
        figure("restore.audit_rows_verified", sealed, "rows", BEFORE + BETWEEN, "higher", 1),
    ]


def _seed(database: Database, where: Installation, settings: Settings) -> None:
    for step in STEPS[:4]:
        with database.begin(SEED) as tx:
            step.act(tx, Installation(settings, where.owner_url, where.app_url, None))


def _report(database: Database, count: int) -> None:
    for _ in range(count):
        with database.begin(SEED) as tx:
            given = ReportIn("路边一堆垃圾", 106.48, 29.52, category="0102", level="blue", channel="hotline")
            audit.record(tx, "bench.reported", ("incident", incidents.report(tx, given).incident))
    with database.begin(SEED) as tx:
        audit.seal_all(tx)


def _count(database: Database) -> int:
    with database.begin(SEED) as tx:
        return int(tx.execute(sa.text("SELECT count(*) FROM incidents_incident")).scalar_one())


def _size(database: Database) -> int:
    with database.begin(SEED) as tx:
        return int(tx.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())


def _timed(act: Callable[[], int]) -> float:
    began = time.perf_counter()
    if act() != 0:
        raise RuntimeError("refused: the figures would mean nothing")
    return time.perf_counter() - began
