"""Things into the registry, one or a hundred thousand: checked, placed and written by a handful of statements."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from chengyun.identity import service as identity
from chengyun.kernel import bulk
from chengyun.kernel.errors import FieldError
from chengyun.kernel.transactions import Tx
from chengyun.sensing import tables
from chengyun.sensing.contracts import Kind
from chengyun.sensing.registry.contracts import POLICY, WRITE, NewThing, StreamEdit
from chengyun.sensing.registry.rules import faults_of_thing, part_of, quota_of, resolved
from chengyun.territory import service as territory

MICRO = 1_000_000
t, d, q = tables.thing, tables.datastream, tables.quantity
Hashes = Mapping[str, Mapping[str, object]]
Fault = tuple[int, FieldError]  # place of the thing among those given, wrong field
_COLUMNS = (
    "code", "kind", "name", "owner_id", "region_id", "readers", "lon", "lat", "address", "properties", "secret_hash",
    "broker_hash", "quota", "active", "simulated",
)  # fmt: skip
_SECRET = ("secret_hash", "broker_hash")
_STREAM = ("unit", "low", "high", "sentinels", "interval_s", "scale", "shift", "calibrated_at")
_SET = sa.text(
    """
    UPDATE sensing_datastream d SET (unit, low, high, sentinels, interval_s, scale, shift, calibrated_at)
         = (v.unit, v.low, v.high, v.sentinels, v.interval_s, v.scale, v.shift, v.calibrated_at)
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v (thing bigint, quantity text, unit text, low float8, high float8,
         sentinels float8[], interval_s float8, scale float8, shift float8, calibrated_at timestamptz)
    WHERE d.thing_id = v.thing AND d.quantity = v.quantity
    """
)


@dataclass(frozen=True, slots=True)
class Checked:
    """Things with the grid of each and what is wrong; they may be written where `faults` is empty."""

    things: Sequence[NewThing]
    grids: Sequence[int]
    faults: Sequence[Fault]
    kinds: Mapping[str, Kind]


def check(tx: Tx, things: Sequence[NewThing], kinds: Mapping[str, Kind], *, hold: bool = True) -> Checked:
    """What is wrong with each of them. Needs thing.write; a place lies in one's jurisdiction, an owner exists.

    `hold`: nobody else adds things until the transaction ends, so that free codes stay free.
    """
    tx.actor.require(WRITE)
    if hold:
        tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('sensing_thing'))"))
    grids = grids_of(tx, [(new.lon, new.lat) for new in things])
    taken = _taken(tx, [new.code for new in things])
    owners = identity.units_by_ids(tx, {new.owner for new in things if new.owner is not None})
    governs = Governed(tx)
    faults: list[Fault] = []
    for place, (new, grid) in enumerate(zip(things, grids, strict=True)):
        wrong = list(faults_of_thing(new, kinds))
        if new.code in taken:
            wrong.append(FieldError("code", "thing.code_taken", {"code": new.code}))
        taken.add(new.code)
        if new.owner is not None and new.owner not in owners:
            wrong.append(FieldError("owner", "unit.not_found"))
        if grid < 0:
            wrong.append(FieldError("lon", "thing.outside_city"))
        elif not governs.line(grid)[1]:
            wrong.append(FieldError("lon", "thing.outside"))
        faults += [(place, one) for one in wrong]
    return Checked(things, grids, faults, kinds)


class Governed:
    """The regions above grids, each worked out once, and whether the actor governs one of them."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._known: dict[int, tuple[list[int], bool]] = {}
        self._scopes = set(tx.actor.scopes)

    def line(self, grid: int) -> tuple[list[int], bool]:
        """From the grid up to the city; True where things may be put there."""
        if grid not in self._known:
            line = list(territory.ancestors(self._tx, grid))
            self._known[grid] = line, self._tx.actor.kind == "system" or bool(self._scopes & set(line))
        return self._known[grid]


def grids_of(tx: Tx, places: Sequence[tuple[float, float]]) -> list[int]:
    """The grid that each place (degrees) lies in, -1 outside the city and for what is no place."""
    spots = np.array(places, dtype=np.float64).reshape(-1, 2)
    possible = np.isfinite(spots).all(axis=1) & (np.abs(spots) <= (180.0, 90.0)).all(axis=1)
    grids = np.full(len(places), -1, dtype=np.int64)
    grids[possible] = territory.grids_at(tx, spots[possible])
    return [int(grid) for grid in grids]


