"""One request or job = one transaction, opened here, with its actor known to PostgreSQL."""

from __future__ import annotations

import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import (
    URL,
    Connection,
    CursorResult,
    Engine,
    Executable,
    Row,
    Table,
    create_engine,
    event,
    exc,
    make_url,
)

from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Unavailable
from chengyun.kernel.events import Bus
from chengyun.kernel.writes import Writes

# Transaction-local settings, the demo clock and the tokens of what is kept in memory, in one round trip. Whoever
# reads rows without these settings sees none: the row-level policies compare with NULL.
_REVISIONS = "(SELECT json_object_agg(name, token) FROM kernel_revision) AS revisions"
_ENTER = f"""
    SELECT now() + make_interval(secs => (SELECT offset_s FROM kernel_clock)) AS moment, {_REVISIONS},
           set_config('chengyun.actor_kind', %(kind)s, true),
           set_config('chengyun.actor_id', %(id)s, true),
           set_config('chengyun.scopes', %(scopes)s, true),
           set_config('chengyun.system', %(system)s, true)
    """
# The policy before is read before the other one is set: PostgreSQL works a materialized part out first.
_UNDER = """
    WITH before AS MATERIALIZED (SELECT coalesce(current_setting('chengyun.system', true), '') AS policy)
    SELECT policy, set_config('chengyun.system', %(policy)s, true) FROM before
    """
_BACK = "SELECT set_config('chengyun.system', %(policy)s, true)"
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


@dataclass(frozen=True, slots=True)
class Ask:
    """Scalars that entering a transaction brings along, so that they cost no round trip of their own.

    `columns` is SQL of a select list with the driver's %(names)s. It may name sequences and tables without
    row-level security only: the transaction's settings count from the next statement on.
    """

    columns: str
    params: Mapping[str, Any] = field(default_factory=dict)


Memory = dict[tuple[str, str], Any]  # what a process keeps of one database by (kind, what), see `revisions`


class Alone(Exception):
    """A part of a shared transaction would have to ask the database: it needs a transaction of its own."""


class Tx:
    """A running transaction: the connection, who acts, what time it is (UTC, demo clock), and the tokens of what
    may be kept in memory (see `revisions`).
    """

    __slots__ = ("_asked", "_conn", "_writes", "actor", "bus", "memory", "now", "revisions")

    def __init__(
        self, conn: Connection, actor: Actor, entered: Row[Any], database: Database, ask: Ask | None
    ) -> None:
        self._conn: Connection | None = conn
        self._writes = Writes()
        self._asked = (ask, entered)
        self.memory = database.memory
        self.actor = actor
        self.now: datetime = entered.moment.astimezone(UTC)
        self.revisions: Mapping[str, int] = entered.revisions
        self.bus = database.bus

    @property
    def conn(self) -> Connection:
        """The connection, with everything written that was added so far."""
        self.flush()
        return self._driver

    @property
    def _driver(self) -> Connection:
        if self._conn is None:
            raise Alone
        return self._conn

    def execute(
        self, statement: Executable, params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run a SQLAlchemy statement (use `text()` for SQL) in this transaction."""
        return self.conn.execute(statement, params)

    def add(self, table: Table, rows: Sequence[Any], columns: tuple[str, ...] | None = None) -> None:
        """Insert `rows` (mappings with the same keys, or dataclasses with `columns` as fields), at the latest
        before the next statement or the commit; a wrong row shows there.
        """
        self._writes.add(table, rows, columns)

    def notify(self, channel: str) -> None:
        """Wake whoever listens on `channel` when this transaction commits."""
        self._writes.notify(channel)

    def flush(self) -> None:
        """Write what was added so far."""
        if self._writes:
            self._driver.exec_driver_sql(*self._writes.take())

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what is done inside when it raises, what waits to be written included; the transaction goes on."""
        with self.conn.begin_nested():
            try:
                yield
            except BaseException:
                self._writes = Writes()
                raise
            self.flush()

    @contextmanager
    def under(self, policy: str) -> Iterator[None]:
        """For the block PostgreSQL applies the system policy `policy`; the actor stays who acts and who is audited.

        Whoever calls it has shown that the actor may do this. An error inside ends the transaction, and the policy
        with it; nothing must catch it and go on.
        """
        before = self.conn.exec_driver_sql(_UNDER, {"policy": policy}).one().policy
        yield
        self.conn.exec_driver_sql(_BACK, {"policy": before})

    def ask(self, ask: Ask) -> Row[Any]:
        """What `ask` asks for; known already where the transaction was begun with it."""
        if self._asked[0] is ask:
            return self._asked[1]
        return self.conn.exec_driver_sql(f"SELECT {ask.columns}", dict(ask.params)).one()

    def renew(self) -> None:
        """This transaction has just changed something that is kept in memory: learn the tokens anew."""
        self.revisions = self.conn.exec_driver_sql(f"SELECT {_REVISIONS}").scalar_one()

    def part(self, actor: Actor) -> Tx:
        """One of several requests that share this transaction: acts as its own actor, and may only add rows, which
        count once they are `joined`. Whatever would ask the database raises Alone.
        """
        part = copy(self)
        part._conn, part._writes, part.actor = None, Writes(), actor
        return part

    def joined(self, part: Tx) -> None:
        """What `part` has added is written with this transaction."""
        self._writes.join(part._writes)

    def publish(self, news: object) -> None:
        """Tell the features above, now and in this transaction."""
        self.bus.publish(self, news)


class Database:
    """A pool of connections of the application role. One per process."""

    def __init__(self, url: str, bus: Bus | None = None, pool_size: int = 10) -> None:
        self.url = url
        self.bus = bus if bus is not None else Bus()
        self.memory: Memory = {}
        self.engine: Engine = create_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            connect_args={"connect_timeout": 10, "options": "-c timezone=UTC"},
        )
        event.listen(self.engine, "checkout", _leave_lost)

    @contextmanager
    def begin(self, actor: Actor, ask: Ask | None = None) -> Iterator[Tx]:
        """Open a transaction as `actor`; commit at the end, roll back on any error.

        `ask` is answered on entering (`Tx.ask`). Raises Unavailable when PostgreSQL cannot serve (down, full
        disk, no free connection).
        """
        try:
            with self.engine.begin() as conn:
                tx = self._enter(conn, actor, ask)
                yield tx
                tx.flush()
        except exc.TimeoutError as error:
            raise Unavailable("database.busy") from error
        except exc.DBAPIError as error:
            code = unavailable_code(error)
            if code is None:
                raise
            raise Unavailable(code) from error

    def _enter(self, conn: Connection, actor: Actor, ask: Ask | None) -> Tx:
        """Let `actor` act in the transaction that `conn` has open."""
        params = _settings(actor)
        if ask is None:
            return Tx(conn, actor, conn.exec_driver_sql(_ENTER, params).one(), self, None)
        if not ask.params.keys().isdisjoint(params):
            raise ValueError(f"what is asked for may not change who acts: {sorted(ask.params)}")
        entered = conn.exec_driver_sql(f"{_ENTER}, {ask.columns}", {**params, **ask.params}).one()
        return Tx(conn, actor, entered, self, ask)

    def dispose(self) -> None:
        """Close the pool's connections."""
        self.engine.dispose()


def _leave_lost(connection: Any, _record: object, _proxy: object) -> None:
    """A pooled connection on which the server has said something unasked is one that the server has ended: take
    another. Costs a system call where asking the server would cost a round trip.
    """
    heard = select.poll()
    heard.register(connection.pgconn.socket, select.POLLIN)
    if heard.poll(0):
        raise exc.DisconnectionError("the server has ended this connection")


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
