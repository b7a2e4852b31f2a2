"""What a process may keep in memory of things that seldom change, and when it must read them again.

Every transaction learns on entering, at no extra cost, the token of each kind of thing (`Tx.revisions`). A
trigger gives a new token to a kind whenever one of its rows changes; tokens come from a sequence, so one that
was rolled back never returns. Content kept under the present token is what the transaction would read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from chengyun.kernel.transactions import Tx

T = TypeVar("T")


def remembered(tx: Tx, kind: str, what: str, make: Callable[[], T]) -> T:
    """The value `what` of things of `kind`, made by `make` where the token has changed.

    A transaction that changes such things itself calls `tx.renew()` before it asks again.
    """
    token = tx.revisions[kind]
    known = tx.memory.get((kind, what))
    if known is not None and known[0] == token:
        return cast(T, known[1])
    value = make()
    tx.memory[kind, what] = (token, value)
    return value
