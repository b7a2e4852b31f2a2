"""What `chengyun doctor` finds out."""

from __future__ import annotations

import platform
from typing import Any

import sqlalchemy as sa

from chengyun.cli.runtime import Installation
from chengyun.kernel import audit, jobs, migrations
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Tx
from chengyun.web.app import create_app
from chengyun.web.static import DIST

FEATURES = ("kernel", "territory", "identity", "attachments", "incidents", "command", "scenarios")


def examine(settings: Settings, where: Installation) -> dict[str, Any]:
    """Versions, features with their tables, routes, jobs and health; read only."""
    database = where.database()
    app = create_app(settings, database)
    with database.begin(system_actor("doctor")) as tx:
        tables = _tables(tx)
        found = {
            "versions": _versions(tx, where),
            "features": {name: _of(name, tables) for name in FEATURES},
            "routes": sorted(
                f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item
            ),
            "jobs": sorted(jobs.registered()),
            "health": _health(tx),
        }
    database.dispose()
    return found


def _tables(tx: Tx) -> dict[str, int]:
    query = sa.text(
        "SELECT relname, greatest(reltuples, 0)::bigint AS rows FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname"
    )
    return {row.relname: row.rows for row in tx.execute(query)}


def _of(feature: str, tables: dict[str, int]) -> str:
    own = [f"{name} (~{rows:,})" for name, rows in tables.items() if name.startswith(f"{feature}_")]
    return ", ".join(own) or "no tables"


def _versions(tx: Tx, where: Installation) -> dict[str, str]:
    server = tx.execute(sa.text("SHOW server_version")).scalar_one()
    return {
        "chengyun": "0.1.0",
        "python": platform.python_version(),
        "postgresql": f"{server} ({'embedded' if where.server else 'given'})",
        "schema": migrations.current(where.owner_url) or "none",
        "console": "built" if (DIST / "index.html").exists() else "not built: make setup",
    }


def _health(tx: Tx) -> dict[str, Any]:
    trail = audit.verify(tx)
    failed = tx.execute(
        sa.text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
    ).scalar_one()
    return {
        "ok": trail.ok,
        "audit": f"sealed {trail.sealed}, not sealed yet {trail.unsealed}",
        "failed jobs": failed,
    }
