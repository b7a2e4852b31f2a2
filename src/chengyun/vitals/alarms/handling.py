"""What people do with alarms: hear them, shelve them for a while; and what happens when nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, FieldError, Invalid, NotFound
from chengyun.kernel.outbox import emit
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.vitals.alarms import messages, signs  # noqa: F401  the first registers the texts
from chengyun.vitals.alarms.contracts import What
from chengyun.vitals.alarms.episode import chain_of, step_row
from chengyun.vitals.alarms.rules import TELL_AFTER, line_of_centres
from chengyun.vitals.contracts import Level
from chengyun.vitals.tables import alarm, alarm_step

LONGEST = timedelta(days=30)  # nothing is shelved for longer
BATCH = 500


def acknowledge(tx: Tx, alarm_id: int) -> None:
    """The caller's centre has heard. Raises NotFound outside the jurisdiction; once more changes nothing."""
    row = _locked(tx, alarm_id)
    if row.acknowledged_at is not None:
        return
    _change(tx, alarm_id, acknowledged_at=tx.now, acknowledged_by=tx.actor.name)
    _noted(tx, row, What.ACKNOWLEDGED, "")


def shelve(tx: Tx, alarm_id: int, until: datetime, reason: str) -> None:
    """It, and new episodes of this sign there, do not ring until then. Raises Conflict when it is over, Invalid."""
    row = _locked(tx, alarm_id)
    if row.level == Level.NONE:
        raise Conflict("vitals.alarm_over")
    if not tx.now < until <= tx.now + LONGEST:
        raise Invalid([FieldError("until", "vitals.shelf_end")])
    _change(tx, alarm_id, shelved_until=until)
    _noted(tx, row, What.SHELVED, identity.masked(reason))


def unshelve(tx: Tx, alarm_id: int, reason: str = "") -> None:
    """It rings again at once. Raises Conflict when it is not shelved."""
    row = _locked(tx, alarm_id)
    if row.shelved_until is None or row.shelved_until <= tx.now:
        raise Conflict("vitals.not_shelved")
    _change(tx, alarm_id, shelved_until=tx.now)
    _noted(tx, row, What.UNSHELVED, identity.masked(reason))


def tell_upwards(tx: Tx) -> int:
    """Alarms that nobody answered are told to the next centre above, one level at a time → how many. Policy "vitals"."""
    known = signs.known(tx)
    waiting = sa.and_(
        alarm.c.cleared_at.is_(None),
        alarm.c.acknowledged_at.is_(None),
        alarm.c.began + TELL_AFTER * sa.func.cardinality(alarm.c.told) <= tx.now,
        sa.or_(alarm.c.shelved_until.is_(None), alarm.c.shelved_until <= tx.now),
        sa.func.cardinality(alarm.c.told) < 3,
    )
    rows = tx.execute(
        sa.select(alarm).where(waiting).order_by(alarm.c.id).limit(BATCH).with_for_update()
    ).all()
    count = 0
    for row in rows:
        sign = known.get(row.sign)
        line = line_of_centres(sign, chain_of(tx, row.region_id)) if sign else []
        following = [centre for centre in line if centre not in row.told]
        if following:
            _change(tx, row.id, told=[*row.told, following[0]])
            name = territory.region(tx, following[0]).name
            tx.add(alarm_step, [step_row(row.id, tx.now, What.TOLD, row.level, note=name)])
            emit(tx, "alarm", {"id": row.id, "what": What.TOLD.value, "level": row.level}, row.readers)
            count += 1
    return count


def _locked(tx: Tx, alarm_id: int) -> sa.Row[tuple[object, ...]]:
    tx.actor.require("alarm.handle")
    query = sa.select(alarm).where(alarm.c.id == alarm_id, identity.readable_by(tx.actor, alarm.c.readers))
    row = tx.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("vitals.no_alarm", id=alarm_id)
    return row


def _change(tx: Tx, alarm_id: int, **values: object) -> None:
    tx.execute(sa.update(alarm).where(alarm.c.id == alarm_id).values(values))


def _noted(tx: Tx, row: sa.Row[tuple[object, ...]], word: What, note: str) -> None:
    found = row._mapping
    tx.add(alarm_step, [step_row(found["id"], tx.now, word, found["level"], by=tx.actor.name, note=note)])
    audit.record(tx, f"alarm.{word.value}", ("alarm", found["id"]), {"note": note} if note else None)
    emit(tx, "alarm", {"id": found["id"], "what": word.value, "level": found["level"]}, found["readers"])
