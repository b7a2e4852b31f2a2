"""Alarms as lists, one with its history, storms, and what a period says about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.sensing.units import unit_text
from chengyun.territory import service as territory
from chengyun.vitals.alarms import picture, signs
from chengyun.vitals.alarms.contracts import (
    Alarm,
    AlarmDetail,
    AlarmPage,
    AlarmState,
    AlarmStep,
    Storm,
    What,
)
from chengyun.vitals.alarms.rules import state_of, why
from chengyun.vitals.catalogue import store as catalogue
from chengyun.vitals.contracts import EpisodeKind, Level, Sign
from chengyun.vitals.tables import alarm, alarm_step

a = alarm.c
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AlarmFilters:
    """What a list is narrowed to; `region` means it and all below."""

    region: int | None = None
    sign: str | None = None
    thing: int | None = None
    level: int | None = None  # at least
    state: AlarmState | None = None
    open: bool | None = None
    group: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: EpisodeKind | None = None


def listed(tx: Tx, by: AlarmFilters, after: int | None, limit: int) -> AlarmPage:
    """The newest first."""
    shown = filtered(tx, by)
    query = sa.select(alarm).where(shown).order_by(a.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(a.id < after)
    rows = tx.execute(query).all()
    items = alarms(tx, rows[:limit])
    return AlarmPage(
        items, items[-1].id if len(rows) > limit else None, _open_by_level(tx, shown), _per_operator_hour(tx)
    )


def one(tx: Tx, alarm_id: int, home: Path) -> AlarmDetail:
    """An alarm with its history. `home`: where old readings lie. Raises NotFound outside the caller's jurisdiction."""
    tx.actor.require("sign.read")
    query = sa.select(alarm).where(a.id == alarm_id, identity.readable_by(tx.actor, a.readers))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("vitals.no_alarm", id=alarm_id)
    steps = tx.execute(
        sa.select(alarm_step)
        .where(alarm_step.c.alarm_id == alarm_id)
        .order_by(alarm_step.c.at, alarm_step.c.id)
    )
    found = alarms(tx, [row])[0]
    told = [AlarmStep(s.at, What(s.what), Level(s.level), s.value, s.by_name, s.note) for s in steps]
    if row.normal is not None:
        normal = picture.normal_of(row.normal)
        shown = picture.picture(tx, found, row.stream, normal, home)
        return AlarmDetail(found, picture.sentence(normal, tx.actor.language), told, shown)
    sign = signs.known(tx).get(row.sign)
    sentence = why(sign, found.kind, row.peak, row.value, tx.actor.language) if sign else ""
    return AlarmDetail(found, sentence, told, None)


def storms(tx: Tx, by: AlarmFilters, limit: int = 50) -> list[Storm]:
    """Open alarms by storm, the worst and then the newest first."""
    newest = sa.func.max(a.id)
    query = (
        sa.select(
            a.group_key,
            sa.func.count().label("n"),
            sa.func.max(a.level).label("level"),
            sa.func.min(a.began).label("began"),
            newest.label("first"),
        )
        .where(filtered(tx, by), a.cleared_at.is_(None))
        .group_by(a.group_key)
        .order_by(sa.desc("level"), newest.desc())
        .limit(limit)
    )
    rows = tx.execute(query).all()
    firsts = tx.execute(sa.select(alarm).where(a.id.in_([row.first for row in rows]))).all() if rows else []
    shown = {found.id: found for found in alarms(tx, firsts)}
    return [_storm(tx, row, shown[row.first]) for row in rows]


def _storm(tx: Tx, row: Any, first: Alarm) -> Storm:
    domain = row.group_key.split(":")[0]
    names = {found.code: found for found in catalogue.domains(tx)}
    named = names.get(domain)
    zh = tx.actor.language != "en"
    title = (named.name_zh if zh else named.name_en) if named else domain
    return Storm(row.group_key, title, row.n, row.n, Level(row.level), row.began, first)


def filtered(tx: Tx, by: AlarmFilters) -> sa.ColumnElement[bool]:
    """The caller's jurisdiction and the filters, as one condition."""
    tx.actor.require("sign.read")
    conditions = [identity.readable_by(tx.actor, a.readers), *_state(tx, by), *_equal(by)]
    if by.region is not None:
        conditions.append(a.readers.contains([by.region]))
    if by.level is not None:
        conditions.append(a.peak >= by.level)
    if by.since is not None:
        conditions.append(a.began >= by.since)
    if by.until is not None:
        conditions.append(a.began < by.until)
    return sa.and_(*conditions)


