"""What the engine says becomes rows: one alarm per episode, every change a step. Said again after a crash, it changes
nothing. Set-based: a storm of thousands is a handful of statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.kernel.outbox import emit
from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.sensing.service import microseconds
from chengyun.territory import service as territory
from chengyun.vitals.alarms import hub
from chengyun.vitals.alarms.episode import Fresh, Known, Unusual, chain_of, step_row
from chengyun.vitals.alarms.rules import (
    Episode,
    Key,
    episodes,
    group_key,
    heard_at_once,
    line_of_centres,
    news,
    what,
)
from chengyun.vitals.contracts import Change, EpisodeKind, Level, Sign
from chengyun.vitals.engine.adopting import Running
from chengyun.vitals.tables import alarm, alarm_step

TOPIC = "alarm"
_KNOWN = sa.text(
    "SELECT a.sign, a.region_id, a.kind, a.began, a.stream, a.id, a.changed_at, a.peak, a.incident_id FROM vitals_alarm a"
    " JOIN unnest(CAST(:signs AS text[]), CAST(:regions AS bigint[]), CAST(:kinds AS text[]),"
    " CAST(:began AS timestamptz[]), CAST(:streams AS int[])) AS k (sign, region_id, kind, began, stream)"
    " USING (sign, region_id, kind, began, stream)"
)
_SHELVED = sa.text(
    "SELECT a.sign, a.region_id, a.stream, max(a.shelved_until) AS until FROM vitals_alarm a"
    " JOIN unnest(CAST(:signs AS text[]), CAST(:regions AS bigint[]), CAST(:streams AS int[])) AS k"
    " (sign, region_id, stream) USING (sign, region_id, stream) WHERE a.shelved_until > :now GROUP BY 1, 2, 3"
)


def record(tx: Tx, changes: Sequence[Change], signs: Mapping[str, Sign]) -> list[int]:
    """Store changes of level; ids of the alarms they belong to, without those that were known already.

    The caller is the system policy "vitals". A change of a sign or region that is gone is left out.
    """
    found = record_past(tx, changes, signs)
    for one in found:
        _tell_browsers(tx, one.fresh, one.id)
        if hub.due(one.fresh):
            hub.later(tx, one.id, one.fresh.episode.last.after == Level.NONE)
    return [one.id for one in found]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An episode and the alarm that it is."""

    id: int
    fresh: Fresh


def record_past(tx: Tx, changes: Sequence[Change], signs: Mapping[str, Sign]) -> list[Recorded]:
    """The same, but nobody is told and no incident is opened."""
    found = _fresh(tx, changes, signs)
    new = [one for one in found if one.known is None]
    known = [(one, one.known) for one in found if one.known is not None]
    ids = [*_insert(tx, new), *(_update(tx, one, stored) for one, stored in known)]
    ordered = [*new, *(one for one, _ in known)]
    _steps(tx, ordered, ids)
    return [Recorded(alarm_id, one) for one, alarm_id in zip(ordered, ids, strict=True)]


def running(tx: Tx) -> list[Running]:
    """Every episode of a sign that is open, for an engine that has lost its state. Under the policy "vitals"."""
    a = alarm.c
    rows = tx.execute(
        sa.select(a.sign, a.region_id, a.kind, a.level, a.began, a.changed_at).where(
            a.level > 0, a.kind != EpisodeKind.ANOMALY
        )
    )
    return [
        Running(
            row.sign,
            row.region_id,
            EpisodeKind(row.kind),
            row.level,
            microseconds(row.began),
            microseconds(row.changed_at),
        )
        for row in rows
    ]


def unusual(tx: Tx) -> dict[int, Unusual]:
    """Every anomaly that is open, by datastream. Under the policy "vitals"."""
    a = alarm.c
    rows = tx.execute(
        sa.select(a.sign, a.region_id, a.level, a.began, a.stream).where(
            a.level > 0, a.kind == EpisodeKind.ANOMALY
        )
    )
    return {row.stream: Unusual(row.sign, row.region_id, row.level, microseconds(row.began)) for row in rows}


