"""Which datastreams a number is made of: those of a quantity in a region, with the last that is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.kernel.transactions import Tx
from chengyun.sensing.intake.moments import moment
from chengyun.sensing.live.shared import Shared
from chengyun.sensing.tables import datastream, hour, thing
from chengyun.sensing.tables import quantity as quantities
from chengyun.sensing.units import unit_text


@dataclass(frozen=True, slots=True)
class Feed:
    """A datastream with its thing. `value` was measured at `at`; where the live process knows none, it is the last of the
    newest hour that there is, which began at `at`. `unit`: the quantity's, as people write it.
    """

    stream: int
    thing: int
    code: str
    name: str
    unit: str
    value: float | None
    at: datetime | None
    lon: float
    lat: float
    simulated: bool


def feeding(
    tx: Tx,
    quantity: str,
    region: int,
    having: Iterable[tuple[str, str]],
    without: Iterable[tuple[str, str]],
    limit: int,
    latest: Shared | None,
) -> tuple[int, list[Feed]]:
    """How many datastreams of active things there are in a grid, and the first of them by code; `having`, `without`:
    properties that things must have and must not have; `latest`: what the live process knows."""
    t, d = thing.c, datastream.c
    fit = [identity.readable_by(tx.actor, t.readers), t.region_id == region, t.active, d.quantity == quantity]
    fit += [t.properties.contains({name: value}) for name, value in having]
    fit += [~t.properties.contains({name: value}) for name, value in without]
    last = (
        sa.select(hour.c.hour, hour.c.last)
        .where(hour.c.stream == d.id)
        .order_by(hour.c.hour.desc())
        .limit(1)
        .lateral("newest")
    )
    joined = datastream.join(thing, t.id == d.thing_id)
    total = int(tx.execute(sa.select(sa.func.count()).select_from(joined).where(*fit)).scalar_one())
    query = (
        sa.select(
            d.id,
            d.thing_id,
            t.code,
            t.name,
            quantities.c.unit,
            last.c.last,
            last.c.hour,
            t.lon,
            t.lat,
            t.simulated,
        )
        .select_from(joined.join(quantities, quantities.c.code == d.quantity).outerjoin(last, sa.true()))
        .where(*fit)
        .order_by(t.code)
        .limit(limit)
    )
    return total, [_feed(row, latest, tx.actor.language) for row in tx.execute(query)]


def _feed(row: sa.Row[Any], latest: Shared | None, language: str) -> Feed:
    at, value = row.hour, row.last
    newest = latest.newest(row.id) if latest is not None else None
    if newest is not None:
        at, value = moment(newest[0]), newest[1]
    return Feed(
        row.id,
        row.thing_id,
        row.code,
        row.name,
        unit_text(row.unit, language),
        value,
        at,
        row.lon / 1e6,
        row.lat / 1e6,
        row.simulated,
    )
