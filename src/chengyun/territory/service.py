"""The door of the territory: where a point lies, who governs it, what a region is called, its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.kernel.errors import Unavailable
from chengyun.kernel.transactions import Tx
from chengyun.territory import demo, outlines, proof, tables, tiles
from chengyun.territory import search as searching
from chengyun.territory.contracts import (
    LEVELS,
    Chain,
    Located,
    OutsideCity,
    PastName,
    Place,
    RegionRef,
    VersionInfo,
    invalid,
)
from chengyun.territory.datums import Datum, many_to_wgs84, to_wgs84
from chengyun.territory.directory import Directory, directory, header
from chengyun.territory.index import OUTSIDE, Index
from chengyun.territory.middles import above_at, middles
from chengyun.territory.store import index

__all__ = [
    "Datum",
    "above_at",
    "ancestors",
    "bbox",
    "centre_above",
    "chain_of",
    "check",
    "children",
    "city",
    "current_version",
    "descendants",
    "digest",
    "district_of",
    "find_regions",
    "governance",
    "grids_at",
    "locate",
    "locate_many",
    "many_to_wgs84",
    "middles",
    "outline",
    "region",
    "regions",
    "schematic",
    "search",
    "search_regions",
    "seed_demo",
    "tile",
    "tile_with_tag",
    "to_wgs84",
    "version_info",
    "warm",
]  # fmt: skip

_latest: list[Index] = []


def warm(tx: Tx, screens: bool = True) -> int:
    """Load the newest version into memory (regions, locator; for `screens` search and tile geometry); returns the version.
    A web process calls it once before it serves, so that nobody waits for it."""
    found = _index(tx)
    if screens:
        searching.places(tx)
        tiles.prepare(tx)
    return directory(tx).header.id if len(found.rings.ids) else 0


def current_version(tx: Tx) -> int:
    """Number of the newest version. Raises Unavailable("territory.empty") when none is loaded."""
    return header(tx).id


def version_info(tx: Tx) -> VersionInfo:
    """The newest version with the number of regions per level and its bounds."""
    tree = directory(tx)
    counts = dict.fromkeys(LEVELS, 0)
    for ref in tree.refs.values():
        counts[ref.level] += 1
    head = tree.header
    box = outlines.extent(tx)
    return VersionInfo(head.id, head.label, head.valid_from, counts, head.schematic, box, head.attribution)


def locate(tx: Tx, lon: float, lat: float) -> Located:
    """Where a WGS-84 point (degrees) lies. Raises OutsideCity, or Invalid for impossible coordinates."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise _impossible(tx, lon, lat)
    tree, found = directory(tx), _index(tx)
    hit = found.locate(lon, lat)
    if hit is None:
        raise _outside(tree, found, lon, lat)
    chain = tree.chain(int(found.rings.ids[hit.face]))
    _city, district, town, village, grid = chain.regions
    beyond = None if hit.beyond == OUTSIDE else tree.ref(int(found.rings.ids[hit.beyond]))
    return Located(
        chain, district, town, village, grid, tree.header.id, lon, lat, hit.border_m, beyond,
        tree.header.schematic,
    )  # fmt: skip


