"""The process `sense`: readings from the broker, and the engine that follows all readings. One in an installation."""

from __future__ import annotations

import logging
import threading

import psycopg

from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.sensing.live.follower import Follower
from chengyun.sensing.receiving import Reception
from chengyun.vitals.live.process import Live

log = logging.getLogger(__name__)
LOCK = 5_003_001  # of PostgreSQL's advisory locks
LOOK_S = 1.0


def run(db: Database, settings: Settings, stop: threading.Event) -> None:
    """Until asked to stop; another one that runs is waited for."""
    with psycopg.connect(db.url, autocommit=True) as connection:
        if not _alone(connection, stop):
            return
        guard = threading.Thread(target=_guard, args=[connection, stop], name="sense-alone", daemon=True)
        follower = Follower(db, settings.home)
        live = Live(db, settings.home, follower)
        reception = Reception(db, settings, follower)
        guard.start()
        reception.open(stop)
        live.run(stop)
        reception.close()
        guard.join()


def _alone(connection: psycopg.Connection[tuple[object, ...]], stop: threading.Event) -> bool:
    """Whether this is the one; False when asked to stop before."""
    waited = False
    while not stop.is_set():
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if row == (True,):
            return True
        if not waited:
            log.warning("another live process is running: waiting for its end")
            waited = True
        stop.wait(LOOK_S)
    return False


def _guard(connection: psycopg.Connection[tuple[object, ...]], stop: threading.Event) -> None:
    """The lock lives with its connection: without it this process must not go on."""
    while not stop.wait(LOOK_S):
        try:
            connection.execute("SELECT 1")
        except psycopg.Error as lost:
            log.warning("the database has let go of us, starting again: %s", lost)
            stop.set()
