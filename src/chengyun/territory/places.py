"""Places that a city imports for its hotline: landmarks and addresses with their positions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import shapely
import sqlalchemy as sa

from chengyun.kernel import audit, bulk
from chengyun.kernel.transactions import Tx
from chengyun.territory import pinyin, tables
from chengyun.territory.index import OUTSIDE
from chengyun.territory.reading import Row
from chengyun.territory.shapes import Ints
from chengyun.territory.store import index

_COLUMNS = (
    "id", "name", "kind", "detail", "pinyin", "initials", "lon", "lat", "region_id", "schematic", "source",
)  # fmt: skip


class Told(Protocol):
    """The part of an import's report that places fill in."""

    accepted: int
    rejected: list[str]
    written: str

    @property
    def ok(self) -> bool: ...


def take(tx: Tx, read: Sequence[Row], source: str, report: Told, dry_run: bool) -> None:
    """Replace the places of `source`; each gets the grid that it lies in, one outside the city is rejected."""
    spots = np.full((len(read), 2), np.nan)
    for n, row in enumerate(read):
        if row.geometry is not None and not row.geometry.is_empty:
            spots[n] = shapely.get_coordinates(shapely.point_on_surface(row.geometry))[0]
    found = index(tx)
    placed = np.isfinite(spots).all(axis=1)
    grids = np.full(len(read), OUTSIDE, dtype=np.int64)
    faces = found.faces(spots[placed])
    grids[placed] = np.append(found.rings.ids, OUTSIDE)[faces]
    report.rejected += list(_faults(read, placed, grids))
    report.accepted = len(read) - len(report.rejected)
    if not report.ok or dry_run:
        return
    tx.execute(sa.delete(tables.place).where(tables.place.c.source == source))
    first = _next_id(tx)
    count = bulk.insert(tx, "territory_place", _COLUMNS, _rows(read, spots, grids, source, first))
    audit.record(tx, "territory.places_imported", None, {"source": source, "rows": count})
    report.written = f"{count:,} places of {source} written"


def _next_id(tx: Tx) -> int:
    """Never used before, also when the newest places have just been deleted: search notices an import by it."""
    tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('territory_place'))"))
    return int(tx.execute(sa.text("SELECT nextval('territory_place_seq')")).scalar_one()) * 10_000_000


def _faults(
    read: Sequence[Row], placed: np.ndarray[tuple[int], np.dtype[np.bool_]], grids: Ints
) -> Iterator[str]:
    for row, has_place, grid in zip(read, placed.tolist(), grids.tolist(), strict=True):
        if not row.text("name"):
            yield f"{row.shown} has no name"
        elif not has_place:
            yield f"{row.shown} has no position (columns lon and lat, or a geometry)"
        elif grid == OUTSIDE:
            yield f"{row.shown} lies outside the city"


def _rows(
    read: Sequence[Row],
    spots: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    grids: Ints,
    source: str,
    first: int,
) -> Iterator[tuple[object, ...]]:
    for n, row in enumerate(read):
        name, kind = row.text("name"), row.text("kind") or "landmark"
        lon, lat = spots[n].tolist()
        yield (
            first + n, name, kind, row.text("detail"), *pinyin.keys(name), lon, lat, int(grids[n]), False, source,
        )  # fmt: skip
