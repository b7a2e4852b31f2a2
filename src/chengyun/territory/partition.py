"""The whole city as regions and an exact nested partition: made from a seed, proved, saved and loaded.

Grids partition villages, villages towns, towns districts, districts the city; every edge inside the city is shared
by exactly two grids. District outlines are real, everything below them is invented (示意).
"""

import io
import lzma
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np

from chengyun.territory import plans
from chengyun.territory.arrangement import arrange
from chengyun.territory.checking import Report, check_levels
from chengyun.territory.geometry import SCALE, Ints, Ring, data_bytes
from chengyun.territory.layout import DistrictPlan, Sites, sites
from chengyun.territory.mending import mend
from chengyun.territory.names import display_name, grid_name
from chengyun.territory.roughening import roughen
from chengyun.territory.topology import Polygon, dissolve, mesh, outlines
from chengyun.territory.zones import zones

__all__ = [
    "SCALE",
    "DraftRegion",
    "Partition",
    "Report",
    "check",
    "dissolve",
    "divide",
    "generate",
    "load",
    "save",
]

CITY = "500000"
"""Key and GB code of Chongqing."""

SHIPPED_SEED = 2023
"""Seed of the demo's partition."""

_SHIPPED_FILE = "partition-2023.npz.xz"
_HALVINGS = (0, 1, 2, 3)
"""How often an edge is halved: on district outlines, between grids, villages, towns."""


@dataclass(frozen=True, slots=True)
class DraftRegion:
    """A region before it has an id.

    key: stable unique text: the GB code, a zone's key, or '<village code>-003' for grids. name: display name;
    official: the official one where it differs. parent: key of the statistical parent. governs: for towns the key
    of the district-level centre that governs it. kind: "division", "functional_zone" or "grid".
    """

    key: str
    level: str
    name: str
    code: str | None
    parent: str | None
    governs: str | None
    kind: str
    official: str = ""


@dataclass(frozen=True)
class Partition:
    """Regions from the city down, and per grid key its polygons [outer, *holes] of closed integer rings."""

    regions: list[DraftRegion]
    rings: dict[str, list[Polygon]]


def generate(seed: int = SHIPPED_SEED, *, fresh: bool = False) -> Partition:
    """The partition of Chongqing for a seed.

    For the demo's seed the copy that ships with the package is read (a second) unless `fresh`; any other is computed
    (most of a minute), and equal seeds give equal results with equal versions of numpy and GEOS.
    """
    if seed == SHIPPED_SEED and not fresh:
        return _read(data_bytes(_SHIPPED_FILE))
    divided = divide(plans.plans(seed), seed)
    counts: dict[str, int] = {}
    for key in divided:
        village = key.partition("-")[0]
        counts[village] = counts.get(village, 0) + 1
    return Partition(_regions(counts), {key: [[ring]] for key, ring in divided.items()})


def divide(districts: list[DistrictPlan], seed: int) -> dict[str, Ring]:
    """Closed rings of the grids of adjoining districts by grid key, in order of villages and from north to south."""
    placed = [sites(plan, np.random.default_rng([seed, number])) for number, plan in enumerate(districts)]
    keys, town_of_village, village_of_site = _numbering(districts, placed)
    faces = arrange([plan.ring for plan in districts], [place.points for place in placed])
    owners = mend(faces, village_of_site, town_of_village)
    found = outlines(faces.mesh, owners.grid)
    net = mesh([found[grid][0][0] for grid in range(len(owners.village))])
    district = np.zeros(net.size, dtype=np.int64)
    district[owners.grid] = faces.district
    depth = _depth(net.face, net.twin, [district, town_of_village[owners.village], owners.village])
    rings = roughen(net, depth, np.random.default_rng([seed, len(districts)]))
    return _numbered(rings, owners.village, keys)


def _numbering(districts: list[DistrictPlan], placed: list[Sites]) -> tuple[list[str], Ints, Ints]:
    """Village keys over all districts, the town of each village, the village of each site."""
    keys: list[str] = []
    towns: list[int] = []
    villages: list[Ints] = []
    town = 0
    for plan, place in zip(districts, placed, strict=True):
        villages.append(place.village + len(keys))
        for member in plan.towns:
            keys.extend(village.key for village in member.villages)
            towns.extend([town] * len(member.villages))
            town += 1
    return keys, np.array(towns), np.concatenate(villages)


def _depth(face: Ints, twin: Ints, labels: list[Ints]) -> Ints:
    """How often each half-edge may be halved: by the highest level (labels from the top) that differs across it."""
    other = face[twin]
    depth = np.full(len(face), _HALVINGS[1])
    for level, label in reversed(list(enumerate(labels))):
        halvings = _HALVINGS[0] if level == 0 else _HALVINGS[len(labels) + 1 - level]
        depth[label[face] != label[other]] = halvings
    depth[twin < 0] = 0
    return depth