def _fresh(tx: Tx, changes: Sequence[Change], signs: Mapping[str, Sign]) -> list[Fresh]:
    regions = territory.regions(tx, sorted({change.region for change in changes}))
    told = [one for one in episodes(changes) if one.key[0] in signs and one.key[1] in regions]
    known = _known(tx, [one.key for one in told])
    new = ((one, known.get(one.key)) for one in told)
    kept = [
        (fresh, stored)
        for one, stored in new
        if (fresh := news(one, stored.changed_at if stored else None)) is not None
    ]
    streams = {change.stream for one, _ in kept for change in one.changes if change.stream is not None}
    things = sensing.things_of_streams(tx, sorted(streams))
    return [
        Fresh(one, signs[one.key[0]], chain_of(tx, one.key[1]), _thing(one, things), stored)
        for one, stored in kept
    ]


def _known(tx: Tx, keys: Sequence[Key]) -> dict[Key, Known]:
    if not keys:
        return {}
    columns = dict(
        zip(
            ("signs", "regions", "kinds", "began", "streams"), map(list, zip(*keys, strict=True)), strict=True
        )
    )
    return {
        (row.sign, row.region_id, row.kind, row.began, row.stream): Known(
            row.id, row.changed_at, row.peak, row.incident_id
        )
        for row in tx.execute(_KNOWN, columns)
    }


def _thing(episode: Episode, things: Mapping[int, sensing.ThingBrief]) -> sensing.ThingBrief | None:
    deciding = [change.stream for change in reversed(episode.changes) if change.stream is not None]
    return things.get(deciding[0]) if deciding else None


def _insert(tx: Tx, found: Sequence[Fresh]) -> list[int]:
    if not found:
        return []
    shelved = _shelved(tx, found)
    rows = [_row(one, shelved.get(_shelf(one))) for one in found]
    statement = sa.insert(alarm).returning(alarm.c.id, sort_by_parameter_order=True)
    return [row.id for row in tx.execute(statement, rows)]


def _shelf(one: Fresh) -> tuple[str, int, int]:
    """What is shelved together: a sign in a region, or a datastream's anomalies."""
    sign, region, _, _, stream = one.episode.key
    return sign, region, stream


def _row(one: Fresh, shelved_until: datetime | None) -> dict[str, Any]:
    sign, region, kind, began, stream = one.episode.key
    last, normal = one.episode.last, one.episode.changes[0].normal
    districts = [region for level, region in one.chain if level == "district"]
    line = line_of_centres(one.sign, one.chain)
    return {
        "sign": sign,
        "region_id": region,
        "readers": one.readers,
        "kind": kind,
        "level": int(last.after),
        "peak": int(one.episode.peak),
        "value": last.value,
        "stream": stream,
        "normal": asdict(normal) if normal else None,
        "thing_id": one.thing.id if one.thing else None,
        "group_key": group_key(one.sign.domain, districts[0] if districts else None, began),
        "began": began,
        "changed_at": last.at,
        "cleared_at": last.at if last.after == Level.NONE else None,
        "shelved_until": shelved_until,
        "told": line[: heard_at_once(line, one.episode.peak)],
        "simulated": bool(one.thing and one.thing.simulated),
    }


def _shelved(tx: Tx, found: Sequence[Fresh]) -> dict[tuple[str, int, int], datetime]:
    """Until when somebody has shelved this very sign there: a new episode does not ring either."""
    signs, regions, streams = map(list, zip(*map(_shelf, found), strict=True))
    rows = tx.execute(_SHELVED, {"signs": signs, "regions": regions, "streams": streams, "now": tx.now}).all()
    return {(row.sign, row.region_id, row.stream): row.until for row in rows}


def _update(tx: Tx, one: Fresh, stored: Known) -> int:
    last = one.episode.last
    values = {
        "level": int(last.after),
        "peak": max(stored.peak, int(one.episode.peak)),
        "value": last.value,
        "changed_at": last.at,
        "cleared_at": last.at if last.after == Level.NONE else None,
    }
    tx.execute(sa.update(alarm).where(alarm.c.id == stored.id).values(values))
    return stored.id


def _steps(tx: Tx, found: Sequence[Fresh], ids: Sequence[int]) -> None:
    rows = [
        step_row(alarm_id, change.at, what(change), int(change.after), change.value)
        for one, alarm_id in zip(found, ids, strict=True)
        for change in one.episode.changes
    ]
    if rows:
        tx.add(alarm_step, rows)


def _tell_browsers(tx: Tx, one: Fresh, alarm_id: int) -> None:
    last = one.episode.last
    payload = {
        "id": alarm_id,
        "sign": one.sign.code,
        "region": one.episode.key[1],
        "level": int(last.after),
        "kind": EpisodeKind(one.episode.key[2]).value,
        "what": what(last).value,
    }
    emit(tx, TOPIC, payload, one.readers)
