"""An alarm that is bad enough becomes an incident, once; its end is noted there, and the incident's end here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import shapely
import sqlalchemy as sa

from chengyun.incidents import service as incidents
from chengyun.incidents.contracts import IncidentClosed
from chengyun.incidents.contracts import Level as Urgency
from chengyun.kernel.events import Bus
from chengyun.kernel.jobs import URGENT, defer, job
from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.territory import service as territory
from chengyun.vitals.alarms.contracts import What
from chengyun.vitals.alarms.episode import Fresh, step_row
from chengyun.vitals.alarms.rules import opening, why
from chengyun.vitals.alarms.signs import known
from chengyun.vitals.contracts import EpisodeKind, Level, Opens, Sign
from chengyun.vitals.tables import alarm, alarm_step

FOLLOW = "vitals.follow"
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


def due(one: Fresh) -> bool:
    """Whether `follow` has something to do about an episode whose changes are being stored."""
    stored = one.known
    if stored is not None and stored.incident is not None:
        return one.episode.last.after == Level.NONE
    peak = max(int(one.episode.peak), stored.peak if stored else 0)
    return opening(one.sign, peak) is not None


def later(tx: Tx, alarm_id: int, over: bool) -> None:
    """Have the alarm followed after this transaction: whoever waits for the alarm does not wait for its incident."""
    defer(tx, FOLLOW, actor=tx.actor, alarm=alarm_id, over=int(over))


@job(FOLLOW, URGENT)
def follow(tx: Tx, alarm: int, over: int) -> None:
    """Open the episode's incident where it is due, and tell it when the alarm is `over`."""
    told = _told(tx, alarm)
    if told is None:
        return
    opens = opening(told.sign, told.peak)
    incident = told.incident
    if incident is None and opens is not None:
        incident = _open(tx, told, opens)
    if incident is not None and over:
        incidents.note_by_origin(tx, incident, f"预警已解除：{_why(told, told.peak, told.value)}")


@dataclass(frozen=True, slots=True)
class Told:
    """What an incident is told of an episode. `worst`: the value with which it reached `peak`; `value`: its last."""

    sign: Sign
    region: int
    kind: EpisodeKind
    began: datetime
    peak: Level
    worst: float | None
    thing: sensing.ThingBrief | None
    value: float | None = None
    level: Level = Level.NONE
    alarm: int = 0
    incident: int | None = None


def told_of(one: Fresh) -> Told:
    """Of an episode as it is being stored."""
    _, region, kind, began, _ = one.episode.key
    worst = max(one.episode.changes, key=lambda change: change.after)
    return Told(one.sign, region, EpisodeKind(kind), began, one.episode.peak, worst.value, one.thing)


def _told(tx: Tx, alarm_id: int) -> Told | None:
    """Of a stored alarm, which is locked; None where its sign is gone."""
    row = tx.execute(sa.select(alarm).where(alarm.c.id == alarm_id).with_for_update()).one()
    sign = known(tx).get(row.sign)
    if sign is None:
        return None
    step = alarm_step.c
    changed = sa.and_(step.alarm_id == alarm_id, step.what.in_((What.RAISED, What.UP)))
    worst = sa.select(step.value).where(changed).order_by(step.level.desc(), step.id).limit(1)
    return Told(
        sign,
        row.region_id,
        EpisodeKind(row.kind),
        row.began,
        Level(row.peak),
        tx.execute(worst).scalar(),
        sensing.things_by_ids(tx, [row.thing_id] if row.thing_id else []).get(row.thing_id),
        row.value,
        Level(row.level),
        alarm_id,
        row.incident_id,
    )


def _why(told: Told, level: int, value: float | None) -> str:
    return why(told.sign, told.kind, level, value, "zh")


def _open(tx: Tx, told: Told, opens: Opens) -> int:
    receipt = incidents.report(tx, replace(report_of(tx, told, opens), origin=(ORIGIN, str(told.alarm))))
    tx.execute(sa.update(alarm).where(alarm.c.id == told.alarm).values(incident_id=receipt.incident))
    opened = step_row(told.alarm, tx.now, What.OPENED, int(told.level), note=receipt.number)
    tx.add(alarm_step, [opened])
    return receipt.incident


def report_of(tx: Tx, told: Told, opens: Opens) -> incidents.ReportIn:
    """What the incident of an episode says."""
    thing = told.thing
    lon, lat = (thing.lon, thing.lat) if thing else inside(tx, told.region)
    where = f"（{thing.name}，设备编号 {thing.code}）" if thing else ""
    return incidents.ReportIn(
        text=f"{opens.title_zh}：{_why(told, told.peak, told.worst)}{where}",
        title=opens.title_zh,
        lon=lon,
        lat=lat,
        category=opens.category,
        level=URGENCY[told.peak],
        address=thing.address if thing else "",
        channel="sensor",
        occurred_at=min(told.began, tx.now),
        simulated=bool(thing and thing.simulated),
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
