"""Identity's own tables of secrets, inside somebody's transaction: the act and its secret commit together."""

from __future__ import annotations

from contextlib import AbstractContextManager

from chengyun.kernel.transactions import Tx


def own_part(tx: Tx, name: str = "identity.admin") -> AbstractContextManager[None]:
    """For the block, PostgreSQL sees identity's own part `name`, as `Tx.under` does.

    The caller has shown before that the actor may do this to this very row.
    """
    return tx.under(name)
