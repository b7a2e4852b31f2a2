"""Being woken by PostgreSQL: one dedicated connection that LISTENs, for a worker or for a web process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import psycopg
import sqlalchemy as sa

from chengyun.kernel.transactions import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)
TICK = 0.5  # seconds: how long a request to stop may stay unheard


@contextmanager
def _connection(db: Database, channels: Sequence[str]) -> Iterator[psycopg.Connection]:
    """A connection of its own (not one of the pool's), listening."""
    pooled = db.engine.raw_connection()
    connection = cast("psycopg.Connection", pooled.driver_connection)
    pooled.detach()
    try:
        connection.rollback()
        connection.autocommit = True
        for channel in channels:
            connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
        yield connection
    finally:
        connection.close()


def listen(
    db: Database, channels: Sequence[str], wake: Callable[[set[str]], None], stop: threading.Event
) -> None:
    """Call `wake(channels)` when something was notified, until `stop`. Blocks; give it a thread.

    After every (re)connection all channels count as notified: what was missed meanwhile must be looked for.
    """
    while not stop.is_set():
        try:
            with _connection(db, channels) as connection:
                wake(set(channels))
                _listen(connection, wake, stop)
        except (psycopg.Error, sa.exc.SQLAlchemyError) as lost:
            log.warning("not listening, trying again: %s", lost)
            stop.wait(1.0)


def _listen(connection: psycopg.Connection, wake: Callable[[set[str]], None], stop: threading.Event) -> None:
    while not stop.is_set():
        heard = {notify.channel for notify in connection.notifies(timeout=TICK, stop_after=1)}
        heard |= {notify.channel for notify in connection.notifies(timeout=0)} if heard else set()
        if heard:
            wake(heard)
