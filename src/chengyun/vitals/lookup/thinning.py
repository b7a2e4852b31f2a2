"""The past of signs grows thinner with age: of older moments the last in each step is kept.

Steps are counted from the city's midnight. A month's checkup looks about every fifteen hours, so all its looks still find a
value that was recorded then, and not a mean of many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.vitals.tables import trend

KEPT = timedelta(days=400)  # beyond what checkups and years compare
STEPS = (  # from which age on, one moment in so long
    (timedelta(days=62), timedelta(hours=6)),
    (timedelta(days=8), timedelta(hours=1)),
)
MOST = 200  # moments at a time: each has a row per region
_REGIONS = sa.text(  # by the index alone, however many moments each has
    """
    WITH RECURSIVE r AS (
        (SELECT region_id FROM vitals_trend ORDER BY region_id LIMIT 1)
        UNION ALL
        SELECT (SELECT t.region_id FROM vitals_trend t WHERE t.region_id > r.region_id ORDER BY t.region_id LIMIT 1)
        FROM r WHERE r.region_id IS NOT NULL
    )
    SELECT region_id FROM r WHERE region_id IS NOT NULL
    """
)


def thin_trend(tx: Tx) -> int:
    """Forget moments that are too old, or too near to the next for their age; the number of rows. The city is recorded
    whenever anything is, so its moments are those of all. For the system policy "vitals".
    """
    t = trend.c
    of_city = sa.select(t.at).where(t.region_id == territory.city(tx)).order_by(t.at)
    gone = list(superfluous(tx.execute(of_city).scalars().all(), tx.now))[:MOST]
    if not gone:
        return 0
    regions = tx.execute(_REGIONS).scalars().all()
    return tx.execute(sa.delete(trend).where(t.region_id.in_(regions), t.at.in_(gone))).rowcount


def superfluous(moments: Sequence[datetime], now: datetime) -> Iterator[datetime]:
    """Of moments, the oldest first, those that are not to be kept at `now`."""
    places = [_place(at, now) for at in moments]
    for at, place, following in zip(moments, places, [*places, None][1:], strict=True):
        if at < now - KEPT or (place is not None and place == following):
            yield at


def _place(at: datetime, now: datetime) -> tuple[timedelta, int] | None:
    """The step in which a moment lies, from the first of the city's midnights on; None while all are kept."""
    step = next((step for age, step in STEPS if at < now - age), None)
    if step is None:
        return None
    return step, int((at.astimezone(SHANGHAI).replace(tzinfo=None) - datetime(1970, 1, 1)) // step)  # noqa: DTZ001
