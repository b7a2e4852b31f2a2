"""From faces to grids: cells cut apart by an outline are joined to neighbours until every region is connected.

Works on the graph of faces that share an edge within one district. Labels are index arrays; nothing moves a vertex.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from chengyun.territory.arrangement import Faces
from chengyun.territory.geometry import Floats, Ints

_ROUNDS = 12
Graph = dict[int, Counter[int]]


class Disconnected(ArithmeticError):
    """A region could not be made connected without losing a whole village."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Per face its grid (0 … n − 1, dense), and per grid its village."""

    grid: Ints
    village: Ints


def mend(faces: Faces, village_of_site: Ints, town_of_village: Ints) -> Owners:
    """Grids from faces: one connected face set each, every village and every town connected, none lost.

    Raises Disconnected.
    """
    grid = _join_pieces(faces, village_of_site)
    graph = _graph(faces, grid)
    areas = np.bincount(grid, weights=faces.mesh.areas()).astype(np.float64)
    village = village_of_site[np.unique(faces.site)].tolist()
    for _ in range(_ROUNDS):
        towns = town_of_village[village].tolist()
        moved = _rejoin(graph, areas, towns, village, None)
        moved += _rejoin(graph, areas, village, village, town_of_village.tolist())
        moved += _refound(graph, village, town_of_village.tolist())
        if not moved:
            return Owners(grid, np.array(village))
    raise Disconnected("regions stay apart")


def _links(faces: Faces) -> tuple[Ints, Ints, Ints]:
    """Pairs of faces that share an edge within one district, both ways, and the length of each edge."""
    net = faces.mesh
    inner = np.flatnonzero(net.twin >= 0)
    one, two = net.face[inner], net.face[net.twin[inner]]
    same = faces.district[one] == faces.district[two]
    length = np.rint(net.lengths()[inner]).astype(np.int64) + 1
    return one[same], two[same], length[same]


def _join_pieces(faces: Faces, village_of_site: Ints) -> Ints:
    """Dense grid number per face: the largest face of each site founds its grid, other pieces join a neighbour."""
    order = np.lexsort((-faces.mesh.areas(), faces.site))
    found = order[np.concatenate([[True], np.diff(faces.site[order]) != 0])]
    grid = np.full(faces.mesh.size, -1)
    grid[found] = np.arange(len(found))
    one, two, length = _links(faces)
    loose = set(np.flatnonzero(grid < 0).tolist())
    near: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for a, b, size in zip(one.tolist(), two.tolist(), length.tolist(), strict=True):
        if a in loose:
            near[a].append((size, b))
    while loose:
        options = [
            (village_of_site[faces.site[b]] == village_of_site[faces.site[a]], size, a, b)
            for a in loose
            for size, b in near[a]
            if grid[b] >= 0
        ]
        if not options:
            raise Disconnected("a piece has no neighbour in its district")
        _, _, face, other = max(options)
        grid[face] = grid[other]
        loose.discard(face)
    return grid


def _graph(faces: Faces, grid: Ints) -> Graph:
    """Neighbouring grids of one district and the length of the border they share."""
    one, two, length = _links(faces)
    graph: Graph = defaultdict(Counter)
    for a, b, size in zip(grid[one].tolist(), grid[two].tolist(), length.tolist(), strict=True):
        if a != b:
            graph[a][b] += size
    return graph


def _loose(graph: Graph, areas: Floats, label: list[int]) -> set[int]:
    """Grids outside the largest connected part of their label."""
    seen = [False] * len(label)
    main: dict[int, tuple[float, list[int]]] = {}
    loose: set[int] = set()
    for first in range(len(label)):
        if seen[first]:
            continue
        seen[first], part = True, [first]
        for grid in part:
            for near in graph[grid]:
                if not seen[near] and label[near] == label[first]:
                    seen[near] = True
                    part.append(near)
        size = float(areas[part].sum())
        best = main.get(label[first], (0.0, []))
        keep, drop = ((size, part), best) if size > best[0] else (best, (size, part))
        main[label[first]] = keep
        loose.update(drop[1])
    return loose


def _rejoin(
    graph: Graph,
    areas: Floats,
    label: list[int],
    village: list[int],
    town_of_village: list[int] | None,
) -> int:
    """Give each grid that lies apart from its label's main part to the neighbouring village with the longest border.

    With `town_of_village`, villages of the grid's own town come first. Changes `village`; returns how many moved.
    """
    loose = _loose(graph, areas, label)
    moved = 0
    for grid in sorted(loose):
        choice: Counter[tuple[bool, int]] = Counter()
        for near, length in graph[grid].items():
            if near not in loose and label[near] != label[grid]:
                kin = (
                    town_of_village is not None
                    and town_of_village[village[near]] == town_of_village[village[grid]]
                )
                choice[(kin, village[near])] += length
        if choice:
            _, village[grid] = max(choice, key=lambda key: (key[0], choice[key], -key[1]))
            moved += 1
    return moved


def _refound(graph: Graph, village: list[int], town_of_village: list[int]) -> int:
    """Give each village that lost all its grids one from the largest village of its town; return how many did.

    The grid farthest from an arbitrary start is taken, so that the rest stays connected. Raises Disconnected.
    """
    size = Counter(village)
    missing = [index for index in range(len(town_of_village)) if not size[index]]
    for index in missing:
        kin = [other for other, town in enumerate(town_of_village) if town == town_of_village[index]]
        donor = max(kin, key=lambda other: size[other])
        if size[donor] < 2:
            raise Disconnected("a town has fewer grids than villages")
        part = [village.index(donor)]
        for grid in part:
            part.extend(near for near in sorted(graph[grid]) if village[near] == donor and near not in part)
        village[part[-1]] = index
        size[donor] -= 1
        size[index] = 1
    return len(missing)