def _taken(tx: Tx, codes: Sequence[str]) -> set[str]:
    """Which codes are in use, by whomever."""
    with tx.under(POLICY):
        return set(tx.execute(sa.select(t.c.code).where(_among(codes))).scalars())


def _among(codes: Sequence[str]) -> sa.ColumnElement[bool]:
    """One parameter, however many there are."""
    return t.c.code == sa.any_(sa.cast(list(codes), ARRAY(sa.Text)))


def write(tx: Tx, checked: Checked, hashes: Hashes | None = None) -> dict[str, int]:
    """Add what was checked; ids by code. `hashes`: the columns of those with a secret, by code."""
    rows = list(_rows(tx, checked, hashes or {}))  # all look-ups come before the connection is busy copying
    bulk.insert(tx, "sensing_thing", _COLUMNS, rows)
    codes = [new.code for new in checked.things]
    query = sa.select(t.c.code, t.c.id).where(_among(codes))
    ids = {row.code: row.id for row in tx.execute(query)}
    give_streams(tx, t.c.id == sa.any_(sa.cast(list(ids.values()), ARRAY(sa.BigInteger))))
    _set_streams(tx, checked, ids)
    tx.renew()
    return ids


def _rows(tx: Tx, checked: Checked, hashes: Hashes) -> Iterator[tuple[object, ...]]:
    governs, readers_of = Governed(tx), Owners(tx)
    for new, grid in zip(checked.things, checked.grids, strict=True):
        quota = new.quota if new.quota is not None else quota_of(checked.kinds[new.kind])
        readers = [*governs.line(grid)[0], *readers_of.today(new.owner)]
        kept = hashes.get(new.code, {})
        yield (
            new.code, new.kind, new.name.strip(), new.owner, grid, readers, micro(new.lon), micro(new.lat),
            new.address.strip(), dict(new.properties), *(kept.get(name) for name in _SECRET), quota, True,
            new.simulated,
        )  # fmt: skip


class Owners:
    """Who does the work of an owner today, each looked up once: it reads the thing."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._known: dict[int, int] = {}

    def today(self, owner: int | None) -> list[int]:
        """The unit itself, or the one it was merged into; empty for nobody."""
        if owner is None:
            return []
        if owner not in self._known:
            self._known[owner] = identity.successor(self._tx, owner)
        return [self._known[owner]]


def micro(degrees: float) -> int:
    """Degrees as they are kept, good to a decimetre."""
    return round(degrees * MICRO)


def give_streams(tx: Tx, which: sa.ColumnElement[bool]) -> None:
    """Give things each datastream that their kind has and they lack, as the quantity says."""
    defaults = sa.select(
        t.c.id,
        q.c.code,
        q.c.unit,
        q.c.low,
        q.c.high,
        q.c.sentinels,
        q.c.interval_s,
        sa.literal(1.0),
        sa.literal(0.0),
    ).join_from(t, q, q.c.kind == t.c.kind)
    names = ["thing_id", "quantity", *_STREAM[:-1]]
    fresh = insert(d).from_select(names, defaults.where(which).order_by(t.c.id, q.c.code))
    tx.execute(fresh.on_conflict_do_nothing(index_elements=["thing_id", "quantity"]))


def _set_streams(tx: Tx, checked: Checked, ids: Mapping[str, int]) -> None:
    """Let datastreams depart from their quantities where their things say so."""
    rows = []
    for new in checked.things:
        parts = {part_of(one.code): one for one in checked.kinds[new.kind].quantities if new.streams}
        for setting in new.streams:
            quantity = parts[setting.quantity]
            edit = dated(resolved(setting, quantity), tx.now)
            rows.append({"thing": ids[new.code], "quantity": quantity.code, **asdict(edit)})
    if rows:
        tx.execute(_SET, {"rows": json.dumps(rows, default=str)})


def dated(edit: StreamEdit, now: datetime) -> StreamEdit:
    """A calibration without a date is of this moment."""
    if edit.calibrated_at is None and (edit.scale, edit.shift) != (1.0, 0.0):
        return replace(edit, calibrated_at=now)
    return edit


def values_of(edit: StreamEdit) -> dict[str, object]:
    """A datastream's settings as its row has them."""
    return {name: getattr(edit, name) for name in _STREAM} | {"sentinels": list(edit.sentinels)}
