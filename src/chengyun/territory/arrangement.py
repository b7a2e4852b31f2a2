"""Exact faces from positions: Voronoi cells of every district's sites, cut at its outline, on one integer grid.

All outlines and cell edges go together through GEOS' snap-rounding noder with a grid of one integer step: every
vertex is an integer point, edges meet only at vertices, and a point that a district's cells put on its outline is
a vertex of the neighbour's faces, too. So there is no gap and no overlap, and nothing is left to tolerances.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from chengyun.territory.geometry import STRETCH, Floats, Ints, Ring
from chengyun.territory.topology import Mesh, mesh


@dataclass(frozen=True, slots=True)
class Faces:
    """A mesh and, per face, the district (index of the outlines) and the site (running over all districts)."""

    mesh: Mesh
    district: Ints
    site: Ints


def arrange(outlines: list[Ring], sites: list[Ints]) -> Faces:
    """Faces of the districts: `outlines` closed rings that share edges, `sites` per district positions (n, 2)."""
    lines = [shapely.linestrings(ring.astype(np.float64)) for ring in outlines]
    for ring, points in zip(outlines, sites, strict=True):
        lines.extend(_cell_edges(ring, points))
    noded = shapely.unary_union(np.array(lines, dtype=object), grid_size=1.0)
    polygons = shapely.get_parts(shapely.polygonize([noded]))
    if np.any(shapely.get_num_interior_rings(polygons)):
        raise ArithmeticError("a cell encloses others")
    inner = shapely.get_coordinates(shapely.point_on_surface(polygons))
    districts = [shapely.Polygon(ring.astype(np.float64)) for ring in outlines]
    district = shapely.STRtree(districts).query_nearest(shapely.points(inner), all_matches=False)[1]
    kept = shapely.distance(shapely.points(inner), np.array(districts, dtype=object)[district]) < 1.0
    polygons, inner, district = polygons[kept], inner[kept], district[kept]
    return Faces(mesh(_rings(polygons)), district, _nearest(inner, district, sites))


def _cell_edges(ring: Ring, points: Ints) -> list[shapely.Geometry]:
    """Edges between the Voronoi cells of the points, cut at the outline; integer ends but for the cuts."""
    if len(points) < 2:
        return []
    area = shapely.Polygon(ring.astype(np.float64))
    shapely.prepare(area)
    flat = points * np.array([STRETCH, 1.0])
    edges = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(flat), only_edges=True))
    edges = shapely.transform(edges, lambda at: at / np.array([STRETCH, 1.0]))
    inside = shapely.contains_properly(area, edges)
    crossing = edges[~inside & shapely.intersects(area, edges)]
    cut = shapely.get_parts(shapely.intersection(area, crossing))
    return [*edges[inside], *cut[shapely.length(cut) > 0]]


def _rings(polygons: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> list[Ring]:
    """Closed integer rings that turn left, from polygons without holes."""
    turned = shapely.orient_polygons(polygons)
    points, index = shapely.get_coordinates(turned, return_index=True)
    whole = np.rint(points).astype(np.int64)
    return np.split(whole, np.flatnonzero(np.diff(index)) + 1)


def _nearest(inner: Floats, district: Ints, sites: list[Ints]) -> Ints:
    """Per inner point the nearest site of its district, numbered over all districts."""
    result = np.empty(len(inner), dtype=np.int64)
    first = 0
    scale = np.array([STRETCH, 1.0])
    for index, points in enumerate(sites):
        mine = np.flatnonzero(district == index)
        tree = shapely.STRtree(shapely.points(points * scale))
        result[mine] = first + tree.nearest(shapely.points(inner[mine] * scale))
        first += len(points)
    return result
