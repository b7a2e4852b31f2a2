"""One thing at a time: registered, changed, taken out of use, its datastreams calibrated, its secret given out.

Everything but the secret can be undone: a secret that was shown is known, whatever the database holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.contracts import Change
from chengyun.identity.vault import new_secret
from chengyun.kernel import audit
from chengyun.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.sensing import tables
from chengyun.sensing.contracts import Datastream
from chengyun.sensing.registry import adding
from chengyun.sensing.registry.adding import MICRO, Governed, Owners
from chengyun.sensing.registry.contracts import (
    PREFIX,
    WRITE,
    NewThing,
    StreamEdit,
    ThingEdit,
    ThingSecret,
)
from chengyun.sensing.registry.kinds import kinds
from chengyun.sensing.registry.reading import owner_of, seen, stream_of
from chengyun.sensing.registry.rules import faults_of_edit, faults_of_stream
from chengyun.sensing.registry.secrets import hashes

t, d = tables.thing, tables.datastream


def create(tx: Tx, new: NewThing) -> int:
    """Register a thing with a datastream per quantity of its kind; its id. Needs thing.write. Raises Invalid."""
    checked = adding.check(tx, [new], {kind.code: kind for kind in kinds(tx)})
    if checked.faults:
        raise Invalid([wrong for _, wrong in checked.faults])
    made = adding.write(tx, checked)[new.code]
    row = governed(tx, made)
    _record(tx, "thing.created", row, {}, {"active": True, "kind": new.kind, "code": new.code})
    return made


def edit(tx: Tx, thing_id: int, wanted: ThingEdit) -> int:
    """Change a thing; the change's id (0: nothing differs). Needs thing.write where it stands and where it goes."""
    row = governed(tx, thing_id)
    wrong = list(faults_of_edit(wanted))
    grid = adding.grids_of(tx, [(wanted.lon, wanted.lat)])[0]
    line, inside = Governed(tx).line(grid) if grid >= 0 else ([], False)
    if not inside:
        wrong.append(FieldError("lon", "thing.outside" if line else "thing.outside_city"))
    if wanted.owner is not None and not identity.units_by_ids(tx, [wanted.owner]):
        wrong.append(FieldError("owner", "unit.not_found"))
    if wrong:
        raise Invalid(wrong)
    held, told = _held(row), _told(wanted)
    before = {name: held[name] for name in told if held[name] != told[name]}
    if not before:
        return 0
    owner = wanted.owner if "owner" in before else row.owner_id
    values = {
        **{name: told[name] for name in ("name", "address", "properties", "quota", "lon", "lat")},
        "owner_id": owner, "region_id": grid, "readers": [*line, *Owners(tx).today(owner)],
    }  # fmt: skip
    tx.execute(sa.update(t).where(t.c.id == thing_id).values(values))
    return _record(tx, "thing.edited", row, before, {name: told[name] for name in before})


def _held(row: sa.Row[Any]) -> dict[str, Any]:
    """What a thing is, in the words of a change; positions in millionths of a degree."""
    names = ("name", "lon", "lat", "address", "properties", "quota")
    return {**{name: getattr(row, name) for name in names}, "owner": owner_of(row)}


def _told(wanted: ThingEdit) -> dict[str, Any]:
    return {
        **asdict(wanted), "name": wanted.name.strip(), "address": wanted.address.strip(),
        "lon": adding.micro(wanted.lon), "lat": adding.micro(wanted.lat),
    }  # fmt: skip


def set_active(tx: Tx, thing_id: int, active: bool) -> int:
    """Take a thing out of use (its readings are refused, what was stored stays), or back; the change's id, or 0."""
    row = governed(tx, thing_id)
    if row.active == active:
        return 0
    tx.execute(sa.update(t).where(t.c.id == thing_id).values(active=active))
    kind = "thing.restored" if active else "thing.retired"
    return _record(tx, kind, row, {"active": row.active}, {"active": active})


def edit_stream(tx: Tx, stream_id: int, wanted: StreamEdit) -> int:
    """Set a datastream for the readings to come; the change's id (0: nothing differs). Needs thing.write.

    Raises NotFound, Invalid.
    """
    row, held = _stream(tx, stream_id)
    quantity = next(one for kind in kinds(tx) for one in kind.quantities if one.code == held.quantity)
    wrong = list(faults_of_stream(wanted, quantity))
    if wrong:
        raise Invalid(wrong)
    if wanted.calibrated_at in (None, held.calibrated_at):
        recalibrated = (wanted.scale, wanted.shift) != (held.scale, held.shift)
        wanted = replace(wanted, calibrated_at=tx.now if recalibrated else held.calibrated_at)
    return _set_stream(tx, row, held, wanted)


