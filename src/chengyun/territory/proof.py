"""Proof that the grids partition the city exactly, and that every upper border is made of their edges.

When no two grids lie on the same side of one edge and the edges that have a grid on one side only form simple
rings, the grids cover what those rings enclose exactly once (winding numbers add up). So three facts are
enough: directed edges are unique, the city's outline is simple and made of the one-sided edges, areas add up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from chengyun.kernel.transactions import Tx
from chengyun.territory.contracts import LEVELS
from chengyun.territory.directory import Directory, directory
from chengyun.territory.index import OUTSIDE, Index
from chengyun.territory.outlines import shells
from chengyun.territory.shapes import Ints, RingSet
from chengyun.territory.store import index, read_rings


@dataclass(slots=True)
class Report:
    """What was proved, and what is wrong; `ok` when nothing is."""

    proved: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.wrong

    def lines(self) -> list[str]:
        """For a terminal."""
        return [*(f"ok     {line}" for line in self.proved), *(f"WRONG  {line}" for line in self.wrong)]

    def note(self, good: bool, line: str) -> None:
        """File one statement under proved or wrong."""
        (self.proved if good else self.wrong).append(line)


def check(tx: Tx) -> Report:
    """Check the newest version. Edges and areas are compared as integers, so there is no tolerance."""
    report, tree, found = Report(), directory(tx), index(tx)
    _check_grids(report, tree, found.rings)
    region = found.rings.ids
    for level in reversed(LEVELS[:-1]):
        region = np.array([tree.above.get(i, OUTSIDE) for i in region.tolist()])
        stored = read_rings(tx, tree.header.id, level=level)
        _check_level(report, tree, level, stored)
        _check_nesting(report, found, region, level, stored)
    return report


def _check_grids(report: Report, tree: Directory, rings: RingSet) -> None:
    _check_level(report, tree, "grid", rings)
    turned = int(((rings.areas() > 0) == rings.hole).sum())
    report.note(
        not turned, f"rings of grids enclose an area: {len(rings.hole) - turned:,} of {len(rings.hole):,}"
    )
    edges = _edges(rings, rings.vertex_owner)[:, 1:]
    repeated = int((np.diff(edges[np.lexsort(edges.T)], axis=0) == 0).all(axis=1).sum())
    report.note(not repeated, f"edges with two grids on one side: {repeated}")


def _check_level(report: Report, tree: Directory, level: str, stored: RingSet) -> None:
    expected = {i for i, ref in tree.refs.items() if ref.level == level}
    missing = len(expected - set(stored.ids.tolist()))
    report.note(not missing, f"regions of level {level} without a shape: {missing} of {len(expected):,}")
    if level == "city":
        valid = all(bool(shapely.is_valid(p)) for i in range(len(stored.ids)) for p in shells(stored, i))
        report.note(valid, "the city's outline is simple")


def _check_nesting(report: Report, found: Index, region: Ints, level: str, stored: RingSet) -> None:
    """`region` (k,): the region of the level that each grid lies in."""
    rings = found.rings
    summed = _sums(region[rings.owner], rings.areas())
    same = summed == _sums(stored.ids[stored.owner], stored.areas())
    report.note(same, f"areas of level {level} are the exact sums of their grids'")
    mine, beyond = region[rings.vertex_owner], np.append(region, OUTSIDE)[found.across]
    borders = _edges(rings, mine)[mine != beyond]
    kept = _edges(stored, stored.ids[stored.vertex_owner])
    equal = np.array_equal(borders[np.lexsort(borders.T)], kept[np.lexsort(kept.T)])
    report.note(equal, f"borders of level {level} are exactly the edges where its grids end")


def _sums(owner: Ints, areas: Ints) -> dict[int, int]:
    ids, at = np.unique(owner, return_inverse=True)
    total = np.zeros(len(ids), dtype=np.int64)
    np.add.at(total, at, areas)
    return dict(zip(ids.tolist(), total.tolist(), strict=True))


def _edges(rings: RingSet, owner: Ints) -> Ints:
    """Directed edges (n, 3): owner, start, end; a vertex is one number."""
    xy = rings.xy.astype(np.int64)
    key = (xy[:, 1] << 32) + xy[:, 0]
    return np.stack([owner, key, key[rings.following]], axis=1)
