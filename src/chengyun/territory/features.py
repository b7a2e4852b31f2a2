"""What a tile says of each region, border and name: geometry cut to the tile together with its properties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chengyun.territory.clipping import Parts, Window, select, select_lines
from chengyun.territory.directory import Directory
from chengyun.territory.mvt import EXTENT, Layer, Value
from chengyun.territory.scaling import Scaled
from chengyun.territory.shapes import Ints


@dataclass(frozen=True, slots=True)
class Points:
    """One point per region, world units (n, 2)."""

    ids: Ints
    xy: Ints


@dataclass(frozen=True, slots=True)
class Group:
    """Features of one level in a tile; `owner` of the parts indexes `ids`."""

    ids: list[int]
    properties: list[dict[str, Value]]
    parts: Parts


def drawn(tree: Directory, shapes: Scaled, window: Window) -> Group:
    """The regions of a level as polygons with name, level and who is above them."""
    return _group(tree, shapes.ids, select(shapes, window), full=True)


def outlined(tree: Directory, shapes: Scaled, window: Window) -> Group:
    """The borders of a level as lines."""
    return _group(tree, shapes.ids, select_lines(shapes, window), full=False)


def named(tree: Directory, points: Points, window: Window) -> Group:
    """One point per name that lies in the tile."""
    xy = window.units(points.xy)
    inside = np.flatnonzero(((xy >= 0) & (xy < EXTENT)).all(axis=1))
    return _group(tree, points.ids, Parts(xy[inside], np.arange(len(inside) + 1), inside), full=True)


def layer(name: str, kind: int, groups: Sequence[Group]) -> bytes:
    """Several levels as one encoded layer."""
    ids = [i for group in groups for i in group.ids]
    properties = [row for group in groups for row in group.properties]
    if not ids:
        return b""
    before = np.cumsum([0, *(len(group.ids) for group in groups)])
    vertices = np.cumsum([0, *(len(group.parts.xy) for group in groups)])
    starts = [g.parts.starts[:-1] + vertices[n] for n, g in enumerate(groups)]
    return Layer(
        name, kind, ids, properties,
        np.concatenate([group.parts.xy for group in groups]),
        np.concatenate([*starts, vertices[-1:]]),
        np.concatenate([group.parts.owner + before[n] for n, group in enumerate(groups)]),
    ).encode()  # fmt: skip


def _group(tree: Directory, ids: Ints, parts: Parts, full: bool) -> Group:
    first = np.diff(parts.owner, prepend=-1) != 0
    present = ids[parts.owner[first]].tolist()
    rows = [_properties(tree, region, full) for region in present]
    return Group(present, rows, Parts(parts.xy, parts.starts, np.cumsum(first) - 1))


def _properties(tree: Directory, region: int, full: bool) -> dict[str, Value]:
    ref = tree.refs[region]
    if not full:
        return {"level": ref.level}
    row: dict[str, Value] = {"name": ref.name, "level": ref.level, "schematic": tree.header.schematic}
    up = tree.above.get(region)
    while up is not None and up != tree.city:
        row[tree.refs[up].level] = up
        up = tree.above.get(up)
    return row
