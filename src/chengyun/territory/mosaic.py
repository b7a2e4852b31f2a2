"""Makes polygons of a file into an exact partition, or says why they are none: every repair has a report line.

Vertices are rounded to 1e-6 degree. Slivers between neighbours are closed by cleaning the coverage: enclosed
gaps and overlaps up to SLIVER_M wide, open clefts up to half of that. Wider overlaps are refused, wider gaps
are left and reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from chengyun.territory.index import OUTSIDE, metres_per_unit
from chengyun.territory.indexing import match_edges
from chengyun.territory.shapes import SCALE, Polygons, decode, encode

SLIVER_M = 2.0
_LOST_SHARE = 0.01  # a repair that changes more of the area than this is refused

Geometries = NDArray[np.object_]


@dataclass(slots=True)
class Findings:
    """Lines for the report; `refused` and `repaired` by position in the input."""

    refused: dict[int, str] = field(default_factory=dict)
    repaired: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def settle(
    geometry: Sequence[shapely.Geometry | None], names: Sequence[str]
) -> tuple[list[Polygons], Findings]:
    """Polygons (degrees) → exact rings per input, in 1e-6 degree; a refused one has none."""
    findings = Findings()
    units = [_whole(g, n, findings) for n, g in enumerate(geometry)]
    kept = [n for n, g in enumerate(units) if g is not None]
    shapes = np.array([units[n] for n in kept], dtype=np.object_)
    _overlaps(shapes, kept, names, findings)
    if not findings.refused and len(shapes):
        shapes = _cleaned(shapes, kept, names, findings)
        _gaps(shapes, findings)
        _prove(shapes, kept, findings)
    found: list[Polygons] = [[] for _ in geometry]
    for n, shape in zip(kept, shapes, strict=True):
        found[n] = [] if n in findings.refused else rings(shape)
    return found, findings


def rings(shape: shapely.Geometry) -> Polygons:
    """A polygon or multipolygon in units as [outer, *holes] integer rings."""
    found = []
    for part in shapely.get_parts(shape):
        outlines = [part.exterior, *part.interiors]
        found.append([np.rint(shapely.get_coordinates(line)[:-1]).astype(np.int64) for line in outlines])
    return found


def _whole(geometry: shapely.Geometry | None, number: int, findings: Findings) -> shapely.Geometry | None:
    """One polygon in units, mended where that changes next to nothing, or None with the reason noted."""
    if geometry is None or geometry.is_empty:
        findings.refused[number] = "has no geometry"
        return None
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        findings.refused[number] = f"is a {geometry.geom_type}, not a polygon"
        return None
    flat = shapely.force_2d(geometry)
    west, south, east, north = flat.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        findings.refused[number] = "has coordinates that are no degrees: name the file's CRS with --crs"
        return None
    units = shapely.transform(flat, lambda xy: np.rint(xy * SCALE))
    if units.is_valid:
        return units
    return _mended(units, number, findings)


def _mended(units: shapely.Geometry, number: int, findings: Findings) -> shapely.Geometry | None:
    reason = shapely.is_valid_reason(units)
    made = shapely.make_valid(units, method="structure", keep_collapsed=False)
    solid = [part for part in shapely.get_parts(made) if part.geom_type == "Polygon" and part.area > 0]
    mended = shapely.transform(shapely.MultiPolygon(solid), np.rint)
    before = abs(shapely.area(shapely.convex_hull(units)))
    swept = max(_ring_area(units), 1.0)
    if not solid or not mended.is_valid or abs(mended.area - swept) > _LOST_SHARE * max(swept, 1e-9 * before):
        findings.refused[number] = f"is no valid polygon and cannot be mended without changing it: {reason}"
        return None
    findings.repaired[number] = f"was no valid polygon ({reason}), mended: {len(solid)} part(s)"
    return mended


def _ring_area(units: shapely.Geometry) -> float:
    """Area by the rings as they are drawn, holes taken off; says what the author may have meant."""
    total = 0.0
    for part in shapely.get_parts(units):
        total += abs(shapely.area(shapely.Polygon(part.exterior)))
        total -= sum(abs(shapely.area(shapely.Polygon(hole))) for hole in part.interiors)
    return total


def _overlaps(shapes: Geometries, kept: Sequence[int], names: Sequence[str], findings: Findings) -> None:
    """Refuse pairs that overlap in more than a sliver."""
    if not len(shapes):
        return
    a, b = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    inside, around = shapely.STRtree(shapes).query(shapes, predicate="within")
    pairs = {
        (min(i, j), max(i, j))
        for i, j in zip(a.tolist() + inside.tolist(), b.tolist() + around.tolist(), strict=True)
    }
    for i, j in sorted(pair for pair in pairs if pair[0] != pair[1]):
        common = shapely.intersection(shapes[i], shapes[j])
        width = _width_m(common)
        if width > SLIVER_M:
            what = f"overlaps {{}} by {_square_metres(common):,.0f} m², {width:,.0f} m wide"
            findings.refused[kept[i]] = what.format(names[kept[j]])
            findings.refused[kept[j]] = what.format(names[kept[i]])


def _cleaned(shapes: Geometries, kept: Sequence[int], names: Sequence[str], findings: Findings) -> Geometries:
    """Neighbours with common vertices: gaps and overlaps up to a sliver closed, T-junctions given a vertex."""
    bad = shapely.coverage_invalid_edges(shapes, gap_width=_units(SLIVER_M, shapes))
    if shapely.is_empty(bad).all():
        return shapes
    width = _units(SLIVER_M, shapes)
    clean = shapely.coverage_clean(shapes, gap_width=width, snapping_distance=width / 2)
    rounded = np.array([shapely.transform(g, np.rint) for g in clean], dtype=np.object_)
    mended = shapely.make_valid(rounded)
    for n in np.flatnonzero(~shapely.is_empty(bad) | ~shapely.equals(shapes, mended)).tolist():
        change = _square_metres(shapely.symmetric_difference(shapes[n], mended[n]))
        old = findings.repaired.get(kept[n])
        line = f"did not meet its neighbours exactly, border moved: {change:,.1f} m² changed"
        findings.repaired[kept[n]] = f"{old}; {line}" if old else line
    return rounded


def _gaps(shapes: Geometries, findings: Findings) -> None:
    """Holes of the whole that no polygon itself has."""
    whole = shapely.union_all(shapes)
    for part in shapely.get_parts(whole):
        for hole in part.interiors:
            area = shapely.Polygon(hole)
            x, y = area.representative_point().coords[0]
            place = f"{x / SCALE:.5f}, {y / SCALE:.5f}"
            findings.notes.append(f"gap of {_square_metres(area):,.0f} m² at {place}: left as it is")


def _prove(shapes: Geometries, kept: Sequence[int], findings: Findings) -> None:
    """After rounding: simple rings, and no edge with two polygons on one side."""
    for n in np.flatnonzero(~shapely.is_valid(shapes) | shapely.is_empty(shapes)).tolist():
        findings.refused[kept[n]] = "collapses when its borders are made exact: too small or too thin"
    if findings.refused:
        return
    exact = decode(range(len(shapes)), [encode(rings(shape)) for shape in shapes])
    xy = exact.xy.astype(np.int64)
    key = (xy[:, 1] << 32) + xy[:, 0]
    directed = np.stack([key, key[exact.following]], axis=1)
    _, first, count = np.unique(directed, axis=0, return_index=True, return_counts=True)
    for vertex in first[count > 1].tolist():
        owner = int(exact.vertex_owner[vertex])
        findings.refused[kept[owner]] = "shares one side of an edge with another polygon"
    _, across = match_edges(exact)
    findings.notes.append(
        f"{int((across == OUTSIDE).sum()):,} of {len(across):,} edges lie on the outer border"
    )


def _units(metres: float, shapes: Geometries) -> float:
    _, lat = metres_per_unit(int(shapely.total_bounds(shapes)[1]))
    return metres / lat


def _square_metres(shape: shapely.Geometry) -> float:
    if shape.is_empty:
        return 0.0
    lon, lat = metres_per_unit(int(shape.centroid.y))
    return float(shape.area * lon * lat)


def _width_m(shape: shapely.Geometry) -> float:
    """Mean width of the widest part: twice the area by the perimeter."""
    widest = 0.0
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and part.length > 0:
            _, lat = metres_per_unit(int(part.centroid.y))
            widest = max(widest, 2.0 * part.area / part.length * lat)
    return widest
