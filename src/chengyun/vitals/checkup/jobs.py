"""Last month's checkups of every town, district and the city, made once it has ended: a transaction per district."""

from __future__ import annotations

from datetime import date

from chengyun.kernel.jobs import job, periodic
from chengyun.kernel.transactions import Tx
from chengyun.vitals.checkup import service
from chengyun.vitals.checkup.contracts import CheckupPeriod
from chengyun.vitals.checkup.making import DISTRICTS, TOWNS

EVERY = 600.0  # seconds; what is there already costs one question


@periodic("vitals.checkups", every=EVERY)
def plan_checkups(tx: Tx) -> None:
    """Defer what is missing."""
    service.plan(tx)


@job(TOWNS)
def make_towns(tx: Tx, district: int, day: str) -> None:
    """Those of a district's towns."""
    service.make_towns(tx, district, service.Asked(CheckupPeriod.MONTH, date.fromisoformat(day)))


@job(DISTRICTS)
def make_districts(tx: Tx, day: str) -> None:
    """Those of the districts and the city."""
    service.make_districts(tx, service.Asked(CheckupPeriod.MONTH, date.fromisoformat(day)))
