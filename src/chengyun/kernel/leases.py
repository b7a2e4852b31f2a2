"""Who sweeps: one run of a sweeper at a time in the whole installation, however many workers there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from chengyun.kernel.transactions import Tx

_EARLY = 0.5  # a run is skipped when another worker's was less than so much of the interval ago


@dataclass(frozen=True, slots=True)
class SweeperState:
    """When a sweeper last ran to its end (real time), how often in all, and what its last run failed with."""

    name: str
    last_run: datetime | None
    runs: int
    last_error: str | None


def take(tx: Tx, name: str, every: float) -> bool:
    """Whether this transaction is the one that runs sweeper `name` now.

    True locks the sweeper until the transaction ends, and notes the run, which counts only if it commits.
    """
    tx.execute(
        sa.text("INSERT INTO kernel_lease (name) VALUES (:name) ON CONFLICT DO NOTHING"), {"name": name}
    )
    free = tx.execute(
        sa.text(
            "SELECT name FROM kernel_lease WHERE name = :name AND (last_run IS NULL OR last_run <"
            " clock_timestamp() - CAST(:early AS interval)) FOR NO KEY UPDATE SKIP LOCKED"
        ),
        {"name": name, "early": timedelta(seconds=every * _EARLY)},
    ).first()
    if free is None:
        return False
    tx.execute(
        sa.text(
            "UPDATE kernel_lease SET last_run = clock_timestamp(), runs = runs + 1, last_error = NULL"
            " WHERE name = :name"
        ),
        {"name": name},
    )
    return True


def failed(tx: Tx, name: str, why: str) -> None:
    """Note what the last run of `name` failed with."""
    tx.execute(
        sa.text(
            "INSERT INTO kernel_lease (name, last_error) VALUES (:name, :why)"
            " ON CONFLICT (name) DO UPDATE SET last_error = excluded.last_error"
        ),
        {"name": name, "why": why},
    )


def sweeper_states(tx: Tx) -> list[SweeperState]:
    """Every sweeper that ever ran, by name."""
    rows = tx.execute(sa.text("SELECT name, last_run, runs, last_error FROM kernel_lease ORDER BY name"))
    return [SweeperState(row.name, row.last_run, row.runs, row.last_error) for row in rows]
