"""What a period says about its alarms: how many, how fast they were heard, which ring too often."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from chengyun.kernel.clock import SHANGHAI
from chengyun.kernel.transactions import Tx
from chengyun.vitals.alarms import signs
from chengyun.vitals.alarms.contracts import Analysis, Noisy
from chengyun.vitals.alarms.reading import AlarmFilters, by_level, filtered, places
from chengyun.vitals.tables import alarm

a = alarm.c
NOISY = 20
CHATTERS = sa.text("interval '10 minutes'")
ZONE = "Asia/Shanghai"


def analyse(tx: Tx, by: AlarmFilters, since: datetime, until: datetime) -> Analysis:
    """The alarms that began in [since, until) within the caller's jurisdiction and the filters."""
    shown = sa.and_(filtered(tx, by), a.began >= since, a.began < until)
    levels = by_level(tx, a.peak, shown)
    whole = tx.execute(
        sa.select(
            _median(a.acknowledged_at - a.began).label("heard"),
            _median(a.cleared_at - a.began).label("cleared"),
            sa.func.count(a.incident_id).label("incidents"),
        ).where(shown)
    ).one()
    return Analysis(
        since,
        until,
        sum(levels),
        levels,
        whole.incidents,
        whole.heard,
        whole.cleared,
        _by_day(tx, shown, since, until),
        _noisy(tx, shown),
    )


def _median(lasted: sa.ColumnElement[object]) -> sa.ColumnElement[float | None]:
    """Median of intervals in minutes."""
    return sa.func.percentile_cont(0.5).within_group(sa.extract("epoch", lasted) / 60.0)


def _by_day(
    tx: Tx, shown: sa.ColumnElement[bool], since: datetime, until: datetime
) -> list[tuple[datetime, int]]:
    """Every day of the period, also those without an alarm."""
    day = sa.func.date_trunc("day", sa.func.timezone(ZONE, a.began))
    rows = tx.execute(sa.select(day.label("day"), sa.func.count().label("n")).where(shown).group_by("day"))
    counted = {row.day.date(): int(row.n) for row in rows}
    first, last = (moment.astimezone(SHANGHAI).date() for moment in (since, until))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [(datetime.combine(one, time(), SHANGHAI), counted.get(one, 0)) for one in days]


def _noisy(tx: Tx, shown: sa.ColumnElement[bool]) -> list[Noisy]:
    same = (a.sign, a.region_id, a.stream)
    before = sa.func.lag(a.cleared_at).over(partition_by=same, order_by=a.began)
    lined = (
        sa.select(a.sign, a.region_id, a.began, a.cleared_at, before.label("ended"))
        .where(shown)
        .subquery("lined")
    )
    c = lined.c
    query = (
        sa.select(
            c.sign,
            c.region_id,
            sa.func.count().label("n"),
            sa.func.count().filter(c.began - c.ended <= CHATTERS).label("chattering"),
            _median(c.cleared_at - c.began).label("minutes"),
        )
        .group_by(c.sign, c.region_id)
        .order_by(sa.desc("n"), c.sign, c.region_id)
        .limit(NOISY)
    )
    rows = tx.execute(query).all()
    en = tx.actor.language == "en"
    names = {code: sign.name_en if en else sign.name_zh for code, sign in signs.known(tx).items()}
    regions = places(tx, {row.region_id for row in rows})
    return [
        Noisy(
            row.sign,
            names.get(row.sign, row.sign),
            row.region_id,
            regions.get(row.region_id, str(row.region_id)),
            row.n,
            row.chattering,
            row.minutes,
        )
        for row in rows
    ]
