"""Things as they are looked at: lists, one with its datastreams and counts, the table that leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.contracts import UNIT_IDS_FROM
from chengyun.kernel import audit
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.errors import Conflict, NotFound, message
from chengyun.kernel.transactions import Tx
from chengyun.sensing import tables
from chengyun.sensing.contracts import Datastream, Kind, Quantity, Thing
from chengyun.sensing.registry import sheet
from chengyun.sensing.registry.adding import MICRO
from chengyun.sensing.registry.contracts import (
    READ,
    CountRow,
    StreamName,
    StreamSetting,
    ThingDetail,
    ThingPage,
    ThingRow,
    Wanted,
)
from chengyun.sensing.registry.kinds import kinds
from chengyun.sensing.registry.rules import part_of, resolved
from chengyun.sensing.units import unit_text
from chengyun.territory import service as territory

t, d, c = tables.thing, tables.datastream, tables.count
PAGE = 50
COUNTED_DAYS = 7
SELF = StreamSetting("")


def listed(tx: Tx, wanted: Wanted, page: int = 0) -> ThingPage:
    """Things of one's jurisdiction by code. Needs thing.read."""
    tx.actor.require(READ)
    ids = _found(tx, wanted)
    total = tx.execute(sa.select(sa.func.count()).select_from(ids.subquery())).scalar_one()
    shown = ids.order_by(t.c.code).limit(PAGE).offset(page * PAGE).subquery()
    rows = tx.execute(sa.select(t).where(t.c.id.in_(sa.select(shown.c.id))).order_by(t.c.code)).all()
    return ThingPage(int(total), page, PAGE, list(_rows(tx, rows)))


def thing(tx: Tx, thing_id: int) -> ThingDetail:
    """One thing with its datastreams and the counts of the last days. Needs thing.read; raises NotFound."""
    tx.actor.require(READ)
    row = seen(tx, thing_id)
    shown = next(_rows(tx, [row]))
    streams = _streams(tx, thing_id)
    quantities = {one.code: one for kind in kinds(tx) if kind.code == row.kind for one in kind.quantities}
    names = [_called(tx, one, quantities[one.quantity]) for one in streams]
    return ThingDetail(
        _thing(row, streams), shown.kind_name, shown.owner_name, shown.place, names, _counts(tx, thing_id)
    )


def _called(tx: Tx, stream: Datastream, quantity: Quantity) -> StreamName:
    shown, sent = (unit_text(unit, tx.actor.language) for unit in (quantity.unit, stream.unit))
    return StreamName(stream.id, _name(tx, quantity), quantity.unit, shown, sent)


def seen(tx: Tx, thing_id: int) -> sa.Row[Any]:
    """The row, where it lies in one's jurisdiction. Raises NotFound."""
    query = sa.select(t).where(t.c.id == thing_id, identity.readable_by(tx.actor, t.c.readers))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("thing.not_found")
    return row


def owner_of(row: sa.Row[Any]) -> int | None:
    """The unit that does the owner's work today: the one among the readers that is no region."""
    return next((reader for reader in row.readers if reader >= UNIT_IDS_FROM), None)


def stream_of(row: sa.Row[Any]) -> Datastream:
    """A datastream as it travels."""
    return Datastream(
        id=row.id, thing=row.thing_id, quantity=row.quantity, unit=row.unit, low=row.low, high=row.high,
        sentinels=tuple(row.sentinels), interval_s=row.interval_s, scale=row.scale, shift=row.shift,
        calibrated_at=row.calibrated_at,
    )  # fmt: skip


def _found(tx: Tx, wanted: Wanted) -> sa.Select[Any]:
    query = sa.select(t.c.id).where(identity.readable_by(tx.actor, t.c.readers))
    if wanted.kind:
        query = query.where(t.c.kind == wanted.kind)
    for reader in (wanted.region, wanted.owner):
        if reader is not None:
            query = query.where(t.c.readers.contains([reader]))
    if wanted.active is not None:
        query = query.where(t.c.active.is_(wanted.active))
    if q := wanted.q.strip():
        texts = (t.c.code, t.c.name, t.c.address)
        query = query.where(sa.or_(*(text.icontains(q, autoescape=True) for text in texts)))
    return query


def _rows(tx: Tx, rows: Sequence[sa.Row[Any]]) -> Iterator[ThingRow]:
    names = {kind.code: kind for kind in kinds(tx)}
    owners = identity.units_by_ids(tx, {owner for row in rows if (owner := owner_of(row)) is not None})
    places: dict[int, str] = {}
    for row in rows:
        if row.region_id not in places:
            places[row.region_id] = territory.chain_of(tx, row.region_id).label
        owner = owner_of(row)
        yield ThingRow(
            id=row.id, code=row.code, kind=row.kind, kind_name=_name(tx, names[row.kind]), name=row.name,
            owner=owner, owner_name=owners[owner].name if owner is not None else "", region=row.region_id,
            place=places[row.region_id], lon=row.lon / MICRO, lat=row.lat / MICRO, address=row.address,
            active=row.active, simulated=row.simulated, has_secret=row.secret_hash is not None,
        )  # fmt: skip


