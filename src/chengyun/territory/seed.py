"""Loads a whole territory at once by COPY: the demo city, an imported city, a small one for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import sqlalchemy as sa

from chengyun.kernel import bulk
from chengyun.kernel.errors import Conflict
from chengyun.kernel.transactions import Tx
from chengyun.territory import pinyin, shapes, tables
from chengyun.territory.contracts import LEVELS, Draft
from chengyun.territory.dissolving import dissolved
from chengyun.territory.shapes import Polygons


@dataclass(frozen=True, slots=True)
class Source:
    """Where a territory comes from; `schematic` when its inner borders are invented."""

    label: str
    valid_from: date
    source: str
    attribution: str
    schematic: bool


def load(tx: Tx, drafts: Sequence[Draft], outlines: Mapping[str, Polygons], source: Source) -> dict[str, int]:
    """Write the first version: regions, names, governance and shapes. Returns ids by key.

    `drafts` may come in any order; ids are given from the city down. `outlines` maps keys of any level to
    polygons [outer, *holes] in 1e-6 degree. Raises Conflict("territory.not_empty") on a second call.
    """
    tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('territory_version'))"))
    if (found := tx.execute(sa.select(sa.func.max(tables.version.c.id))).scalar()) is not None:
        raise Conflict("territory.not_empty", version=found)
    ordered = sorted(drafts, key=lambda d: (LEVELS.index(d.level), d.code or "", d.key))
    ids = {draft.key: number for number, draft in enumerate(ordered, start=1)}
    given = {key: shapes.encode(polygons) for key, polygons in outlines.items()}
    united = {key: shapes.encode(polygons) for key, polygons in _upper_outlines(drafts, given).items()}
    blobs = {ids[key]: blob for key, blob in {**united, **given}.items()}
    digest = _digest(ordered, ids, blobs)
    tx.execute(
        sa.insert(tables.version).values(
            id=1, label=source.label, valid_from=source.valid_from, source=source.source,
            attribution=source.attribution, schematic=source.schematic, digest=digest,
        )
    )  # fmt: skip
    _write_regions(tx, ordered, ids, source.valid_from)
    bulk.insert(
        tx, "territory_shape", ("version", "region_id", "rings"), ((1, i, b) for i, b in blobs.items())
    )
    for table in (tables.region, tables.alias, tables.governance, tables.shape):
        tx.execute(sa.text(f"ANALYZE {table.name}"))
    return ids


def _upper_outlines(drafts: Sequence[Draft], given: Mapping[str, bytes]) -> dict[str, Polygons]:
    """Villages, towns, districts and the city as the exact union of what they govern, where none is given."""
    parents = {d.key: d.governs or d.parent or "" for d in drafts}
    grids = [d.key for d in drafts if d.level == "grid"]
    if not grids:
        return {}
    rings = shapes.decode(range(len(grids)), [given[key] for key in grids])
    found: dict[str, Polygons] = {}
    above = grids
    for _level in LEVELS[:-1]:
        above = [parents[key] for key in above]
        names = list(dict.fromkeys(above))
        if any(name not in given for name in names):
            number = {name: i for i, name in enumerate(names)}
            united = dissolved(rings, np.array([number[name] for name in above]))
            found |= {name: united[i] for name, i in number.items()}
    return found


def _digest(drafts: Sequence[Draft], ids: Mapping[str, int], blobs: Mapping[int, bytes]) -> str:
    total = hashlib.sha256()
    for d in drafts:
        row = (ids[d.key], d.level, d.kind, d.name, d.code, ids.get(d.parent or ""), ids.get(d.governs or ""))
        total.update(repr(row).encode())
    for region_id in sorted(blobs):
        total.update(region_id.to_bytes(8, "big"))
        total.update(blobs[region_id])
    return total.hexdigest()


def _write_regions(tx: Tx, drafts: Sequence[Draft], ids: Mapping[str, int], since: date) -> None:
    def parent(draft: Draft) -> int | None:
        return ids[draft.parent] if draft.parent is not None else None

    columns = ("id", "level", "kind", "key", "name", "code", "parent_id", "pinyin", "initials", "valid_from")
    bulk.insert(
        tx, "territory_region", columns,
        ((ids[d.key], d.level, d.kind, d.key, d.name, d.code, parent(d), *_sounds(d), since) for d in drafts),
    )  # fmt: skip
    bulk.insert(
        tx, "territory_alias", ("region_id", "valid_from", "name", "code", "parent_id"),
        ((ids[d.key], since, d.name, d.code, parent(d)) for d in drafts if d.level != "grid"),
    )  # fmt: skip
    bulk.insert(
        tx, "territory_governance", ("region_id", "valid_from", "centre_id"),
        ((ids[d.key], since, ids[d.governs or d.parent or ""]) for d in drafts if d.level == "town"),
    )  # fmt: skip


def _sounds(draft: Draft) -> tuple[str, str]:
    return ("", "") if draft.level == "grid" else pinyin.keys(draft.name)
