"""One request or job = one transaction, opened here, with its actor known to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, create_engine, exc, make_url, text

from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Unavailable
from chengyun.kernel.events import Bus

# Transaction-local settings and the demo clock in one round trip. Whoever reads rows without these
# settings sees none: the row-level policies compare with NULL.
_ENTER = text(
    """
    SELECT now() + make_interval(secs => (SELECT offset_s FROM kernel_clock)),
           set_config('chengyun.actor_kind', :kind, true),
           set_config('chengyun.actor_id', :id, true),
           set_config('chengyun.scopes', :scopes, true),
           set_config('chengyun.system', :system, true)
    """
)
# SQLSTATEs that mean "the server cannot serve now", not "the statement is wrong".
_UNAVAILABLE = {
    "53100": "database.disk_full",
    "53300": "database.busy",
    "55P03": "database.busy",
    "57014": "database.slow",
    "57P01": "database.unreachable",
    "57P02": "database.unreachable",
    "57P03": "database.unreachable",
}


class Tx:
    """A running transaction: the connection, who acts, and what time it is (UTC, demo clock)."""

    __slots__ = ("actor", "bus", "conn", "now")

    def __init__(self, conn: Connection, actor: Actor, now: datetime, bus: Bus) -> None:
        self.conn = conn
        self.actor = actor
        self.now = now
        self.bus = bus

    def execute(
        self, statement: Executable, params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run a SQLAlchemy statement (use `text()` for SQL) in this transaction."""
        return self.conn.execute(statement, params)

    def publish(self, news: object) -> None:
        """Tell the features above, now and in this transaction."""
        self.bus.publish(self, news)


class Database:
    """A pool of connections of the application role. One per process."""

    def __init__(self, url: str, bus: Bus | None = None, pool_size: int = 10) -> None:
        self.url = url
        self.bus = bus if bus is not None else Bus()
        self.engine: Engine = create_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10, "options": "-c timezone=UTC"},
        )

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[Tx]:
        """Open a transaction as `actor`; commit at the end, roll back on any error.

        Raises Unavailable when PostgreSQL cannot serve (down, full disk, no free connection).
        """
        try:
            with self.engine.begin() as conn:
                yield enter(conn, actor, self.bus)
        except exc.TimeoutError as error:
            raise Unavailable("database.busy") from error
        except exc.DBAPIError as error:
            code = unavailable_code(error)
            if code is None:
                raise
            raise Unavailable(code) from error

    def dispose(self) -> None:
        """Close the pool's connections."""
        self.engine.dispose()


def enter(conn: Connection, actor: Actor, bus: Bus) -> Tx:
    """Let `actor` act in the transaction that `conn` has open; for `Database` and for tests."""
    now = conn.execute(_ENTER, _settings(actor)).scalar_one()
    return Tx(conn, actor, now.astimezone(UTC), bus)


def driver_url(url: str) -> URL:
    """`url` (libpq's form, as settings hold it) with the psycopg 3 driver named, as SQLAlchemy wants it."""
    return make_url(url).set(drivername="postgresql+psycopg")


def unavailable_code(error: exc.DBAPIError) -> str | None:
    """The message code when this database error means that the server cannot serve; else None."""
    original = error.orig
    if not isinstance(original, psycopg.Error):
        return None
    if original.sqlstate is None:
        lost = isinstance(original, psycopg.OperationalError)
        return "database.unreachable" if lost else None
    return _UNAVAILABLE.get(original.sqlstate)


def _settings(actor: Actor) -> dict[str, str]:
    return {
        "kind": actor.kind,
        "id": "" if actor.id is None else str(actor.id),
        "scopes": "{" + ",".join(str(int(scope)) for scope in actor.scopes) + "}",
        "system": actor.system or "",
    }