def _name(tx: Tx, named: Kind | Quantity) -> str:
    return named.name_en if tx.actor.language == "en" else named.name_zh


def _streams(tx: Tx, thing_id: int) -> tuple[Datastream, ...]:
    query = sa.select(d).where(d.c.thing_id == thing_id).order_by(d.c.quantity)
    return tuple(map(stream_of, tx.execute(query)))


def _thing(row: sa.Row[Any], streams: tuple[Datastream, ...]) -> Thing:
    return Thing(
        id=row.id, code=row.code, kind=row.kind, name=row.name, owner=owner_of(row), region=row.region_id,
        lon=row.lon / MICRO, lat=row.lat / MICRO, address=row.address, properties=row.properties, active=row.active,
        simulated=row.simulated, quota=row.quota, has_secret=row.secret_hash is not None, streams=streams,
    )  # fmt: skip


def _counts(tx: Tx, thing_id: int) -> list[CountRow]:
    since = (tx.now - timedelta(days=COUNTED_DAYS)).astimezone(SHANGHAI).date()
    query = (
        sa.select(c).where(c.c.thing_id == thing_id, c.c.day > since).order_by(c.c.day.desc(), c.c.n.desc())
    )
    language = tx.actor.language
    return [
        CountRow(row.day, row.what, message(f"reading.{row.what}", {}, language), row.n)
        for row in tx.execute(query)
    ]


def exported(tx: Tx, wanted: Wanted) -> bytes:
    """The things that are wanted as the table that can be imported again. Needs thing.read; on the record.

    Raises Conflict("thing.export_too_many") beyond what a table may hold.
    """
    tx.actor.require(READ)
    rows = tx.execute(sa.select(t).where(t.c.id.in_(_found(tx, wanted))).order_by(t.c.code)).all()
    known = kinds(tx)
    lines = [line for row, streams in _with_streams(tx, wanted, rows) for line in _lines(row, streams, known)]
    if len(lines) > sheet.MOST_LINES:
        raise Conflict("thing.export_too_many", most=sheet.MOST_LINES)
    audit.record(tx, "thing.exported", ("things", "export"), {"things": len(rows)})
    return sheet.table(tx.actor.language, known, lines)


def _with_streams(
    tx: Tx, wanted: Wanted, rows: Sequence[sa.Row[Any]]
) -> Iterator[tuple[sa.Row[Any], list[Datastream]]]:
    held: dict[int, list[Datastream]] = {}
    query = sa.select(d).where(d.c.thing_id.in_(_found(tx, wanted))).order_by(d.c.thing_id, d.c.quantity)
    for row in tx.execute(query):
        held.setdefault(row.thing_id, []).append(stream_of(row))
    for row in rows:
        yield row, held.get(row.id, [])


def _lines(
    row: sa.Row[Any], streams: Sequence[Datastream], known: Sequence[Kind]
) -> Iterator[Mapping[str, str]]:
    """A thing's line, with a further one for each datastream beyond the first that its quantity does not describe."""
    owner = owner_of(row)
    first = {
        "code": row.code, "name": row.name, "kind": row.kind, "owner": "" if owner is None else str(owner),
        "lon": f"{row.lon / MICRO:.6f}", "lat": f"{row.lat / MICRO:.6f}", "datum": "WGS84", "address": row.address,
        "quota": str(row.quota),
    }  # fmt: skip
    quantities = {one.code: one for kind in known if kind.code == row.kind for one in kind.quantities}
    own = [_cells(one) for one in streams if not _plain(one, quantities[one.quantity])]
    yield {**first, **(own[0] if own else {})}
    for cells in own[1:]:
        yield {"code": row.code, **cells}


def _plain(stream: Datastream, quantity: Quantity) -> bool:
    told = resolved(SELF, quantity)
    return all(getattr(stream, name) == getattr(told, name) for name in ("unit", *sheet.NUMBERS))


def _cells(stream: Datastream) -> dict[str, str]:
    day = stream.calibrated_at.astimezone(SHANGHAI).date().isoformat() if stream.calibrated_at else ""
    numbers = {name: f"{getattr(stream, name):.15g}" for name in sheet.NUMBERS}
    return {"quantity": part_of(stream.quantity), "unit": stream.unit, **numbers, "calibrated_at": day}