def _stream(tx: Tx, stream_id: int) -> tuple[sa.Row[Any], Datastream]:
    """The thing's row and the datastream, where the actor may change them."""
    tx.actor.require(WRITE)
    mine = sa.select(t.c.id).where(identity.readable_by(tx.actor, t.c.readers))
    found = tx.execute(sa.select(d).where(d.c.id == stream_id, d.c.thing_id.in_(mine))).one_or_none()
    if found is None:
        raise NotFound("stream.not_found")
    row = governed(tx, found.thing_id)  # holds the thing, and with it its datastreams
    return row, stream_of(tx.execute(sa.select(d).where(d.c.id == stream_id)).one())


def _set_stream(tx: Tx, row: sa.Row[Any], held: Datastream, wanted: StreamEdit) -> int:
    values = adding.values_of(wanted)
    former = adding.values_of(StreamEdit(**{one.name: getattr(held, one.name) for one in fields(StreamEdit)}))
    before = {name: was for name, was in former.items() if was != values[name]}
    if not before:
        return 0
    tx.execute(sa.update(d).where(d.c.id == held.id).values(values))
    return _record(
        tx, "stream.edited", row, {"stream": held.id, **_plain(before)},
        {"stream": held.id, "quantity": held.quantity, **_plain({name: values[name] for name in before})},
        touches=[f"{identity.change_key('stream', held.id)}.{name}" for name in before],
    )  # fmt: skip


def issue_secret(tx: Tx, thing_id: int) -> ThingSecret:
    """A new secret for a device; a former one counts no more. Needs thing.write; shown here only."""
    row = governed(tx, thing_id)
    secret = new_secret(PREFIX)
    tx.execute(sa.update(t).where(t.c.id == thing_id).values(hashes(secret)))
    act = "thing.secret_issued" if row.secret_hash is None else "thing.secret_rotated"
    audit.record(tx, act, ("thing", thing_id), {"code": row.code})
    return ThingSecret(thing_id, row.code, secret)


def governed(tx: Tx, thing_id: int) -> sa.Row[Any]:
    """The row, where the actor may change it: a thing of one's unit that stands elsewhere may be read alone.

    Raises NotFound for the invisible, Forbidden("thing.elsewhere").
    """
    tx.actor.require(WRITE)
    row = seen(tx, thing_id)
    if not Governed(tx).line(row.region_id)[1]:
        raise Forbidden("thing.elsewhere")
    return tx.execute(sa.select(t).where(t.c.id == thing_id).with_for_update()).one()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }


# changes and their way back


def _record(
    tx: Tx,
    kind: str,
    row: sa.Row[Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    touches: Sequence[str] = (),
) -> int:
    return identity.record_change(
        tx, kind, ("thing", row.id), f"{row.name} {row.code}", before=before, after=after, readers=row.readers,
        touches=touches,
    )  # fmt: skip


def _edited_back(tx: Tx, change: Change) -> int:
    row = seen(tx, int(change.subject_id))
    was = {**_held(row), **change.before}
    was |= {name: was[name] / MICRO for name in ("lon", "lat")}
    return edit(tx, row.id, ThingEdit(**was))


def _stream_back(tx: Tx, change: Change) -> int:
    row, held = _stream(tx, int(change.after["stream"]))
    was = {name: value for name, value in change.before.items() if name not in ("stream", "quantity")}
    if was.get("calibrated_at"):
        was["calibrated_at"] = datetime.fromisoformat(was["calibrated_at"])
    now = {one.name: getattr(held, one.name) for one in fields(StreamEdit)}
    return _set_stream(tx, row, held, StreamEdit(**{**now, **was}))


for _kind, _zh, _en, _inverse in (
    (
        "thing.created",
        "登记感知设备",
        "thing registered",
        lambda tx, was: set_active(tx, int(was.subject_id), False),
    ),
    ("thing.edited", "修改感知设备", "thing edited", _edited_back),
    (
        "thing.retired",
        "停用感知设备",
        "thing taken out of use",
        lambda tx, was: set_active(tx, int(was.subject_id), True),
    ),
    (
        "thing.restored",
        "恢复感知设备",
        "thing back in use",
        lambda tx, was: set_active(tx, int(was.subject_id), False),
    ),
    ("stream.edited", "修改测点", "datastream edited", _stream_back),
):
    identity.register_kind(identity.ChangeKind(_kind, WRITE, _zh, _en, _inverse))
