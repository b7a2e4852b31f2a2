"""Work that nobody waits for: the sweeper of deadlines, and limits that follow another calendar."""

from __future__ import annotations

from chengyun.incidents.clock.recounting import recount
from chengyun.incidents.clock.sweeper import BATCH, sweep
from chengyun.kernel.jobs import defer, job, periodic
from chengyun.kernel.transactions import Tx

PASSES = 10  # batches per run; a long backlog is worked off over several runs, each its own transaction


@periodic("incidents.sweep", every=5.0)
def sweep_deadlines(tx: Tx) -> None:
    """Tell what has come due."""
    for _ in range(PASSES):
        if sweep(tx, BATCH) < BATCH:
            return


@job("incidents.recount")
def recount_deadlines(tx: Tx, edition: int, after: int) -> None:
    """Let running limits follow the calendar in force, a batch at a time, each its own transaction."""
    last = recount(tx, edition, after)
    if last:
        defer(tx, "incidents.recount", actor=tx.actor, edition=edition, after=last)
