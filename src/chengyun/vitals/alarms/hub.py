"""An alarm that is bad enough becomes an incident, once; its end is noted there, and the incident's end here."""

from __future__ import annotations

from dataclasses import replace

import shapely
import sqlalchemy as sa

from chengyun.incidents import service as incidents
from chengyun.incidents.contracts import IncidentClosed
from chengyun.incidents.contracts import Level as Urgency
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.vitals.alarms.contracts import What
from chengyun.vitals.alarms.episode import Fresh, step_row
from chengyun.vitals.alarms.rules import opening, why
from chengyun.vitals.contracts import EpisodeKind, Level, Opens
from chengyun.vitals.tables import alarm, alarm_step

ORIGIN = "alarm"
POLICY = "vitals"
URGENCY = {
    Level.BLUE: Urgency.BLUE,
    Level.YELLOW: Urgency.YELLOW,
    Level.ORANGE: Urgency.ORANGE,
    Level.RED: Urgency.RED,
}


def register(bus: Bus) -> None:
    """Hear of incidents that alarms have opened."""
    bus.subscribe(IncidentClosed, closed)


def follow(tx: Tx, one: Fresh, alarm_id: int) -> None:
    """Open the episode's incident where it is due, and tell an open one that the alarm is over."""
    incident = one.known.incident if one.known else None
    peak = max(int(one.episode.peak), one.known.peak if one.known else 0)
    opens = opening(one.sign, peak)
    if incident is None and opens is not None:
        _open(tx, one, alarm_id, opens, Level(peak))
    elif incident is not None and one.episode.last.after == Level.NONE:
        incidents.note_by_origin(tx, incident, f"预警已解除：{_why(one, peak)}")


def _why(one: Fresh, level: int) -> str:
    return why(one.sign, EpisodeKind(one.episode.key[2]), level, one.episode.last.value, "zh")


def _open(tx: Tx, one: Fresh, alarm_id: int, opens: Opens, peak: Level) -> None:
    receipt = incidents.report(tx, replace(report_of(tx, one, opens, peak), origin=(ORIGIN, str(alarm_id))))
    tx.execute(sa.update(alarm).where(alarm.c.id == alarm_id).values(incident_id=receipt.incident))
    tx.add(
        alarm_step,
        [step_row(alarm_id, tx.now, What.OPENED, int(one.episode.last.after), note=receipt.number)],
    )


def report_of(tx: Tx, one: Fresh, opens: Opens, peak: Level) -> incidents.ReportIn:
    """What the incident of an episode says that has reached `peak`."""
    lon, lat = (one.thing.lon, one.thing.lat) if one.thing else inside(tx, one.episode.key[1])
    where = f"（{one.thing.name}，设备编号 {one.thing.code}）" if one.thing else ""
    worst = max(one.episode.changes, key=lambda change: change.after)
    told = why(one.sign, EpisodeKind(one.episode.key[2]), peak, worst.value, "zh")
    return incidents.ReportIn(
        text=f"{opens.title_zh}：{told}{where}",
        title=opens.title_zh,
        lon=lon,
        lat=lat,
        category=opens.category,
        level=URGENCY[peak],
        address=one.thing.address if one.thing else "",
        channel="sensor",
        occurred_at=min(one.episode.changes[0].at, tx.now),
        simulated=bool(one.thing and one.thing.simulated),
    )


def inside(tx: Tx, region: int) -> tuple[float, float]:
    """A point (WGS-84 degrees) that lies in a region: where an alarm of the whole region stands."""
    shape = shapely.geometry.shape(territory.outline(tx, region)["geometry"])
    point = shape.representative_point()
    return float(point.x), float(point.y)


def closed(tx: Tx, told: IncidentClosed) -> None:
    """The incident of an alarm was closed: its history says so, and the alarm counts as heard."""
    if told.origin is None or told.origin[0] != ORIGIN:
        return
    with tx.under(POLICY):
        alarm_id = int(told.origin[1])
        level = tx.execute(sa.select(alarm.c.level).where(alarm.c.id == alarm_id)).scalar()
        if level is None:
            return
        heard = {"acknowledged_at": tx.now, "acknowledged_by": tx.actor.name}
        open_ = sa.and_(alarm.c.id == alarm_id, alarm.c.acknowledged_at.is_(None))
        tx.execute(sa.update(alarm).where(open_).values(heard))
        tx.add(alarm_step, [step_row(alarm_id, tx.now, What.CLOSED, int(level), by=tx.actor.name)])
