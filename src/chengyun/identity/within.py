"""Identity's own tables of secrets, inside somebody's transaction: the act and its secret commit together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from chengyun.kernel.transactions import Tx

_SET = sa.text("SELECT set_config('chengyun.system', :name, true)")


@contextmanager
def own_part(tx: Tx, name: str = "identity.admin") -> Iterator[None]:
    """For the block, PostgreSQL sees identity's own part `name`; the actor stays who acts and who is audited.

    The caller has shown before that the actor may do this to this very row. An error inside ends the transaction,
    and the setting with it; nothing must catch it and go on.
    """
    before = tx.actor.system or ""
    tx.execute(_SET, {"name": name})
    yield
    tx.execute(_SET, {"name": before})