def _equal(by: AlarmFilters) -> list[sa.ColumnElement[bool]]:
    pairs = ((a.sign, by.sign), (a.thing_id, by.thing), (a.group_key, by.group), (a.kind, by.kind))
    return [column == value for column, value in pairs if value is not None]


def _state(tx: Tx, by: AlarmFilters) -> list[sa.ColumnElement[bool]]:
    shelved = sa.and_(a.shelved_until.is_not(None), a.shelved_until > tx.now)
    states: Mapping[AlarmState, sa.ColumnElement[bool]] = {
        AlarmState.CLEARED: a.cleared_at.is_not(None),
        AlarmState.SHELVED: sa.and_(a.cleared_at.is_(None), shelved),
        AlarmState.ACKNOWLEDGED: sa.and_(
            a.cleared_at.is_(None), sa.not_(shelved), a.acknowledged_at.is_not(None)
        ),
        AlarmState.RAISED: sa.and_(a.cleared_at.is_(None), sa.not_(shelved), a.acknowledged_at.is_(None)),
    }
    found = [states[by.state]] if by.state is not None else []
    if by.open is not None:
        found.append(a.cleared_at.is_(None) if by.open else a.cleared_at.is_not(None))
    return found


def alarms(tx: Tx, rows: Any) -> list[Alarm]:
    """Rows of the table as the caller reads them: names in their language, the thing where they may see it."""
    known = signs.known(tx)
    regions = places(tx, {row.region_id for row in rows})
    things = sensing.things_by_ids(tx, sorted({row.thing_id for row in rows if row.thing_id}))
    return [
        _alarm(tx, row, known.get(row.sign), regions.get(row.region_id), things.get(row.thing_id))
        for row in rows
    ]


def places(tx: Tx, regions: Iterable[int]) -> dict[int, str]:
    """What regions in force are called, with those that they lie in."""
    return {one: territory.chain_of(tx, one).label for one in territory.regions(tx, sorted(regions))}


def _alarm(
    tx: Tx, row: Any, sign: Sign | None, region: str | None, thing: sensing.ThingBrief | None
) -> Alarm:
    zh = tx.actor.language != "en"
    return Alarm(
        id=row.id,
        sign=row.sign,
        sign_name=(sign.name_zh if zh else sign.name_en) if sign else row.sign,
        unit=unit_text(sign.unit, tx.actor.language) if sign else "",
        decimals=sign.decimals if sign and row.kind != EpisodeKind.ANOMALY else None,
        region=row.region_id,
        region_name=region or str(row.region_id),
        kind=EpisodeKind(row.kind),
        state=state_of(row.level, row.acknowledged_at is not None, row.shelved_until, tx.now),
        level=Level(row.level),
        peak=Level(row.peak),
        value=row.value,
        thing=thing.id if thing else None,
        thing_name=thing.name if thing else None,
        lon=thing.lon if thing else None,
        lat=thing.lat if thing else None,
        group=row.group_key,
        began=row.began,
        changed_at=row.changed_at,
        cleared_at=row.cleared_at,
        acknowledged_by=row.acknowledged_by,
        shelved_until=row.shelved_until,
        incident=row.incident_id,
        simulated=row.simulated,
    )


def _open_by_level(tx: Tx, shown: sa.ColumnElement[bool]) -> list[int]:
    return by_level(tx, a.level, sa.and_(shown, a.cleared_at.is_(None)))


def by_level(tx: Tx, column: sa.ColumnElement[int], shown: sa.ColumnElement[bool]) -> list[int]:
    """How many there are of each level of `column`, from blue to red."""
    rows = tx.execute(
        sa.select(column.label("level"), sa.func.count().label("n")).where(shown).group_by(column)
    )
    found = {row.level: row.n for row in rows}
    return [int(found.get(level, 0)) for level in (Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED)]


def _per_operator_hour(tx: Tx) -> float | None:
    """Alarms told to the caller's centre in the last hour, per officer on duty there; None without a centre or duty."""
    if tx.actor.home is None or tx.actor.kind != "person":
        return None
    officers = len(identity.on_duty(tx, tx.actor.home))
    if not officers:
        return None
    query = sa.select(sa.func.count()).where(
        identity.readable_by(tx.actor, a.readers), a.told.contains([tx.actor.home]), a.began >= tx.now - HOUR
    )
    return float(tx.execute(query).scalar_one()) / officers
