"""Bringing a database to this code's schema, and refusing one that is ahead of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.autogenerate import produce_migrations
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, exc, text

from chengyun.kernel import rls
from chengyun.kernel.errors import AppError, Unavailable
from chengyun.kernel.transactions import driver_url, unavailable_code

OLDEST_SERVER = 16
# Any number will do as long as it stays: two upgrades at once wait for each other.
_LOCK = 7_108_061_001
_LOCK_TIMEOUT = "10s"


class SchemaNewer(AppError):
    """The database was migrated by a newer version of the product than this one."""

    status = 503


class SchemaOlder(AppError):
    """The database has migrations outstanding."""

    status = 503


class WrongRole(AppError):
    """The application role is missing or could pass row-level security."""

    status = 503


class ServerTooOld(AppError):
    """PostgreSQL below the oldest version that the product works with."""

    status = 503


def folder() -> Path:
    """Where the migrations lie: inside an installed wheel, or beside `src` in a clone."""
    inside = Path(__file__).parent.parent / "_migrations"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "migrations"


def config() -> Config:
    """Alembic's configuration without its file, so that it also works from a wheel."""
    made = Config()
    made.set_main_option("script_location", str(folder()).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def head() -> str:
    """The newest revision that this code knows."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


def revisions() -> list[str]:
    """Every revision that this code knows, oldest first."""
    walk = ScriptDirectory.from_config(config()).walk_revisions()
    return [script.revision for script in walk][::-1]


def current(owner_url: str) -> str | None:
    """The database's revision; None when it is empty."""
    with _connected(owner_url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Migrate up to `revision`, each migration in its own transaction, waiting ≤ 10 s for any lock.

    Raises SchemaNewer, ServerTooOld, WrongRole, Unavailable("migrations.locked" | "database.…").
    """
    with _connected(owner_url) as connection:
        _check_server(connection)
        _check_role(connection, rls.APP)
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
        connection.execute(text("SELECT set_config('chengyun.system', 'migration', false)"))
        _check_known(connection)
        connection.commit()
        made = config()
        made.attributes.update({"connection": connection, "only_upgrade": True})
        command.upgrade(made, revision)
        connection.commit()


def check_not_newer(owner_url: str) -> None:
    """Raise SchemaNewer when the database's revision is unknown to this code."""
    with _connected(owner_url) as connection:
        _check_known(connection)


def check_current(url: str) -> None:
    """For processes about to serve: raise SchemaNewer or SchemaOlder unless the database is at head."""
    with _connected(url) as connection:
        _check_known(connection)
        found = MigrationContext.configure(connection).get_current_revision()
        if found != head():
            raise SchemaOlder("migrations.older", found=found or "∅", head=head())


def differences(owner_url: str) -> list[Any]:
    """What `alembic check` would complain of: where the tables' metadata and the migrated database differ."""
    found: list[Any] = []

    def compare(_revision: Any, migration: MigrationContext) -> list[Any]:
        operations = produce_migrations(migration, migration.opts["target_metadata"]).upgrade_ops
        found.extend(operations.as_diffs() if operations else [])
        return []

    with _connected(owner_url) as connection:
        made = config()
        made.attributes["connection"] = connection
        script = ScriptDirectory.from_config(made)
        with EnvironmentContext(made, script, fn=compare):
            script.run_env()
    return found


def check_application(app_url: str) -> None:
    """For processes about to serve: raise WrongRole when this role could pass row-level security.

    That is a superuser, a role with BYPASSRLS, or one that owns tables.
    """
    with _connected(app_url) as connection:
        _check_server(connection)
        role = connection.execute(text("SELECT current_user")).scalar_one()
        _check_role(connection, role)
        owns = text(
            "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relowner = CAST(:r AS regrole)"
        )
        if connection.execute(owns, {"r": role}).scalar_one():
            raise WrongRole("database.role_unsafe", role=role)


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(driver_url(url), poolclass=NullPool, connect_args={"connect_timeout": 10})
    try:
        with engine.connect() as connection:
            yield connection
    except exc.DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise Unavailable("migrations.locked") from error
        code = unavailable_code(error)
        if code is None:
            raise
        raise Unavailable(code) from error
    finally:
        engine.dispose()


def _check_server(connection: Connection) -> None:
    version = connection.execute(text("SELECT current_setting('server_version_num')::int")).scalar_one()
    if version < OLDEST_SERVER * 10_000:
        raise ServerTooOld("database.too_old", found=version // 10_000, oldest=OLDEST_SERVER)


def _check_known(connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in revisions():
        raise SchemaNewer("migrations.newer", found=found, head=head())


def _check_role(connection: Connection, name: str) -> None:
    query = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :name")
    unsafe = connection.execute(query, {"name": name}).scalar_one_or_none()
    if unsafe is None:
        raise WrongRole("database.role_missing", role=name)
    if unsafe:
        raise WrongRole("database.role_unsafe", role=name)
