"""Work that nobody waits for: alarms that nobody answers are told upwards, and old trends end."""

from __future__ import annotations

from datetime import timedelta

from chengyun.kernel.jobs import periodic
from chengyun.kernel.transactions import Tx
from chengyun.vitals.alarms.handling import tell_upwards
from chengyun.vitals.lookup.trend import trim_trend

POLICY = "vitals"
KEPT = timedelta(days=400)


@periodic("vitals.tell", every=20.0)
def tell(tx: Tx) -> None:
    """One centre further up for each alarm that was not answered in time."""
    with tx.under(POLICY):
        tell_upwards(tx)


@periodic("vitals.trim", every=3600.0)
def trim(tx: Tx) -> None:
    """Points of trends beyond what checkups and years compare."""
    with tx.under(POLICY):
        trim_trend(tx, tx.now - KEPT)
