"""Writes imported regions as a new version: ids stay where keys do, what is gone ends, outlines above follow."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import sqlalchemy as sa

from chengyun.kernel import bulk
from chengyun.kernel.transactions import Tx
from chengyun.territory import dated, pinyin, shapes, tables
from chengyun.territory.contracts import LEVELS
from chengyun.territory.directory import directory
from chengyun.territory.dissolving import dissolved
from chengyun.territory.shapes import Polygons
from chengyun.territory.store import read_rings


@dataclass(frozen=True, slots=True)
class Incoming:
    """A region to be: `parent` and `centre` (towns) are ids, or keys of regions that come in the same import."""

    key: str
    level: str
    name: str
    code: str | None
    parent: int | str | None
    centre: int | None
    shape: Polygons


@dataclass(frozen=True, slots=True)
class Shipment:
    """An import that has passed every check. `moved` existing regions whose border a repair has moved."""

    label: str
    source: str
    schematic: bool
    incoming: Sequence[Incoming]
    ended: Sequence[int]
    moved: Mapping[int, Polygons]


def land(tx: Tx, shipment: Shipment, day: date) -> int:
    """Write everything; returns the new version's number."""
    number = (tx.execute(sa.select(sa.func.max(tables.version.c.id))).scalar() or 0) + 1
    tx.execute(
        sa.insert(tables.version).values(
            id=number, label=shipment.label, valid_from=day, source=shipment.source, attribution=shipment.source,
            schematic=shipment.schematic, digest=_digest(tx, shipment),
        )
    )  # fmt: skip
    tx.renew()
    ids = _write_regions(tx, shipment.incoming, day)
    dated.end(tx, shipment.ended, day)
    fresh = {ids[i.key]: i.shape for i in shipment.incoming if i.shape} | dict(shipment.moved)
    _write_shapes(tx, number, {region: shapes.encode(shape) for region, shape in fresh.items()})
    drawn = {i.level for i in shipment.incoming if i.shape} | {
        directory(tx).ref(i).level for i in shipment.ended
    }
    if drawn:
        _write_upper(tx, number, max(drawn, key=LEVELS.index))
    return number


def _digest(tx: Tx, shipment: Shipment) -> str:
    """Never seen before: the version before it, and everything that changes."""
    total = hashlib.sha256((_last_digest(tx) or "").encode())
    for i in shipment.incoming:
        total.update(repr((i.key, i.level, i.name, i.code, i.parent, i.centre)).encode())
        total.update(shapes.encode(i.shape))
    total.update(repr(sorted(shipment.ended)).encode())
    return total.hexdigest()


def _last_digest(tx: Tx) -> str | None:
    v = tables.version
    return tx.execute(sa.select(v.c.digest).order_by(v.c.id.desc()).limit(1)).scalar()


def _write_regions(tx: Tx, incoming: Sequence[Incoming], day: date) -> dict[str, int]:
    """Create or change regions from the top down; ids by key."""
    r = tables.region
    known = {
        row.key: row
        for row in tx.execute(sa.select(r.c.key, r.c.id, r.c.name, r.c.code, r.c.parent_id, r.c.valid_to))
    }
    ids = {key: row.id for key, row in known.items()}
    following = (max(ids.values()) if ids else 0) + 1
    created: list[Incoming] = []
    for region in sorted(incoming, key=lambda i: LEVELS.index(i.level)):
        if region.key not in known:
            ids[region.key] = following
            following += 1
            created.append(region)
            continue
        row = known[region.key]
        parent = _id(region.parent, ids)
        if (row.name, row.code, row.parent_id) != (region.name, region.code, parent):
            values = {"name": region.name, "code": region.code, "parent_id": parent, **_sounds(region)}
            dated.change(tx, row.id, day, values)
    _create(tx, created, ids, day)
    return ids


def _create(tx: Tx, created: Sequence[Incoming], ids: Mapping[str, int], day: date) -> None:
    columns = ("id", "level", "kind", "key", "name", "code", "parent_id", "pinyin", "initials", "valid_from")
    bulk.insert(
        tx, "territory_region", columns,
        (
            (ids[i.key], i.level, "division", i.key, i.name, i.code, _id(i.parent, ids), *_sounds(i).values(), day)
            for i in created
        ),
    )  # fmt: skip
    bulk.insert(
        tx, "territory_alias", ("region_id", "valid_from", "name", "code", "parent_id"),
        ((ids[i.key], day, i.name, i.code, _id(i.parent, ids)) for i in created if i.level != "grid"),
    )  # fmt: skip
    bulk.insert(
        tx, "territory_governance", ("region_id", "valid_from", "centre_id"),
        ((ids[i.key], day, i.centre or _id(i.parent, ids)) for i in created if i.level == "town"),
    )  # fmt: skip


def _sounds(region: Incoming) -> dict[str, str]:
    sounds, initials = ("", "") if region.level == "grid" else pinyin.keys(region.name)
    return {"pinyin": sounds, "initials": initials}


def _id(reference: int | str | None, ids: Mapping[str, int]) -> int | None:
    return ids[reference] if isinstance(reference, str) else reference


def _write_shapes(tx: Tx, version: int, blobs: Mapping[int, bytes]) -> None:
    bulk.insert(
        tx,
        "territory_shape",
        ("version", "region_id", "rings"),
        ((version, i, blob) for i, blob in blobs.items()),
    )


def _write_upper(tx: Tx, version: int, level: str) -> None:
    """Outlines above `level` as the exact union of its regions, where they differ from what is stored."""
    tree = directory(tx)
    rings = read_rings(tx, version, level=level)
    if len(rings.ids) < sum(ref.level == level for ref in tree.refs.values()):
        return  # a union of some of them would be no outline
    region = rings.ids
    for above in reversed(LEVELS[: LEVELS.index(level)]):
        region = np.array([tree.above[int(i)] for i in region])
        united = dissolved(rings, region)
        kept = read_rings(tx, version, level=above)
        before = {int(i): shapes.encode(kept.polygons(n)) for n, i in enumerate(kept.ids)}
        now = {i: shapes.encode(polygons) for i, polygons in united.items()}
        _write_shapes(tx, version, {i: blob for i, blob in now.items() if before.get(i) != blob})
