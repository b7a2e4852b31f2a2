"""Work that nobody waits for: alarms that nobody answers are told upwards, and the past of signs grows thinner."""

from __future__ import annotations

from chengyun.kernel.jobs import periodic
from chengyun.kernel.transactions import Tx
from chengyun.vitals.alarms.handling import tell_upwards
from chengyun.vitals.lookup.thinning import thin_trend

POLICY = "vitals"


@periodic("vitals.tell", every=20.0)
def tell(tx: Tx) -> None:
    """One centre further up for each alarm that was not answered in time."""
    with tx.under(POLICY):
        tell_upwards(tx)


@periodic("vitals.trim", every=3600.0)
def trim(tx: Tx) -> None:
    """Moments of trends that their age makes superfluous."""
    with tx.under(POLICY):
        thin_trend(tx)
