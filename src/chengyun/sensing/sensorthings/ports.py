"""Everything that SensorThings writes to the registry and to the readings, in one place.

These are the registry's and the intake's own matters: whatever they offer for them is to be called from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from chengyun.kernel.errors import Conflict
from chengyun.kernel.transactions import Tx
from chengyun.sensing import tables as t
from chengyun.sensing.contracts import Readings, Reason
from chengyun.sensing.intake.moments import MICROSECOND, microseconds
from chengyun.sensing.intake.screening import AHEAD_US, OLDEST_US
from chengyun.sensing.intake.storing import store
from chengyun.sensing.sensorthings.placing import Spot
from chengyun.sensing.sensorthings.sources import STA

SOURCE = "sensorthings"
QUOTA = 600  # readings a minute
UNBOUNDED = 1e300
INTERVAL_S = 3600.0
AHEAD = AHEAD_US * MICROSECOND
OLDEST = (
    OLDEST_US * MICROSECOND
)  # before that nothing is read by the live process: the Observation alone is kept
_NAMES = ("SensorThings 通用感知设备", "Device of SensorThings", "other")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a datastream, in the unit that is registered."""

    stream: int
    at: datetime
    value: float


def ensure_kind(tx: Tx) -> None:
    """The kind of things that come without one."""
    statement = sa.text(
        "INSERT INTO sensing_kind (code, name_zh, name_en, domain) VALUES (:code, :zh, :en, :domain)"
        " ON CONFLICT DO NOTHING"
    )
    tx.execute(statement, {"code": STA, **dict(zip(("zh", "en", "domain"), _NAMES, strict=True))})


def kind_exists(tx: Tx, code: str) -> bool:
    return bool(tx.execute(sa.select(sa.exists().where(t.kind.c.code == code))).scalar_one())


def add_thing(tx: Tx, code: str, kind: str, name: str, spot: Spot, properties: Mapping[str, Any]) -> int:
    """A thing of the registry → id. Raises Conflict("sta.code") when the code is taken."""
    values = {
        "code": code, "kind": kind, "name": name, **spot.columns(), "address": properties.get("address", ""),
        "lon": spot.lon_e6, "lat": spot.lat_e6, "quota": QUOTA, "active": True, "simulated": False,
        "properties": dict(properties),
    }  # fmt: skip
    values["properties"].pop("address", None)
    try:
        with tx.savepoint():
            return int(tx.execute(sa.insert(t.thing).values(values).returning(t.thing.c.id)).scalar_one())
    except sa.exc.IntegrityError as error:
        raise Conflict("sta.code", thing=code) from error


def change_thing(tx: Tx, thing: int, values: Mapping[str, Any]) -> None:
    if values:
        tx.execute(sa.update(t.thing).where(t.thing.c.id == thing).values(**values))


def move_thing(tx: Tx, thing: int, spot: Spot) -> None:
    """The thing stands there now: its jurisdiction follows."""
    change_thing(tx, thing, {**spot.columns(), "lon": spot.lon_e6, "lat": spot.lat_e6})


def remove_thing(tx: Tx, thing: int) -> None:
    """With its counts. Raises Conflict("sta.alarms") where alarms name it."""
    tx.execute(sa.delete(t.count).where(t.count.c.thing_id == thing))
    try:
        with tx.savepoint():
            tx.execute(sa.delete(t.thing).where(t.thing.c.id == thing))
    except sa.exc.IntegrityError as error:
        raise Conflict("sta.alarms") from error


def ensure_quantity(tx: Tx, property_id: int, unit: str, taken: Iterable[str]) -> str:
    """The quantity of a property that SensorThings brought, its name apart: names are not for everybody.

    A thing may measure it several times: then the next free one, `sta.7-2`, `sta.7-3`, …
    """
    ensure_kind(tx)
    held, code, number = set(taken), f"{STA}.{property_id}", 1
    while code in held:
        number += 1
        code = f"{STA}.{property_id}-{number}"
    statement = sa.text(
        "INSERT INTO sensing_quantity (code, kind, name_zh, name_en, unit, low, high, interval_s, sentinels)"
        " VALUES (:code, :kind, :code, :code, :unit, :low, :high, :every, '{}') ON CONFLICT (code) DO NOTHING"
    )
    given = {"unit": unit, "low": -UNBOUNDED, "high": UNBOUNDED, "every": INTERVAL_S}
    tx.execute(statement, {"code": code, "kind": STA, **given})
    return code


def quantity_by_number(tx: Tx, number: int) -> sa.Row[Any]:
    return tx.execute(sa.select(t.quantity).where(t.quantity.c.no == number)).one()


def quantities_of(tx: Tx, thing: int) -> list[str]:
    """What a thing measures already."""
    found = sa.select(t.datastream.c.quantity).where(t.datastream.c.thing_id == thing)
    return list(tx.execute(found).scalars())


def add_datastream(tx: Tx, thing: int, quantity: str, unit: str) -> int:
    """A datastream with what its quantity says → id."""
    known = tx.execute(sa.select(t.quantity).where(t.quantity.c.code == quantity)).one()
    values = {
        "thing_id": thing, "quantity": quantity, "unit": unit, "low": known.low, "high": known.high,
        "sentinels": known.sentinels, "interval_s": known.interval_s, "scale": 1.0, "shift": 0.0,
    }  # fmt: skip
    return int(tx.execute(sa.insert(t.datastream).values(values).returning(t.datastream.c.id)).scalar_one())


def change_datastream(tx: Tx, stream: int, values: Mapping[str, Any]) -> None:
    if values:
        tx.execute(sa.update(t.datastream).where(t.datastream.c.id == stream).values(**values))


def remove_datastreams(tx: Tx, streams: Sequence[int]) -> None:
    """Their raw rows are seen by nobody from now on and go with their day; no other datastream gets the id."""
    tx.execute(sa.delete(t.hour).where(t.hour.c.stream.in_(streams)))
    tx.execute(sa.delete(t.datastream).where(t.datastream.c.id.in_(streams)))


def screened(tx: Tx, reading: Reading) -> Reason | None:
    """Why a reading of this moment and value is not taken in, by the registry alone."""
    if reading.at > tx.now + AHEAD:
        return Reason.FUTURE
    known = tx.execute(sa.select(t.datastream).where(t.datastream.c.id == reading.stream)).one()
    value = reading.value * known.scale + known.shift
    if value in known.sentinels:
        return Reason.SENTINEL
    return None if known.low <= value <= known.high else Reason.OUT_OF_RANGE


def take_in(tx: Tx, readings: Sequence[Reading]) -> None:
    """Rows in the day's partition and one batch of the log, in this transaction; the live process hears of the commit."""
    if not readings:
        return
    packed = Readings(
        np.array([one.stream for one in readings], np.int32),
        np.array([microseconds(one.at) for one in readings], np.int64),
        np.array([one.value for one in readings], np.float64),
    )
    with tx.under("sensing"):
        store(tx, packed, microseconds(tx.now), SOURCE)


def withdraw(tx: Tx, stream: int, at: datetime) -> None:
    """Take a stored reading back; what the live process has made of it stays."""
    tx.execute(sa.delete(t.observation).where(t.observation.c.stream == stream, t.observation.c.at == at))
