"""A transaction knows its actor and its time, and leaves nothing behind on the connection."""

from __future__ import annotations

from sqlalchemy import text
from tests.support import actor

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database

WHO = text("SELECT kernel_actor_kind(), kernel_actor_id(), kernel_scopes(), kernel_system()")
NOBODY = (None, None, [], None)


def test_postgresql_knows_who_acts(db: Database) -> None:
    with db.begin(actor(id=7, scopes=(3, 1_000_002))) as tx:
        assert tuple(tx.execute(WHO).one()) == ("person", 7, [3, 1_000_002], None)
    with db.begin(system_actor("sweeper")) as tx:
        assert tuple(tx.execute(WHO).one()) == ("system", None, [], "sweeper")
