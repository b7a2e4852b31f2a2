"""Housekeeping of the HTTP layer."""

from __future__ import annotations

from chengyun.kernel import idempotency
from chengyun.kernel.jobs import periodic
from chengyun.kernel.transactions import Tx

HOUR = 3600.0


@periodic("web.forget-keys", every=HOUR)
def forget_keys(tx: Tx) -> None:
    """Drop idempotency keys after their time: a retry that comes later is a new request."""
    idempotency.forget(tx)
