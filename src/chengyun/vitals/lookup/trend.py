"""The past of signs: a row of vitals_trend per region and moment, all its signs as packed float32.

A layout says which signs, in which order. There is one per level of regions: what a town never has takes no room there.
Reading takes four bytes per sign out of each body, which is stored so that parts of it can be read (EXTERNAL).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from chengyun.identity import service as identity
from chengyun.kernel import bulk
from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.vitals.board import Layout, Rows
from chengyun.vitals.tables import layout as layouts
from chengyun.vitals.tables import trend as trends

LEVELS = ("town", "district", "city")  # what is remembered; below a town the readings themselves are
_COLUMNS = ("region_id", "at", "layout_id", "readers", "body")
_FLOAT = np.dtype("<f4")
# The bytes of some signs of a body, one after the other, without reading all of it.
_place = (
    sa.func.unnest(sa.bindparam("offsets", type_=ARRAY(sa.Integer)))
    .table_valued(sa.column("place", sa.Integer), with_ordinality="n")
    .render_derived(name="cut")
)
_NO_BYTES = sa.literal(b"", BYTEA)
_FOUR = sa.func.substring(trends.c.body, _place.c.place, 4, type_=BYTEA)
_CUT = (
    sa.select(
        sa.func.coalesce(sa.func.string_agg(_FOUR, aggregate_order_by(_NO_BYTES, _place.c.n)), _NO_BYTES)
    )
    .select_from(_place)
    .correlate(trends)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Series:
    """A line per moment, a column per sign; NaN where there was no value."""

    at: list[datetime]
    values: NDArray[np.float32]


class Shown(Protocol):
    """What is kept: a board, or whatever else an engine has written its rows to."""

    @property
    def layout(self) -> Layout: ...
    @property
    def rows(self) -> Rows: ...


def record_trend(tx: Tx, at: datetime, board: Shown, levels: Sequence[str] = LEVELS) -> int:
    """Keep what the board says of every region of these levels as of `at`; the number of regions. Doing it again for
    the same moment replaces it. For the live process: needs its system policy.
    """
    return record_trends(tx, [(at, board)], levels)


def record_trends(tx: Tx, shown: Sequence[tuple[datetime, Shown]], levels: Sequence[str] = LEVELS) -> int:
    """The same for several moments, all of boards of one layout."""
    return sum(
        _record_level(tx, shown, [ref.id for ref in territory.find_regions(tx, level)]) for level in levels
    )


def _record_level(tx: Tx, shown: Sequence[tuple[datetime, Shown]], regions: Sequence[int]) -> int:
    layout = shown[0][1].layout
    parts = {region: layout.of_region(region) for region in regions}
    held = [region for region in regions if parts[region].stop > parts[region].start]
    if not held:
        return 0
    signs = np.unique(np.concatenate([layout.sign[parts[region]] for region in held]))
    number = _layout_id(tx, [layout.signs[sign] for sign in signs.tolist()])
    rows = np.concatenate([np.arange(parts[region].start, parts[region].stop) for region in held])
    line = np.repeat(np.arange(len(held)), [parts[region].stop - parts[region].start for region in held])
    place = (line, np.searchsorted(signs, layout.sign[rows]))
    t = trends.c
    moments = [at for at, _ in shown]
    tx.execute(
        sa.delete(trends).where(
            t.region_id == sa.any_(sa.literal(held, sa.ARRAY(sa.BigInteger))), t.at.in_(moments)
        )
    )
    readers = [list(territory.ancestors(tx, region)) for region in held]
    bodies = ((at, _bodies(board, rows, place, (len(held), len(signs)))) for at, board in shown)
    made = (
        (region, at, number, above, body.tobytes())
        for at, lines in bodies
        for region, above, body in zip(held, readers, lines, strict=True)
    )
    return bulk.insert(tx, "vitals_trend", _COLUMNS, made)


def _bodies(
    board: Shown, rows: NDArray[np.int64], place: tuple[NDArray[np.int64], ...], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """A line per region: its values in the order of the layout."""
    found = np.full(shape, np.nan, _FLOAT)
    found[place] = board.rows["value"][rows]
    return found


def _layout_id(tx: Tx, codes: Sequence[str]) -> int:
    digest = hashlib.sha256("\n".join(codes).encode()).hexdigest()
    made = upsert(layouts).values(digest=digest, codes=list(codes)).on_conflict_do_nothing()
    tx.execute(made)
    return int(tx.execute(sa.select(layouts.c.id).where(layouts.c.digest == digest)).scalar_one())


def series(tx: Tx, region: int, codes: Sequence[str], since: datetime, until: datetime) -> Series:
    """What signs were in a region, oldest first. The caller has shown that the actor may read the region."""
    t = trends.c
    where = (identity.readable_by(tx.actor, t.readers), t.region_id == region, t.at >= since, t.at <= until)
    found: list[tuple[datetime, bytes, NDArray[np.int64]]] = []
    for layout in tx.execute(sa.select(t.layout_id).where(*where).distinct()).scalars().all():
        places = _places(tx, layout, codes)
        query = sa.select(t.at, _CUT.label("cut")).where(*where, t.layout_id == layout)
        offsets = (places[places >= 0] * _FLOAT.itemsize + 1).tolist()
        found += [(row.at, bytes(row.cut), places) for row in tx.execute(query, {"offsets": offsets})]
    found.sort(key=lambda one: one[0])
    values = np.full((len(found), len(codes)), np.nan, np.float32)
    for line, (_, body, places) in enumerate(found):
        values[line, places >= 0] = np.frombuffer(body, _FLOAT)
    return Series([at for at, _, _ in found], values)


def newest(
    tx: Tx, codes: Sequence[str], regions: Sequence[int]
) -> dict[int, tuple[datetime, list[float | None]]]:
    """The newest that is remembered of each region; those of which nothing is are left out."""
    t = trends.c
    found: dict[int, tuple[datetime, list[float | None]]] = {}
    for region in regions:
        where = (identity.readable_by(tx.actor, t.readers), t.region_id == region)
        last = tx.execute(sa.select(t.at).where(*where).order_by(t.at.desc()).limit(1)).scalar()
        if last is not None:
            held = series(tx, region, codes, last, last)
            found[region] = (last, [known(one) for one in held.values[0].tolist()])
    return found


def known(value: float) -> float | None:
    """JSON has no NaN."""
    return value if math.isfinite(value) else None


def _places(tx: Tx, layout: int, codes: Sequence[str]) -> NDArray[np.int64]:
    """Where each sign stands in a body; -1 where it does not."""
    kept = remembered(tx, "signs", f"layout {layout}", lambda: _read_layout(tx, layout))
    return np.array([kept.get(code, -1) for code in codes], np.int64)


def _read_layout(tx: Tx, layout: int) -> dict[str, int]:
    codes = tx.execute(sa.select(layouts.c.codes).where(layouts.c.id == layout)).scalar_one()
    return {code: place for place, code in enumerate(codes)}
