"""Thresholds of a sign in a region: those of the nearest region above that has its own, else the catalogue's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from chengyun.identity import service as identity
from chengyun.identity.contracts import Change
from chengyun.kernel.errors import Conflict, FieldError, Invalid
from chengyun.kernel.personal import masked
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import RegionRef
from chengyun.vitals.contracts import Level, Sign, Threshold
from chengyun.vitals.lookup import finding, reach
from chengyun.vitals.lookup.contracts import SignThreshold, SignThresholds
from chengyun.vitals.tables import override

CHANGED = "sign.thresholds"
_POLICY = "vitals"
o = override.c


def in_force(tx: Tx, sign: Sign, region: RegionRef) -> SignThresholds:
    """What is judged by in a region that the caller may read, and whose decision that is."""
    held = _nearest(tx, sign.code, region.id)
    if held is None:
        return SignThresholds([_shown(one) for one in sign.thresholds], None, None, None, own=False)
    mine = held.region_id == region.id
    whose = territory.region(tx, held.region_id)
    parts = [SignThreshold(**one) for one in held.thresholds]
    return SignThresholds(parts, whose, held.at, held.reason if mine else None, own=mine)


def parsed(sign: Sign, given: Sequence[SignThreshold]) -> tuple[Threshold, ...]:
    """As they are judged, by level. Raises Invalid with every fault."""
    if sign.bad is None:
        raise Invalid([FieldError("thresholds", "vitals.no_direction")], "vitals.no_direction")
    faults = [fault for at, one in enumerate(given) for fault in _faults(sign, at, one, given)]
    if faults:
        raise Invalid(faults)
    return tuple(
        sorted((Threshold(Level(one.level), one.on, one.off) for one in given), key=lambda one: one.level)
    )


def change(
    tx: Tx, code: str, region_id: int | None, given: Sequence[SignThreshold] | None, reason: str
) -> SignThresholds:
    """Give a region (and all below, until a nearer one) thresholds of its own; None takes them away. Needs sign.edit
    and the region in one's jurisdiction. Raises Invalid, NotFound, Conflict where there is nothing to take away.
    """
    tx.actor.require("sign.edit")
    region, sign = reach.asked(tx, region_id), finding.sign(tx, code)
    parts = None if given is None else [_stored(one) for one in parsed(sign, given)]
    _apply(tx, sign, region, parts, reason)
    return in_force(tx, sign, region)


def _apply(tx: Tx, sign: Sign, region: RegionRef, parts: list[dict[str, Any]] | None, reason: str) -> int:
    """Write it; the change's id."""
    before = _own(tx, sign.code, region.id)
    readers = list(territory.ancestors(tx, region.id))
    if parts is not None:
        values = {
            "thresholds": parts,
            "by_id": tx.actor.id or 0,
            "at": tx.now,
            "reason": reason,
            "readers": readers,
        }
        made = upsert(override).values(sign=sign.code, region_id=region.id, **values)
        tx.execute(made.on_conflict_do_update(index_elements=[o.sign, o.region_id], set_=values))
    elif before is None:
        raise Conflict("vitals.threshold.nothing")
    else:
        tx.execute(sa.delete(override).where(o.sign == sign.code, o.region_id == region.id))
    tx.renew()
    told = {"sign": sign.code, "region": region.id}
    was = {"thresholds": before.thresholds if before else None, "reason": before.reason if before else ""}
    return identity.record_change(
        tx, CHANGED, ("sign", f"{sign.code}@{region.id}"), f"{region.name} · {sign.name_zh}",
        before={**told, **was}, after={**told, "thresholds": parts, "reason": masked(reason)}, readers=readers,
    )  # fmt: skip


def _inverse(tx: Tx, made: Change) -> int:
    sign, region = finding.sign(tx, made.before["sign"]), reach.asked(tx, made.before["region"])
    return _apply(tx, sign, region, made.before["thresholds"], made.before["reason"])


def _own(tx: Tx, code: str, region: int) -> sa.Row[Any] | None:
    where = (identity.readable_by(tx.actor, o.readers), o.sign == code, o.region_id == region)
    return tx.execute(sa.select(override).where(*where)).one_or_none()


def _nearest(tx: Tx, code: str, region: int) -> sa.Row[Any] | None:
    """Under the system's policy: what a centre above has decided for a region holds there, so it is shown there."""
    line = territory.ancestors(tx, region)
    with tx.under(_POLICY):
        rows = tx.execute(sa.select(override).where(o.sign == code, o.region_id.in_(line))).all()
    return min(rows, key=lambda row: line.index(row.region_id), default=None)


def _faults(sign: Sign, at: int, one: SignThreshold, given: Sequence[SignThreshold]) -> Iterator[FieldError]:
    way = -1 if sign.bad == "low" else 1
    path = f"thresholds.{at}"
    if any(other.level == one.level for other in given[:at]):
        yield FieldError(f"{path}.level", "vitals.threshold.twice")
    if way * one.off > way * one.on:
        yield FieldError(f"{path}.off", "vitals.threshold.off")
    lower = [other for other in given if other.level < one.level and way * other.on >= way * one.on]
    if lower:
        yield FieldError(f"{path}.on", "vitals.threshold.order", {"level": one.level})
    low, high = (-math.inf if sign.low is None else sign.low), (math.inf if sign.high is None else sign.high)
    if not low <= one.on <= high:
        yield FieldError(f"{path}.on", "vitals.threshold.range")


def _stored(one: Threshold) -> dict[str, Any]:
    return {**asdict(one), "level": int(one.level)}


def _shown(one: Threshold) -> SignThreshold:
    return SignThreshold(int(one.level), one.on, one.off)


identity.register_kind(
    identity.ChangeKind(CHANGED, "sign.edit", "修改体征阈值", "thresholds of a sign changed", _inverse)
)
