"""What is on the map and in the list beside it: alarms and incidents, now or of a time, and how they came by the hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from chengyun.incidents import service as incidents
from chengyun.incidents.contracts import Lamp
from chengyun.incidents.contracts import Level as Urgency
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.vitals.alarms import reading
from chengyun.vitals.alarms.contracts import Alarm
from chengyun.vitals.alarms.hub import URGENCY
from chengyun.vitals.alarms.reading import AlarmFilters
from chengyun.vitals.contracts import EpisodeKind, Level
from chengyun.vitals.lookup import reach
from chengyun.vitals.risk.contracts import RiskHours, RiskItem, RiskItems, RiskKind
from chengyun.vitals.tables import alarm

DAYS = 31
HOUR = timedelta(hours=1)
LEVEL_OF = {urgency: int(level) for level, urgency in URGENCY.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """`since`, `until` None: what is open now; else what began or was reported then, open or over. `level`: at least;
    `kinds` empty: both."""

    region: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    level: int | None = None
    kinds: tuple[RiskKind, ...] = ()
    limit: int = 500


def items(tx: Tx, by: Asked) -> RiskItems:
    """Alarms and incidents of a region (by default of all that the caller may see), the worst, then newest. Raises
    NotFound for a region elsewhere, Invalid for an impossible span."""
    if by.region is not None:
        reach.asked(tx, by.region)
    _check_span(by)
    rang, alarms = _alarms(tx, by) if _wants(by, RiskKind.ALARM) else (0, [])
    both = _wants(by, RiskKind.INCIDENT) and tx.actor.may("incident.read")
    reported, placed = incidents.placed(tx, _filters(by), by.limit) if both else (0, [])
    refs = {one.region for one in alarms} | {one.region for one in placed}
    labels = {region: territory.chain_of(tx, region).label for region in refs}
    spots = territory.middles(tx, {one.region for one in alarms if one.lon is None})
    found = [
        *(_of_alarm(one, labels[one.region], spots.get(one.region)) for one in alarms),
        *(_of_incident(one, labels[one.region]) for one in placed),
    ]
    found.sort(key=lambda one: (-one.level, not one.overdue, -one.at.timestamp(), one.kind, one.id))
    return RiskItems(rang, reported, found[: by.limit])


def hours(tx: Tx, region: int | None, count: int) -> RiskHours:
    """What began in the last hours, the running one included. Raises NotFound."""
    if region is not None:
        reach.asked(tx, region)
    since = tx.now.replace(minute=0, second=0, microsecond=0) - (count - 1) * HOUR
    rang = [[0, 0, 0, 0] for _ in range(count)]
    reported = [[0, 0, 0, 0] for _ in range(count)]
    hour = sa.func.date_trunc("hour", alarm.c.began).label("hour")
    shown = reading.filtered(tx, AlarmFilters(region=region, since=since))
    query = sa.select(hour, alarm.c.peak, sa.func.count().label("n")).where(shown, alarm.c.peak > 0)
    for row in tx.execute(query.group_by(hour, alarm.c.peak)):
        _put(rang, since, row.hour, row.peak, row.n)
    if tx.actor.may("incident.read"):
        for at, level, n in incidents.by_hour(tx, incidents.Filters(region=region, since=since)):
            _put(reported, since, at, LEVEL_OF[level], n)
    return RiskHours(since, count, rang, reported)


def _put(into: list[list[int]], since: datetime, at: datetime, level: int, n: int) -> None:
    """What is dated ahead of the running hour counts in it."""
    into[min(int((at - since) / HOUR), len(into) - 1)][level - 1] += n


def _check_span(by: Asked) -> None:
    if by.since is None and by.until is None:
        return
    fine = by.since is not None and by.until is not None and timedelta(0) < by.until - by.since
    if not fine or by.until - by.since > timedelta(days=DAYS):  # type: ignore[operator]
        raise Invalid([FieldError("since", "risk.span", {"days": DAYS})])


def _wants(by: Asked, kind: RiskKind) -> bool:
    return not by.kinds or kind in by.kinds


def _alarms(tx: Tx, by: Asked) -> tuple[int, Sequence[Alarm]]:
    now = by.since is None
    wanted = AlarmFilters(
        by.region, level=by.level, open=True if now else None, since=by.since, until=by.until
    )
    shown = sa.and_(reading.filtered(tx, wanted), alarm.c.peak > 0)
    total = int(tx.execute(sa.select(sa.func.count()).where(shown)).scalar_one())
    worst = alarm.c.level if now else alarm.c.peak
    order = (worst.desc(), alarm.c.began.desc(), alarm.c.id.desc())
    rows = tx.execute(sa.select(alarm).where(shown).order_by(*order).limit(by.limit)).all()
    return total, reading.alarms(tx, rows)


def _filters(by: Asked) -> incidents.Filters:
    levels = tuple(urgency for level, urgency in URGENCY.items() if level >= (by.level or Level.NONE))
    return incidents.Filters(
        region=by.region, level=levels if by.level else tuple[Urgency, ...](), since=by.since, until=by.until,
        open=True if by.since is None else None,
    )  # fmt: skip


def _of_alarm(one: Alarm, place: str, middle: tuple[float, float] | None) -> RiskItem:
    lon, lat = (one.lon, one.lat) if one.lon is not None and one.lat is not None else middle or (0.0, 0.0)
    return RiskItem(
        kind=RiskKind.ALARM, id=one.id, title=one.sign_name, detail=one.thing_name or "", level=one.level or one.peak,
        state=one.state.value, open=one.cleared_at is None, overdue=False, region=one.region, place=place, lon=lon, lat=lat,
        exact=one.lon is not None, at=one.began, thing=one.thing, sign=None if one.kind is EpisodeKind.ANOMALY else one.sign, incident=one.incident,
        simulated=one.simulated,
    )  # fmt: skip


def _of_incident(one: incidents.Placed, place: str) -> RiskItem:
    return RiskItem(
        kind=RiskKind.INCIDENT, id=one.id, title=one.title, detail=one.number, level=LEVEL_OF[one.level], state=one.state.value,
        open=one.open, overdue=one.open and one.lamp is Lamp.RED, region=one.region, place=place, lon=one.lon, lat=one.lat,
        exact=True, at=one.reported_at, thing=None, sign=None, incident=one.id, simulated=one.simulated,
    )  # fmt: skip
