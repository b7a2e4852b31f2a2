"""Work on the store of readings that nobody waits for."""

from __future__ import annotations

from chengyun.kernel.jobs import periodic
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Tx
from chengyun.sensing.history.keeping import expired, export, make_ahead, roll_up

POLICY = "sensing"


@periodic("sensing.partitions", every=3600.0)
def make_partitions(tx: Tx) -> None:
    """Partitions for the days to come, so that nobody who takes readings in has to make one."""
    make_ahead(tx)


@periodic("sensing.hours", every=60.0)
def roll_hours(tx: Tx) -> None:
    """One hour of arrivals a minute: a backlog is caught up with, and no run is long."""
    with tx.under(POLICY):
        roll_up(tx, Settings.from_env().readings_days)


@periodic("sensing.retention", every=600.0)
def keep_days(tx: Tx) -> None:
    """The oldest day past its retention goes to Parquet."""
    settings = Settings.from_env()
    with tx.under(POLICY):
        for day in expired(tx, settings.readings_days)[:1]:
            export(tx, day, settings.home)