def _numbered(rings: list[Ring], village: Ints, keys: list[str]) -> dict[str, Ring]:
    middles = np.array([ring[:-1].mean(axis=0) for ring in rings])
    order = np.lexsort((middles[:, 0], -middles[:, 1], village))
    result: dict[str, Ring] = {}
    number, before = 0, -1
    for grid in order.tolist():
        number = number + 1 if village[grid] == before else 1
        before = int(village[grid])
        result[f"{keys[before]}-{number:03d}"] = rings[grid]
    return result


def _regions(counts: dict[str, int]) -> list[DraftRegion]:
    governing = {code: zone.key for zone in zones() for code in zone.towns}
    regions = [DraftRegion(CITY, "city", "重庆市", CITY, None, None, "division")]
    for district, _ in plans.districts():
        regions.append(
            DraftRegion(district.code, "district", district.name, district.code, CITY, None, "division")
        )
    regions.extend(
        DraftRegion(zone.key, "district", zone.name, None, CITY, None, "functional_zone") for zone in zones()
    )
    for town in plans.towns():
        parent = town.code[:6]
        centre = governing.get(town.code, parent)
        regions.append(DraftRegion(town.code, "town", town.name, town.code, parent, centre, "division"))
    everyday = plans.villages()
    for village in everyday:
        name, parent = display_name(village.name), village.code[:9]
        regions.append(
            DraftRegion(village.code, "village", name, village.code, parent, None, "division", village.name)
        )
    for village in everyday:
        for number in range(1, counts[village.code] + 1):
            key = f"{village.code}-{number:03d}"
            regions.append(DraftRegion(key, "grid", grid_name(number), None, village.code, None, "grid"))
    return regions


def check(partition: Partition) -> Report:
    """Prove the partition: shared edges, simple rings, one outline per region, areas that add up on every level."""
    parents = {region.key: region.parent for region in partition.regions}
    levels = {
        level: [r.key for r in partition.regions if r.level == level and r.kind != "functional_zone"]
        for level in ("city", "district", "town", "village", "grid")
    }
    return check_levels(partition.rings, levels, parents)


def save(partition: Partition, path: Path) -> None:
    """Write a compact file (xz over npz): region texts, and ring vertices as differences in byte planes."""
    texts = [
        "\n".join("" if cell is None else cell for cell in column)
        for column in zip(*map(astuple, partition.regions), strict=True)
    ]
    rings = [ring for polygons in partition.rings.values() for polygon in polygons for ring in polygon]
    corners = np.concatenate([ring[:-1] for ring in rings])
    steps = np.diff(corners, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    zigzag = ((steps << 1) ^ (steps >> 63)).astype("<u4")
    arrays = {f"text{i}": np.frombuffer(text.encode(), dtype=np.uint8) for i, text in enumerate(texts)}
    arrays["grids"] = np.frombuffer("\n".join(partition.rings).encode(), dtype=np.uint8)
    arrays["shape"] = np.array(
        [len(polygon) for polygons in partition.rings.values() for polygon in polygons], "<u2"
    )
    arrays["polygons"] = np.array([len(polygons) for polygons in partition.rings.values()], "<u2")
    arrays["counts"] = np.array([len(ring) - 1 for ring in rings], "<u4")
    for byte in range(4):
        arrays[f"plane{byte}"] = np.ascontiguousarray((zigzag >> (8 * byte)).astype(np.uint8).T)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    path.write_bytes(lzma.compress(buffer.getvalue(), preset=9))


def load(path: Path) -> Partition:
    """Read what `save` wrote. Raises OSError, lzma.LZMAError or ValueError for a file that is not one."""
    return _read(path.read_bytes())


def _read(content: bytes) -> Partition:
    with np.load(io.BytesIO(lzma.decompress(content)), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    columns = [arrays[f"text{i}"].tobytes().decode().split("\n") for i in range(len(fields(DraftRegion)))]
    optional = {
        i for i, field in enumerate(fields(DraftRegion)) if field.name in ("code", "parent", "governs")
    }
    regions = [
        DraftRegion(*((cell or None) if i in optional else cell for i, cell in enumerate(row)))  # type: ignore[arg-type]
        for row in zip(*columns, strict=True)
    ]
    planes = sum(arrays[f"plane{byte}"].astype(np.int64) << (8 * byte) for byte in range(4))
    zigzag = np.asarray(planes).T
    corners = np.cumsum((zigzag >> 1) ^ -(zigzag & 1), axis=0)
    rings = [np.vstack([ring, ring[:1]]) for ring in np.split(corners, np.cumsum(arrays["counts"])[:-1])]
    return Partition(regions, _nested(arrays, rings))


def _nested(arrays: dict[str, Ints], rings: list[Ring]) -> dict[str, list[Polygon]]:
    sizes, counts = iter(arrays["shape"].tolist()), arrays["polygons"].tolist()
    following = iter(rings)
    result: dict[str, list[Polygon]] = {}
    for key, count in zip(arrays["grids"].tobytes().decode().split("\n"), counts, strict=True):
        result[key] = [[next(following) for _ in range(next(sizes))] for _ in range(count)]
    return result
