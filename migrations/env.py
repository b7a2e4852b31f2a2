"""One linear line of migrations, run as the owner role."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, text

import chengyun
from chengyun.kernel.settings import Settings
from chengyun.kernel.tables import metadata
from chengyun.kernel.transactions import driver_url


def import_tables() -> None:
    """Import every `chengyun.*.tables` there is, so that `metadata` is complete for `alembic check`."""
    for package in pkgutil.iter_modules(chengyun.__path__, "chengyun."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.tables"):
            importlib.import_module(f"{package.name}.tables")


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """procrastinate's tables come from its own SQL; the partitions of a table belong to its parent."""
    return not (
        kind == "table" and name is not None and name.startswith(("procrastinate_", "sensing_observation_"))
    )


def run(connection: Connection) -> None:
    if not context.config.attributes.get("only_upgrade", False):
        import_tables()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=include_name,
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=True,
        on_version_apply=None,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        run(connection)
        return
    url = Settings.from_env().owner_database_url
    if not url:
        raise SystemExit("Set CHENGYUN_OWNER_DATABASE_URL, or use `chengyun migrate`.")
    engine = create_engine(driver_url(url))
    with engine.connect() as own:
        own.execute(text("SELECT set_config('chengyun.system', 'migration', false)"))
        own.commit()
        run(own)
        own.commit()
    engine.dispose()


main()
