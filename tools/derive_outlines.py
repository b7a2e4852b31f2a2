"""Derive the clean outlines of Chongqing's 38 districts from the npm package echarts 4.9.0 (Apache-2.0).

    python tools/derive_outlines.py FOLDER

FOLDER holds `echarts-4.9.0.tgz` (`npm pack echarts@4.9.0`). Its rings are GCJ-02 on a 1/1024 degree raster, some
cross themselves and neighbours leave slivers or overlap. Here all rings become one planar arrangement, every face
gets exactly one district (where none or two claim it: the neighbour with which it shares the longest edge; pieces
lying apart from their district's main body go the same way), vertices are moved to WGS-84 and rounded to 1e-6
degree. Written as TopoJSON of integer arcs, so that neighbours share identical edges by construction.
The same input and the same GEOS give the same bytes.
"""

import json
import sys
import tarfile
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely

from chengyun.territory.gcj02 import to_wgs84

DATA = Path(__file__).resolve().parent.parent / "src" / "chengyun" / "territory" / "data"
CODE_IN_2023 = {"500228": "500155", "500232": "500156"}
Point = tuple[float, float]
Edge = tuple[Point, Point]


def decode(text: str, offset: list[int]) -> list[tuple[int, int]]:
    """One ring of ECharts' UTF-8 encoding: zigzag deltas around '@', in 1/1024 degree."""
    x, y = offset
    ring = []
    for i in range(0, len(text), 2):
        dx, dy = ord(text[i]) - 64, ord(text[i + 1]) - 64
        x, y = x + ((dx >> 1) ^ -(dx & 1)), y + ((dy >> 1) ^ -(dy & 1))
        ring.append((x, y))
    return ring


def read(folder: Path) -> dict[str, list[list[tuple[int, int]]]]:
    with tarfile.open(folder / "echarts-4.9.0.tgz") as tar:
        stream = tar.extractfile("package/map/json/province/chongqing.json")
        assert stream is not None
        features = json.load(stream)["features"]
    rings = {}
    for feature in features:
        shape = feature["geometry"]
        coordinates, offsets = shape["coordinates"], shape["encodeOffsets"]
        if shape["type"] == "MultiPolygon":
            coordinates, offsets = [p[0] for p in coordinates], [o[0] for o in offsets]
        else:
            assert len(coordinates) == 1
        code = CODE_IN_2023.get(feature["id"], feature["id"])
        rings[code] = [decode(c, o) for c, o in zip(coordinates, offsets, strict=True)]
    return rings


def edges_of(face: shapely.Polygon) -> list[Edge]:
    ring = [tuple(p) for p in shapely.get_coordinates(shapely.normalize(face).exterior).tolist()]
    return list(pairwise(ring))


class Arrangement:
    """Faces of all rings together and the district that owns each."""

    def __init__(self, rings: dict[str, list[list[tuple[int, int]]]]) -> None:
        lines = [shapely.linearrings(np.array(ring, float)) for many in rings.values() for ring in many]
        noded = shapely.unary_union(lines)
        faces = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(noded))))
        self.faces = [face for face in faces if not face.interiors]
        assert len(self.faces) == len(faces)
        shapes = {}
        for code, many in rings.items():
            solid = [shapely.make_valid(shapely.Polygon(ring)) for ring in many]
            shapes[code] = shapely.union_all([p for s in solid for p in shapely.get_parts(s) if p.area > 0])
        self.owner: dict[int, str] = {}
        self.length: dict[int, Counter[int]] = defaultdict(Counter)
        self._claim(shapes)
        self._adjacency()

    def _claim(self, shapes: dict[str, shapely.Geometry]) -> None:
        inner = shapely.point_on_surface(np.array(self.faces, dtype=object))
        for i, point in enumerate(inner):
            claims = [code for code, shape in shapes.items() if shapely.covers(shape, point)]
            if len(claims) == 1:
                self.owner[i] = claims[0]

    def _adjacency(self) -> None:
        seen: dict[Edge, list[int]] = defaultdict(list)
        for i, face in enumerate(self.faces):
            for a, b in edges_of(face):
                seen[(a, b) if a < b else (b, a)].append(i)
        for (a, b), pair in seen.items():
            if len(pair) == 2:
                length = int(1e6 * np.hypot(a[0] - b[0], a[1] - b[1]))
                self.length[pair[0]][pair[1]] += length
                self.length[pair[1]][pair[0]] += length

    def keep_main_bodies(self) -> int:
        """Take from every district the pieces apart from its largest one; return how many faces that were."""
        left = set(self.owner)
        pieces: dict[str, list[set[int]]] = defaultdict(list)
        while left:
            stack = [min(left)]
            code, piece = self.owner[stack[0]], set()
            while stack:
                face = stack.pop()
                if face in left and self.owner[face] == code:
                    left.discard(face)
                    piece.add(face)
                    stack.extend(self.length[face])
            pieces[code].append(piece)
        lost = 0
        for many in pieces.values():
            many.sort(key=lambda piece: -sum(self.faces[f].area for f in piece))
            for piece in many[1:]:
                lost += len(piece)
                for face in piece:
                    del self.owner[face]
        return lost

    def adopt(self) -> list[float]:
        """Give every face without owner to the neighbour with the longest shared edge; return areas left over."""
        while True:
            waiting = []
            for i in range(len(self.faces)):
                if i not in self.owner:
                    near: Counter[str] = Counter()
                    for other, length in self.length[i].items():
                        if other in self.owner:
                            near[self.owner[other]] += length
                    if near:
                        waiting.append((max(near.values()), i, max(sorted(near), key=near.__getitem__)))
            if not waiting:
                return [self.faces[i].area for i in range(len(self.faces)) if i not in self.owner]
            _, face, code = max(waiting)
            self.owner[face] = code

    def border(self) -> dict[Edge, str]:
        """Directed edges on the border of some district (district to the left) → its code."""
        mine: dict[Edge, str] = {}
        for i, code in self.owner.items():
            ring = edges_of(shapely.Polygon(self.faces[i]))
            signed = sum(a[0] * b[1] - b[0] * a[1] for a, b in ring)
            for a, b in ring:
                mine[(a, b) if signed > 0 else (b, a)] = code
        return {(a, b): code for (a, b), code in mine.items() if mine.get((b, a)) != code}


