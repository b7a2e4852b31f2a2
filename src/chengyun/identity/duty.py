"""Duty: who stands duty at which centre now. Times are the installation's clock; the roster is no secret among staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from chengyun.identity import units
from chengyun.identity.contracts import DutyChanged, PersonRef
from chengyun.identity.roles import ROLES
from chengyun.identity.tables import post as posts
from chengyun.identity.tables import shift as shifts
from chengyun.kernel import audit
from chengyun.kernel.errors import Forbidden
from chengyun.kernel.transactions import Tx

_OPEN = shifts.c.until.is_(None)


def since(tx: Tx, person_id: int) -> datetime | None:
    """Since when the person stands duty, None when off duty."""
    return tx.execute(
        sa.select(shifts.c.since).where(shifts.c.person_id == person_id, _OPEN)
    ).scalar_one_or_none()


def set_duty(tx: Tx, on: bool) -> datetime | None:
    """Go on or off duty at the centre of the post acted in; doing so twice changes nothing.

    Returns the start of the shift, None when off duty. Raises Forbidden for posts that stand no duty.
    """
    actor = tx.actor
    if actor.kind != "person" or actor.id is None or actor.home is None:
        raise Forbidden("duty.not_at_a_centre")
    if on:
        return _begin(tx, actor.id, actor.home)
    _end(tx, actor.id)
    return None


def _begin(tx: Tx, person_id: int, centre: int) -> datetime:
    role = tx.execute(sa.select(posts.c.role).where(posts.c.id == tx.actor.post)).scalar_one()
    if not ROLES[role].duty:
        raise Forbidden("duty.not_at_a_centre")
    started = since(tx, person_id)
    if started is not None:
        return started
    values = {
        "person_id": person_id, "post_id": tx.actor.post, "name": tx.actor.name, "role": role,
        "centre_id": centre, "since": tx.now,
    }  # fmt: skip
    tx.execute(sa.insert(shifts).values(values))
    audit.record(tx, "duty.began", ("centre", centre))
    tx.publish(DutyChanged(person_id, centre, True))
    return tx.now


def _end(tx: Tx, person_id: int) -> None:
    ended = tx.execute(
        sa.update(shifts)
        .where(shifts.c.person_id == person_id, _OPEN)
        .values(until=sa.func.greatest(shifts.c.since, tx.now))
        .returning(shifts.c.centre_id)
    ).one_or_none()
    if ended is not None:
        audit.record(tx, "duty.ended", ("centre", ended.centre_id))
        tx.publish(DutyChanged(person_id, ended.centre_id, False))


def on_duty(tx: Tx, centre_region_id: int) -> list[PersonRef]:
    """Who stands duty at the centre now, longest first."""
    return duty_at(tx, [centre_region_id])[centre_region_id]


def duty_at(tx: Tx, centres: Sequence[int]) -> dict[int, list[PersonRef]]:
    """centre region id → who stands duty there now; every asked centre is a key."""
    found: dict[int, list[PersonRef]] = {centre: [] for centre in centres}
    query = (
        sa.select(shifts)
        .where(_OPEN, shifts.c.centre_id.in_(list(centres)))
        .order_by(shifts.c.since, shifts.c.id)
    )
    for row in tx.execute(query) if found else ():
        found[row.centre_id].append(PersonRef(row.person_id, row.name, row.post_id, row.role))
    return found


def roster(tx: Tx, centre: int) -> tuple[str, list[tuple[PersonRef, datetime]]]:
    """The centre's name with its people on duty and since when."""
    query = sa.select(shifts).where(_OPEN, shifts.c.centre_id == centre).order_by(shifts.c.since, shifts.c.id)
    rows = tx.execute(query).all()
    people = [(PersonRef(row.person_id, row.name, row.post_id, row.role), row.since) for row in rows]
    return units.centre_unit(tx, centre).name, people
