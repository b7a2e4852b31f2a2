"""What people did with alarms of the past: for histories that are loaded, of a demonstration or of another system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from chengyun.kernel.transactions import Tx
from chengyun.vitals.alarms.contracts import What
from chengyun.vitals.alarms.episode import step_row
from chengyun.vitals.tables import alarm_step

_HEARD = sa.text(
    "UPDATE vitals_alarm a SET acknowledged_at = h.at, acknowledged_by = h.by FROM"
    " unnest(CAST(:id AS bigint[]), CAST(:at AS timestamptz[]), CAST(:by AS text[])) AS h (id, at, by) WHERE a.id = h.id"
)
_LED = sa.text(
    "UPDATE vitals_alarm a SET incident_id = h.incident FROM"
    " unnest(CAST(:id AS bigint[]), CAST(:incident AS bigint[])) AS h (id, incident) WHERE a.id = h.id"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody acknowledged an alarm; `level`: its level then."""

    alarm: int
    at: datetime
    by: str
    level: int


@dataclass(frozen=True, slots=True)
class Led:
    """An alarm opened an incident; `closed`: when and by whom it was closed, None while it is open."""

    alarm: int
    incident: int
    number: str
    at: datetime
    level: int
    closed: tuple[datetime, str] | None


def heard(tx: Tx, found: Sequence[Heard]) -> None:
    """Store who acknowledged. For the system policy "vitals"."""
    columns = {
        "id": [one.alarm for one in found],
        "at": [one.at for one in found],
        "by": [one.by for one in found],
    }
    tx.execute(_HEARD, columns)
    tx.add(
        alarm_step, [step_row(one.alarm, one.at, What.ACKNOWLEDGED, one.level, by=one.by) for one in found]
    )


def led(tx: Tx, found: Sequence[Led]) -> None:
    """Store which incidents were opened. For the system policy "vitals"."""
    tx.execute(_LED, {"id": [one.alarm for one in found], "incident": [one.incident for one in found]})
    opened = [step_row(one.alarm, one.at, What.OPENED, one.level, note=one.number) for one in found]
    closed = [
        step_row(one.alarm, one.closed[0], What.CLOSED, 0, by=one.closed[1]) for one in found if one.closed
    ]
    tx.add(alarm_step, [*opened, *closed])