def chains(border: dict[Edge, str]) -> tuple[list[list[Point]], dict[str, list[int]]]:
    """Arcs between nodes (where three areas meet) and, per district, its ring as arc references (TopoJSON)."""
    follow: dict[str, dict[Point, Point]] = defaultdict(dict)
    for (a, b), code in sorted(border.items()):
        assert a not in follow[code], f"{code} touches itself at {a}"
        follow[code][a] = b
    degree: Counter[Point] = Counter()
    for a, b in {tuple(sorted(edge)) for edge in border}:
        degree[a] += 1
        degree[b] += 1
    arcs: list[list[Point]] = []
    index: dict[Edge, int] = {}
    rings: dict[str, list[int]] = {}
    for code in sorted(follow):
        rings[code] = ring_of(follow[code], degree, arcs, index)
    return arcs, rings


def ring_of(
    step: dict[Point, Point], degree: Counter[Point], arcs: list[list[Point]], index: dict[Edge, int]
) -> list[int]:
    start = min((p for p in step if degree[p] > 2), default=min(step))
    refs, at, steps = [], start, 0
    while not refs or at != start:
        line = [at]
        while len(line) == 1 or (degree[at] == 2 and at != start):
            at = step[at]
            line.append(at)
            steps += 1
        back = index.get((line[-1], line[-2]))
        if back is None:
            index[(line[0], line[1])] = len(arcs)
            refs.append(len(arcs))
            arcs.append(line)
        else:
            assert arcs[back] == line[::-1]
            refs.append(~back)
    assert steps == len(step), "a district has more than one ring"
    return refs


def to_integers(arcs: list[list[Point]]) -> list[list[list[int]]]:
    moved = []
    for arc in arcs:
        raster = np.array(arc) / 1024.0
        lon, lat = to_wgs84(raster[:, 0], raster[:, 1])
        whole = np.column_stack([np.rint(lon * 1e6), np.rint(lat * 1e6)]).astype(np.int64)
        keep = np.concatenate([[True], np.any(np.diff(whole, axis=0) != 0, axis=1)])
        keep[-1] = True
        moved.append(np.vstack([whole[:1], np.diff(whole[keep], axis=0)]).tolist())
    return moved


def main() -> None:
    plane = Arrangement(read(Path(sys.argv[1])))
    print("faces", len(plane.faces), "pieces given away", plane.keep_main_bodies())
    print("outside", plane.adopt(), "apart after", plane.keep_main_bodies())
    arcs, rings = chains(plane.border())
    objects = [{"type": "Polygon", "id": code, "arcs": [refs]} for code, refs in rings.items()]
    document = {
        "type": "Topology",
        "transform": {"scale": [1e-6, 1e-6], "translate": [0, 0]},
        "objects": {"districts": {"type": "GeometryCollection", "geometries": objects}},
        "arcs": to_integers(arcs),
    }
    target = DATA / "districts.topo.json"
    target.write_text(json.dumps(document, separators=(",", ":")) + "\n", "utf-8")
    print("arcs", len(arcs), "vertices", sum(map(len, arcs)), "bytes", target.stat().st_size)


if __name__ == "__main__":
    main()
