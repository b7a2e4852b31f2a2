"""Work that nobody waits for: the sweeper of deadlines."""

from __future__ import annotations

from chengyun.incidents.sweeper import BATCH, sweep
from chengyun.kernel.jobs import periodic
from chengyun.kernel.transactions import Tx

PASSES = 10  # batches per run; a long backlog is worked off over several runs, each its own transaction


@periodic("incidents.sweep", every=5.0)
def sweep_deadlines(tx: Tx) -> None:
    """Tell what has come due."""
    for _ in range(PASSES):
        if sweep(tx, BATCH) < BATCH:
            return
