"""What `chengyun doctor` finds out."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.cli.runtime import Installation, running_at
from chengyun.kernel import audit, jobs, migrations
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Tx
from chengyun.web.app import create_app
from chengyun.web.static import DIST

FEATURES = (
    "kernel",
    "territory",
    "identity",
    "attachments",
    "incidents",
    "sensing",
    "exchange",
    "vitals",
    "command",
    "scenarios",
)
LITTLE_SPACE = 1 << 30  # bytes left on the home's disk
UNSEALED_MANY = 50_000  # rows of the audit trail that wait for their seal


def examine(settings: Settings, where: Installation) -> dict[str, Any]:
    """Versions, features with their tables and (estimated) rows, routes, jobs and health; read only. `health.ok` sums it up."""
    database = where.database()
    try:
        app = create_app(settings, database)
        schema = migrations.current(where.owner_url)
        routes = sorted(
            f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item
        )
        found: dict[str, Any] = {
            "versions": _versions(schema, app.version),
            "features": {name: {} for name in FEATURES},
            "routes": routes,
            "jobs": sorted(jobs.registered()),
        }
        if schema != migrations.head():
            problem = f"schema {schema or 'none'}, this program needs {migrations.head()}: chengyun migrate"
            return {**found, "health": {"ok": False, "problems": [problem]}}
        with database.begin(system_actor("doctor")) as tx:
            tables = _tables(tx)
            server = tx.execute(sa.text("SHOW server_version")).scalar_one()
            found["versions"]["postgresql"] = f"{server} ({'embedded' if where.server else 'given'})"
            found["features"] = {name: _of(name, tables) for name in FEATURES}
            return {**found, "health": _health(tx, settings)}
    finally:
        database.dispose()


def report(found: dict[str, Any]) -> Iterator[str]:
    """For a terminal."""
    for part, content in found.items():
        yield f"\n{part}"
        if isinstance(content, list):
            yield from (f"  {item}" for item in content)
        else:
            yield from (f"  {name}: {_line(value)}" for name, value in content.items())


def _line(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_line(item)}" for name, item in value.items()) or "none"
    if isinstance(value, list):
        return "; ".join(value) or "none"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _tables(tx: Tx) -> dict[str, int]:
    query = sa.text(
        "SELECT relname, greatest(reltuples, 0)::bigint AS rows FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname"
    )
    return {row.relname: row.rows for row in tx.execute(query)}


def _of(feature: str, tables: dict[str, int]) -> dict[str, int]:
    return {name: rows for name, rows in tables.items() if name.startswith(f"{feature}_")}


def _versions(schema: str | None, program: str) -> dict[str, str]:
    return {
        "chengyun": program,
        "python": platform.python_version(),
        "schema": schema or "none",
        "console": "built" if (DIST / "index.html").exists() else "not built: make setup",
    }


def _health(tx: Tx, settings: Settings) -> dict[str, Any]:
    """What works, and in `problems` what does not."""
    address = running_at(settings.home)
    unsealed = tx.execute(sa.text("SELECT count(*) FROM kernel_audit WHERE seq IS NULL")).scalar_one()
    workers, failed = jobs.workers_alive(tx), jobs.failed_jobs(tx)
    sweepers = jobs.sweeper_states(tx)
    free = shutil.disk_usage(settings.home).free
    checks = (
        (address is not None and not workers, "no worker is alive"),
        (bool(failed), f"{len(failed)} failed jobs"),
        *((bool(s.last_error), f"sweeper {s.name} fails: {s.last_error}") for s in sweepers),
        (unsealed > UNSEALED_MANY, f"{unsealed:,} audit rows wait for their seal"),
        (free < LITTLE_SPACE, f"{free >> 20:,} MB left on the disk of {settings.home}"),
        (not (DIST / "index.html").exists(), "the console is not built: make setup"),
    )
    problems = [text for wrong, text in checks if wrong]
    return {
        "ok": not problems,
        "problems": problems,
        "running": address if address is not None else "no",
        "demo": settings.demo,
        "workers_alive": workers,
        "failed_jobs": [
            f"{job.name} {job.ids}: {job.attempts} attempts, {_at(job.failed_at)}" for job in failed
        ],
        "sweeper_states": {s.name: {"runs": s.runs, "last": _at(s.last_run)} for s in sweepers},
        "audit": f"head {audit.head(tx)}, {unsealed} not sealed yet",
        "disk_free_mb": free >> 20,
    }


def _at(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else "never"