def locate_many(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Grid id per point, -1 outside; `lonlat` degrees (n, 2). Raises Unavailable until this process has
    located one point or called `warm`."""
    if not _latest:
        raise Unavailable("territory.not_loaded")
    faces = _latest[-1].faces(lonlat)
    ids = np.append(_latest[-1].rings.ids, OUTSIDE)
    return np.asarray(ids[faces])


def grids_at(tx: Tx, lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """As `locate_many`, by the version that the transaction sees."""
    _index(tx)
    return locate_many(lonlat)


def chain_of(tx: Tx, region_id: int) -> Chain:
    """The region with all that govern it. Raises NotFound, as everything here that takes a region id."""
    return directory(tx).chain(region_id)


def city(tx: Tx) -> int:
    """Id of the region that everything lies in."""
    return directory(tx).city


def region(tx: Tx, region_id: int) -> RegionRef:
    """A region in force, by id."""
    return directory(tx).ref(region_id)


def regions(tx: Tx, region_ids: Sequence[int]) -> dict[int, RegionRef]:
    """Several regions in force by id; ids that are not in force are left out."""
    refs = directory(tx).refs
    return {i: refs[i] for i in region_ids if i in refs}


def find_regions(tx: Tx, level: str) -> list[RegionRef]:
    """All regions in force of one level, by code."""
    return [ref for ref in directory(tx).refs.values() if ref.level == level]


def children(tx: Tx, region_id: int, level: str | None = None) -> list[RegionRef]:
    """What a region governs directly, or all regions of `level` below it."""
    tree = directory(tx)
    if level is not None:
        return [tree.refs[i] for i in tree.descendants(region_id, level)]
    return [tree.refs[i] for i in tree.below.get(tree.ref(region_id).id, ())]


def past_names(tx: Tx, region_id: int) -> list[PastName]:
    """What a region was called, coded and under whom, oldest first, the present one last."""
    a = tables.alias
    rows = tx.execute(sa.select(a).where(a.c.region_id == region_id).order_by(a.c.valid_from))
    return [PastName(row.name, row.code, row.parent_id, row.valid_from, row.valid_to) for row in rows]


def centre_above(tx: Tx, centre_id: int) -> int | None:
    """The region that governs this one; None for the city."""
    tree = directory(tx)
    return tree.above.get(tree.ref(centre_id).id)


def governance(tx: Tx, level: str) -> list[tuple[int, int | None]]:
    """Every region of a level with the region that governs it."""
    tree = directory(tx)
    return [(ref.id, tree.above.get(ref.id)) for ref in find_regions(tx, level)]


def district_of(tx: Tx, region_id: int) -> int | None:
    """The governing district-level centre; None for the city."""
    found = chain_of(tx, region_id).district
    return found.id if found else None


def ancestors(tx: Tx, region_id: int) -> tuple[int, ...]:
    """Ids from the region itself up to the city, by governance."""
    return directory(tx).ancestors(region_id)


def descendants(tx: Tx, region_id: int, level: str) -> list[int]:
    """Ids of all regions of `level` under a region (itself when it is of that level)."""
    return directory(tx).descendants(region_id, level)


def search(tx: Tx, q: str, near: tuple[float, float] | None = None, limit: int = 10) -> list[Place]:
    """Regions and places by Chinese, pinyin or initials, best first; `near` (lon, lat) draws ties closer."""
    return searching.search(tx, q, near, limit)


def search_regions(tx: Tx, q: str, level: str | None = None, limit: int = 10) -> list[RegionRef]:
    """As `search`, but regions only, of one level if given."""
    return searching.search_regions(tx, q, level, limit)


def tile(tx: Tx, z: int, x: int, y: int) -> bytes:
    """A vector tile (MVT) of the newest version. Raises NotFound("territory.no_tile")."""
    return tiles.tile(tx, z, x, y)


def tile_with_tag(tx: Tx, z: int, x: int, y: int) -> tuple[bytes, str]:
    """A tile with its ETag."""
    return tiles.tile(tx, z, x, y), tiles.tag(tx, z, x, y)


def schematic(tx: Tx) -> bool:
    """Whether borders below the districts are invented (示意)."""
    return header(tx).schematic


def digest(tx: Tx) -> str:
    """What identifies the content of the newest version, also across databases."""
    return header(tx).digest


def bbox(tx: Tx, region_id: int) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees."""
    return outlines.bbox(tx, region_id)


def outline(tx: Tx, region_id: int) -> dict[str, Any]:
    """The region as a GeoJSON feature, simplified to what a screen shows."""
    return outlines.outline(tx, region_id)


def seed_demo(tx: Tx) -> int:
    """Load the shipped city with its generated partition (示意); returns the number of regions."""
    return demo.seed_demo(tx)


def check(tx: Tx) -> proof.Report:
    """Prove that the current territory is an exact, nested partition, or say where it is not."""
    return proof.check(tx)


def _index(tx: Tx) -> Index:
    found = index(tx)
    _latest[:] = [found]
    return found


def _impossible(tx: Tx, lon: float, lat: float) -> Exception:
    swapped = -90 <= lon <= 90 and -180 <= lat <= 180 and _index(tx).locate(lat, lon) is not None
    return OutsideCity(0, "", swapped=True) if swapped else invalid("lon", "territory.coordinates")


def _outside(tree: Directory, found: Index, lon: float, lat: float) -> OutsideCity:
    swapped = found.locate(lat, lon) is not None
    metres, face = found.distance_to_city(lon, lat)
    nearest = tree.chain(int(found.rings.ids[face])).district
    return OutsideCity(metres, nearest.name if nearest else "", swapped=swapped)
